//! Second factors of users.

pub mod admin_delete_software_token;
pub mod admin_set_user_mfa_preference;
pub mod admin_set_user_settings;
pub mod associate_software_token;
pub mod set_user_mfa_preference;
pub mod set_user_settings;
mod settings;
pub mod verify_software_token;
