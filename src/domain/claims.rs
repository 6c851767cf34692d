//! What tokens say about a user (api-auth.md 9).

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::signing::TokenUse;
use crate::store::groups::Group;
use crate::store::sessions::Assurance;

/// The scope of tokens made through the API, and of everything a user may do with the API.
pub const ADMIN_SCOPE: &str = "aws.cognito.signin.user.admin";
/// The scope that makes a sign-in an OpenID Connect one.
pub const OPENID: &str = "openid";

/// Claims of the `profile` scope, beside custom attributes.
const PROFILE: [&str; 14] = [
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

/// Claims of an ID token.
#[derive(Debug, Serialize)]
pub(super) struct IdClaims<'a> {
    pub(super) sub: &'a str,
    #[serde(flatten)]
    pub(super) groups: GroupClaims<'a>,
    #[serde(flatten)]
    pub(super) attributes: BTreeMap<&'a str, Value>,
    pub(super) iss: &'a str,
    #[serde(rename = "cognito:username")]
    pub(super) username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) origin_jti: Option<&'a str>,
    pub(super) aud: &'a str,
    pub(super) event_id: &'a str,
    pub(super) token_use: TokenUse,
    pub(super) auth_time: i64,
    #[serde(flatten)]
    pub(super) assurance: AssuranceClaims<'a>,
    pub(super) exp: i64,
    pub(super) iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) jti: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) act: Option<&'a Value>,
}

/// Claims of a user's access token.
#[derive(Debug, Serialize)]
pub(super) struct AccessClaims<'a> {
    pub(super) sub: &'a str,
    #[serde(rename = "cognito:groups", skip_serializing_if = "Vec::is_empty")]
    pub(super) groups: Vec<&'a str>,
    pub(super) iss: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<u8>,
    pub(super) client_id: &'a str,
    /// The API that the token is for (RFC 8707); Cognito's usual access tokens have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aud: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) origin_jti: Option<&'a str>,
    pub(super) event_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) device_key: Option<&'a str>,
    pub(super) token_use: TokenUse,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) scope: &'a str,
    pub(super) auth_time: i64,
    #[serde(flatten)]
    pub(super) assurance: AssuranceClaims<'a>,
    pub(super) exp: i64,
    pub(super) iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) jti: Option<&'a str>,
    pub(super) username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) act: Option<&'a Value>,
}

/// Claims of a client's own access token (client_credentials).
#[derive(Debug, Serialize)]
pub(super) struct ClientClaims<'a> {
    pub(super) sub: &'a str,
    pub(super) token_use: TokenUse,
    pub(super) scope: &'a str,
    pub(super) auth_time: i64,
    pub(super) iss: &'a str,
    pub(super) exp: i64,
    pub(super) iat: i64,
    pub(super) version: u8,
    pub(super) jti: &'a str,
    pub(super) client_id: &'a str,
}

/// What is read of an access token that comes back. A client's own token has no `username` and
/// names no user; one made from another may have no scopes.
#[derive(Debug, Deserialize)]
pub(super) struct ReadAccess {
    pub(super) sub: String,
    pub(super) iss: String,
    pub(super) client_id: String,
    pub(super) token_use: String,
    #[serde(default)]
    pub(super) scope: String,
    pub(super) exp: i64,
    pub(super) iat: i64,
    /// When the user signed in; where it is not told, ages ago.
    #[serde(default)]
    pub(super) auth_time: i64,
    pub(super) username: Option<String>,
    pub(super) origin_jti: Option<String>,
    pub(super) event_id: Option<String>,
    pub(super) device_key: Option<String>,
}

/// What is read of an ID token that comes back.
#[derive(Debug, Deserialize)]
pub(super) struct ReadId {
    pub(super) sub: String,
    pub(super) iss: String,
    pub(super) aud: String,
    pub(super) token_use: String,
}

/// What the sign-in is worth; absent where nothing that counts was proven.
#[derive(Debug, Serialize)]
pub(super) struct AssuranceClaims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<&'a str>,
}

impl<'a> AssuranceClaims<'a> {
    pub(super) fn of(assurance: &'a Assurance) -> Self {
        let names = assurance.amr.split(' ').filter(|name| !name.is_empty());
        Self {
            acr: assurance.acr.as_deref(),
            amr: names.collect(),
        }
    }
}

/// Groups and their roles; all absent without groups.
#[derive(Debug, Serialize)]
pub(super) struct GroupClaims<'a> {
    #[serde(rename = "cognito:groups", skip_serializing_if = "Vec::is_empty")]
    pub(super) groups: Vec<&'a str>,
    #[serde(rename = "cognito:roles", skip_serializing_if = "Vec::is_empty")]
    pub(super) roles: Vec<&'a str>,
    #[serde(
        rename = "cognito:preferred_role",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) preferred_role: Option<&'a str>,
}

