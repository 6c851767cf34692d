//! SQLite connections that read. A pool of our own: sqlx's asks a connection whether it still lives
//! each time it is given back, on another thread, which doubles what a short read costs. A local
//! file's connection does not die, and one whose statement was dropped half way only has to be reset,
//! which SQLite's driver does before the next. A connection that has failed is not used again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most connections: reads are short and mostly from memory.
const MOST: usize = 4;
/// The longest wait for one.
const PATIENCE: Duration = Duration::from_secs(30);

/// The connections, each opened when it is first needed.
#[derive(Clone)]
pub(super) struct Readers(Arc<Inner>);

struct Inner {
    options: SqliteConnectOptions,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        Self(Arc::new(Inner {
            options,
            permits: Arc::new(Semaphore::new(MOST)),
            idle: Mutex::default(),
        }))
    }

    /// Waits for a connection.
    pub(super) async fn take(&self) -> Result<Reader, sqlx::Error> {
        let permit = Arc::clone(&self.0.permits).acquire_owned();
        let permit = tokio::time::timeout(PATIENCE, permit).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let permit = permit.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.0.idle().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => SqliteConnection::connect_with(&self.0.options).await?,
        };
        Ok(Reader {
            conn: Some(conn),
            home: Arc::clone(&self.0),
            _permit: permit,
        })
    }

    /// Closes the connections; nobody gets one any more.
    pub(super) async fn close(&self) {
        let all = self
            .0
            .permits
            .acquire_many(u32::try_from(MOST).unwrap_or(1));
        let all = tokio::time::timeout(PATIENCE, all).await;
        self.0.permits.close();
        drop(all);
        let idle = std::mem::take(&mut *self.0.idle());
        for conn in idle {
            if let Err(error) = conn.close().await {
                tracing::warn!(%error, "closing a reader of the database failed");
            }
        }
    }
}

impl Inner {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan; given back when dropped.
pub(super) struct Reader {
    /// None once it has failed.
    conn: Option<SqliteConnection>,
    home: Arc<Inner>,
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    /// The connection, unless it has failed.
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.conn.as_mut().ok_or(sqlx::Error::PoolClosed)
    }

    /// Gives the connection up.
    pub(super) fn failed(&mut self) {
        self.conn = None;
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.home.idle().push(conn);
        }
    }
}
