//! Values that must not reach a log, an error text or a core dump.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroize;

/// A value that prints as `***` and is wiped from memory when dropped (security.md J5, J6).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T: Zeroize = String>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself; the call site is where to look when auditing.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_print_nothing() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "it is printed")]
        struct Around {
            text: Secret<String>,
            bytes: Option<Secret<Vec<u8>>>,
        }
        let around = Around {
            text: Secret::new("hunter2".to_owned()),
            bytes: Some(Secret::new(vec![77, 78])),
        };
        let printed = format!("{around:?} {around:#?}");
        assert_eq!(printed.matches("***").count(), 4);
        assert!(!printed.contains("hunter2") && !printed.contains("77"));
    }
}
