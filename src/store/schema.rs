//! Brings a database to the schema of this program: the migrations, embedded.

use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{Connection, Executor};

use super::Durability;

/// PostgreSQL's name for SQLite's bytewise order, which the migrations use. The lock (any number of
/// our own) keeps servers that start together from making it twice.
const BYTEWISE: &str = "SELECT pg_advisory_xact_lock(5720301832914023); \
                        CREATE COLLATION IF NOT EXISTS \"BINARY\" FROM \"C\"";

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Makes or brings up to date an SQLite file. An empty one is made without waiting for the disk at
/// each step, and brought to the disk as a whole.
pub(super) async fn sqlite(
    file: &Path,
    options: &SqliteConnectOptions,
    durability: Durability,
) -> anyhow::Result<()> {
    if std::fs::metadata(file).is_ok_and(|file| file.len() > 0) {
        let mut conn = SqliteConnection::connect_with(options).await?;
        MIGRATIONS.run(&mut conn).await?;
        conn.close().await?;
        return Ok(());
    }
    // The journal mode is the file's and stays; to change it comes last among an opening's settings,
    // before the synchronisation that it should go without.
    let unhurried = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .synchronous(SqliteSynchronous::Off)
        .busy_timeout(super::BUSY);
    let mut conn = SqliteConnection::connect_with(&unhurried).await?;
    conn.execute("PRAGMA journal_mode = WAL").await?;
    MIGRATIONS.run(&mut conn).await?;
    conn.close().await?;
    flush(file.to_owned(), durability).await
}

/// Brings a new file to the disk. Where a power cut may lose the last moments, nobody waits for it.
async fn flush(file: std::path::PathBuf, durability: Durability) -> anyhow::Result<()> {
    let flushing = move || {
        let folder = file.parent().map(std::fs::File::open).transpose()?;
        std::fs::File::open(&file)?.sync_all()?;
        folder.map_or(Ok(()), |folder| folder.sync_all())
    };
    match durability {
        Durability::Off => {}
        Durability::Normal => drop(tokio::task::spawn_blocking(flushing)),
        Durability::Full => tokio::task::spawn_blocking(flushing).await??,
    }
    Ok(())
}

/// Brings a PostgreSQL database up to date.
pub(super) async fn postgres(pool: &PgPool) -> anyhow::Result<()> {
    pool.execute(sqlx::raw_sql(BYTEWISE)).await?;
    MIGRATIONS.run(pool).await?;
    Ok(())
}
