//! Facts of the public model.
use serde_json::Value;
/// Facts of one service.
pub struct Model;
/// Why a request does not fit the model.
pub enum Refused {
    /// A wrong JSON type.
    Serialization(String),
    /// Violated constraints.
    Invalid(String),
}
/// Facts of one operation.
pub struct OperationFacts {
    /// Whether an answer has a body.
    pub has_output: bool,
}
static M: Model = Model;
/// `cognito-idp`.
pub fn idp() -> &'static Model {
    &M
}
/// `cognito-identity`.
pub fn identity() -> &'static Model {
    &M
}
impl Model {
    /// Checks a body.
    pub fn check(&self, _: &str, _: &Value) -> Result<(), Refused> {
        Ok(())
    }
    /// The facts of an operation.
    pub fn operation(&self, _: &str) -> Option<&OperationFacts> {
        Some(&OperationFacts { has_output: true })
    }
}
