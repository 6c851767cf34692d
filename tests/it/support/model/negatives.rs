//! Every request that breaks one fact of the model, and the ones that only just do not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::maximal::{escaped, maximal_request, value};
use super::{Facts, Shape, facts, samples};

/// A request with one fault.
pub struct Negative {
    /// The body to send.
    pub body: Value,
    /// What is wrong, for messages: the place and the fault.
    pub what: String,
    /// The exception that is due.
    pub error: &'static str,
}

const MISTYPED: &str = "SerializationException";
const INVALID: &str = "InvalidParameterException";

/// All deterministic faults of an operation's input, at every depth: missing, null, of every wrong
/// JSON type, too short, too long, off pattern, outside the enum, too small, too great, too many or
/// too few elements or entries, and the same for elements, keys and values.
pub fn negatives(service: &str, operation: &str) -> Vec<Negative> {
    let mut out = Changed::new(service, operation);
    for (fault, wrong) in mistyped(out.facts.input(operation)) {
        out.push("", (&fault, MISTYPED), Some(wrong));
    }
    let input = out.facts.input(operation);
    out.structure(input, "", &mut |out, shape, path| out.faults(shape, path));
    out.all
}

/// Requests with one value exactly at a limit; all are valid.
pub fn limits(service: &str, operation: &str) -> Vec<Negative> {
    let mut out = Changed::new(service, operation);
    let input = out.facts.input(operation);
    out.structure(input, "", &mut |out, shape, path| out.limits(shape, path));
    out.all
}

/// A valid request, and copies of it with one change each.
struct Changed {
    facts: &'static Facts,
    invalid: &'static str,
    base: Value,
    all: Vec<Negative>,
}

