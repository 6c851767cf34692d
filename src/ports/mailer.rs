//! E-mail on its way out.

use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;

use crate::secret::Secret;

/// One e-mail, ready to send.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The one recipient.
    pub to: String,
    /// Overrides the server's sender, where the pool configures one.
    pub from: Option<String>,
    /// Where replies go.
    pub reply_to: Option<String>,
    /// The subject line.
    pub subject: String,
    /// The body in plain text; it may carry a code.
    pub text: Secret<String>,
    /// The body as HTML.
    pub html: Option<Secret<String>>,
}

/// Why a message could not be handed over; the caller answers CodeDeliveryFailureException.
#[derive(Debug)]
pub struct Undelivered(pub anyhow::Error);

/// Sends e-mail.
pub trait Mailer: Send + Sync {
    /// Hands the message over, or says why it could not.
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), Undelivered>>;
}

/// Keeps messages in memory, or refuses them all: for tests.
#[derive(Default)]
pub struct MemoryMailer {
    sent: Mutex<Vec<Mail>>,
    refuses: std::sync::atomic::AtomicBool,
}

impl MemoryMailer {
    /// What was sent so far.
    pub fn sent(&self) -> Vec<Mail> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// From now on every message is refused (or accepted again).
    pub fn refuse(&self, yes: bool) {
        self.refuses
            .store(yes, std::sync::atomic::Ordering::Relaxed);
    }
}

impl Mailer for MemoryMailer {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), Undelivered>> {
        Box::pin(async move {
            if self.refuses.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(Undelivered(anyhow::anyhow!("refused by the test")));
            }
            self.sent
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(mail);
            Ok(())
        })
    }
}

/// Writes to the log that a message was due, without its body: for servers without SMTP.
pub struct LogMailer;

impl Mailer for LogMailer {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), Undelivered>> {
        Box::pin(async move {
            tracing::info!(to = %mail.to, subject = %mail.subject, "mail (no SMTP configured)");
            Ok(())
        })
    }
}
