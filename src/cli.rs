//! The command line: every flag once, each with its environment twin.

mod changes;
mod https;
mod profiles;
mod triggers;

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use self::changes::ChangeArgs;
pub use self::https::CaArgs;
use self::https::HttpsArgs;
use self::profiles::ProfileArgs;
use self::triggers::TriggerArgs;
use crate::config::{Config, Mode};
use crate::hashing::HashProfile;
use crate::secret::Secret;
use crate::store;
use crate::time::Span;

const ABOUT: &str =
    "Amazon Cognito in your own house: user pools, hosted sign-in, OAuth2 and OpenID Connect.";

const EXAMPLES: &str = "\
Examples:
  poolhouse                                   a demo pool on http://localhost:9229, data in .poolhouse/
  poolhouse dev --ephemeral --port 0          for tests: a private database, any free port
  poolhouse dev --database postgres://u:p@localhost/poolhouse
  aws cognito-idp list-user-pools --max-results 10 --endpoint-url http://localhost:9229

Every flag can be given as an environment variable: --port is POOLHOUSE_PORT, and so on.
The mailbox with all codes is at http://localhost:9229/_poolhouse/.";

/// What the program is asked to do.
#[derive(Debug, Parser)]
#[command(name = "poolhouse", version, about = ABOUT, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// A command; none means `dev`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Flags of `dev`, which may be left out.
    #[command(flatten)]
    pub dev: DevArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve as a local substitute for Amazon Cognito (the default): loopback only, any AWS
    /// signature is accepted, and a mailbox shows every code
    Dev(Box<DevArgs>),
    /// Serve in production (not built yet: exits with status 2)
    Serve,
    /// Print the certificate (PEM) of the local CA that dev mode's https certificates come from;
    /// made if there is none
    Ca(CaArgs),
    /// Ask a running server whether it is ready; exits with status 0 or 1
    Health {
        /// The server's address
        #[arg(
            long,
            env = "POOLHOUSE_HEALTH_URL",
            default_value = "http://127.0.0.1:9229"
        )]
        url: String,
    },
}

/// How costly password hashes are.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Hash {
    /// The least argon2id allows: quick tests
    Dev,
    /// argon2id with 19 MiB and two passes, as OWASP recommends
    Owasp,
}

/// What an answered write survives in the embedded database.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Durability {
    /// Nothing is promised: for databases that are thrown away
    Off,
    /// A killed server; a power cut may take the last moments
    Normal,
    /// A power cut; writers that wait for the disk share its answer
    Full,
}

