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
            let made = writer.writes();
            if made - done < MANY || self.length() < LONG {
                continue;
            }
            done = made;
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

#[cfg(test)]
mod tests {
    use crate::args;
    use crate::ports::rng::Rng;
    use crate::store::audit::Actor;
    use crate::store::db::Sql;
    use crate::store::{Backend, Durability, Store};

    const INSERT: Sql = Sql {
        sqlite: "INSERT INTO keyring (id, purpose, wrapped, created_ms) VALUES ($1, 'data', $2, 0)",
        postgres: "",
    };

    #[tokio::test]
    async fn the_log_stays_short_beside_writers_and_is_gone_after_closing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        let store = Store::sqlite(&file, Durability::Off, Rng::system());
        let store = store.await.unwrap();
        let Backend::Sqlite { writer, wal, .. } = &store.backend else {
            panic!("it is SQLite");
        };
        let mut longest = 0;
        for round in 0..10 {
            let writing = async {
                for n in 0..100 {
                    let mut tx = store.write(&Actor::default()).await.unwrap();
                    let row = args![format!("{round}-{n}"), "x".repeat(20_000)];
                    tx.execute(INSERT, row).await.unwrap();
                    tx.commit().await.unwrap();
                }
            };
            // Beside the writers, and so that they must find their way around it.
            let (shortened, ()) = tokio::join!(wal.shorten(writer), writing);
            shortened.unwrap();
            longest = longest.max(wal.length());
        }
        // 20 MB and more went through it.
        assert!(longest < 12 << 20, "{longest}");
        wal.shorten(writer).await.unwrap();
        let (writes, _) = store.figures().await.unwrap();
        assert_eq!(writes, 1000);
        store.close().await;
        assert_eq!(wal.length(), 0);
        assert!(!wal.file.exists());
        assert!(std::fs::metadata(&file).unwrap().len() > 16 << 20);
    }
}
