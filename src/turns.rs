//! Taking turns: work for one key waits for other work for the same key on this node.

use std::hash::{BuildHasher, Hash, RandomState};

use tokio::sync::{Mutex, MutexGuard};

/// A fixed number of locks, shared by all keys: two keys may share one, and memory never grows.
pub struct Turns {
    first: Mutex<()>,
    others: Vec<Mutex<()>>,
    state: RandomState,
}

const OTHERS: usize = 1023;

impl Default for Turns {
    fn default() -> Self {
        Self {
            first: Mutex::new(()),
            others: (0..OTHERS).map(|_| Mutex::new(())).collect(),
            state: RandomState::new(),
        }
    }
}

impl Turns {
    /// Waits for the turn of a key. It ends when the guard is dropped.
    pub async fn take(&self, key: impl Hash) -> MutexGuard<'_, ()> {
        let hash = self.state.hash_one(key) % (OTHERS as u64 + 1);
        let lock = usize::try_from(hash).ok();
        let lock = lock.and_then(|at| self.others.get(at));
        lock.unwrap_or(&self.first).lock().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_key_waits_and_another_does_not() {
        let turns = Turns::default();
        let held = turns.take("a").await;
        let free = (0..100).filter(|key| {
            let other = std::pin::pin!(turns.take(key));
            futures_util::FutureExt::now_or_never(other).is_some()
        });
        assert!(free.count() > 90);
        assert!(futures_util::FutureExt::now_or_never(turns.take("a")).is_none());
        drop(held);
        assert!(futures_util::FutureExt::now_or_never(turns.take("a")).is_some());
    }
}
