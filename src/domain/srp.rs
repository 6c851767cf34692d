//! SRP-6a, server side, exactly as Cognito speaks it. Pure: no clock, no randomness, no store.
//!
//! The order of a sign-in: [`Verifier::new`] when the plain password is seen; at the first
//! request [`ClientPublic::parse`] and [`Challenge::issue`]; at the second
//! [`Challenge::session_key`] and [`SessionKey::verify`].
//!
//! Sources: RFC 5054 and RFC 2945 for the protocol; the 3072-bit prime of RFC 3526 with g = 2,
//! HKDF with the label `Caldera Derived Key`, and the encodings as the public Cognito clients
//! (amazon-cognito-identity-js, pycognito) compute them.

mod exchange;
mod group;
mod number;
mod proof;
mod received;
#[cfg(test)]
mod tests;
mod timestamp;

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

pub use exchange::{Challenge, ClientPublic};
pub use proof::SessionKey;
pub use timestamp::parse_timestamp;

/// Who is proving: both parts go into the verifier and into the signed message, so a proof made
/// for one user or pool is worth nothing for another.
///
/// For a user these are the pool's name (the text after `_` in its id) and the stored username;
/// for a remembered device, its group key and its device key.
#[derive(Clone, Copy, Debug)]
pub struct SrpIdentity<'a> {
    /// Pool name, or device group key.
    pub pool_name: &'a str,
    /// `USER_ID_FOR_SRP`, or device key.
    pub user_id: &'a str,
}

/// Why a value of the exchange was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SrpError {
    /// Not a hexadecimal number.
    NotHex,
    /// Wider than the modulus.
    TooLarge,
    /// A is zero modulo N: it would make the shared secret known to everybody (RFC 5054 2.5.4).
    ZeroPublicValue,
    /// u = SHA256(A, B) is zero (RFC 5054 2.5.3).
    ZeroScrambler,
    /// Stored bytes that no encoder here wrote.
    Malformed,
}

impl fmt::Display for SrpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHex => "the SRP value is not a hexadecimal number",
            Self::TooLarge => "the SRP value is larger than the modulus",
            Self::ZeroPublicValue => "the SRP public value is zero modulo N",
            Self::ZeroScrambler => "the SRP scrambling value is zero",
            Self::Malformed => "the stored SRP value is malformed",
        })
    }
}

impl std::error::Error for SrpError {}

/// Length of a salt in bytes.
pub const SALT_BYTES: usize = 16;

/// What the server keeps instead of a password: the salt and v = g^x mod N.
///
/// It is not memory-hard: who steals it can guess passwords fast. It is therefore only ever
/// stored sealed (security.md G4), is wiped on drop and prints nothing.
#[derive(Clone)]
pub struct Verifier {
    salt: [u8; SALT_BYTES],
    v: Zeroizing<group::Bytes>,
}

impl Verifier {
    /// Length of [`Verifier::to_bytes`].
    pub const BYTES: usize = SALT_BYTES + group::BYTES;

    /// Computes the verifier of a password; about a quarter of a millisecond of CPU.
    pub fn new(identity: &SrpIdentity<'_>, password: &str, salt: [u8; SALT_BYTES]) -> Self {
        let x = private_key(identity, password, &salt);
        let v = group::to_bytes(&group::generator_power(&x));
        Self { salt, v }
    }

    /// Whether this is the verifier of a password: for who has the password at hand and needs no
    /// exchange. Costs what [`Verifier::new`] costs.
    pub fn is_of(&self, identity: &SrpIdentity<'_>, password: &str) -> bool {
        let made = Self::new(identity, password, self.salt);
        verify_slices_are_equal(made.v.as_slice(), self.v.as_slice()).is_ok()
    }

    /// A verifier that fits no password, always the same for the same salt and seed, for a user
    /// who does not exist: the exchange then looks and costs as with a real one.
    pub fn phantom(salt: [u8; SALT_BYTES], seed: &[u8; 32]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, seed);
        let mut v = Zeroizing::new([0; group::BYTES]);
        for (index, block) in (0_u8..).zip(v.chunks_mut(32)) {
            block.copy_from_slice(hmac::sign(&key, &[index]).as_ref());
        }
        if let Some(top) = v.first_mut() {
            *top &= 0x7f; // below N, whose top bits are all set
        }
        Self { salt, v }
    }

    /// SALT as clients read it: lower-case hexadecimal, without zero bytes in front. Some clients
    /// (pycognito) hash the digits they are sent and others the number they stand for; in this
    /// form both are the same.
    pub fn salt_hex(&self) -> String {
        let zeros = self.salt.iter().take_while(|byte| **byte == 0).count();
        let digits = self.salt.get(zeros..).filter(|rest| !rest.is_empty());
        number::hex(digits.unwrap_or(&[0]))
    }

    /// Salt and v in one piece, for sealed storage.
    pub fn to_bytes(&self) -> Zeroizing<[u8; Self::BYTES]> {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        let (salt, v) = bytes.split_at_mut(SALT_BYTES);
        salt.copy_from_slice(&self.salt);
        v.copy_from_slice(self.v.as_slice());
        bytes
    }

    /// What [`Verifier::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`SrpError::Malformed`] when the length is another or v is zero modulo N.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SrpError> {
        let (salt, v) = bytes.split_first_chunk().ok_or(SrpError::Malformed)?;
        let v = Zeroizing::new(v.try_into().map_err(|_| SrpError::Malformed)?);
        if group::is_zero(&group::element(&v)) {
            return Err(SrpError::Malformed);
        }
        Ok(Self { salt: *salt, v })
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(***)")
    }
}

/// x = SHA256( P(salt) ‖ SHA256( pool name ‖ user id ‖ ":" ‖ password ) ).
fn private_key(identity: &SrpIdentity<'_>, password: &str, salt: &[u8]) -> Zeroizing<[u8; 32]> {
    let SrpIdentity { pool_name, user_id } = identity;
    let inner = sha256(&[
        pool_name.as_bytes(),
        user_id.as_bytes(),
        b":",
        password.as_bytes(),
    ]);
    sha256(&[&number::positive(salt), inner.as_slice()])
}

/// SHA-256 over the parts, one after the other.
fn sha256(parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut context = digest::Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = Zeroizing::new([0; 32]);
    hash.copy_from_slice(context.finish().as_ref());
    hash
}
