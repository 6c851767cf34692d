//! `/confirm`: the code that proves a new account's address.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::chrome::{Chrome, Graphic};
use crate::web::form::{Field, Form};
use crate::web::parts::{Alert, Delivery, Input, Notice};
use crate::web::samples::Words;

/// The fields of the confirmation form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmField {
    /// `code`.
    Code,
}

impl Field for ConfirmField {
    fn parse(name: &str) -> Option<Self> {
        (name == "code").then_some(Self::Code)
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("code")
    }

    /// A code works once; what was typed is never shown again.
    fn is_secret(&self) -> bool {
        true
    }
}

/// The confirmation page. Whose account it is, is kept by the server and not in the page.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/confirm.html")]
pub struct ConfirmPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// Where the form goes that asks for another code.
    pub resend_action: String,
    /// The token of both forms.
    pub csrf: String,
    /// Values and complaints.
    pub form: Form<ConfirmField>,
    /// Whether a link was sent in place of a code.
    pub by_link: bool,
    /// Where it went, if that may be told.
    pub delivery: Option<Delivery>,
    /// What went well before: another code was sent.
    pub notice: Option<String>,
    /// The sign-in page.
    pub sign_in_href: String,
}

impl ConfirmPage {
    fn sent(&self) -> Cow<'static, str> {
        let (told, untold) = if self.by_link {
            (Text::ConfirmLinkSent, Text::ConfirmLinkSentSomewhere)
        } else {
            (Text::ConfirmSent, Text::ConfirmSentSomewhere)
        };
        match &self.delivery {
            Some(delivery) => Cow::Owned(delivery.sentence(self.chrome.locale, told)),
            None => Cow::Borrowed(self.chrome.say(untold)),
        }
    }

    const fn resend_question(&self) -> &'static str {
        self.chrome.say(if self.by_link {
            Text::ResendLinkQuestion
        } else {
            Text::ResendQuestion
        })
    }

    fn graphic(&self) -> Option<&Graphic> {
        let delivery = self.delivery.as_ref()?;
        self.chrome.graphics.of(delivery.medium)
    }

    fn code(&self) -> Input {
        Input::code(&self.form, &ConfirmField::Code, self.chrome.say(Text::Code))
            .id("verification_code")
            .first(&self.form)
    }
}

impl ConfirmPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/confirm?client_id=1"),
            resend_action: words.say("/resendcode?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            by_link: false,
            delivery: Some(words.delivery()),
            notice: None,
            sign_in_href: words.say("/login?client_id=1"),
        };
        let refused = Self {
            form: words
                .form()
                .with(ConfirmField::Code, words.say("123456"))
                .refused(words.say("Invalid verification code provided, please try again.")),
            delivery: None,
            ..plain.clone()
        };
        let resent = Self {
            notice: Some(words.say("We have sent a new code.")),
            ..plain.clone()
        };
        let link = Self {
            by_link: true,
            ..plain.clone()
        };
        vec![
            ("confirm_link", link),
            ("confirm", plain),
            ("confirm_refused", refused),
            ("confirm_resent", resent),
        ]
    }
}
