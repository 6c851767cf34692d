//! Spare signing keys, made in the background and kept sealed in a folder, so that a pool's first
//! token does not wait for key generation (product decision 8). A spare is claimed by renaming its
//! file: of several claims, in one process or many, one succeeds.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;

use crate::error::Result;
use crate::ports::keys::{KeySource, Pkcs8};
use crate::ports::rng::Rng;
use crate::secret::Secret;
use crate::vault::MasterKey;

/// How many spares are kept: enough for four pools.
const SPARES: usize = 8;
/// How long a starting server is left alone: making a key takes a whole core.
const QUIET: Duration = Duration::from_millis(300);
const EXTENSION: &str = "key";
/// Binds a sealed spare to its use.
const LABEL: &str = "reservoir";

/// A folder of spare keys over a source of new ones.
pub struct Reservoir {
    shelf: Shelf,
    source: Arc<dyn KeySource>,
    refill: Sender<()>,
}

/// Keeps a reservoir full until dropped.
pub struct Filler {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone)]
struct Shelf {
    folder: PathBuf,
    key: MasterKey,
    rng: Rng,
}

/// Opens the reservoir of a folder (which must be private) and starts filling it.
pub fn open(
    folder: &Path,
    key: MasterKey,
    source: Arc<dyn KeySource>,
    rng: Rng,
) -> anyhow::Result<(Reservoir, Filler)> {
    let shelf = Shelf {
        folder: folder.to_owned(),
        key,
        rng,
    };
    let (refill, asked) = channel();
    let filling = (shelf.clone(), Arc::clone(&source));
    let thread = std::thread::Builder::new()
        .name("key-reservoir".to_owned())
        .spawn(move || fill(&filling.0, filling.1.as_ref(), &asked))
        .context("cannot start the key reservoir")?;
    // Dropping every sender ends the thread.
    let stop = refill.clone();
    Ok((
        Reservoir {
            shelf,
            source,
            refill,
        },
        Filler {
            stop: Some(stop),
            thread: Some(thread),
        },
    ))
}

impl KeySource for Reservoir {
    fn generate(&self) -> Result<Pkcs8> {
        let spare = self.shelf.claim();
        self.refill.send(()).ok();
        match spare {
            Some(key) => Ok(key),
            None => self.source.generate(),
        }
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        self.stop.take();
        // The thread may be in the middle of a key; the process does not wait for it.
        self.thread.take();
    }
}

fn fill(shelf: &Shelf, source: &dyn KeySource, asked: &Receiver<()>) {
    let mut begun = asked.recv_timeout(QUIET) != Err(RecvTimeoutError::Disconnected);
    while begun {
        while shelf.count() < SPARES {
            if let Err(error) = source
                .generate()
                .map_err(Into::into)
                .and_then(|k| shelf.put(&k))
            {
                tracing::warn!(%error, "cannot keep a spare signing key");
                break;
            }
        }
        begun = asked.recv().is_ok();
    }
}

impl Shelf {
    fn spares(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten();
        let paths = entries.map(|entry| entry.path());
        paths
            .filter(|p| p.extension().is_some_and(|e| e == EXTENSION))
            .collect()
    }

    fn count(&self) -> usize {
        self.spares().len()
    }

    fn put(&self, key: &Pkcs8) -> anyhow::Result<()> {
        use std::io::Write;
        use std::os::unix::fs::OpenOptionsExt;
        let name = self.rng.text(b"abcdefghijklmnopqrstuvwxyz0123456789", 16)?;
        let sealed = self.key.wrap(LABEL, key.expose(), &self.rng)?;
        let making = self.folder.join(format!("{name}.making"));
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&making)?;
        file.write_all(sealed.as_bytes())?;
        drop(file);
        std::fs::rename(&making, self.folder.join(format!("{name}.{EXTENSION}")))?;
        Ok(())
    }

    fn claim(&self) -> Option<Pkcs8> {
        self.spares().into_iter().find_map(|spare| {
            let mine = spare.with_extension("claimed");
            std::fs::rename(&spare, &mine).ok()?;
            let sealed = std::fs::read_to_string(&mine).ok();
            std::fs::remove_file(&mine).ok();
            let bytes = self.key.unwrap(LABEL, &sealed?)?;
            Some(Secret::new(bytes.expose().clone()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::keys::FixedKeys;

    #[test]
    fn a_spare_is_claimed_once_and_lies_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let rng = Rng::system();
        let shelf = Shelf {
            folder: folder.path().to_owned(),
            key: MasterKey::new([1; 32]),
            rng,
        };
        shelf.put(&Secret::new(b"canary".to_vec())).unwrap();
        let file = shelf.spares().pop().unwrap();
        assert!(!std::fs::read_to_string(file).unwrap().contains("canary"));
        assert_eq!(shelf.claim().unwrap().expose(), b"canary");
        assert!(shelf.claim().is_none());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_dry_or_foreign_shelf_falls_back_to_the_source() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("x.key"), "not sealed by this key").unwrap();
        let source = Arc::new(FixedKeys::new(vec![b"new".to_vec()]));
        let shelf = Shelf {
            folder: folder.path().to_owned(),
            key: MasterKey::new([1; 32]),
            rng: Rng::system(),
        };
        let (refill, _asked) = channel();
        let reservoir = Reservoir {
            shelf,
            source,
            refill,
        };
        assert_eq!(reservoir.generate().unwrap().expose(), b"new");
    }
}