impl<'a> GroupClaims<'a> {
    /// Of groups in their order. The role of the most important group is preferred; two groups of
    /// that rank with different roles leave it open.
    pub(super) fn of(groups: &'a [Group]) -> Self {
        let mut roles: Vec<&str> = Vec::new();
        for role in groups.iter().filter_map(|group| group.role_arn.as_deref()) {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        let first = groups.first();
        let preferred = first.and_then(|first| {
            let mut tied = groups.iter().filter(|g| g.precedence == first.precedence);
            let role = first.role_arn.as_deref()?;
            tied.all(|group| group.role_arn.as_deref() == Some(role))
                .then_some(role)
        });
        Self {
            groups: names(groups),
            roles,
            preferred_role: preferred,
        }
    }
}

/// Names of groups in their order.
pub(super) fn names(groups: &[Group]) -> Vec<&str> {
    groups.iter().map(|group| group.name.as_str()).collect()
}

/// Whether scopes release an attribute: `openid` alone releases all, the others their own.
pub fn released(scopes: &[String], name: &str) -> bool {
    let has = |scope: &str| scopes.iter().any(|granted| granted == scope);
    if !has("profile") && !has("email") && !has("phone") {
        return has(OPENID) && !name.starts_with("dev:");
    }
    match name {
        "email" | "email_verified" => has("email"),
        "phone_number" | "phone_number_verified" => has("phone"),
        name => has("profile") && (PROFILE.contains(&name) || name.starts_with("custom:")),
    }
}

/// An attribute as an ID token shows it: everything is a text but these few.
pub(super) fn value(name: &str, text: &str) -> Value {
    match name {
        "email_verified" | "phone_number_verified" => json!(text.eq_ignore_ascii_case("true")),
        "address" => json!({ "formatted": text }),
        "updated_at" => text
            .parse::<i64>()
            .map_or_else(|_| json!(text), Value::from),
        _ => json!(text),
    }
}

/// `at_hash`: the left half of the access token's SHA-256 (OIDC Core 3.1.3.6).
pub(super) fn at_hash(access_token: &str) -> String {
    let hash = digest(&SHA256, access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.as_ref().get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PoolId;
    use crate::time::Timestamp;

    fn group(name: &str, precedence: Option<i64>, role: Option<&str>) -> Group {
        Group {
            pool: PoolId::parse("us-east-1_aB3dE6gH9").unwrap(),
            name: name.to_owned(),
            description: None,
            role_arn: role.map(str::to_owned),
            precedence,
            created: Timestamp::from_ms(0),
            modified: Timestamp::from_ms(0),
            version: 1,
        }
    }

    #[test]
    fn the_preferred_role_is_that_of_the_most_important_group() {
        let preferred = |groups: &[Group]| {
            let claims = GroupClaims::of(groups);
            claims.preferred_role.map(str::to_owned)
        };
        let (a, b) = (Some("arn:a"), Some("arn:b"));
        assert_eq!(preferred(&[]), None);
        assert_eq!(preferred(&[group("x", None, a)]).as_deref(), a);
        let ranked = [group("x", Some(1), a), group("y", Some(2), b)];
        assert_eq!(preferred(&ranked).as_deref(), a);
        assert_eq!(GroupClaims::of(&ranked).roles, ["arn:a", "arn:b"]);
        let tied = [group("x", Some(1), a), group("y", Some(1), b)];
        assert_eq!(preferred(&tied), None);
        let agreed = [group("x", Some(1), a), group("y", Some(1), a)];
        assert_eq!(preferred(&agreed).as_deref(), a);
        assert_eq!(GroupClaims::of(&agreed).roles, ["arn:a"]);
        let without = [group("x", Some(1), None), group("y", Some(2), b)];
        assert_eq!(preferred(&without), None);
    }

    #[test]
    fn without_groups_nothing_is_said_of_them() {
        let json = serde_json::to_value(GroupClaims::of(&[])).unwrap();
        assert_eq!(json, json!({}));
    }

    #[test]
    fn scopes_release_their_own_attributes() {
        let scopes = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let all = scopes("openid");
        assert!(released(&all, "email") && released(&all, "custom:x"));
        let email = scopes("openid email");
        assert!(released(&email, "email_verified") && !released(&email, "name"));
        let profile = scopes("openid profile");
        assert!(released(&profile, "custom:x") && !released(&profile, "phone_number"));
        assert!(!released(&profile, "address") && released(&all, "address"));
        assert!(!released(&all, "dev:x") && !released(&scopes("api/read"), "email"));
    }

    #[test]
    fn values_have_their_types() {
        assert_eq!(value("email_verified", "true"), json!(true));
        assert_eq!(value("phone_number_verified", "False"), json!(false));
        assert_eq!(
            value("address", "1 Main St"),
            json!({"formatted": "1 Main St"})
        );
        assert_eq!(value("updated_at", "17"), json!(17));
        assert_eq!(value("custom:n", "17"), json!("17"));
    }

    /// OIDC Core has no vector; this one is SHA-256("abc").
    #[test]
    fn at_hash_is_the_left_half() {
        assert_eq!(at_hash("abc"), "ungWv48Bz-pBQUDeXa4iIw");
    }
}
