//! SELECT_MFA_TYPE: a user with several factors, none preferred, chooses one.

use super::attempt::Step;
use super::context::Context;
use super::{Outcome, Parameters, second_factor};
use crate::domain::mfa::Asked;
use crate::error::{Error, Reason, Result};
use crate::secret::Secret;
use crate::store::users::Factor;

/// Takes the choice and asks for that factor.
///
/// # Errors: MFAMethodNotFound (not one of those offered), NotAuthorized
pub(super) async fn answer(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
    parameters: &Parameters,
) -> Result<Outcome> {
    let (attempt, user) = second_factor::resume(context, typed, session).await?;
    let Step::SelectMfa(among) = &attempt.step else {
        return Err(Error::invalid_session().because(Reason::ForeignSession));
    };
    let chosen = Factor::parse(parameters.get("ANSWER")?.expose());
    let chosen = chosen.filter(|factor| among.contains(factor));
    let chosen = chosen.ok_or_else(Error::mfa_method_not_found)?;
    let context = context.going_on(&attempt);
    let asked = (attempt.factors.as_slice(), Asked::One(chosen));
    second_factor::ask(context, &user, asked, &attempt).await
}
