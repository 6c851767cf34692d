//! So many hashes at a time, so many waiting, and no more.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use argon2::Block;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::threads::Threads;
use super::{HashProfile, Hasher, wipe};
use crate::error::{Error, Result};

/// How many callers may wait for a slot.
const QUEUE: usize = 1024;
/// How many of them may get ready for theirs, so that no slot waits for them and they stand in
/// nobody's way (at the database, say) meanwhile.
const READY: usize = 16;

/// Runs costly password work on threads of low priority: as many at a time as there are slots, in the
/// order of arrival. Clones share the slots.
#[derive(Clone)]
pub struct HashPool(Arc<Inner>);

struct Inner {
    profile: HashProfile,
    /// How many slots there are.
    most: usize,
    /// As many as there are slots.
    threads: Threads,
    /// One permit for each running or waiting caller.
    places: Arc<Semaphore>,
    /// One permit for each caller that runs or gets ready.
    turns: Arc<Semaphore>,
    /// One permit for each running caller.
    slots: Arc<Semaphore>,
    /// Memory of finished work, ready for the next: at most one piece for each slot.
    spare: Mutex<Vec<Vec<Block>>>,
    /// Whether work was done since the last [`HashPool::release_idle`].
    busy: AtomicBool,
    evaluations: AtomicU64,
}

impl HashPool {
    /// A pool with so many slots, or with one less than the cores that this process may use. However low
    /// its priority, a hash that has a core keeps it for the kernel's time slice of some milliseconds; on a
    /// core without hashes everything else is served at once (security.md G3).
    pub fn new(profile: HashProfile, slots: Option<NonZeroUsize>) -> Self {
        let cores = thread::available_parallelism().map_or(1, Into::into);
        let slots = slots.map_or(usize::max(cores - 1, 1), Into::into);
        Self::with_slots(profile, slots, QUEUE)
    }

    pub(super) fn with_slots(profile: HashProfile, slots: usize, queue: usize) -> Self {
        Self(Arc::new(Inner {
            profile,
            most: slots,
            threads: Threads::start(slots),
            places: Arc::new(Semaphore::new(slots + queue)),
            turns: Arc::new(Semaphore::new(slots + READY)),
            slots: Arc::new(Semaphore::new(slots)),
            spare: Mutex::default(),
            busy: AtomicBool::new(false),
            evaluations: AtomicU64::new(0),
        }))
    }

    /// Waits until it is nearly the caller's turn. Whoever reads before hashing takes a turn first: a
    /// flood of passwords then waits here, and not before the database, where everybody else would
    /// wait with it (security.md G3). Nothing slow may be done with a turn in hand.
    ///
    /// # Errors
    /// `TooManyRequestsException` at once when the queue is full.
    pub async fn turn(&self) -> Result<Turn> {
        let Ok(place) = Arc::clone(&self.0.places).try_acquire_owned() else {
            return Err(Error::rate_exceeded());
        };
        let turn = Arc::clone(&self.0.turns).acquire_owned().await;
        Ok(Turn {
            inner: Arc::clone(&self.0),
            permits: (place, turn.map_err(Error::internal)?),
        })
    }

    /// Runs the work as soon as there is a slot; [`Turn::run`] says how.
    ///
    /// # Errors: those of [`HashPool::turn`] and of [`Turn::run`].
    pub async fn run<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Hasher<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.turn().await?.run(work).await
    }

    /// How many hashes can be computed at a time.
    pub fn slots(&self) -> usize {
        self.0.most
    }

    /// How many hashes were computed since the start; a comparison is one as well.
    pub fn evaluations(&self) -> u64 {
        self.0.evaluations.load(Ordering::Relaxed)
    }

    /// Gives spare memory back to the system unless it was used since the last call. For the
    /// worker loop, every minute or so.
    pub fn release_idle(&self) {
        if !self.0.busy.swap(false, Ordering::Relaxed) {
            std::mem::take(&mut *self.0.spare())
                .into_iter()
                .for_each(wipe);
        }
    }

    #[cfg(test)]
    pub(super) fn spare_pieces(&self) -> usize {
        self.0.spare().len()
    }
}

/// A turn to use a slot, which passes to the next one when it is dropped.
#[must_use]
pub struct Turn {
    inner: Arc<Inner>,
    permits: (OwnedSemaphorePermit, OwnedSemaphorePermit),
}

impl Turn {
    /// Runs the work in a slot, waiting for one if need be. The hasher is for this work only; put
    /// an SRP power that belongs to the same password into the same work.
    ///
    /// Work that has begun runs to its end and keeps its slot even when the caller goes away.
    ///
    /// # Errors
    /// What the work itself answers; `InternalErrorException` when it panics or the server is
    /// stopping.
    pub async fn run<T, F>(self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Hasher<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let Self { inner, permits } = self;
        let slot = Arc::clone(&inner.slots).acquire_owned().await;
        let slot = slot.map_err(Error::internal)?;
        let (answer, answered) = oneshot::channel();
        let own = Arc::clone(&inner);
        inner.threads.take(move || {
            // Whoever asked may have gone away.
            answer.send(own.work(work, (slot, permits))).ok();
        })?;
        answered.await.map_err(Error::internal)?
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turn")
    }
}

impl Inner {
    /// `permits` are given back when the work is done.
    fn work<T, P>(&self, work: impl FnOnce(&mut Hasher<'_>) -> Result<T>, permits: P) -> Result<T> {
        let memory = self.spare().pop().unwrap_or_default();
        let mut hasher = Hasher {
            profile: self.profile,
            memory,
            evaluations: &self.evaluations,
        };
        let answer = work(&mut hasher);
        self.busy.store(true, Ordering::Relaxed);
        if !hasher.memory.is_empty() {
            self.spare().push(hasher.memory);
        }
        drop(permits); // only now may the next one look for spare memory
        answer
    }

    fn spare(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for HashPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HashPool")
            .field("profile", &self.0.profile)
            .field("free_slots", &self.0.slots.available_permits())
            .field("free_places", &self.0.places.available_permits())
            .finish_non_exhaustive()
    }
}
