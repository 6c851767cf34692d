//! VerifySoftwareToken: the first code of an authenticator app.

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
    user_code: Secret<String>,
    friendly_device_name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

/// # Errors: those of an access token or a session, InvalidParameter (neither),
/// SoftwareTokenMFANotFound, EnableSoftwareTokenMFA
pub async fn verify_software_token(call: Call<TokenOrSession>, req: Request) -> Result<Response> {
    let (app, actor) = (&call.app, &call.actor);
    let code = (
        req.user_code.expose().as_str(),
        req.friendly_device_name.as_deref(),
    );
    let session = match &call.caller {
        TokenOrSession::Token(who) => {
            software_token::verify(app, actor, who, code).await?;
            None
        }
        TokenOrSession::Session(session) => {
            Some(challenge::verify(app, actor, Face::Api, session, code).await?)
        }
    };
    Ok(Response {
        status: "SUCCESS",
        session,
    })
}
