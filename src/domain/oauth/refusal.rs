//! How OAuth says no: a code of the standards and, where it helps, a fixed text.

use std::borrow::Cow;

use crate::error::{Code, Error, Reason};
use crate::names;
use crate::settings::profile::Profile;

names! {
    /// Error codes of RFC 6749, RFC 7009, RFC 7591, RFC 8707, OpenID Connect Core, and of OpenID
    /// Connect Core Error Code unmet_authentication_requirements 1.0.
    pub enum OAuthCode {
        AccessDenied = "access_denied",
        InvalidClient = "invalid_client",
        InvalidClientMetadata = "invalid_client_metadata",
        InvalidGrant = "invalid_grant",
        InvalidRedirectUri = "invalid_redirect_uri",
        InvalidRequest = "invalid_request",
        InvalidScope = "invalid_scope",
        InvalidTarget = "invalid_target",
        InvalidToken = "invalid_token",
        LoginRequired = "login_required",
        RegistrationNotSupported = "registration_not_supported",
        RequestNotSupported = "request_not_supported",
        RequestUriNotSupported = "request_uri_not_supported",
        ServerError = "server_error",
        TemporarilyUnavailable = "temporarily_unavailable",
        UnauthorizedClient = "unauthorized_client",
        UnmetAuthenticationRequirements = "unmet_authentication_requirements",
        UnsupportedGrantType = "unsupported_grant_type",
        UnsupportedResponseType = "unsupported_response_type",
        UnsupportedTokenType = "unsupported_token_type",
    }
}

/// A refusal of an OAuth endpoint.
#[derive(Debug)]
pub struct Refused {
    /// The code.
    pub code: OAuthCode,
    /// `error_description`, if there is one: fixed text, never the request's.
    pub description: Option<Cow<'static, str>>,
    /// Why, for logs.
    pub cause: Option<Error>,
}

impl Refused {
    /// A refusal that says no more than its code.
    pub const fn new(code: OAuthCode) -> Self {
        Self {
            code,
            description: None,
            cause: None,
        }
    }

    /// Adds `error_description`.
    #[must_use]
    pub fn saying(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// `invalid_client` without a hint; the client is unknown here.
    pub const fn unknown_client() -> Self {
        Self::new(OAuthCode::InvalidClient)
    }

    /// `invalid_client` with `invalid_client_secret` (oauth.md 4.4).
    pub fn wrong_secret() -> Self {
        let cause = Error::new(Code::NotAuthorized, "").because(Reason::BadClientSecret);
        Self {
            cause: Some(cause),
            ..Self::new(OAuthCode::InvalidClient).saying("invalid_client_secret")
        }
    }

    /// `invalid_grant`.
    pub const fn invalid_grant() -> Self {
        Self::new(OAuthCode::InvalidGrant)
    }

    /// `invalid_request` with a text that names the trouble.
    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(OAuthCode::InvalidRequest).saying(description)
    }

    /// HTTP status of a JSON answer: 400, on Cognito also for `invalid_client` (oauth.md 4.4), where
    /// the standard has 401 (RFC 6749 5.2), unless it is our fault.
    pub fn status(&self, profile: Profile) -> u16 {
        match (self.code, self.cause.as_ref().map(|cause| cause.code)) {
            (OAuthCode::ServerError, Some(Code::NotImplemented)) => 501,
            (OAuthCode::ServerError, _) => 500,
            (OAuthCode::TemporarilyUnavailable, _) => 503,
            (OAuthCode::InvalidClient, _) if profile.is_strict() => 401,
            _ => 400,
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let (code, description) = match error.code {
            Code::Internal => (OAuthCode::ServerError, None),
            Code::NotImplemented => (OAuthCode::ServerError, Some(error.message.clone())),
            Code::TooManyRequests | Code::ConcurrentModification => {
                (OAuthCode::TemporarilyUnavailable, None)
            }
            _ if error.reason == Some(Reason::Trigger) => {
                (OAuthCode::InvalidRequest, Some(error.message.clone()))
            }
            _ => (OAuthCode::InvalidGrant, None),
        };
        Self {
            code,
            description,
            cause: Some(error),
        }
    }
}

impl From<crate::store::db::DbError> for Refused {
    fn from(error: crate::store::db::DbError) -> Self {
        Error::from(error).into()
    }
}
