//! Sign-in without sending the password: USER_SRP_AUTH and its PASSWORD_VERIFIER (api-auth.md 3).
//!
//! The state of the exchange travels in SECRET_BLOCK, so the challenge has no `Session`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::attempt::{Attempt, Factor, Halves, Step, Who};
use super::choice::Choosing;
use super::context::{Context, Subject, check_confirmed};
use super::{ChallengeName, Next, Outcome, Parameters, finish};
use crate::app::App;
use crate::domain::hooks::Challenged;
use crate::domain::srp::{
    Challenge, ClientPublic, SALT_BYTES, SrpIdentity, Verifier, parse_timestamp,
};
use crate::domain::{hooks, lockout, usernames};
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::secret::Secret;
use crate::store::passwords::Password;
use crate::store::pools::Pool;
use crate::time::Span;
use crate::vault::Place;

/// How far a client's clock may be off.
const SKEW: Span = Span::minutes(5);

/// The time that a client signed, as it was sent.
///
/// # Errors: InvalidParameter (not a time), NotAuthorized (too far off)
pub(super) fn check_timestamp(context: Context<'_>, timestamp: &str) -> Result<()> {
    let sent = parse_timestamp(timestamp).ok_or_else(Error::srp_timestamp)?;
    let off = context.app.clock.now(&context.pool.id).since(sent);
    if off.saturating_abs() > SKEW.as_ms() {
        let wrong = Error::incorrect_username_or_password();
        return Err(wrong.because(Reason::ExpiredSession));
    }
    Ok(())
}

/// Reads `SRP_A`.
///
/// # Errors: InvalidParameter
pub(super) fn client_public(parameters: &Parameters) -> Result<ClientPublic> {
    public(parameters.get("SRP_A")?.expose())
}

/// Gives the challenge. A name that is nobody's gets one that no password answers.
pub(super) async fn start(
    context: Context<'_>,
    typed: &str,
    parameters: &Parameters,
) -> Result<Outcome> {
    let app = context.app;
    let client = client_public(parameters)?;
    let subject = context.subject(typed, None).await?;
    hooks::pre_authentication(app, context.event(typed, subject.user())).await?;
    let (parameters, _) = exchange(context, (typed, &subject), &client, Within::Flow).await?;
    Ok(Outcome::Challenge(Next {
        name: ChallengeName::PasswordVerifier,
        parameters,
        session: None,
        available: Vec::new(),
    }))
}

/// The same for somebody who chose the password, or prefers it (USER_AUTH): the challenge has a
/// `Session`.
pub(super) async fn begin(
    context: Context<'_>,
    choosing: &Choosing<'_>,
    a: &str,
) -> Result<Outcome> {
    let client = public(a)?;
    let who = (choosing.typed(), choosing.subject);
    let (parameters, session) = exchange(context, who, &client, Within::Choice).await?;
    choosing.use_up(context).await?;
    let name = ChallengeName::PasswordVerifier;
    Ok(Outcome::Challenge(Next {
        parameters,
        ..choosing.challenge(name, Vec::new(), session)
    }))
}

/// The same within a sign-in that functions make up (CUSTOM_AUTH).
pub(super) async fn within(
    context: Context<'_>,
    who: (&str, &Subject),
    client: &ClientPublic,
    history: Vec<Challenged>,
) -> Result<Outcome> {
    let (parameters, _) = exchange(context, who, client, Within::Custom(history)).await?;
    Ok(Outcome::Challenge(Next {
        name: ChallengeName::PasswordVerifier,
        parameters,
        session: None,
        available: Vec::new(),
    }))
}

/// What the exchange is part of.
enum Within {
    /// USER_SRP_AUTH.
    Flow,
    /// USER_AUTH.
    Choice,
    /// CUSTOM_AUTH, so far.
    Custom(Vec<Challenged>),
}

