//! `/oauth2/userInfo`: the person behind an access token (oauth.md 5.1).

use std::collections::BTreeMap;

use crate::app::App;
use crate::domain::access::{self, SignedIn};
use crate::domain::{attributes, claims};
use crate::error::Result;
use crate::ids::PoolId;
use crate::secret::Secret;

/// The claims about the person behind an access token of this pool, or on the bare host of the
/// pool that the token names. All are texts, `email_verified` too (Cognito developer guide,
/// "userInfo endpoint").
///
/// # Errors: NotAuthorized
pub async fn claims(
    app: &App,
    pool: Option<&PoolId>,
    token: &Secret<String>,
) -> Result<BTreeMap<String, String>> {
    Ok(of(&access::userinfo(app, pool, token).await?))
}

fn of(person: &SignedIn) -> BTreeMap<String, String> {
    let mut claims: BTreeMap<String, String> = person
        .user
        .attributes
        .iter()
        .filter(|(name, _)| attributes::may_read(&person.client, name))
        .filter(|(name, _)| claims::released(&person.scopes, name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    claims.insert("sub".to_owned(), person.user.sub.to_string());
    claims.insert("username".to_owned(), person.user.username.clone());
    claims
}
