//! Groups and their members.

pub mod admin_add_user_to_group;
pub mod admin_list_groups_for_user;
pub mod admin_remove_user_from_group;
pub mod create_group;
pub mod delete_group;
pub mod get_group;
pub mod list_groups;
pub mod list_users_in_group;
mod shape;
pub mod update_group;
