//! What the tests share: a real server in this process, its clock, mail and database.

pub mod authenticator;
pub mod browser;
pub mod database;
pub mod envelope;
pub mod forgeries;
pub mod house;
pub mod jwk;
pub mod model;
pub mod server;
mod slots;
pub mod srp_client;

pub use server::{Answer, Server};
