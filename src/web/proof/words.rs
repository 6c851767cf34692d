//! The words that samples are made of.

use crate::ports::mailbox::Message;
use crate::text::Locale;
use crate::web::chrome::{Chrome, Logo};
use crate::web::parts::{Delivery, Medium, PasswordRules};

/// Whether the people who name things mean well.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Words {
    Plain,
    /// Every text ends in what breaks out of text, attributes, scripts and URLs if it is let.
    Hostile,
}

impl Words {
    pub(super) const PAYLOAD: &'static str = r#""'><script>alert(1)</script>&amp;{{7*7}}"#;

    pub(in crate::web) fn say(self, words: &str) -> String {
        match self {
            Self::Plain => words.to_owned(),
            Self::Hostile => format!("{words}{}", Self::PAYLOAD),
        }
    }

    pub(in crate::web) fn chrome() -> Chrome {
        Chrome {
            css_href: "/_assets/poolhouse.css".to_owned(),
            ..Chrome::new(Locale::En)
        }
    }

    pub(in crate::web) fn chrome_with_logo(self) -> Chrome {
        let logo = Logo {
            href: self.say("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='160' height='40'%3E%3Crect width='160' height='40' rx='8' fill='%237c3aed'/%3E%3C/svg%3E"),
            alt: self.say("Example Works"),
            ..Logo::default()
        };
        Chrome {
            logo: Some(logo),
            ..Self::chrome()
        }
    }

    pub(in crate::web) const fn rules() -> PasswordRules {
        PasswordRules {
            minimum_length: 8,
            lowercase: true,
            uppercase: true,
            numbers: true,
            symbols: true,
        }
    }

    pub(in crate::web) fn delivery(self) -> Delivery {
        Delivery {
            medium: Medium::Email,
            destination: self.say("j***@e***"),
        }
    }

    /// One message of each sort: with a code, with a link, by SMS.
    pub(in crate::web) fn messages(self) -> Vec<Message> {
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
