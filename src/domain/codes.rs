//! Codes: six digits that prove a contact. One live code of each kind, a new one replaces the old,
//! a right one is used up, a wrong one uses up nothing (security.md G13).

use crate::app::App;
use crate::domain::limits;
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::names;
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::store::codes::{self as store, Code, Slot};
use crate::store::db::{Conn, Tx};
use crate::time::{Span, Timestamp};

const DIGITS: usize = 6;

names! {
    /// What a code is for.
    pub enum Kind {
        SignUp = "sign_up",
        Forgot = "forgot",
        Email = "email",
        PhoneNumber = "phone_number",
    }
}

impl Kind {
    /// How long a code works (api.md 3.6).
    const fn validity(self) -> Span {
        match self {
            Self::Forgot => Span::hours(1),
            Self::SignUp | Self::Email | Self::PhoneNumber => Span::hours(24),
        }
    }

    /// The kind of code that proves a contact of a signed-in user.
    pub const fn of(contact: Contact) -> Self {
        match contact {
            Contact::Email => Self::Email,
            Contact::PhoneNumber => Self::PhoneNumber,
        }
    }
}

/// Whose code.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The pool.
    pub pool: &'a PoolId,
    /// The user, or a phantom.
    pub sub: &'a Sub,
}

/// Where a code was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Which contact.
    pub contact: Contact,
    /// Its value at that time.
    pub address: String,
}

/// A fresh code.
pub fn generate(app: &App) -> Result<Secret<String>> {
    app.rng.digits(DIGITS).map(Secret::new)
}

/// Stores a code that is going to be sent.
///
/// # Errors: LimitExceeded (too many messages to the address)
pub async fn issue(
    app: &App,
    tx: &mut Tx,
    (owner, kind): (Owner<'_>, Kind),
    code: &Secret<String>,
    sent: &Sent,
) -> Result<()> {
    let now = app.clock.now(owner.pool);
    limits::message(app, tx, owner.pool, sent, now).await?;
    let code = Code {
        code_hash: app.vault.hash(&purpose(kind), text(owner, code).expose())?,
        attribute: sent.contact.as_str().to_owned(),
        destination: sent.address.clone(),
    };
    let expires = now.plus(kind.validity());
    store::issue(tx, slot(owner, kind), &code, now, expires).await?;
    Ok(())
}

/// Checks a code without using it up; gives where it was sent.
///
/// # Errors: CodeMismatch; ExpiredCode (also when none was ever sent)
pub async fn check(
    app: &App,
    db: &mut Conn,
    (owner, kind): (Owner<'_>, Kind),
    code: &Secret<String>,
) -> Result<Sent> {
    sent(find(app, db, (owner, kind), code).await?)
}

/// Checks a code and uses it up.
///
/// # Errors: CodeMismatch; ExpiredCode (also when none was ever sent, or another request was first)
pub async fn claim(
    app: &App,
    tx: &mut Tx,
    (owner, kind): (Owner<'_>, Kind),
    code: &Secret<String>,
) -> Result<Sent> {
    let now = app.clock.now(owner.pool);
    // One conditional write uses it up. After a change of the hashing key there is more than one to try.
    for hash in app.vault.hashes(&purpose(kind), text(owner, code).expose()) {
        if let Some(claimed) = store::claim(tx, slot(owner, kind), &hash, now).await? {
            return sent(claimed);
        }
    }
    find(app, tx, (owner, kind), code).await?;
    Err(Error::code_expired().because(Reason::NoCode))
}

/// Where the live code of a kind was sent, if there is one.
pub async fn pending(
    db: &mut Conn,
    (owner, kind): (Owner<'_>, Kind),
    now: Timestamp,
) -> Result<Option<Sent>> {
    let code = store::live(db, slot(owner, kind), now).await?;
    code.map(sent).transpose()
}

/// Makes the code of a kind worthless.
pub async fn forget(tx: &mut Tx, owner: Owner<'_>, kind: Kind) -> Result<()> {
    store::forget(tx, slot(owner, kind)).await?;
    Ok(())
}

async fn find(
    app: &App,
    db: &mut Conn,
    (owner, kind): (Owner<'_>, Kind),
    code: &Secret<String>,
) -> Result<Code> {
    let now = app.clock.now(owner.pool);
    let Some(live) = store::live(db, slot(owner, kind), now).await? else {
        return Err(Error::code_expired().because(Reason::NoCode));
    };
    let right = app
        .vault
        .matches(&live.code_hash, &purpose(kind), text(owner, code).expose());
    if !right {
        return Err(Error::code_mismatch().because(Reason::WrongCode));
    }
    Ok(live)
}

fn sent(code: Code) -> Result<Sent> {
    Ok(Sent {
        contact: Contact::try_from(code.attribute).map_err(Error::internal)?,
        address: code.destination,
    })
}

const fn slot(owner: Owner<'_>, kind: Kind) -> Slot<'_> {
    Slot {
        pool: owner.pool,
        sub: owner.sub,
        kind: kind.as_str(),
    }
}

fn purpose(kind: Kind) -> String {
    format!("code/{}", kind.as_str())
}

/// The code belongs to its owner: nobody else's row would recognise it.
fn text(owner: Owner<'_>, code: &Secret<String>) -> Secret<String> {
    Secret::new(format!("{}/{}/{}", owner.pool, owner.sub, code.expose()))
}
