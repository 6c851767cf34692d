//! Poolhouse: Amazon Cognito user pools in your own house.
//!
//! Three faces translate, one domain decides, one store remembers:
//!
//! - [`api`], [`identity`]: the AWS JSON APIs, and of [`kms`] what decrypts a custom sender's codes;
//!   [`wire`] is the protocol they share.
//! - [`oidc`], [`web`]: OAuth2/OIDC endpoints and pages; [`site`] says which pool a request is for.
//! - [`domain`]: every rule, in one place, used by all faces.
//! - [`store`]: SQL and nothing else.
//! - [`cli`], [`config`], [`boot`], [`home`], [`app`], [`server`], [`serve`], [`addresses`],
//!   [`banner`]: how the parts are wired and served. [`entrance`]: where connections come in, and what they
//!   may not do. [`tls`]: https and its certificates.
//! - [`ports`]: the outside world. [`vault`], [`hashing`], [`reservoir`], [`private`]: secrets at
//!   rest. [`signing`]: tokens. [`jobs`]: work that outlives its request.
//! - [`settings`]: what pools and clients are configured to be, in AWS's shapes.
//! - [`error`], [`ids`], [`secret`], [`text`], [`time`]: the vocabulary.
//!
//! `tests/it/architecture.rs` holds the table of who may use whom.

pub mod addresses;
pub mod api;
pub mod app;
pub mod banner;
pub mod boot;
pub mod cli;
pub mod config;
pub mod domain;
pub mod entrance;
pub mod error;
pub mod hashing;
pub mod home;
pub mod identity;
pub mod ids;
pub mod jobs;
pub mod kms;
pub mod oidc;
pub mod ports;
pub mod private;
pub mod reservoir;
pub mod secret;
pub mod serve;
pub mod server;
pub mod settings;
pub mod signing;
pub mod site;
pub mod store;
pub mod text;
pub mod time;
pub mod tls;
pub mod turns;
pub mod vault;
pub mod web;
pub mod wire;
