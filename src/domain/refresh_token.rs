//! The text of a refresh token: five parts in the shape of the JWE that Cognito gives out, and
//! opaque like it (api-auth.md 6). The fourth part is sealed and says whose it is; nothing follows
//! from that but what the holder of a token is told when the user is gone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::error::Result;
use crate::ids::{ClientId, PoolId, Sub};
use crate::secret::Secret;
use crate::store::clients::Client;
use crate::store::sessions::Session;

const HEADER: &str = r#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#;
/// The purpose of the sealed part.
const BEARER: &str = "refresh-token";
/// So long is what is sealed at least, so that lengths tell nothing and are those of Cognito.
const SEALED: usize = 920;

/// A new refresh token of a session: unguessable, for most of it is randomness.
pub(super) fn new(app: &App, session: &Session) -> Result<Secret<String>> {
    let (pool, client, sub) = (&session.pool, &session.client, &session.sub);
    let told = pool.as_str().len() + client.as_str().len() + sub.as_str().len();
    let filling = " ".repeat(SEALED.saturating_sub(told));
    let bearer = (pool.as_str(), client.as_str(), sub.as_str(), filling);
    let random = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let parts = [
        URL_SAFE_NO_PAD.encode(HEADER),
        random(&app.rng.bytes::<256>()?),
        random(&app.rng.bytes::<12>()?),
        app.vault.seal_token(BEARER, &bearer)?,
        random(&app.rng.bytes::<16>()?),
    ];
    Ok(Secret::new(parts.join(".")))
}

/// Whose token a text is, if we gave it to this client. It says nothing about whether it still holds.
pub(super) fn bearer(app: &App, client: &Client, token: &Secret<String>) -> Option<Sub> {
    let sealed = token.expose().split('.').nth(3)?;
    let (pool, id, sub, _): (String, String, String, String) =
        app.vault.open_token(BEARER, sealed)?;
    let ours = PoolId::parse(pool).ok()? == client.pool && ClientId::parse(id).ok()? == client.id;
    ours.then(|| Sub::parse(sub).ok()).flatten()
}
