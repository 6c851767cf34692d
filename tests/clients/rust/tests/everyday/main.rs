//! Everyday work with the AWS SDK for Rust: operations, paginators and errors as types.

mod accounts;
mod admins;
mod groups;
mod resources;
