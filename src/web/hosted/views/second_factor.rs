//! `/mfa`: the code of a second factor.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::chrome::{Chrome, Graphic};
use crate::web::form::{Field, Form};
use crate::web::parts::{Alert, Check, Delivery, Input, Notice, TICKED};
use crate::web::samples::Words;

/// The fields of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactorField {
    /// `authentication_code`.
    Code,
    /// `remember_device`.
    Remember,
}

impl Field for SecondFactorField {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "authentication_code" => Some(Self::Code),
            "remember_device" => Some(Self::Remember),
            _ => None,
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Code => "authentication_code",
            Self::Remember => "remember_device",
        })
    }

    /// A code works once; what was typed is never shown again.
    fn is_secret(&self) -> bool {
        *self == Self::Code
    }
}

/// The page that asks for the code.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/second_factor.html")]
pub struct SecondFactorPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// Where the form goes that asks for another code; none for an authenticator app.
    pub resend_action: Option<String>,
    /// The token of both forms.
    pub csrf: String,
    /// Values and complaints.
    pub form: Form<SecondFactorField>,
    /// Where the code went, if that may be told.
    pub delivery: Option<Delivery>,
    /// What went well before: another code was sent.
    pub notice: Option<String>,
    /// Whether the user may have the device remembered.
    pub remembers: bool,
    /// The sign-in page.
    pub sign_in_href: String,
}

impl SecondFactorPage {
    fn lead(&self) -> Cow<'static, str> {
        match (&self.delivery, &self.resend_action) {
            (Some(delivery), _) => Cow::Owned(delivery.sentence(self.chrome.locale, Text::MfaSent)),
            (None, Some(_)) => Cow::Borrowed(self.chrome.say(Text::MfaSentSomewhere)),
            (None, None) => Cow::Borrowed(self.chrome.say(Text::MfaApp)),
        }
    }

    fn graphic(&self) -> Option<&Graphic> {
        match (&self.delivery, &self.resend_action) {
            (Some(delivery), _) => self.chrome.graphics.of(delivery.medium),
            (None, Some(_)) => None,
            (None, None) => self.chrome.graphics.app.as_ref(),
        }
    }

    fn code(&self) -> Input {
        let label = self.chrome.say(Text::Code);
        Input::code(&self.form, &SecondFactorField::Code, label)
            .id("totpCodeInput")
            .first(&self.form)
    }

    fn remember(&self) -> Option<Check> {
        let words = [Text::RememberDevice, Text::RememberDeviceHint];
        let [label, hint] = words.map(|key| self.chrome.say(key));
        let field = SecondFactorField::Remember;
        self.remembers
            .then(|| Check::of(&self.form, &field, (label, hint)))
    }
}

impl SecondFactorPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let app = Self {
            chrome: words.chrome(),
            action: words.say("/mfa?client_id=1"),
            resend_action: None,
            csrf: words.say("csrf-token"),
            form: words.form(),
            delivery: None,
            notice: None,
            remembers: false,
            sign_in_href: words.say("/login?client_id=1"),
        };
        let sent = Self {
            resend_action: Some(words.say("/mfa/resend?client_id=1")),
            delivery: Some(words.delivery()),
            ..app.clone()
        };
        let resent = Self {
            notice: Some(words.say("We have sent a new code.")),
            ..sent.clone()
        };
        let mut form = words.form();
        form.complain(
            SecondFactorField::Code,
            words.say("Invalid code or auth state for the user."),
        );
        let refused = Self {
            form,
            ..sent.clone()
        };
        let mut form = words.form().with(SecondFactorField::Remember, TICKED);
        form.complain(
            SecondFactorField::Code,
            words.say("Invalid code received for user"),
        );
        let remembering = Self {
            remembers: true,
            ..app.clone()
        };
        let ticked = Self {
            form,
            ..remembering.clone()
        };
        vec![
            ("second_factor_remembers", remembering),
            ("second_factor_remembers_refused", ticked),
            ("second_factor_app", app),
            ("second_factor_sent", sent),
            ("second_factor_resent", resent),
            ("second_factor_refused", refused),
        ]
    }
}
