//! `/mfa/email`: the address for codes of a second factor.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::chrome::Chrome;
use crate::web::form::{Field, Form};
use crate::web::parts::{Alert, Input};
use crate::web::samples::Words;

/// The fields of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUpEmailField {
    /// `email`.
    Email,
}

impl Field for SetUpEmailField {
    fn parse(name: &str) -> Option<Self> {
        (name == "email").then_some(Self::Email)
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("email")
    }

    fn is_secret(&self) -> bool {
        false
    }
}

/// The page that asks for the address.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/set_up_email.html")]
pub struct SetUpEmailPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// Values and complaints.
    pub form: Form<SetUpEmailField>,
    /// The sign-in page.
    pub sign_in_href: String,
}

impl SetUpEmailPage {
    fn email(&self) -> Input {
        let label = self.chrome.say(Text::Email);
        Input::of(&self.form, &SetUpEmailField::Email, label)
            .kind("email", "")
            .autocomplete("email")
            .placeholder(self.chrome.say(Text::EmailExample))
            .first(&self.form)
    }
}

impl SetUpEmailPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/mfa/email?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            sign_in_href: words.say("/login?client_id=1"),
        };
        let mut form = words.form().with(SetUpEmailField::Email, words.say("jane"));
        form.complain(
            SetUpEmailField::Email,
            words.say("Invalid email address format."),
        );
        let refused = Self {
            form,
            ..plain.clone()
        };
        vec![("set_up_email", plain), ("set_up_email_refused", refused)]
    }
}
