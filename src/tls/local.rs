//! Certificates of the local CA, made when a client asks for a name and made again before they end.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use rcgen::KeyPair;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::{CertifiedKey, SigningKey};

use super::authority::Authority;
use crate::ports::clock::Clock;
use crate::time::Timestamp;

/// How many names below localhost are kept at once.
const MOST: usize = 256;

/// Certificates for every name of this machine. The clock must be the world's, not the virtual one
/// of the test controls: clients check with theirs.
pub struct LocalCertificates {
    authority: Authority,
    key: KeyPair,
    signing: Arc<dyn SigningKey>,
    clock: Clock,
    made: Mutex<HashMap<String, Made>>,
}

struct Made {
    certified: Arc<CertifiedKey>,
    until: Timestamp,
}

impl LocalCertificates {
    /// Certificates of a CA, with a new key.
    pub fn new(authority: Authority, clock: Clock) -> anyhow::Result<Self> {
        let key = KeyPair::generate()?;
        let der = PrivatePkcs8KeyDer::from(key.serialized_der().to_vec());
        let signing = super::provider()
            .key_provider
            .load_private_key(PrivateKeyDer::Pkcs8(der))?;
        let new = Self {
            authority,
            key,
            signing,
            clock,
            made: Mutex::default(),
        };
        new.certified(None).context("cannot make a certificate")?;
        Ok(new)
    }

    /// The CA.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The certificate for a name below localhost, else the one for all other names. Each name gets
    /// its own, because browsers take no wildcard below a top-level name.
    fn certified(&self, asked: Option<&str>) -> anyhow::Result<Arc<CertifiedKey>> {
        let now = self.clock.server_now();
        let asked = asked.map(str::to_ascii_lowercase);
        let name = asked.filter(|name| name.ends_with(".localhost"));
        let place = name.clone().unwrap_or_default();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = made.get(&place).filter(|kept| now < kept.until) {
            return Ok(Arc::clone(&kept.certified));
        }
        let names: Vec<&str> = match &name {
            Some(name) => vec![name],
            None => self.authority.names().all().collect(),
        };
        let (der, until): (CertificateDer<'static>, _) =
            self.authority.issue(&self.key, &names, now)?;
        let certified = Arc::new(CertifiedKey::new(vec![der], Arc::clone(&self.signing)));
        if made.len() >= MOST {
            made.clear();
        }
        let kept = Arc::clone(&certified);
        made.insert(
            place,
            Made {
                certified: kept,
                until,
            },
        );
        Ok(certified)
    }
}

impl ResolvesServerCert for LocalCertificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let made = self.certified(hello.server_name());
        made.inspect_err(|error| tracing::error!(%error, "cannot make a certificate"))
            .ok()
    }
}

impl fmt::Debug for LocalCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalCertificates").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
