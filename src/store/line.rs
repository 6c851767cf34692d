//! The line of those who write to SQLite, and group commit (docs/adr/0012).
//!
//! One connection writes, so writers queue for it. A writer that is done while others wait leaves
//! its work uncommitted, queues once more, and is answered when the transaction that they all share
//! has been committed, by whoever finds nobody waiting or by the first of them whose turn comes
//! again. Whoever is alone writes `BEGIN`, its work and `COMMIT`, as without any of this.
//!
//! A future may be dropped at any await. What is running is therefore written down before it
//! begins (`desk::Mess`), and the next to have the connection cleans up after who left it so.

mod desk;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use desk::{Desk, Outcome};

/// The longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(30);

/// The queue for the one connection that writes.
#[derive(Clone)]
pub(super) struct Line(Arc<Inner>);

struct Inner {
    desk: Arc<Mutex<Desk>>,
    /// Writers that wait to begin (not members that wait for their commit).
    waiting: AtomicUsize,
    writes: AtomicU64,
}

impl Line {
    /// Opens the connection that writes.
    pub(super) async fn open(options: SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        Ok(Self(Arc::new(Inner {
            desk: Arc::new(Mutex::new(Desk::open(options).await?)),
            waiting: AtomicUsize::new(0),
            writes: AtomicU64::new(0),
        })))
    }

    /// Waits for a turn and begins to write.
    pub(super) async fn join(&self) -> Result<Member, sqlx::Error> {
        let waiting = Waiting::in_line(&self.0.waiting);
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.0.desk).lock_owned());
        let desk = turn.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        drop(waiting);
        let mut member = Member {
            line: self.clone(),
            desk: Some(desk),
        };
        member.desk()?.begin().await?;
        Ok(member)
    }

    /// Runs a statement by itself on the connection that writes, outside of any transaction.
    pub(super) async fn alone(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        let mut desk = Arc::clone(&self.0.desk).lock_owned().await;
        desk.tidy(false).await;
        desk.alone(sql).await
    }

    /// Commits what is under way and closes the connection.
    pub(super) async fn close(&self) {
        let mut desk = Arc::clone(&self.0.desk).lock_owned().await;
        desk.tidy(false).await;
        desk.close().await;
    }

    /// How many writes were made, committed or not.
    pub(super) fn writes(&self) -> u64 {
        self.0.writes.load(Ordering::Relaxed)
    }

    /// How many writes were made, in how many commits.
    pub(super) async fn figures(&self) -> (u64, u64) {
        (self.writes(), self.0.desk.lock().await.commits())
    }

    fn others_wait(&self) -> bool {
        self.0.waiting.load(Ordering::SeqCst) > 0
    }

    /// Brings the desk in order and commits what waits for it, on a task of its own: a dropped
    /// future must not end this half way.
    fn tidy_later(&self, desk: Option<OwnedMutexGuard<Desk>>) {
        let Ok(runtime) = Handle::try_current() else {
            return; // the program ends; whoever comes next tidies first
        };
        let line = self.clone();
        runtime.spawn(async move {
            let mut desk = match desk {
                Some(desk) => desk,
                None => Arc::clone(&line.0.desk).lock_owned().await,
            };
            desk.tidy(line.others_wait()).await;
        });
    }

    /// Waits until the shared transaction is committed, in the line again: when this member's turn
    /// comes before that, it is the one to commit.
    async fn committed(&self, mut outcome: watch::Receiver<Outcome>) -> Result<(), sqlx::Error> {
        let mut leaving = Leaving(Some(self));
        let turn = tokio::select! {
            biased;
            _ = outcome.wait_for(Option::is_some) => None,
            desk = Arc::clone(&self.0.desk).lock_owned() => Some(desk),
        };
        let open = outcome.borrow().is_none();
        if let Some(mut desk) = turn.filter(|_| open) {
            let task = Handle::current().spawn(async move { desk.tidy(false).await });
            task.await
                .map_err(|_| desk::lost("the commit was cut off"))?;
        }
        leaving.0 = None;
        let done = outcome.wait_for(Option::is_some).await;
        match done.as_deref() {
            Ok(Some(Ok(()))) => Ok(()),
            Ok(Some(Err(cause))) => Err(desk::lost(cause)),
            Ok(None) | Err(_) => Err(desk::lost("nobody committed")),
        }
    }
}

/// Counts who waits to begin, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn in_line(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A member that goes away before its commit leaves somebody behind to make it.
struct Leaving<'a>(Option<&'a Line>);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if let Some(line) = self.0 {
            line.tidy_later(None);
        }
    }
}

/// One write: the connection, until it is committed or dropped. Dropped, it undoes its own work
/// and nobody else's.
pub(super) struct Member {
    line: Line,
    desk: Option<OwnedMutexGuard<Desk>>,
}

impl Member {
    fn desk(&mut self) -> Result<&mut Desk, sqlx::Error> {
        let desk = self.desk.as_deref_mut();
        desk.ok_or_else(|| desk::lost("the write is over"))
    }

    /// The connection to run this write's statements on.
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.desk()?.connection()
    }

    /// Looks at a statement's failure: after some of them SQLite has undone the whole transaction,
    /// and nothing of it may be committed.
    pub(super) fn saw(&mut self, error: &sqlx::Error) {
        if desk::is_fatal(error)
            && let Some(desk) = &mut self.desk
        {
            desk.spoil(error);
        }
    }

    /// Makes the write last; returns when it does.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.line.0.writes.fetch_add(1, Ordering::Relaxed);
        let others = self.line.others_wait();
        let line = self.line.clone();
        let desk = self.desk()?;
        if !others && !desk.is_shared() {
            desk.commit().await?;
            self.desk = None;
            return Ok(());
        }
        let outcome = desk.enter();
        if desk.is_full() || !others {
            line.tidy_later(self.desk.take());
        }
        self.desk = None;
        line.committed(outcome).await
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if let Some(desk) = self.desk.take()
            && !desk.is_tidy()
        {
            self.line.tidy_later(Some(desk));
        }
    }
}
