//! The walk over a request body.
//!
//! Constraints on the elements of a list or on the keys and values of a map are reported once for
//! the whole collection, with every constraint of the element: `Map value must satisfy constraint:
//! [Member must have length less than or equal to 50000, Member must have length greater than or
//! equal to 1]`. Structures in collections are reported one by one, at `userAttributes.1.member.name`.
//!
//! Lengths of strings count Unicode scalar values, which is what the model's `length` trait says
//! and what SDKs check; lengths of blobs count decoded bytes.

use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Number, Value};

use super::Refused;
use super::print::{cut, subject};
use super::shape::{Kind, Member, Shape};
use super::wording::{
    NOT_NULL, at_least, at_most, enumerated, every_constraint, mistyped, patterned,
};

/// The most violations that a message spells out; its count is always of all.
///
/// Differs from AWS: an answer must not grow with the request.
const MOST_PARTS: usize = 100;
/// The most characters of a map key that a path repeats.
const LONGEST_KEY: usize = 128;

/// Checks a whole request body.
pub(super) fn input(shape: &Shape, body: &Value) -> Result<(), Refused> {
    let mut found = Violations::default();
    found
        .value(shape, &Path::Body, body)
        .map_err(Refused::Serialization)?;
    found.into_result()
}

/// A wrong JSON type, as the text of a `SerializationException`.
type Mistyped = String;

#[derive(Default)]
struct Violations {
    count: usize,
    parts: Vec<String>,
}

impl Violations {
    fn into_result(self) -> Result<(), Refused> {
        let (count, plural) = match self.count {
            0 => return Ok(()),
            1 => (1, ""),
            many => (many, "s"),
        };
        let parts = self.parts.join("; ");
        Err(Refused::Invalid(format!(
            "{count} validation error{plural} detected: {parts}"
        )))
    }

    fn add(&mut self, (shape, value): (&Shape, &Value), path: &Path<'_>, constraint: &str) {
        self.count += 1;
        if self.parts.len() < MOST_PARTS {
            let subject = subject(shape, value);
            let part = format!("{subject} at '{path}' failed to satisfy constraint: {constraint}");
            self.parts.push(part);
        }
    }

    fn value(&mut self, shape: &Shape, path: &Path<'_>, value: &Value) -> Result<(), Mistyped> {
        match (&shape.kind, value) {
            (Kind::Structure(members), Value::Object(object)) => {
                self.members(members, path, object)
            }
            (Kind::List(element), Value::Array(elements)) => {
                self.length(shape, path, value, elements.len());
                self.elements((shape, value), element, path, elements)
            }
            (Kind::Map { .. }, Value::Object(entries)) => {
                self.length(shape, path, value, entries.len());
                self.entries((shape, value), path, entries)
            }
            (Kind::Document, Value::Object(_)) => Ok(()),
            _ => {
                for constraint in violated(shape, value)? {
                    self.add((shape, value), path, &constraint);
                }
                Ok(())
            }
        }
    }

    fn length(&mut self, shape: &Shape, path: &Path<'_>, value: &Value, length: usize) {
        for constraint in bounds(shape, "length", i64::try_from(length).unwrap_or(i64::MAX)) {
            self.add((shape, value), path, &constraint);
        }
    }

    fn members(
        &mut self,
        members: &[Member],
        path: &Path<'_>,
        object: &Map<String, Value>,
    ) -> Result<(), Mistyped> {
        for member in members {
            let path = Path::Member(path, member.name);
            match object.get(member.name) {
                None | Some(Value::Null) if member.required => {
                    self.add((&member.shape, &Value::Null), &path, NOT_NULL);
                }
                None | Some(Value::Null) => {}
                Some(value) => self.value(&member.shape, &path, value)?,
            }
        }
        Ok(())
    }

    fn elements(
        &mut self,
        list: (&Shape, &Value),
        element: &Shape,
        path: &Path<'_>,
        elements: &[Value],
    ) -> Result<(), Mistyped> {
        let mut violated_by_any = false;
        for (at, value) in elements.iter().enumerate() {
            let inner = Path::Element(path, at + 1);
            if value.is_null() {
                self.add((element, value), &inner, NOT_NULL);
            } else if element.is_scalar() {
                violated_by_any |= !violated(element, value)?.is_empty();
            } else {
                self.value(element, &inner, value)?;
            }
        }
        if violated_by_any {
            self.add(list, path, &every_constraint("Member", element));
        }
        Ok(())
    }

