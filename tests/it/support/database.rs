//! A database of its own for each test: an SQLite file in shared memory where there is some, or a
//! copy of a migrated PostgreSQL template when `POOLHOUSE_TEST_DATABASE` names a server.

use std::path::Path;
use std::time::Duration;

use poolhouse::ports::rng::Rng;
use poolhouse::store::{Durability, Store};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;

/// Serialises template making across test processes ("poolhous" in ASCII).
const LOCK: i64 = 0x706f_6f6c_686f_7573;

/// Where a test keeps its files, and its PostgreSQL database if there is one.
pub struct Place {
    pub folder: TempDir,
    pub postgres: Option<Postgres>,
}

/// A PostgreSQL database that lives as long as the test.
pub struct Postgres {
    pub url: String,
    admin_url: String,
    name: String,
}

impl Place {
    pub async fn new() -> Self {
        let shared_memory = Path::new("/dev/shm");
        let folder = if shared_memory.is_dir() {
            tempfile::tempdir_in(shared_memory).unwrap()
        } else {
            tempfile::tempdir().unwrap()
        };
        let postgres = match std::env::var("POOLHOUSE_TEST_DATABASE") {
            Ok(url) if !url.is_empty() => Some(Postgres::copy_of_template(&url).await),
            _ => None,
        };
        Self { folder, postgres }
    }

    /// Opens the store of this place directly, beside any server.
    pub async fn store(&self) -> Store {
        let rng = Rng::system();
        match &self.postgres {
            Some(database) => Store::postgres(&database.url, Duration::from_secs(5), rng)
                .await
                .unwrap(),
            None => {
                let file = self.folder.path().join("poolhouse.db");
                Store::sqlite(&file, Durability::Off, rng).await.unwrap()
            }
        }
    }
}

impl Postgres {
    async fn copy_of_template(admin_url: &str) -> Self {
        let mut admin = PgConnection::connect(admin_url).await.unwrap();
        let template = format!("poolhouse_template_{:x}", fingerprint());
        lock(&mut admin).await;
        let known: Option<(i32,)> = sqlx::query_as("SELECT 1 FROM pg_database WHERE datname = $1")
            .bind(&template)
            .fetch_optional(&mut admin)
            .await
            .unwrap();
        if known.is_none() {
            let making = format!("{template}_making");
            run(&mut admin, &format!("DROP DATABASE IF EXISTS {making}")).await;
            run(&mut admin, &format!("CREATE DATABASE {making}")).await;
            let url = with_database(admin_url, &making);
            let store = Store::postgres(&url, Duration::from_secs(5), Rng::system())
                .await
                .unwrap();
            store.close().await;
            run(
                &mut admin,
                &format!("ALTER DATABASE {making} RENAME TO {template}"),
            )
            .await;
        }
        let name = format!("t_{}", Rng::system().digits(18).unwrap());
        run(
            &mut admin,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        admin.close().await.unwrap();
        let url = with_database(admin_url, &name);
        Self {
            url,
            admin_url: admin_url.to_owned(),
            name,
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let (url, name) = (self.admin_url.clone(), self.name.clone());
        let gone = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let mut admin = PgConnection::connect(&url).await.unwrap();
                run(&mut admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
            });
        });
        drop(gone.join());
    }
}

async fn lock(admin: &mut PgConnection) {
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(admin)
        .await
        .unwrap();
}

async fn run(admin: &mut PgConnection, sql: &str) {
    admin
        .execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
        .await
        .unwrap();
}

fn with_database(url: &str, name: &str) -> String {
    let mut url = url::Url::parse(url).unwrap();
    url.set_path(name);
    url.to_string()
}

/// Changes with the migrations.
fn fingerprint() -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        std::fs::read(file).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}
