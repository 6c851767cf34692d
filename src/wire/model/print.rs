//! How a refused value is shown in a message: in the manner of Java's `toString`, at most
//! [`LONGEST`] characters, and never anything sensitive.

use std::fmt::Write as _;

use serde_json::Value;

use super::shape::{Kind, Shape};

/// The most characters of a value that a message repeats.
///
/// Differs from AWS, which repeats the whole value: an answer must not grow with the request.
const LONGEST: usize = 1024;

/// The words before `at 'path'`: `Value 'x'`, `Value null`, or `Value` alone for a secret.
pub(super) fn subject(shape: &Shape, value: &Value) -> String {
    if value.is_null() {
        // Recorded for the sensitive `clientId` too: an absent value gives nothing away.
        return "Value null".to_owned();
    }
    if shape.concealed {
        return "Value".to_owned();
    }
    let mut text = Cut {
        text: String::new(),
        left: LONGEST,
    };
    text.value(shape, value);
    if text.left == 0 {
        text.text.push_str("...");
    }
    format!("Value '{}'", text.text)
}

/// At most `most` characters of a text.
pub(super) fn cut(text: &str, most: usize) -> &str {
    text.char_indices()
        .nth(most)
        .and_then(|(end, _)| text.get(..end))
        .unwrap_or(text)
}

/// A text that stops growing when it is long enough.
struct Cut {
    text: String,
    left: usize,
}

impl Cut {
    fn push(&mut self, more: &str) {
        let kept = cut(more, self.left);
        self.left = self
            .left
            .saturating_sub(more.chars().take(self.left).count());
        self.text.push_str(kept);
    }

    fn value(&mut self, shape: &Shape, value: &Value) {
        if self.left == 0 {
            return;
        }
        match (&shape.kind, value) {
            (_, Value::String(text)) => self.push(text),
            (Kind::List(element), Value::Array(elements)) => {
                self.push("[");
                for (at, inner) in elements.iter().enumerate() {
                    self.separator(at);
                    self.value(element, inner);
                }
                self.push("]");
            }
            (Kind::Map { value: shape, .. }, Value::Object(entries)) => {
                let entries = entries
                    .iter()
                    .map(|(key, inner)| (key.as_str(), &**shape, inner));
                self.pairs(entries);
            }
            (Kind::Structure(members), Value::Object(object)) => {
                let known = members.iter().filter_map(|member| {
                    let inner = object.get(member.name).filter(|inner| !inner.is_null())?;
                    Some((member.name, &*member.shape, inner))
                });
                self.pairs(known);
            }
            (_, scalar) => {
                let mut text = String::new();
                let _ = write!(text, "{scalar}");
                self.push(&text);
            }
        }
    }

    fn pairs<'v>(&mut self, pairs: impl Iterator<Item = (&'v str, &'v Shape, &'v Value)>) {
        self.push("{");
        for (at, (name, shape, inner)) in pairs.enumerate() {
            if self.left == 0 {
                return;
            }
            self.separator(at);
            self.push(name);
            self.push("=");
            self.value(shape, inner);
        }
        self.push("}");
    }

    fn separator(&mut self, at: usize) {
        if at > 0 {
            self.push(", ");
        }
    }
}
