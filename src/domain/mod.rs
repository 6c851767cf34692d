//! The rules: what Cognito does, with no SQL, no HTTP and no wire types.

pub mod access;
pub mod challenge;
pub mod hooks;
pub mod keys;
pub mod refresh;
pub mod revocation;
pub mod sessions;
pub mod tokens;
