//! How often codes of a sign-in may be guessed (security.md G11): ten times in a sign-in; of a second
//! factor a hundred times a day for a user, in the password's place a thousand times. A try is counted before the code is looked at, so that parallel
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

const DAY: Span = Span::hours(24);

/// What is counted over a day, and how far.
#[derive(Clone, Copy)]
struct Daily {
    act: &'static str,
    limit: i64,
}

const SECOND: Daily = Daily {
    act: "second_factor",
    limit: 100,
};

/// Codes in the password's place can be asked for by anybody, so that a low limit would let anybody
/// keep a user out. They have eight digits: a thousand guesses find one in a hundred thousand days.
const FIRST: Daily = Daily {
    act: "first_factor",
    limit: 1000,
};

/// Counts a try of a code of the sign-in with this nonce; says how many there were.
///
/// # Errors: NotAuthorized `Invalid session for the user.` when the sign-in has used up its tries,
/// `Password attempts exceeded` when the user has
pub async fn count(app: &App, actor: &Actor, who: (&PoolId, &Sub), nonce: &str) -> Result<i64> {
    count_of(app, actor, (who, SECOND), nonce).await
}

/// The same for a code that stands for the password; `sub` may be a phantom's.
///
/// # Errors: those of [`count`]
pub async fn count_first(
    app: &App,
    actor: &Actor,
    who: (&PoolId, &Sub),
    nonce: &str,
) -> Result<i64> {
    count_of(app, actor, (who, FIRST), nonce).await
}

async fn count_of(
    app: &App,
    actor: &Actor,
    ((pool, sub), daily): ((&PoolId, &Sub), Daily),
    nonce: &str,
) -> Result<i64> {
    let mut tx = app.store.write(actor).await?;
    let now = app.clock.now(pool);
    count_daily(app, &mut tx, (pool, sub), daily).await?;
    let act = format!("sign_in/{nonce}");
    let tries = Attempt {
        pool,
        who: sub.as_str(),
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
    count_daily(app, tx, (pool, sub), SECOND).await
}

async fn count_daily(
    app: &App,
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    daily: Daily,
) -> Result<()> {
    let now = app.clock.now(pool);
    let of_day = of_day(pool, sub, daily);
    let counted = attempts::claim(tx, of_day, daily.limit, (now, now.minus(DAY))).await?;
    let exceeded = || Error::password_attempts_exceeded().because(Reason::TooManyTries);
    counted.map(drop).ok_or_else(exceeded)
}

/// Takes a try back from the day's count: the code was right.
pub async fn refund(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<(), DbError> {
    attempts::refund(tx, of_day(pool, sub, SECOND)).await
}

/// The same for a code that stands for the password.
pub async fn refund_first(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<(), DbError> {
    attempts::refund(tx, of_day(pool, sub, FIRST)).await
}

fn of_day<'a>(pool: &'a PoolId, sub: &'a Sub, daily: Daily) -> Attempt<'a> {
    Attempt {
        pool,
        who: sub.as_str(),
        act: daily.act,
    }
}
