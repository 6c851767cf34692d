//! How often codes of a second factor may be guessed (security.md G11): ten times in a sign-in, a
//! hundred times a day for a user. A try is counted before the code is looked at, so that parallel
//! guesses cannot slip past; the right one is taken back from the day's count.

use crate::app::App;
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::store::attempts::{self, Attempt};
use crate::store::audit::Actor;
use crate::store::db::{DbError, Tx};
use crate::time::Span;

/// Wrong codes that a sign-in takes; the last one ends it.
pub const PER_SIGN_IN: i64 = 10;

const PER_DAY: i64 = 100;
const DAY: Span = Span::hours(24);
const OF_DAY: &str = "second_factor";

/// Counts a try of a code of the sign-in with this nonce; says how many there were.
///
/// # Errors: NotAuthorized `Invalid session for the user.` when the sign-in has used up its tries,
/// `Password attempts exceeded` when the user has
pub async fn count(
    app: &App,
    actor: &Actor,
    (pool, sub): (&PoolId, &Sub),
    nonce: &str,
) -> Result<i64> {
    let mut tx = app.store.write(actor).await?;
    let now = app.clock.now(pool);
    count_day(app, &mut tx, (pool, sub)).await?;
    let act = format!("sign_in/{nonce}");
    let tries = Attempt {
        pool,
        sub,
        act: &act,
    };
    let counted = attempts::claim(&mut tx, tries, PER_SIGN_IN, (now, now.minus(DAY))).await?;
    let dead = || Error::invalid_session().because(Reason::TooManyTries);
    let counted = counted.ok_or_else(dead)?;
    tx.commit().await?;
    Ok(counted)
}

/// Counts a try of a code outside a sign-in. To count, the transaction must commit.
///
/// # Errors: NotAuthorized `Password attempts exceeded`
pub async fn count_day(app: &App, tx: &mut Tx, (pool, sub): (&PoolId, &Sub)) -> Result<()> {
    let now = app.clock.now(pool);
    let counted = attempts::claim(tx, of_day(pool, sub), PER_DAY, (now, now.minus(DAY))).await?;
    let exceeded = || Error::password_attempts_exceeded().because(Reason::TooManyTries);
    counted.map(drop).ok_or_else(exceeded)
}

/// Takes a try back from the day's count: the code was right.
pub async fn refund(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<(), DbError> {
    attempts::refund(tx, of_day(pool, sub)).await
}

const fn of_day<'a>(pool: &'a PoolId, sub: &'a Sub) -> Attempt<'a> {
    Attempt {
        pool,
        sub,
        act: OF_DAY,
    }
}
