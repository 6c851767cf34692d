//! Files and folders that only their owner may read (security.md A8).

use std::fs::File;
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
/// processes may make the same file at once: it appears whole, and the first one stays. `waits` says
/// whether to return only when it would survive a power cut.
pub fn make(file: &Path, content: &[u8], rng: &Rng, waits: bool) -> anyhow::Result<bool> {
    let (making, handle) = write_beside(file, content, rng)?;
    flush(handle, waits)?;
    let linked = std::fs::hard_link(&making, file);
    std::fs::remove_file(&making)?;
    match linked {
        Ok(()) => {
            // What a key seals may survive a power cut, so its name must too.
            if let Some(folder) = file.parent().filter(|folder| folder.is_dir()) {
                flush(std::fs::File::open(folder)?, waits)?;
            }
            Ok(true)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot make {}", file.display())),
    }
}

/// Makes a file with mode 0600, or puts a new one in its place; readers see the old or the new.
pub fn replace(file: &Path, content: &[u8], rng: &Rng) -> anyhow::Result<()> {
    let (making, handle) = write_beside(file, content, rng)?;
    flush(handle, true)?;
    std::fs::rename(&making, file).with_context(|| format!("cannot write {}", file.display()))
}

/// Makes an empty file with mode 0600, if it is not there; warns of one that others can read. What
/// SQLite puts beside a database has the database's mode.
pub fn empty(file: &Path) -> anyhow::Result<()> {
    let made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => warn_if_open(file),
        Err(error) => Err(error).with_context(|| format!("cannot make {}", file.display())),
    }
}

/// Warns of a file that others can read.
pub fn warn_if_open(file: &Path) -> anyhow::Result<()> {
    if std::fs::metadata(file)?.permissions().mode() & 0o077 != 0 {
        tracing::warn!(file = %file.display(), "others can read this file: chmod 600 it");
    }
    Ok(())
}

/// Waits for the disk, or has somebody else wait.
fn flush(file: File, waits: bool) -> anyhow::Result<()> {
    let flush = move || file.sync_all();
    if waits {
        return Ok(flush()?);
    }
    let name = "file-flush".to_owned();
    std::thread::Builder::new().name(name).spawn(flush)?;
    Ok(())
}

fn write_beside(file: &Path, content: &[u8], rng: &Rng) -> anyhow::Result<(PathBuf, File)> {
    let making = file.with_extension(format!("making-{}", rng.digits(9)?));
    let mut handle = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&making)
        .with_context(|| format!("cannot make {}", making.display()))?;
    handle.write_all(content)?;
    Ok((making, handle))
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
        assert!(make(&file, b"first", &Rng::system(), true).unwrap());
        assert!(!make(&file, b"second", &Rng::system(), false).unwrap());
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
