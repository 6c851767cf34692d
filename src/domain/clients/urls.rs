//! Which URLs a browser may be sent to (api.md 3.3; RFC 6749 3.1.2).

use url::{Host, Url};

use crate::error::{Error, Result};

/// Schemes that no app can own: they run code, read the machine, or name another protocol.
const REFUSED: [&str; 18] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "jar",
    "javascript",
    "livescript",
    "mailto",
    "mocha",
    "resource",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// Checks a URL for redirects: absolute, without fragment, https, http to this machine only, or an
/// app's own scheme.
///
/// # Errors: InvalidParameter.
pub(super) fn check(url: &str, kind: &str) -> Result<()> {
    let invalid = || Error::url_invalid(url, kind);
    // Parsers drop these or read them as something else, so that what is compared later and what a
    // browser follows would differ.
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '\\' || c == '#';
    if url.contains(odd) {
        return Err(invalid());
    }
    let (scheme, rest) = url.split_once(':').ok_or_else(invalid)?;
    let scheme = scheme.to_ascii_lowercase();
    if !is_scheme(&scheme) || rest.is_empty() || REFUSED.contains(&scheme.as_str()) {
        return Err(invalid());
    }
    if scheme != "https" && scheme != "http" {
        return Ok(());
    }
    let parsed = Url::parse(url).map_err(|_| invalid())?;
    let authority = rest.strip_prefix("//").unwrap_or_default();
    let host = parsed
        .host()
        .filter(|_| !authority.is_empty() && !authority.starts_with('/'));
    let host = host.ok_or_else(invalid)?;
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(invalid());
    }
    if scheme == "http" && !is_this_machine(&host) {
        return Err(Error::url_over_http(url));
    }
    Ok(())
}

/// RFC 3986 3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.octets() == [127, 0, 0, 1],
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn web_and_app_urls_pass() {
        for url in [
            "https://example.com",
            "HTTPS://example.com:8443/cb?x=1&y=%20",
            "http://localhost",
            "http://localhost:3000/cb",
            "http://127.0.0.1:1",
            "http://[::1]:5000/x",
            "myapp://",
            "myapp://callback",
            "com.example.app:/oauth2redirect",
            "exp+app://x",
        ] {
            assert!(check(url, "callback").is_ok(), "{url}");
        }
    }

    #[test]
    fn everything_else_does_not() {
        for url in [
            "",
            "/relative",
            "example.com/cb",
            "//example.com",
            "https:",
            "https:example.com",
            "https://",
            "https:///path",
            "https://example.com#",
            "https://example.com/#frag",
            "https://user@example.com",
            "https://user:pw@example.com/",
            "https://example.com\\@evil.example",
            "https://exa mple.com",
            "http://example.com",
            "http://localhost.example.com",
            "http://127.0.0.2",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\tscript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,x",
            "DATA:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://example.com/x",
            "view-source:https://example.com",
            "myapp:",
            "my app://x",
            "1app://x",
            "myapp://x#y",
        ] {
            assert!(check(url, "callback").is_err(), "{url}");
        }
    }
}
