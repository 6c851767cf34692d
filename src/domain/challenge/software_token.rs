//! SOFTWARE_TOKEN_MFA: the code of an authenticator app.

use futures_util::future::BoxFuture;

use super::attempt::{Attempt, Factor, Passed, Step};
use super::context::Context;
use super::{Outcome, Parameters, code, second_factor};
use crate::domain::mfa::{software_token, totp, tries};
use crate::error::{Error, Reason, Result};
use crate::secret::Secret;
use crate::store::db::Tx;
use crate::store::software_tokens;
use crate::store::users::{Factor as SecondFactor, User};

/// Checks the code. Each works once.
///
/// # Errors: CodeMismatch `Invalid code received for user`, ExpiredCode `Your software token has
/// already been used once.`, InvalidParameter (the token is gone), NotAuthorized
pub(super) async fn answer(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
    parameters: &Parameters,
) -> Result<Outcome> {
    let app = context.app;
    let (attempt, user) = second_factor::resume(context, typed, session).await?;
    let Step::SoftwareToken = &attempt.step else {
        return Err(Error::invalid_session().because(Reason::ForeignSession));
    };
    let typed = parameters.get("SOFTWARE_TOKEN_MFA_CODE")?.expose();
    let token = {
        let mut db = app.store.read().await?;
        software_tokens::find(&mut db, &user.pool, &user.sub).await?
    };
    let sealed = token.and_then(|token| token.secret);
    let sealed = sealed.ok_or_else(Error::software_token_missing)?;
    let tries = code::count(context, &attempt, &user).await?;
    let secret = software_token::open(app, (&user.pool, &user.sub), &sealed)?;
    let now = app.clock.now(&user.pool);
    let Some(step) = totp::step_of(secret.expose(), typed, now) else {
        let wrong = Error::software_token_code();
        return Err(code::refuse(context, &attempt, &user, (tries, wrong)).await);
    };
    let passed = Token {
        attempt: &attempt,
        user: &user,
        secret: &sealed,
        step,
    };
    let last = Factor::Second(SecondFactor::SoftwareToken);
    second_factor::done(context, (&attempt, last), user.clone(), &passed).await
}

/// The right code.
struct Token<'a> {
    attempt: &'a Attempt,
    user: &'a User,
    secret: &'a str,
    step: i64,
}

impl Passed for Token<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let (pool, sub) = (&self.user.pool, &self.user.sub);
            tries::refund(tx, pool, sub).await?;
            if !software_tokens::use_step(tx, pool, sub, (self.secret, self.step)).await? {
                return Err(Error::software_token_used().because(Reason::ReusedSession));
            }
            self.attempt.consume_in(tx).await
        })
    }
}
