//! The rules: what Cognito does, with no SQL, no HTTP and no wire types.

pub mod access;
pub mod hooks;
pub mod srp;
