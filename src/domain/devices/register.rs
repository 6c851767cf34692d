//! ConfirmDevice: the device of a sign-in is registered.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{check_tracked, prompts, seal};
use crate::app::App;
use crate::domain::access::SignedIn;
use crate::domain::changes::Asker;
use crate::domain::complete::hold;
use crate::domain::srp::Verifier;
use crate::error::{Error, Reason, Result};
use crate::ids::DeviceKey;
use crate::secret::Secret;
use crate::store::audit::{Actor, Event};
use crate::store::db::OnUnique;
use crate::store::devices::{self, Device};
use crate::store::sessions;

/// What an app tells of its device.
pub struct Registration<'a> {
    /// `DeviceKey`, as the sign-in was given it.
    pub key: &'a str,
    /// `DeviceName`.
    pub name: Option<&'a str>,
    /// `Salt` of `DeviceSecretVerifierConfig`.
    pub salt: Option<&'a Secret<String>>,
    /// `PasswordVerifier` of `DeviceSecretVerifierConfig`.
    pub verifier: Option<&'a Secret<String>>,
}

/// Registers the device that an access token was given a key for. Gives whether the user still has
/// to say that it is to be remembered (`UserConfirmationNecessary`). A device without a verifier is
/// listed and can prove nothing.
///
/// # Errors: InvalidUserPoolConfiguration, NotAuthorized (stale sign-in), InvalidParameter `Invalid device key given.` (not the
/// token's, or forgotten since) or a malformed verifier, DeviceKeyExists
pub async fn register(
    app: &App,
    actor: &Actor,
    who: &SignedIn,
    asked: Registration<'_>,
) -> Result<bool> {
    let (pool, sub) = (&who.pool.id, &who.user.sub);
    check_tracked(&who.pool)?;
    Asker::from(who).check_fresh(app, pool)?;
    let foreign = || Error::device_key_invalid().because(Reason::UnknownDevice);
    let key = DeviceKey::parse(asked.key).map_err(|_| foreign())?;
    if who.device_key.as_deref() != Some(key.as_str()) {
        return Err(foreign());
    }
    let verifier = verifier(asked.salt, asked.verifier)?;
    let sealed = verifier.map(|verifier| seal(app, (pool, sub), &key, &verifier));
    let prompts = prompts(&who.pool);
    let now = app.clock.now(pool);
    let device = Device {
        key,
        name: asked.name.map(str::to_owned),
        srp: sealed.transpose()?,
        remembered: !prompts,
        last_ip: actor.ip.clone(),
        created: now,
        modified: now,
        authenticated: now,
    };
    let mut tx = app.store.write(actor).await?;
    hold(&mut tx, &who.user).await?;
    if !sessions::hold_device(&mut tx, pool, sub, &device.key).await? {
        return Err(foreign());
    }
    devices::insert(&mut tx, pool, sub, &device)
        .await
        .on_unique(Error::device_key_exists)?;
    let done = Event {
        at: now,
        pool: Some(pool),
        act: "ConfirmDevice",
        target: Some(sub.as_str()),
        refused: None,
    };
    tx.audit(done).await?;
    tx.commit().await?;
    Ok(prompts)
}

/// The verifier that the app made: both numbers in base64, as Java writes them (api-auth.md 7).
fn verifier(
    salt: Option<&Secret<String>>,
    verifier: Option<&Secret<String>>,
) -> Result<Option<Verifier>> {
    let invalid = Error::device_verifier_invalid;
    let (salt, verifier) = match (salt, verifier) {
        (None, None) => return Ok(None),
        (Some(salt), Some(verifier)) => (salt, verifier),
        _ => return Err(invalid()),
    };
    let bytes = |text: &Secret<String>| STANDARD.decode(text.expose()).map_err(|_| invalid());
    let (salt, verifier) = (bytes(salt)?, Secret::new(bytes(verifier)?));
    let received = Verifier::received(&salt, verifier.expose());
    received.map(Some).map_err(|_| invalid())
}
