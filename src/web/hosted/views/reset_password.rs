//! `/confirmforgotPassword`: the code and a new password.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::assets;
use crate::web::chrome::Chrome;
use crate::web::form::{Field, Form};
use crate::web::parts::{Alert, Delivery, Input, PasswordRules, Reveal, RuleList};
use crate::web::samples::Words;

/// The fields of the form. All are secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetPasswordField {
    /// `code`.
    Code,
    /// `new_password`.
    Password,
    /// `confirm_password`: the same again.
    Again,
}

impl Field for ResetPasswordField {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "code" => Some(Self::Code),
            "new_password" => Some(Self::Password),
            "confirm_password" => Some(Self::Again),
            _ => None,
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Code => "code",
            Self::Password => "new_password",
            Self::Again => "confirm_password",
        })
    }

    fn is_secret(&self) -> bool {
        true
    }
}

/// The page that takes the code and the new password.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/reset_password.html")]
pub struct ResetPasswordPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// Values and complaints.
    pub form: Form<ResetPasswordField>,
    /// What was typed on the page before, for password managers only: it is not sent again.
    pub username: String,
    /// Where the code went, if that may be told.
    pub delivery: Option<Delivery>,
    /// What the pool asks of a password.
    pub rules: PasswordRules,
    /// The forgot-password page, for another code.
    pub forgot_href: String,
    /// The sign-in page.
    pub sign_in_href: String,
}

impl ResetPasswordPage {
    fn rule_list(&self) -> RuleList {
        self.rules.list(self.chrome.locale, "new_password")
    }

    fn sent(&self) -> Cow<'static, str> {
        match &self.delivery {
            Some(delivery) => Cow::Owned(delivery.sentence(self.chrome.locale, Text::ResetSent)),
            None => Cow::Borrowed(self.chrome.say(Text::ResetSentSomewhere)),
        }
    }

    fn code(&self) -> Input {
        let label = self.chrome.say(Text::Code);
        Input::code(&self.form, &ResetPasswordField::Code, label)
            .id("verification_code")
            .first(&self.form)
    }

    fn reveal(&self) -> Reveal {
        Reveal::of(self.chrome.locale, "new_password confirm_password")
    }

    fn password(&self) -> Input {
        let label = self.chrome.say(Text::NewPassword);
        Input::of(&self.form, &ResetPasswordField::Password, label)
            .autocomplete("new-password")
            .described_by(RuleList::ID)
    }

    fn again(&self) -> Input {
        let label = self.chrome.say(Text::NewPasswordAgain);
        Input::of(&self.form, &ResetPasswordField::Again, label).autocomplete("new-password")
    }
}

impl ResetPasswordPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/confirmforgotPassword?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            username: words.say("jane"),
            delivery: Some(words.delivery()),
            rules: Words::rules(),
            forgot_href: words.say("/forgotPassword?client_id=1"),
            sign_in_href: words.say("/login?client_id=1"),
        };
        let mut form = words.form();
        form.complain(
            ResetPasswordField::Again,
            words.say("The passwords do not match."),
        );
        let refused = Self {
            form,
            delivery: None,
            ..plain.clone()
        };
        vec![
            ("reset_password", plain),
            ("reset_password_refused", refused),
        ]
    }
}
