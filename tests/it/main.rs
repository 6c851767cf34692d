//! Integration tests: one binary, on SQLite, and on PostgreSQL when `POOLHOUSE_TEST_DATABASE` names
//! a server.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is shared by tests lies outside test functions and fails the test all the same"
)]
#![expect(
    clippy::pedantic,
    clippy::assigning_clones,
    clippy::disallowed_methods,
    reason = "style lints are for what ships; a test server runs on a task of its own"
)]

mod api;
mod architecture;
mod controls;
mod docs;
mod entrance;
mod exposure;
mod http2;
mod kms;
mod mailbox;
mod matrix;
mod model;
mod oidc;
mod store;
mod support;
mod tls;
mod triggers;
mod walk;
mod web;
mod wire;
