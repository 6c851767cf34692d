//! Ending what was given: one refresh token, one sign-in, everything of a user.

use crate::app::App;
use crate::error::Result;
use crate::ids::{PoolId, SessionId, Sub};
use crate::secret::Secret;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::db::Tx;
use crate::time::Timestamp;

/// Revokes a refresh token of this client, with the access tokens of its sign-in. A token that is
/// unknown, another client's or revoked already changes nothing. The caller has checked the
/// client's secret.
///
/// # Errors: UnsupportedTokenType (an access or ID token), UnsupportedOperation (revocation is off)
pub async fn revoke_token(
    _app: &App,
    _actor: &Actor,
    _client: &Client,
    _token: &Secret<String>,
) -> Result<()> {
    Ok(())
}

/// Signs a user out everywhere (GlobalSignOut, AdminUserGlobalSignOut).
pub async fn sign_out_user(
    _app: &App,
    _actor: &Actor,
    _pool: &PoolId,
    _sub: &Sub,
    _act: &str,
) -> Result<()> {
    Ok(())
}

/// Ends all tokens and sign-ins in progress of a user, as part of another write (disabling).
/// Browser sessions stay; they are worth nothing while the user is disabled.
pub async fn end_all(_tx: &mut Tx, _pool: &PoolId, _sub: &Sub, _now: Timestamp) -> Result<()> {
    Ok(())
}

/// Ends one token session, as part of another write (a code that is used twice).
pub async fn end_session(
    _tx: &mut Tx,
    _pool: &PoolId,
    _session: &SessionId,
    _now: Timestamp,
) -> Result<()> {
    Ok(())
}
