//! The two-database facade: one SQL text, native drivers (docs/adr/0002).
//!
//! A statement is a constant [`Sql`] with `$1`-style parameters that both SQLite and PostgreSQL
//! understand. A [`Conn`] runs it on whichever database it belongs to; arguments keep their type
//! when they are NULL, which PostgreSQL needs. Nothing outside `store` sees a driver type.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgRow, Postgres};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Transaction};
use tokio::runtime::Handle;
use tracing::Instrument;

use super::audit::Actor;
use super::catalogue::Touched;
use super::faults::Faults;
use super::line::Member;
use super::readers::Reader;
use crate::error::{Error, Reason};
use crate::ports::rng::Rng;
use crate::time::Timestamp;

/// A statement: one text for both databases, or a pair where they truly differ.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    /// What SQLite runs.
    pub sqlite: &'static str,
    /// What PostgreSQL runs.
    pub postgres: &'static str,
}

/// Declares statements and the list that the prepare-all test walks:
/// `statements! { BY_ID = "SELECT ..."; }`, or
/// `NAME = sqlite "..." postgres "...";` with a comment saying why they differ.
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $($text:literal)? $(sqlite $lite:literal postgres $pg:literal)?;)+) => {
        $($(#[$doc])* const $name: $crate::store::db::Sql =
            $crate::statements!(@one $($text)? $($lite, $pg)?);)+
        /// Every statement of this module, for the prepare-all test.
        pub(super) const ALL: &[(&str, $crate::store::db::Sql)] = &[$((stringify!($name), $name)),+];
    };
    (@one $text:literal) => { $crate::store::db::Sql { sqlite: $text, postgres: $text } };
    (@one $lite:literal, $pg:literal) => { $crate::store::db::Sql { sqlite: $lite, postgres: $pg } };
}

/// One argument; `None` is a NULL that keeps its type.
#[derive(Clone, Debug)]
pub enum Arg {
    /// TEXT.
    Text(Option<String>),
    /// BIGINT.
    Int(Option<i64>),
    /// BOOLEAN.
    Bool(Option<bool>),
}

macro_rules! arg_from {
    ($($type:ty => $variant:ident($value:ident) $make:expr;)+) => {
        $(impl From<$type> for Arg {
            fn from($value: $type) -> Self { Self::$variant(Some($make)) }
        }
        impl From<Option<$type>> for Arg {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map(|$value| $make))
            }
        })+
    };
}

arg_from! {
    &str => Text(v) v.to_owned();
    String => Text(v) v;
    &String => Text(v) v.clone();
    i64 => Int(v) v;
    i32 => Int(v) i64::from(v);
    bool => Bool(v) v;
    Timestamp => Int(v) v.ms();
    &crate::ids::PoolId => Text(v) v.as_str().to_owned();
    &crate::ids::ClientId => Text(v) v.as_str().to_owned();
    &crate::ids::DeviceKey => Text(v) v.as_str().to_owned();
    &crate::ids::Sub => Text(v) v.as_str().to_owned();
    &crate::ids::SessionId => Text(v) v.as_str().to_owned();
    &crate::ids::Uuid => Text(v) v.as_str().to_owned();
}

/// Arguments in the order of their numbers: `args![pool, name, Option::<i64>::None]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::db::Arg::from($value)),*] };
}

/// What can go wrong in the database, as far as callers care.
#[derive(Debug)]
pub enum DbError {
    /// A unique or primary key already holds this value.
    Unique(sqlx::Error),
    /// What the row refers to does not exist (any more).
    Orphan(sqlx::Error),
    /// Two transactions got in each other's way; the same work may succeed when repeated.
    Conflict(sqlx::Error),
    /// Everything else.
    Other(sqlx::Error),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return Self::Other(error);
        };
        if database.is_unique_violation() {
            return Self::Unique(error);
        }
        if database.is_foreign_key_violation() {
            return Self::Orphan(error);
        }
        // PostgreSQL 40001 serialization_failure, 40P01 deadlock_detected; SQLite 5 SQLITE_BUSY,
        // 517 SQLITE_BUSY_SNAPSHOT: another process wrote for longer than we wait.
        match database.code().as_deref() {
            Some("40001" | "40P01" | "5" | "517") => Self::Conflict(error),
            _ => Self::Other(error),
        }
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Conflict(_) => Self::concurrent_modification().because(Reason::Conflict),
            DbError::Orphan(_) => Self::concurrent_modification(),
            DbError::Unique(source) | DbError::Other(source) => Self::internal(source),
        }
    }
}

