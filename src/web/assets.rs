//! The files that pages link to, compiled in. Their path carries a hash of their content, so they
//! may be cached for ever.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// One compiled-in file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    name: &'static str,
    extension: &'static str,
    /// For the `Content-Type` header.
    content_type: &'static str,
    /// What it holds.
    pub(in crate::web) content: &'static str,
}

/// The one stylesheet.
const STYLES: Asset = Asset {
    name: "poolhouse",
    extension: "css",
    content_type: "text/css; charset=utf-8",
    content: include_str!("../../templates/assets/poolhouse.css"),
};

/// Live refresh, copy buttons and local times of the mailbox; the mailbox works without it.
const MAILBOX: Asset = Asset {
    name: "mailbox",
    extension: "js",
    content_type: "text/javascript; charset=utf-8",
    content: include_str!("../../templates/assets/mailbox.js"),
};

/// Passkeys on the hosted pages, which work without them.
const PASSKEY: Asset = Asset {
    name: "passkey",
    extension: "js",
    content_type: "text/javascript; charset=utf-8",
    content: include_str!("../../templates/assets/passkey.js"),
};

/// What a new password still lacks, while one types; the server tells the same.
const PASSWORD: Asset = Asset {
    name: "password",
    extension: "js",
    content_type: "text/javascript; charset=utf-8",
    content: include_str!("../../templates/assets/password.js"),
};

/// Reloads the preview of a look when that changes; the preview works without it.
const PREVIEW: Asset = Asset {
    name: "preview",
    extension: "js",
    content_type: "text/javascript; charset=utf-8",
    content: include_str!("../../templates/assets/preview.js"),
};

static STYLES_PATH: LazyLock<String> = LazyLock::new(|| STYLES.path());
static MAILBOX_PATH: LazyLock<String> = LazyLock::new(|| MAILBOX.path());
static PASSKEY_PATH: LazyLock<String> = LazyLock::new(|| PASSKEY.path());
static PASSWORD_PATH: LazyLock<String> = LazyLock::new(|| PASSWORD.path());
static PREVIEW_PATH: LazyLock<String> = LazyLock::new(|| PREVIEW.path());

impl Asset {
    /// `/_assets/{name}-{hash}.{extension}`.
    fn path(&self) -> String {
        format!("/_assets/{}-{}.{}", self.name, self.hash(), self.extension)
    }

    /// The first 64 bits of the SHA-256.
    fn hash(&self) -> String {
        let digest = digest(&SHA256, self.content.as_bytes());
        let start = digest.as_ref().iter().take(8);
        let hash = start.fold(0_u64, |hash, byte| (hash << 8) | u64::from(*byte));
        format!("{hash:016x}")
    }
}

/// Where the stylesheet is served.
pub(in crate::web) fn styles_path() -> &'static str {
    &STYLES_PATH
}

/// The stylesheet and its hash, for those that stand after it in a brand's own.
pub(in crate::web) fn styles() -> (&'static str, &'static str) {
    static HASH: LazyLock<String> = LazyLock::new(|| STYLES.hash());
    (&HASH, STYLES.content)
}

/// Where the script of the mailbox is served.
pub(in crate::web) fn mailbox_script_path() -> &'static str {
    &MAILBOX_PATH
}

/// Where the script for passkeys is served.
pub(in crate::web) fn passkey_script_path() -> &'static str {
    &PASSKEY_PATH
}

/// Where the script for new passwords is served.
pub(in crate::web) fn password_script_path() -> &'static str {
    &PASSWORD_PATH
}

/// Where the script of the preview is served.
pub(in crate::web) fn preview_script_path() -> &'static str {
    &PREVIEW_PATH
}

/// `GET /_assets/{name}`, on every site.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/_assets/{name}", get(serve))
}

async fn serve(uri: Uri) -> Response {
    let Some(asset) = find(uri.path()) else {
        return (StatusCode::NOT_FOUND, "Not found\n").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, asset.content).into_response()
}

/// The file at a path, if it is exactly one of ours (old hashes are not).
pub(in crate::web) fn find(path: &str) -> Option<&'static Asset> {
    if path == styles_path() {
        Some(&STYLES)
    } else if path == mailbox_script_path() {
        Some(&MAILBOX)
    } else if path == passkey_script_path() {
        Some(&PASSKEY)
    } else if path == password_script_path() {
        Some(&PASSWORD)
    } else if path == preview_script_path() {
        Some(&PREVIEW)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{find, mailbox_script_path, styles_path};

    #[test]
    fn paths_carry_the_hash_of_the_content() {
        let path = styles_path();
        assert!(path.starts_with("/_assets/poolhouse-"), "{path}");
        assert_eq!(path.len(), "/_assets/poolhouse-0123456789abcdef.css".len());
        assert_eq!(find(path).unwrap().content_type, "text/css; charset=utf-8");
        assert!(find(mailbox_script_path()).is_some());
    }

    #[test]
    fn nothing_else_is_served() {
        for path in ["/_assets/poolhouse.css", "/_assets/", "", "/_assets/../x"] {
            assert_eq!(find(path), None);
        }
    }

    #[test]
    fn styles_load_nothing_from_elsewhere() {
        let css = find(styles_path()).unwrap().content;
        assert!(!css.contains("url("));
        assert!(!css.contains("@import"));
        assert!(!css.contains("//"));
    }
}
