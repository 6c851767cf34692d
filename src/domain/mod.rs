//! The rules: what Cognito does, with no SQL, no HTTP and no wire types.

pub mod access;
pub mod attributes;
pub mod challenge;
pub mod clients;
pub mod codes;
pub mod contacts;
pub mod delivery;
pub mod existence;
pub mod groups;
pub mod hooks;
pub mod keys;
pub mod limits;
pub mod messages;
pub mod oauth;
pub mod paging;
pub mod password;
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
