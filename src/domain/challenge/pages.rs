//! What only the pages ask of a sign-in in progress.

use super::attempt::Factor;
use super::choice::{self, Choosing};
use super::context::{self, Context, Subject};
use super::goal::{self, Credit, Goal, Settled};
use super::watched::{UNWATCHED, Watch};
use super::{
    Face, Outcome, Parameters, code, device_browser, first_code, second_factor, web_authn,
};
use crate::app::App;
use crate::domain::assurance::Level;
use crate::domain::assurance::target::{self, Missing};
use crate::domain::devices::browser::Kept;
use crate::domain::hooks::{self, Metadata, TokenSource};
use crate::domain::sessions::Proven;
use crate::domain::tokens::Nothing;
use crate::error::Result;
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::users::{Status, User};

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
        wanted: &[],
        watch,
        validation: &NO_METADATA,
        device: None,
        kept: &[],
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

/// Whether the browser of a sign-in in progress is a remembered device of its user.
///
/// # Errors: NotAuthorized (the sign-in is over)
pub async fn is_remembered(
    app: &App,
    actor: &Actor,
    (pool, client): (&Pool, &Client),
    (session, kept): (&Secret<String>, &[Kept]),
) -> Result<bool> {
    let context = Context {
        kept,
        ..of_page(app, actor, (pool, client), &UNWATCHED)
    };
    let (_, user) = second_factor::resume(context, None, Some(session)).await?;
    Ok(device_browser::proven(context, &user).await?.is_some())
}

/// What a browser's session lacks to what an authorization request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// Something that its user can prove.
    More,
    /// Something that its user cannot: no level that is asked for can be reached.
    OutOfReach,
}

/// What a browser's session lacks to the first of these levels that its user can reach.
pub async fn need(app: &App, pool: &Pool, proven: &Proven, levels: &[Level]) -> Result<Need> {
    if levels.is_empty() {
        return Ok(Need::Nothing);
    }
    Ok(match settled(app, pool, proven, levels).await? {
        Settled::Reached => Need::Nothing,
        Settled::For(..) => Need::More,
        Settled::OutOfReach => Need::OutOfReach,
    })
}

async fn settled(app: &App, pool: &Pool, proven: &Proven, levels: &[Level]) -> Result<Settled> {
    // A password that has to be replaced is no credit.
    let credit = if proven.user.status == Status::Confirmed {
        Credit::of(pool, (&proven.session, &proven.assurance))
    } else {
        Credit::default()
    };
    let means = target::means(app, pool, &proven.user).await?;
    Ok(goal::settle(levels, &credit, &means))
}

/// Asks the person behind a browser's session for what it lacks, and for nothing else. None where it
/// lacks nothing, or nothing can be done about it.
///
/// # Errors: NotAuthorized (disabled), and what the risk and functions refuse with
pub async fn step_up(
    app: &App,
    actor: &Actor,
    (pool, client): (&Pool, &Client),
    (proven, levels): (&Proven, &[Level]),
) -> Result<Option<Outcome>> {
    let Settled::For(goal, missing) = settled(app, pool, proven, levels).await? else {
        return Ok(None);
    };
    let watch = Watch::of(app, pool)?;
    let context = of_page(app, actor, (pool, client), &watch);
    let outcome = step_up_in(context, &proven.user, &(goal, missing)).await;
    watch.close(&context, outcome).await.map(Some)
}

async fn step_up_in(
    context: Context<'_>,
    user: &User,
    settled: &(Goal, Missing),
) -> Result<Outcome> {
    context.watch.admit(&context, Some(&user.sub))?;
    context::check_confirmed(Some(user))?;
    let event = context.event(&user.username, Some(user));
    hooks::pre_authentication(context.app, event).await?;
    let subject = Subject::User(Box::new(user.clone()));
    let choosing = Choosing {
        typed: Some(&user.username),
        subject: &subject,
        offered: &[],
        parameters: &Parameters::default(),
        attempt: None,
    };
    Box::pin(choice::go_for(context, &choosing, settled, None)).await
}

/// Signs a browser in without asking for the first factor: its user has just chosen, in the same page
/// flow, the password of the account and proven its contact, where it had to be confirmed.
///
/// # Errors: NotAuthorized (disabled), UserNotConfirmed, NotImplemented (the pool asks for more than
/// is built)
pub async fn prove(
    app: &App,
    actor: &Actor,
    (pool, client): (&Pool, &Client),
    made: (&User, Option<Contact>),
    kept: &[Kept],
) -> Result<Outcome> {
    let watch = Watch::of(app, pool)?;
    let context = Context {
        kept,
        ..of_page(app, actor, (pool, client), &watch)
    };
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
