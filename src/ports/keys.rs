//! Generation of signing keys: RSA-2048 by aws-lc-rs, or fixed keys in tests.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};

use crate::error::{Error, Result};
use crate::secret::Secret;

/// A PKCS#8 v1 DER document of an RSA private key.
pub type Pkcs8 = Secret<Vec<u8>>;

/// Where new signing keys come from. Blocking: 30 to 200 ms of processor time.
pub trait KeySource: Send + Sync {
    /// A new RSA-2048 key.
    fn generate(&self) -> Result<Pkcs8>;
}

/// Real keys.
pub struct RsaKeys;

impl KeySource for RsaKeys {
    fn generate(&self) -> Result<Pkcs8> {
        let failed = |_| Error::internal(anyhow::anyhow!("RSA key generation failed"));
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
        let der = pair.as_der().map_err(failed)?;
        Ok(Secret::new(der.as_ref().to_vec()))
    }
}

/// Keys made beforehand, handed out in turn and over again: tests start without waiting.
pub struct FixedKeys {
    keys: Vec<Vec<u8>>,
    next: AtomicUsize,
}

impl FixedKeys {
    /// Hands out these PKCS#8 documents.
    pub const fn new(keys: Vec<Vec<u8>>) -> Self {
        Self {
            keys,
            next: AtomicUsize::new(0),
        }
    }
}

impl KeySource for FixedKeys {
    fn generate(&self) -> Result<Pkcs8> {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.keys.len().max(1);
        self.keys
            .get(at)
            .map(|der| Secret::new(der.clone()))
            .ok_or_else(|| Error::internal(anyhow::anyhow!("no fixed key")))
    }
}
