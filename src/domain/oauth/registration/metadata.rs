//! What a client says of itself, and what becomes of it (RFC 7591 2).

use super::{may_have, permitted};
use crate::domain::clients;
use crate::domain::oauth::refusal::{OAuthCode, Refused};
use crate::domain::oauth::scopes;
use crate::names;
use crate::settings::client::OAuthFlow as Flow;
use crate::settings::pool::DcrConfiguration;

/// The scopes that every registered client may ask for.
const STANDARD: [&str; 4] = ["openid", "email", "phone", "profile"];
/// The most redirect URIs, and characters of one (the model's `CallbackURLs`).
const MOST_URIS: usize = 100;
const LONGEST_URI: usize = 1024;
/// The most scopes (the model's `ScopeListType`).
const MOST_SCOPES: usize = 50;
/// Characters of a name.
const LONGEST_NAME: usize = 128;
/// The name of a client that has told none.
const NAMELESS: &str = "Registered client";

names! {
    /// `token_endpoint_auth_method`.
    pub enum Method {
        Basic = "client_secret_basic", Post = "client_secret_post", None = "none",
    }
}

/// Client metadata as it was sent; what is not given is not there.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the members of RFC 7591 2 by their own names")]
pub struct Wish {
    pub redirect_uris: Vec<String>,
    pub post_logout_redirect_uris: Vec<String>,
    pub token_endpoint_auth_method: Option<String>,
    pub grant_types: Option<Vec<String>>,
    pub response_types: Option<Vec<String>>,
    pub client_name: Option<String>,
    pub scope: Option<String>,
    pub subject_type: Option<String>,
    pub id_token_signed_response_alg: Option<String>,
}

/// Metadata that a client can be made of.
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) method: Method,
    pub(super) flow: Flow,
    pub(super) redirect_uris: Vec<String>,
    pub(super) logout_uris: Vec<String>,
    pub(super) scopes: Vec<String>,
}

/// Checks metadata against what the pool permits.
///
/// # Errors: `invalid_redirect_uri`, `invalid_client_metadata`
pub(super) fn check(
    wish: Wish,
    configuration: &DcrConfiguration,
    open: bool,
) -> Result<Checked, Refused> {
    let flow = flow(&wish)?;
    if !permitted(configuration, open).contains(&flow) {
        return Err(invalid("The user pool does not permit this grant type"));
    }
    let method = match wish.token_endpoint_auth_method.as_deref() {
        None => Method::Basic,
        Some(name) => Method::parse(name)
            .ok_or_else(|| invalid("This token_endpoint_auth_method is not supported"))?,
    };
    if flow == Flow::ClientCredentials && method == Method::None {
        return Err(invalid("client_credentials needs a client with a secret"));
    }
    fixed(
        wish.subject_type.as_deref(),
        "public",
        "This subject_type is not supported",
    )?;
    let alg = wish.id_token_signed_response_alg.as_deref();
    fixed(alg, "RS256", "ID tokens are signed with RS256")?;
    let redirect_uris = uris(wish.redirect_uris, OAuthCode::InvalidRedirectUri)?;
    if flow == Flow::Code && redirect_uris.is_empty() {
        let none = Refused::new(OAuthCode::InvalidRedirectUri);
        return Err(none.saying("redirect_uris is required"));
    }
    let logout_uris = uris(
        wish.post_logout_redirect_uris,
        OAuthCode::InvalidClientMetadata,
    )?;
    Ok(Checked {
        name: name(wish.client_name.as_deref()),
        method,
        flow,
        redirect_uris,
        logout_uris,
        scopes: granted(wish.scope.as_deref(), configuration, flow)?,
    })
}

/// The one flow that the grant types name. `refresh_token` comes with a code whether named or not.
fn flow(wish: &Wish) -> Result<Flow, Refused> {
    let asked = wish.grant_types.as_deref().unwrap_or_default();
    let has = |name: &str| asked.iter().any(|grant| grant == name);
    let known = ["authorization_code", "client_credentials", "refresh_token"];
    if !asked.iter().all(|grant| known.contains(&grant.as_str())) {
        return Err(invalid("This grant type is not supported"));
    }
    let machine = has("client_credentials");
    if machine && (has("authorization_code") || has("refresh_token")) {
        let text = "client_credentials cannot be combined with another grant type";
        return Err(invalid(text));
    }
    if has("refresh_token") && !has("authorization_code") {
        return Err(invalid("refresh_token needs authorization_code beside it"));
    }
    let response_types = wish.response_types.as_deref();
    let fits = match (machine, response_types) {
        (_, None) => true,
        (true, Some(types)) => types.is_empty(),
        (false, Some(types)) => types == ["code"],
    };
    if !fits {
        return Err(invalid(
            "response_types and grant_types do not fit together",
        ));
    }
    Ok(if machine {
        Flow::ClientCredentials
    } else {
        Flow::Code
    })
}

