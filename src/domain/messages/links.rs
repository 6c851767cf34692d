//! Links that confirm a new account in place of a code that is typed (`CONFIRM_WITH_LINK`).
//!
//! A link holds the code: it leads to `/confirmUser` of the pool's domain, which asks before anything
//! changes (security.md C18). Only sign-up sends links, as on Cognito; a contact that a signed-in user
//! changes is proven by a code, for VerifyUserAttribute takes nothing else.

use form_urlencoded::Serializer;

use super::Kind;
use crate::app::App;
use crate::domain::oauth::sites;
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::pool::{Contact, EmailOption};
use crate::store::pools::Pool;
use crate::store::users::User;

/// What `--confirm-on-get` has for every pool.
const EVERY_POOL: &str = "*";

/// Whether people confirm new accounts of the pool by a link, where the message is an e-mail.
pub fn confirm_accounts(pool: &Pool) -> bool {
    let template = pool.settings().verification_message_template.as_ref();
    let option = template.and_then(|template| template.default_email_option);
    option == Some(EmailOption::Link)
}

/// Whether a link confirms as soon as it is opened, as on Cognito: the server's owner decides.
pub fn confirm_on_get(app: &App, pool: &PoolId) -> bool {
    let mut pools = app.config.confirm_on_get.iter();
    pools.any(|named| named == EVERY_POOL || named == pool.as_str())
}

/// Whether a message holds a link.
pub(super) fn wanted(kind: Kind, pool: &Pool, contact: Contact) -> bool {
    let of_sign_up = matches!(kind, Kind::SignUp | Kind::Resend);
    of_sign_up && contact == Contact::Email && confirm_accounts(pool)
}

/// The link up to the code.
///
/// # Errors: InvalidParameter, when the pool has no domain
pub(super) async fn before_code(
    app: &App,
    pool: &Pool,
    client: &ClientId,
    user: &User,
) -> Result<String> {
    if !sites::is_open(app, &pool.id).await? {
        return Err(Error::link_without_domain());
    }
    let query = Serializer::new(String::new())
        .append_pair("client_id", client.as_str())
        .append_pair("user_name", &user.username)
        .append_pair("confirmation_code", "")
        .finish();
    Ok(format!("{}/confirmUser?{query}", app.site(&pool.id)))
}
