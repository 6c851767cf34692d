//! Completed sign-ins that last: a browser's (SSO) and those that tokens hang off.

use crate::app::App;
use crate::error::Result;
use crate::ids::{PoolId, SessionId, Uuid};
use crate::store::audit::Actor;
use crate::store::users::User;
use crate::time::Timestamp;

/// A person signed in with a browser: the live row behind the session cookie.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The user, as stored now.
    pub user: User,
    /// The browser session: what the cookie seals.
    pub session: SessionId,
    /// When the person signed in.
    pub auth_at: Timestamp,
    /// The id of that event, which every token made of it carries.
    pub event_id: Uuid,
    /// When the browser session ends (an hour after the sign-in, not sliding).
    pub expires: Timestamp,
}

/// The browser session of an id, unless it ended or its user may not sign in any more.
pub async fn browser(_app: &App, _pool: &PoolId, _session: &SessionId) -> Result<Option<Proven>> {
    Ok(None)
}

/// Ends a browser session (`/logout`). Ending one that is not there is no error.
pub async fn end_browser(
    _app: &App,
    _actor: &Actor,
    _pool: &PoolId,
    _session: &SessionId,
) -> Result<()> {
    Ok(())
}
