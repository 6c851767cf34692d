//! DEVICE_SRP_AUTH: the exchange about a device's secret begins (api-auth.md 7).

use super::attempt::{Halves, Step};
use super::context::Context;
use super::srp::{block_of, client_public};
use super::{ChallengeName, Next, Outcome, Parameters, device, device_ticket, second_factor};
use crate::domain::devices;
use crate::domain::srp::Challenge;
use crate::error::{Error, Reason, Result};
use crate::secret::Secret;

/// Takes A and gives the challenge. `Session` and SECRET_BLOCK are the same: pycognito sends the
/// second alone.
///
/// # Errors: ResourceNotFound `Device does not exist.`, InvalidParameter, NotAuthorized
pub(super) async fn answer(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
    parameters: &Parameters,
) -> Result<Outcome> {
    let Context {
        app, client, face, ..
    } = context;
    let (attempt, user) = match second_factor::resume(context, typed, session).await {
        Err(refused) if device_ticket::may_have(session, &refused) => {
            device_ticket::redeem(context, typed, session, parameters, refused).await?
        }
        other => other?,
    };
    let Step::DeviceSrp(key) = &attempt.step else {
        return Err(Error::invalid_session().because(Reason::ForeignSession));
    };
    device::check_same(parameters, key)?;
    let public = client_public(parameters)?;
    let remembered = device::still_remembered(context, &user, key).await?;
    let owner = (&user.pool, &user.sub);
    let verifier = devices::open(app, owner, (key, &remembered.srp))?;
    let server = Challenge::issue(&verifier, app.rng.bytes()?);
    let step = Step::DeviceProof {
        key: key.clone(),
        halves: Halves::of(&public, &server),
    };
    let sealed = attempt.next(app, client, face, step)?.seal(app)?;
    let parameters = [
        ("USERNAME", user.username.clone()),
        ("DEVICE_KEY", key.to_string()),
        ("SRP_B", server.public_hex()),
        ("SALT", verifier.salt_hex()),
        ("SECRET_BLOCK", block_of(&sealed)?),
    ];
    second_factor::pass(context, &attempt).await?;
    Ok(Outcome::Challenge(Next {
        name: ChallengeName::DevicePasswordVerifier,
        parameters: parameters.map(|(k, v)| (k.to_owned(), v)).into(),
        session: Some(sealed),
        available: Vec::new(),
    }))
}
