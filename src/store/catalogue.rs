//! What a node remembers of pools and clients, so that a request need not read and parse them again
//! (docs/adr/0013).
//!
//! A pool is kept with the epoch that it was read at. Every write to a pool, a client, a domain or a
//! resource server raises that number in its own transaction, so an equal number means that nothing
//! has changed. An entry is believed for [`FRESH`]; then the number is read again. A write of this
//! node is forgotten here when its transaction ends, before it is answered. What decides who may do
//! something (secrets, users, sessions, tokens) is not kept here.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Store;
use super::clients::{self, Client};
use super::db::Conn;
use super::domains::{self, Domain};
use super::pools::{self, Pool};
use super::resource_servers::{self, ResourceServer};
use crate::error::Result;
use crate::ids::{ClientId, PoolId};

/// How long an entry is believed without asking the database.
pub const FRESH: Duration = Duration::from_secs(1);
/// The most pools that are remembered.
const MOST_POOLS: usize = 1024;
/// The most clients that are remembered.
const MOST_CLIENTS: usize = 8192;

/// A pool and what belongs to it, as of one epoch.
#[derive(Debug)]
pub struct Known {
    /// The pool.
    pub pool: Pool,
    /// Whether it has a domain: whether its pages and OAuth endpoints exist.
    pub has_domain: bool,
    /// Its domains, by name.
    pub domains: Vec<Domain>,
    /// The scopes of its resource servers, as tokens name them.
    pub scopes: Vec<String>,
}

/// What is remembered.
#[derive(Default)]
pub struct Catalogue {
    state: Mutex<State>,
    /// One reads while others who miss wait for what it finds.
    loading: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    /// How often something was forgotten: what was read before that is not kept.
    forgotten: u64,
    pools: HashMap<PoolId, (Duration, Arc<Known>)>,
    clients: HashMap<ClientId, (i64, Client)>,
}

impl Catalogue {
    /// The pool of an id. `now` is the node's own time, which no test control bends.
    pub async fn pool(
        &self,
        store: &Store,
        id: &PoolId,
        now: Duration,
    ) -> Result<Option<Arc<Known>>> {
        if let Some(known) = self.fresh(id, now) {
            return Ok(Some(known));
        }
        let _turn = self.loading.lock().await;
        match self.fresh(id, now) {
            Some(known) => Ok(Some(known)),
            None => self.load(&mut store.read().await?, id, now).await,
        }
    }

    /// The client of an id and its pool. A client's secrets are those it had when it was read: only
    /// whether there are any may be taken from here.
    pub async fn client(
        &self,
        store: &Store,
        id: &ClientId,
        now: Duration,
    ) -> Result<Option<(Arc<Known>, Client)>> {
        if let Some((epoch, client)) = self.remembered(id) {
            let known = self.pool(store, &client.pool, now).await?;
            if let Some(known) = known.filter(|known| known.pool.epoch == epoch) {
                return Ok(Some((known, client)));
            }
        }
        let _turn = self.loading.lock().await;
        let before = self.state().forgotten;
        let mut db = store.read().await?;
        let Some((epoch, client)) = clients::find_at(&mut db, id).await? else {
            return Ok(None);
        };
        let known = match self.fresh(&client.pool, now) {
            Some(known) if known.pool.epoch == epoch => Some(known),
            _ => self.load(&mut db, &client.pool, now).await?,
        };
        let mut state = self.state();
        if state.forgotten == before {
            put(
                &mut state.clients,
                MOST_CLIENTS,
                id,
                (epoch, client.clone()),
            );
        }
        Ok(known.map(|known| (known, client)))
    }

    /// Forgets a pool and its clients.
    pub fn forget(&self, pool: &PoolId) {
        let mut state = self.state();
        state.forgotten += 1;
        state.pools.remove(pool);
        state.clients.retain(|_, (_, client)| client.pool != *pool);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let forgotten = self.state().forgotten + 1;
        *self.state() = State {
            forgotten,
            ..State::default()
        };
    }

    fn fresh(&self, id: &PoolId, now: Duration) -> Option<Arc<Known>> {
        let state = self.state();
        let (read, known) = state.pools.get(id)?;
        (now.saturating_sub(*read) < FRESH).then(|| Arc::clone(known))
    }

    fn remembered(&self, id: &ClientId) -> Option<(i64, Client)> {
        self.state().clients.get(id).cloned()
    }

    /// Reads a pool, or only its epoch where that says that nothing has changed. The epoch is read
    /// first: what comes with it is at least as new.
    async fn load(&self, db: &mut Conn, id: &PoolId, now: Duration) -> Result<Option<Arc<Known>>> {
        let (before, aged) = {
            let state = self.state();
            let aged = state.pools.get(id).map(|(_, known)| Arc::clone(known));
            (state.forgotten, aged)
        };
        let unchanged = match aged {
            Some(aged) => (pools::epoch(db, id).await? == Some(aged.pool.epoch)).then_some(aged),
            None => None,
        };
        let known = match unchanged {
            Some(known) => known,
            None => match read(db, id).await? {
                Some(known) => Arc::new(known),
                None => return Ok(None),
            },
        };
        let mut state = self.state();
        if state.forgotten == before {
            let entry = (now, Arc::clone(&known));
            put(&mut state.pools, MOST_POOLS, id, entry);
        }
        Ok(Some(known))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(db: &mut Conn, id: &PoolId) -> Result<Option<Known>> {
    let Some(pool) = pools::find(db, id).await? else {
        return Ok(None);
    };
    let domains = domains::of_pool(db, id).await?;
    let servers = resource_servers::all(db, id).await?;
    let scopes = servers.iter().flat_map(ResourceServer::scope_strings);
    Ok(Some(Known {
        pool,
        has_domain: !domains.is_empty(),
        domains,
        scopes: scopes.collect(),
    }))
}

/// Keeps an entry; in a full map it takes the place of another.
fn put<K: Clone + Eq + Hash, V>(map: &mut HashMap<K, V>, most: usize, key: &K, value: V) {
    if map.len() >= most && !map.contains_key(key) {
        let other = map.keys().next().cloned();
        other.map(|other| map.remove(&other));
    }
    map.insert(key.clone(), value);
}

/// The pools that a transaction writes to: forgotten when it ends, however it ends.
pub(super) struct Touched {
    catalogue: Arc<Catalogue>,
    pools: Vec<PoolId>,
    everything: bool,
}

impl Touched {
    pub(super) const fn new(catalogue: Arc<Catalogue>) -> Self {
        Self {
            catalogue,
            pools: Vec::new(),
            everything: false,
        }
    }

    pub(super) fn pool(&mut self, pool: &PoolId) {
        self.pools.push(pool.clone());
    }

    pub(super) const fn everything(&mut self) {
        self.everything = true;
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        if self.everything {
            self.catalogue.clear();
        }
        for pool in &self.pools {
            self.catalogue.forget(pool);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_map_keeps_its_size() {
        let mut map = HashMap::new();
        for key in 0..20 {
            put(&mut map, 8, &key, key);
            assert_eq!(map.get(&key), Some(&key));
        }
        assert_eq!(map.len(), 8);
        put(&mut map, 8, &19, 1);
        assert_eq!((map.len(), map[&19]), (8, 1));
    }
}
