//! What each cell must come to, and why.

use serde_json::Value;

use super::condition::Condition as C;
use super::path::{Face, First, Grant, Path};
use super::world::Cell;
use crate::support::house::claims;

/// `acr` and `amr`.
#[derive(Clone, Debug)]
pub struct Worth(Option<String>, Vec<String>);

impl Worth {
    fn of(claims: &Value) -> Self {
        let amr = claims["amr"].as_array().into_iter().flatten();
        let amr = amr.map(|name| name.as_str().unwrap().to_owned()).collect();
        Self(claims["acr"].as_str().map(str::to_owned), amr)
    }

    fn is_of(&self, path: Path) -> bool {
        let (acr, amr) = path.worth();
        self.0.as_deref() == acr && self.1 == amr
    }
}

/// What a way came to.
#[derive(Clone, Debug)]
pub enum Found {
    /// Tokens of this sub, in these groups, and what they say of the sign-in.
    Tokens(String, Vec<String>, Worth),
    Challenge(String),
    Api(String, String),
    OAuth(u16, String, Option<String>),
    /// The client is told an error.
    Back(String, Option<String>),
    /// A page: status, path, text.
    Page(u16, String, String),
}

impl Found {
    pub fn tokens(access: &str) -> Self {
        let claims = claims(access);
        let groups = claims["cognito:groups"].as_array().into_iter().flatten();
        let groups = groups.map(|group| group.as_str().unwrap().to_owned());
        let sub = claims["sub"].as_str().unwrap().to_owned();
        Self::Tokens(sub, groups.collect(), Worth::of(&claims))
    }
}

