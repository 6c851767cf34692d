//! The user pools API, operation by operation.

mod list_users;
mod pools;
