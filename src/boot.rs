//! From configuration to a wired [`App`]: opens the store and the vault.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::app::App;
use crate::config::{Config, Mode};
use crate::hashing::HashPool;
use crate::jobs::Jobs;
use crate::ports::clock::Clock;
use crate::ports::http::Http;
use crate::ports::keys::KeySource;
use crate::ports::lambda::Lambdas;
use crate::ports::mailbox::Mailbox;
use crate::ports::mailer::Mailer;
use crate::ports::rng::Rng;
use crate::ports::sms::SmsSender;
use crate::private;
use crate::signing::KeyCache;
use crate::store::audit::Actor;
use crate::store::{Durability, Store, keyring};
use crate::turns::Turns;
use crate::vault::{MasterKey, Purpose, Vault};

/// The outside world of a server: real in `main`, fake in tests.
pub struct Ports {
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// Outgoing e-mail.
    pub mailer: Arc<dyn Mailer>,
    /// Outgoing text messages.
    pub sms: Arc<dyn SmsSender>,
    /// Outgoing HTTP.
    pub http: Arc<dyn Http>,
    /// New signing keys.
    pub keys: Arc<dyn KeySource>,
}

/// Wires a server. `folder` holds the embedded database and the master key; `public_url` is final.
pub async fn app(
    config: Config,
    ports: Ports,
    folder: &Path,
    public_url: String,
) -> anyhow::Result<App> {
    let store = open_store(&config, folder, ports.rng.clone()).await?;
    let master = match &config.master_key {
        Some(text) => {
            MasterKey::parse(text.expose()).context("POOLHOUSE_MASTER_KEY is not a master key")?
        }
        None => key_file(&folder.join("master.key"), &ports.rng, durability(&config))?,
    };
    let vault = open_vault(&store, &master, &ports).await?;
    Ok(App {
        store,
        clock: ports.clock,
        rng: ports.rng,
        vault,
        mailer: ports.mailer,
        sms: ports.sms,
        http: ports.http,
        lambda: Arc::new(Lambdas::new(
            config.triggers.clone(),
            config.mode == Mode::Dev,
        )),
        keys: ports.keys,
        signing: KeyCache::default(),
        turns: Turns::default(),
        hashing: HashPool::new(config.hash, config.hash_threads),
        jobs: Jobs::default(),
        panics: Arc::default(),
        mailbox: Some(Mailbox::default()),
        public_url,
        config,
    })
}

async fn open_store(config: &Config, folder: &Path, rng: Rng) -> anyhow::Result<Store> {
    if let Some(url) = &config.database {
        return Store::postgres(url, Duration::from_secs(30), rng)
            .await
            .context("cannot open the PostgreSQL database");
    }
    let durability = durability(config);
    let file = folder.join("poolhouse.db");
    private::empty(&file)?;
    Store::sqlite(&file, durability, rng)
        .await
        .with_context(|| format!("cannot open the database {}", file.display()))
}

/// How hard a server works against power cuts.
pub fn durability(config: &Config) -> Durability {
    config.durability.unwrap_or(if config.ephemeral {
        Durability::Off
    } else {
        Durability::Normal
    })
}

/// Reads a key from a file, or makes one there, 0600. The disk is waited for where a power cut must
/// not lose anything.
pub fn key_file(file: &Path, rng: &Rng, durability: Durability) -> anyhow::Result<MasterKey> {
    match std::fs::read_to_string(file) {
        Ok(text) => {
            private::warn_if_open(file)?;
            MasterKey::parse(&text)
                .with_context(|| format!("{} does not hold a key", file.display()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            make_key_file(file, rng, durability)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Several processes may make the same file at once: it appears whole, and the first one stays.
fn make_key_file(file: &Path, rng: &Rng, durability: Durability) -> anyhow::Result<MasterKey> {
    let key = MasterKey::new(rng.bytes()?);
    let waits = durability == Durability::Full;
    if private::make(file, key.encode().expose().as_bytes(), rng, waits)? {
        return Ok(key);
    }
    key_file(file, rng, durability)
}

/// Opens the keyring, making its first keys in an empty store. Two servers that start on one empty
/// database agree: the first to commit wins, the other reads its keys.
async fn open_vault(store: &Store, master: &MasterKey, ports: &Ports) -> anyhow::Result<Vault> {
    let mut rows = keyring::all(&mut store.read().await.map_err(error)?)
        .await
        .map_err(error)?;
    if rows.is_empty() {
        let mut tx = store.write(&Actor::default()).await.map_err(error)?;
        for purpose in [Purpose::Data, Purpose::Hash] {
            let key = master.new_key(purpose, 1, &ports.rng)?;
            keyring::insert_unless_there(&mut tx, &key, ports.clock.server_now())
                .await
                .map_err(error)?;
        }
        tx.commit().await.map_err(error)?;
        rows = keyring::all(&mut store.read().await.map_err(error)?)
            .await
            .map_err(error)?;
    }
    match Vault::open_keyring(master, &rows, ports.rng.clone()) {
        Some(vault) => Ok(vault),
        None => bail!("the master key does not open this database's keyring: wrong master.key?"),
    }
}

fn error(error: crate::store::db::DbError) -> anyhow::Error {
    crate::error::Error::from(error).into()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn only_the_owner_reads_the_database_and_what_lies_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = open_store(&Config::default(), folder.path(), Rng::system()).await;
        let store = store.unwrap();
        let tx = store.write(&Actor::default()).await.unwrap();
        tx.commit().await.unwrap();
        let files = std::fs::read_dir(folder.path()).unwrap();
        let modes: Vec<(String, u32)> = files
            .map(|file| {
                let file = file.unwrap();
                let mode = file.metadata().unwrap().permissions().mode() & 0o777;
                (file.file_name().into_string().unwrap(), mode)
            })
            .collect();
        assert!(modes.len() > 1, "{modes:?}");
        assert!(modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
        store.close().await;
    }
}
