//! Integration tests: one binary, on SQLite, and on PostgreSQL when `POOLHOUSE_TEST_DATABASE` names
//! a server.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is shared by tests lies outside test functions and fails the test all the same"
)]

mod api;
mod architecture;
mod controls;
mod docs;
mod mailbox;
mod model;
mod oidc;
mod store;
mod support;
mod web;
mod wire;
