//! `/login/password`: the password of somebody who has told the user name (managed login).

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::assets;
use crate::web::chrome::Chrome;
use crate::web::form::{Field, Form};
use crate::web::parts::{Alert, Input, Reveal};
use crate::web::samples::Words;

/// The fields of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordField {
    /// `password`.
    Password,
}

impl Field for PasswordField {
    fn parse(name: &str) -> Option<Self> {
        (name == "password").then_some(Self::Password)
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("password")
    }

    fn is_secret(&self) -> bool {
        true
    }
}

/// The page that asks for the password.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/password.html")]
pub struct PasswordPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// Values and complaints.
    pub form: Form<PasswordField>,
    /// Who signs in, as it was typed.
    pub username: String,
    /// The forgot-password page, if users of the pool can recover accounts.
    pub forgot_href: Option<String>,
    /// The page with the other ways, if there are any.
    pub others_href: Option<String>,
    /// The sign-in page.
    pub sign_in_href: String,
}

impl PasswordPage {
    fn reveal(&self) -> Reveal {
        Reveal::of(self.chrome.locale, "signInFormPassword")
    }

    fn password(&self) -> Input {
        Input::of(
            &self.form,
            &PasswordField::Password,
            self.chrome.say(Text::Password),
        )
        .id("signInFormPassword")
        .autocomplete("current-password")
        .first(&self.form)
    }
}

impl PasswordPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/login/password?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            username: words.say("jane"),
            forgot_href: None,
            others_href: None,
            sign_in_href: words.say("/login?client_id=1"),
        };
        let refused = Self {
            form: words
                .form()
                .with(PasswordField::Password, words.say("not to be shown"))
                .refused(words.say("Incorrect username or password.")),
            forgot_href: Some(words.say("/forgotPassword?client_id=1")),
            others_href: Some(words.say("/login/choose?client_id=1")),
            ..plain.clone()
        };
        vec![("password", plain), ("password_refused", refused)]
    }
}
