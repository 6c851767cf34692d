//! Proof key for code exchange (RFC 7636): S256 only, as on Cognito.

use aws_lc_rs::constant_time;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A challenge or method that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// Reads `code_challenge` and `code_challenge_method`. One without the other, a method other than
/// `S256`, or a challenge that cannot be a SHA-256 digest is refused (oauth.md 2.1).
pub fn challenge(text: Option<&str>, method: Option<&str>) -> Result<Option<String>, Malformed> {
    match (text, method) {
        (None, None) => Ok(None),
        (Some(text), Some("S256")) if is_digest(text) => Ok(Some(text.to_owned())),
        _ => Err(Malformed),
    }
}

/// Whether the verifier belongs to the challenge. A verifier without a challenge is refused too:
/// it would hide that the challenge was stripped on the way (RFC 9700 2.1.1).
pub fn proves(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) if is_verifier(verifier) => {
            let made = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
            constant_time::verify_slices_are_equal(made.as_bytes(), challenge.as_bytes()).is_ok()
        }
        _ => false,
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok()
}

/// 43 to 128 unreserved characters (RFC 7636 4.1).
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_vector_of_the_rfc() {
        assert!(proves(Some(CHALLENGE), Some(VERIFIER)));
        assert!(!proves(Some(CHALLENGE), None));
        assert!(!proves(None, Some(VERIFIER)));
        assert!(!proves(Some(CHALLENGE), Some(CHALLENGE)));
        assert!(proves(None, None));
    }

    #[test]
    fn challenges() {
        assert_eq!(
            challenge(Some(CHALLENGE), Some("S256")),
            Ok(Some(CHALLENGE.to_owned()))
        );
        for (text, method) in [
            (Some(CHALLENGE), None),
            (Some(CHALLENGE), Some("plain")),
            (Some(CHALLENGE), Some("s256")),
            (None, Some("S256")),
            (Some("short"), Some("S256")),
        ] {
            assert_eq!(challenge(text, method), Err(Malformed));
        }
        let too_long = format!("{CHALLENGE}A");
        assert!(challenge(Some(&too_long), Some("S256")).is_err());
        let wrong_set = format!("{}*", "a".repeat(42));
        assert!(challenge(Some(&wrong_set), Some("S256")).is_err());
    }
}
