//! The shapes of the model: parsed from the embedded data and linked into trees.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::OperationFacts;
use super::pattern::Pattern;

/// What kind of value a shape describes.
#[derive(Debug)]
pub(super) enum Kind {
    /// A JSON object with known members, sorted by name.
    Structure(Vec<Member>),
    /// A JSON array.
    List(Arc<Shape>),
    /// A JSON object with free keys.
    Map { key: Arc<Shape>, value: Arc<Shape> },
    /// Inline JSON that the model does not describe: any object.
    Document,
    /// A JSON string.
    String,
    /// A JSON string holding base64.
    Blob,
    /// A JSON number: 32 bits, whole.
    Integer,
    /// A JSON number: 64 bits, whole.
    Long,
    /// A JSON boolean.
    Boolean,
    /// A JSON number: seconds since the epoch.
    Timestamp,
}

/// One member of a structure.
#[derive(Debug)]
pub(super) struct Member {
    pub name: &'static str,
    pub required: bool,
    pub shape: Arc<Shape>,
}

/// A shape with its constraints.
#[derive(Debug)]
pub(super) struct Shape {
    pub kind: Kind,
    /// Least length, or least value of a number.
    pub min: Option<i64>,
    /// Greatest length, or greatest value of a number.
    pub max: Option<i64>,
    pub pattern: Option<Arc<Pattern>>,
    /// The allowed values; empty when any will do.
    pub allowed: Vec<&'static str>,
    /// This shape, or one it contains, is sensitive: its values are never shown.
    pub concealed: bool,
}

impl Shape {
    /// Whether values are single: neither structure, list nor map.
    pub fn is_scalar(&self) -> bool {
        !matches!(
            self.kind,
            Kind::Structure(_) | Kind::List(_) | Kind::Map { .. } | Kind::Document
        )
    }

    /// See [`super::Model::strip_nulls`].
    pub fn strip_nulls(&self, value: &mut Value) {
        match (&self.kind, value) {
            (Kind::Structure(members), Value::Object(object)) => {
                for member in members {
                    match object.get_mut(member.name) {
                        Some(Value::Null) => drop(object.remove(member.name)),
                        Some(inner) => member.shape.strip_nulls(inner),
                        None => {}
                    }
                }
            }
            (Kind::List(element), Value::Array(elements)) => {
                for inner in elements {
                    element.strip_nulls(inner);
                }
            }
            (Kind::Map { value: shape, .. }, Value::Object(entries)) => {
                entries.retain(|_, inner| !inner.is_null());
                for inner in entries.values_mut() {
                    shape.strip_nulls(inner);
                }
            }
            _ => {}
        }
    }
}

#[derive(Deserialize)]
struct RawModel<'a> {
    #[serde(borrow)]
    operations: BTreeMap<&'a str, RawOperation<'a>>,
    #[serde(borrow)]
    shapes: BTreeMap<&'a str, RawShape<'a>>,
}

#[derive(Deserialize)]
struct RawOperation<'a> {
    input: &'a str,
    output: Option<&'a str>,
    #[serde(borrow)]
    errors: Vec<&'a str>,
    #[serde(default)]
    unsigned: bool,
}

#[derive(Deserialize)]
struct RawShape<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow, default)]
    members: BTreeMap<&'a str, &'a str>,
    #[serde(borrow, default)]
    required: Vec<&'a str>,
    #[serde(default)]
    element: Option<&'a str>,
    #[serde(default)]
    key: Option<&'a str>,
    #[serde(default)]
    value: Option<&'a str>,
    min: Option<i64>,
    max: Option<i64>,
    /// Owned: patterns hold backslashes, which JSON escapes.
    pattern: Option<String>,
    #[serde(borrow, default, rename = "enum")]
    allowed: Vec<&'a str>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    document: bool,
}

/// Reads a `constraints.json`.
pub(super) fn operations(
    text: &'static str,
) -> Result<HashMap<&'static str, OperationFacts>, String> {
    let raw: RawModel<'static> = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let mut linker = Linker {
        raw: &raw.shapes,
        done: HashMap::new(),
        patterns: HashMap::new(),
    };
    let mut operations = HashMap::with_capacity(raw.operations.len());
    for (name, operation) in raw.operations {
        let facts = OperationFacts {
            unsigned: operation.unsigned,
            has_output: operation.output.is_some(),
            errors: operation.errors,
            input: linker.link(operation.input)?,
        };
        operations.insert(name, facts);
    }
    Ok(operations)
}

/// Turns shape names into shared shapes, each made once.
struct Linker<'r> {
    raw: &'r BTreeMap<&'static str, RawShape<'static>>,
    /// `None` while a shape is being made: meeting it again is a cycle.
    done: HashMap<&'static str, Option<Arc<Shape>>>,
    patterns: HashMap<String, Arc<Pattern>>,
}

impl Linker<'_> {
    fn link(&mut self, name: &'static str) -> Result<Arc<Shape>, String> {
        match self.done.get(name) {
            Some(Some(shape)) => return Ok(Arc::clone(shape)),
            Some(None) => return Err(format!("{name} contains itself")),
            None => drop(self.done.insert(name, None)),
        }
        let raw = self
            .raw
            .get(name)
            .ok_or_else(|| format!("no shape {name}"))?;
        let kind = self.kind(raw).map_err(|e| format!("{name}: {e}"))?;
        let shape = Arc::new(Shape {
            concealed: raw.sensitive || contains_concealed(&kind),
            kind,
            min: raw.min,
            max: raw.max,
            pattern: raw.pattern.as_deref().map(|text| self.pattern(text)),
            allowed: raw.allowed.clone(),
        });
        self.done.insert(name, Some(Arc::clone(&shape)));
        Ok(shape)
    }

    fn kind(&mut self, raw: &RawShape<'static>) -> Result<Kind, String> {
        Ok(match raw.kind {
            "structure" if raw.document => Kind::Document,
            "structure" => {
                let members = raw.members.iter().map(|(&name, &target)| {
                    let required = raw.required.contains(&name);
                    Ok(Member {
                        name,
                        required,
                        shape: self.link(target)?,
                    })
                });
                Kind::Structure(members.collect::<Result<_, String>>()?)
            }
            "list" => Kind::List(self.link(raw.element.ok_or("list without element")?)?),
            "map" => Kind::Map {
                key: self.link(raw.key.ok_or("map without key")?)?,
                value: self.link(raw.value.ok_or("map without value")?)?,
            },
            "string" => Kind::String,
            "blob" => Kind::Blob,
            "integer" => Kind::Integer,
            "long" => Kind::Long,
            "boolean" => Kind::Boolean,
            "timestamp" => Kind::Timestamp,
            other => return Err(format!("unknown type {other}")),
        })
    }

    fn pattern(&mut self, text: &str) -> Arc<Pattern> {
        let make = || Arc::new(Pattern::new(text));
        Arc::clone(self.patterns.entry(text.to_owned()).or_insert_with(make))
    }
}

fn contains_concealed(kind: &Kind) -> bool {
    match kind {
        Kind::Structure(members) => members.iter().any(|member| member.shape.concealed),
        Kind::List(element) => element.concealed,
        Kind::Map { key, value } => key.concealed || value.concealed,
        _ => false,
    }
}
