//! How violations are worded, in the service's own words.
//!
//! Source: recorded answers of both services (api.md 1.6 of the project's reference); the texts for
//! wrong JSON types as recorded from other services of the same front end.

use serde_json::Value;

use super::shape::{Kind, Shape};

pub(super) const NOT_NULL: &str = "Member must not be null";

pub(super) fn at_most(what: &str, max: i64) -> String {
    format!("Member must have {what} less than or equal to {max}")
}

pub(super) fn at_least(what: &str, min: i64) -> String {
    format!("Member must have {what} greater than or equal to {min}")
}

pub(super) fn patterned(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}

pub(super) fn enumerated(shape: &Shape) -> String {
    format!(
        "Member must satisfy enum value set: [{}]",
        shape.allowed.join(", ")
    )
}

/// Every constraint of an element, violated or not.
pub(super) fn every_constraint(whose: &str, shape: &Shape) -> String {
    let what = if matches!(shape.kind, Kind::Integer | Kind::Long) {
        "value"
    } else {
        "length"
    };
    let all: Vec<String> = shape
        .max
        .map(|max| at_most(what, max))
        .into_iter()
        .chain(shape.min.map(|min| at_least(what, min)))
        .chain(
            shape
                .pattern
                .as_deref()
                .map(|pattern| patterned(&pattern.text)),
        )
        .chain((!shape.allowed.is_empty()).then(|| enumerated(shape)))
        .collect();
    format!("{whose} must satisfy constraint: [{}]", all.join(", "))
}

/// What a `SerializationException` says of a value of the wrong JSON type.
pub(super) fn mistyped(wanted: &Kind, found: &Value) -> String {
    let found = match found {
        Value::Array(_) => return "Start of list found where not expected".to_owned(),
        Value::Object(_) => {
            return "Start of structure or map found where not expected.".to_owned();
        }
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
    };
    let wanted = match wanted {
        Kind::List(_) => return "Expected list or null".to_owned(),
        Kind::Map { .. } => return "Expected map or null".to_owned(),
        Kind::Structure(_) | Kind::Document => return "Expected structure or null".to_owned(),
        Kind::String => "a String",
        Kind::Blob => "a Blob",
        Kind::Integer => "an Integer",
        Kind::Long => "a Long",
        Kind::Boolean => "an Boolean",
        Kind::Timestamp => "a Timestamp",
    };
    format!("{found} can not be converted to {wanted}")
}
