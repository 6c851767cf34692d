//! One operation, one file: request, response, translation to the domain and back.

pub mod account;
pub mod auth;
pub mod branding;
pub mod clients;
pub mod devices;
pub mod domains;
pub mod groups;
pub mod mfa;
pub mod passkeys;
pub mod pools;
pub mod resource_servers;
pub mod risk;
pub mod sessions;
pub mod terms;
pub mod users;
