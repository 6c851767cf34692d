//! Changes of what an account is signed in to with: password, contacts, second factors, passkeys.
//!
//! What the operator asks of them (`settings::changes`, docs/adr/0019; security.md G19) is asked and
//! done here: the sign-in behind a change is fresh ([`Asker::check_fresh`]); the change ends the
//! user's other sessions, in its own transaction; and the user is told by mail once it is committed
//! (both `made`).
//!
//! Source: ASVS 5.0, 6.3.7 and 7.4.3. Cognito has nothing of the kind.

mod what;

use crate::app::App;
use crate::domain::access::SignedIn;
use crate::domain::limits::{self, Act};
use crate::domain::messages::changed;
use crate::domain::records;
use crate::error::{Code, Error, Reason, Result};
use crate::ids::{ClientId, PoolId, SessionId};
use crate::settings::pool::Contact;
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::user_sessions::{self, Spared};
use crate::store::users::User;
use crate::time::Timestamp;

pub use what::What;

/// Who asks for a change.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// Somebody who is signed in, and stays so.
    Signed(Signed<'a>),
    /// A sign-in under way, which goes on; its session is yet to come.
    SignIn,
    /// Nobody who is signed in: an administrator, or who has the code of a reset.
    Nobody,
}

/// A session that asks for a change.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The session: a token's, or a browser's.
    pub session: &'a SessionId,
    /// The client that it is used through.
    pub client: &'a ClientId,
    /// When the user signed in; refreshing makes it no later.
    pub at: Timestamp,
}

impl<'a> From<&'a SignedIn> for Asker<'a> {
    fn from(who: &'a SignedIn) -> Self {
        Self::Signed(Signed {
            session: &who.session,
            client: &who.client.id,
            at: who.auth_at,
        })
    }
}

impl Asker<'_> {
    /// Refuses a change by somebody who signed in too long ago.
    ///
    /// # Errors: NotAuthorized `Sign in again to make this change.`
    pub fn check_fresh(self, app: &App, pool: &PoolId) -> Result<()> {
        match self {
            Self::Signed(signed) if !is_fresh(app, pool, signed.at) => {
                Err(Error::sign_in_stale().because(Reason::StaleSignIn))
            }
            Self::Signed(_) | Self::SignIn | Self::Nobody => Ok(()),
        }
    }
}

/// Whether a sign-in is recent enough to change the account. In whole seconds, as tokens tell it.
pub fn is_fresh(app: &App, pool: &PoolId, signed_in: Timestamp) -> bool {
    let age = app.clock.now(pool).seconds() - signed_in.seconds();
    let limit = app.changes(pool).fresh;
    limit.is_none_or(|limit| age <= limit.as_seconds())
}

/// What follows from changes of a user, in their transaction: call it when they are written, with the
/// user as before. Nothing where nothing changed.
pub(in crate::domain) async fn made(
    app: &App,
    tx: &mut Tx,
    (pool, before): (&Pool, &User),
    asker: Asker<'_>,
    changed: &[What],
) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let settings = app.changes(&pool.id);
    let now = app.clock.now(&pool.id);
    if settings.ends_sessions {
        end_others(tx, before, asker, now).await?;
    }
    if settings.notices && records::is_verified(before, Contact::Email) {
        for what in changed {
            tell(app, tx, (pool, before), *what, now).await?;
        }
    }
    Ok(())
}

/// Ends the user's sessions but the one that asks, and the sign-ins under way but the one that asks.
async fn end_others(tx: &mut Tx, user: &User, asker: Asker<'_>, now: Timestamp) -> Result<()> {
    let owner = (&user.pool, &user.sub);
    let spared = match asker {
        Asker::Signed(signed) => Some(Spared {
            session: signed.session,
            client: signed.client,
        }),
        Asker::SignIn | Asker::Nobody => None,
    };
    if !matches!(asker, Asker::SignIn) {
        user_sessions::end_sign_ins(tx, owner).await?;
    }
    Ok(user_sessions::end_others(tx, owner, spared, now).await?)
}

/// Mails the news once the transaction is committed. A user's mailbox takes so many an hour; a change
/// beyond that is made and not told.
async fn tell(
    app: &App,
    tx: &mut Tx,
    (pool, user): (&Pool, &User),
    what: What,
    now: Timestamp,
) -> Result<()> {
    match limits::count(tx, &pool.id, &user.sub, Act::ChangeNotice, now).await {
        Ok(()) => {}
        Err(error) if error.code == Code::LimitExceeded => {
            tracing::warn!(pool = %pool.id, sub = %user.sub, "so many changes that this one is not told");
            return Ok(());
        }
        Err(error) => return Err(error),
    }
    changed::send_on_commit(app, tx, (pool, user), what, now);
    Ok(())
}
