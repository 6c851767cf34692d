//! Who shares a commit, who is told what, and what is left of whom.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::pin::pin;

use futures_util::FutureExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Executor, SqlSafeStr};
use tempfile::TempDir;

use super::{Line, Member};

struct Bench {
    line: Line,
    folder: TempDir,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("test.db"))
            .create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .synchronous(sqlx::sqlite::SqliteSynchronous::Off)
            .foreign_keys(true);
        let line = Line::open(options).await.unwrap();
        let mut first = line.join().await.unwrap();
        // A deferred reference is what makes a COMMIT fail without a broken disk.
        let schema = "CREATE TABLE owners (id INTEGER PRIMARY KEY); \
                      CREATE TABLE t (id INTEGER PRIMARY KEY, \
                        owner INTEGER REFERENCES owners (id) DEFERRABLE INITIALLY DEFERRED)";
        run(&mut first, schema).await.unwrap();
        first.commit().await.unwrap();
        Self { line, folder }
    }

    /// What others see: committed rows.
    async fn seen(&self) -> Vec<i64> {
        seen(&self.folder.path().join("test.db")).await
    }

    async fn begun(&self, id: i64) -> Member {
        let mut member = self.line.join().await.unwrap();
        insert(&mut member, id).await.unwrap();
        member
    }

    /// A writer who waits for the turn that somebody holds now.
    fn waiting(&self, id: i64) -> std::pin::Pin<Box<dyn Future<Output = Member> + '_>> {
        let mut writer = Box::pin(self.begun(id));
        assert!(writer.as_mut().now_or_never().is_none());
        writer
    }
}

async fn seen(file: &Path) -> Vec<i64> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut reader = SqliteConnection::connect_with(&options).await.unwrap();
    let rows: Vec<(i64,)> = sqlx::query_as("SELECT id FROM t ORDER BY id")
        .fetch_all(&mut reader)
        .await
        .unwrap();
    rows.into_iter().map(|row| row.0).collect()
}

async fn run(member: &mut Member, sql: &str) -> Result<(), sqlx::Error> {
    let text = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()).into_sql_str());
    let done = member.connection()?.execute(text).await;
    if let Err(error) = &done {
        member.saw(error);
    }
    done.map(drop)
}

async fn insert(member: &mut Member, id: i64) -> Result<(), sqlx::Error> {
    run(member, &format!("INSERT INTO t (id) VALUES ({id})")).await
}

#[tokio::test]
async fn whoever_is_alone_commits_alone() {
    let bench = Bench::new().await;
    for id in 1..=3 {
        bench.begun(id).await.commit().await.unwrap();
    }
    assert_eq!(bench.line.figures().await, (4, 4));
    assert_eq!(bench.seen().await, [1, 2, 3]);
}

#[tokio::test]
async fn those_who_wait_share_one_commit_and_nobody_is_answered_before_it() {
    let bench = Bench::new().await;
    let first = bench.begun(1).await;
    let second = bench.waiting(2);
    let third = bench.waiting(3);
    let mut first = pin!(first.commit());
    assert!(first.as_mut().now_or_never().is_none());
    let mut second = pin!(second.await.commit());
    assert!(second.as_mut().now_or_never().is_none());
    assert_eq!(bench.seen().await, Vec::<i64>::new());
    let third = third.await;
    assert!(first.as_mut().now_or_never().is_none());
    let (a, b, c) = tokio::join!(first, second, third.commit());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(bench.line.figures().await, (4, 2));
    assert_eq!(bench.seen().await, [1, 2, 3]);
}

#[tokio::test]
async fn a_member_that_is_dropped_undoes_only_itself() {
    let bench = Bench::new().await;
    for round in 0..5 {
        let at = round * 10;
        let first = bench.begun(at).await;
        let waiting = [1, 2, 3, 4].map(|id| bench.waiting(at + id));
        let mut first = pin!(first.commit());
        assert!(first.as_mut().now_or_never().is_none());
        for (id, writer) in waiting.into_iter().enumerate() {
            let mut member = writer.await;
            if id % 2 == 0 {
                // A violated constraint is its own affair.
                insert(&mut member, at).await.unwrap_err();
                drop(member);
            } else {
                drop(pin!(member.commit()).now_or_never());
            }
        }
        first.await.unwrap();
        let seen = bench.seen().await;
        assert_eq!(seen.iter().filter(|id| **id >= at).count(), 3, "{seen:?}");
        assert!([at, at + 2, at + 4].iter().all(|id| seen.contains(id)));
    }
}

#[tokio::test]
async fn the_first_one_may_go_back_while_others_wait() {
    let bench = Bench::new().await;
    let first = bench.begun(1).await;
    let second = bench.waiting(2);
    drop(first);
    second.await.commit().await.unwrap();
    assert_eq!(bench.seen().await, [2]);
}

#[tokio::test]
async fn a_commit_that_fails_fails_every_member_and_the_line_goes_on() {
    let bench = Bench::new().await;
    let first = bench.begun(1).await;
    let second = bench.waiting(2);
    let mut first = pin!(first.commit());
    assert!(first.as_mut().now_or_never().is_none());
    let mut second = second.await;
    run(&mut second, "INSERT INTO t (id, owner) VALUES (3, 99)")
        .await
        .unwrap();
    let (a, b) = tokio::join!(first, second.commit());
    assert!(a.is_err() && b.is_err(), "{a:?} {b:?}");
    assert_eq!(bench.seen().await, Vec::<i64>::new());
    let mut alone = bench.begun(4).await;
    run(&mut alone, "INSERT INTO t (id, owner) VALUES (5, 99)")
        .await
        .unwrap();
    assert!(alone.commit().await.is_err());
    bench.begun(6).await.commit().await.unwrap();
    assert_eq!(bench.seen().await, [6]);
}

