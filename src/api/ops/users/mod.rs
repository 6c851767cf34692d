//! Users of a pool.

pub mod list_users;
