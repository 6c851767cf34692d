//! `/login/choose`: one of several ways to begin a sign-in (managed login).

use std::borrow::Cow;

use askama::Template;

use super::PasskeyButton;
use crate::settings::pool::FirstFactor;
use crate::text::Text;
use crate::web::assets;
use crate::web::chrome::Chrome;
use crate::web::form::{Field, Form};
use crate::web::parts::Alert;
use crate::web::samples::Words;

/// The fields of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooseWayField {
    /// `challenge`: the button that was pressed.
    Challenge,
}

impl Field for ChooseWayField {
    fn parse(name: &str) -> Option<Self> {
        (name == "challenge").then_some(Self::Challenge)
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("challenge")
    }

    fn is_secret(&self) -> bool {
        false
    }
}

/// The page with a button for each way.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/choose_way.html")]
pub struct ChooseWayPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// Complaints.
    pub form: Form<ChooseWayField>,
    /// Who signs in, as it was typed.
    pub username: String,
    /// The choice.
    pub ways: Vec<FirstFactor>,
    /// The passkey, if it is one of them and may be asked for here. The script shows it.
    pub passkey: Option<PasskeyButton>,
    /// The sign-in page.
    pub sign_in_href: String,
}

/// A button that works without script.
struct Choice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
}

impl ChooseWayPage {
    fn choices(&self) -> impl Iterator<Item = Choice> {
        self.ways.iter().filter_map(|way| {
            let (label, hint) = match way {
                FirstFactor::Password => (Text::Password, Text::ByPasswordHint),
                FirstFactor::EmailOtp => (Text::FactorEmail, Text::FactorEmailHint),
                FirstFactor::SmsOtp => (Text::FactorSms, Text::FactorSmsHint),
                FirstFactor::WebAuthn | FirstFactor::SoftwareToken => return None,
            };
            Some(Choice {
                value: way.as_str(),
                label: self.chrome.say(label),
                hint: self.chrome.say(hint),
            })
        })
    }
}

impl ChooseWayPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let choose = Self {
            chrome: words.chrome(),
            action: words.say("/login/choose?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            username: words.say("jane"),
            ways: vec![
                FirstFactor::Password,
                FirstFactor::EmailOtp,
                FirstFactor::SmsOtp,
            ],
            passkey: None,
            sign_in_href: words.say("/login?client_id=1"),
        };
        let passkey = Self {
            ways: vec![FirstFactor::Password, FirstFactor::WebAuthn],
            passkey: Some(PasskeyButton {
                action: words.say("/passkey/begin?client_id=1"),
                party: words.say("auth.example.com"),
                path: words.say("/us-east-1_abc"),
            }),
            ..choose.clone()
        };
        let refused = Self {
            form: words.form().refused(words.say("This field is required.")),
            ..choose.clone()
        };
        vec![
            ("choose_way", choose),
            ("choose_way_refused", refused),
            ("choose_way_passkey", passkey),
        ]
    }
}
