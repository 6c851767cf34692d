//! What people do with their own accounts.

pub mod change_password;
pub mod confirm_forgot_password;
pub mod confirm_sign_up;
pub mod forgot_password;
pub mod resend_confirmation_code;
pub mod sign_up;
