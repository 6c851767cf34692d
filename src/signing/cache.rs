//! Keys that a node has parsed, and which of them a pool has, for a moment.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::SigningKey;
use crate::ids::PoolId;
use crate::time::{Span, Timestamp};

/// How long a node believes what it has read of keys, by its own time.
const FRESH: Duration = Duration::from_secs(1);
/// The same by the time that tokens go by. Test controls bend it, and a key's turn ends by it: a
/// node whose hour has passed in a second may not sign with what it read an hour ago.
const LATELY: Span = Span::minutes(1);
/// Keys kept parsed; a pool beyond that costs a parse each time the cache is emptied.
const MOST_KEYS: usize = 4096;
/// How many characters of a digest tell documents apart: 132 bits.
const DIGEST: usize = 22;

/// The keys of a pool.
#[derive(Clone)]
pub struct PoolKeys {
    /// Signs ID tokens.
    pub id: Arc<SigningKey>,
    /// Signs access tokens.
    pub access: Arc<SigningKey>,
    /// All that are published, as a JWKS document.
    pub jwks: Published,
}

/// A document that is ready to be sent, again and again.
#[derive(Clone)]
pub struct Published {
    /// The document.
    pub bytes: Arc<[u8]>,
    /// What tells it from every other: the beginning of its SHA-256 in Base64url.
    pub digest: Arc<str>,
}

impl Published {
    /// Makes a document ready.
    pub fn new(bytes: Vec<u8>) -> Self {
        let whole = URL_SAFE_NO_PAD.encode(digest(&SHA256, &bytes));
        Self {
            bytes: bytes.into(),
            digest: whole.get(..DIGEST).unwrap_or_default().into(),
        }
    }
}

/// When something was read.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// By the node's own time ([`Clock::elapsed`](crate::ports::clock::Clock::elapsed)).
    pub elapsed: Duration,
    /// By the server's clock.
    pub now: Timestamp,
}

impl Moment {
    /// Whether what was read at `read` is still believed now.
    fn believes(self, read: Self) -> bool {
        self.elapsed.saturating_sub(read.elapsed) < FRESH
            && self.now.since(read.now).saturating_abs() < LATELY.as_ms()
    }
}

/// Parsed keys. What a key id stands for never changes, so keys stay parsed; whether a key is still
/// there, and which keys a pool has, is asked again after a second.
#[derive(Default)]
pub struct KeyCache {
    keys: RwLock<HashMap<String, (Moment, Arc<SigningKey>)>>,
    pools: RwLock<HashMap<PoolId, (Moment, PoolKeys)>>,
    /// One key is made at a time.
    pub making: tokio::sync::Mutex<()>,
}

impl KeyCache {
    /// The key of an id, and whether it was lately there.
    pub fn key(&self, kid: &str, now: Moment) -> Option<(bool, Arc<SigningKey>)> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let (read, key) = keys.get(kid)?;
        Some((now.believes(*read), Arc::clone(key)))
    }

    /// Keeps a key that was there at a moment.
    pub fn keep(&self, key: &Arc<SigningKey>, read: Moment) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= MOST_KEYS {
            keys.clear();
        }
        keys.insert(key.kid.clone(), (read, Arc::clone(key)));
    }

    /// Forgets a key that is gone.
    pub fn forget(&self, kid: &str) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.remove(kid);
    }

    /// The keys of a pool, and whether they were lately those.
    pub fn pool(&self, pool: &PoolId, now: Moment) -> Option<(bool, PoolKeys)> {
        let pools = self.pools.read().unwrap_or_else(PoisonError::into_inner);
        let (read, keys) = pools.get(pool)?;
        Some((now.believes(*read), keys.clone()))
    }

    /// Keeps the keys of a pool as they were at a moment.
    pub fn keep_pool(&self, pool: &PoolId, keys: &PoolKeys, read: Moment) {
        let mut pools = self.pools.write().unwrap_or_else(PoisonError::into_inner);
        if pools.len() >= MOST_KEYS / 2 {
            pools.clear();
        }
        pools.insert(pool.clone(), (read, keys.clone()));
    }

    /// Forgets which keys a pool has: they have changed, or the pool is gone and one that is made
    /// under its id has others.
    pub fn forget_pool(&self, pool: &PoolId) {
        let mut pools = self.pools.write().unwrap_or_else(PoisonError::into_inner);
        pools.remove(pool);
    }

    /// Forgets everything (the store was replaced).
    pub fn clear(&self) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.clear();
        let mut pools = self.pools.write().unwrap_or_else(PoisonError::into_inner);
        pools.clear();
    }
}
