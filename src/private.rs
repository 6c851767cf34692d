//! Files and folders that only their owner may read (security.md A8).

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::ports::rng::Rng;

/// Makes a folder with mode 0700, if it is not there; warns of one that others can enter.
pub fn folder(folder: &Path) -> anyhow::Result<()> {
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let permissions = std::fs::metadata(folder)?.permissions();
    if permissions.mode() & 0o077 != 0 {
        tracing::warn!(folder = %folder.display(), "others can read this folder: chmod 700 it");
    }
    Ok(())
}

/// Makes a file with mode 0600 and says whether it did: one that is there already stays. Several
/// processes may make the same file at once: it appears whole, and the first one stays.
pub fn make(file: &Path, content: &[u8], rng: &Rng) -> anyhow::Result<bool> {
    let making = write_beside(file, content, rng)?;
    let linked = std::fs::hard_link(&making, file);
    std::fs::remove_file(&making)?;
    match linked {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot make {}", file.display())),
    }
}

/// Makes a file with mode 0600, or puts a new one in its place; readers see the old or the new.
pub fn replace(file: &Path, content: &[u8], rng: &Rng) -> anyhow::Result<()> {
    let making = write_beside(file, content, rng)?;
    std::fs::rename(&making, file).with_context(|| format!("cannot write {}", file.display()))
}

/// Warns of a file with a key that others can read.
pub fn warn_if_open(file: &Path) -> anyhow::Result<()> {
    if std::fs::metadata(file)?.permissions().mode() & 0o077 != 0 {
        tracing::warn!(file = %file.display(), "others can read this key: chmod 600 it");
    }
    Ok(())
}

fn write_beside(file: &Path, content: &[u8], rng: &Rng) -> anyhow::Result<PathBuf> {
    let making = file.with_extension(format!("making-{}", rng.digits(9)?));
    let mut handle = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&making)
        .with_context(|| format!("cannot make {}", making.display()))?;
    handle.write_all(content)?;
    handle.sync_all()?;
    Ok(making)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn only_the_owner_reads_and_the_first_file_stays() {
        let place = tempfile::tempdir().unwrap();
        let inside = place.path().join("a/b");
        folder(&inside).unwrap();
        assert_eq!(mode(&inside), 0o700);
        let file = inside.join("x.key");
        assert!(make(&file, b"first", &Rng::system()).unwrap());
        assert!(!make(&file, b"second", &Rng::system()).unwrap());
        assert_eq!(
            (std::fs::read(&file).unwrap(), mode(&file)),
            (b"first".to_vec(), 0o600)
        );
        replace(&file, b"third", &Rng::system()).unwrap();
        assert_eq!(
            (std::fs::read(&file).unwrap(), mode(&file)),
            (b"third".to_vec(), 0o600)
        );
        assert_eq!(std::fs::read_dir(&inside).unwrap().count(), 1);
    }
}
