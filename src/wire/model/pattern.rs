//! Patterns of the model. They are Java regular expressions and must match the whole value, as
//! `String.matches` does.
//!
//! Where Java and the `regex` crate differ and the model depends on it: `\w`, `\d` and `\s` are
//! ASCII in Java; `.` stops at every line terminator, not only at `\n`; look-behind exists in Java
//! only and is rewritten. The engine is linear in the length of the value, whatever the pattern.
//!
//! Source: `java.util.regex.Pattern`.

use std::sync::OnceLock;

use regex::Regex;

const WORD: &str = "0-9A-Za-z_";
const DIGIT: &str = "0-9";
const SPACE: &str = r"\t\n\x0B\x0C\r ";
const ANY_BUT_LINE_TERMINATOR: &str = r"[^\n\r\x{85}\x{2028}\x{2029}]";

/// Patterns that are written anew: one with look-behind, and those that the service itself does
/// not hold its callers to. Messages show the text of the model.
const REWRITTEN: [(&str, &str); 3] = [
    (
        r"^[0-9A-Za-z\.\-_]*(?<!\.)$",
        r"^(?:[0-9A-Za-z._-]*[0-9A-Za-z_-])?$",
    ),
    // Domain names: the model's pattern has no dots, yet custom domains have. Prefix domains are
    // held to the model's text by `domain::domains`.
    (
        r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$",
        r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?",
    ),
    // Display names. Differs from AWS: `_custom_id_:` and an id, for CreateUserPoolClient.
    (
        r"[\w\s+=,.@-]+",
        r"[0-9A-Za-z_\t\n\x0B\x0C\r +=,.@-]+|_custom_id_:[0-9A-Za-z_+]+",
    ),
];

/// A pattern, compiled when first used.
#[derive(Debug)]
pub(super) struct Pattern {
    /// The text as in the model, for messages.
    pub text: String,
    /// `None` inside: the pattern does not compile. A unit test proves that none is like that.
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            compiled: OnceLock::new(),
        }
    }

    /// Whether the whole value matches. A pattern that does not compile matches nothing.
    pub fn matches(&self, value: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(value))
    }

    pub(super) fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| Regex::new(&anchored(&self.text)).ok())
            .as_ref()
    }
}

fn anchored(java: &str) -> String {
    let rewritten = REWRITTEN.iter().find(|(text, _)| *text == java);
    let body = rewritten.map_or_else(|| translated(java), |(_, same)| (*same).to_owned());
    format!(r"\A(?:{body})\z")
}

fn translated(java: &str) -> String {
    let dot_matches_all = java.starts_with("(?s)");
    let mut out = String::with_capacity(java.len() * 2);
    let mut in_class = false;
    let mut chars = java.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('w') => push_class(&mut out, "", WORD),
                Some('W') => push_class(&mut out, "^", WORD),
                Some('d') => push_class(&mut out, "", DIGIT),
                Some('D') => push_class(&mut out, "^", DIGIT),
                Some('s') => push_class(&mut out, "", SPACE),
                Some('S') => push_class(&mut out, "^", SPACE),
                Some(escaped) => out.extend(['\\', escaped]),
                None => out.push('\\'),
            },
            '.' if !in_class && !dot_matches_all => out.push_str(ANY_BUT_LINE_TERMINATOR),
            _ => {
                in_class = (in_class || c == '[') && c != ']';
                out.push(c);
            }
        }
    }
    out
}

/// Classes nest, so this works inside and outside brackets.
fn push_class(out: &mut String, not: &str, members: &str) {
    out.extend(["[", not, members, "]"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(java: &str, value: &str) -> bool {
        Pattern::new(java).matches(value)
    }

    #[test]
    fn shorthand_classes_are_ascii_inside_and_outside_brackets() {
        assert!(matches(r"[\w-]+_[0-9a-zA-Z]+", "us-east-1_Abc123"));
        assert!(!matches(r"[\w+]+", "é"));
        assert!(!matches(r"\d+", "٣"));
        assert!(
            matches(r"[\S]+", "\u{a0}"),
            "a no-break space is not \\s in Java"
        );
        assert!(!matches(r"[\S]+", "a b"));
        assert!(matches(r"[\w\s+=,.@-]+", "A pool, of 1+1=2 a@b.c-d"));
        assert!(matches(r"[A-Za-z0-9-_=.]+", "a-b_c=.9"));
    }

    #[test]
    fn the_whole_value_must_match() {
        assert!(!matches("[0-9]+", "123 "));
        assert!(!matches("[0-9]+", "\n123"));
        assert!(
            !matches("^[0-9a-fA-F]+$", "ab\n"),
            "matches() consumes the last line end too"
        );
        assert!(!matches("Level[1-4]", "Level11"));
    }

    #[test]
    fn dot_stops_at_every_line_terminator_unless_told_otherwise() {
        assert!(matches(r".*\{####\}.*", "code {####}!"));
        for terminator in ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"] {
            assert!(!matches(r".*\{####\}.*", &format!("{{####}}{terminator}")));
            assert!(matches("(?s).*", terminator));
        }
        assert!(!matches(r"[\w.]+", "a\u{2028}"));
        assert!(!matches(r"[\w.]+", "a,b"), "a dot in brackets is a dot");
    }

    #[test]
    fn general_categories_are_unicode() {
        let username = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+";
        assert!(matches(username, "Ōäß٣👍-🇩🇪"));
        assert!(!matches(username, "a b"));
        assert!(!matches(username, "\u{200d}"), "a joiner is of category Cf");
    }

    #[test]
    fn a_bucket_may_not_end_with_a_dot() {
        let bucket = r"^[0-9A-Za-z\.\-_]*(?<!\.)$";
        assert!(matches(bucket, "my.bucket-1_a"));
        assert!(matches(bucket, ""));
        assert!(!matches(bucket, "bucket."));
        assert!(!matches(bucket, "."));
    }
}
