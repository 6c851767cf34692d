//! SMS_MFA and EMAIL_OTP: the code that was sent.

use futures_util::future::BoxFuture;

use super::attempt::{Attempt, Factor as Proven, Passed, Step};
use super::context::Context;
use super::{Outcome, Parameters, second_factor, set_up_mfa};
use crate::app::App;
use crate::domain::changes::{self, Asker, What};
use crate::domain::codes::Sent;
use crate::domain::limits::{self, Act};
use crate::domain::mfa::{self, tries};
use crate::domain::{delivery, lockout, records};
use crate::error::{Error, Reason, Result};
use crate::ids::Sub;
use crate::secret::Secret;
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::users::{Factor, User};
use crate::time::Timestamp;

/// Checks the code.
///
/// # Errors: CodeMismatch `Invalid code or auth state for the user.`, NotAuthorized
pub(super) async fn answer(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
    (factor, parameters): (Factor, &Parameters),
) -> Result<Outcome> {
    let app = context.app;
    let (attempt, user) = second_factor::resume(context, typed, session).await?;
    let Step::Code {
        factor: asked,
        hash,
        enrols,
    } = &attempt.step
    else {
        return Err(Error::invalid_session().because(Reason::ForeignSession));
    };
    if *asked != factor {
        return Err(Error::invalid_session().because(Reason::ForeignSession));
    }
    let name = match factor {
        Factor::Email => "EMAIL_OTP_CODE",
        _ => "SMS_MFA_CODE",
    };
    let code = parameters.get(name)?.expose();
    let tries = count(context, &attempt, &user).await?;
    if !attempt.hashes_to(app, code, hash) {
        let wrong = Error::code_or_state();
        return Err(refuse(context, &attempt, &user, (tries, wrong)).await);
    }
    let address = enrols.as_deref();
    let passed = Code {
        app,
        pool: context.pool,
        attempt: &attempt,
        user: &user,
        enrols: address.map(|address| (factor, address)),
        now: app.clock.now(&user.pool),
    };
    let after = passed.after(&user)?;
    let last = Proven::Second(factor);
    second_factor::done(context, (&attempt, last), after, &passed).await
}

/// Sends another code in place of the last one, which stops working.
///
/// # Errors: NotAuthorized, LimitExceeded, CodeDeliveryFailure
pub(super) async fn send_again(context: Context<'_>, session: &Secret<String>) -> Result<Outcome> {
    let (attempt, user) = second_factor::resume(context, None, Some(session)).await?;
    let Step::Code { factor, enrols, .. } = &attempt.step else {
        return Err(Error::invalid_session().because(Reason::ForeignSession));
    };
    let contact = mfa::contact_of(*factor);
    let sent = match (contact, enrols) {
        (Some(contact), Some(address)) => Some(Sent {
            contact,
            address: address.clone(),
        }),
        (Some(contact), None) => delivery::contact(&user, contact),
        (None, _) => None,
    };
    let sent = sent.ok_or_else(|| Error::mfa_not_deliverable(factor.as_str()))?;
    let passed = Again {
        attempt: &attempt,
        user: &user,
        now: context.app.clock.now(&user.pool),
    };
    let proven = (attempt.factors.as_slice(), *factor);
    let context = context.going_on(&attempt);
    second_factor::send(context, &user, proven, (&sent, enrols.is_some()), &passed).await
}

/// The code that another one replaces.
struct Again<'a> {
    attempt: &'a Attempt,
    user: &'a User,
    now: Timestamp,
}

impl Passed for Again<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let (pool, sub) = (&self.user.pool, &self.user.sub);
            let act = Act::ResendAuthenticationCode;
            limits::count(tx, pool, sub, act, self.now).await?;
            self.attempt.consume_in(tx).await
        })
    }
}

/// Counts a try of a sign-in's code, before it is looked at.
pub(super) async fn count(context: Context<'_>, attempt: &Attempt, user: &User) -> Result<i64> {
    let Context { app, actor, .. } = context;
    tries::count(app, actor, (&user.pool, &user.sub), attempt.nonce()).await
}

/// Records a wrong code and gives the refusal. The last one that the sign-in takes ends it, and
/// counts as a wrong password does.
pub(super) async fn refuse(
    context: Context<'_>,
    attempt: &Attempt,
    user: &User,
    wrong: (i64, Error),
) -> Error {
    refuse_subject(context, attempt, &user.sub, wrong).await
}

/// The same for somebody who may be nobody.
pub(super) async fn refuse_subject(
    context: Context<'_>,
    attempt: &Attempt,
    sub: &Sub,
    (tries, wrong): (i64, Error),
) -> Error {
    let ended = async {
        context.record(sub, Reason::WrongCode).await?;
        if tries < tries::PER_SIGN_IN {
            return Ok(());
        }
        let Context { app, actor, .. } = context;
        let mut tx = app.store.write(actor).await?;
        attempt.consume_in(&mut tx).await?;
        tx.commit().await?;
        lockout::fail(app, actor, &context.pool.id, sub).await
    };
    let ended: Result<()> = ended.await;
    ended.err().unwrap_or(wrong.because(Reason::WrongCode))
}

/// The right code.
struct Code<'a> {
    app: &'a App,
    pool: &'a Pool,
    attempt: &'a Attempt,
    user: &'a User,
    /// The factor that it turns on, and the address that it proves.
    enrols: Option<(Factor, &'a str)>,
    now: Timestamp,
}

impl Code<'_> {
    /// The user as the code leaves them.
    fn after(&self, before: &User) -> Result<User> {
        let mut after = before.clone();
        let Some((factor, address)) = self.enrols else {
            return Ok(after);
        };
        let contact = mfa::contact_of(factor);
        let contact = contact.ok_or_else(|| Error::internal(anyhow::anyhow!("no contact")))?;
        let proven = [
            (contact.as_str(), address),
            (records::verified_name(contact), "true"),
        ];
        for (name, value) in proven {
            after.attributes.insert(name.to_owned(), value.to_owned());
        }
        after.mfa.enabled.insert(factor);
        after.mfa.preferred = Some(factor);
        after.modified = self.now;
        Ok(after)
    }
}

impl Passed for Code<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            tries::refund(tx, &self.user.pool, &self.user.sub).await?;
            self.attempt.consume_in(tx).await?;
            if self.enrols.is_none() {
                return Ok(());
            }
            let before = records::lock(tx, self.pool, &self.user.sub).await?;
            set_up_mfa::check_needed(self.pool, &before)?;
            let after = self.after(&before)?;
            records::save(tx, self.pool, &before, &after)
                .await
                .map_err(records::Refused::alias_exists)?;
            let mut changed = vec![What::Factors];
            changed.extend(What::between(
                self.pool,
                &before.attributes,
                &after.attributes,
            ));
            let whose = (self.pool, &before);
            changes::made(self.app, tx, whose, Asker::SignIn, &changed).await
        })
    }
}
