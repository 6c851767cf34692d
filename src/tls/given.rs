//! A certificate and its key from two files, followed when the files change (security.md F9).

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context, anyhow};
use aws_lc_rs::digest::{SHA256, digest};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{Error, InconsistentKeys};
use zeroize::Zeroizing;

use crate::config::TlsFiles;
use crate::ports::clock::Clock;
use crate::private;
use crate::time::Timestamp;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// The certificate in use. Connections keep the one that they began with.
#[derive(Debug)]
pub struct GivenCertificate {
    files: TlsFiles,
    clock: TheClock,
    current: RwLock<Arc<CertifiedKey>>,
    seen: Mutex<Seen>,
}

struct TheClock(Clock);

/// What a look at the files found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// They are what was loaded, or refused, last.
    Same,
    /// They have changed; the next look decides, for they are two files and may be half-way.
    Changing,
    /// The new certificate is in use.
    Renewed,
    /// The new files are no good: the old certificate stays in use. Logged.
    Refused,
}

#[derive(Debug)]
struct Seen {
    settled: State,
    changing: Option<State>,
}

/// The content of both files, hashed; none if they cannot be read.
type State = Option<[u8; 32]>;

impl GivenCertificate {
    /// Loads the files.
    ///
    /// # Errors: a file that cannot be read or holds something else; a key that is not the
    /// certificate's; a certificate that has expired or is not valid yet.
    pub fn open(files: TlsFiles, clock: Clock) -> anyhow::Result<Self> {
        private::warn_if_open(&files.key)
            .with_context(|| format!("cannot read {}", files.key.display()))?;
        let seen = state(&files);
        let current = load(&files, clock.server_now())?;
        Ok(Self {
            files,
            clock: TheClock(clock),
            current: RwLock::new(Arc::new(current)),
            seen: Mutex::new(Seen {
                settled: seen,
                changing: None,
            }),
        })
    }

    /// Looks at the files every second, for ever.
    pub async fn follow(self: Arc<Self>) {
        let mut turn = tokio::time::interval(EVERY);
        turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            turn.tick().await;
            let this = Arc::clone(&self);
            if tokio::task::spawn_blocking(move || this.look())
                .await
                .is_err()
            {
                tracing::error!("looking at the certificate failed");
            }
        }
    }

    /// Looks at the files once.
    pub fn look(&self) -> Look {
        let found = state(&self.files);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if found == seen.settled {
            seen.changing = None;
            return Look::Same;
        }
        if seen.changing != Some(found) {
            seen.changing = Some(found);
            return Look::Changing;
        }
        (seen.settled, seen.changing) = (found, None);
        match load(&self.files, self.clock.0.server_now()) {
            Ok(new) => {
                let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                *current = Arc::new(new);
                tracing::info!(file = %self.files.cert.display(), "the new certificate is in use");
                Look::Renewed
            }
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the old certificate stays in use"
                );
                Look::Refused
            }
        }
    }
}

impl ResolvesServerCert for GivenCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

impl std::fmt::Debug for TheClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

fn load(files: &TlsFiles, now: Timestamp) -> anyhow::Result<CertifiedKey> {
    let (cert, key) = (files.cert.display(), files.key.display());
    let text = read(&files.cert)?;
    let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| anyhow!("{cert} is not PEM: {error}"))?;
    let first = chain.first().cloned();
    let first = first.with_context(|| format!("{cert} holds no certificate (PEM)"))?;
    let secret = PrivateKeyDer::from_pem_slice(&read(&files.key)?)
        .map_err(|_| anyhow!("{key} holds no private key (PEM, not encrypted)"))?;
    let certified = CertifiedKey::from_der(chain, secret, &super::provider());
    let certified = certified.map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            anyhow!("the key in {key} is not that of the certificate in {cert}")
        }
        error => anyhow!("{cert} and {key} cannot be used: {error}"),
    })?;
    super::in_time(&first, now)
        .with_context(|| format!("the certificate in {cert} cannot be used"))?;
    Ok(certified)
}

fn state(files: &TlsFiles) -> State {
    let mut both = read(&files.cert).ok()?;
    both.extend_from_slice(&digest32(&read(&files.key).ok()?));
    Some(digest32(&both))
}

fn digest32(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes)
        .as_ref()
        .try_into()
        .unwrap_or_default()
}

fn read(file: &Path) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Zeroizing::new(bytes))
}

#[cfg(test)]
mod tests;
