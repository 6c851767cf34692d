//! Password hashing on a bounded pool.
//!
//! Passwords are kept as argon2id (RFC 9106) in PHC string form. The work runs through
//! [`HashPool::run`], never on a request's own thread, so that a crowd at sign-in can take neither
//! all cores nor all memory (security.md G3).

mod pool;
mod threads;

use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use zeroize::{Zeroize, Zeroizing};

use crate::error::{Error, Result};

pub use pool::{HashPool, Turn};

/// How costly password hashes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashProfile {
    /// Development: the least the algorithm allows.
    Dev,
    /// What OWASP recommends.
    Owasp,
}

impl HashProfile {
    /// Memory in KiB, passes and lanes. Source for OWASP: Password Storage Cheat Sheet, "Argon2id".
    const fn costs(self) -> (u32, u32, u32) {
        match self {
            Self::Dev => (8, 1, 1),
            Self::Owasp => (19_456, 2, 1),
        }
    }
}

/// Longest password that is hashed, in characters, as the API model of Cognito has it.
pub const MAX_PASSWORD: usize = 256;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// What a comparison found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The password is the stored one.
    pub matches: bool,
    /// The stored hash was made with other costs than new ones are: after a match, hash again.
    pub needs_rehash: bool,
}

/// Makes and compares hashes in one piece of reused memory. Handed out by [`HashPool::run`].
pub struct Hasher<'a> {
    profile: HashProfile,
    memory: Vec<Block>,
    evaluations: &'a AtomicU64,
}

impl Hasher<'_> {
    /// A new hash, in PHC string form, with a salt that must be fresh randomness.
    ///
    /// # Errors
    /// `InvalidParameterException` for a password longer than [`MAX_PASSWORD`], before any hashing.
    pub fn hash(&mut self, password: &str, salt: [u8; SALT_BYTES]) -> Result<String> {
        if is_too_long(password) {
            return Err(Error::invalid_parameter(format!(
                "Password must have length less than or equal to {MAX_PASSWORD}"
            )));
        }
        let params = params(self.profile)?;
        let mut hash = Zeroizing::new([0; HASH_BYTES]);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        self.evaluate(&argon2, password, &salt, hash.as_mut_slice())?;
        let phc = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: (&params).try_into().map_err(internal)?,
            salt: Some(Salt::new(&salt).map_err(internal)?),
            hash: Some(Output::new(hash.as_slice()).map_err(internal)?),
        };
        Ok(phc.to_string())
    }

    /// Compares a password with a stored hash. Where there is none (`None`: unknown user, user
    /// without a password) nothing matches, at the cost of a real comparison.
    ///
    /// A password longer than [`MAX_PASSWORD`] matches nothing and costs nothing.
    ///
    /// # Errors
    /// `InternalErrorException` when the stored text is not an argon2 hash.
    pub fn verify(&mut self, stored: Option<&str>, password: &str) -> Result<Verified> {
        const NO: Verified = Verified {
            matches: false,
            needs_rehash: false,
        };
        if is_too_long(password) {
            return Ok(NO);
        }
        let Some(stored) = stored else {
            self.hash(password, [0; SALT_BYTES])?;
            return Ok(NO);
        };
        let phc = PasswordHash::new(stored).map_err(internal)?;
        let (Some(salt), Some(expected)) = (phc.salt, phc.hash) else {
            return Err(internal("the stored hash has no salt or no output"));
        };
        let algorithm = Algorithm::try_from(phc.algorithm.as_str()).map_err(internal)?;
        let version = match phc.version {
            Some(number) => Version::try_from(number).map_err(internal)?,
            None => Version::V0x10, // the PHC form had no version field then
        };
        let params = Params::try_from(&phc).map_err(internal)?;
        let costs = (params.m_cost(), params.t_cost(), params.p_cost());
        let current = (algorithm, version) == (Algorithm::Argon2id, Version::V0x13)
            && costs == self.profile.costs()
            && (salt.len(), expected.len()) == (SALT_BYTES, HASH_BYTES);
        let mut hash = Zeroizing::new(vec![0; expected.len()]);
        let argon2 = Argon2::new(algorithm, version, params);
        self.evaluate(&argon2, password, &salt, &mut hash)?;
        let matches = verify_slices_are_equal(&hash, expected.as_bytes()).is_ok();
        Ok(Verified {
            matches,
            needs_rehash: !current,
        })
    }

    fn evaluate(
        &mut self,
        argon2: &Argon2<'_>,
        password: &str,
        salt: &[u8],
        out: &mut [u8],
    ) -> Result<()> {
        let blocks = argon2.params().block_count();
        if self.memory.len() < blocks {
            self.memory.resize(blocks, Block::new());
        }
        self.evaluations.fetch_add(1, Ordering::Relaxed);
        argon2
            .hash_password_into_with_memory(password.as_bytes(), salt, out, &mut self.memory)
            .map_err(internal)
    }
}

/// Wipes what the last hash left. Between two hashes the memory is not wiped: the next one writes
/// over all of it, and a wipe would cost a tenth of a hash.
fn wipe(mut memory: Vec<Block>) {
    memory.zeroize();
}

fn is_too_long(password: &str) -> bool {
    password.chars().nth(MAX_PASSWORD).is_some()
}

fn params(profile: HashProfile) -> Result<Params> {
    let (memory, passes, lanes) = profile.costs();
    Params::new(memory, passes, lanes, Some(HASH_BYTES)).map_err(internal)
}

fn internal(cause: impl std::fmt::Display) -> Error {
    Error::internal(anyhow::anyhow!("password hash: {cause}"))
}

#[cfg(test)]
mod tests;
