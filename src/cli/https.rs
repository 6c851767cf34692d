//! Flags for https, and of `poolhouse ca`.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::Args;

use super::public_url;
use crate::config::{Config, TlsFiles};

/// Flags of the https listener.
#[derive(Args, Debug)]
pub(super) struct HttpsArgs {
    /// Listen for https too, on this port; 0 picks a free one [default: http only]
    #[arg(long, env = "POOLHOUSE_HTTPS_PORT", value_name = "PORT")]
    https_port: Option<u16>,
    /// Certificate chain (PEM) for https, followed when it changes [default: one of the local CA,
    /// see poolhouse ca]
    #[arg(
        long,
        env = "POOLHOUSE_TLS_CERT",
        value_name = "FILE",
        requires_all = ["https_port", "tls_key"]
    )]
    tls_cert: Option<PathBuf>,
    /// Private key (PEM) of the certificate
    #[arg(
        long,
        env = "POOLHOUSE_TLS_KEY",
        value_name = "FILE",
        requires_all = ["https_port", "tls_cert"]
    )]
    tls_key: Option<PathBuf>,
}

impl HttpsArgs {
    pub(super) fn into_parts(self) -> (Option<u16>, Option<TlsFiles>) {
        let files = self.tls_cert.zip(self.tls_key);
        (
            self.https_port,
            files.map(|(cert, key)| TlsFiles { cert, key }),
        )
    }
}

/// Flags of `ca`: those of `dev` that say which CA it is.
#[derive(Args, Debug)]
pub struct CaArgs {
    /// Print where the certificate is kept instead
    #[arg(long, env = "POOLHOUSE_CA_PATH")]
    path: bool,
    /// Folder that dev keeps its data in
    #[arg(
        long,
        env = "POOLHOUSE_DATA_DIR",
        value_name = "DIR",
        default_value = ".poolhouse"
    )]
    data_dir: PathBuf,
    /// The CA of servers with --ephemeral, kept in the user's cache folder
    #[arg(long, env = "POOLHOUSE_EPHEMERAL")]
    ephemeral: bool,
    /// What dev is called: a host that is not this machine's has a CA of its own
    #[arg(long, env = "POOLHOUSE_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// A further host, as for dev (repeatable)
    #[arg(
        long,
        env = "POOLHOUSE_ALLOW_HOST",
        value_name = "HOST",
        value_delimiter = ','
    )]
    allow_host: Vec<String>,
    /// Address that dev listens on
    #[arg(long, env = "POOLHOUSE_BIND", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
}

impl CaArgs {
    /// Whether to print the path.
    pub fn path(&self) -> bool {
        self.path
    }

    /// The configuration whose CA it is.
    pub fn into_config(self) -> anyhow::Result<Config> {
        Ok(Config {
            bind: self.bind,
            data_dir: self.data_dir,
            ephemeral: self.ephemeral,
            public_url: self.public_url.map(|url| public_url(&url)).transpose()?,
            allow_hosts: self.allow_host,
            ..Config::default()
        })
    }
}
