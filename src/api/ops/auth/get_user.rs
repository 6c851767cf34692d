//! GetUser: who is signed in, with the attributes that the token's client may read.

use serde::Serialize;

use crate::api::shapes::{AttributeType, MfaShown, SignedInRequest, attributes};
use crate::domain::attributes::readable;
use crate::error::Result;
use crate::store::users::User;
use crate::wire::call::{Call, Token};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    username: String,
    user_attributes: Vec<AttributeType>,
    #[serde(flatten)]
    mfa: MfaShown,
}

/// # Errors: those of an access token
pub async fn get_user(call: Call<Token>, _req: SignedInRequest) -> Result<Response> {
    let signed_in = call.caller.0;
    let shown = User {
        attributes: readable(&signed_in.client, &signed_in.user),
        ..signed_in.user
    };
    Ok(Response {
        user_attributes: attributes(&shown),
        username: shown.username,
        mfa: shown.mfa.into(),
    })
}
