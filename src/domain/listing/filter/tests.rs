use proptest::prelude::*;

use super::*;

const NAMES: [(&str, Field); 10] = [
    ("username", Field::Value(USERNAME)),
    ("email", Field::Value("email")),
    ("phone_number", Field::Value("phone_number")),
    ("name", Field::Value("name")),
    ("given_name", Field::Value("given_name")),
    ("family_name", Field::Value("family_name")),
    ("preferred_username", Field::Value("preferred_username")),
    ("cognito:user_status", Field::UserStatus),
    ("status", Field::Enabled),
    ("sub", Field::Sub),
];

fn clause(field: Field, matching: Match, value: &str) -> Clause {
    let value = value.to_owned();
    Clause {
        field,
        matching,
        value,
    }
}

fn read(text: &str) -> Clause {
    Clause::parse(text).unwrap().unwrap()
}

fn refusal(text: &str) -> String {
    match Clause::parse(text) {
        Ok(clause) => panic!("{text} is {clause:?}"),
        Err(error) => error.message.into_owned(),
    }
}

#[test]
fn a_blank_filter_asks_for_nothing() {
    for text in ["", " ", "\t\r\n "] {
        assert_eq!(Clause::parse(text).unwrap(), None, "{text:?}");
    }
}

#[test]
fn spaces_and_quotes_around_the_name_are_optional() {
    let wanted = clause(Field::Value("family_name"), Match::Exact, "Reddy");
    for text in [
        r#"family_name = "Reddy""#,
        r#"family_name="Reddy""#,
        r#"  family_name  =  "Reddy"  "#,
        r#""family_name" = "Reddy""#,
        r#""family_name"="Reddy""#,
        "family_name\t=\n\"Reddy\"",
    ] {
        assert_eq!(read(text), wanted, "{text}");
    }
    let wanted = clause(Field::Value(USERNAME), Match::Prefix, "");
    assert_eq!(read(r#"username^="""#), wanted);
}

#[test]
fn a_value_may_hold_anything_with_quotes_and_backslashes_escaped() {
    for (text, value) in [
        (r#"name = "a\"b""#, r#"a"b"#),
        (r#"name = "a\\""#, r"a\"),
        (r#"name = "\\\"""#, r#"\""#),
        (r#"name = "50%_'; --""#, "50%_'; --"),
        ("name = \" a = \0\n\"", " a = \0\n"),
        (r#"name = "ünï🦀""#, "ünï🦀"),
    ] {
        let wanted = clause(Field::Value("name"), Match::Exact, value);
        assert_eq!(read(text), wanted, "{text}");
    }
}

#[test]
fn what_is_no_clause_is_refused() {
    for text in [
        "\"",
        "=",
        "username",
        "username =",
        "username = bob",
        "username = 'bob'",
        "username = \"bob",
        r#"username = "bob\""#,
        r#"username = \"bob\""#,
        r#"username = "b\ob""#,
        r#"username > "b""#,
        r#"username == "b""#,
        r#"username ^ = "b""#,
        r#"username ~= "b""#,
        r#"= "b""#,
        r#"^= "b""#,
        r#"user name = "b""#,
        r#"username = "b" x"#,
        r#"username = "b" and email = "c""#,
        r#"username = "b""c""#,
        "\"\"\"\"",
    ] {
        assert_eq!(refusal(text), "Error while parsing filter.", "{text}");
    }
}

#[test]
fn only_the_documented_names_can_be_searched_by() {
    for name in [
        "custom:plan",
        "birthdate",
        "email_verified",
        "Username",
        "EMAIL",
        "enabled",
        "user_status",
        "sub2",
        "\"\"",
        "\"username \"",
    ] {
        let text = format!("{name} = \"x\"");
        let message = "Input fails to satisfy the constraints.";
        assert_eq!(refusal(&text), message, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        at in 0..NAMES.len(),
        prefix in any::<bool>(),
        quote in any::<bool>(),
        spaces in prop::array::uniform4("[ \t\r\n]{0,3}"),
        value in any::<String>(),
    ) {
        let (name, field) = NAMES[at];
        let name = if quote { format!("\"{name}\"") } else { name.to_owned() };
        let operator = if prefix { "^=" } else { "=" };
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
        let [a, b, c, d] = spaces;
        let text = format!("{a}{name}{b}{operator}{c}\"{escaped}\"{d}");
        let matching = if prefix { Match::Prefix } else { Match::Exact };
        prop_assert_eq!(read(&text), clause(field, matching, &value));
    }

    #[test]
    fn no_text_breaks_the_parser(text in "[ =^\"\\\\a-z%_]{0,40}") {
        match Clause::parse(&text) {
            Ok(Some(_)) => prop_assert!(text.contains('=') && text.trim().ends_with('"')),
            Ok(None) => prop_assert!(text.trim().is_empty()),
            Err(error) => prop_assert_eq!(error.code, crate::error::Code::InvalidParameter),
        }
    }
}