    fn entries(
        &mut self,
        map: (&Shape, &Value),
        path: &Path<'_>,
        entries: &Map<String, Value>,
    ) -> Result<(), Mistyped> {
        let Kind::Map {
            key: key_shape,
            value: value_shape,
        } = &map.0.kind
        else {
            return Ok(());
        };
        let (mut violated_by_key, mut violated_by_value) = (false, false);
        for (key, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
            violated_by_key |= !text_violations(key_shape, key).is_empty();
            if value_shape.is_scalar() {
                violated_by_value |= !violated(value_shape, value)?.is_empty();
            } else {
                let key = if map.0.concealed {
                    "*"
                } else {
                    cut(key, LONGEST_KEY)
                };
                self.value(value_shape, &Path::Entry(path, key), value)?;
            }
        }
        if violated_by_key {
            self.add(map, path, &every_constraint("Map keys", key_shape));
        }
        if violated_by_value {
            self.add(map, path, &every_constraint("Map value", value_shape));
        }
        Ok(())
    }
}

/// Where in the body a value is; written out only for a violation.
enum Path<'p> {
    Body,
    Member(&'p Self, &'p str),
    /// Counted from one.
    Element(&'p Self, usize),
    Entry(&'p Self, &'p str),
}

impl fmt::Display for Path<'_> {
    /// `UserPoolId` is shown as `userPoolId`, `SMSMfaSettings` as `sMSMfaSettings`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => Ok(()),
            Self::Member(Self::Body, name) => camel(name, f),
            Self::Member(within, name) => {
                write!(f, "{within}.")?;
                camel(name, f)
            }
            Self::Element(within, at) => write!(f, "{within}.{at}.member"),
            Self::Entry(within, key) => write!(f, "{within}.{key}.member"),
        }
    }
}

fn camel(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut chars = name.chars();
    if let Some(first) = chars.next() {
        f.write_char(first.to_ascii_lowercase())?;
    }
    f.write_str(chars.as_str())
}

/// The constraints that a value of a scalar shape violates.
fn violated(shape: &Shape, value: &Value) -> Result<Vec<String>, Mistyped> {
    match (&shape.kind, value) {
        (Kind::String, Value::String(text)) => Ok(text_violations(shape, text)),
        (Kind::Blob, Value::String(text)) => {
            let bytes = STANDARD
                .decode(text)
                .map_err(|_| "Blobs must be base64".to_owned())?;
            Ok(bounds(
                shape,
                "length",
                i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            )
            .collect())
        }
        (Kind::Integer | Kind::Long, Value::Number(number)) => {
            let number = whole(&shape.kind, number).ok_or_else(|| mistyped(&shape.kind, value))?;
            Ok(bounds(shape, "value", number).collect())
        }
        (Kind::Boolean, Value::Bool(_)) | (Kind::Timestamp, Value::Number(_)) => Ok(Vec::new()),
        (kind, value) => Err(mistyped(kind, value)),
    }
}

/// A whole number in the range of its type; fractions are refused even when they are zero.
fn whole(kind: &Kind, number: &Number) -> Option<i64> {
    let number = number.as_i64()?;
    (matches!(kind, Kind::Long) || i32::try_from(number).is_ok()).then_some(number)
}

/// Recorded order: the pattern comes before the length (api.md 1.6).
fn text_violations(shape: &Shape, text: &str) -> Vec<String> {
    let mut violated = Vec::new();
    if !shape.allowed.is_empty() && !shape.allowed.contains(&text) {
        violated.push(enumerated(shape));
    }
    if let Some(pattern) = shape
        .pattern
        .as_deref()
        .filter(|pattern| !pattern.matches(text))
    {
        violated.push(patterned(&pattern.text));
    }
    if shape.min.is_some() || shape.max.is_some() {
        let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        violated.extend(bounds(shape, "length", length));
    }
    violated
}

fn bounds(shape: &Shape, what: &str, size: i64) -> impl Iterator<Item = String> + use<> {
    let most = shape
        .max
        .filter(|&max| size > max)
        .map(|max| at_most(what, max));
    let least = shape
        .min
        .filter(|&min| size < min)
        .map(|min| at_least(what, min));
    most.into_iter().chain(least)
}
