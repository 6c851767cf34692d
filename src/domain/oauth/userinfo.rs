//! `/oauth2/userInfo`: the person behind an access token (oauth.md 5.1).

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::app::App;
use crate::domain::access::{self, SignedIn};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::store::pools;

/// Claims of the `profile` scope, beside custom attributes.
const PROFILE: &[&str] = &[
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

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
    let id = pool.cloned().or_else(|| issuing_pool(app, token.expose()));
    let id = id.ok_or_else(Error::invalid_access_token)?;
    let found = {
        let mut db = app.store.read().await?;
        pools::find(&mut db, &id).await?
    };
    let pool = found.ok_or_else(Error::invalid_access_token)?;
    let signed_in = access::userinfo(app, &pool, token).await?;
    Ok(of(&signed_in))
}

/// The pool that a token says it is from; nothing is believed of it before it is verified there.
fn issuing_pool(app: &App, token: &str) -> Option<PoolId> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    let payload = token.split('.').nth(1)?;
    let issuer: Issuer = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    let id = PoolId::parse(issuer.iss.rsplit('/').next()?).ok()?;
    (app.issuer(&id) == issuer.iss).then_some(id)
}

fn of(person: &SignedIn) -> BTreeMap<String, String> {
    let readable = person.client.settings.read_attributes.as_deref();
    let reads = |name: &str| readable.is_none_or(|list| list.iter().any(|a| a == name));
    let mut claims: BTreeMap<String, String> = person
        .user
        .attributes
        .iter()
        .filter(|(name, _)| reads(name) && covered(&person.scopes, name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    claims.insert("sub".to_owned(), person.user.sub.to_string());
    claims.insert("username".to_owned(), person.user.username.clone());
    claims
}

/// Whether the scopes show an attribute: `openid` alone shows all of them.
fn covered(scopes: &[String], name: &str) -> bool {
    let has = |scope: &str| scopes.iter().any(|s| s == scope);
    let (profile, email, phone) = (has("profile"), has("email"), has("phone"));
    if !profile && !email && !phone {
        return !name.starts_with("dev:");
    }
    match name {
        "email" | "email_verified" => email,
        "phone_number" | "phone_number_verified" => phone,
        name => profile && (PROFILE.contains(&name) || name.starts_with("custom:")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_cover_their_claims() {
        let shows = |scopes: &[&str], name: &str| {
            let scopes: Vec<String> = scopes.iter().map(|s| (*s).to_owned()).collect();
            covered(&scopes, name)
        };
        assert!(shows(&["openid"], "email"));
        assert!(shows(&["openid"], "address"));
        assert!(!shows(&["openid"], "dev:x"));
        assert!(shows(&["openid", "email"], "email_verified"));
        assert!(!shows(&["openid", "email"], "name"));
        assert!(shows(&["openid", "profile"], "custom:team"));
        assert!(!shows(&["openid", "profile"], "phone_number"));
        assert!(!shows(&["openid", "profile"], "address"));
    }
}
