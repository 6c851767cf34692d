//! Redirect URIs: what may be registered, and when an asked one is a registered one.
//!
//! Comparison is byte for byte: no wildcard, no normalising, no loopback port exception (oauth.md
//! 10; RFC 9700 2.1). The rules of registration are checked again at use, so that a row written by
//! other means cannot turn a redirect into script or leak to another host.

use url::form_urlencoded::Serializer;

/// Longest URL of `CallbackURLs` and `LogoutURLs`.
pub const MAX_LENGTH: usize = 1024;

/// Schemes that a browser would run or read as local content instead of handing them to an app.
const FORBIDDEN_SCHEMES: &[&str] = &[
    "about",
    "blob",
    "chrome",
    "content",
    "cid",
    "data",
    "file",
    "filesystem",
    "ftp",
    "jar",
    "javascript",
    "mailto",
    "mhtml",
    "resource",
    "tel",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// Hosts that plain http may name. Source: Cognito developer guide, "App client settings".
const LOOPBACK: &[&str] = &["localhost", "127.0.0.1", "[::1]"];

/// Whether a URL may be registered: absolute, visible ASCII, no fragment, no credentials; `https`,
/// `http` on a loopback name, or an app's own scheme.
pub fn is_registrable(url: &str) -> bool {
    if url.is_empty() || url.len() > MAX_LENGTH || !url.bytes().all(is_plain) {
        return false;
    }
    let Some((scheme, rest)) = url.split_once(':') else {
        return false;
    };
    let starts_well = scheme
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic());
    let scheme_chars = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    if !starts_well || !scheme.bytes().all(scheme_chars) {
        return false;
    }
    match scheme.to_ascii_lowercase().as_str() {
        "https" => host(rest).is_some(),
        "http" => host(rest).is_some_and(|host| LOOPBACK.contains(&host)),
        scheme => !FORBIDDEN_SCHEMES.contains(&scheme) && !rest.is_empty(),
    }
}

/// The registered URL that `asked` is, byte for byte.
pub fn find<'a>(registered: Option<&'a [String]>, asked: &str) -> Option<&'a str> {
    let mut urls = registered.unwrap_or_default().iter();
    urls.find(|url| url.as_str() == asked && is_registrable(url))
        .map(String::as_str)
}

/// The URL with parameters added to its query; a query it already has is kept.
pub fn with_query(url: &str, pairs: &[(&str, &str)]) -> String {
    let joint = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{url}{joint}{}", encode(pairs))
}

/// The URL with parameters in its fragment.
pub fn with_fragment(url: &str, pairs: &[(&str, &str)]) -> String {
    format!("{url}#{}", encode(pairs))
}

fn encode(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\' | b'"' | b'<' | b'>' | b'`')
}

/// The host of what follows `http(s):`, without its port; none if it has credentials or no host.
fn host(rest: &str) -> Option<&str> {
    let authority = rest.strip_prefix("//")?.split(['/', '?']).next()?;
    if authority.contains('@') || authority.contains('%') {
        return None;
    }
    let (host, port) = match authority.strip_prefix('[').and_then(|a| a.split_once(']')) {
        Some((inside, port)) => (authority.get(..inside.len() + 2)?, port.strip_prefix(':')),
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let well = !host.is_empty()
        && port.is_none_or(|port| port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()));
    well.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_registered() {
        for good in [
            "https://app.example/cb",
            "https://app.example:8443/cb?x=1",
            "http://localhost:3000/cb",
            "http://localhost",
            "http://127.0.0.1:1/",
            "http://[::1]:3000/cb",
            "myapp://callback",
            "com.example.app:/oauth2redirect",
            "HTTPS://app.example/",
        ] {
            assert!(is_registrable(good), "{good}");
        }
        for bad in [
            "",
            "app.example/cb",
            "/cb",
            "//app.example/cb",
            "http://app.example/cb",
            "http://localhost.app.example/",
            "http://127.0.0.2/",
            "http://[::2]/",
            "https://",
            "https:///cb",
            "https:app.example",
            "https://user@app.example/",
            "https://app.example:port/",
            "https://app.example/#part",
            "https://app.example/\\",
            "https://app.example/ x",
            "https://app.example/\nx",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "DATA:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://app.example/x",
            "1app://x",
            "://x",
            "https://ünïcode.example/",
        ] {
            assert!(!is_registrable(bad), "{bad}");
        }
        assert!(!is_registrable(&format!("https://a/{}", "x".repeat(1024))));
    }

    #[test]
    fn parameters_join_what_is_there() {
        let pairs = [("a", "1 2"), ("b", "&")];
        assert_eq!(with_query("x://y", &pairs), "x://y?a=1+2&b=%26");
        assert_eq!(with_query("x://y?", &pairs), "x://y?a=1+2&b=%26");
        assert_eq!(with_query("x://y?z=1", &pairs), "x://y?z=1&a=1+2&b=%26");
        assert_eq!(with_fragment("x://y?z=1", &[("a", "1")]), "x://y?z=1#a=1");
    }
}
