//! SQL and nothing else: one aggregate per file, its row structs, statements and functions.

pub mod aliases;
pub mod attempts;
pub mod audit;
pub mod auth_events;
pub mod authorization_codes;
pub mod brandings;
pub mod catalogue;
pub mod clients;
pub mod codes;
pub mod consumed;
pub mod db;
pub mod devices;
pub mod domains;
pub mod faults;
pub mod groups;
pub mod keyring;
mod line;
pub mod lockouts;
pub mod passkeys;
pub mod passwords;
pub mod pools;
mod readers;
pub mod refresh_tokens;
pub mod reset;
pub mod resource_servers;
mod schema;
pub mod sessions;
pub mod signing_keys;
pub mod software_tokens;
pub mod terms;
pub mod ui_customizations;
pub mod user_attributes;
pub mod user_search;
pub mod user_sessions;
pub mod users;
mod wal;

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::error::Result;
use crate::ports::rng::Rng;
use audit::Actor;
use catalogue::{Catalogue, Touched};
use db::{Conn, DbError, Sql, Tx};
use faults::Faults;
use line::Line;
use readers::Readers;
use wal::Wal;

/// Statements that a connection keeps prepared: all of ours.
const STATEMENTS: usize = 512;

/// How long an SQLite connection waits for another process.
const BUSY: Duration = Duration::from_secs(5);

/// The tables whose rows belong to a pool, parents before children. Deleting, resetting,
/// snapshotting and exporting a pool walk this list; a test compares it with the schema.
pub const POOL_TABLES: &[&str] = &[
    "pools",
    "clients",
    "client_secrets",
    "domains",
    "resource_servers",
    "ui_customizations",
    "managed_login_brandings",
    "branding_assets",
    "terms",
    "signing_keys",
    "users",
    "user_attributes",
    "aliases",
    "passwords",
    "software_tokens",
    "devices",
    "webauthn_credentials",
    "webauthn_registrations",
    "lockouts",
    "codes",
    "attempts",
    "user_groups",
    "group_members",
    "sessions",
    "refresh_tokens",
    "authorization_codes",
    "auth_events",
    "consumed",
];

/// Every statement of the store with its module and name.
pub fn statements() -> Vec<(&'static str, &'static str, Sql)> {
    let modules: &[(&str, &[(&str, Sql)])] = &[
        ("aliases", aliases::ALL),
        ("attempts", attempts::ALL),
        ("audit", audit::ALL),
        ("auth_events", auth_events::ALL),
        ("authorization_codes", authorization_codes::ALL),
        ("brandings", brandings::ALL),
        ("clients", clients::ALL),
        ("codes", codes::ALL),
        ("devices", devices::ALL),
        ("domains", domains::ALL),
        ("consumed", consumed::ALL),
        ("groups", groups::ALL),
        ("keyring", keyring::ALL),
        ("lockouts", lockouts::ALL),
        ("passkeys", passkeys::ALL),
        ("passwords", passwords::ALL),
        ("pools", pools::ALL),
        ("reset", reset::ALL),
        ("refresh_tokens", refresh_tokens::ALL),
        ("resource_servers", resource_servers::ALL),
        ("sessions", sessions::ALL),
        ("signing_keys", signing_keys::ALL),
        ("software_tokens", software_tokens::ALL),
        ("terms", terms::ALL),
        ("ui_customizations", ui_customizations::ALL),
        ("user_attributes", user_attributes::ALL),
        ("user_search", user_search::ALL),
        ("user_sessions", user_sessions::ALL),
        ("users", users::ALL),
    ];
    let each = modules.iter().map(|(module, all)| (*module, *all));
    each.flat_map(|(module, all)| all.iter().map(move |(name, sql)| (module, *name, *sql)))
        .collect()
}

/// How hard SQLite works to keep an answered write through a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing is promised: private files that are removed at exit.
    Off,
    /// Survives a killed process; a power cut may lose the last moments.
    Normal,
    /// Survives a power cut.
    Full,
}

