//! The public model as an oracle: its own reading of the data files, with none of the server's code,
//! so that a fault in the validator cannot hide itself.
//!
//! - [`check_output`] holds an answer against the output shape or the modelled errors.
//! - [`maximal_request`] fills in every member of an input shape with a valid value.
//! - [`negatives`] are all the requests that break one fact each; [`limits`] the ones that just do not.
//! - [`ignored_members`] are the members that an operation's request type does not read.

mod ignored;
mod maximal;
mod negatives;
mod output;
mod samples;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

pub use ignored::ignored_members;
pub use maximal::{maximal_request, member_paths};
pub use negatives::{limits, negatives};
pub use output::check_output;

/// The facts of one service.
#[derive(Deserialize)]
pub struct Facts {
    pub operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

/// The facts of one operation.
#[derive(Deserialize)]
pub struct Operation {
    input: String,
    output: Option<String>,
    errors: Vec<String>,
}

#[derive(Deserialize)]
struct Shape {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    members: BTreeMap<String, String>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    element: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: String,
    min: Option<i64>,
    max: Option<i64>,
    pattern: Option<String>,
    #[serde(default, rename = "enum")]
    allowed: Vec<String>,
    #[serde(default)]
    document: bool,
}

static IDP: LazyLock<Facts> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../src/api/constraints.json")).unwrap()
});
static IDENTITY: LazyLock<Facts> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../src/identity/constraints.json")).unwrap()
});
static KMS: LazyLock<Facts> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../src/kms/constraints.json")).unwrap()
});

/// What a service calls a request that breaks its model.
pub fn invalid(service: &str) -> &'static str {
    match service {
        "kms" => "ValidationException",
        _ => "InvalidParameterException",
    }
}

/// The facts of `cognito-idp`, `cognito-identity` or `kms`.
pub fn facts(service: &str) -> &'static Facts {
    match service {
        "cognito-idp" => &IDP,
        "cognito-identity" => &IDENTITY,
        "kms" => &KMS,
        other => panic!("no service {other}"),
    }
}

impl Facts {
    fn shape(&self, name: &str) -> &Shape {
        self.shapes
            .get(name)
            .unwrap_or_else(|| panic!("no shape {name}"))
    }

    fn operation(&self, name: &str) -> &Operation {
        self.operations
            .get(name)
            .unwrap_or_else(|| panic!("no operation {name}"))
    }

    fn input(&self, operation: &str) -> &Shape {
        self.shape(&self.operation(operation).input)
    }
}

impl Shape {
    fn is_number(&self) -> bool {
        matches!(self.kind.as_str(), "integer" | "long")
    }
}
