//! The device of a sign-in: a remembered one proves its secret after the password, and after the
//! second factor unless the pool lets it stand for that (`ChallengeRequiredOnNewDevice`).
//!
//! Only its own secret makes a device good: a key alone changes nothing, one that is not the user's
//! is refused, and one that is not remembered is as good as none.

use futures_util::future::BoxFuture;

use super::attempt::{Factor, Passed, Step};
use super::context::Context;
use super::{ChallengeName, Outcome, Parameters, device_ticket, second_factor};
use crate::domain::devices;
use crate::domain::mfa::Asked;
use crate::error::{Error, Result};
use crate::ids::{DeviceKey, PoolId, Sub};
use crate::store::db::Tx;
use crate::store::devices::{self as stored, Device};
use crate::store::pools::Pool;
use crate::store::users::User;

/// A device that can prove itself.
pub(super) struct Remembered {
    /// Its key.
    pub(super) key: DeviceKey,
    /// The sealed verifier of its secret.
    pub(super) srp: String,
}

/// `DEVICE_KEY` of a request; means nothing where the pool tracks no devices. Whether the key is
/// anybody's is asked once the user has proven something.
///
/// # Errors: InvalidParameter `Invalid device key given.`
pub(super) fn named(pool: &Pool, parameters: &Parameters) -> Result<Option<DeviceKey>> {
    let sent = parameters
        .find("DEVICE_KEY")
        .filter(|_| devices::tracks(pool));
    let key = sent.map(|sent| DeviceKey::parse(sent.expose().as_str()));
    key.transpose().map_err(|_| Error::device_key_invalid())
}

/// The device that a sign-in named, if it can prove itself.
///
/// # Errors: ResourceNotFound `Device does not exist.` (not the user's)
pub(super) async fn remembered(context: Context<'_>, user: &User) -> Result<Option<Remembered>> {
    let Some(key) = context.device.filter(|_| devices::tracks(context.pool)) else {
        return Ok(None);
    };
    let device = devices::find(context.app, (&user.pool, &user.sub), key).await?;
    Ok(usable(device))
}

/// The same, where the sign-in depends on it.
///
/// # Errors: ResourceNotFound `Device does not exist.` (also when it is remembered no more)
pub(super) async fn still_remembered(
    context: Context<'_>,
    user: &User,
    key: &DeviceKey,
) -> Result<Remembered> {
    if !devices::tracks(context.pool) {
        return Err(devices::unknown());
    }
    let device = devices::find(context.app, (&user.pool, &user.sub), key).await?;
    usable(device).ok_or_else(devices::unknown)
}

fn usable(device: Device) -> Option<Remembered> {
    let srp = device.srp.filter(|_| device.remembered)?;
    Some(Remembered {
        key: device.key,
        srp,
    })
}

/// Whether a remembered device may be asked for its secret in place of what the user would be asked
/// for. Setting a factor up is never left out: there was none that a device could stand for.
pub(super) fn stands_for(pool: &Pool, asked: &Asked) -> bool {
    match asked {
        Asked::Nothing => true,
        Asked::One(_) | Asked::Choice(_) => devices::suppress_mfa(pool),
        Asked::SetUp(_) => false,
    }
}

/// DEVICE_SRP_AUTH.
pub(super) async fn ask(
    context: Context<'_>,
    user: &User,
    (proven, device): (&[Factor], Remembered),
    passed: &dyn Passed,
    ticket: Option<String>,
) -> Result<Outcome> {
    let app = context.app;
    let step = Step::DeviceSrp(device.key.clone());
    let attempt = second_factor::attempt(context, user, proven, step)?;
    let next = super::Next {
        name: ChallengeName::DeviceSrp,
        parameters: [("USERNAME".to_owned(), user.username.clone())].into(),
        session: Some(attempt.seal(app)?),
        available: Vec::new(),
    };
    let mut tx = app.store.write(context.actor).await?;
    passed.write(&mut tx).await?;
    if let Some(ticket) = ticket {
        let asked = (ticket.as_str(), &attempt);
        device_ticket::leave(context, &mut tx, (user, &device.key), asked).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Challenge(next))
}

/// Refuses an answer about another device than the one that was asked.
///
/// # Errors: ResourceNotFound `Device does not exist.`, InvalidParameter (none named)
pub(super) fn check_same(parameters: &Parameters, key: &DeviceKey) -> Result<()> {
    if parameters.get("DEVICE_KEY")?.expose() == key.as_str() {
        return Ok(());
    }
    Err(devices::unknown())
}

/// Makes sure that the device which proved itself is there still, where something came in between.
pub(super) struct Still(Option<(PoolId, Sub, DeviceKey)>);

impl Still {
    /// The device of a user, if one proved itself.
    pub(super) fn of(user: &User, key: Option<&DeviceKey>) -> Self {
        Self(key.map(|key| (user.pool.clone(), user.sub.clone(), key.clone())))
    }
}

impl Passed for Still {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let Some((pool, sub, key)) = &self.0 else {
                return Ok(());
            };
            if stored::hold(tx, (pool, sub), key).await? {
                return Ok(());
            }
            Err(devices::unknown())
        })
    }
}
