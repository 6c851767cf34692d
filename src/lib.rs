//! Poolhouse: Amazon Cognito user pools in your own house.

pub mod domain;
pub mod text;
pub mod web;
pub mod wire;
