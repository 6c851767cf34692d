//! Randomness: the operating system's generator (security.md J8), or a seeded one in tests.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};

use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId, SessionId, Sub, Uuid, uuid_text};
use crate::secret::Secret;

/// A source of random bytes.
pub trait RandomSource: Send + Sync {
    /// Fills the whole slice, or fails.
    fn fill(&self, bytes: &mut [u8]) -> Result<()>;
}

/// The operating system's generator.
/// Asked directly: the generator of aws-lc seeds itself for some 50 ms of processor time when it is
/// first used, which would be most of a start.
pub struct OsRandom;

impl RandomSource for OsRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes)
            .map_err(|error| Error::internal(anyhow::anyhow!("no randomness: {error}")))
    }
}

/// A repeatable stream for tests: SHA-256 over seed and counter.
pub struct SeededRandom(Mutex<(u64, u64)>);

impl SeededRandom {
    /// The stream of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new((seed, 0)))
    }
}

impl RandomSource for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(32) {
            let mut block = state.0.to_be_bytes().to_vec();
            block.extend_from_slice(&state.1.to_be_bytes());
            state.1 = state.1.wrapping_add(1);
            for (to, from) in chunk.iter_mut().zip(digest(&SHA256, &block).as_ref()) {
                *to = *from;
            }
        }
        Ok(())
    }
}

/// Random values of the shapes that identifiers and codes have.
#[derive(Clone)]
pub struct Rng(std::sync::Arc<dyn RandomSource>);

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE32_HEX: &[u8] = b"0123456789abcdefghijklmnopqrstuv";
const LOWER_ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

impl Rng {
    /// Over a source.
    pub fn new(source: std::sync::Arc<dyn RandomSource>) -> Self {
        Self(source)
    }

    /// Over the operating system's generator.
    pub fn system() -> Self {
        Self::new(std::sync::Arc::new(OsRandom))
    }

    /// So many random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// So many random bytes that are nobody's business.
    pub fn secret(&self, count: usize) -> Result<Secret<Vec<u8>>> {
        let mut bytes = vec![0; count];
        self.0.fill(&mut bytes)?;
        Ok(Secret::new(bytes))
    }

    /// A text of `count` characters, each drawn evenly from `alphabet` (rejection sampling).
    pub fn text(&self, alphabet: &[u8], count: usize) -> Result<String> {
        let size = alphabet.len();
        let limit = 256 - 256 % size.max(1);
        let mut text = String::with_capacity(count);
        while text.len() < count {
            for byte in self.bytes::<64>()? {
                let byte = usize::from(byte);
                if byte < limit && text.len() < count {
                    text.extend(alphabet.get(byte % size).map(|c| char::from(*c)));
                }
            }
        }
        Ok(text)
    }

    /// A number below `bound`, drawn evenly.
    pub fn below(&self, bound: u64) -> Result<u64> {
        let bound = bound.max(1);
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let value = u64::from_be_bytes(self.bytes()?);
            if value < limit {
                return Ok(value % bound);
            }
        }
    }

    /// A code of so many decimal digits.
    pub fn digits(&self, count: usize) -> Result<String> {
        self.text(b"0123456789", count)
    }

    /// A version 4 UUID (RFC 9562 5.4).
    pub fn uuid(&self) -> Result<Uuid> {
        let text = uuid_text(u128::from_be_bytes(self.bytes()?));
        Uuid::parse(text).map_err(Error::internal)
    }

    /// A new user's `sub`.
    pub fn sub(&self) -> Result<Sub> {
        Sub::parse(self.uuid()?.as_str()).map_err(Error::internal)
    }

    /// A new pool's id: the region, `_` and nine letters or digits.
    pub fn pool_id(&self, region: &str) -> Result<PoolId> {
        PoolId::parse(format!("{region}_{}", self.text(ALPHANUMERIC, 9)?)).map_err(Error::internal)
    }

    /// A new client's id: 26 of `[0-9a-v]` (130 bits).
    pub fn client_id(&self) -> Result<ClientId> {
        ClientId::parse(self.text(BASE32_HEX, 26)?).map_err(Error::internal)
    }

    /// A new client secret: 52 of `[0-9a-v]` (260 bits).
    pub fn client_secret(&self) -> Result<String> {
        self.text(BASE32_HEX, 52)
    }

    /// A new session's id: the prefix (`tkn`, `sso`) and 25 lower-case letters or digits.
    pub fn session_id(&self, prefix: &str) -> Result<SessionId> {
        SessionId::parse(format!("{prefix}{}", self.text(LOWER_ALPHANUMERIC, 25)?))
            .map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_values_never_repeat() {
        let sources = [Rng::system(), Rng::system()];
        let draw = |rng: &Rng| {
            (0..50_000)
                .map(|_| rng.bytes().unwrap())
                .collect::<Vec<_>>()
        };
        let values: std::collections::BTreeSet<[u8; 16]> = sources.iter().flat_map(draw).collect();
        assert_eq!(values.len(), 100_000);
        // 128 bits at least, in ids that grant something.
        let outnumber = |letters: usize, alphabet: u128| {
            let letters = u32::try_from(letters).unwrap();
            alphabet.checked_pow(letters).is_none()
        };
        let session = sources[0].session_id("tkn").unwrap();
        assert!(outnumber(session.as_str().len() - 3, 36));
        assert!(outnumber(sources[0].client_secret().unwrap().len(), 32));
    }

    #[test]
    fn shapes() {
        let rng = Rng::new(std::sync::Arc::new(SeededRandom::new(7)));
        assert!(rng.uuid().unwrap().as_str().chars().nth(14) == Some('4'));
        assert_eq!(rng.digits(6).unwrap().len(), 6);
        assert_eq!(rng.pool_id("eu-west-1").unwrap().pool_name().len(), 9);
        assert_eq!(rng.client_id().unwrap().as_str().len(), 26);
        assert!(rng.below(3).unwrap() < 3);
        assert_ne!(rng.bytes::<16>().unwrap(), rng.bytes::<16>().unwrap());
    }
}
