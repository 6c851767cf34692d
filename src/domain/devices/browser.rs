//! Devices that are browsers: where a pool tracks devices, the pages register the browser of a
//! completed sign-in. It keeps the device's key and secret; what it shows at a later sign-in must fit
//! the verifier that the device's row has, as an app's proof must.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize, Serializer};

use super::{NewDevice, group_key, open, prompts, seal, tracks};
use crate::app::App;
use crate::domain::complete::hold;
use crate::domain::sessions::Proven;
use crate::domain::srp::{SrpIdentity, Verifier};
use crate::domain::user_sessions::device;
use crate::error::Result;
use crate::ids::{DeviceKey, PoolId, Sub};
use crate::secret::Secret;
use crate::store::audit::{Actor, Event};
use crate::store::db::Tx;
use crate::store::devices::{self, Device};
use crate::store::pools::Pool;
use crate::store::sessions;
use crate::time::Timestamp;

/// What a browser keeps of a user's device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pool: PoolId,
    sub: Sub,
    key: DeviceKey,
    #[serde(serialize_with = "exposed")]
    secret: Secret<String>,
}

/// The secret leaves in sealed cookies only.
fn exposed<S: Serializer>(secret: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

impl Kept {
    /// Whether it is a device of this user: in another's hands it proves nothing.
    pub fn is_of(&self, (pool, sub): (&PoolId, &Sub)) -> bool {
        self.pool == *pool && self.sub == *sub
    }

    /// Whether another one is a device of the same user.
    pub fn is_same_user(&self, other: &Self) -> bool {
        self.is_of((&other.pool, &other.sub))
    }

    /// The device's key.
    pub const fn key(&self) -> &DeviceKey {
        &self.key
    }
}

/// The browser of a completed sign-in, as its user's device.
pub struct Settled {
    /// What the browser is to keep.
    pub kept: Kept,
    /// Whether the user is to be asked whether the device shall be remembered.
    pub asks: bool,
}

/// The device that a browser shows to be a user's, remembered or not.
pub(in crate::domain) async fn shown(
    app: &App,
    (pool, sub): (&Pool, &Sub),
    kept: &[Kept],
) -> Result<Option<Device>> {
    if !tracks(pool) {
        return Ok(None);
    }
    let owner = (&pool.id, sub);
    for kept in kept.iter().filter(|kept| kept.is_of(owner)) {
        let found = {
            let mut db = app.store.read().await?;
            devices::find(&mut db, &pool.id, sub, &kept.key).await?
        };
        let Some(device) = found else { continue };
        let Some(sealed) = &device.srp else { continue };
        let verifier = open(app, owner, (&device.key, sealed))?;
        if fits(app, kept, verifier).await? {
            return Ok(Some(device));
        }
    }
    Ok(None)
}

async fn fits(app: &App, kept: &Kept, verifier: Verifier) -> Result<bool> {
    let kept = kept.clone();
    let compared = app.hashing.run(move |_| {
        let group = group_key(&kept.pool);
        let identity = SrpIdentity {
            pool_name: &group,
            user_id: kept.key.as_str(),
        };
        Ok(verifier.is_of(&identity, kept.secret.expose()))
    });
    compared.await
}

/// Registers the browser of a completed sign-in as a device of its user, or finds it registered, and
/// binds the sign-in to it. `wish` is what the user said about remembering it, if that was asked.
/// Gives nothing where the pool tracks no devices.
///
/// # Errors: NotAuthorized (disabled, signed out since)
pub async fn settle(
    app: &App,
    actor: &Actor,
    (pool, proven): (&Pool, &Proven),
    (kept, wish): (&[Kept], Option<bool>),
) -> Result<Option<Settled>> {
    if !tracks(pool) {
        return Ok(None);
    }
    let sub = &proven.user.sub;
    let ours = |device: &Device| {
        let mine = |kept: &&Kept| kept.key == device.key && kept.is_of((&pool.id, sub));
        kept.iter().find(mine).cloned()
    };
    let known = shown(app, (pool, sub), kept).await?;
    if let Some(device) = known
        && let Some(kept) = ours(&device)
        && let Some(remembered) = find_again(app, actor, (pool, proven), (&device, wish)).await?
    {
        let asks = prompts(pool) && !remembered && wish.is_none();
        return Ok(Some(Settled { kept, asks }));
    }
    let (device, kept) = make(app, actor, (pool, sub), wish).await?;
    let mut tx = app.store.write(actor).await?;
    hold(&mut tx, &proven.user).await?;
    devices::insert(&mut tx, &pool.id, sub, &device).await?;
    sessions::bind_browser(&mut tx, &pool.id, &proven.session, &device.key).await?;
    audit(&mut tx, (pool, sub), ("RegisterBrowser", device.created)).await?;
    tx.commit().await?;
    let asks = !device.remembered && wish.is_none();
    Ok(Some(Settled { kept, asks }))
}

/// Binds a sign-in to a device that was there before; says whether it is remembered now. None when it
/// was forgotten meanwhile.
async fn find_again(
    app: &App,
    actor: &Actor,
    (pool, proven): (&Pool, &Proven),
    (device, wish): (&Device, Option<bool>),
) -> Result<Option<bool>> {
    let remember = wish == Some(true) && !device.remembered;
    let bound = proven.device.as_ref() == Some(&device.key);
    if bound && !remember {
        return Ok(Some(device.remembered));
    }
    let (id, sub) = (&pool.id, &proven.user.sub);
    let now = app.clock.now(id);
    let mut tx = app.store.write(actor).await?;
    hold(&mut tx, &proven.user).await?;
    let there = if remember {
        devices::set_remembered(&mut tx, (id, sub), &device.key, true, now).await?
    } else {
        devices::hold_any(&mut tx, (id, sub), &device.key).await?
    };
    if !there {
        return Ok(None);
    }
    sessions::bind_browser(&mut tx, id, &proven.session, &device.key).await?;
    if remember {
        audit(&mut tx, (pool, sub), ("RememberBrowser", now)).await?;
    }
    tx.commit().await?;
    Ok(Some(device.remembered || remember))
}

/// A new device with a secret that nobody but the browser gets to know.
async fn make(
    app: &App,
    actor: &Actor,
    (pool, sub): (&Pool, &Sub),
    wish: Option<bool>,
) -> Result<(Device, Kept)> {
    let NewDevice { key, group_key } = NewDevice::issue(app, pool)?;
    let secret = Secret::new(URL_SAFE_NO_PAD.encode(app.rng.bytes::<32>()?));
    let salt = app.rng.bytes()?;
    let (user_id, password) = (key.to_string(), secret.clone());
    let verifier = app.hashing.run(move |_| {
        let identity = SrpIdentity {
            pool_name: &group_key,
            user_id: &user_id,
        };
        Ok(Verifier::new(&identity, password.expose(), salt))
    });
    let verifier = verifier.await?;
    let now = app.clock.now(&pool.id);
    let device = Device {
        name: actor.agent.as_deref().map(device::name),
        srp: Some(seal(app, (&pool.id, sub), &key, &verifier)?),
        remembered: !prompts(pool) || wish == Some(true),
        last_ip: actor.ip.clone(),
        created: now,
        modified: now,
        authenticated: now,
        key: key.clone(),
    };
    let kept = Kept {
        pool: pool.id.clone(),
        sub: sub.clone(),
        key,
        secret,
    };
    Ok((device, kept))
}

async fn audit(
    tx: &mut Tx,
    (pool, sub): (&Pool, &Sub),
    (act, at): (&'static str, Timestamp),
) -> Result<()> {
    let done = Event {
        at,
        pool: Some(&pool.id),
        act,
        target: Some(sub.as_str()),
        refused: None,
    };
    tx.audit(done).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(sub: &str) -> Kept {
        Kept {
            pool: PoolId::parse("us-east-1_aB3dE6gH9").unwrap(),
            sub: Sub::parse(sub).unwrap(),
            key: DeviceKey::parse("us-east-1_aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee").unwrap(),
            secret: Secret::new("s3cret".to_owned()),
        }
    }

    #[test]
    fn it_is_one_users_and_prints_no_secret() {
        let jane = "11111111-2222-4333-8444-555555555555";
        let tim = Sub::parse("11111111-2222-4333-8444-555555555556").unwrap();
        let kept = kept(jane);
        let other = PoolId::parse("us-east-1_aB3dE6gH8").unwrap();
        assert!(kept.is_of((&kept.pool, &kept.sub)));
        assert!(!kept.is_of((&kept.pool, &tim)));
        assert!(!kept.is_of((&other, &kept.sub)));
        assert!(!format!("{kept:?}").contains("s3cret"));
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Kept>(&text).unwrap(), kept);
    }
}
