//! DEVICE_PASSWORD_VERIFIER: a device proves its secret, and the sign-in is complete.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures_util::future::BoxFuture;

use super::attempt::{Attempt, Factor, Passed, Step};
use super::context::Context;
use super::device::Remembered;
use super::srp::{Exchange, Message, check_timestamp};
use super::{Outcome, Parameters, device, finish, second_factor};
use crate::domain::hooks::TokenSource;
use crate::domain::{devices, lockout, mfa};
use crate::error::{Error, Reason, Result};
use crate::ids::DeviceKey;
use crate::secret::Secret;
use crate::store::db::Tx;
use crate::store::users::User;
use crate::time::Timestamp;

/// Checks the proof. A wrong one counts as a wrong password does.
///
/// # Errors: NotAuthorized `Incorrect username or password.`, ResourceNotFound `Device does not
/// exist.` (forgotten, or remembered no more), InvalidParameter
pub(super) async fn answer(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
    parameters: &Parameters,
) -> Result<Outcome> {
    let Context { app, actor, .. } = context;
    let foreign = || Error::invalid_session().because(Reason::ForeignSession);
    let block = parameters.get("PASSWORD_CLAIM_SECRET_BLOCK")?.expose();
    let claim = parameters.get("PASSWORD_CLAIM_SIGNATURE")?.expose();
    let timestamp = parameters.get("TIMESTAMP")?.expose();
    let block = STANDARD.decode(block).map_err(|_| foreign())?;
    let sealed = Secret::new(URL_SAFE_NO_PAD.encode(&block));
    if session.is_some_and(|session| session.expose() != sealed.expose()) {
        return Err(foreign());
    }
    let (attempt, user) = second_factor::resume(context, typed, Some(&sealed)).await?;
    let Step::DeviceProof { key, halves } = &attempt.step else {
        return Err(foreign());
    };
    let exchange = Exchange::of(halves)?;
    check_timestamp(context, timestamp)?;
    device::check_same(parameters, key)?;
    let remembered = device::still_remembered(context, &user, key).await?;
    // The pool may ask for more by now than when the device was asked.
    let asked = mfa::asked(context.pool, &user);
    if !Factor::suffice(&attempt.factors) && !device::stands_for(context.pool, &asked) {
        return Err(foreign());
    }
    let owner = (&user.pool, &user.sub);
    let verifier = devices::open(app, owner, (key, &remembered.srp))?;
    let message = Message {
        pool_name: devices::group_key(&user.pool),
        user_id: key.to_string(),
        block,
        timestamp: timestamp.clone(),
        claim: STANDARD.decode(claim).unwrap_or_default(),
    };
    let admitted = lockout::admit(app, actor, &user.pool, &user.sub).await?;
    let proven = app
        .hashing
        .run(move |_| Ok(exchange.proves(&verifier, &message)));
    match proven.await {
        Ok(true) => {}
        Ok(false) => {
            admitted.failed(app, actor).await?;
            return Err(context.refuse(&user.sub, Reason::WrongDevice).await);
        }
        Err(error) => {
            admitted.refund(app, actor).await?;
            return Err(error);
        }
    }
    let passed = Proof {
        attempt: &attempt,
        user: &user,
        device: &remembered,
        ip: actor.ip.as_deref(),
        now: app.clock.now(&user.pool),
    };
    let context = context.going_on(&attempt).with_device(key);
    let done = end(context, &user, &passed).await;
    if done.is_err() {
        admitted.refund(app, actor).await?;
    }
    done
}

async fn end(context: Context<'_>, user: &User, passed: &Proof<'_>) -> Result<Outcome> {
    let mut proven = passed.attempt.factors.clone();
    proven.push(Factor::Device);
    let proven = (proven.as_slice(), TokenSource::AuthenticateDevice);
    finish::sign_in(context, user.clone(), proven, passed).await
}

/// The right proof, of a device that is still remembered when the sign-in is stored.
struct Proof<'a> {
    attempt: &'a Attempt,
    user: &'a User,
    device: &'a Remembered,
    ip: Option<&'a str>,
    now: Timestamp,
}

impl Passed for Proof<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.attempt.consume_in(tx).await?;
            let owner = (&self.user.pool, &self.user.sub);
            let device: (&DeviceKey, &str) = (&self.device.key, &self.device.srp);
            let stands =
                crate::store::devices::authenticated(tx, owner, device, self.ip, self.now).await?;
            if stands {
                return Ok(());
            }
            Err(devices::unknown())
        })
    }
}
