//! Password hashes that wait: what happens while a sign-in is in the middle of its proof.

use std::sync::mpsc;

use poolhouse::args;
use poolhouse::error::Result;
use poolhouse::store::db::Sql;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Server;

/// All slots for hashes, taken.
pub struct Held(Vec<(mpsc::Sender<()>, JoinHandle<Result<()>>)>);

impl Held {
    /// From here on hashes are computed again.
    pub async fn release(self) {
        for (go, work) in self.0 {
            go.send(()).unwrap();
            work.await.unwrap().unwrap();
        }
    }
}

impl Server {
    /// From here on hashes wait.
    pub async fn hold_hashes(&self) -> Held {
        let mut held = Vec::new();
        for _ in 0..self.app.hashing.slots() {
            let (go, wait) = mpsc::channel();
            let (begun, begins) = oneshot::channel();
            let hashing = self.app.hashing.clone();
            let work = tokio::spawn(async move {
                let work = hashing.run(move |_| {
                    begun.send(()).unwrap();
                    wait.recv().unwrap();
                    Ok(())
                });
                work.await
            });
            begins.await.unwrap();
            held.push((go, work));
        }
        Held(held)
    }

    /// Waits until the guesses of all users together number so many: the last of them has read
    /// what it needs, and comes to its hash.
    pub async fn guesses(&self, number: i64) {
        let counted = "SELECT CAST(COALESCE(SUM(failures), 0) AS BIGINT) FROM lockouts";
        let counted = Sql {
            sqlite: counted,
            postgres: counted,
        };
        loop {
            let mut db = self.app.store.read().await.unwrap();
            if db.one::<(i64,)>(counted, args![]).await.unwrap().0 >= number {
                return;
            }
        }
    }
}