/// Gives a violated constraint its meaning at the query.
pub trait OnUnique<T> {
    /// The error to answer when the value is taken.
    fn on_unique(self, meaning: impl FnOnce() -> Error) -> Result<T, Error>;

    /// The error to answer when what the row refers to is gone; other failures stay as they are.
    fn on_orphan(self, meaning: impl FnOnce() -> Error) -> Result<Result<T, DbError>, Error>;
}

impl<T> OnUnique<T> for Result<T, DbError> {
    fn on_unique(self, meaning: impl FnOnce() -> Error) -> Result<T, Error> {
        self.map_err(|error| match error {
            DbError::Unique(_) => meaning(),
            other => other.into(),
        })
    }

    fn on_orphan(self, meaning: impl FnOnce() -> Error) -> Result<Result<T, DbError>, Error> {
        match self {
            Err(DbError::Orphan(_)) => Err(meaning()),
            other => Ok(other),
        }
    }
}

/// The JSON text of a document column.
pub fn encoded<T: serde::Serialize>(document: &T) -> Result<String, DbError> {
    serde_json::to_string(document)
        .map_err(|error| DbError::Other(sqlx::Error::Encode(Box::new(error))))
}

/// A row struct that reads from both databases: `#[derive(sqlx::FromRow)]`.
pub trait Record:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}
impl<T> Record for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

/// A connection that runs statements: on its own for reads, inside a [`Tx`] for writes.
pub struct Conn(Inner);

enum Inner {
    Sqlite(Reader),
    SqliteTx(Member),
    Pg(PoolConnection<Postgres>),
    PgTx(Transaction<'static, Postgres>),
}

macro_rules! bound {
    ($text:expr, $args:expr, $query:path) => {
        $args
            .into_iter()
            .fold($query($text), |query, arg| match arg {
                Arg::Text(value) => query.bind(value),
                Arg::Int(value) => query.bind(value),
                Arg::Bool(value) => query.bind(value),
            })
    };
}

macro_rules! run {
    ($self:ident, $sql:ident, $args:ident, $query:path, |$q:ident, $c:ident| $body:expr) => {
        match &mut $self.0 {
            Inner::Sqlite(reader) => {
                let $q = bound!($sql.sqlite, $args, $query);
                let $c = reader.connection()?;
                let result: Result<_, sqlx::Error> = $body;
                if result.is_err() {
                    reader.failed();
                }
                result
            }
            Inner::SqliteTx(member) => {
                let $q = bound!($sql.sqlite, $args, $query);
                let $c = member.connection()?;
                let result: Result<_, sqlx::Error> = $body;
                if let Err(error) = &result {
                    member.saw(error);
                }
                result
            }
            Inner::Pg(conn) => {
                let ($q, $c) = (bound!($sql.postgres, $args, $query), &mut **conn);
                $body
            }
            Inner::PgTx(conn) => {
                let ($q, $c) = (bound!($sql.postgres, $args, $query), &mut **conn);
                $body
            }
        }
    };
}

impl Conn {
    pub(super) const fn sqlite(reader: Reader) -> Self {
        Self(Inner::Sqlite(reader))
    }

    pub(super) const fn postgres(conn: PoolConnection<Postgres>) -> Self {
        Self(Inner::Pg(conn))
    }

    /// Runs a statement; gives the number of rows it changed.
    pub async fn execute(&mut self, sql: Sql, args: Vec<Arg>) -> Result<u64, DbError> {
        run!(self, sql, args, sqlx::query, |query, conn| {
            query.execute(conn).await.map(|done| done.rows_affected())
        })
        .map_err(Into::into)
    }

    /// The first row, if there is one.
    pub async fn optional<T: Record>(
        &mut self,
        sql: Sql,
        args: Vec<Arg>,
    ) -> Result<Option<T>, DbError> {
        run!(self, sql, args, sqlx::query_as, |query, conn| {
            query.fetch_optional(conn).await
        })
        .map_err(Into::into)
    }

    /// The one row there must be.
    pub async fn one<T: Record>(&mut self, sql: Sql, args: Vec<Arg>) -> Result<T, DbError> {
        run!(self, sql, args, sqlx::query_as, |query, conn| {
            query.fetch_one(conn).await
        })
        .map_err(Into::into)
    }

    /// All rows.
    pub async fn all<T: Record>(&mut self, sql: Sql, args: Vec<Arg>) -> Result<Vec<T>, DbError> {
        run!(self, sql, args, sqlx::query_as, |query, conn| {
            query.fetch_all(conn).await
        })
        .map_err(Into::into)
    }

