//! Devices of users (api-auth.md 7): where a pool tracks them, every sign-in at the API is given a
//! device key. The app registers the device with the verifier of a secret that it made up
//! ([`register()`]); from then on the device proves itself at sign-in (`challenge::device`), and
//! where the pool says so, that takes the place of a second factor. On the pages the browser is the
//! device ([`browser`]).

pub mod browser;
mod forget;
mod register;
mod shown;
mod status;

use aws_lc_rs::digest::{SHA256, digest};

use crate::app::App;
use crate::domain::srp::Verifier;
use crate::error::{Error, Reason, Result};
use crate::ids::{DeviceKey, PoolId, Sub};
use crate::store::devices::{self, Device};
use crate::store::pools::Pool;
use crate::vault::Place;

pub use forget::forget;
pub use register::{Registration, register};
pub use shown::{get, list};
pub use status::set_remembered;

/// A device key given out for the first time: `NewDeviceMetadata`.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// `DeviceKey`.
    pub key: DeviceKey,
    /// `DeviceGroupKey`.
    pub group_key: String,
}

impl NewDevice {
    /// A key that nobody has.
    pub(in crate::domain) fn issue(app: &App, pool: &Pool) -> Result<Self> {
        let key = format!("{}_{}", pool.id.region(), app.rng.uuid()?);
        Ok(Self {
            key: DeviceKey::parse(key).map_err(Error::internal)?,
            group_key: group_key(&pool.id),
        })
    }
}

/// Whether a pool tracks devices: `DeviceConfiguration` is there, whatever is in it.
pub fn tracks(pool: &Pool) -> bool {
    pool.settings().device_configuration.is_some()
}

/// Whether a remembered device takes the place of a second factor.
pub(in crate::domain) fn suppress_mfa(pool: &Pool) -> bool {
    let settings = pool.settings().device_configuration.as_ref();
    settings.is_some_and(|devices| devices.challenge_required_on_new_device == Some(true))
}

/// Whether a device is remembered only when its user says so (`DeviceOnlyRememberedOnUserPrompt`).
pub fn prompts(pool: &Pool) -> bool {
    let settings = pool.settings().device_configuration.as_ref();
    settings.is_some_and(|s| s.device_only_remembered_on_user_prompt == Some(true))
}

/// `DeviceGroupKey`: what stands for the pool's name in the SRP of devices. It is no secret, and
/// always the same for a pool: it is in every verifier.
pub(in crate::domain) fn group_key(pool: &PoolId) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let hash = digest(&SHA256, format!("device group/{pool}").as_bytes());
    let letters = hash.as_ref().iter().take(8);
    let letters =
        letters.filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len()).copied());
    std::iter::once('-')
        .chain(letters.map(char::from))
        .collect()
}

/// A user's device by its key, which may be any text.
///
/// # Errors: ResourceNotFound `Device does not exist.`
pub(in crate::domain) fn key(text: &str) -> Result<DeviceKey> {
    DeviceKey::parse(text).map_err(|_| unknown())
}

/// What an unknown, forgotten or foreign device is told; clients act on the text.
pub(in crate::domain) fn unknown() -> Error {
    Error::device_not_found().because(Reason::UnknownDevice)
}

/// A user's device.
///
/// # Errors: ResourceNotFound `Device does not exist.`
pub(in crate::domain) async fn find(
    app: &App,
    (pool, sub): (&PoolId, &Sub),
    key: &DeviceKey,
) -> Result<Device> {
    let mut db = app.store.read().await?;
    let found = devices::find(&mut db, pool, sub, key).await?;
    found.ok_or_else(unknown)
}

/// The verifier of a device's secret.
pub(in crate::domain) fn open(
    app: &App,
    owner: (&PoolId, &Sub),
    (key, sealed): (&DeviceKey, &str),
) -> Result<Verifier> {
    let opened = app.vault.open(place(&row(owner, key)), sealed)?;
    Verifier::from_bytes(opened.expose()).map_err(Error::internal)
}

fn seal(app: &App, owner: (&PoolId, &Sub), key: &DeviceKey, verifier: &Verifier) -> Result<String> {
    let row = row(owner, key);
    app.vault.seal(place(&row), verifier.to_bytes().as_slice())
}

fn row((pool, sub): (&PoolId, &Sub), key: &DeviceKey) -> String {
    format!("{pool}/{sub}/{key}")
}

const fn place(row: &str) -> Place<'_> {
    Place {
        table: "devices",
        column: "srp",
        row,
    }
}

/// Refuses what is about devices in a pool that does not track them.
///
/// # Errors: InvalidUserPoolConfiguration
fn check_tracked(pool: &Pool) -> Result<()> {
    if tracks(pool) {
        return Ok(());
    }
    Err(Error::devices_not_tracked())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_key_is_a_dash_and_eight_characters_of_its_pool() {
        let of = |id: &str| group_key(&PoolId::parse(id).unwrap());
        let key = of("us-east-1_aB3dE6gH9");
        assert_eq!((key.len(), key.starts_with('-')), (9, true));
        assert!(key[1..].bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_eq!(key, of("us-east-1_aB3dE6gH9"));
        assert_ne!(key, of("us-east-1_aB3dE6gH8"));
    }
}