type Visit<'v> = &'v mut dyn FnMut(&mut Changed, &'static Shape, &str);

impl Changed {
    fn new(service: &str, operation: &str) -> Self {
        let base = maximal_request(service, operation);
        Self {
            facts: facts(service),
            invalid: super::invalid(service),
            base,
            all: Vec::new(),
        }
    }

    /// Adds a copy with the value at `path` replaced, or removed.
    fn push(&mut self, path: &str, (what, error): (&str, &'static str), value: Option<Value>) {
        let mut body = self.base.clone();
        match value {
            Some(value) => *body.pointer_mut(path).unwrap() = value,
            None => {
                let (parent, name) = path.rsplit_once('/').unwrap();
                let parent = body
                    .pointer_mut(parent)
                    .and_then(Value::as_object_mut)
                    .unwrap();
                parent.remove(name).unwrap();
            }
        }
        let error = if error == INVALID {
            self.invalid
        } else {
            error
        };
        self.all.push(Negative {
            body,
            what: format!("{path} {what}"),
            error,
        });
    }

    /// Visits every member below a structure.
    fn structure(&mut self, shape: &'static Shape, path: &str, visit: Visit<'_>) {
        for (name, target) in &shape.members {
            let path = format!("{path}/{}", escaped(name));
            if shape.required.contains(name) {
                let shape = self.facts.shape(target);
                visit(self, shape, &format!("{path}?required"));
            }
            self.below(self.facts.shape(target), &path, visit);
        }
    }

    fn below(&mut self, shape: &'static Shape, path: &str, visit: Visit<'_>) {
        visit(self, shape, path);
        match shape.kind.as_str() {
            "structure" => self.structure(shape, path, visit),
            "list" => self.below(
                self.facts.shape(&shape.element),
                &format!("{path}/0"),
                visit,
            ),
            "map" => {
                let key = escaped(samples::good(self.facts.shape(&shape.key)));
                self.below(
                    self.facts.shape(&shape.value),
                    &format!("{path}/{key}"),
                    visit,
                );
            }
            _ => {}
        }
    }

    fn faults(&mut self, shape: &'static Shape, path: &str) {
        if let Some(path) = path.strip_suffix("?required") {
            self.push(path, ("missing", INVALID), None);
            self.push(path, ("null", INVALID), Some(Value::Null));
            return;
        }
        for (fault, wrong) in mistyped(shape) {
            self.push(path, (&fault, MISTYPED), Some(wrong));
        }
        if path.ends_with("/0") {
            self.push(path, ("null element", INVALID), Some(Value::Null));
        }
        match shape.kind.as_str() {
            "string" => self.text_faults(shape, path),
            "integer" | "long" => {
                for number in shape
                    .min
                    .map(|min| min - 1)
                    .into_iter()
                    .chain(shape.max.map(|max| max + 1))
                {
                    self.push(path, (&format!("= {number}"), INVALID), Some(json!(number)));
                }
            }
            "blob" => {
                if let Some(max) = shape.max {
                    let long = "AAAA".repeat(usize::try_from(max).unwrap() / 3 + 1);
                    self.push(path, ("too long", INVALID), Some(json!(long)));
                }
            }
            "list" | "map" => self.collection_faults(shape, path),
            _ => {}
        }
    }

    fn text_faults(&mut self, shape: &Shape, path: &str) {
        for (fault, text) in bad_texts(shape) {
            self.push(path, (&fault, INVALID), Some(json!(text)));
        }
    }

    fn collection_faults(&mut self, shape: &'static Shape, path: &str) {
        if shape.min.unwrap_or(0) > 0 {
            let empty = if shape.kind == "list" {
                json!([])
            } else {
                json!({})
            };
            self.push(path, ("too few", INVALID), Some(empty));
        }
        if let Some(max) = shape.max {
            let many = self.filled(shape, usize::try_from(max).unwrap() + 1);
            self.push(path, ("too many", INVALID), Some(many));
        }
        if shape.kind == "map" {
            let inner = value(self.facts, self.facts.shape(&shape.value));
            for (fault, key) in bad_texts(self.facts.shape(&shape.key)) {
                let wrong = json!({ key: inner.clone() });
                self.push(path, (&format!("key {fault}"), INVALID), Some(wrong));
            }
        }
    }

    /// A collection of so many members; keys beyond those that exist are invalid, which is as well.
    fn filled(&self, shape: &Shape, count: usize) -> Value {
        if shape.kind == "list" {
            return Value::Array(vec![
                value(self.facts, self.facts.shape(&shape.element));
                count
            ]);
        }
        let key = samples::good(self.facts.shape(&shape.key));
        let inner = value(self.facts, self.facts.shape(&shape.value));
        Value::Object(
            (0..count)
                .map(|at| (format!("{key}{at}"), inner.clone()))
                .collect(),
        )
    }

    fn limits(&mut self, shape: &'static Shape, path: &str) {
        if path.ends_with("?required") {
            return;
        }
        let limits: Vec<i64> = shape.min.into_iter().chain(shape.max).collect();
        for limit in limits {
            let size = usize::try_from(limit).unwrap_or(0);
            let value = match shape.kind.as_str() {
                "string" if shape.allowed.is_empty() => {
                    samples::of_length(shape, size).map(Value::from)
                }
                "integer" | "long" => Some(json!(limit)),
                "blob" => {
                    let bytes = STANDARD.encode(vec![0; size]);
                    Some(json!(bytes))
                }
                "list" => Some(self.filled(shape, size)),
                _ => None,
            };
            if let Some(value) = value {
                self.push(path, (&format!("at its limit of {limit}"), ""), Some(value));
            }
        }
    }
}

/// Values of every JSON type that a shape does not take.
fn mistyped(shape: &Shape) -> Vec<(String, Value)> {
    let mut wrong = vec![json!(true), json!(7), json!("text"), json!([]), json!({})];
    wrong.retain(|value| match shape.kind.as_str() {
        "structure" | "map" => !value.is_object(),
        "list" => !value.is_array(),
        "string" | "blob" => !value.is_string(),
        "boolean" => !value.is_boolean(),
        _ => !value.is_number(),
    });
    if shape.is_number() {
        wrong.extend([json!(1.5), json!(1e30), json!(u64::MAX)]);
    }
    if shape.kind == "integer" {
        wrong.extend([json!(1_i64 << 31), json!(-(1_i64 << 31) - 1)]);
    }
    if shape.kind == "blob" {
        wrong.push(json!("not base64!"));
    }
    wrong
        .into_iter()
        .map(|value| (format!("= {value}"), value))
        .collect()
}

/// Strings that break a fact of a string shape.
fn bad_texts(shape: &Shape) -> Vec<(String, String)> {
    let mut bad = Vec::new();
    if samples::empty_is_bad(shape) {
        bad.push(("empty".to_owned(), String::new()));
    }
    if let Some(min) = shape.min.filter(|&min| min > 1) {
        let short = samples::good(shape)
            .chars()
            .take(usize::try_from(min).unwrap() - 1);
        bad.push(("too short".to_owned(), short.collect()));
    }
    if let Some(max) = shape.max {
        let length = usize::try_from(max).unwrap() + 1;
        let long = samples::of_length(shape, length).unwrap_or_else(|| "a".repeat(length));
        bad.push(("too long".to_owned(), long));
    }
    if let Some(off) = samples::off_pattern(shape) {
        bad.push(("off pattern".to_owned(), off.to_owned()));
    }
    if let Some(first) = shape.allowed.first() {
        bad.push(("outside the enum".to_owned(), format!("{first}_")));
        let other_case = if first.contains(char::is_lowercase) {
            first.to_uppercase()
        } else {
            first.to_lowercase()
        };
        if !shape.allowed.contains(&other_case) {
            bad.push(("in the wrong case".to_owned(), other_case));
        }
    }
    bad
}
