//! What each cell must come to, where clients and pools change.

use super::condition::Condition as C;
use super::expect::{End, Expected};
use super::path::{Face, First, Grant, Path};

fn api(code: &'static str, message: &str) -> Expected {
    Expected::End(End::Api(code, message.to_owned()))
}

const fn grant(error: &'static str, more: Option<&'static str>) -> Expected {
    Expected::End(End::OAuth(400, error, more))
}

/// What is unknown or not to be trusted is told on the domain's own page (oauth.md 2.3).
const fn error_page() -> Expected {
    let text = "An error was encountered with the requested page.";
    Expected::End(End::Page(400, "/error", text))
}

/// A client that is gone gives nothing (security.md D10, H9; api.md; oauth.md 2.3 A2, 4.4).
pub fn client_deleted(path: Path) -> Expected {
    match path {
        Path::RefreshGrant { .. } | Path::CodeGrant { .. } => grant("invalid_client", None),
        _ if path.is_hosted() => error_page(),
        _ => api(
            "ResourceNotFoundException",
            "User pool client {client} does not exist.",
        ),
    }
}

/// With a pool everything of it is gone: its clients, and its domain with every path on it.
pub fn pool_deleted(path: Path) -> Expected {
    match path {
        _ if super::expect::is_admin(path) => api(
            "ResourceNotFoundException",
            "User pool {pool} does not exist.",
        ),
        Path::RefreshGrant { .. } | Path::CodeGrant { .. } => {
            Expected::End(End::OAuth(404, "", None))
        }
        _ if path.is_hosted() => Expected::End(End::Page(404, "", "Not found")),
        _ => client_deleted(path),
    }
}

/// Flows are asked for where a sign-in begins (api-auth.md 1), and at every refresh (D10); grants
/// at the start and at the finish (C15).
pub fn flow_off(path: Path) -> Expected {
    let off = |message: &str| api("InvalidParameterException", message);
    match path {
        Path::SignedUp(Face::Public) => off("USER_AUTH flow not enabled for this client"),
        Path::Password(Face::Public) => off("USER_PASSWORD_AUTH flow not enabled for this client"),
        Path::RefreshFlow(Face::Public) => {
            off("REFRESH_TOKEN_AUTH flow not enabled for this client")
        }
        Path::Password(Face::Admin)
        | Path::SignedUp(Face::Admin)
        | Path::RefreshFlow(Face::Admin) => off("Auth flow not enabled for this client"),
        // The setting is about InitiateAuth: a sign-in that it let in ends as it began.
        Path::Srp(_)
        | Path::Chosen(..)
        | Path::Custom(_)
        | Path::CustomFactor(_)
        | Path::NewPassword(_)
        | Path::SecondFactor(..)
        | Path::StepUp(_)
        | Path::Device(_) => Expected::End(End::Tokens),
        Path::Exchange => {
            off("ALLOW_TOKEN_EXCHANGE_IMPERSONATION flow not enabled for this client")
        }
        // It is no flow of InitiateAuth; rotating clients cannot even allow that.
        Path::GetTokens { .. } => Expected::End(End::Tokens),
        Path::CodeGrant { .. } => grant("unauthorized_client", None),
        // What was granted by a code is no longer granted.
        Path::RefreshGrant { .. } => grant("invalid_grant", None),
        Path::LoginPage(_)
        | Path::RememberedPage
        | Path::SignUpPage { .. }
        | Path::NewPasswordPage
        | Path::FactorPage(_)
        | Path::FirstPage(_)
        | Path::PasskeyPage
        | Path::AddPasskeyPage
        | Path::Sso(_)
        | Path::Chooser => Expected::End(End::Back("invalid_request", Some("unauthorized_client"))),
    }
}

