//! The wired parts of one server. Built by `main` with real ports and by tests with fakes.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::config::{Config, Mode};
use crate::hashing::HashPool;
use crate::ids::{PoolId, user_pool_arn};
use crate::jobs::Jobs;
use crate::ports::clock::Clock;
use crate::ports::http::Http;
use crate::ports::keys::KeySource;
use crate::ports::lambda::Lambdas;
use crate::ports::mailbox::Mailbox;
use crate::ports::mailer::Mailer;
use crate::ports::rng::Rng;
use crate::ports::sms::SmsSender;
use crate::settings::changes::Changes;
use crate::settings::profile::Profile;
use crate::signing::KeyCache;
use crate::store::Store;
use crate::store::pools::Pool;
use crate::turns::Turns;
use crate::vault::Vault;

/// Everything a request needs, shared by all of them.
pub struct App {
    /// The database.
    pub store: Store,
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// Seals, opens and hashes.
    pub vault: Vault,
    /// Outgoing e-mail.
    pub mailer: Arc<dyn Mailer>,
    /// Outgoing text messages.
    pub sms: Arc<dyn SmsSender>,
    /// Outgoing HTTP.
    pub http: Arc<dyn Http>,
    /// Lambda triggers.
    pub lambda: Arc<Lambdas>,
    /// New signing keys.
    pub keys: Arc<dyn KeySource>,
    /// Signing keys, parsed.
    pub signing: KeyCache,
    /// Attempts at one user's password take turns.
    pub turns: Turns,
    /// Bounded password hashing.
    pub hashing: HashPool,
    /// Work that outlives its request.
    pub jobs: Jobs,
    /// Requests that panicked since the start. There must be none.
    pub panics: Arc<AtomicU64>,
    /// Dev mode's copy of every message; none in production.
    pub mailbox: Option<Mailbox>,
    /// What browsers and tokens call this server, without a trailing slash.
    pub public_url: String,
    /// The rest of the configuration.
    pub config: Config,
}

impl App {
    /// Where a pool's endpoints, pages and keys are: from configuration, never from a request
    /// (security.md F1). What its tokens call their issuer is `domain::issuer`'s to say.
    pub fn site(&self, pool: &PoolId) -> String {
        format!("{}/{pool}", self.public_url)
    }

    /// Whom the OAuth endpoints of a pool follow: Cognito or the standards. A request that names no
    /// pool has the server's usual profile.
    pub fn profile(&self, pool: Option<&PoolId>) -> Profile {
        self.config.profiles.of(pool)
    }

    /// What is asked of changes of an account in a pool.
    pub fn changes(&self, pool: &PoolId) -> Changes {
        self.config.profiles.changes(pool)
    }

    /// Whether this is a substitute on somebody's own machine.
    pub fn is_local(&self) -> bool {
        self.config.mode == Mode::Dev
    }

    /// The ARN of a pool.
    pub fn pool_arn(&self, pool: &Pool) -> String {
        user_pool_arn(&pool.region, &pool.account, &pool.id)
    }
}
