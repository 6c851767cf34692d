//! What group commit is worth: rows a second that are answered after they are safe from a power cut
//! (SQLite, `synchronous=FULL`), by so many writers at once, against a commit for each row.
//!
//!   cargo bench --bench commit [-- FOLDER]
//!
//! The folder must be on a disk; by default it is made under the target folder.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints and fails loudly"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use poolhouse::args;
use poolhouse::ports::rng::Rng;
use poolhouse::store::audit::Actor;
use poolhouse::store::db::Sql;
use poolhouse::store::{Durability, Store};
use tokio::sync::Mutex;

const INSERT: Sql = Sql {
    sqlite: "INSERT INTO keyring (id, purpose, wrapped, created_ms) VALUES ($1, 'data', $2, 0)",
    postgres: "",
};
const SECONDS: u64 = 1;
/// Of so many runs the best counts: others may use the machine as well.
const RUNS: usize = 7;

#[tokio::main]
async fn main() {
    let given = std::env::args().skip(1).find(|arg| !arg.starts_with("--"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target"),
        PathBuf::from,
    );
    let parent = given.map_or(target, PathBuf::from);
    println!(
        "durability | writers | one commit each, rows/s | shared, rows/s | gain | rows a commit"
    );
    for durability in [Durability::Full, Durability::Normal, Durability::Off] {
        for writers in [1, 8, 32] {
            let (mut alone, mut shared, mut each) = (0.0_f64, 0.0_f64, 0.0_f64);
            for _ in 0..RUNS {
                alone = alone.max(run(&parent, durability, writers, true).await.0);
                let (rows, rows_a_commit) = run(&parent, durability, writers, false).await;
                if rows > shared {
                    (shared, each) = (rows, rows_a_commit);
                }
            }
            let gain = shared / alone;
            println!(
                "{durability:?} | {writers} | {alone:.0} | {shared:.0} | {gain:.1} | {each:.1}"
            );
        }
    }
}

/// Rows a second, and rows a commit. Alone, a writer joins the line only when nobody is in it, so
/// that every row has its own commit.
async fn run(parent: &Path, durability: Durability, writers: usize, alone: bool) -> (f64, f64) {
    let folder = tempfile::tempdir_in(parent).unwrap();
    let file = folder.path().join("bench.db");
    let store = Store::sqlite(&file, durability, Rng::system())
        .await
        .unwrap();
    let turn = Arc::new(Mutex::new(()));
    let began = Instant::now();
    let tending = {
        let store = store.clone();
        tokio::spawn(async move { store.tend().await })
    };
    let tasks: Vec<_> = (0..writers)
        .map(|writer| {
            let (store, turn) = (store.clone(), Arc::clone(&turn));
            tokio::spawn(async move {
                let mut rows = 0_u32;
                while began.elapsed() < Duration::from_secs(SECONDS) {
                    let held = if alone { Some(turn.lock().await) } else { None };
                    let mut tx = store.write(&Actor::default()).await.unwrap();
                    let row = args![format!("{writer}-{rows}"), "x".repeat(200)];
                    tx.execute(INSERT, row).await.unwrap();
                    tx.commit().await.unwrap();
                    drop(held);
                    rows += 1;
                }
                rows
            })
        })
        .collect();
    let mut rows = 0.0;
    for task in tasks {
        rows += f64::from(task.await.unwrap());
    }
    let seconds = began.elapsed().as_secs_f64();
    tending.abort();
    let (count, commits) = store.figures().await.unwrap();
    store.close().await;
    let each =
        f64::from(u32::try_from(count).unwrap()) / f64::from(u32::try_from(commits).unwrap());
    (rows / seconds, each)
}
