//! Scopes of an authorization: what a client may ask for, and what it gets.

use crate::settings::client::ClientSettings;

/// The scope that allows calls to the user operations of the API.
pub const USER_ADMIN: &str = "aws.cognito.signin.user.admin";

/// The scope that lets a client register others (oauth.md 5.4).
pub const REGISTER: &str = "aws.cognito/dcr/register";

/// Scopes that exist in every pool; all others are `identifier/scope` of a resource server.
pub const BUILT_IN: &[&str] = &["openid", "email", "phone", "profile", USER_ADMIN];

/// At most as many as a client can be allowed (model, `ScopeListType`).
const MOST: usize = 50;

/// A scope the client may not ask for, or too many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAllowed;

/// The scopes a user's authorization asks for, in the client's words: all of the client's when
/// none are named. `email`, `phone` and `profile` need `openid` beside them (oauth.md 2.1).
pub fn of_user(client: &ClientSettings, asked: Option<&str>) -> Result<Vec<String>, NotAllowed> {
    let scopes = asked_or_all(client, asked, |_| true)?;
    let has = |name: &str| scopes.iter().any(|scope| scope == name);
    let named = asked.is_some_and(|asked| !asked.trim().is_empty());
    let about_person = ["email", "phone", "profile"].iter().any(|n| has(n));
    if named && about_person && !has("openid") {
        return Err(NotAllowed);
    }
    Ok(scopes)
}

/// The scopes of `client_credentials`: custom ones only, all of the client's when none are named.
/// There must be one at least.
pub fn of_client(client: &ClientSettings, asked: Option<&str>) -> Result<Vec<String>, NotAllowed> {
    let scopes = asked_or_all(client, asked, is_custom)?;
    if scopes.is_empty() || !scopes.iter().all(|scope| is_custom(scope)) {
        return Err(NotAllowed);
    }
    Ok(scopes)
}

/// Whether a scope belongs to a resource server.
pub fn is_custom(scope: &str) -> bool {
    !BUILT_IN.contains(&scope)
}

fn asked_or_all(
    client: &ClientSettings,
    asked: Option<&str>,
    default: impl Fn(&str) -> bool,
) -> Result<Vec<String>, NotAllowed> {
    let allowed = client.allowed_oauth_scopes.as_deref().unwrap_or_default();
    let named = asked
        .unwrap_or_default()
        .split(' ')
        .filter(|s| !s.is_empty());
    let mut scopes: Vec<String> = Vec::new();
    for scope in named {
        if !allowed.iter().any(|allowed| allowed == scope) {
            return Err(NotAllowed);
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
        if scopes.len() > MOST {
            return Err(NotAllowed);
        }
    }
    if scopes.is_empty() {
        scopes = allowed.iter().filter(|s| default(s)).cloned().collect();
    }
    Ok(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(scopes: &[&str]) -> ClientSettings {
        ClientSettings {
            allowed_oauth_scopes: Some(scopes.iter().map(|s| (*s).to_owned()).collect()),
            ..ClientSettings::default()
        }
    }

    #[test]
    fn a_user_gets_what_is_asked_and_allowed() {
        let client = client(&["openid", "email", "notes/read"]);
        let ok = |asked: Option<&str>| of_user(&client, asked).map(|s| s.join(" "));
        assert_eq!(ok(None).unwrap(), "openid email notes/read");
        assert_eq!(ok(Some("")).unwrap(), "openid email notes/read");
        assert_eq!(ok(Some("openid  openid")).unwrap(), "openid");
        assert_eq!(ok(Some("notes/read openid")).unwrap(), "notes/read openid");
        for bad in [
            "email",
            "profile",
            "offline_access",
            "openid notes/write",
            "OPENID",
        ] {
            assert_eq!(ok(Some(bad)), Err(NotAllowed), "{bad}");
        }
        let many = "openid ".repeat(100_000);
        assert_eq!(ok(Some(&many)).unwrap(), "openid");
    }

    #[test]
    fn a_client_gets_custom_scopes_only() {
        let both = client(&["openid", "notes/read"]);
        assert_eq!(of_client(&both, None).unwrap(), ["notes/read"]);
        assert_eq!(of_client(&both, Some("openid")), Err(NotAllowed));
        assert_eq!(of_client(&client(&["openid"]), None), Err(NotAllowed));
    }
}
