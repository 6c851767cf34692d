//! User pools.

pub mod create_user_pool;
pub mod delete_user_pool;
pub mod describe_user_pool;
pub mod get_user_pool_mfa_config;
pub mod list_user_pools;
pub mod set_user_pool_mfa_config;
mod settings;
mod shape;
pub mod update_user_pool;
