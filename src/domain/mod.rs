//! The rules: what Cognito does, with no SQL, no HTTP and no wire types.

pub mod access;
pub mod challenge;
pub mod claims;
pub mod clients;
mod complete;
pub mod groups;
pub mod hooks;
pub mod keys;
pub mod lockout;
pub mod paging;
pub mod password;
pub mod phantoms;
pub mod pools;
pub mod records;
pub mod refresh;
pub mod reset;
pub mod resource_servers;
pub mod revocation;
pub mod sessions;
pub mod srp;
pub mod tokens;
pub mod usernames;
