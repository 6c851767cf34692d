//! The key management API (`kms`): what decrypts the codes of custom senders, on the same port as the
//! other APIs. A handler finds it by `AWS_ENDPOINT_URL_KMS`. Only administrators call it, and it is no
//! help of dev mode: a custom sender needs it wherever it runs (docs/adr/0015).

pub mod operations;
#[expect(missing_docs, reason = "an operation's module doc is its doc")]
pub mod ops;
pub mod shapes;

use crate::error::Code;
use crate::wire::model;
use crate::wire::operation::Service;

/// The service as the dispatcher sees it.
pub static SERVICE: Service = Service {
    target_prefix: "TrentService",
    invalid: Code::Validation,
    internal: Code::KmsInternal,
    operations: operations::OPERATIONS,
    model: model::kms,
};
