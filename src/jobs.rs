//! Work that outlives its request: named, and waited for when the server stops.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;
use tracing::Instrument;

/// The work that is under way. Clones share it; when the last one goes, what still runs is ended.
#[derive(Clone, Default)]
pub struct Jobs(Arc<Mutex<JoinSet<()>>>);

impl Jobs {
    /// Begins a piece of work.
    pub fn spawn(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let span = tracing::info_span!("job", name);
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while running.try_join_next().is_some() {}
        running.spawn(work.instrument(span));
    }

    /// Waits until nothing is under way.
    pub async fn finish(&self) {
        let mut running =
            std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        while running.join_next().await.is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn finishing_waits_for_what_was_begun() {
        let jobs = Jobs::default();
        let (done, mut finished) = tokio::sync::mpsc::unbounded_channel();
        for number in 0..3 {
            let done = done.clone();
            jobs.spawn("count", async move {
                tokio::task::yield_now().await;
                done.send(number).unwrap();
            });
        }
        jobs.finish().await;
        drop(done);
        let mut seen = Vec::new();
        while let Some(number) = finished.recv().await {
            seen.push(number);
        }
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2]);
    }
}
