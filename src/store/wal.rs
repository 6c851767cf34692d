//! SQLite's write-ahead log: brought into the database beside the writers, so that it stays short
//! and no commit pays for it.
//!
//! Source: sqlite.org/wal.html, sections 3.1 and 4 (a checkpoint that cannot finish lets the log
//! grow; the log starts anew when all of it is in the database and nobody reads from it).

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

use super::line::Line;

/// How often the log is looked at.
const PAUSE: Duration = Duration::from_millis(500);
/// The length from which it is worth bringing in.
const LONG: u64 = 4 << 20;
/// The file keeps its length when the log starts anew, so this many writes must have come as well.
const MANY: u64 = 256;
/// Pages (of 4 KiB) after which a commit brings the log in itself: only if nobody tends it.
const BACKSTOP: &str = "16384";
/// What is left of a longer log once it starts anew.
const KEPT: &str = "8388608";

/// Copies what it can without making anybody wait.
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(PASSIVE)";

/// Settings of the connection that writes.
pub(super) fn writer(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .pragma("wal_autocheckpoint", BACKSTOP)
        .pragma("journal_size_limit", KEPT)
}

/// The log of one database.
#[derive(Clone)]
pub(super) struct Wal {
    file: PathBuf,
    keeper: SqlitePool,
}

impl Wal {
    pub(super) fn new(database: &Path, options: &SqliteConnectOptions) -> Self {
        let mut file = database.as_os_str().to_owned();
        file.push("-wal");
        let keeper = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .connect_lazy_with(options.clone());
        Self {
            file: file.into(),
            keeper,
        }
    }

    /// Looks at the log now and then, for as long as it is polled.
    pub(super) async fn tend(&self, writer: &Line) {
        let mut done = 0;
        loop {
            tokio::time::sleep(PAUSE).await;
            let writes = writer.writes();
            if writes - done < MANY || self.length() < LONG {
                continue;
            }
            done = writes;
            if let Err(error) = self.shorten(writer).await {
                tracing::warn!(%error, "the write-ahead log could not be brought in; it will be tried again");
            }
        }
    }

    /// Brings the log in. The bulk is copied while others write; what they added meanwhile, with
    /// the writers held: a moment, after which the log starts anew.
    pub(super) async fn shorten(&self, writer: &Line) -> Result<(), sqlx::Error> {
        sqlx::query(CHECKPOINT).execute(&self.keeper).await?;
        writer.alone(CHECKPOINT).await
    }

    pub(super) fn length(&self) -> u64 {
        std::fs::metadata(&self.file).map_or(0, |file| file.len())
    }

    pub(super) async fn close(&self) {
        self.keeper.close().await;
    }
}
