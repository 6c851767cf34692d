//! The server's configuration: defaults, then `POOLHOUSE_*` environment, then flags.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use crate::hashing::HashProfile;
use crate::ports::lambda::rules;
use crate::secret::Secret;
use crate::settings::issuer::IssuerMode;
use crate::settings::profile::Profiles;
use crate::store::Durability;
use crate::time::Span;

/// How the server behaves as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Local substitute: loopback, any signature, mailbox and test controls.
    Dev,
}

/// A certificate chain and its key, in PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Settled configuration of one server.
#[derive(Clone, Debug)]
pub struct Config {
    /// How the server behaves as a whole.
    pub mode: Mode,
    /// Address to listen on.
    pub bind: IpAddr,
    /// Port to listen on; 0 picks one.
    pub port: u16,
    /// Port to listen on for https; 0 picks one, unset is http only.
    pub https_port: Option<u16>,
    /// The certificate for https; unset: one of the local CA.
    pub tls: Option<TlsFiles>,
    /// What browsers and tokens call this server, without a trailing slash. Unset: derived from
    /// the port once it is known.
    pub public_url: Option<String>,
    /// `postgres://...`; unset means SQLite in the data folder.
    pub database: Option<String>,
    /// Folder of the embedded database, the master key and spare signing keys.
    pub data_dir: PathBuf,
    /// The master key in its file form; unset: `master.key` in the data folder.
    pub master_key: Option<Secret<String>>,
    /// A private database that is removed at exit.
    pub ephemeral: bool,
    /// How hard the embedded database works to keep a write; unset: normal, and off when ephemeral.
    pub durability: Option<Durability>,
    /// Region of new pools when the request's credential scope names none.
    pub region: String,
    /// Account of new pools when the access key is not 12 digits.
    pub account_id: String,
    /// How costly password hashes are.
    pub hash: HashProfile,
    /// How many are computed at a time; unset: one less than the cores.
    pub hash_threads: Option<NonZeroUsize>,
    /// Further values that the `Host` header may have.
    pub allow_hosts: Vec<String>,
    /// Web origins that may make signed calls from a browser (security.md A5).
    pub allow_origins: Vec<String>,
    /// Dev mode may listen on an address that others can reach.
    pub allow_non_loopback: bool,
    /// Leave an empty store empty.
    pub no_demo: bool,
    /// Where to write `{"url","port","pid","version"}` once the server answers.
    pub ready_file: Option<PathBuf>,
    /// CloudFormation templates to apply at start.
    pub templates: Vec<PathBuf>,
    /// SMTP server for e-mail: `smtp://user:password@host:port?tls=required` or `smtps://...`.
    pub smtp_url: Option<Secret<String>>,
    /// A PEM file of certificates to trust for SMTP beside the system's.
    pub smtp_ca: Option<PathBuf>,
    /// Sender of e-mail where the pool names none.
    pub mail_from: String,
    /// Pools whose confirmation links act as soon as they are opened; `*` is every pool.
    pub confirm_on_get: Vec<String>,
    /// Messages with codes to one address in an hour; 0 sets no limit. Unset: 30 where SMTP is set.
    pub messages_per_hour: Option<u32>,
    /// What tokens call their issuer.
    pub issuer: IssuerMode,
    /// How old the signing keys of pools get before others take their turn; unset: as old as they are.
    pub rotate_keys: Option<Span>,
    /// Whom the OAuth endpoints follow, and what is asked of changes of an account, by pool.
    pub profiles: Profiles,
    /// What stands behind the functions of Lambda triggers, and how they are called.
    pub triggers: rules::Settings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mode: Mode::Dev,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 9229,
            https_port: None,
            tls: None,
            public_url: None,
            database: None,
            data_dir: PathBuf::from(".poolhouse"),
            master_key: None,
            ephemeral: false,
            durability: None,
            region: "us-east-1".to_owned(),
            account_id: "000000000000".to_owned(),
            hash: HashProfile::Dev,
            hash_threads: None,
            allow_hosts: Vec::new(),
            allow_origins: Vec::new(),
            allow_non_loopback: false,
            no_demo: false,
            ready_file: None,
            templates: Vec::new(),
            smtp_url: None,
            smtp_ca: None,
            mail_from: "no-reply@verificationemail.com".to_owned(),
            confirm_on_get: Vec::new(),
            messages_per_hour: None,
            issuer: IssuerMode::default(),
            rotate_keys: None,
            profiles: Profiles::default(),
            triggers: rules::Settings::default(),
        }
    }
}
