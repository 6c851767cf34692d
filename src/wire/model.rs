//! The facts of the public service model, and the one validator driven by them.
//!
//! A request body is checked against its input shape before any handler sees it: first that every
//! member has the right JSON type, then every constraint, all violations in one message in the
//! service's own wording. The facts are data (`constraints.json`, one file per service, written by
//! `tools/model.py`); nothing here knows an operation by name.
//!
//! Each service is parsed once, on the first request that needs it, so that start-up pays nothing;
//! patterns are compiled on first use.
//!
//! Source: the public model of botocore 1.44.5; api.md 1.2, 1.3, 1.6 of the project's reference.

mod check;
mod pattern;
mod print;
mod shape;
#[cfg(test)]
mod tests;
mod wording;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use serde_json::Value;

use shape::Shape;

/// Why a request body was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A member has the wrong JSON type (`SerializationException`).
    Serialization(String),
    /// Constraints are violated: the full `N validation error(s) detected: ...` text.
    Invalid(String),
}

/// What the model says about one operation, apart from its shapes.
#[derive(Debug)]
pub struct OperationFacts {
    /// The operation is called without a `SigV4` signature (`authtype: none`).
    pub unsigned: bool,
    /// A success has a JSON body; without one the body is empty (api.md 1.2).
    pub has_output: bool,
    /// The exception names the model lists for the operation, sorted.
    pub errors: Vec<&'static str>,
    input: Arc<Shape>,
}

/// The model of one service.
#[derive(Debug, Default)]
pub struct Model {
    operations: HashMap<&'static str, OperationFacts>,
}

static IDP: LazyLock<Model> = LazyLock::new(|| load(include_str!("../api/constraints.json")));
static IDENTITY: LazyLock<Model> =
    LazyLock::new(|| load(include_str!("../identity/constraints.json")));
static KMS: LazyLock<Model> = LazyLock::new(|| load(include_str!("../kms/constraints.json")));

fn load(text: &'static str) -> Model {
    #[expect(
        clippy::expect_used,
        reason = "the data is compiled in and a unit test loads every file"
    )]
    let operations = shape::operations(text).expect("the embedded model is well-formed");
    Model { operations }
}

/// The model of `cognito-idp`.
pub fn idp() -> &'static Model {
    &IDP
}

/// The model of `cognito-identity`.
pub fn identity() -> &'static Model {
    &IDENTITY
}

/// The model of `kms`.
pub fn kms() -> &'static Model {
    &KMS
}

impl Model {
    /// The facts of an operation; `None` when the service has no such operation.
    pub fn operation(&self, name: &str) -> Option<&OperationFacts> {
        self.operations.get(name)
    }

    /// The names of all operations, sorted.
    pub fn operation_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.operations.keys().copied().collect();
        names.sort_unstable();
        names
    }

    /// Checks a request body against the operation's input shape.
    ///
    /// `null` counts as absent and unknown members are ignored, as on AWS.
    ///
    /// # Errors
    /// `Serialization` for a wrong JSON type anywhere (it wins over violated constraints, for the
    /// service parses the whole body first), else `Invalid` with every violation.
    pub fn check(&self, operation: &str, body: &Value) -> Result<(), Refused> {
        let Some(facts) = self.operation(operation) else {
            return Err(Refused::Serialization(format!(
                "{operation} is not modelled"
            )));
        };
        check::input(&facts.input, body)
    }

    /// Removes the `null` members and map entries of a request body, so that `null` means absent to
    /// whatever reads it next. Documents and unknown members are left alone.
    pub fn strip_nulls(&self, operation: &str, body: &mut Value) {
        if let Some(facts) = self.operation(operation) {
            facts.input.strip_nulls(body);
        }
    }
}