/// The parameters of the challenge, and the sealed exchange that is in SECRET_BLOCK.
async fn exchange(
    context: Context<'_>,
    (typed, subject): (&str, &Subject),
    client: &ClientPublic,
    within: Within,
) -> Result<(BTreeMap<String, String>, String)> {
    let app = context.app;
    let stored = context.password(subject.sub()).await?;
    context.check_imported(subject.user(), stored.as_ref())?;
    let (verifier, _) = verifier(app, &context.pool.id, subject.sub(), stored.as_ref())?;
    let server = Challenge::issue(&verifier, app.rng.bytes()?);
    let user_id = match subject {
        Subject::User(user) => user.username.clone(),
        Subject::Phantom(sub) => phantom_id(context.pool, typed, sub),
    };
    let who = match subject {
        Subject::User(user) => Who::user(user),
        Subject::Phantom(sub) => Who::phantom(sub),
    };
    let step = Step::Srp {
        halves: Halves::of(client, &server),
        chosen: matches!(within, Within::Choice),
    };
    let mut attempt = Attempt::new(app, context.client, context.face, who, step)?;
    attempt.event = context.watch.event();
    attempt.goal = context.goal.cloned();
    if let Within::Custom(history) = within {
        attempt.history = history;
    }
    let sealed = attempt.seal(app)?;
    let parameters = [
        ("USERNAME", user_id.clone()),
        ("USER_ID_FOR_SRP", user_id),
        ("SRP_B", server.public_hex()),
        ("SALT", verifier.salt_hex()),
        ("SECRET_BLOCK", block_of(&sealed)?),
    ];
    let parameters = parameters.map(|(k, v)| (k.to_owned(), v)).into();
    Ok((parameters, sealed))
}

fn public(a: &str) -> Result<ClientPublic> {
    ClientPublic::parse(a)
        .map_err(|error| Error::invalid_parameter(format!("Invalid SRP_A: {error}")))
}

/// Checks the proof.
pub(super) async fn answer(
    context: Context<'_>,
    typed: &str,
    (session, parameters): (Option<&Secret<String>>, &Parameters),
) -> Result<Outcome> {
    let Context { app, actor, .. } = context;
    let wrong = |reason| Error::incorrect_username_or_password().because(reason);
    let block = parameters.get("PASSWORD_CLAIM_SECRET_BLOCK")?.expose();
    let claim = parameters.get("PASSWORD_CLAIM_SIGNATURE")?.expose();
    let timestamp = parameters.get("TIMESTAMP")?.expose();
    let Ok(block) = STANDARD.decode(block) else {
        return Err(wrong(Reason::ForeignSession));
    };
    let sealed = URL_SAFE_NO_PAD.encode(&block);
    let attempt = match Attempt::open(app, context.client, context.face, &sealed).await {
        Err(error) if error.reason == Some(Reason::ForeignSession) => {
            return Err(wrong(Reason::ForeignSession));
        }
        other => other?,
    };
    context.watch.resume(&attempt, false);
    let Step::Srp { halves, chosen } = &attempt.step else {
        return Err(wrong(Reason::ForeignSession));
    };
    let context = context.going_on(&attempt);
    let exchange = Exchange::of(halves)?;
    if *chosen {
        let session = session.ok_or_else(|| Error::missing_parameter("Session"))?;
        if *session.expose() != sealed {
            return Err(Error::invalid_session().because(Reason::ForeignSession));
        }
    }
    check_timestamp(context, timestamp)?;
    let subject = if let Some(epoch) = attempt.who.epoch() {
        let user = context.resumed(&attempt.who.sub, epoch).await?;
        context.check_same(typed, &user).await?;
        Subject::User(Box::new(user))
    } else {
        context.find(typed).await?;
        Subject::Phantom(attempt.who.sub.clone())
    };
    check_confirmed(subject.user())?;
    let stored = context.password(subject.sub()).await?;
    let (verifier, real) = verifier(app, &context.pool.id, subject.sub(), stored.as_ref())?;
    let admitted = lockout::admit(app, actor, &context.pool.id, subject.sub()).await?;
    let message = Message {
        pool_name: context.pool.id.pool_name().to_owned(),
        user_id: subject
            .user()
            .map_or(typed, |user| &user.username)
            .to_owned(),
        block,
        timestamp: timestamp.clone(),
        claim: STANDARD.decode(claim).unwrap_or_default(),
    };
    let proven = app
        .hashing
        .run(move |_| Ok(exchange.proves(&verifier, &message)));
    let proven = match proven.await {
        Ok(proven) => proven,
        Err(error) => {
            admitted.refund(app, actor).await?;
            return Err(error);
        }
    };
    let reason = match (&subject, real) {
        (Subject::Phantom(_), _) => Reason::UnknownUser,
        (_, false) => Reason::NoVerifier,
        _ => Reason::WrongPassword,
    };
    let (true, true, Subject::User(user), Some(stored)) = (proven, real, &subject, stored) else {
        admitted.failed(app, actor).await?;
        return Err(context.refuse(subject.sub(), reason).await);
    };
    let proof = finish::Proof {
        admitted,
        password: &stored,
        factor: Factor::Srp,
        attempt: Some(&attempt),
    };
    finish::after_password(context, (**user).clone(), proof).await
}

