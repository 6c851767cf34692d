//! Redirect URIs: when an asked one is a registered one, and what is added to it.
//!
//! Comparison is byte for byte: no wildcard, no normalising, no loopback port exception (oauth.md
//! 10; RFC 9700 2.1). The rules of registration are checked again at use, so that a row written by
//! other means cannot turn a redirect into script or leak to another host.

use form_urlencoded::Serializer;

use crate::domain::clients;

/// The registered URL that `asked` is, byte for byte.
pub fn find<'a>(registered: Option<&'a [String]>, asked: &str) -> Option<&'a str> {
    let mut urls = registered.unwrap_or_default().iter();
    urls.find(|url| url.as_str() == asked && clients::may_redirect_to(url))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_bytes_are_found_and_only_if_they_are_safe() {
        let urls = ["https://a/cb", "javascript:x", "http://evil.test/"].map(str::to_owned);
        assert_eq!(find(Some(&urls), "https://a/cb"), Some("https://a/cb"));
        for other in [
            "https://a/cb/",
            "HTTPS://a/cb",
            "javascript:x",
            "http://evil.test/",
            "",
        ] {
            assert_eq!(find(Some(&urls), other), None, "{other}");
        }
        assert_eq!(find(None, ""), None);
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
