//! Text messages on their way out.

use futures_util::future::BoxFuture;

use super::mailer::Undelivered;
use crate::secret::Secret;

/// One text message, ready to send.
#[derive(Clone, Debug)]
pub struct Sms {
    /// The recipient in E.164 form.
    pub to: String,
    /// The text; it may carry a code.
    pub text: Secret<String>,
}

/// Sends text messages.
pub trait SmsSender: Send + Sync {
    /// Hands the message over, or says why it could not.
    fn send(&self, sms: Sms) -> BoxFuture<'_, Result<(), Undelivered>>;
}

/// Writes to the log that a message was due, without its text: no gateway is configured.
pub struct LogSms;

impl SmsSender for LogSms {
    fn send(&self, sms: Sms) -> BoxFuture<'_, Result<(), Undelivered>> {
        Box::pin(async move {
            tracing::info!(to = %sms.to, "text message (no gateway configured)");
            Ok(())
        })
    }
}
