//! A strict reader of the part of CBOR (RFC 8949) that authenticators speak (CTAP 2.1, section 8):
//! integers, byte and text strings, arrays, maps, booleans and null, all of definite length. What it
//! reads comes from anybody: it copies nothing larger than the input, and its stack is bounded.

/// The most levels of arrays and maps.
const MAX_DEPTH: usize = 8;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cbor {
    Int(i64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Cbor>),
    Map(Vec<(Cbor, Cbor)>),
    Bool(bool),
    Null,
}

impl Cbor {
    /// Reads one value; gives what follows it too.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let mut reader = Reader(bytes);
        let value = reader.value(0)?;
        Some((value, reader.0))
    }

    /// Reads one value and nothing after it.
    pub(super) fn read_whole(bytes: &[u8]) -> Option<Self> {
        Self::read(bytes)
            .filter(|(_, rest)| rest.is_empty())
            .map(|(value, _)| value)
    }

    /// The value of a key of a map.
    pub(super) fn get(&self, key: &Self) -> Option<&Self> {
        let Self::Map(pairs) = self else { return None };
        pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// The value of a number that is a key.
    pub(super) fn at(&self, key: i64) -> Option<&Self> {
        self.get(&Self::Int(key))
    }

    /// The value of a name that is a key.
    pub(super) fn named(&self, key: &str) -> Option<&Self> {
        self.get(&Self::Text(key.to_owned()))
    }

    pub(super) const fn int(&self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(*int),
            _ => None,
        }
    }

    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Major type, additional information, and the argument.
    fn head(&mut self) -> Option<(u8, u8, u64)> {
        let first = *self.take(1)?.first()?;
        let (major, info) = (first >> 5, first & 0x1f);
        let argument = match info {
            0..=23 => u64::from(info),
            24..=27 => {
                let bytes = self.take(1 << (info - 24))?;
                bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte))
            }
            // Reserved, and indefinite lengths.
            _ => return None,
        };
        Some((major, info, argument))
    }

    fn string(&mut self, length: u64) -> Option<Vec<u8>> {
        Some(self.take(usize::try_from(length).ok()?)?.to_vec())
    }

    /// How many things follow: each is a byte at least.
    fn count(&self, count: u64) -> Option<usize> {
        usize::try_from(count).ok().filter(|n| *n <= self.0.len())
    }

    fn value(&mut self, depth: usize) -> Option<Cbor> {
        if depth > MAX_DEPTH {
            return None;
        }
        let (major, info, argument) = self.head()?;
        Some(match major {
            0 => Cbor::Int(i64::try_from(argument).ok()?),
            1 => Cbor::Int(-1 - i64::try_from(argument).ok()?),
            2 => Cbor::Bytes(self.string(argument)?),
            3 => Cbor::Text(String::from_utf8(self.string(argument)?).ok()?),
            4 => {
                let count = self.count(argument)?;
                let items = (0..count).map(|_| self.value(depth + 1));
                Cbor::Array(items.collect::<Option<_>>()?)
            }
            5 => {
                let mut pairs: Vec<(Cbor, Cbor)> = Vec::new();
                for _ in 0..self.count(argument)? {
                    let key = self.value(depth + 1)?;
                    // Readers disagree on which of two wins.
                    if pairs.iter().any(|(k, _)| *k == key) {
                        return None;
                    }
                    pairs.push((key, self.value(depth + 1)?));
                }
                Cbor::Map(pairs)
            }
            7 if info <= 23 => match argument {
                20 => Cbor::Bool(false),
                21 => Cbor::Bool(true),
                22 => Cbor::Null,
                _ => return None,
            },
            // Tags and floating-point numbers.
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    fn read(hex: &str) -> Option<Cbor> {
        Cbor::read_whole(&HEXLOWER.decode(hex.as_bytes()).unwrap())
    }

    /// RFC 8949, appendix A.
    #[test]
    fn the_examples_of_the_standard() {
        let text = |t: &str| Cbor::Text(t.to_owned());
        for (hex, value) in [
            ("00", Cbor::Int(0)),
            ("17", Cbor::Int(23)),
            ("1818", Cbor::Int(24)),
            ("1903e8", Cbor::Int(1000)),
            ("1a000f4240", Cbor::Int(1_000_000)),
            ("1b000000e8d4a51000", Cbor::Int(1_000_000_000_000)),
            ("20", Cbor::Int(-1)),
            ("3903e7", Cbor::Int(-1000)),
            ("390100", Cbor::Int(-257)),
            ("f4", Cbor::Bool(false)),
            ("f5", Cbor::Bool(true)),
            ("f6", Cbor::Null),
            ("40", Cbor::Bytes(vec![])),
            ("4401020304", Cbor::Bytes(vec![1, 2, 3, 4])),
            ("60", text("")),
            ("62c3bc", text("ü")),
            ("80", Cbor::Array(vec![])),
            ("820102", Cbor::Array(vec![Cbor::Int(1), Cbor::Int(2)])),
            ("a0", Cbor::Map(vec![])),
            ("a16161f6", Cbor::Map(vec![(text("a"), Cbor::Null)])),
        ] {
            assert_eq!(read(hex), Some(value), "{hex}");
        }
    }

    #[test]
    fn what_authenticators_do_not_say_is_refused() {
        for hex in [
            "",
            "18",
            "1c",
            "1f",
            "1bffffffffffffffff",
            "3bffffffffffffffff",
            "4401",
            "5f41ff",
            "61ff",
            "9f01ff",
            "9b00000000ffffffff",
            "8201",
            "bf6161f6ff",
            "a2616101616102",
            "a1",
            "c000",
            "f7",
            "f90000",
            "fb3ff0000000000000",
            "0000",
        ] {
            assert_eq!(read(hex), None, "{hex}");
        }
        let deep = format!("{}00", "81".repeat(MAX_DEPTH));
        assert!(read(&deep).is_some());
        let deeper = format!("{}00", "81".repeat(MAX_DEPTH + 1));
        assert_eq!(read(&deeper), None);
        assert_eq!(read(&"81".repeat(100_000)), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Cbor::read(&bytes);
        }
    }
}