/// What it must come to.
#[derive(Clone, Debug)]
pub enum End {
    /// Tokens of the user.
    Tokens,
    /// Tokens of the user, in the group `late`.
    Grouped,
    /// Tokens of somebody else: the user who has the name now.
    Successor,
    Challenge(&'static str),
    Api(&'static str, String),
    OAuth(u16, &'static str, Option<&'static str>),
    Back(&'static str, Option<&'static str>),
    /// Status, path (none: wherever the form was sent), and what the text says.
    Page(u16, &'static str, &'static str),
}

#[derive(Clone, Debug)]
pub enum Expected {
    End(End),
    /// There is no such cell: why.
    Never(&'static str),
}

impl End {
    /// With the ids of the cell in place of `{client}` and `{pool}`.
    #[must_use]
    pub fn named(self, cell: &Cell<'_>) -> Self {
        match self {
            Self::Api(code, message) => {
                let message = message.replace("{client}", &cell.client.id);
                Self::Api(code, message.replace("{pool}", &cell.grounds.pool))
            }
            other => other,
        }
    }

    pub fn fits(&self, found: &Found, cell: &Cell<'_>) -> bool {
        // Who signs up inside the way has a sub that the way alone knows.
        let ours = |sub: &String| cell.sub.is_empty() || *sub == cell.sub;
        if let Found::Tokens(sub, groups, worth) = found {
            let right = match self {
                Self::Tokens => ours(sub) && groups.is_empty(),
                Self::Grouped => ours(sub) && groups == &["late"],
                Self::Successor => *sub != cell.sub && groups.is_empty(),
                _ => false,
            };
            return right && worth.is_of(cell.path);
        }
        match (self, found) {
            (Self::Challenge(name), Found::Challenge(found)) => name == found,
            (Self::Api(code, message), Found::Api(c, m)) => code == c && message == m,
            (Self::OAuth(status, error, more), Found::OAuth(s, e, m)) => {
                (status, *error, *more) == (s, e.as_str(), m.as_deref())
            }
            (Self::Back(error, more), Found::Back(e, m)) => {
                (*error, *more) == (e.as_str(), m.as_deref())
            }
            (Self::Page(status, path, text), Found::Page(s, p, t)) => {
                status == s && (path.is_empty() || path == p) && t.contains(text)
            }
            _ => false,
        }
    }
}

/// Where a way stands before its last step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// Nothing has been proven.
    Password,
    Srp,
    /// A session of the API waits for its answer.
    Session,
    /// A refresh token at the API, at the token endpoint.
    Refresh,
    RefreshGrant,
    /// An access token becomes another.
    Exchange,
    /// A page waits for the password.
    Login,
    SignUp,
    /// A page waits for the password that was chosen.
    Chosen,
    /// A page waits for a new password, for a code or for a passkey.
    Going,
    Sso,
    Code,
}

const fn stand(path: Path) -> Stand {
    match path {
        Path::Password(_) => Stand::Password,
        Path::Srp(_) => Stand::Srp,
        Path::Chosen(_, First::Srp) => Stand::Srp,
        Path::Chosen(..) | Path::SignedUp(_) | Path::Custom(_) | Path::CustomFactor(_) => {
            Stand::Session
        }
        Path::NewPassword(_) | Path::SecondFactor(..) | Path::StepUp(_) => Stand::Session,
        Path::Device(_) => Stand::Session,
        Path::RefreshFlow(_) | Path::GetTokens { .. } => Stand::Refresh,
        Path::RefreshGrant { .. } => Stand::RefreshGrant,
        Path::Exchange => Stand::Exchange,
        // Of the browser's device nothing is asked before the password is proven.
        Path::LoginPage(_) | Path::RememberedPage => Stand::Login,
        Path::SignUpPage { .. } => Stand::SignUp,
        Path::FirstPage(First::Password) => Stand::Chosen,
        Path::FirstPage(_) | Path::PasskeyPage => Stand::Going,
        Path::NewPasswordPage | Path::FactorPage(_) => Stand::Going,
        // Who is offered a passkey has been signed in.
        Path::Sso(_) | Path::Chooser | Path::AddPasskeyPage => Stand::Sso,
        Path::CodeGrant { .. } => Stand::Code,
    }
}

const INCORRECT: &str = "Incorrect username or password.";
const OTHERS: &str = "Invalid session for the user.";
const ONCE: &str = "Invalid session for the user, session can only be used once.";
const LATE: &str = "Invalid session for the user, session is expired.";
const DISABLED: &str = "User is disabled.";
const REVOKED: &str = "Refresh Token has been revoked";
const INVALID: &str = "Invalid Refresh Token";
const SUBJECT: &str = "Invalid subject token";
const SUBJECT_REVOKED: &str = "The subject token has been revoked";
const OUT_OF_DATE: &str = "This page is out of date. Go back to the app and start again.";
const NO_CODE: &str = "Invalid code provided, please request a code again.";
const LOCKED: &str = "Password attempts exceeded";

fn denied(message: &str) -> Expected {
    api("NotAuthorizedException", message)
}

fn api(code: &'static str, message: &str) -> Expected {
    Expected::End(End::Api(code, message.to_owned()))
}

const fn grant(error: &'static str) -> Expected {
    Expected::End(End::OAuth(400, error, None))
}

const fn page(status: u16, path: &'static str, text: &'static str) -> Expected {
    Expected::End(End::Page(status, path, text))
}

const fn tokens() -> Expected {
    Expected::End(End::Tokens)
}

/// The rule of a cell.
pub fn rule(path: Path, condition: C) -> Expected {
    match condition {
        C::Nothing => tokens(),
        C::Disabled => disabled(path),
        C::Deleted => gone(path),
        C::Recreated => recreated(path),
        C::SignedOutByAdmin | C::SignedOut => signed_out(path, condition),
        C::ResetRequired => reset_required(path),
        C::Unconfirmed => unconfirmed(path),
        C::PasswordSet => password_set(path),
        C::ClientDeleted => super::settings::client_deleted(path),
        C::PoolDeleted => super::settings::pool_deleted(path),
        C::FlowOff => super::settings::flow_off(path),
        C::SecretWrong | C::SecretMissing => super::settings::secret(path, condition),
        C::Expired => expired(path),
        C::Twice => twice(path),
        C::OtherClient | C::OtherPool => elsewhere(path, condition),
        C::LockedOut => locked_out(path),
        C::Revoked => revoked(path),
        C::MfaOn | C::FactorOn => super::settings::factor(path, condition),
        // Groups are read when tokens are made (api-auth.md 6; security.md D10).
        C::GroupJoined => Expected::End(End::Grouped),
        C::Remembered | C::Forgotten => super::settings::device(path, condition),
    }
}

/// A disabled user gets nothing by any way (security.md D10, H8).
fn disabled(path: Path) -> Expected {
    match stand(path) {
        Stand::Password | Stand::Srp | Stand::Session => denied(DISABLED),
        // Disabling revokes what was given as well; why is told first (api-auth.md 6).
        Stand::Refresh | Stand::Exchange => denied(DISABLED),
        Stand::RefreshGrant | Stand::Code => grant("invalid_grant"),
        Stand::Login => page(400, "/login", DISABLED),
        // Who knows no password yet is told what one is told whose code is gone (G6).
        Stand::SignUp => page(400, "/confirm", NO_CODE),
        Stand::Chosen | Stand::Going => page(200, "/login", DISABLED),
        // The session is none: the browser is asked to sign in.
        Stand::Sso => page(200, "/login", "Sign in"),
    }
}

/// A deleted user is nobody, and the client hides who exists (G6) from all but holders of the user's
/// refresh tokens (api-auth.md 6); with the user go sessions and refresh tokens (H7).
fn gone(path: Path) -> Expected {
    match stand(path) {
        Stand::Password | Stand::Srp | Stand::Session => denied(INCORRECT),
        Stand::Refresh | Stand::Exchange => api("UserNotFoundException", "User does not exist."),
        Stand::RefreshGrant | Stand::Code => grant("invalid_grant"),
        Stand::Login => page(400, "/login", INCORRECT),
        Stand::SignUp => page(400, "/confirm", NO_CODE),
        // Nobody's password may be tried as often as anybody's.
        Stand::Chosen => page(400, "/login/password", INCORRECT),
        Stand::Going => page(200, "/login", INCORRECT),
        Stand::Sso => page(200, "/login", "Sign in"),
    }
}

/// Somebody new under the old name has the name's password and nothing of the old user's (H7).
fn recreated(path: Path) -> Expected {
    match stand(path) {
        Stand::Password | Stand::Login => Expected::End(End::Successor),
        Stand::SignUp => page(400, "/confirm", "Current status is CONFIRMED"),
        _ => gone(path),
    }
}

/// A global sign-out ends what has begun and what was given (H8); not a browser's session (oauth.md
/// 3), and not what begins after it.
fn signed_out(path: Path, condition: C) -> Expected {
    if condition == C::SignedOut && (path.is_invited() || path.signs_up()) {
        return Expected::Never("who has never signed in has no access token to sign out with");
    }
    match stand(path) {
        Stand::Password | Stand::Login | Stand::Sso => tokens(),
        // Confirming the account is the first proof; nothing had begun.
        Stand::SignUp => tokens(),
        Stand::Srp | Stand::Session => denied(OTHERS),
        Stand::Refresh => denied(REVOKED),
        Stand::Exchange => denied(SUBJECT_REVOKED),
        Stand::RefreshGrant | Stand::Code => grant("invalid_grant"),
        Stand::Chosen | Stand::Going => page(200, "/login", OTHERS),
    }
}

/// Who must reset the password gets no tokens by any way (D10, H8).
fn reset_required(path: Path) -> Expected {
    if path.is_invited() || matches!(path, Path::SignUpPage { .. }) {
        return Expected::Never("AdminResetUserPassword refuses users who never set a password");
    }
    let required = "Password reset required for the user";
    match stand(path) {
        // The model of the operation knows no PasswordResetRequiredException.
        Stand::Refresh if matches!(path, Path::GetTokens { .. }) => denied(INVALID),
        Stand::Password | Stand::Refresh => api("PasswordResetRequiredException", required),
        Stand::Srp | Stand::Session => denied(OTHERS),
        // Nor does this one's.
        Stand::Exchange => denied(SUBJECT),
        Stand::RefreshGrant | Stand::Code => grant("invalid_grant"),
        Stand::Login => page(200, "/forgotPassword", "Forgot your password?"),
        Stand::Chosen | Stand::Going => page(200, "/login", OTHERS),
        Stand::SignUp | Stand::Sso => page(200, "/login", "Sign in"),
    }
}

/// Who has not confirmed the account does not sign in (api.md 1.5; api-auth.md 3.3).
fn unconfirmed(path: Path) -> Expected {
    if matches!(
        path,
        Path::Chosen(..) | Path::FirstPage(_) | Path::PasskeyPage
    ) {
        return Expected::Never("the choice is refused already, and the way begins after it");
    }
    if path == Path::RememberedPage {
        return Expected::Never("who has never signed in has no browser that is remembered");
    }
    match stand(path) {
        Stand::Password | Stand::Srp => api("UserNotConfirmedException", "User is not confirmed."),
        Stand::Login => page(200, "/confirm", "Confirm"),
        Stand::SignUp => Expected::Never("the way begins with an account that is not confirmed"),
        _ => Expected::Never("a confirmation is never taken back, and the way needs one to begin"),
    }
}

/// A new password ends every sign-in in progress; it ends neither refresh tokens (api-auth.md 6)
/// nor the browser's session (oauth.md 3).
fn password_set(path: Path) -> Expected {
    match stand(path) {
        Stand::Password => denied(INCORRECT),
        Stand::Srp | Stand::Session => denied(OTHERS),
        Stand::Refresh | Stand::RefreshGrant | Stand::Exchange | Stand::Sso => tokens(),
        Stand::Code => grant("invalid_grant"),
        Stand::Login => page(400, "/login", INCORRECT),
        Stand::SignUp => page(400, "/confirm", "Current status is CONFIRMED"),
        Stand::Chosen | Stand::Going => page(200, "/login", OTHERS),
    }
}

/// Nothing lasts longer than it says (api-auth.md 4 and 6; oauth.md 3; security.md D4, G15).
fn expired(path: Path) -> Expected {
    match stand(path) {
        Stand::Password => {
            Expected::Never("a password does not expire, and nothing comes before it")
        }
        Stand::Srp | Stand::Session => denied(LATE),
        Stand::Refresh => denied("Refresh Token has expired"),
        Stand::Exchange => denied("The subject token has expired"),
        Stand::RefreshGrant | Stand::Code => grant("invalid_grant"),
        // A form is good for an hour.
        Stand::Login | Stand::SignUp => page(403, "", OUT_OF_DATE),
        Stand::Sso if path == Path::AddPasskeyPage => page(403, "", OUT_OF_DATE),
        Stand::Chosen | Stand::Going => page(200, "/login", LATE),
        Stand::Sso => page(200, "/login", "Sign in"),
    }
}

/// A proof of the moment works once (D1, D8, G12, G15).
fn twice(path: Path) -> Expected {
    match path {
        Path::GetTokens { rotating: true } => api(
            "RefreshTokenReuseException",
            "Refresh Token has been used already",
        ),
        Path::RefreshGrant { rotating: true } | Path::CodeGrant { .. } => grant("invalid_grant"),
        // Passwords, refresh tokens that do not rotate and browser sessions are for many times.
        Path::Password(_) | Path::RefreshFlow(_) | Path::GetTokens { .. } => tokens(),
        Path::RefreshGrant { .. } | Path::Exchange | Path::Sso(_) | Path::Chooser => tokens(),
        Path::Srp(_)
        | Path::NewPassword(_)
        | Path::SecondFactor(..)
        | Path::StepUp(_)
        | Path::Device(_) => denied(ONCE),
        Path::Chosen(..) | Path::SignedUp(_) | Path::Custom(_) | Path::CustomFactor(_) => {
            denied(ONCE)
        }
        // Signing in gave the browser a new id: the form is a stranger's (C6, C8).
        Path::LoginPage(_) | Path::RememberedPage | Path::SignUpPage { .. } => {
            page(403, "", OUT_OF_DATE)
        }
        Path::NewPasswordPage | Path::FactorPage(_) => page(403, "", OUT_OF_DATE),
        Path::FirstPage(_) | Path::PasskeyPage => page(403, "", OUT_OF_DATE),
        // The offer is gone; the sign-in page is where it leads.
        Path::AddPasskeyPage => page(200, "/login", "Sign in"),
    }
}

/// Everything is bound to the client and pool that it was given to (D3, E3, G15).
fn elsewhere(path: Path, condition: C) -> Expected {
    match stand(path) {
        Stand::Password => Expected::Never("the first step names the client that gets the tokens"),
        Stand::Srp => denied(INCORRECT),
        Stand::Session => denied(OTHERS),
        Stand::Refresh => denied(INVALID),
        // Any client of the pool that may exchange takes the tokens of the others.
        Stand::Exchange if condition == C::OtherClient => tokens(),
        Stand::Exchange => denied(SUBJECT),
        Stand::RefreshGrant | Stand::Code => grant("invalid_grant"),
        // The form's token is of one query (C15).
        Stand::Chosen => page(403, "", OUT_OF_DATE),
        Stand::Sso if path == Path::AddPasskeyPage => page(403, "", OUT_OF_DATE),
        Stand::Login | Stand::SignUp | Stand::Going => page(403, "", OUT_OF_DATE),
        // A browser's session is for all clients of its pool (oauth.md 3).
        Stand::Sso if condition == C::OtherClient => tokens(),
        Stand::Sso => page(200, "/login", "Sign in"),
    }
}

/// The lock is for guesses at passwords, and at devices' secrets (api-auth.md 4): whoever has proven
/// theirs goes on.
fn locked_out(path: Path) -> Expected {
    match stand(path) {
        _ if matches!(path, Path::Device(_)) => denied(LOCKED),
        _ if matches!(path, Path::Chosen(_, First::Password)) => denied(LOCKED),
        Stand::Password | Stand::Srp => denied(LOCKED),
        Stand::Login => page(400, "/login", LOCKED),
        Stand::Chosen => page(400, "/login/password", LOCKED),
        _ => tokens(),
    }
}

/// Revoking ends the refresh token (D15), not the browser's session (oauth.md 3).
fn revoked(path: Path) -> Expected {
    match path {
        Path::RefreshFlow(_) | Path::GetTokens { .. } => denied(REVOKED),
        Path::Exchange => denied(SUBJECT_REVOKED),
        // What it is credited with has ended.
        Path::StepUp(_) => denied(OTHERS),
        Path::RefreshGrant { .. } => grant("invalid_grant"),
        Path::Sso(Grant::Code) | Path::Chooser => tokens(),
        Path::Sso(Grant::Implicit) => Expected::Never("the implicit grant gives no refresh token"),
        _ => Expected::Never("the way has given no token that could be revoked"),
    }
}

/// Whether it is an administrator's door.
pub(super) fn is_admin(path: Path) -> bool {
    path.face() == Some(Face::Admin)
}