/// A database with its migrations applied.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    rng: Rng,
    /// Failures on demand.
    pub faults: Faults,
    catalogue: Arc<Catalogue>,
}

#[derive(Clone)]
enum Backend {
    Sqlite {
        writer: Line,
        readers: Readers,
        wal: Wal,
    },
    Postgres(PgPool),
}

impl Store {
    /// Opens (and makes) an SQLite file: WAL, one writer beside a pool of readers.
    pub async fn sqlite(file: &Path, durability: Durability, rng: Rng) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match durability {
                Durability::Off => SqliteSynchronous::Off,
                Durability::Normal => SqliteSynchronous::Normal,
                Durability::Full => SqliteSynchronous::Full,
            })
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS)
            .busy_timeout(BUSY);
        schema::sqlite(file, &options, durability).await?;
        let writer = Line::open(wal::writer(options.clone())).await?;
        let wal = Wal::new(file, &options);
        let readers = Readers::new(options.read_only(true));
        Ok(Self {
            backend: Backend::Sqlite {
                writer,
                readers,
                wal,
            },
            rng,
            faults: Faults::default(),
            catalogue: Arc::default(),
        })
    }

    /// Connects to PostgreSQL, waiting up to `patience` for it to come up.
    pub async fn postgres(url: &str, patience: Duration, rng: Rng) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(STATEMENTS);
        let deadline = tokio::time::Instant::now() + patience;
        let pool = loop {
            let attempt = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options.clone())
                .await;
            match attempt {
                Ok(pool) => break pool,
                Err(error) if tokio::time::Instant::now() < deadline => {
                    tracing::info!(%error, "waiting for PostgreSQL");
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
                Err(error) => return Err(error.into()),
            }
        };
        schema::postgres(&pool).await?;
        Ok(Self {
            backend: Backend::Postgres(pool),
            rng,
            faults: Faults::default(),
            catalogue: Arc::default(),
        })
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Conn, DbError> {
        Ok(match &self.backend {
            Backend::Sqlite { readers, .. } => Conn::sqlite(readers.take().await?),
            Backend::Postgres(pool) => Conn::postgres(pool.acquire().await?),
        })
    }

    /// Begins a write. Inside it: no network, no trigger, no hashing, no mail.
    pub async fn write(&self, actor: &Actor) -> Result<Tx, DbError> {
        let (actor, rng, faults) = (actor.clone(), self.rng.clone(), self.faults.clone());
        let touched = Touched::new(Arc::clone(&self.catalogue));
        Ok(match &self.backend {
            Backend::Sqlite { writer, .. } => {
                Tx::sqlite(writer.join().await?, actor, rng, faults, touched)
            }
            Backend::Postgres(pool) => {
                Tx::postgres(pool.begin().await?, actor, rng, faults, touched)
            }
        })
    }

    /// What this node remembers of pools and clients.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Keeps SQLite's log short, for as long as it is polled; PostgreSQL sees to its own.
    pub async fn tend(&self) {
        match &self.backend {
            Backend::Sqlite { writer, wal, .. } => wal.tend(writer).await,
            Backend::Postgres(_) => std::future::pending().await,
        }
    }

    /// How many writes were committed, in how many commits; PostgreSQL shares none.
    pub async fn figures(&self) -> Option<(u64, u64)> {
        match &self.backend {
            Backend::Sqlite { writer, .. } => Some(writer.figures().await),
            Backend::Postgres(_) => None,
        }
    }

    /// Which database this is, for logs.
    pub const fn name(&self) -> &'static str {
        match self.backend {
            Backend::Sqlite { .. } => "sqlite",
            Backend::Postgres(_) => "postgres",
        }
    }

    /// Waits for running statements and closes every connection.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite {
                writer,
                readers,
                wal,
            } => {
                readers.close().await;
                wal.close().await;
                writer.close().await;
            }
            Backend::Postgres(pool) => pool.close().await,
        }
    }
}