/// A client with a secret proves it at every step (api-auth.md 3.4; oauth.md 4.1, 4.4).
pub fn secret(path: Path, condition: C) -> Expected {
    let denied = |message: &str| api("NotAuthorizedException", message);
    match path {
        Path::GetTokens { .. } | Path::Exchange => denied("Invalid client secret provided"),
        Path::RefreshGrant { .. } | Path::CodeGrant { .. } => {
            grant("invalid_client", Some("invalid_client_secret"))
        }
        _ if path.is_hosted() => Expected::Never(
            "a browser proves no secret: the client does, at the token endpoint, in rows of its own",
        ),
        _ if condition == C::SecretMissing => {
            denied("Client {client} is configured with secret but SECRET_HASH was not received")
        }
        _ => denied("Unable to verify secret hash for client {client}"),
    }
}

/// A second factor that comes to be asked for is asked for by everything that has not got past the
/// first (G14; api-auth.md 5). What was proven or given before stands: challenges in progress,
/// codes, browser sessions (oauth.md 3) and refresh tokens.
pub fn factor(path: Path, condition: C) -> Expected {
    match path {
        // A code is no password, and a second one would prove no more: who has to prove a second
        // factor begins with the password (api-auth.md 1.2).
        Path::Chosen(_, First::Email | First::Sms) => {
            api("NotAuthorizedException", "Invalid session for the user.")
        }
        // A passkey that does not count for two is no longer among what there is to choose from.
        Path::Chosen(_, First::Passkey) => api(
            "InvalidParameterException",
            "WEB_AUTHN is not available for this sign-in.",
        ),
        Path::FirstPage(First::Email | First::Sms) => {
            Expected::End(End::Page(200, "/login", "Invalid session for the user."))
        }
        Path::FirstPage(First::Passkey) | Path::PasskeyPage => Expected::End(End::Page(
            200,
            "/login",
            "WEB_AUTHN is not available for this sign-in.",
        )),
        // Functions that ask no password decide alone.
        Path::Custom(_) | Path::CustomFactor(_) => Expected::End(End::Tokens),
        Path::Password(_)
        | Path::Srp(_)
        | Path::Chosen(..)
        | Path::SignedUp(_)
        | Path::NewPassword(_) => Expected::End(End::Challenge("SMS_MFA")),
        Path::LoginPage(Grant::Code | Grant::Implicit)
        | Path::NewPasswordPage
        | Path::FirstPage(_) => Expected::End(End::Page(200, "/mfa", "SMS")),
        Path::SignUpPage { .. } if condition == C::FactorOn => Expected::Never(
            "the account has no telephone number: the page asks for an e-mail address",
        ),
        Path::SignUpPage { .. } => {
            Expected::End(End::Page(200, "/mfa/choose", "Authenticator app"))
        }
        Path::SecondFactor(_, super::path::Factor::SetUp)
        | Path::FactorPage(super::path::Factor::SetUp)
            if condition == C::FactorOn =>
        {
            Expected::Never("the user has no telephone number, which is why a factor is set up")
        }
        _ => Expected::End(End::Tokens),
    }
}

/// A device that is named has to prove itself; one that is gone is told so to its user alone, and
/// refreshes nothing (G14; api-auth.md 6 and 7). The pages name none but the browser itself: where it
/// was forgotten, the factor is asked for again.
pub fn device(path: Path, condition: C) -> Expected {
    let gone = || api("ResourceNotFoundException", "Device does not exist.");
    match path {
        _ if path.is_invited() || path.signs_up() => {
            Expected::Never("who has never signed in has no device")
        }
        Path::Password(_)
        | Path::Srp(_)
        | Path::Chosen(..)
        | Path::SecondFactor(..)
        | Path::StepUp(_)
            if condition == C::Remembered =>
        {
            Expected::End(End::Challenge("DEVICE_SRP_AUTH"))
        }
        Path::Device(_) | Path::RememberedPage if condition == C::Remembered => {
            Expected::Never("the way is that of a remembered device")
        }
        Path::RememberedPage => Expected::End(End::Page(200, "/mfa", "SMS")),
        Path::Password(_)
        | Path::Srp(_)
        | Path::Chosen(..)
        | Path::SecondFactor(..)
        | Path::StepUp(_)
        | Path::Device(_) => gone(),
        Path::RefreshFlow(_) | Path::GetTokens { .. } if condition == C::Forgotten => {
            api("NotAuthorizedException", "Invalid Refresh Token")
        }
        _ => Expected::End(End::Tokens),
    }
}
