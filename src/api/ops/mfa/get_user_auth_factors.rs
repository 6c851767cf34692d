//! GetUserAuthFactors: what the signed-in user can begin a sign-in with, and the second factors.

use super::auth_factors::Response;
use crate::api::shapes::SignedInRequest;
use crate::error::Result;
use crate::wire::call::{Call, Token};

/// # Errors: those of an access token
pub async fn get_user_auth_factors(call: Call<Token>, _req: SignedInRequest) -> Result<Response> {
    let who = call.caller.0;
    Response::of(&call.app, &who.pool, who.user).await
}
