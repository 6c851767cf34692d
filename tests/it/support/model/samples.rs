//! Values for the strings of the model: for every pattern one that matches and one that does not,
//! by hand, so that no regular expression engine judges itself.

use super::Shape;

const SPACED: &str = "white space, in more than twenty-four characters";
const BELL: &str = "a bell\u{7}rings";
const NO_ARN: &str = "not an ARN, but long enough for one";
const ROLE: &str = "arn:aws:iam::000000000000:role/Example";
const UUID4: &str = "11111111-2222-4333-8444-555555555555";

/// Pattern, a value that matches it, one that does not (none: every value matches).
const PATTERNS: &[(&str, &str, Option<&str>)] = &[
    ("(?s).*", "Hello {username}, use {####}", None),
    (
        r"(arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?)?",
        ROLE,
        Some(NO_ARN),
    ),
    ("(un)?authenticated", "authenticated", Some("neither")),
    (r".*\{####\}.*", "Use {####}", Some("no code in here")),
    ("Level[1-4]", "Level1", Some("Level5")),
    ("[0-9]+", "123456", Some("12345a")),
    ("[A-Za-z0-9-_+/=.]+", "a.b-c_d", Some(SPACED)),
    ("[A-Za-z0-9-_=.]+", "a.b-c_d", Some(SPACED)),
    (r"[\S]+", "Passw0rd!", Some(SPACED)),
    (
        r"[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+",
        "My provider",
        Some(BELL),
    ),
    (r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*", "Use {####}", Some(BELL)),
    (
        r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*",
        "Use {####}",
        Some("no code in here"),
    ),
    (
        r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*",
        "Follow {##this link##}",
        Some("no link in here"),
    ),
    (
        r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]+",
        "Somebody\nsigned in",
        Some(BELL),
    ),
    (r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+", "Your code", Some(BELL)),
    (
        r"[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+",
        "custom:zoë",
        Some(BELL),
    ),
    (r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", "zoë", Some(SPACED)),
    (
        r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+",
        "a@example.com",
        Some("nobody"),
    ),
    (r"[\w+-]+", "event-1", Some(SPACED)),
    (r"[\w+=/]+", "c2VjcmV0+/==", Some(SPACED)),
    (r"[\w+]+", "0123456789abcdefghijklmnop", Some(SPACED)),
    (
        r"[\w-]+:[0-9a-f-]+",
        "us-east-1:11111111-2222-4333-8444-555555555555",
        Some("us-east-1:xyz"),
    ),
    (
        r"[\w-]+_[0-9a-f-]+",
        "us-east-1_11111111-2222-4333-8444-555555555555",
        Some("us-east-1_xyz"),
    ),
    (
        r"[\w-]+_[0-9a-zA-Z]+",
        "us-east-1_aBcDeF123",
        Some("us-east-1_a-b"),
    ),
    (r"[\w.;_/-]+", "000000000000.apps.example.com", Some(SPACED)),
    (r"[\w._-]+", "login.example.app", Some(SPACED)),
    (
        r"[\w._:/-]+",
        "cognito-idp.us-east-1.amazonaws.com/us-east-1_aBcDeF123",
        Some(SPACED),
    ),
    (r"[\w\s+=,.@-]+", "My name, 1.0", Some("a/b")),
    (r"[\w\s+=.@-]+", "example.com", Some("a/b")),
    (r"[\w_]+", "0123456789abcdefghijklmnop", Some("a-b")),
    (
        r"[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+",
        "photos.read",
        Some("photos/read"),
    ),
    (
        r"[\x21\x23-\x5B\x5D-\x7E]+",
        "https://photos.example.com",
        Some(SPACED),
    ),
    (
        r"[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+",
        "MyProvider",
        Some("_MyProvider"),
    ),
    (r"\d+", "000000000000", Some("12a")),
    (
        "^(terms-of-use|privacy-policy)$",
        "terms-of-use",
        Some("fine-print"),
    ),
    (
        "^(tkn|sso)[a-z0-9]{25}$",
        "tkn0123456789abcdefghijklmno",
        Some("tkn0123456789abcdefghijklmn!"),
    ),
    ("^[0-9a-fA-F]+$", "00ffAA", Some("xyz")),
    (
        "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$",
        UUID4,
        Some("11111111-2222-1333-8444-555555555555"),
    ),
    (
        r"^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$",
        "https://example.com/terms",
        Some(SPACED),
    ),
    (r"^[\w\- ]+$", "my resource-1", Some("a/b")),
    (
        r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$",
        "my-domain",
        Some("-my-domain"),
    ),
    ("^[a-zA-Z0-9_-]+$", "my_set-1", Some(SPACED)),
    (
        "^cognito:(default|dutch|english|french|spanish|german|bahasa-indonesia|italian|japanese|korean|portuguese-brazil|chinese-(simplified|traditional))$",
        "cognito:english",
        Some("cognito:klingon"),
    ),
    (
        r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?",
        ROLE,
        Some(NO_ARN),
    ),
    (
        r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:::[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?",
        "arn:aws:s3:::bucket",
        Some(NO_ARN),
    ),
    (
        "import-[0-9a-zA-Z-]+",
        "import-aBcDeF123",
        Some("export-aBcDeF123"),
    ),
];

fn of_pattern(pattern: &str) -> &'static (&'static str, &'static str, Option<&'static str>) {
    let found = PATTERNS.iter().find(|(text, ..)| *text == pattern);
    found.unwrap_or_else(|| panic!("no sample for the pattern {pattern}"))
}

/// A valid value of a string shape.
pub(super) fn good(shape: &Shape) -> &str {
    match (&shape.allowed[..], &shape.pattern) {
        ([first, ..], _) => first,
        ([], Some(pattern)) => of_pattern(pattern).1,
        ([], None) if shape.min.unwrap_or(0) > 9 => ROLE,
        ([], None) => "us-east-1",
    }
}

/// A value that breaks only the pattern.
pub(super) fn off_pattern(shape: &Shape) -> Option<&'static str> {
    of_pattern(shape.pattern.as_deref()?).2
}

/// A valid value made exactly so long, for shapes whose values can be.
pub(super) fn of_length(shape: &Shape, length: usize) -> Option<String> {
    let filler = match shape.pattern.as_deref() {
        Some("[0-9]+" | r"\d+") => '0',
        Some("(un)?authenticated" | "^(tkn|sso)[a-z0-9]{25}$") => return None,
        _ => 'a',
    };
    let good = good(shape);
    let missing = length.checked_sub(good.chars().count())?;
    Some(
        good.chars()
            .chain(std::iter::repeat_n(filler, missing))
            .collect(),
    )
}

/// Whether the empty string breaks a fact.
pub(super) fn empty_is_bad(shape: &Shape) -> bool {
    let pattern = shape.pattern.as_deref().unwrap_or("*");
    shape.min.unwrap_or(0) > 0
        || !shape.allowed.is_empty()
        || !(pattern.ends_with('*') || pattern.starts_with('(') && pattern.ends_with(")?"))
}
