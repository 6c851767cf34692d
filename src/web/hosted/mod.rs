//! The hosted pages of a pool's domain.
//!
//! Every page serves an authorization request: its query is carried from page to page as it came,
//! and checked at each of them as authorize checks it. The pages call the same rules as the API.

mod add_passkey;
mod asked;
mod choose_account;
mod choose_factor;
mod confirm;
mod confirm_user;
mod csrf;
mod feedback;
mod first_code;
mod first_factor;
mod first_password;
mod forgot_password;
mod kept;
mod login;
mod logout;
pub(in crate::web) mod look;
mod new_password;
mod page;
mod passkey;
mod passkeys_entry;
mod plain;
mod remember_device;
mod reset_password;
mod second_factor;
mod set_up_app;
mod set_up_contact;
mod sign_up;
mod step;
pub mod views;

use std::sync::Arc;

use aws_lc_rs::digest::SHA256;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Router, middleware};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;

/// The pages, at their paths on a domain.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/login", get(login::show).post(login::submit))
        .route(
            "/login/account",
            get(choose_account::show).post(choose_account::submit),
        )
        .route(
            "/login/choose",
            get(first_factor::show).post(first_factor::choose),
        )
        .route(
            "/login/password",
            get(first_password::show).post(first_password::submit),
        )
        .route(
            "/login/code",
            get(first_code::show).post(first_code::submit),
        )
        .route(
            "/login/code/resend",
            get(first_code::show).post(first_code::resend),
        )
        .route("/signup", get(sign_up::show).post(sign_up::submit))
        .route("/confirm", get(confirm::show).post(confirm::submit))
        .route(
            "/confirmUser",
            get(confirm_user::show).post(confirm_user::submit),
        )
        .route(
            "/authEventFeedback",
            get(feedback::show).post(feedback::submit),
        )
        .route("/resendcode", get(confirm::show).post(confirm::resend))
        .route(
            "/forgotPassword",
            get(forgot_password::show).post(forgot_password::submit),
        )
        .route(
            "/confirmforgotPassword",
            get(reset_password::show).post(reset_password::submit),
        )
        .route(
            "/changePassword",
            get(new_password::show).post(new_password::submit),
        )
        .route("/mfa", get(second_factor::show).post(second_factor::submit))
        .route(
            "/mfa/resend",
            get(second_factor::show).post(second_factor::resend),
        )
        .route(
            "/mfa/choose",
            get(choose_factor::show).post(choose_factor::submit),
        )
        .route("/mfa/app", get(set_up_app::show).post(set_up_app::submit))
        .route(
            "/mfa/email",
            get(set_up_contact::show).post(set_up_contact::submit),
        )
        .route(
            "/mfa/phone",
            get(set_up_contact::show).post(set_up_contact::submit),
        )
        .route(
            "/device",
            get(remember_device::show).post(remember_device::submit),
        )
        .route("/passkey", get(passkey::show).post(passkey::submit))
        .route("/passkey/begin", get(login::show).post(passkey::begin))
        .route(
            "/passkey/add",
            get(add_passkey::show).post(add_passkey::submit),
        )
        .route(
            "/passkeys/add",
            get(passkeys_entry::show).post(passkeys_entry::submit),
        )
        .route("/logout", get(logout::get).post(logout::post))
        .route("/error", get(plain::error))
        .layer(DefaultBodyLimit::max(page::FORM_LIMIT))
}

/// Turns the plain pages that endpoints ask for into HTML.
pub fn plain_pages(routes: Router<Arc<App>>) -> Router<Arc<App>> {
    routes.layer(middleware::map_response(plain::render))
}

/// What a form token and a step hold of the query.
fn digest(query: &str) -> String {
    URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&SHA256, query.as_bytes()))
}
