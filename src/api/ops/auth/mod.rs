//! Sign-in, refresh, sign-out, and the signed-in user.

pub mod admin_initiate_auth;
pub mod admin_respond_to_auth_challenge;
pub mod admin_user_global_sign_out;
pub mod get_client_token;
pub mod get_derived_token;
pub mod get_tokens_from_refresh_token;
pub mod get_user;
pub mod global_sign_out;
pub mod initiate_auth;
mod outcome;
pub mod respond_to_auth_challenge;
pub mod revoke_token;
