//! Dev mode's record of calls, newest last, in memory only and bounded. What the user typed as a
//! password is not in it; codes and the private parameters of challenges are, as the mailbox has
//! them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tokio::sync::Notify;

use super::rules::Target;
use super::{Call, Failure};

/// Calls that are kept.
const CAPACITY: usize = 1_000;
/// The largest event or answer that is kept; of larger ones only that there was one.
const LARGEST: usize = 64 << 10;

/// One call, as the test controls show it (docs/test-controls.md).
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Rises by one with each call; `after` in the test controls compares it.
    pub id: u64,
    /// When it began, in milliseconds.
    pub at_ms: i64,
    /// The pool.
    pub pool: String,
    /// `userName` of the event.
    pub username: String,
    /// The slot of `LambdaConfig`.
    pub trigger: &'static str,
    /// `triggerSource`.
    pub source: String,
    /// The function.
    pub arn: String,
    /// `invoke`, `webhook`, `command`, or `none` where nothing is mapped.
    pub transport: &'static str,
    /// What was called.
    pub target: Option<String>,
    /// The event.
    pub event: Value,
    /// What the function returned.
    pub answer: Option<Value>,
    /// What went wrong.
    pub error: Option<String>,
    /// How long it took.
    pub took_ms: u64,
    /// How often it was tried.
    pub attempts: u32,
}

/// A call that was made.
pub(super) struct Record<'a> {
    pub call: &'a Call,
    pub target: Option<&'a Target>,
    pub answer: Option<Value>,
    pub failure: Option<&'a Failure>,
    pub took: Duration,
    pub attempts: u32,
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only of this pool.
    pub pool: Option<String>,
    /// Only about this user.
    pub username: Option<String>,
    /// Only of this trigger.
    pub trigger: Option<String>,
    /// Only with this `triggerSource`.
    pub source: Option<String>,
    /// Only newer than this id.
    pub after: Option<u64>,
}

impl Wanted {
    fn matches(&self, entry: &Entry) -> bool {
        let same = |want: &Option<String>, have: &str| want.as_deref().is_none_or(|w| w == have);
        same(&self.pool, &entry.pool)
            && same(&self.username, &entry.username)
            && same(&self.trigger, entry.trigger)
            && same(&self.source, &entry.source)
            && self.after.is_none_or(|after| entry.id > after)
    }
}

/// The calls of one server.
#[derive(Clone, Default)]
pub struct Journal {
    entries: Arc<Mutex<(u64, VecDeque<Entry>)>>,
    arrived: Arc<Notify>,
}

impl Journal {
    pub(super) fn keep(&self, record: Record<'_>) {
        let call = record.call;
        let mut event = bounded(call.event.clone());
        if let Some(password) = event.pointer_mut("/request/password") {
            *password = Value::from("***");
        }
        let mut answer = record.answer.map(bounded);
        if let Some(password) = answer
            .as_mut()
            .and_then(|a| a.pointer_mut("/request/password"))
        {
            *password = Value::from("***");
        }
        let mut guard = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, entries) = &mut *guard;
        *last += 1;
        entries.push_back(Entry {
            id: *last,
            at_ms: call.at_ms,
            pool: call.pool.clone(),
            username: call.username.clone(),
            trigger: call.trigger,
            source: call.source.clone(),
            arn: call.arn.clone(),
            transport: record.target.map_or("none", Target::kind),
            target: record.target.map(Target::shown),
            event,
            answer,
            error: record.failure.map(ToString::to_string),
            took_ms: u64::try_from(record.took.as_millis()).unwrap_or(u64::MAX),
            attempts: record.attempts,
        });
        if entries.len() > CAPACITY {
            entries.pop_front();
        }
        drop(guard);
        self.arrived.notify_waiters();
    }

    /// All matching calls, newest first.
    pub fn list(&self, wanted: &Wanted) -> Vec<Entry> {
        let guard = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = guard.1.iter().rev();
        newest.filter(|e| wanted.matches(e)).cloned().collect()
    }

    /// Forgets all calls; gives how many there were.
    pub fn clear(&self) -> usize {
        let mut guard = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut guard.1).len()
    }

    /// The newest match, waiting up to `patience` for one.
    pub async fn wait(&self, wanted: &Wanted, patience: Duration) -> Option<Entry> {
        let search = async {
            loop {
                let arrived = self.arrived.notified();
                tokio::pin!(arrived);
                arrived.as_mut().enable();
                if let Some(entry) = self.list(wanted).into_iter().next() {
                    return entry;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(patience, search).await.ok()
    }
}

fn bounded(value: Value) -> Value {
    let length = value.to_string().len();
    if length <= LARGEST {
        return value;
    }
    Value::from(format!("{length} bytes, not kept"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(journal: &Journal, event: Value) {
        let call = Call {
            trigger: "UserMigration",
            source: "UserMigration_Authentication".into(),
            arn: "arn".into(),
            pool: "pool".into(),
            username: "ada".into(),
            event,
            at_ms: 1,
        };
        journal.keep(Record {
            call: &call,
            target: None,
            answer: Some(call.event.clone()),
            failure: Some(&Failure::Timeout),
            took: Duration::from_millis(7),
            attempts: 1,
        });
    }

    #[test]
    fn passwords_are_not_kept() {
        let journal = Journal::default();
        call(
            &journal,
            json!({ "request": { "password": "hush", "x": 1 } }),
        );
        let kept = journal.list(&Wanted::default());
        assert!(!format!("{kept:?}").contains("hush"));
        assert_eq!(
            kept[0].event["request"],
            json!({ "password": "***", "x": 1 })
        );
        assert_eq!(kept[0].error.as_deref(), Some("no answer in time"));
    }

    #[test]
    fn it_is_bounded() {
        let journal = Journal::default();
        for _ in 0..=CAPACITY {
            call(&journal, json!({}));
        }
        assert_eq!(journal.list(&Wanted::default()).len(), CAPACITY);
        call(&journal, json!({ "x": "y".repeat(LARGEST) }));
        assert!(journal.list(&Wanted::default())[0].event.is_string());
        assert_eq!(journal.clear(), CAPACITY);
    }
}
