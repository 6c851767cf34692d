//! Signed tokens: compact JWS (RFC 7515) with RS256 and nothing else.
//!
//! A key is parsed once and signs and verifies from then on. Our header has one form,
//! `{"kid":"…","alg":"RS256"}`, so a token whose header reads differently was not made here: there
//! is no algorithm to choose, and `jwk`, `jku`, `x5u`, `x5c`, `crit` and `zip` are refused with
//! everything else (RFC 8725 3.1; security.md E1, E2, E7).

mod cache;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use self::cache::{KeyCache, Moment, PoolKeys, Published};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::names;

/// Longest header and payload that is looked at.
const LONGEST: usize = 16 * 1024;

names! {
    /// What a key signs: `token_use` of the tokens.
    pub enum TokenUse { Id = "id", Access = "access" }
}

/// A pool's RSA key, parsed.
pub struct SigningKey {
    /// The pool it belongs to.
    pub pool: PoolId,
    /// Its id.
    pub kid: String,
    /// What it signs.
    pub token_use: TokenUse,
    pair: KeyPair,
    public: ParsedPublicKey,
    /// The encoded header of every token it signs.
    header: String,
}

/// A key as JWKS documents show it (RFC 7517, RFC 7518 6.3).
#[derive(Clone, Debug, Serialize)]
pub struct Jwk<'a> {
    alg: &'static str,
    e: String,
    kid: &'a str,
    kty: &'static str,
    n: String,
    #[serde(rename = "use")]
    usage: &'static str,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    #[serde(borrow)]
    kid: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    alg: std::borrow::Cow<'a, str>,
}

/// The parts of a token that has the right shape; nothing is verified yet.
#[derive(Clone, Copy, Debug)]
pub struct Jws<'a> {
    signed: &'a str,
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl SigningKey {
    /// From a PKCS#8 document.
    pub fn parse(pool: &PoolId, kid: &str, token_use: TokenUse, pkcs8: &[u8]) -> Result<Self> {
        let broken = || Error::internal(anyhow::anyhow!("a signing key does not parse"));
        let pair = KeyPair::from_pkcs8(pkcs8).map_err(|_| broken())?;
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| broken())?;
        let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der.as_ref())
            .map_err(|_| broken())?;
        Ok(Self {
            pool: pool.clone(),
            kid: kid.to_owned(),
            token_use,
            header: encoded_header(kid)?,
            pair,
            public,
        })
    }

    /// Signs claims into a token.
    pub fn sign<T: Serialize>(&self, claims: &T) -> Result<String> {
        let payload = serde_json::to_vec(claims).map_err(Error::internal)?;
        let mut token = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(payload));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                token.as_bytes(),
                &mut signature,
            )
            .map_err(|_| Error::internal(anyhow::anyhow!("signing failed")))?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(token)
    }

    /// Whether this key signed the token.
    pub fn verifies(&self, token: &Jws<'_>) -> bool {
        token.header == self.header
            && decode(token.signature).is_some_and(|signature| {
                let signed = token.signed.as_bytes();
                self.public.verify_sig(signed, &signature).is_ok()
            })
    }

    /// Its public half.
    pub fn jwk(&self) -> Jwk<'_> {
        let public = self.pair.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Jwk {
            alg: "RS256",
            e: number(public.exponent().big_endian_without_leading_zero()),
            kid: &self.kid,
            kty: "RSA",
            n: number(public.modulus().big_endian_without_leading_zero()),
            usage: "sig",
        }
    }
}

impl<'a> Jws<'a> {
    /// Splits a token of at most 16 KiB into its three parts, without looking into them.
    pub fn split(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let fits = signed.len() <= LONGEST && signature.len() <= 1024;
        let whole = !header.is_empty() && !payload.is_empty() && !payload.contains('.');
        (fits && whole).then_some(Self {
            signed,
            header,
            payload,
            signature,
        })
    }

