//! Errors of a client's own tokens (GetClientToken) and of tokens that become others
//! (GetDerivedToken). Cognito's texts are not known; these are ours (docs/differences.md).

use super::{Code, Error, Reason};

texts! {
    client_scopes => InvalidParameter "The requested scopes are not allowed for this client.";
    actor_without_type => InvalidParameter "ActorTokenType is required with ActorToken.";
    actor_without_token => InvalidParameter "ActorTokenType and ActorTokenProviderName need an ActorToken.";
    audience_twice => InvalidParameter "Audiences and Resources cannot be requested together.";
    audience_of_id_token => InvalidParameter "Audiences and Resources are for access tokens only.";
    saml_without_provider => InvalidParameter "A SAML2 token needs the name of its provider.";
}

/// Why a token that was handed in is no good. `role` is `subject` or `actor`.
impl Error {
    /// `Invalid {role} token`
    pub fn handed_token_invalid(role: &str) -> Self {
        Self::new(Code::NotAuthorized, format!("Invalid {role} token")).because(Reason::BadToken)
    }

    /// `The {role} token has expired`
    pub fn handed_token_expired(role: &str) -> Self {
        let text = format!("The {role} token has expired");
        Self::new(Code::NotAuthorized, text).because(Reason::ExpiredToken)
    }

    /// `The {role} token has been revoked`
    pub fn handed_token_revoked(role: &str) -> Self {
        let text = format!("The {role} token has been revoked");
        Self::new(Code::NotAuthorized, text).because(Reason::RevokedToken)
    }

    /// `Identity provider {name} does not exist.`
    pub fn identity_provider_not_found(name: &str) -> Self {
        Self::new(
            Code::ResourceNotFound,
            format!("Identity provider {name} does not exist."),
        )
    }
}
