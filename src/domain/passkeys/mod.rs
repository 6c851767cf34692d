//! Passkeys (WebAuthn level 3): registration, sign-in, and the pool's relying party
//! (docs/adr/0014-passkeys.md).

mod attestation;
mod authenticator;
mod cbor;
mod client_data;
mod cose;
mod credentials;
mod makes;
mod registration;
pub(in crate::domain) mod relying_party;
mod response;
pub(in crate::domain) mod sign_in;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use credentials::{delete, has_none, list};
pub use makes::friendly_name;
pub use registration::{complete, start};
pub use relying_party::of_pool as relying_party_of;

use crate::domain::access::SignedIn;
use crate::domain::changes::{Asker, Signed};
use crate::ids::{ClientId, SessionId, Sub};
use crate::settings::pool::FirstFactor;
use crate::store::pools::Pool;
use crate::store::users::User;
use crate::time::Timestamp;

/// The most passkeys of one user (api.md 3.6).
pub const MOST: usize = 20;

/// For whom a passkey is made, and through which client.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The client.
    pub client: &'a ClientId,
    /// The user, signed in.
    pub user: &'a User,
    /// The session: a token's, or a browser's.
    pub session: &'a SessionId,
    /// When the user signed in.
    pub auth_at: Timestamp,
}

impl<'a> Owner<'a> {
    /// The user as who asks for a change.
    const fn asker(&self) -> Asker<'a> {
        Asker::Signed(Signed {
            session: self.session,
            client: self.client,
            at: self.auth_at,
        })
    }
}

impl<'a> From<&'a SignedIn> for Owner<'a> {
    fn from(who: &'a SignedIn) -> Self {
        Self {
            pool: &who.pool,
            client: &who.client.id,
            user: &who.user,
            session: &who.session,
            auth_at: who.auth_at,
        }
    }
}

/// `timeout` of the options: a hint to the browser.
const TIMEOUT_MS: u32 = 60_000;

/// Whether users of a pool may sign in with passkeys.
pub fn is_offered(pool: &Pool) -> bool {
    let factors = pool.settings().first_factors();
    factors.contains(&FirstFactor::WebAuthn)
}

/// What authenticators know a user by: the text of the sub, base64url.
fn user_handle(sub: &Sub) -> String {
    URL_SAFE_NO_PAD.encode(sub.as_str())
}

/// `userVerification` of the options.
const fn verification(insists: bool) -> &'static str {
    if insists { "required" } else { "preferred" }
}