    /// The key that the header names; none for a header that is not exactly of our form.
    pub fn kid(&self) -> Option<String> {
        let bytes = decode(self.header).filter(|bytes| bytes.len() <= 128)?;
        let header: Header<'_> = serde_json::from_slice(&bytes).ok()?;
        let ours = encoded_header(&header.kid).ok()?;
        // PostgreSQL cannot even be asked for a text with a NUL in it.
        let printable = header.kid.bytes().all(|byte| byte.is_ascii_graphic());
        let right = printable && header.alg == "RS256" && ours == self.header;
        right.then(|| header.kid.into_owned())
    }

    /// Reads the claims. Call it after [`SigningKey::verifies`].
    pub fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&decode(self.payload)?).ok()
    }
}

fn encoded_header(kid: &str) -> Result<String> {
    let header = Header {
        kid: kid.into(),
        alg: "RS256".into(),
    };
    let json = serde_json::to_vec(&header).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

/// Strict base64url: no padding, no stray bits, no line breaks.
fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::keys::{KeySource, RsaKeys};
    use serde_json::{Value, json};

    fn key() -> SigningKey {
        let pool = PoolId::parse("us-east-1_aB3dE6gH9").unwrap();
        let der = RsaKeys.generate().unwrap();
        SigningKey::parse(&pool, "a+/=", TokenUse::Id, der.expose()).unwrap()
    }

    #[test]
    fn signs_and_verifies_with_the_one_header() {
        let key = key();
        let token = key.sign(&json!({"a": 1})).unwrap();
        let jws = Jws::split(&token).unwrap();
        assert_eq!(jws.kid().as_deref(), Some("a+/="));
        assert!(key.verifies(&jws));
        assert_eq!(jws.claims::<Value>(), Some(json!({"a": 1})));
        let header = URL_SAFE_NO_PAD.decode(jws.header).unwrap();
        assert_eq!(header, br#"{"kid":"a+/=","alg":"RS256"}"#);
    }

    #[test]
    fn other_headers_are_not_ours() {
        let key = key();
        let token = key.sign(&json!({})).unwrap();
        let rest = token.split_once('.').unwrap().1;
        for header in [
            r#"{"alg":"RS256","kid":"a+/="}"#,
            r#"{"kid":"a+/=","alg":"rs256"}"#,
            r#"{"kid":"a+/=","alg":"none"}"#,
            r#"{"kid":"a+/=","alg":"HS256"}"#,
            r#"{"kid":"a+/=","alg":"RS256","crit":["b64"]}"#,
            r#"{"kid":"a+/=","alg":"RS256","jku":"https://evil.test"}"#,
            r#"{"kid":"a\u002b/=","alg":"RS256"}"#,
            r#"{"kid":"a\u0000","alg":"RS256"}"#,
            r#"{"kid":"a+/=", "alg":"RS256"}"#,
        ] {
            let forged = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
            let jws = Jws::split(&forged).unwrap();
            assert_eq!(jws.kid(), None, "{header}");
            assert!(!key.verifies(&jws), "{header}");
        }
    }

    #[test]
    fn changed_bytes_do_not_verify() {
        let key = key();
        let token = key.sign(&json!({"sub": "x"})).unwrap();
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            let verified = Jws::split(&changed).is_some_and(|jws| key.verifies(&jws));
            assert!(!verified, "byte {at}");
        }
        for end in 0..token.len() {
            assert!(!Jws::split(&token[..end]).is_some_and(|jws| key.verifies(&jws)));
        }
        for longer in [
            format!("{token}A"),
            format!("{token}="),
            format!("{token}."),
        ] {
            assert!(!Jws::split(&longer).is_some_and(|jws| key.verifies(&jws)));
        }
    }

    #[test]
    fn large_and_shapeless_texts_are_refused_at_once() {
        let large = format!("a.{}.c", "b".repeat(LONGEST));
        for text in ["", ".", "..", "a.b", "a..c", ".b.c", "a.b.c.d", &large] {
            assert!(Jws::split(text).is_none(), "{text:.20}");
        }
        assert!(Jws::split(&".".repeat(100_000)).is_none());
    }
}
