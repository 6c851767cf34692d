//! Sign-in with the password itself: USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH, the pages.

use super::attempt::{Attempt, Factor};
use super::context::{Context, Subject, check_confirmed};
use super::{Outcome, finish};
use crate::domain::{hooks, lockout};
use crate::error::{Reason, Result};
use crate::hashing::{Turn, Verified};
use crate::secret::Secret;
use crate::store::passwords::{self, Password};

/// Checks a password. A name that is nobody's costs what a wrong password costs: the same
/// statements, one hash, one count.
pub(super) async fn start(
    context: Context<'_>,
    typed: &str,
    password: &Secret<String>,
) -> Result<Outcome> {
    let hashing = &context.app.hashing;
    // Nobody waits for another's function.
    let early = if hooks::before_password(context.pool) {
        None
    } else {
        Some(hashing.turn().await?)
    };
    let subject = context.subject(typed, Some(password)).await?;
    check_confirmed(subject.user())?;
    hooks::pre_authentication(context.app, context.event(typed, subject.user())).await?;
    let turn = match early {
        Some(turn) => turn,
        None => hashing.turn().await?,
    };
    prove(context, &subject, password, None, turn).await
}

/// Checks the password of somebody who may sign in as far as the name tells. `attempt` is the
/// challenge that it answers, if there is one.
pub(super) async fn prove(
    context: Context<'_>,
    subject: &Subject,
    password: &Secret<String>,
    attempt: Option<&Attempt>,
    turn: Turn,
) -> Result<Outcome> {
    let Context { app, actor, .. } = context;
    let stored = context.password(subject.sub()).await?;
    context.check_imported(subject.user(), stored.as_ref())?;
    let admitted = lockout::admit(app, actor, &context.pool.id, subject.sub()).await?;
    let (verified, rehashed) = match verify(context, stored.as_ref(), password, turn).await {
        Ok(verified) => verified,
        Err(error) => {
            admitted.refund(app, actor).await?;
            return Err(error);
        }
    };
    let reason = match (subject, &stored) {
        (Subject::Phantom(_), _) => Reason::UnknownUser,
        (_, None) => Reason::NoPassword,
        _ => Reason::WrongPassword,
    };
    let (true, Subject::User(user), Some(stored)) = (verified.matches, subject, stored) else {
        admitted.failed(app, actor).await?;
        return Err(context.refuse(subject.sub(), reason).await);
    };
    if let Err(refusal) = context.watch.saw_password(&context, password) {
        admitted.refund(app, actor).await?;
        return Err(refusal);
    }
    if let Some(phc) = rehashed {
        let mut tx = app.store.write(actor).await?;
        passwords::rehash(&mut tx, &user.pool, &user.sub, &stored.phc, &phc).await?;
        tx.commit().await?;
    }
    let proof = finish::Proof {
        admitted,
        password: &stored,
        factor: Factor::Password,
        attempt,
    };
    finish::after_password(context, (**user).clone(), proof).await
}

/// Compares, and hashes a right password again if its hash was made with other costs than new ones.
async fn verify(
    context: Context<'_>,
    stored: Option<&Password>,
    password: &Secret<String>,
    turn: Turn,
) -> Result<(Verified, Option<String>)> {
    let stored = stored.map(|stored| stored.phc.clone());
    let (plain, salt) = (password.clone(), context.app.rng.bytes()?);
    let work = turn.run(move |hasher| {
        let verified = hasher.verify(stored.as_deref(), plain.expose())?;
        let again = verified.matches && verified.needs_rehash;
        let rehashed = again.then(|| hasher.hash(plain.expose(), salt));
        Ok((verified, rehashed.transpose()?))
    });
    work.await
}
