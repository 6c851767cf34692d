//! Integration tests: one binary, on SQLite, and on PostgreSQL when `POOLHOUSE_TEST_DATABASE` names
//! a server.

mod api;
mod architecture;
mod controls;
mod docs;
mod mailbox;
mod model;
mod store;
mod support;
mod wire;
