//! Threads of their own for costly work, which let everything else go first: passwords may take all
//! that is left of the processors, and nothing of what the rest needs (security.md G3).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use crate::error::{Error, Result};

/// How much lower than the rest's their priority is (`nice`). A thread of the rest then has nine
/// tenths of a processor that it shares with one of these.
pub(super) const NICE: i32 = 10;

type Work = Box<dyn FnOnce() + Send>;

/// The threads. They end when this is dropped and their work is done.
pub(super) struct Threads(mpsc::Sender<Work>);

impl Threads {
    /// Starts so many.
    pub(super) fn start(number: usize) -> Self {
        let (queue, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..number {
            let waiting = Arc::clone(&waiting);
            let thread = thread::Builder::new().name("hash".to_owned());
            if let Err(error) = thread.spawn(move || work(&waiting)) {
                // With none at all, the queue is closed, and handing it work fails.
                tracing::error!(%error, "cannot start a thread for password hashes");
            }
        }
        Self(queue)
    }

    /// Hands over a piece of work.
    ///
    /// # Errors
    /// `InternalErrorException` when there is no thread.
    pub(super) fn take(&self, work: impl FnOnce() + Send + 'static) -> Result<()> {
        self.0.send(Box::new(work)).map_err(|_| no_thread())
    }
}

/// The life of a thread. A panic costs the piece of work only; its caller learns of it, for nobody
/// answers.
fn work(waiting: &Mutex<mpsc::Receiver<Work>>) {
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::debug!(%error, "password hashes have the priority of the rest");
    }
    while let Ok(work) = next(waiting) {
        catch_unwind(AssertUnwindSafe(work)).ok();
    }
}

fn next(waiting: &Mutex<mpsc::Receiver<Work>>) -> Result<Work, mpsc::RecvError> {
    let waiting: MutexGuard<'_, _> = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.recv()
}

fn no_thread() -> Error {
    Error::internal(anyhow::anyhow!("there is no thread for password hashes"))
}
