//! `/oauth2/userInfo`: the person behind an access token (oauth.md 5.1).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::app::App;
use crate::domain::access::{self, SignedIn};
use crate::domain::{attributes, claims};
use crate::error::Result;
use crate::ids::PoolId;
use crate::secret::Secret;

/// The claims about the person behind an access token of this pool, or on the bare host of the
/// pool that the token names. On Cognito all are texts, `email_verified` too (developer guide,
/// "userInfo endpoint"); the standard has truth values and numbers (OpenID Connect Core 5.1).
///
/// # Errors: NotAuthorized
pub async fn claims(
    app: &App,
    pool: Option<&PoolId>,
    token: &Secret<String>,
) -> Result<BTreeMap<String, Value>> {
    let person = access::userinfo(app, pool, token).await?;
    let strict = app.profile(Some(&person.pool.id)).is_strict();
    Ok(of(&person, strict))
}

fn of(person: &SignedIn, strict: bool) -> BTreeMap<String, Value> {
    let typed = |name: &str, text: &str| {
        if strict {
            claims::value(name, text)
        } else {
            Value::from(text)
        }
    };
    let mut claims: BTreeMap<String, Value> = person
        .user
        .attributes
        .iter()
        .filter(|(name, _)| attributes::may_read(&person.client, name))
        .filter(|(name, _)| claims::released(&person.scopes, name))
        .map(|(name, text)| (name.clone(), typed(name, text)))
        .collect();
    claims.insert("sub".to_owned(), person.user.sub.as_str().into());
    claims.insert("username".to_owned(), person.user.username.as_str().into());
    claims
}
