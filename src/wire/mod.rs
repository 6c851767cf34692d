//! The AWS JSON 1.1 protocol shared by `cognito-idp`, `cognito-identity` and `kms`: reading a request,
//! admitting its caller, running its operation, writing the answer (api.md 1).

pub mod call;
pub mod cors;
pub mod dispatch;
pub mod json;
pub mod model;
pub mod operation;
pub mod scope;
