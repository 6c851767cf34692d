//! Failures on demand: how tests see what becomes of a request whose write does not last
//! (security.md D12). Nothing in the server asks for one.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::db::DbError;

/// The failures of one store, shared by its transactions.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    commits: Arc<AtomicBool>,
}

impl Faults {
    /// From now on no transaction can be committed, as when the disk answers EIO; or they can again.
    pub fn fail_commits(&self, fail: bool) {
        self.commits.store(fail, Ordering::SeqCst);
    }

    /// What a commit meets. The transaction is dropped then, and rolls back.
    pub(super) fn commit(&self) -> Result<(), DbError> {
        if self.commits.load(Ordering::SeqCst) {
            let error = io::Error::other("a commit failed on demand");
            return Err(DbError::Other(sqlx::Error::Io(error)));
        }
        Ok(())
    }
}
