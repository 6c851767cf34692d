//! GlobalSignOut: a user ends all own sign-ins.

use crate::api::shapes::{Empty, SignedInRequest};
use crate::domain::revocation;
use crate::error::Result;
use crate::wire::call::{Call, Token};

/// # Errors: those of an access token
pub async fn global_sign_out(call: Call<Token>, _req: SignedInRequest) -> Result<Empty> {
    let user = &call.caller.0.user;
    revocation::sign_out_user(&call.app, &call.actor, &user.pool, &user.sub, call.act).await?;
    Ok(Empty {})
}
