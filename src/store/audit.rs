//! Who did what (security.md J7): rows are written in the transaction of the act they tell of.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::db::{DbError, Tx};
use crate::error::{Error, Reason};
use crate::ids::PoolId;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    INSERT = "INSERT INTO audit (id, at_ms, pool_id, act, target, result, reason, actor_kind, actor_id, request_id, ip) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
}

/// Who a request comes from, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    /// What kind of caller it is.
    pub kind: ActorKind,
    /// Access key id of an administrator, `sub` of a user, client id of an app.
    pub id: Option<String>,
    /// The request's id, as the answer's `x-amzn-requestid` says it.
    pub request_id: Option<String>,
    /// The caller's address.
    pub ip: Option<String>,
    /// The caller's user agent.
    pub agent: Option<String>,
    /// What an application says of the person that it speaks for (`UserContextData`, `ContextData`).
    pub told: Option<Arc<Told>>,
    /// Whether anything was committed in this name.
    pub wrote: Wrote,
}

/// What an application says of the person that it speaks for. It counts for threat protection alone:
/// audit rows have the address of the connection.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The person's address.
    pub ip: Option<String>,
    /// The person's user agent.
    pub agent: Option<String>,
    /// What tells the person's device from others.
    pub fingerprint: Option<String>,
    /// The person's time zone.
    pub timezone: Option<String>,
}

/// Becomes true with the first commit; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Wrote(Arc<AtomicBool>);

impl Wrote {
    /// Whether there was a commit.
    pub fn any(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    pub(super) fn mark(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// What kind of caller an [`Actor`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ActorKind {
    /// The server itself: start-up, jobs.
    #[default]
    System,
    /// An administrator (SigV4).
    Admin,
    /// A user with an access token.
    User,
    /// An app or a browser without proof of a person.
    Public,
}

impl ActorKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Admin => "admin",
            Self::User => "user",
            Self::Public => "public",
        }
    }
}

/// One act.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// When.
    pub at: Timestamp,
    /// The pool it concerns.
    pub pool: Option<&'a PoolId>,
    /// What was done: the operation's audit name.
    pub act: &'a str,
    /// To whom or what: a sub, client id, group name.
    pub target: Option<&'a str>,
    /// The real reason of a refusal; none for a success.
    pub refused: Option<Reason>,
}

impl Tx {
    /// Records an act; if this fails the act fails.
    pub async fn audit(&mut self, event: Event<'_>) -> Result<(), Error> {
        let id = self.rng.uuid()?;
        let actor = self.actor.clone();
        let result = if event.refused.is_some() {
            "refused"
        } else {
            "done"
        };
        let reason = event.refused.map(|reason| format!("{reason:?}"));
        let args = args![
            &id,
            event.at,
            event.pool,
            event.act,
            event.target,
            result,
            reason,
            actor.kind.as_str(),
            actor.id,
            actor.request_id,
            actor.ip
        ];
        self.execute(INSERT, args)
            .await
            .map_err(DbError::into)
            .map(drop)
    }
}
