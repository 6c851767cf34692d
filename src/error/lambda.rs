//! Errors of Lambda triggers. A trigger is named as its slot of `LambdaConfig`.
//!
//! Source: the Cognito developer guide, "Customizing user pool workflows with Lambda triggers", and
//! messages of real pools.

use super::{Code, Error, Reason};

/// The longest text of a function that is passed on, in characters.
const LONGEST: usize = 4096;

/// What triggers refuse with.
impl Error {
    /// `{trigger} failed with error {text}.`: the full stop is always added.
    pub fn trigger_refused(trigger: &str, text: &str) -> Self {
        let text: String = text.chars().take(LONGEST).collect();
        Self::new(
            Code::UserLambdaValidation,
            format!("{trigger} failed with error {text}."),
        )
        .because(Reason::Trigger)
    }

    /// `{trigger} invocation failed due to error {name}.`
    pub fn trigger_not_invoked(trigger: &str, name: &str) -> Self {
        Self::new(
            Code::UnexpectedLambda,
            format!("{trigger} invocation failed due to error {name}."),
        )
        .because(Reason::Trigger)
    }

    /// `{trigger} invocation failed due to error Socket timeout while invoking Lambda function.`
    pub fn trigger_timeout(trigger: &str) -> Self {
        Self::trigger_not_invoked(trigger, "Socket timeout while invoking Lambda function")
    }

    /// `Invalid lambda function output : Invalid JSON`
    pub fn trigger_output_not_json() -> Self {
        Self::new(
            Code::InvalidLambdaResponse,
            "Invalid lambda function output : Invalid JSON",
        )
        .because(Reason::Trigger)
    }

    /// `Unrecognizable lambda output`
    pub fn trigger_output_unrecognizable() -> Self {
        Self::new(Code::InvalidLambdaResponse, "Unrecognizable lambda output")
            .because(Reason::Trigger)
    }

    /// `Custom auth lambda trigger is not configured for the user pool.`
    pub fn custom_auth_not_configured() -> Self {
        Self::invalid_parameter("Custom auth lambda trigger is not configured for the user pool.")
    }

    /// `Exception migrating user in app client {id}`: also where clients hide who exists.
    pub fn migration_failed(client_id: &str) -> Self {
        Self::new(
            Code::UserNotFound,
            format!("Exception migrating user in app client {client_id}"),
        )
        .because(Reason::Trigger)
    }
}
