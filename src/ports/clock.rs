//! Time. Everything asks `Clock::now(&pool)` or `Clock::server_now()`; nothing else reads a clock.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::ids::PoolId;
use crate::time::{Span, Timestamp};

/// Where the time comes from, in milliseconds since the epoch.
pub trait TimeSource: Send + Sync {
    /// The present.
    fn now_ms(&self) -> i64;

    /// Time that only ever grows, from a point of the source's choice.
    fn elapsed(&self) -> Duration;
}

/// The operating system's clock.
pub struct OsTime;

impl TimeSource for OsTime {
    #[expect(clippy::disallowed_methods, reason = "this is the clock port")]
    fn now_ms(&self) -> i64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| {
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            })
    }

    fn elapsed(&self) -> Duration {
        static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
        FIRST.elapsed()
    }
}

/// A clock that stands still until it is moved.
pub struct FixedTime {
    now: AtomicI64,
    age: AtomicU64,
}

impl FixedTime {
    /// Stands at the given point.
    pub const fn at(ms: i64) -> Self {
        Self {
            now: AtomicI64::new(ms),
            age: AtomicU64::new(0),
        }
    }

    /// Lets so much time go by for what ages by itself, and leaves the present where it is.
    pub fn age(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.age.fetch_add(by, Ordering::Relaxed);
    }
}

impl TimeSource for FixedTime {
    fn now_ms(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.age.load(Ordering::Relaxed))
    }
}

/// How the server's time is bent by the test controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bend {
    /// Runs, so many milliseconds ahead of its source.
    Running(i64),
    /// Stands still.
    Frozen(Timestamp),
}

/// The server's clock: a source and how it is bent. One bend for the whole server; the pool is
/// named at every call so that pools may get their own later without touching a caller.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn TimeSource>,
    bend: Arc<Mutex<Bend>>,
}

impl Clock {
    /// A clock over a source, not bent.
    pub fn new(source: Arc<dyn TimeSource>) -> Self {
        Self {
            source,
            bend: Arc::new(Mutex::new(Bend::Running(0))),
        }
    }

    /// The operating system's time.
    pub fn system() -> Self {
        Self::new(Arc::new(OsTime))
    }

    /// The present in a pool.
    pub fn now(&self, _pool: &PoolId) -> Timestamp {
        self.server_now()
    }

    /// The present for what belongs to no pool.
    pub fn server_now(&self) -> Timestamp {
        match self.bend() {
            Bend::Running(ahead) => Timestamp::from_ms(self.source.now_ms()).plus(Span::ms(ahead)),
            Bend::Frozen(at) => at,
        }
    }

    /// Time that only ever grows and that nothing bends: for what a node remembers.
    pub fn elapsed(&self) -> Duration {
        self.source.elapsed()
    }

    /// How it is bent now.
    pub fn bend(&self) -> Bend {
        *self.bend.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs on from `at`.
    pub fn set(&self, at: Timestamp) {
        let ahead = at.ms().saturating_sub(self.source.now_ms());
        self.rebend(|bend| match bend {
            Bend::Running(_) => Bend::Running(ahead),
            Bend::Frozen(_) => Bend::Frozen(at),
        });
    }

    /// Moves forward (or back, if negative) by a span.
    pub fn advance(&self, span: Span) {
        self.rebend(|bend| match bend {
            Bend::Running(ahead) => Bend::Running(ahead.saturating_add(span.as_ms())),
            Bend::Frozen(at) => Bend::Frozen(at.plus(span)),
        });
    }

    /// Stands still at the present.
    pub fn freeze(&self) {
        let now = self.server_now();
        self.rebend(|_| Bend::Frozen(now));
    }

    /// Runs again from where it stands.
    pub fn unfreeze(&self) {
        let ahead = self.server_now().ms().saturating_sub(self.source.now_ms());
        self.rebend(|_| Bend::Running(ahead));
    }

    /// Back to the source's own time.
    pub fn reset(&self) {
        self.rebend(|_| Bend::Running(0));
    }

    fn rebend(&self, change: impl FnOnce(Bend) -> Bend) {
        let mut bend = self.bend.lock().unwrap_or_else(PoisonError::into_inner);
        *bend = change(*bend);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bends_and_straightens() {
        let clock = Clock::new(Arc::new(FixedTime::at(1_000)));
        clock.advance(Span::seconds(2));
        assert_eq!(clock.server_now().ms(), 3_000);
        clock.freeze();
        clock.advance(Span::seconds(1));
        assert_eq!(clock.server_now().ms(), 4_000);
        clock.set(Timestamp::from_ms(10));
        clock.unfreeze();
        assert_eq!(clock.bend(), Bend::Running(-990));
        clock.reset();
        assert_eq!(clock.server_now().ms(), 1_000);
    }
}
