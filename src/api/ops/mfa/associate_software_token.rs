//! AssociateSoftwareToken: a new secret for an authenticator app.

use serde::{Deserialize, Serialize};

use crate::domain::challenge::{self, Face};
use crate::domain::mfa::software_token;
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, TokenOrSession};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Option<Secret<String>>,
    #[expect(dead_code, reason = "the caller was admitted by it")]
    session: Option<Secret<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    secret_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

/// # Errors: those of an access token or a session, InvalidParameter (neither),
/// SoftwareTokenMFANotFound
pub async fn associate_software_token(
    call: Call<TokenOrSession>,
    _req: Request,
) -> Result<Response> {
    let (app, actor) = (&call.app, &call.actor);
    let (secret, session) = match &call.caller {
        TokenOrSession::Token(who) => (software_token::associate(app, actor, who).await?, None),
        TokenOrSession::Session(session) => {
            let begun = challenge::associate(app, actor, Face::Api, session).await?;
            (begun.secret, Some(begun.session))
        }
    };
    Ok(Response {
        secret_code: secret.expose().clone(),
        session,
    })
}
