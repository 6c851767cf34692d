//! The user pools API (`cognito-idp`): a face that translates and holds no rule.

pub mod context;
pub mod operations;
#[expect(missing_docs, reason = "an operation's module doc is its doc")]
pub mod ops;
pub mod shapes;

use crate::error::Code;
use crate::wire::model;
use crate::wire::operation::Service;

/// The service as the dispatcher sees it.
pub static SERVICE: Service = Service {
    target_prefix: "AWSCognitoIdentityProviderService",
    invalid: Code::InvalidParameter,
    internal: Code::Internal,
    operations: operations::OPERATIONS,
    model: model::idp,
};
