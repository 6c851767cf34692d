//! A strict JSON reader for request bodies.
//!
//! Bodies come from anybody, and a handler that saw another object than the validator or the
//! signature did would be a hole. So: no duplicate member names (parsers disagree on which wins), no
//! invalid UTF-8, byte order mark, lone surrogate or NUL, nothing after the value; at most
//! [`MAX_DEPTH`] levels and [`MAX_NODES`] values. Time is linear and the stack bounded.
//!
//! Source: RFC 8259; security.md F4 and F5 of the project's reference.

use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The most levels of arrays and objects.
pub const MAX_DEPTH: usize = 32;
/// The most values in a body: every object, array, string, number, boolean and null counts.
pub const MAX_NODES: usize = 10_000;

/// Why a body is not acceptable JSON. The text says where, and repeats nothing of the body.
#[derive(Debug)]
pub struct JsonError(String);

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for JsonError {}

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// Reads a whole body. An empty body is an error: AWS SDKs send `{}` when there is nothing to say.
pub fn read(bytes: &[u8]) -> Result<Value, JsonError> {
    let text = std::str::from_utf8(bytes).map_err(|_| JsonError("invalid UTF-8".to_owned()))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut nodes = 0;
    let value = Node {
        depth: 0,
        nodes: &mut nodes,
    }
    .deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads one value; `depth` is the number of arrays and objects around it.
struct Node<'n> {
    depth: usize,
    nodes: &'n mut usize,
}

impl Node<'_> {
    fn inner(&mut self) -> Node<'_> {
        Node {
            depth: self.depth + 1,
            nodes: self.nodes,
        }
    }

    fn enter<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.depth < MAX_DEPTH {
            Ok(())
        } else {
            Err(E::custom("nested too deeply"))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        *self.nodes += 1;
        if *self.nodes > MAX_NODES {
            return Err(D::Error::custom("too many values"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        without_nul(value).map(|text| Value::String(text.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        without_nul(&value)?;
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<Value, A::Error> {
        self.enter()?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(self.inner())? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        self.enter()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            without_nul::<A::Error>(&name)?;
            if object.contains_key(&name) {
                return Err(A::Error::custom("duplicate member"));
            }
            let value = members.next_value_seed(self.inner())?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

fn without_nul<E: serde::de::Error>(text: &str) -> Result<&str, E> {
    if text.contains('\0') {
        Err(E::custom("NUL in a string"))
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn refusal(body: impl AsRef<[u8]>) -> String {
        read(body.as_ref())
            .expect_err("must be refused")
            .to_string()
    }

    #[test]
    fn reads_what_clients_send() {
        let body = br#" {"A":"x\u00e9\ud83d\ude00","B":[1,-2,2.5,true,null],"C":{}} "#;
        let expected = json!({"A": "xé😀", "B": [1, -2, 2.5, true, null], "C": {}});
        assert_eq!(read(body).unwrap(), expected);
        assert_eq!(read(b"{}").unwrap(), json!({}));
    }

    #[test]
    fn duplicate_members_are_refused_at_any_depth_and_however_spelt() {
        assert!(refusal(r#"{"a":1,"b":2,"a":1}"#).starts_with("duplicate member"));
        assert!(refusal(r#"{"x":[{"y":{"a":1,"\u0061":2}}]}"#).starts_with("duplicate member"));
    }

    #[test]
    fn nothing_of_the_body_is_repeated() {
        for body in [
            r#"{"hunter2":1,"hunter2":2}"#,
            r#"{"a":hunter2}"#,
            r#"{"a":"hunter2\u0000"}"#,
        ] {
            assert!(!refusal(body).contains("hunter2"));
        }
    }

    #[test]
    fn strange_text_is_refused() {
        for body in [
            &b""[..],
            b" ",
            b"\xEF\xBB\xBF{}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":\"\xed\xa0\x80\"}",
            br#"{"a":"\ud800"}"#,
            br#"{"a":"\udc00\ud800"}"#,
            br#"{"a":"\u0000"}"#,
            br#"{"\u0000":1}"#,
            b"{\"a\":\"\x00\"}",
            b"{\"a\":\"\x01\"}",
            br#"{"a":1e400}"#,
            br#"{"a":01}"#,
            br#"{"a":NaN}"#,
            br#"{"a":1,}"#,
            br"{'a':1}",
            b"{}{}",
            b"{} x",
            b"{}\0",
            b"{",
            br#"{"a""#,
        ] {
            assert!(read(body).is_err(), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn depth_is_limited_at_32() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(refusal(nested(MAX_DEPTH + 1)).starts_with("nested too deeply"));
        assert!(refusal("[".repeat(1_000_000)).starts_with("nested too deeply"));
        assert!(refusal(r#"{"a":"#.repeat(1_000_000)).starts_with("nested too deeply"));
    }

    #[test]
    fn values_are_limited_at_10_000() {
        let list = |values: usize| format!("[{}]", vec!["0"; values].join(","));
        assert!(read(list(MAX_NODES - 1).as_bytes()).is_ok());
        assert!(refusal(list(MAX_NODES)).starts_with("too many values"));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e9..1e9f64).prop_map(Value::from),
            "[^\u{0}]*".prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::vec(("[^\u{0}]{0,8}", inner), 0..8)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(value in any_json()) {
            let text = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(read(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let _ = read(&bytes);
        }

        #[test]
        fn what_it_accepts_serde_json_reads_the_same(text in r#"[\[\]{}:,"a0-9. \\u]{0,40}"#) {
            if let Ok(value) = read(text.as_bytes()) {
                prop_assert_eq!(value, serde_json::from_str::<Value>(&text).unwrap());
            }
        }
    }
}
