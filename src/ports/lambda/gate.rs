//! How many calls may be under way, for each function: one that hangs fills its own gate and is then
//! refused at once, as Lambda throttles it, and keeps nobody else waiting (security.md I8).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::rules::Target;
use super::{Failure, THROTTLED};

/// How many calls may wait for a host that takes few at a time.
const QUEUE: usize = 64;
/// Commands under way at a time: each is a process.
const COMMANDS: usize = 8;

/// The gates of all functions that are being called.
pub struct Gates {
    width: usize,
    open: Mutex<BTreeMap<String, Weak<Gate>>>,
}

struct Gate {
    inside: Arc<Semaphore>,
    /// Inside and in line together.
    present: Arc<Semaphore>,
}

/// A call's way through; the gate closes behind it when it is dropped.
pub struct Pass {
    _inside: OwnedSemaphorePermit,
    _present: OwnedSemaphorePermit,
    _gate: Arc<Gate>,
}

impl Gates {
    /// Gates that let so many calls of one function in.
    pub fn new(width: usize) -> Self {
        Self {
            width,
            open: Mutex::default(),
        }
    }

    /// Enters, or refuses at once. A host that serves few calls at a time has a line before it.
    pub async fn enter(&self, target: &Target, arn: &str) -> Result<Pass, Failure> {
        let throttled = || Failure::Service(THROTTLED.to_owned());
        let gate = self.gate(target, arn);
        let present = Arc::clone(&gate.present).try_acquire_owned();
        let present = present.map_err(|_| throttled())?;
        let inside = Arc::clone(&gate.inside).acquire_owned().await;
        Ok(Pass {
            _inside: inside.map_err(|_| throttled())?,
            _present: present,
            _gate: gate,
        })
    }

    fn gate(&self, target: &Target, arn: &str) -> Arc<Gate> {
        let (width, line) = match target {
            Target::Invoke(place) if place.one_at_a_time() => (1, QUEUE),
            Target::Command(_) => (COMMANDS, QUEUE),
            _ => (self.width, 0),
        };
        let key = match target {
            // Behind one address there may be many functions.
            Target::Invoke(place) if place.is_shared() => format!("{} {arn}", place.url),
            Target::Invoke(place) => place.url.to_string(),
            Target::Webhook { url, .. } => url.to_string(),
            Target::Command(argv) => argv.join("\0"),
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = open.get(&key).and_then(Weak::upgrade) {
            return gate;
        }
        open.retain(|_, gate| gate.strong_count() > 0);
        let gate = Arc::new(Gate {
            inside: Arc::new(Semaphore::new(width)),
            present: Arc::new(Semaphore::new(width + line)),
        });
        open.insert(key, Arc::downgrade(&gate));
        gate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(url: &str) -> Target {
        Target::Webhook {
            url: url::Url::parse(url).unwrap(),
            secret: None,
        }
    }

    #[tokio::test]
    async fn a_full_gate_refuses_its_own_function_only() {
        let gates = Gates::new(2);
        let (hung, other) = (webhook("http://a/"), webhook("http://b/"));
        let first = gates.enter(&hung, "").await.unwrap();
        let _second = gates.enter(&hung, "").await.unwrap();
        let refused = gates.enter(&hung, "").await.err();
        assert_eq!(refused, Some(Failure::Service(THROTTLED.to_owned())));
        assert!(gates.enter(&other, "").await.is_ok());
        drop(first);
        assert!(gates.enter(&hung, "").await.is_ok());
    }

    #[tokio::test]
    async fn gates_nobody_is_in_are_forgotten() {
        let gates = Gates::new(2);
        for number in 0..10 {
            let target = webhook(&format!("http://host{number}/"));
            gates.enter(&target, "").await.map(drop).unwrap();
        }
        assert!(gates.open.lock().unwrap().len() <= 1);
    }
}