/// Flags of `dev`.
#[derive(Args, Debug)]
pub struct DevArgs {
    /// Address to listen on
    #[arg(long, env = "POOLHOUSE_BIND", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Port to listen on; 0 picks a free one and prints it
    #[arg(long, env = "POOLHOUSE_PORT", default_value_t = 9229)]
    port: u16,
    #[command(flatten)]
    https: HttpsArgs,
    /// What browsers and tokens call this server; port 0 in it stands for the one that was picked
    /// [default: http://localhost:PORT]
    #[arg(long, env = "POOLHOUSE_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// What tokens call their issuer: public (PUBLIC_URL/POOL), aws or aws-updated (the names it
    /// has on AWS, for verifiers that have them built in), or a URL with {poolId} in it
    #[arg(
        long,
        env = "POOLHOUSE_ISSUER",
        value_name = "MODE",
        default_value = "public"
    )]
    issuer: String,
    /// Give every pool new signing keys after so many days, announced a day before they sign; 0: never
    #[arg(
        long,
        env = "POOLHOUSE_ROTATE_KEYS_DAYS",
        value_name = "N",
        default_value_t = 0
    )]
    rotate_keys_days: u16,
    #[command(flatten)]
    profiles: ProfileArgs,
    #[command(flatten)]
    changes: ChangeArgs,
    /// PostgreSQL database (postgres://user:password@host/name) instead of the embedded SQLite
    #[arg(
        long,
        env = "POOLHOUSE_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    database: Option<String>,
    /// Folder of the embedded database, the master key and spare signing keys
    #[arg(
        long,
        env = "POOLHOUSE_DATA_DIR",
        value_name = "DIR",
        default_value = ".poolhouse"
    )]
    data_dir: PathBuf,
    /// Keep everything in a private database that is removed at exit
    #[arg(long, env = "POOLHOUSE_EPHEMERAL")]
    ephemeral: bool,
    /// What an answered write survives in the embedded database [default: normal, and off with
    /// --ephemeral]
    #[arg(
        long,
        env = "POOLHOUSE_DURABILITY",
        value_enum,
        conflicts_with = "database"
    )]
    durability: Option<Durability>,
    /// Region of new pools when the request's signature names none
    #[arg(long, env = "POOLHOUSE_REGION", default_value = "us-east-1")]
    region: String,
    /// Account of new pools when the access key is not 12 digits
    #[arg(
        long,
        env = "POOLHOUSE_ACCOUNT_ID",
        value_name = "ID",
        default_value = "000000000000"
    )]
    account_id: String,
    /// How costly password hashes are
    #[arg(long, env = "POOLHOUSE_HASH", value_enum, default_value_t = Hash::Dev)]
    hash: Hash,
    /// How many password hashes are computed at a time; unset: one less than the cores, for others have work, too
    #[arg(long, env = "POOLHOUSE_HASH_THREADS", value_name = "N")]
    hash_threads: Option<NonZeroUsize>,
    /// A further value that the Host header may have (repeatable)
    #[arg(
        long,
        env = "POOLHOUSE_ALLOW_HOST",
        value_name = "HOST",
        value_delimiter = ','
    )]
    allow_host: Vec<String>,
    /// Most messages with codes to one address in an hour, 0 for no limit; without the option 30 where
    /// --smtp-url is set
    #[arg(long, env = "POOLHOUSE_MESSAGES_PER_HOUR", value_name = "COUNT")]
    messages_per_hour: Option<u32>,
    /// A pool whose links to confirm an account act when they are opened, without asking; * is every
    /// pool (repeatable)
    #[arg(
        long,
        env = "POOLHOUSE_CONFIRM_ON_GET",
        value_name = "POOL",
        value_delimiter = ','
    )]
    confirm_on_get: Vec<String>,
    /// A web origin whose pages may make signed calls (repeatable)
    #[arg(
        long,
        env = "POOLHOUSE_ALLOW_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    allow_origin: Vec<String>,
    /// Let dev mode listen on an address that others can reach
    #[arg(long, env = "POOLHOUSE_ALLOW_NON_LOOPBACK")]
    allow_non_loopback: bool,
    /// Leave an empty store empty: no demo pool
    #[arg(long, env = "POOLHOUSE_NO_DEMO")]
    no_demo: bool,
    /// Write {"url","port","pid","version"} (and "https_port","ca") to this file once the server
    /// answers
    #[arg(long, env = "POOLHOUSE_READY_FILE", value_name = "PATH")]
    ready_file: Option<PathBuf>,
    /// CloudFormation template whose user pools to create at start (not built yet: exits with
    /// status 2)
    #[arg(
        long,
        env = "POOLHOUSE_TEMPLATE",
        value_name = "FILE",
        value_delimiter = ','
    )]
    template: Vec<PathBuf>,
    /// Send e-mail through this server: smtp://user:password@host:587?tls=required or
    /// smtps://host [default: the mailbox and the log only]
    #[arg(
        long,
        env = "POOLHOUSE_SMTP_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    smtp_url: Option<String>,
    /// Certificates (PEM) to trust for SMTP beside the system's
    #[arg(long, env = "POOLHOUSE_SMTP_CA", value_name = "FILE")]
    smtp_ca: Option<PathBuf>,
    /// Sender of e-mail where the pool names none
    #[arg(
        long,
        env = "POOLHOUSE_MAIL_FROM",
        value_name = "ADDRESS",
        default_value = "no-reply@verificationemail.com"
    )]
    mail_from: String,
    #[command(flatten)]
    triggers: TriggerArgs,
    /// The master key, base64url of 32 bytes [default: made in the data folder]
    #[arg(
        long,
        env = "POOLHOUSE_MASTER_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    master_key: Option<String>,
    /// What to log, as in `info,poolhouse=debug`
    #[arg(
        long,
        env = "POOLHOUSE_LOG",
        value_name = "FILTER",
        default_value = "warn,poolhouse=info"
    )]
    log: String,
}

impl DevArgs {
    /// The log filter.
    pub fn log_filter(&self) -> &str {
        &self.log
    }

