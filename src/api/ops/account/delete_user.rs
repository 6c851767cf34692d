//! DeleteUser: a signed-in person leaves.

use crate::api::shapes::SignedInRequest;
use crate::domain::profile;
use crate::error::Result;
use crate::wire::call::{Call, Token};

/// # Errors: those of [`profile::delete`], NotAuthorized (token)
pub async fn delete_user(call: Call<Token>, _req: SignedInRequest) -> Result<()> {
    profile::delete(&call.app, &call.actor, &call.caller.0).await
}
