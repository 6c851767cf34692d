//! The look of the pages.

pub mod create_managed_login_branding;
pub mod delete_managed_login_branding;
pub mod describe_managed_login_branding;
pub mod describe_managed_login_branding_by_client;
pub mod get_ui_customization;
pub mod set_ui_customization;
mod shape;
pub mod update_managed_login_branding;
