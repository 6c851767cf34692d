//! User pools.

pub mod add_custom_attributes;
pub mod create_user_pool;
pub mod delete_user_pool;
pub mod describe_user_pool;
pub mod get_user_pool_mfa_config;
pub mod list_tags_for_resource;
pub mod list_user_pools;
pub mod set_user_pool_mfa_config;
mod settings;
mod shape;
pub mod tag_resource;
pub mod untag_resource;
pub mod update_user_pool;
