//! The https listener of a server, as its configuration asks for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_rustls::rustls::server::ResolvesServerCert;

use crate::config::Config;
use crate::ports::clock::Clock;
use crate::ports::rng::Rng;
use crate::tls;
use crate::tls::authority::Authority;
use crate::tls::given::GivenCertificate;
use crate::tls::listener::TlsListener;
use crate::tls::local::LocalCertificates;
use crate::tls::names::Names;

/// A listener with its certificates.
pub(super) struct Https {
    /// Accepts TLS connections.
    pub listener: TlsListener,
    /// The local CA's certificate (PEM), if the server's are signed by it.
    pub ca: Option<PathBuf>,
    /// The certificate that is to be followed when its files change.
    pub given: Option<Arc<GivenCertificate>>,
}

/// Speaks https on a port. `folder` is where the local CA is kept.
pub(super) fn open(tcp: TcpListener, config: &Config, folder: &Path) -> anyhow::Result<Https> {
    // Certificates live in the world's time, which the test controls do not bend.
    let clock = Clock::system();
    let (certificates, ca, given): (Arc<dyn ResolvesServerCert>, _, _) =
        if let Some(files) = &config.tls {
            let given = Arc::new(GivenCertificate::open(files.clone(), clock)?);
            (Arc::clone(&given) as _, None, Some(given))
        } else {
            let authority = authority(config, folder, &clock)?;
            let file = std::path::absolute(&authority.file)?;
            let local = LocalCertificates::new(authority, clock)?;
            (Arc::new(local), Some(file), None)
        };
    Ok(Https {
        listener: TlsListener::new(tcp, tls::protocol(certificates)?),
        ca,
        given,
    })
}

/// Fails if the configuration asks for what cannot be; makes nothing.
pub(super) fn check(config: &Config) -> anyhow::Result<()> {
    if config.https_port.is_none() {
        return Ok(());
    }
    match &config.tls {
        Some(files) => GivenCertificate::open(files.clone(), Clock::system()).map(drop),
        None => Names::of(config).map(drop),
    }
}

/// The local CA of a configuration; made if there is none.
pub(super) fn authority(
    config: &Config,
    folder: &Path,
    clock: &Clock,
) -> anyhow::Result<Authority> {
    let names = Names::of(config)?;
    Authority::open(folder, names, clock.server_now(), &Rng::system())
}

/// Follows the given certificate, if there is one, for ever.
pub(super) async fn follow(given: Option<Arc<GivenCertificate>>) {
    match given {
        Some(given) => given.follow().await,
        None => std::future::pending().await,
    }
}
