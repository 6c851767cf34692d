//! Passkeys of the signed-in user.

pub mod complete_web_authn_registration;
pub mod delete_web_authn_credential;
pub mod list_web_authn_credentials;
pub mod start_web_authn_registration;
