use std::borrow::Cow;
use std::fmt::Write;

use proptest::prelude::*;

use super::{Field, Focus, Form, Malformed};

#[derive(Clone, Debug, PartialEq)]
enum Login {
    Username,
    Password,
}

impl Field for Login {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "username" => Some(Self::Username),
            "password" => Some(Self::Password),
            _ => None,
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Username => "username",
            Self::Password => "password",
        })
    }

    fn is_secret(&self) -> bool {
        matches!(self, Self::Password)
    }
}

#[test]
fn reads_what_a_browser_sends() {
    let sent = "_csrf=a%2Bb&cognitoAsfData=&username=Jos%C3%A9+%26+co&password=p%20%2B&signInSubmitButton=Sign+in";
    let submitted = Form::<Login>::parse(sent.as_bytes()).unwrap();
    assert_eq!(submitted.csrf.expose(), "a+b");
    assert_eq!(submitted.form.value(&Login::Username), "José & co");
    assert_eq!(submitted.form.value(&Login::Password), "p +");
    assert_eq!(submitted.form.fields().count(), 2);
}

#[test]
fn what_was_not_sent_is_empty() {
    let submitted = Form::<Login>::parse(b"&&username").unwrap();
    assert_eq!(submitted.csrf.expose(), "");
    assert_eq!(submitted.form.value(&Login::Username), "");
    assert!(submitted.form.secret(&Login::Username).is_some());
    assert!(submitted.form.secret(&Login::Password).is_none());
}

#[test]
fn a_field_that_comes_twice_is_refused() {
    for (body, name) in [
        ("username=a&username=a", "username"),
        ("_csrf=a&_csrf=b", "_csrf"),
        ("username=a&user%6eame=b", "username"),
    ] {
        assert_eq!(
            Form::<Login>::parse(body.as_bytes()).unwrap_err(),
            Malformed::Twice(name.to_owned())
        );
    }
    assert!(Form::<Login>::parse(b"other=1&other=2").is_ok());
}

#[test]
fn two_hundred_fields_are_enough() {
    let body = |count: usize| {
        (0..count).fold(String::new(), |mut body, n| {
            write!(body, "&f{n}=1").unwrap();
            body
        })
    };
    assert!(Form::<Login>::parse(body(200).as_bytes()).is_ok());
    assert_eq!(
        Form::<Login>::parse(body(201).as_bytes()).unwrap_err(),
        Malformed::TooManyFields
    );
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    for body in [b"username=%ff".as_slice(), b"%c3=a", b"password=\xff"] {
        assert_eq!(Form::<Login>::parse(body).unwrap_err(), Malformed::NotText);
    }
}

#[test]
fn secrets_are_not_shown_again() {
    let form = Form::default()
        .with(Login::Username, "jane")
        .with(Login::Password, "hunter2");
    assert_eq!(form.shown(&Login::Username), "jane");
    assert_eq!(form.shown(&Login::Password), "");
    assert!(!format!("{form:?}").contains("hunter2"));
}

#[test]
fn the_keyboard_goes_to_the_trouble() {
    let mut form = Form::<Login>::default();
    assert_eq!(form.focus(), Focus::Start);
    assert!(!form.is_refused());
    form.complain(Login::Password, "too short");
    form.complain(Login::Username, "taken");
    form.complain(Login::Password, "too plain");
    assert_eq!(form.focus(), Focus::Field(&Login::Password));
    assert_eq!(form.complaint(&Login::Password), Some("too short"));
    let form = form.refused("Incorrect username or password.");
    assert_eq!(form.focus(), Focus::Error);
    assert!(form.is_refused());
}

proptest! {
    #[test]
    fn any_values_come_through(username in ".*", password in ".*") {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("username", &username)
            .append_pair("password", &password)
            .finish();
        let submitted = Form::<Login>::parse(body.as_bytes()).unwrap();
        prop_assert_eq!(submitted.form.value(&Login::Username), username);
        prop_assert_eq!(submitted.form.value(&Login::Password), password);
    }

    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _read_or_refused = Form::<Login>::parse(&body);
    }
}