    /// Prepares a statement without running it (the offline check of every text).
    pub async fn prepare(&mut self, sql: Sql) -> Result<(), DbError> {
        use sqlx::{Executor, SqlSafeStr};
        match &mut self.0 {
            Inner::Sqlite(reader) => {
                let conn = reader.connection()?;
                drop(conn.prepare(sql.sqlite.into_sql_str()).await?);
            }
            Inner::SqliteTx(member) => {
                let conn = member.connection()?;
                drop(conn.prepare(sql.sqlite.into_sql_str()).await?);
            }
            Inner::Pg(conn) => drop((&mut **conn).prepare(sql.postgres.into_sql_str()).await?),
            Inner::PgTx(conn) => drop((&mut **conn).prepare(sql.postgres.into_sql_str()).await?),
        }
        Ok(())
    }
}

/// Something that happens after a commit and only then.
type Act = Box<dyn FnOnce() + Send + Sync>;

/// A write transaction. Dropped without [`Tx::commit`], it rolls back.
pub struct Tx {
    conn: Conn,
    pub(super) actor: Actor,
    pub(super) rng: Rng,
    faults: Faults,
    /// Dropped with the transaction: after its commit, before its answer.
    pub(super) touched: Touched,
    /// What is to happen after the commit.
    after: Vec<Act>,
    /// Whether there is a savepoint to go back to. In a shared SQLite transaction the one before
    /// may have left one of the same name.
    marked: bool,
}

impl Tx {
    pub(super) const fn sqlite(
        member: Member,
        actor: Actor,
        rng: Rng,
        faults: Faults,
        touched: Touched,
    ) -> Self {
        Self {
            conn: Conn(Inner::SqliteTx(member)),
            actor,
            rng,
            faults,
            touched,
            after: Vec::new(),
            marked: false,
        }
    }

    pub(super) const fn postgres(
        tx: Transaction<'static, Postgres>,
        actor: Actor,
        rng: Rng,
        faults: Faults,
        touched: Touched,
    ) -> Self {
        Self {
            conn: Conn(Inner::PgTx(tx)),
            actor,
            rng,
            faults,
            touched,
            after: Vec::new(),
            marked: false,
        }
    }

    /// Makes the writes last, and returns when they do. On SQLite the commit may be shared with
    /// others (docs/adr/0012).
    ///
    /// What is to happen after a commit and only then goes to [`Tx::on_commit`].
    pub async fn commit(self) -> Result<(), DbError> {
        if self.after.is_empty() {
            return self.settle().await;
        }
        // Whoever asked for the write may hang up while it is committed; what follows from a commit
        // follows all the same.
        let settling = Handle::current().spawn(self.settle().in_current_span());
        settling.await.unwrap_or_else(|lost| {
            let cause = format!("the commit came to no end: {lost}");
            Err(DbError::Other(sqlx::Error::Protocol(cause)))
        })
    }

    async fn settle(self) -> Result<(), DbError> {
        self.faults.commit()?;
        // Before it is certain: a commit whose answer is lost may have been one.
        self.actor.wrote.mark();
        match self.conn.0 {
            Inner::SqliteTx(member) => member.commit().await?,
            Inner::PgTx(tx) => tx.commit().await?,
            Inner::Sqlite(_) | Inner::Pg(_) => {}
        }
        for act in self.after {
            act();
        }
        Ok(())
    }

    /// Has something happen after the commit, and only then: such as a mail about what was written.
    /// It does not wait for anything, and cannot fail.
    pub fn on_commit(&mut self, act: impl FnOnce() + Send + Sync + 'static) {
        self.after.push(Box::new(act));
    }

    /// Marks a point inside the transaction to come back to.
    pub async fn savepoint(&mut self) -> Result<(), DbError> {
        self.execute(SAVEPOINT, Vec::new()).await?;
        self.marked = true;
        Ok(())
    }

    /// Undoes everything since the last [`Tx::savepoint`]; the transaction goes on.
    pub async fn rollback_to_savepoint(&mut self) -> Result<(), DbError> {
        if !self.marked {
            let cause = "there is no savepoint to go back to";
            return Err(DbError::Other(sqlx::Error::Protocol(cause.to_owned())));
        }
        self.execute(ROLLBACK_TO_SAVEPOINT, Vec::new())
            .await
            .map(drop)
    }
}

const SAVEPOINT: Sql = Sql {
    sqlite: "SAVEPOINT step",
    postgres: "SAVEPOINT step",
};
const ROLLBACK_TO_SAVEPOINT: Sql = Sql {
    sqlite: "ROLLBACK TO SAVEPOINT step",
    postgres: "ROLLBACK TO SAVEPOINT step",
};

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
