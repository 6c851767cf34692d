//! ListWebAuthnCredentials: the oldest passkey first.

use serde::{Deserialize, Serialize};

use crate::domain::paging::Ask;
use crate::domain::passkeys;
use crate::error::Result;
use crate::secret::Secret;
use crate::store::passkeys::Passkey;
use crate::time::EpochSeconds;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Secret<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// `WebAuthnCredentialDescription`.
#[expect(clippy::struct_field_names, reason = "the names of the API")]
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Credential {
    credential_id: String,
    friendly_credential_name: &'static str,
    relying_party_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticator_attachment: Option<String>,
    authenticator_transports: Vec<String>,
    created_at: EpochSeconds,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    credentials: Vec<Credential>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl From<Passkey> for Credential {
    fn from(passkey: Passkey) -> Self {
        let name = passkeys::friendly_name(&passkey.aaguid, passkey.attachment.as_deref());
        Self {
            credential_id: passkey.id,
            friendly_credential_name: name,
            relying_party_id: passkey.rp_id,
            authenticator_attachment: passkey.attachment,
            authenticator_transports: passkey.transports,
            created_at: passkey.created.into(),
        }
    }
}

/// # Errors: those of an access token, InvalidParameter (page token)
pub async fn list_web_authn_credentials(call: Call<Token>, req: Request) -> Result<Response> {
    let ask = Ask {
        limit: req.max_results,
        token: req.next_token,
    };
    let page = passkeys::list(&call.app, &call.caller.0, &ask).await?;
    let page = page.map(Credential::from);
    Ok(Response {
        credentials: page.items,
        next_token: page.next,
    })
}
