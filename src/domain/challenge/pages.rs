//! What only the pages ask of a sign-in in progress.

use super::attempt::Factor;
use super::context::{self, Context};
use super::watched::{UNWATCHED, Watch};
use super::{Face, Outcome, code, first_code, second_factor, web_authn};
use crate::app::App;
use crate::domain::hooks::{self, Metadata, TokenSource};
use crate::domain::tokens::Nothing;
use crate::error::Result;
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::users::User;

/// Browsers send no `ClientMetadata`.
static NO_METADATA: Metadata = Metadata::new();

/// A request of a browser.
const fn of_page<'a>(
    app: &'a App,
    actor: &'a Actor,
    (pool, client): (&'a Pool, &'a Client),
    watch: &'a Watch,
) -> Context<'a> {
    Context {
        app,
        actor,
        pool,
        client,
        face: Face::Hosted,
        metadata: &NO_METADATA,
        history: &[],
        goal: None,
        watch,
        validation: &NO_METADATA,
        device: None,
    }
}

/// Sends another code to the person at a page, in place of the last one.
///
/// # Errors: NotAuthorized (the sign-in is over), LimitExceeded, CodeDeliveryFailure
pub async fn send_again(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    session: &Secret<String>,
) -> Result<Outcome> {
    let watch = Watch::of(app, pool)?;
    let context = of_page(app, actor, (pool, client), &watch);
    if first_code::asked(app, Some(session)) {
        return first_code::send_again(context, session).await;
    }
    code::send_again(context, session).await
}

/// What a browser needs to answer a sign-in in progress with a passkey: `CREDENTIAL_REQUEST_OPTIONS`.
///
/// # Errors: NotAuthorized (the sign-in is over), InvalidParameter (no passkey is offered)
pub async fn passkey_options(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    session: &Secret<String>,
) -> Result<String> {
    let context = of_page(app, actor, (pool, client), &UNWATCHED);
    web_authn::options_again(context, session).await
}

/// Signs a browser in without asking for the first factor: its user has just chosen, in the same page
/// flow, the password of the account and proven its contact, where it had to be confirmed.
///
/// # Errors: NotAuthorized (disabled), UserNotConfirmed, NotImplemented (the pool asks for more than
/// is built)
pub async fn prove(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    made: (&User, Option<Contact>),
) -> Result<Outcome> {
    let watch = Watch::of(app, pool)?;
    let context = of_page(app, actor, (pool, client), &watch);
    let outcome = prove_in(context, made).await;
    watch.close(&context, outcome).await
}

async fn prove_in(
    context: Context<'_>,
    (user, contact): (&User, Option<Contact>),
) -> Result<Outcome> {
    context.watch.admit(&context, Some(&user.sub))?;
    context::check_confirmed(Some(user))?;
    let event = context.event(&user.username, Some(user));
    hooks::pre_authentication(context.app, event).await?;
    let proven = (vec![Factor::SignUp(contact)], TokenSource::HostedAuth);
    second_factor::go_on(context, user.clone(), proven, &Nothing).await
}
