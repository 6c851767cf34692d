//! The two public values and the secret that both sides reach.

use std::fmt;

use zeroize::Zeroizing;

use super::{SessionKey, SrpError, Verifier, group, number, sha256};

/// `SRP_A`: the client's public value, not zero modulo N.
#[derive(Clone)]
pub struct ClientPublic(group::Bytes);

impl ClientPublic {
    /// Reads `SRP_A`: hexadecimal of either case, no prefix, also an odd number of digits.
    ///
    /// # Errors
    /// What is no number, is wider than N, or is 0 modulo N.
    pub fn parse(hex: &str) -> Result<Self, SrpError> {
        Self::from_bytes(&number::parse_hex(hex)?)
    }

    /// The number, big-endian, for a sealed block.
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What [`ClientPublic::as_bytes`] gave.
    ///
    /// # Errors
    /// [`SrpError::Malformed`] for another length, [`SrpError::ZeroPublicValue`] for 0 modulo N.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SrpError> {
        let bytes = bytes.try_into().map_err(|_| SrpError::Malformed)?;
        if group::is_zero(&group::element(&bytes)) {
            return Err(SrpError::ZeroPublicValue);
        }
        Ok(Self(bytes))
    }
}

/// The server's half of one sign-in: its secret b and its public value B.
///
/// b must be fresh randomness and good for one sign-in: the secret half is wiped on drop and
/// prints nothing. Carry it to the second request in a sealed block ([`Challenge::to_bytes`]).
pub struct Challenge {
    secret: Zeroizing<[u8; 32]>,
    public: group::Bytes,
}

impl Challenge {
    /// Length of [`Challenge::to_bytes`].
    pub const BYTES: usize = 32 + group::BYTES;

    /// B = (k·v + g^b) mod N, for 32 random bytes b.
    pub fn issue(verifier: &Verifier, secret: [u8; 32]) -> Self {
        let secret = Zeroizing::new(secret);
        let public = public_value(verifier, &group::generator_power(&secret));
        Self { secret, public }
    }

    /// `SRP_B` as Cognito writes it: lower-case hexadecimal without leading zeros.
    pub fn public_hex(&self) -> String {
        number::hex(&self.public).trim_start_matches('0').to_owned()
    }

    /// The key that a client who knows the password has reached as well.
    ///
    /// # Errors
    /// [`SrpError::ZeroScrambler`], which no honest client meets.
    pub fn session_key(
        &self,
        client: &ClientPublic,
        verifier: &Verifier,
    ) -> Result<SessionKey, SrpError> {
        let u = scrambler(client, &self.public)?;
        let shared = shared_secret(client, &u, verifier, self.secret.as_slice());
        Ok(SessionKey::derive(&u, &shared))
    }

    /// b and B in one piece, for a sealed block.
    pub fn to_bytes(&self) -> Zeroizing<[u8; Self::BYTES]> {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        let (secret, public) = bytes.split_at_mut(self.secret.len());
        secret.copy_from_slice(self.secret.as_slice());
        public.copy_from_slice(&self.public);
        bytes
    }

    /// What [`Challenge::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`SrpError::Malformed`] when the length is another.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SrpError> {
        let (secret, public) = bytes.split_first_chunk().ok_or(SrpError::Malformed)?;
        let public = public.try_into().map_err(|_| SrpError::Malformed)?;
        Ok(Self {
            secret: Zeroizing::new(*secret),
            public,
        })
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenge(***)")
    }
}

/// B = (k·v + g^b) mod N from v and g^b.
pub(super) fn public_value(verifier: &Verifier, power: &group::Element) -> group::Bytes {
    let blind = Zeroizing::new(group::k().mul(&group::element(&verifier.v)));
    *group::to_bytes(&blind.add(power))
}

/// u = SHA256( P(A) ‖ P(B) ); never 0.
pub(super) fn scrambler(
    client: &ClientPublic,
    server: &group::Bytes,
) -> Result<Zeroizing<[u8; 32]>, SrpError> {
    let u = sha256(&[&number::positive(&client.0), &number::positive(server)]);
    if u.iter().all(|byte| *byte == 0) {
        Err(SrpError::ZeroScrambler)
    } else {
        Ok(u)
    }
}

/// S = (A·v^u)^b mod N.
pub(super) fn shared_secret(
    client: &ClientPublic,
    u: &[u8; 32],
    verifier: &Verifier,
    secret: &[u8],
) -> Zeroizing<group::Bytes> {
    let scrambled = group::power(&group::element(&verifier.v), u);
    let base = Zeroizing::new(group::element(&client.0).mul(&scrambled));
    group::to_bytes(&group::power(&base, secret))
}
