//! Terms of use and privacy policies.

pub mod create_terms;
pub mod delete_terms;
pub mod describe_terms;
pub mod describe_terms_by_client;
pub mod list_terms;
mod shape;
pub mod update_terms;
