//! The connection that writes, and what is under way on it.

use std::sync::Arc;
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Executor, SqlSafeStr};
use tokio::sync::watch;
use tokio::time::Instant;

/// Members of one transaction at most: it bounds what a failed commit takes with it.
const MOST: u32 = 64;
/// How long the first member may have waited before no further one is let in.
const LONGEST: Duration = Duration::from_millis(20);

/// How a shared transaction ended; none while it goes on.
pub(super) type Outcome = Option<Result<(), Arc<str>>>;

/// The members of a transaction that are done and wait for its commit.
struct Group {
    outcome: watch::Sender<Outcome>,
    members: u32,
    since: Instant,
}

/// What the one who had the connection last may have left on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mess {
    /// Nothing.
    None,
    /// A transaction of its own, begun or about to be.
    Begun,
    /// Work after this savepoint, made or about to be made.
    Step(u32),
    /// A commit whose end nobody saw.
    Committing,
}

pub(super) struct Desk {
    options: SqliteConnectOptions,
    /// None after a failure that leaves its state unknown; it is opened anew.
    conn: Option<SqliteConnection>,
    group: Option<Group>,
    mess: Mess,
    /// The savepoint that is open, and the number of the last that was made.
    open: Option<u32>,
    steps: u32,
    /// Why nothing of this transaction may be committed.
    spoiled: Option<String>,
    commits: u64,
}

impl Desk {
    pub(super) async fn open(options: SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let conn = SqliteConnection::connect_with(&options).await?;
        Ok(Self {
            options,
            conn: Some(conn),
            group: None,
            mess: Mess::None,
            open: None,
            steps: 0,
            spoiled: None,
            commits: 0,
        })
    }

    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.conn.as_mut().ok_or_else(|| lost("it is closed"))
    }

    pub(super) fn is_tidy(&self) -> bool {
        self.mess == Mess::None
    }

    pub(super) const fn is_shared(&self) -> bool {
        self.group.is_some()
    }

    pub(super) const fn commits(&self) -> u64 {
        self.commits
    }

    pub(super) fn is_full(&self) -> bool {
        let group = self.group.as_ref();
        group.is_some_and(|group| group.members >= MOST || group.since.elapsed() >= LONGEST)
    }

    pub(super) fn spoil(&mut self, error: &sqlx::Error) {
        self.spoiled.get_or_insert_with(|| error.to_string());
    }

    /// Begins a write: a transaction, or a savepoint in the one that others share.
    pub(super) async fn begin(&mut self) -> Result<(), sqlx::Error> {
        self.settle().await;
        if self.conn.is_none() {
            self.conn = Some(SqliteConnection::connect_with(&self.options).await?);
        }
        if self.group.is_none() {
            self.mess = Mess::Begun;
            return self.run("BEGIN IMMEDIATE".to_owned()).await;
        }
        self.steps += 1;
        let step = self.steps;
        let release = self.open.map(|open| format!("RELEASE s{open}; "));
        self.mess = Mess::Step(step);
        self.run(format!("{}SAVEPOINT s{step}", release.unwrap_or_default()))
            .await?;
        self.open = Some(step);
        Ok(())
    }

    /// Leaves the work of the one who has the connection to the commit of the group.
    pub(super) fn enter(&mut self) -> watch::Receiver<Outcome> {
        let group = self.group.get_or_insert_with(|| Group {
            outcome: watch::Sender::new(None),
            members: 0,
            since: Instant::now(),
        });
        group.members += 1;
        self.mess = Mess::None;
        group.outcome.subscribe()
    }

    /// Undoes what was left half done, and commits the group unless somebody is about to join it.
    pub(super) async fn tidy(&mut self, others_wait: bool) {
        self.settle().await;
        if self.is_shared() && (!others_wait || self.is_full()) {
            // Everybody in the group is told how it ended.
            self.commit().await.ok();
        }
    }

    /// Commits the transaction and tells its members.
    pub(super) async fn commit(&mut self) -> Result<(), sqlx::Error> {
        self.mess = Mess::Committing;
        let result = match self.spoiled.take() {
            Some(cause) => Err(lost(&cause)),
            None => self.run("COMMIT".to_owned()).await,
        };
        match result {
            Ok(()) => {
                self.commits += 1;
                self.settled();
                if let Some(group) = self.group.take() {
                    group.outcome.send_replace(Some(Ok(())));
                }
                Ok(())
            }
            Err(error) => {
                self.fail(&error.to_string()).await;
                Err(error)
            }
        }
    }

    /// Runs a statement outside of transactions.
    pub(super) async fn alone(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        if self.is_shared() || self.conn.is_none() {
            return Ok(());
        }
        self.run(sql.to_owned()).await
    }

    /// Closes the connection; as the last one it brings everything from the log into the file.
    pub(super) async fn close(&mut self) {
        if let Some(conn) = self.conn.take()
            && let Err(error) = conn.close().await
        {
            tracing::warn!(%error, "closing the database failed");
        }
    }

    /// Undoes what the one before left.
    async fn settle(&mut self) {
        if let Some(cause) = self.spoiled.take() {
            return self.fail(&cause).await;
        }
        match self.mess {
            Mess::None => {}
            Mess::Begun => match self.run("ROLLBACK".to_owned()).await {
                Ok(()) => self.settled(),
                Err(error) if is_no_transaction(&error) => self.settled(),
                Err(error) => self.fail(&error.to_string()).await,
            },
            Mess::Step(step) => self.undo(step).await,
            // Only a commit without other members can be dropped in its midst, and then nobody is
            // there to be told; what a member would be told is that it is not known.
            Mess::Committing => self.fail("the commit was cut off").await,
        }
    }

    /// Goes back to a savepoint that may never have been made, because its maker went away.
    async fn undo(&mut self, step: u32) {
        if self.run(format!("ROLLBACK TO s{step}")).await.is_ok() {
            self.open = Some(step);
            self.mess = Mess::None;
            return;
        }
        // There is no such savepoint: never made, or gone with the whole transaction. Only inside
        // a transaction is BEGIN an error.
        match self.run("BEGIN".to_owned()).await {
            Err(error) if is_within_transaction(&error) => {
                if let Some(open) = self.open.take() {
                    // It may have been released already.
                    self.run(format!("RELEASE s{open}")).await.ok();
                }
                self.mess = Mess::None;
            }
            _ => self.fail("the shared transaction was undone").await,
        }
    }

    /// Tells every member that nothing was committed, and gives the connection up: its state is
    /// not known, and after a failed write to disk it must not be trusted.
    async fn fail(&mut self, cause: &str) {
        let group = self.group.take();
        self.settled();
        self.close().await;
        if let Some(group) = group {
            tracing::error!(cause, members = group.members, "a shared commit failed");
            group.outcome.send_replace(Some(Err(cause.into())));
        }
    }

    fn settled(&mut self) {
        self.mess = Mess::None;
        self.open = None;
        self.steps = 0;
        self.spoiled = None;
    }

    async fn run(&mut self, sql: String) -> Result<(), sqlx::Error> {
        let text = sqlx::raw_sql(AssertSqlSafe(sql).into_sql_str());
        self.connection()?.execute(text).await.map(drop)
    }
}

