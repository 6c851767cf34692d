//! Resource indicators (RFC 8707): the API that an access token is for, as its `aud`.
//!
//! Cognito takes one URL on authorize: that of a resource server or any other (oauth.md 2.1).

use crate::domain::clients;

/// Longest URL: as long as a redirect URI may be.
const LONGEST: usize = 1024;

/// Whether a text can name a resource: an absolute https URL, http on this machine, or an app's own
/// scheme; no fragment (RFC 8707 2).
pub(super) fn may_be(text: &str) -> bool {
    text.len() <= LONGEST && clients::may_redirect_to(text)
}

#[cfg(test)]
mod tests {
    use super::may_be;

    #[test]
    fn one_url_without_a_fragment() {
        for url in [
            "https://api.example.com",
            "https://api.example.com/v1?x=1",
            "http://localhost:8080/api",
            "myapp://api",
        ] {
            assert!(may_be(url), "{url}");
        }
        let long = format!("https://api.example.com/{}", "x".repeat(1024));
        for url in [
            "",
            "api.example.com",
            "/api",
            "https://api.example.com/#x",
            "https://u:p@api.example.com",
            "http://api.example.com",
            "javascript:x",
            "https://a https://b",
            &long,
        ] {
            assert!(!may_be(url), "{url}");
        }
    }
}
