//! Public keys of passkeys, as COSE has them (RFC 9052, 9053, 8812), and their signatures: ES256 and
//! RS256, which Cognito asks for, and nothing else.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};

use super::cbor::Cbor;

/// ECDSA with P-256 and SHA-256.
pub(super) const ES256: i64 = -7;
/// RSASSA-PKCS1-v1_5 with SHA-256.
pub(super) const RS256: i64 = -257;

/// A public key.
#[derive(Clone, Debug)]
pub(super) enum PublicKey {
    /// The point, uncompressed (SEC 1, 2.3.3).
    Es256([u8; 65]),
    /// Modulus and exponent, big-endian without leading zeros.
    Rs256 { n: Vec<u8>, e: Vec<u8> },
}

impl PublicKey {
    /// From a COSE key of one of the two kinds that can verify something.
    pub(super) fn parse(key: &Cbor) -> Option<Self> {
        let int = |label| key.at(label).and_then(Cbor::int);
        let bytes = |label| key.at(label).and_then(Cbor::bytes);
        let parsed = match (int(1)?, int(3)?) {
            (2, ES256) if int(-1) == Some(1) => {
                let (x, y) = (bytes(-2)?, bytes(-3)?);
                let coordinates = (x.len() == 32).then(|| [&[4], x, y].concat())?;
                Self::Es256(coordinates.try_into().ok()?)
            }
            (3, RS256) => Self::Rs256 {
                n: bytes(-1)?.to_vec(),
                e: bytes(-2)?.to_vec(),
            },
            _ => return None,
        };
        parsed.is_sound().then_some(parsed)
    }

    /// The algorithm's number.
    pub(super) const fn algorithm(&self) -> i64 {
        match self {
            Self::Es256(_) => ES256,
            Self::Rs256 { .. } => RS256,
        }
    }

    /// Whether this key signed the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(point) => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
                .is_ok_and(|key| key.verify_sig(message, signature).is_ok()),
            Self::Rs256 { n, e } => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
        }
    }

    /// The point is on the curve; the modulus has 2048 to 8192 bits and, like the exponent, is odd.
    fn is_sound(&self) -> bool {
        match self {
            Self::Es256(point) => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).is_ok(),
            Self::Rs256 { n, e } => {
                let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
                let trimmed = |number: &[u8]| number.first().is_some_and(|first| *first != 0);
                (256..=1024).contains(&n.len())
                    && n.first()
                        .is_some_and(|first| n.len() > 256 || first & 0x80 != 0)
                    && odd(n)
                    && odd(e)
                    && trimmed(n)
                    && trimmed(e)
                    && (1..=8).contains(&e.len())
                    && *e != [1]
            }
        }
    }
}
