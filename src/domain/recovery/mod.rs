//! The way back into an account: a code to a verified contact, then a new password. The API and the
//! hosted pages call the same functions.

mod confirm;
mod forgot;

pub use confirm::{ConfirmForgot, confirm_forgot};
pub(in crate::domain) use forgot::draft;
pub use forgot::{Forgot, forgot};
