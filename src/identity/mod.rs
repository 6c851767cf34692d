//! The identity pools API (`cognito-identity`): same form, same dispatch as `api`.

pub mod operations;

use crate::error::Code;
use crate::wire::model;
use crate::wire::operation::Service;

/// The service as the dispatcher sees it.
pub static SERVICE: Service = Service {
    target_prefix: "AWSCognitoIdentityService",
    invalid: Code::Validation,
    internal: Code::Internal,
    operations: operations::OPERATIONS,
    model: model::identity,
};
