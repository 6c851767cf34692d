//! Which second factors a user wants to be asked for (SetUserMFAPreference and its kin, api.md
//! 4.7).

use super::software_token::turn_off;
use crate::app::App;
use crate::domain::changes::{self, Asker, What};
use crate::domain::passkeys::relying_party;
use crate::domain::records;
use crate::error::{Error, Result};
use crate::ids::Sub;
use crate::settings::pool::Contact;
use crate::store::audit::{Actor, Event};
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::software_tokens;
use crate::store::users::{Factor, Mfa, User};

/// What is asked for one factor; what is not given stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Whether it is asked for at sign-in.
    pub enabled: Option<bool>,
    /// Whether it is the one asked for when there are several.
    pub preferred: Option<bool>,
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// For each factor that was named.
    pub factors: Vec<(Factor, Wish)>,
    /// Whether a passkey that recognises the user does for both factors.
    pub passkeys: Option<bool>,
}

/// Changes what a user is asked for.
///
/// # Errors: InvalidParameter (the user lacks what the factor needs, two are preferred, the
/// preferred one is off; passkeys without the pool's setting or another factor), NotAuthorized (stale sign-in),
/// UserNotFound
pub async fn set(
    app: &App,
    actor: &Actor,
    (pool, sub): (&Pool, &Sub),
    wishes: &Wishes,
    act: (&str, Asker<'_>),
) -> Result<()> {
    change(app, actor, (pool, sub), act, |user, has_token| {
        apply(user, has_token, &wishes.factors)?;
        apply_passkeys(pool, user, wishes.passkeys)
    })
    .await
}

/// Turns text messages on or off, the old way (SetUserSettings): `MFAOptions` shows them then.
///
/// # Errors: InvalidParameter (no phone number), NotAuthorized (stale sign-in), UserNotFound
pub async fn set_options(
    app: &App,
    actor: &Actor,
    (pool, sub): (&Pool, &Sub),
    sms: bool,
    act: (&str, Asker<'_>),
) -> Result<()> {
    change(app, actor, (pool, sub), act, |user, has_token| {
        let wish = Wish {
            enabled: Some(sms),
            preferred: None,
        };
        apply(user, has_token, &[(Factor::Sms, wish)])?;
        user.mfa.options = sms;
        Ok(())
    })
    .await
}

async fn change(
    app: &App,
    actor: &Actor,
    (pool, sub): (&Pool, &Sub),
    (act, asker): (&str, Asker<'_>),
    apply: impl FnOnce(&mut User, bool) -> Result<()> + Send,
) -> Result<()> {
    asker.check_fresh(app, &pool.id)?;
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let before = records::lock(&mut tx, pool, sub).await?;
    let has_token = has_token(&mut tx, pool, sub).await?;
    let mut after = before.clone();
    apply(&mut after, has_token)?;
    if after.mfa != before.mfa {
        after.modified = now;
        records::save(&mut tx, pool, &before, &after)
            .await
            .map_err(records::Refused::alias_exists)?;
        changes::made(app, &mut tx, (pool, &before), asker, &[What::Factors]).await?;
    }
    let done = Event {
        at: now,
        pool: Some(&pool.id),
        act,
        target: Some(sub.as_str()),
        refused: None,
    };
    tx.audit(done).await?;
    Ok(tx.commit().await?)
}

async fn has_token(tx: &mut Tx, pool: &Pool, sub: &Sub) -> Result<bool> {
    let token = software_tokens::find(tx, &pool.id, sub).await?;
    Ok(token.is_some_and(|token| token.secret.is_some()))
}

fn apply(user: &mut User, has_token: bool, wishes: &[(Factor, Wish)]) -> Result<()> {
    let preferred = |wish: &Wish| wish.preferred == Some(true);
    if wishes.iter().filter(|(_, wish)| preferred(wish)).count() > 1 {
        return Err(Error::mfa_two_preferred());
    }
    for (factor, wish) in wishes {
        if wish.enabled == Some(true) && !can_have(user, has_token, *factor) {
            return Err(Error::mfa_not_deliverable(factor.as_str()));
        }
        let mfa = &mut user.mfa;
        match wish.enabled {
            Some(true) => drop(mfa.enabled.insert(*factor)),
            Some(false) => off(mfa, *factor),
            None => {}
        }
        match wish.preferred {
            Some(true) if !mfa.enabled.contains(factor) => {
                return Err(Error::mfa_preferred_not_enabled());
            }
            Some(true) => mfa.preferred = Some(*factor),
            Some(false) if mfa.preferred == Some(*factor) => mfa.preferred = None,
            _ => {}
        }
    }
    Ok(())
}

/// Passkeys never stand alone: who loses them could not sign in any more.
fn apply_passkeys(pool: &Pool, user: &mut User, wished: Option<bool>) -> Result<()> {
    if wished == Some(true) && !relying_party::is_multi_factor(pool) {
        return Err(Error::mfa_passkeys_single_factor());
    }
    user.mfa.passkeys = wished.unwrap_or(user.mfa.passkeys);
    if user.mfa.passkeys && user.mfa.enabled.is_empty() {
        return Err(Error::mfa_passkeys_alone());
    }
    Ok(())
}

fn off(mfa: &mut Mfa, factor: Factor) {
    turn_off(mfa, factor);
    if factor == Factor::Sms {
        mfa.options = false;
    }
}

fn can_have(user: &User, has_token: bool, factor: Factor) -> bool {
    let has = |contact: Contact| user.attributes.contains_key(contact.as_str());
    match factor {
        Factor::SoftwareToken => has_token,
        Factor::Sms => has(Contact::PhoneNumber),
        Factor::Email => has(Contact::Email),
    }
}