    /// The configuration that the flags ask for, or why it cannot be.
    pub fn into_config(self) -> anyhow::Result<Config> {
        anyhow::ensure!(
            self.allow_non_loopback || self.bind.is_loopback(),
            "dev mode accepts any signature, so it listens on loopback only: {} is reachable by \
             others (--allow-non-loopback overrides this)",
            self.bind
        );
        anyhow::ensure!(
            self.template.is_empty(),
            "--template is not implemented by Poolhouse yet"
        );
        anyhow::ensure!(
            self.account_id.len() == 12 && self.account_id.bytes().all(|b| b.is_ascii_digit()),
            "--account-id must be 12 digits"
        );
        let (https_port, tls) = self.https.into_parts();
        Ok(Config {
            mode: Mode::Dev,
            bind: self.bind,
            port: self.port,
            https_port,
            tls,
            public_url: self.public_url.map(|url| public_url(&url)).transpose()?,
            database: self.database,
            data_dir: self.data_dir,
            master_key: self.master_key.map(Secret::new),
            ephemeral: self.ephemeral,
            durability: self.durability.map(|asked| match asked {
                Durability::Off => store::Durability::Off,
                Durability::Normal => store::Durability::Normal,
                Durability::Full => store::Durability::Full,
            }),
            region: self.region,
            account_id: self.account_id,
            hash: match self.hash {
                Hash::Dev => HashProfile::Dev,
                Hash::Owasp => HashProfile::Owasp,
            },
            hash_threads: self.hash_threads,
            allow_hosts: self.allow_host,
            confirm_on_get: self.confirm_on_get,
            messages_per_hour: self.messages_per_hour,
            allow_origins: self.allow_origin,
            allow_non_loopback: self.allow_non_loopback,
            no_demo: self.no_demo,
            ready_file: self.ready_file,
            templates: self.template,
            smtp_url: self.smtp_url.map(Secret::new),
            smtp_ca: self.smtp_ca,
            mail_from: self.mail_from,
            issuer: self.issuer.parse().map_err(|wrong| {
                anyhow::anyhow!("--issuer {} cannot be used: {wrong}", self.issuer)
            })?,
            rotate_keys: (self.rotate_keys_days > 0)
                .then(|| Span::days(i64::from(self.rotate_keys_days))),
            profiles: self.profiles.into_profiles(self.changes.into_rules()?)?,
            triggers: self.triggers.into_settings()?,
        })
    }
}

/// An http(s) URL without query, fragment or trailing slash.
fn public_url(text: &str) -> anyhow::Result<String> {
    let url = url::Url::parse(text)
        .map_err(|error| anyhow::anyhow!("--public-url {text} is not a URL: {error}"))?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none();
    anyhow::ensure!(
        plain,
        "--public-url {text} must be http(s)://host[:port][/path]"
    );
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(args: &[&str]) -> anyhow::Result<Config> {
        let all = ["poolhouse"].iter().chain(args);
        Cli::try_parse_from(all)
            .map_err(Into::into)
            .and_then(|cli| cli.dev.into_config())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn every_flag_has_an_environment_twin() {
        use clap::CommandFactory;
        for arg in Cli::command().get_arguments() {
            let Some(long) = arg.get_long() else { continue };
            if long != "help" && long != "version" {
                let twin = format!("POOLHOUSE_{}", long.replace('-', "_").to_uppercase());
                assert_eq!(
                    arg.get_env().and_then(|e| e.to_str()),
                    Some(twin.as_str()),
                    "{long}"
                );
            }
        }
    }

    #[test]
    fn dev_mode_listens_on_loopback_unless_told() {
        for open in ["0.0.0.0", "::"] {
            let refused = config(&["--bind", open]).unwrap_err().to_string();
            assert!(refused.contains("--allow-non-loopback"), "{refused}");
            assert!(config(&["--bind", open, "--allow-non-loopback"]).is_ok());
        }
    }

    #[test]
    fn durability_is_for_the_embedded_database() {
        let full = config(&["--durability", "full"]).unwrap();
        assert_eq!(full.durability, Some(store::Durability::Full));
        assert_eq!(config(&[]).unwrap().durability, None);
        assert!(config(&["--durability", "full", "--database", "postgres://x/y"]).is_err());
    }

    #[test]
    fn bad_values_are_refused() {
        for bad in [
            ["--public-url", "ftp://x"],
            ["--public-url", "http://x/?q=1"],
            ["--port", "70000"],
            ["--account-id", "12"],
            ["--template", "stack.yaml"],
            ["--durability", "extra"],
            ["--issuer", "private"],
            ["--profile", "lax"],
            ["--pool-profile", "us-east-1_abc123"],
            ["--fresh-sign-in", "-1"],
            ["--fresh-sign-in", "43201"],
            ["--fresh-sign-in", "5m"],
            ["--pool-fresh-sign-in", "5"],
            ["--pool-fresh-sign-in", "us-east-1_abc123DEF=soon"],
            ["--end-other-sessions", "yes"],
            ["--pool-end-other-sessions", "us-east-1_abc123DEF=1"],
            ["--change-notices", ""],
            ["--pool-change-notices", "us-east-1_abc123DEF"],
            ["--issuer", "https://id.example.com"],
            ["--https-port", "x"],
            ["--tls-cert", "tls.crt"],
            ["--tls-key", "tls.key"],
            ["--lambda-endpoint", "127.0.0.1:3001"],
            ["--trigger", "http://127.0.0.1/"],
            ["--trigger-map", "/nowhere/map.json"],
            ["--trigger-timeout-ms", "0"],
            ["--rotate-keys-days", "-1"],
            ["--rotate-keys-days", "1.5"],
        ] {
            assert!(config(&bad).is_err(), "{bad:?}");
        }
    }
}
