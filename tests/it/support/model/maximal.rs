//! Requests with every member of the input shape.

use serde_json::{Map, Value};

use super::{Facts, Shape, facts, samples};

/// A request of an operation with every member at every depth, all valid. Change what a test needs
/// with [`Value::pointer_mut`].
pub fn maximal_request(service: &str, operation: &str) -> Value {
    let facts = facts(service);
    value(facts, facts.input(operation))
}

/// A valid value of a shape, with everything the shape can hold.
pub(super) fn value(facts: &Facts, shape: &Shape) -> Value {
    match shape.kind.as_str() {
        "structure" if shape.document => serde_json::json!({"document": [true, null]}),
        "structure" => {
            let members = shape.members.iter();
            Value::Object(
                members
                    .map(|(n, t)| (n.clone(), value(facts, facts.shape(t))))
                    .collect(),
            )
        }
        "list" => {
            let element = value(facts, facts.shape(&shape.element));
            Value::Array(vec![
                element;
                usize::try_from(shape.min.unwrap_or(0).max(1)).unwrap()
            ])
        }
        "map" => {
            let key = samples::good(facts.shape(&shape.key)).to_owned();
            Value::Object(Map::from_iter([(
                key,
                value(facts, facts.shape(&shape.value)),
            )]))
        }
        "string" => Value::from(samples::good(shape)),
        "blob" => Value::from("iVBORw0KGgo="),
        "integer" | "long" => Value::from(shape.max.unwrap_or(1)),
        "boolean" => Value::from(true),
        other => panic!("an input of type {other}"),
    }
}

/// The JSON pointers of every member, element and entry of a value, outermost first.
pub fn member_paths(value: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    collect("", value, &mut paths);
    paths
}

fn collect(at: &str, value: &Value, paths: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(k, v)| (escaped(k), v)).collect(),
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .map(|(at, v)| (at.to_string(), v))
            .collect(),
        _ => return,
    };
    for (name, value) in inner {
        let path = format!("{at}/{name}");
        paths.push(path.clone());
        collect(&path, value, paths);
    }
}

/// A name as a step of a JSON pointer (RFC 6901).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