/// Both sides' public values and the server's secret, out of the sealed attempt.
pub(super) struct Exchange {
    client: ClientPublic,
    server: Challenge,
}

/// What the client signed, and its signature.
pub(super) struct Message {
    /// The pool's name, or a device's group key.
    pub(super) pool_name: String,
    /// The user's name, or a device's key.
    pub(super) user_id: String,
    /// SECRET_BLOCK.
    pub(super) block: Vec<u8>,
    /// TIMESTAMP, as it was sent.
    pub(super) timestamp: String,
    /// PASSWORD_CLAIM_SIGNATURE.
    pub(super) claim: Vec<u8>,
}

impl Halves {
    /// Both sides' values, to be sealed.
    pub(super) fn of(client: &ClientPublic, server: &Challenge) -> Self {
        Self {
            client: URL_SAFE_NO_PAD.encode(client.as_bytes()),
            server: URL_SAFE_NO_PAD.encode(server.to_bytes().as_slice()),
        }
    }
}

impl Exchange {
    /// What was sealed.
    pub(super) fn of(halves: &Halves) -> Result<Self> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(Error::internal);
        let (client, server) = (bytes(&halves.client)?, bytes(&halves.server)?);
        Ok(Self {
            client: ClientPublic::from_bytes(&client).map_err(Error::internal)?,
            server: Challenge::from_bytes(&server).map_err(Error::internal)?,
        })
    }

    /// About two milliseconds of processor time.
    pub(super) fn proves(&self, verifier: &Verifier, message: &Message) -> bool {
        let identity = SrpIdentity {
            pool_name: &message.pool_name,
            user_id: &message.user_id,
        };
        let key = self.server.session_key(&self.client, verifier);
        key.is_ok_and(|key| {
            key.verify(
                &identity,
                &message.block,
                &message.timestamp,
                &message.claim,
            )
        })
    }
}

/// The stored verifier, or one that fits no password: for phantoms, and for users without a
/// password or with an imported hash only. Says which.
fn verifier(
    app: &App,
    pool: &PoolId,
    sub: &Sub,
    stored: Option<&Password>,
) -> Result<(Verifier, bool)> {
    if let Some(sealed) = stored.and_then(|stored| stored.srp.as_ref()) {
        let row = format!("{pool}/{sub}");
        let place = Place {
            table: "passwords",
            column: "srp",
            row: &row,
        };
        let opened = app.vault.open(place, sealed)?;
        let verifier = Verifier::from_bytes(opened.expose()).map_err(Error::internal)?;
        return Ok((verifier, true));
    }
    let phantom = |kind| app.vault.derive(kind, &format!("{pool}/{sub}"));
    let salt = phantom("srp-salt")?;
    let salt: [u8; SALT_BYTES] = salt.first_chunk().copied().unwrap_or_default();
    let verifier = Verifier::phantom(salt, &phantom("srp-verifier")?);
    Ok((verifier, false))
}

/// What USER_ID_FOR_SRP says for a name that is nobody's: a UUID where users are known by one, as
/// Cognito documents it; elsewhere the name itself, as it would for a user of that name.
pub(super) fn phantom_id(pool: &Pool, typed: &str, sub: &Sub) -> String {
    let settings = pool.settings();
    let contact = usernames::contact_like(typed).is_some();
    let alias = contact && !settings.alias_attributes().is_empty();
    if alias || !settings.username_attributes().is_empty() {
        return sub.to_string();
    }
    typed.to_owned()
}

/// SECRET_BLOCK is base64 with padding: .NET takes nothing else.
pub(super) fn block_of(sealed: &str) -> Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(Error::internal)?;
    Ok(STANDARD.encode(bytes))
}
