//! What a PreTokenGeneration function may change of tokens, and how (triggers.md 4; security.md E4,
//! H14). Groups and roles go into tokens, never into storage.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::domain::claims;

const GROUPS: &str = "cognito:groups";
const ROLES: &str = "cognito:roles";
const PREFERRED_ROLE: &str = "cognito:preferred_role";

/// What nobody sets or takes away, beside the `cognito:` names.
const RESERVED: [&str; 22] = [
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "client_id",
    "device_key",
    "event_id",
    "exp",
    "iat",
    "identities",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "origin_jti",
    "scope",
    "sub",
    "token_use",
    "username",
    "version",
];

/// Claims of an ID token that are texts wherever they come from.
const TEXTS: [&str; 4] = [
    "email_verified",
    "phone_number_verified",
    "updated_at",
    "address",
];

/// The changes of one issuance, kept beside an authorization code until it is exchanged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overrides {
    /// Of the ID token.
    pub id: Changes,
    /// Of the access token.
    pub access: Changes,
    /// Scopes that the access token gets.
    pub scopes_to_add: Vec<String>,
    /// Scopes that it does not get.
    pub scopes_to_suppress: Vec<String>,
    /// Other groups, in both tokens.
    pub groups: Option<GroupOverride>,
}

/// Changes of one token's claims.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// What is added or replaced.
    pub set: Map<String, Value>,
    /// What is taken away; this wins.
    pub suppress: Vec<String>,
}

/// Groups in place of the user's own; empty ones are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupOverride {
    /// `cognito:groups`.
    pub groups: Vec<String>,
    /// `cognito:roles`.
    pub roles: Vec<String>,
    /// `cognito:preferred_role`.
    pub preferred: Option<String>,
}

impl Overrides {
    /// Whether nothing changes.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Changes an ID token.
    pub fn change_id(&self, token: &mut Map<String, Value>) {
        if let Some(groups) = &self.groups {
            put(token, GROUPS, &groups.groups);
            put(token, ROLES, &groups.roles);
            token.remove(PREFERRED_ROLE);
            if let Some(role) = &groups.preferred {
                token.insert(PREFERRED_ROLE.to_owned(), json!(role));
            }
        }
        for (name, value) in &self.id.set {
            let value = match value {
                Value::String(text) => claims::value(name, text),
                _ if TEXTS.contains(&name.as_str()) => continue,
                value => value.clone(),
            };
            if !is_reserved(name) {
                set(token, name, value);
            }
        }
        self.id.suppress(token);
    }

    /// Changes an access token of a client.
    pub fn change_access(&self, token: &mut Map<String, Value>, client: &str) {
        if let Some(groups) = &self.groups {
            put(token, GROUPS, &groups.groups);
        }
        for (name, value) in &self.access.set {
            let audience = name == "aud" && value.as_str() == Some(client);
            if audience || !is_reserved(name) {
                set(token, name, value.clone());
            }
        }
        self.access.suppress(token);
        self.change_scope(token);
    }

    /// Scopes with the prefix of Cognito's own cannot be added: a function has no say in what a
    /// token may do with the user pools API.
    fn change_scope(&self, token: &mut Map<String, Value>) {
        if self.scopes_to_add.is_empty() && self.scopes_to_suppress.is_empty() {
            return;
        }
        let scope = token.get("scope").and_then(Value::as_str);
        let scope = self.scope_of(scope.unwrap_or_default());
        token.insert("scope".to_owned(), json!(scope));
    }

    /// The scopes that the access token has in the end, joined by spaces.
    pub(super) fn scope_of(&self, granted: &str) -> String {
        let mut scopes: Vec<&str> = granted.split(' ').collect();
        for added in &self.scopes_to_add {
            if !added.starts_with("aws.cognito") && !scopes.contains(&added.as_str()) {
                scopes.push(added);
            }
        }
        scopes.retain(|scope| {
            !scope.is_empty() && !self.scopes_to_suppress.iter().any(|gone| gone == scope)
        });
        scopes.join(" ")
    }
}

impl Changes {
    /// `cognito:groups` takes the roles with it.
    fn suppress(&self, token: &mut Map<String, Value>) {
        for name in &self.suppress {
            if name == GROUPS {
                for name in [GROUPS, ROLES, PREFERRED_ROLE] {
                    token.remove(name);
                }
            } else if name.starts_with("dev:") || !is_reserved(name) {
                token.remove(name);
            }
        }
    }
}

fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || name.starts_with("cognito:") || name.starts_with("dev:")
}

/// Null is no value.
fn set(token: &mut Map<String, Value>, name: &str, value: Value) {
    if !value.is_null() {
        token.insert(name.to_owned(), value);
    }
}

