//! The rules: what Cognito does, with no SQL, no HTTP and no wire types.

pub mod access;
pub mod clients;
pub mod groups;
pub mod hooks;
pub mod paging;
pub mod pools;
pub mod resource_servers;
pub mod srp;
