//! The folders of a server.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::TempDir;

use crate::config::Config;
use crate::private;

/// Where a server keeps its things. An ephemeral one's data go when this is dropped.
pub struct Home {
    /// The embedded database and the master key.
    pub data: PathBuf,
    /// Spare signing keys.
    pub keys: PathBuf,
    /// The local CA; made when it is needed.
    pub authority: PathBuf,
    _private: Option<TempDir>,
}

impl Home {
    /// Makes the folders that every server needs.
    pub fn prepare(config: &Config) -> anyhow::Result<Self> {
        let home = if config.ephemeral {
            let shared_memory = Path::new("/dev/shm");
            let parent = if shared_memory.is_dir() {
                shared_memory.to_owned()
            } else {
                std::env::temp_dir()
            };
            let private = tempfile::Builder::new()
                .prefix("poolhouse-")
                .permissions(PermissionsExt::from_mode(0o700))
                .tempdir_in(parent)?;
            let kept = cache_folder().unwrap_or_else(|| private.path().to_owned());
            Self {
                data: private.path().to_owned(),
                keys: kept.join(KEYS),
                authority: kept.join(AUTHORITY),
                _private: Some(private),
            }
        } else {
            let data = config.data_dir.clone();
            Self {
                keys: data.join(KEYS),
                authority: data.join(AUTHORITY),
                data,
                _private: None,
            }
        };
        private::folder(&home.data)?;
        private::folder(&home.keys)?;
        Ok(home)
    }
}

const KEYS: &str = "keys";
const AUTHORITY: &str = "ca";

/// Where the local CA of a server with this configuration is, if it outlives the server.
pub fn authority(config: &Config) -> anyhow::Result<PathBuf> {
    if config.ephemeral {
        let cache = cache_folder();
        let cache = cache.context("neither HOME nor XDG_CACHE_HOME says where to keep a CA")?;
        return Ok(cache.join(AUTHORITY));
    }
    Ok(config.data_dir.join(AUTHORITY))
}

/// Where spare keys and the CA outlive ephemeral servers: the user's cache folder (XDG base
/// directories).
fn cache_folder() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let folder = cache.filter(|path| path.is_absolute()).or_else(home)?;
    Some(folder.join("poolhouse"))
}