fn put(token: &mut Map<String, Value>, name: &str, list: &[String]) {
    if list.is_empty() {
        token.remove(name);
    } else {
        token.insert(name.to_owned(), json!(list));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            other => panic!("{other}"),
        }
    }

    fn token() -> Map<String, Value> {
        let mut token = object(json!({
            "email": "a@b", "email_verified": true, "custom:x": "1", "scope": "openid a/b",
            "cognito:groups": ["g"], "cognito:roles": ["r"], "cognito:preferred_role": "r",
            "cognito:username": "ada",
        }));
        for name in RESERVED {
            token.entry(name).or_insert(json!("real"));
        }
        token
    }

    /// security.md E4.
    #[test]
    fn a_function_that_sets_everything_changes_nothing_reserved() {
        let names = RESERVED.into_iter().chain([
            "cognito:username",
            "cognito:groups",
            "cognito:roles",
            "cognito:preferred_role",
        ]);
        let names: Vec<&str> = names.collect();
        let set: Map<String, Value> = names
            .iter()
            .map(|n| ((*n).to_owned(), json!("forged")))
            .collect();
        let mut all = Changes {
            set,
            suppress: Vec::new(),
        };
        all.set.insert("cognito:new".into(), json!("x"));
        all.set.insert("dev:custom:x".into(), json!("x"));
        for suppress in [false, true] {
            if suppress {
                let names = names.iter().filter(|name| **name != "cognito:groups");
                all.suppress = names.map(|name| (*name).to_owned()).collect();
            }
            let overrides = Overrides {
                id: all.clone(),
                access: all.clone(),
                ..Overrides::default()
            };
            let mut id = token();
            overrides.change_id(&mut id);
            assert_eq!(id, token());
            let mut access = token();
            overrides.change_access(&mut access, "client");
            assert_eq!(access, token());
        }
    }

    #[test]
    fn the_audience_of_an_access_token_is_its_client_or_nothing() {
        let change = |value: Value| {
            let overrides = Overrides {
                access: Changes {
                    set: object(json!({ "aud": value })),
                    suppress: Vec::new(),
                },
                ..Overrides::default()
            };
            let mut token = object(json!({ "client_id": "client" }));
            overrides.change_access(&mut token, "client");
            token.get("aud").cloned()
        };
        assert_eq!(change(json!("client")), Some(json!("client")));
        assert_eq!(change(json!("other")), None);
        assert_eq!(change(json!(["client"])), None);
    }

    #[test]
    fn suppressing_wins_over_adding() {
        let overrides = Overrides {
            id: Changes {
                set: object(json!({ "email": "x@y", "new": [1, { "deep": true }], "gone": null })),
                suppress: vec!["email".into(), "custom:x".into(), "cognito:groups".into()],
            },
            ..Overrides::default()
        };
        let mut id = token();
        overrides.change_id(&mut id);
        assert_eq!(id.get("new"), Some(&json!([1, { "deep": true }])));
        for name in ["email", "custom:x", "gone", GROUPS, ROLES, PREFERRED_ROLE] {
            assert_eq!(id.get(name), None, "{name}");
        }
    }

    #[test]
    fn flags_stay_flags() {
        let overrides = |value: Value| Overrides {
            id: Changes {
                set: object(json!({ "email_verified": value })),
                suppress: Vec::new(),
            },
            ..Overrides::default()
        };
        for (given, kept) in [
            (json!("false"), json!(false)),
            (json!({ "a": 1 }), json!(true)),
            (json!(false), json!(true)),
        ] {
            let mut id = token();
            overrides(given).change_id(&mut id);
            assert_eq!(id["email_verified"], kept);
        }
    }

    #[test]
    fn scopes_are_added_and_suppressed() {
        let overrides = Overrides {
            scopes_to_add: [
                "c/d",
                "a/b",
                "e/f",
                "aws.cognito.signin.user.admin",
                "aws.cognito/dcr/register",
            ]
            .map(Into::into)
            .to_vec(),
            scopes_to_suppress: vec!["openid".into(), "e/f".into()],
            ..Overrides::default()
        };
        let mut access = token();
        overrides.change_access(&mut access, "client");
        assert_eq!(access["scope"], "a/b c/d");
    }

    #[test]
    fn groups_are_replaced_in_both_tokens() {
        let overrides = |groups: &[&str], roles: &[&str], preferred: Option<&str>| Overrides {
            groups: Some(GroupOverride {
                groups: groups.iter().map(|s| (*s).to_owned()).collect(),
                roles: roles.iter().map(|s| (*s).to_owned()).collect(),
                preferred: preferred.map(str::to_owned),
            }),
            ..Overrides::default()
        };
        let (mut id, mut access) = (token(), token());
        let given = overrides(&["h", "i"], &["s"], Some("s"));
        given.change_id(&mut id);
        given.change_access(&mut access, "client");
        assert_eq!(
            (&id[GROUPS], &access[GROUPS]),
            (&json!(["h", "i"]), &json!(["h", "i"]))
        );
        assert_eq!(
            (&id[ROLES], &id[PREFERRED_ROLE]),
            (&json!(["s"]), &json!("s"))
        );
        let (mut id, mut access) = (token(), token());
        let none = overrides(&[], &[], None);
        none.change_id(&mut id);
        none.change_access(&mut access, "client");
        for name in [GROUPS, ROLES, PREFERRED_ROLE] {
            assert_eq!(id.get(name), None, "{name}");
        }
        assert_eq!(access.get(GROUPS), None);
    }
}
