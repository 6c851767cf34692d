//! `/forgotPassword`: ask for a code.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::chrome::Chrome;
use crate::web::form::{Field, Form};
use crate::web::parts::{Alert, Input, Person};
use crate::web::samples::Words;

/// The fields of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForgotPasswordField {
    /// `username`.
    Username,
}

impl Field for ForgotPasswordField {
    fn parse(name: &str) -> Option<Self> {
        (name == "username").then_some(Self::Username)
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("username")
    }

    fn is_secret(&self) -> bool {
        false
    }
}

/// The forgot-password page.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/forgot_password.html")]
pub struct ForgotPasswordPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// Values and complaints.
    pub form: Form<ForgotPasswordField>,
    /// What users of the pool sign in with.
    pub person: Person,
    /// The sign-in page.
    pub sign_in_href: String,
}

impl ForgotPasswordPage {
    const fn description(&self) -> Text {
        match self.person {
            Person::Username => Text::ForgotByUsername,
            Person::Email => Text::ForgotByEmail,
            Person::Phone => Text::ForgotByPhone,
            Person::EmailOrPhone => Text::ForgotByEmailOrPhone,
        }
    }

    fn username(&self) -> Input {
        self.person
            .input(
                self.chrome.locale,
                &self.form,
                &ForgotPasswordField::Username,
            )
            .first(&self.form)
    }
}

impl ForgotPasswordPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/forgotPassword?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            person: Person::Username,
            sign_in_href: words.say("/login?client_id=1"),
        };
        let refused = Self {
            person: Person::Email,
            form: words
                .form()
                .with(ForgotPasswordField::Username, words.say("jane@example.com"))
                .refused(words.say("Attempt limit exceeded, please try after some time.")),
            ..plain.clone()
        };
        vec![
            ("forgot_password", plain),
            ("forgot_password_refused", refused),
        ]
    }
}