/// The scopes a client gets: what it asks for, else the standard ones, or for a machine all that the
/// pool lets registered clients have.
fn granted(
    asked: Option<&str>,
    configuration: &DcrConfiguration,
    flow: Flow,
) -> Result<Vec<String>, Refused> {
    let machine = flow == Flow::ClientCredentials;
    let fits = |scope: &str| {
        if machine {
            scopes::is_custom(scope) && may_have(configuration, scope)
        } else {
            STANDARD.contains(&scope) || may_have(configuration, scope)
        }
    };
    let asked = asked.unwrap_or_default().split(' ');
    let asked: Vec<&str> = asked.filter(|scope| !scope.is_empty()).collect();
    if !asked.iter().all(|scope| fits(scope)) {
        return Err(invalid("A scope is not permitted"));
    }
    let mut granted: Vec<String> = Vec::new();
    let unset: Vec<&str> = if machine {
        let allowed = configuration.allowed_scopes.as_deref().unwrap_or_default();
        allowed
            .iter()
            .map(String::as_str)
            .filter(|s| fits(s))
            .collect()
    } else {
        STANDARD.to_vec()
    };
    for scope in if asked.is_empty() { unset } else { asked } {
        if !granted.iter().any(|known| known == scope) {
            granted.push(scope.to_owned());
        }
    }
    if granted.is_empty() || granted.len() > MOST_SCOPES {
        return Err(invalid("A client needs a scope, and at most 50"));
    }
    Ok(granted)
}

fn uris(uris: Vec<String>, code: OAuthCode) -> Result<Vec<String>, Refused> {
    let good = |uri: &String| uri.len() <= LONGEST_URI && clients::may_redirect_to(uri);
    if uris.len() > MOST_URIS || !uris.iter().all(good) {
        return Err(Refused::new(code).saying("A URI is not one that browsers may be sent to"));
    }
    Ok(uris)
}

/// A name of the characters that clients' names are made of (the model's `ClientNameType`); others
/// become a dash, as a server may change what it is asked for (RFC 7591 2).
fn name(asked: Option<&str>) -> String {
    let asked = asked.unwrap_or_default().trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || " _+=,.@-".contains(c);
    let name = asked.chars().take(LONGEST_NAME);
    let name: String = name.map(|c| if fits(c) { c } else { '-' }).collect();
    if name.is_empty() {
        NAMELESS.to_owned()
    } else {
        name
    }
}

fn fixed(asked: Option<&str>, only: &str, otherwise: &'static str) -> Result<(), Refused> {
    match asked {
        Some(asked) if asked != only => Err(invalid(otherwise)),
        _ => Ok(()),
    }
}

fn invalid(text: &'static str) -> Refused {
    Refused::new(OAuthCode::InvalidClientMetadata).saying(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_what_names_are_made_of() {
        for (asked, kept) in [
            (None, NAMELESS),
            (Some("  "), NAMELESS),
            (Some("My App 2.0"), "My App 2.0"),
            (Some("Editor (dev) <b>"), "Editor -dev- -b-"),
            (Some("café\u{0}"), "caf--"),
        ] {
            assert_eq!(name(asked), kept);
        }
        assert_eq!(name(Some(&"x".repeat(500))).len(), LONGEST_NAME);
    }

    #[test]
    fn grant_types_name_one_flow() {
        let ask = |grants: &[&str], types: Option<&[&str]>| {
            let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
            let wish = Wish {
                grant_types: Some(owned(grants)),
                response_types: types.map(owned),
                ..Wish::default()
            };
            flow(&wish).map_err(|refused| refused.code.as_str())
        };
        assert_eq!(flow(&Wish::default()).ok(), Some(Flow::Code));
        let both = ["authorization_code", "refresh_token"];
        assert_eq!(ask(&both, Some(&["code"])), Ok(Flow::Code));
        let machine = ["client_credentials"];
        assert_eq!(ask(&machine, None), Ok(Flow::ClientCredentials));
        assert_eq!(ask(&machine, Some(&[])), Ok(Flow::ClientCredentials));
        for (grants, types) in [
            (&["implicit"][..], None),
            (&["password"], None),
            (&["refresh_token"], None),
            (&["authorization_code", "client_credentials"], None),
            (&machine, Some(&["code"][..])),
            (&["authorization_code"], Some(&["token"])),
            (&["authorization_code"], Some(&["code", "code id_token"])),
        ] {
            assert_eq!(
                ask(grants, types),
                Err("invalid_client_metadata"),
                "{grants:?}"
            );
        }
    }
}
