//! One operation, one file: request, response, translation to the domain and back.

pub mod account;
pub mod pools;
pub mod users;