#[tokio::test]
async fn after_a_failure_that_undid_everything_nobody_is_told_it_lasted() {
    let bench = Bench::new().await;
    let first = bench.begun(1).await;
    let second = bench.waiting(2);
    let third = bench.waiting(3);
    let mut first = pin!(first.commit());
    assert!(first.as_mut().now_or_never().is_none());
    // What a full disk or a failed write does to a transaction.
    let mut second = second.await;
    run(&mut second, "ROLLBACK").await.unwrap();
    drop(second);
    let (a, c) = tokio::join!(first, async { third.await.commit().await });
    assert!(a.is_err(), "{a:?}");
    c.unwrap();
    assert_eq!(bench.seen().await, [3]);
    // The same, seen by the statement itself, which its caller then ignores.
    let mut member = bench.begun(4).await;
    member.saw(&sqlx::Error::WorkerCrashed);
    assert!(member.commit().await.is_err());
    bench.begun(5).await.commit().await.unwrap();
    assert_eq!(bench.seen().await, [3, 5]);
}

#[tokio::test]
async fn a_member_that_goes_away_before_the_commit_leaves_it_made() {
    let bench = Bench::new().await;
    let first = bench.begun(1).await;
    let second = bench.waiting(2);
    {
        let mut first = pin!(first.commit());
        assert!(first.as_mut().now_or_never().is_none());
    } // dropped while it waits, and so is the writer that it waited for
    drop(second);
    bench.line.close().await;
    assert_eq!(bench.seen().await, [1]);
}

#[tokio::test]
async fn a_writer_that_is_dropped_at_any_await_harms_nobody() {
    let bench = Bench::new().await;
    let mut kept = BTreeSet::new();
    let mut id = 0;
    // Polled so many times, then dropped: before, in and after BEGIN, SAVEPOINT, work and COMMIT.
    for polls in 0..60 {
        for shared in [false, true] {
            let mut others = Vec::new();
            let first = if shared {
                let (line, own) = (bench.line.clone(), id + 1);
                id += 2;
                kept.extend([own, own + 1]);
                let holder = bench.begun(own).await;
                others.push(tokio::spawn(async move {
                    let mut member = line.join().await.unwrap();
                    insert(&mut member, own + 1).await.unwrap();
                    member.commit().await.unwrap();
                }));
                tokio::task::yield_now().await;
                Some(holder)
            } else {
                None
            };
            id += 1;
            let doomed = async {
                let member = bench.begun(id).await;
                member.commit().await.unwrap();
            };
            let mut doomed = Box::pin(doomed);
            let mut first = first.map(|first| Box::pin(first.commit()));
            let mut over = false;
            for _ in 0..polls {
                if let Some(commit) = &mut first
                    && let Some(done) = commit.as_mut().now_or_never()
                {
                    done.unwrap();
                    first = None;
                }
                over = over || doomed.as_mut().now_or_never().is_some();
                if over {
                    break;
                }
                tokio::task::yield_now().await;
                std::thread::yield_now();
            }
            drop(doomed);
            if let Some(first) = first {
                first.await.unwrap();
            }
            for other in others {
                other.await.unwrap();
            }
            if over {
                kept.insert(id);
            }
        }
    }
    bench.line.close().await;
    let seen: BTreeSet<i64> = bench.seen().await.into_iter().collect();
    assert!(kept.is_subset(&seen), "{:?}", kept.difference(&seen));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_some_failing_some_dropped() {
    let bench = Bench::new().await;
    let mut writers = Vec::new();
    for writer in 0..16_i64 {
        let line = bench.line.clone();
        writers.push(tokio::spawn(async move {
            let mut kept = Vec::new();
            for turn in 0..60_i64 {
                let id = writer * 1_000 + turn;
                let write = async {
                    let mut member = line.join().await.unwrap();
                    insert(&mut member, id).await.unwrap();
                    if turn % 5 == 1 {
                        return false;
                    }
                    member.commit().await.unwrap();
                    true
                };
                if turn % 7 == 3 {
                    // Dropped at whatever it has come to.
                    tokio::select! {
                        biased;
                        () = async { for _ in 0..turn { tokio::task::yield_now().await } } => {}
                        committed = write => if committed { kept.push(id) },
                    }
                } else if write.await {
                    kept.push(id);
                }
            }
            kept
        }));
    }
    let mut kept = BTreeSet::new();
    for writer in writers {
        kept.extend(writer.await.unwrap());
    }
    let (writes, commits) = bench.line.figures().await;
    bench.line.close().await;
    let seen: BTreeSet<i64> = bench.seen().await.into_iter().collect();
    assert!(kept.is_subset(&seen));
    let undone = |id: &i64| id % 1_000 % 5 == 1;
    assert!(!seen.iter().any(undone), "{seen:?}");
    assert!(commits < writes, "{writes} writes in {commits} commits");
}
