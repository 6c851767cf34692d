//! https: the listener, and where its certificates come from. TLS 1.2 and 1.3 with the suites of
//! aws-lc-rs; HTTP/2 or HTTP/1.1, as the client likes (security.md F9).
//!
//! [`local`] makes certificates for this machine under a CA of the data folder; [`given`] serves
//! those of two files and follows their changes.

pub mod authority;
pub mod given;
pub mod listener;
pub mod local;
pub mod names;

use std::sync::Arc;

use ::aws_lc_rs::digest::{SHA256, digest};
use anyhow::anyhow;
use tokio_rustls::rustls::client::verify_server_cert_signed_by_trust_anchor;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::{CertificateDer, UnixTime};
use tokio_rustls::rustls::server::{ParsedCertificate, ResolvesServerCert};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{CertificateError, Error, RootCertStore, ServerConfig};

use crate::time::Timestamp;

/// How https is spoken, with certificates from the given place.
pub fn protocol(certificates: Arc<dyn ResolvesServerCert>) -> anyhow::Result<ServerConfig> {
    let provider = Arc::new(provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn provider() -> CryptoProvider {
    aws_lc_rs::default_provider()
}

/// Nobody is trusted here, so a certificate whose times are right fails for its issuer or use.
fn in_time(cert: &CertificateDer<'_>, at: Timestamp) -> anyhow::Result<()> {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    let Err(Error::InvalidCertificate(error)) = check(cert, &RootCertStore::empty(), at) else {
        return Ok(());
    };
    match error {
        Expired | ExpiredContext { .. } => Err(anyhow!("it has expired")),
        NotValidYet | NotValidYetContext { .. } => Err(anyhow!("it is not valid yet")),
        _ => Ok(()),
    }
}

/// A short name that follows from some bytes.
fn short_hash(bytes: &[u8]) -> String {
    let hash = digest(&SHA256, bytes);
    let first = hash.as_ref().iter().take(6);
    let number = first.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{number:012x}")
}

/// Checks a certificate's signature up to one of the roots, its use, names and times.
fn check(cert: &CertificateDer<'_>, roots: &RootCertStore, at: Timestamp) -> Result<(), Error> {
    let since = u64::try_from(at.seconds()).unwrap_or_default();
    let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(since));
    let parsed = ParsedCertificate::try_from(cert)?;
    let algorithms = provider().signature_verification_algorithms.all;
    verify_server_cert_signed_by_trust_anchor(&parsed, roots, &[], now, algorithms)
}