/// The failure of a write that was not committed.
pub(super) fn lost(cause: &str) -> sqlx::Error {
    sqlx::Error::Protocol(format!("not committed: {cause}"))
}

/// Whether SQLite may have undone the whole transaction: after everything but a refused statement
/// or a violated constraint (sqlite.org/lang_transaction.html, "Response To Errors Within A
/// Transaction").
pub(super) fn is_fatal(error: &sqlx::Error) -> bool {
    const ERROR: u32 = 1;
    const CONSTRAINT: u32 = 19;
    const MISMATCH: u32 = 20;
    match error {
        sqlx::Error::Database(error) => !matches!(primary(&**error), ERROR | CONSTRAINT | MISMATCH),
        sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => true,
        _ => false,
    }
}

/// The primary result code of SQLite; the extended one has it in its low byte.
fn primary(error: &dyn DatabaseError) -> u32 {
    let code = error.code().and_then(|code| code.parse::<u32>().ok());
    code.unwrap_or_default() & 0xff
}

fn is_no_transaction(error: &sqlx::Error) -> bool {
    says(error, "no transaction is active")
}

fn is_within_transaction(error: &sqlx::Error) -> bool {
    says(error, "within a transaction")
}

fn says(error: &sqlx::Error, text: &str) -> bool {
    let error = error.as_database_error();
    error.is_some_and(|error| error.message().contains(text))
}
