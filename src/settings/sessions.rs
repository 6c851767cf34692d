//! Session tracking (SetUserPoolSessionConfiguration, SetUserPoolClientSessionConfiguration).

use crate::{names, shape};

/// `MaxPerUser` of a pool that was never given one.
pub const DEFAULT_MAX_PER_USER: i64 = 20;
/// `MaxValidityMinutes` of a client that was never given one, and of every browser session while
/// sessions are not tracked.
pub const DEFAULT_VALIDITY_MINUTES: i64 = 60;

names! {
    /// `UserSessionTracking`.
    pub enum Tracking { Enabled = "ENABLED", Disabled = "DISABLED" }
}

shape! {
    /// `TokenSession` of a pool.
    pub struct TokenSession {
        max_per_user: i64,
    }

    /// `SSOSession` of a client.
    pub struct SsoSession {
        max_validity_minutes: i64,
    }

    /// What SetUserPoolSessionConfiguration sets.
    pub struct PoolSessions {
        user_session_tracking: Tracking,
        token_session: TokenSession,
        /// Not AWS's: the longest validity that any client of the pool was ever given. A browser's
        /// row lives that long; each client judges it by its own.
        longest_minutes: i64,
    }
}

impl PoolSessions {
    /// Whether sessions are tracked; not unless set.
    pub fn tracks(&self) -> bool {
        self.user_session_tracking == Some(Tracking::Enabled)
    }

    /// How many token sessions a user may have.
    pub fn max_per_user(&self) -> i64 {
        let set = self.token_session.as_ref().and_then(|t| t.max_per_user);
        set.unwrap_or(DEFAULT_MAX_PER_USER)
    }

    /// How long a browser's session is kept.
    pub fn kept_minutes(&self) -> i64 {
        let longest = self.longest_minutes.filter(|_| self.tracks());
        longest.unwrap_or(0).max(DEFAULT_VALIDITY_MINUTES)
    }
}
