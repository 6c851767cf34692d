//! Dev mode's mailbox: a copy of every message the server sent, newest last, in memory only. It
//! holds codes in clear, so it never touches the database and does not exist in production.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tokio::sync::Notify;

use crate::ids::PoolId;
use crate::time::Timestamp;

const CAPACITY: usize = 10_000;

/// One message, as the test controls show it (docs/test-controls.md).
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// Rises by one with each message; `after` in the test controls compares it.
    pub id: u64,
    /// The pool it is about.
    pub pool: String,
    /// The user it is about.
    pub username: String,
    /// Address or phone number.
    pub to: String,
    /// What it is for: `sign_up`, `resend`, `forgot`, `attribute`, `invitation`, `authentication`,
    /// `notification`, `change`.
    pub kind: String,
    /// `EMAIL` or `SMS`.
    pub channel: String,
    /// Subject of an e-mail.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The text as HTML.
    pub html: Option<String>,
    /// The code or temporary password in it.
    pub code: Option<String>,
    /// The link in it.
    pub link: Option<String>,
    /// When it was sent, in milliseconds.
    pub sent_ms: i64,
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only to this address.
    pub to: Option<String>,
    /// Only about this pool.
    pub pool: Option<String>,
    /// Only about this user.
    pub username: Option<String>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only newer than this id.
    pub after: Option<u64>,
}

impl Wanted {
    fn matches(&self, message: &Message) -> bool {
        let same = |want: &Option<String>, have: &str| want.as_deref().is_none_or(|w| w == have);
        same(&self.to, &message.to)
            && same(&self.pool, &message.pool)
            && same(&self.username, &message.username)
            && same(&self.kind, &message.kind)
            && self.after.is_none_or(|after| message.id > after)
    }
}

/// The messages of one server.
#[derive(Clone, Default)]
pub struct Mailbox {
    messages: Arc<Mutex<(u64, VecDeque<Message>)>>,
    arrived: Arc<Notify>,
}

/// A message before it has an id.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// The pool it is about.
    pub pool: &'a PoolId,
    /// The user it is about.
    pub username: &'a str,
    /// Address or phone number.
    pub to: &'a str,
    /// What it is for.
    pub kind: &'a str,
    /// `EMAIL` or `SMS`.
    pub channel: &'a str,
    /// Subject of an e-mail.
    pub subject: Option<&'a str>,
    /// The text.
    pub text: &'a str,
    /// The text as HTML.
    pub html: Option<&'a str>,
    /// The code or temporary password in it.
    pub code: Option<&'a str>,
    /// The link in it.
    pub link: Option<&'a str>,
    /// When it is sent.
    pub sent: Timestamp,
}

impl Mailbox {
    /// Keeps a message; beyond 10,000 the oldest goes.
    pub fn post(&self, draft: &Draft<'_>) {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let mut guard = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, messages) = &mut *guard;
        *last += 1;
        messages.push_back(Message {
            id: *last,
            pool: draft.pool.to_string(),
            username: draft.username.to_owned(),
            to: draft.to.to_owned(),
            kind: draft.kind.to_owned(),
            channel: draft.channel.to_owned(),
            subject: owned(draft.subject),
            text: draft.text.to_owned(),
            html: owned(draft.html),
            code: owned(draft.code),
            link: owned(draft.link),
            sent_ms: draft.sent.ms(),
        });
        if messages.len() > CAPACITY {
            messages.pop_front();
        }
        drop(guard);
        self.arrived.notify_waiters();
    }

    /// All matching messages, newest first.
    pub fn list(&self, wanted: &Wanted) -> Vec<Message> {
        let guard = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        guard
            .1
            .iter()
            .rev()
            .filter(|m| wanted.matches(m))
            .cloned()
            .collect()
    }

    /// One message.
    pub fn get(&self, id: u64) -> Option<Message> {
        let guard = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        guard.1.iter().find(|m| m.id == id).cloned()
    }

    /// Removes one message, or all of them; gives how many went.
    pub fn delete(&self, id: Option<u64>) -> usize {
        let mut guard = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let before = guard.1.len();
        guard.1.retain(|m| id.is_some_and(|id| m.id != id));
        before - guard.1.len()
    }

    /// The newest match, waiting up to `patience` for one to arrive.
    pub async fn wait(&self, wanted: &Wanted, patience: std::time::Duration) -> Option<Message> {
        let search = async {
            loop {
                let arrived = self.arrived.notified();
                tokio::pin!(arrived);
                arrived.as_mut().enable();
                if let Some(message) = self.list(wanted).into_iter().next() {
                    return message;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(patience, search).await.ok()
    }
}
