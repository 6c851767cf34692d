//! The words that samples are made of.

use crate::domain::password::SYMBOLS;
use crate::ports::mailbox::Message;
use crate::text::translated;
use crate::web::chrome::{Chrome, Logo};
use crate::web::form::{Field, Form};
use crate::web::hosted::views::TermsLinks;
use crate::web::parts::{Delivery, Medium, PasswordRules};

/// What samples are made of: words in every text, and what surrounds them.
#[derive(Clone, Debug)]
pub struct Words {
    /// What every text ends in.
    end: &'static str,
    chrome: Chrome,
    terms: Option<TermsLinks>,
}

impl Words {
    /// What breaks out of text, attributes, scripts and URLs if it is let.
    #[cfg(test)]
    pub(in crate::web) const PAYLOAD: &'static str = r#""'><script>alert(1)</script>&amp;{{7*7}}"#;

    /// Words of people who mean well.
    pub fn plain(chrome: Chrome) -> Self {
        Self {
            end: "",
            chrome,
            terms: None,
        }
    }

    /// The same, where every text ends in [`Self::PAYLOAD`].
    #[cfg(test)]
    pub(in crate::web) fn hostile(chrome: Chrome) -> Self {
        Self {
            end: Self::PAYLOAD,
            ..Self::plain(chrome)
        }
    }

    /// The same with documents to agree to.
    #[must_use]
    pub(in crate::web) fn with_terms(mut self, terms: Option<TermsLinks>) -> Self {
        self.terms = terms;
        self
    }

    /// Words in the language of the page, as far as the catalogue has them.
    pub(in crate::web) fn say(&self, words: &str) -> String {
        if !self.end.is_empty() {
            return format!("{words}{}", self.end);
        }
        translated(self.chrome.locale, words.to_owned().into()).into_owned()
    }

    pub(in crate::web) fn chrome(&self) -> Chrome {
        self.chrome.clone()
    }

    pub(in crate::web) fn terms(&self) -> Option<TermsLinks> {
        self.terms.clone()
    }

    /// An empty form in the language of the page.
    pub(in crate::web) fn form<F: Field>(&self) -> Form<F> {
        Form::default().in_language(self.chrome.locale)
    }

    pub(in crate::web) fn chrome_with_logo(&self) -> Chrome {
        let logo = Logo {
            href: self.say("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='160' height='40'%3E%3Crect width='160' height='40' rx='8' fill='%237c3aed'/%3E%3C/svg%3E"),
            alt: self.say("Example Works"),
            ..Logo::default()
        };
        Chrome {
            logo: Some(logo),
            ..self.chrome()
        }
    }

    pub(in crate::web) const fn rules() -> PasswordRules {
        PasswordRules {
            minimum_length: 8,
            lowercase: true,
            uppercase: true,
            numbers: true,
            symbols: true,
            symbol_set: SYMBOLS,
        }
    }

    pub(in crate::web) fn delivery(&self) -> Delivery {
        Delivery {
            medium: Medium::Email,
            destination: self.say("j***@e***"),
        }
    }

    /// One message of each sort: with a code, with a link, by SMS.
    pub(in crate::web) fn messages(&self) -> Vec<Message> {
        let code = Message {
            id: 3,
            pool: self.say("us-east-1_Demo00001"),
            username: self.say("jane"),
            to: self.say("jane@example.com"),
            kind: "sign_up".to_owned(),
            channel: self.say("EMAIL"),
            subject: Some(self.say("Your verification code")),
            text: self.say("Your verification code is 481592. "),
            html: Some(self.say("Your verification code is <b>481592</b>. ")),
            code: Some(self.say("481592")),
            link: None,
            sent_ms: 1_785_844_323_456,
        };
        let link = Message {
            id: 2,
            kind: self.say("something_new"),
            subject: Some(self.say("Welcome to a service whose subject lines run on for rather longer than anyone would wish for")),
            text: self.say("Please click the link below to verify your email address.\n\nhttps://auth.example.com/confirmUser?client_id=1"),
            html: None,
            code: None,
            link: Some(self.say("https://auth.example.com/confirmUser?client_id=1&user_name=jane&confirmation_code=481592")),
            sent_ms: 1_785_844_023_456,
            ..code.clone()
        };
        let sms = Message {
            id: 1,
            kind: "invitation".to_owned(),
            to: self.say("+12065550100"),
            channel: self.say("SMS"),
            subject: None,
            text: self.say("Your username is jane and temporary password is Tmp-4mPq9!xZ. "),
            html: None,
            code: Some(self.say("Tmp-4mPq9!xZ")),
            link: None,
            sent_ms: 1_785_840_323_456,
            ..code.clone()
        };
        vec![code, link, sms]
    }
}
