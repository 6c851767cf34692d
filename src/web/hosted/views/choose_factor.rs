//! `/mfa/choose`: one of several second factors, to be asked for or to be set up.

use std::borrow::Cow;

use askama::Template;

use crate::store::users::Factor;
use crate::text::Text;
use crate::web::chrome::Chrome;
use crate::web::form::{Field, Form};
use crate::web::parts::Alert;
use crate::web::samples::Words;

/// The fields of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooseFactorField {
    /// `factor`: the button that was pressed.
    Factor,
}

impl Field for ChooseFactorField {
    fn parse(name: &str) -> Option<Self> {
        (name == "factor").then_some(Self::Factor)
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("factor")
    }

    fn is_secret(&self) -> bool {
        false
    }
}

/// The page with a button for each factor.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/choose_factor.html")]
pub struct ChooseFactorPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// Complaints.
    pub form: Form<ChooseFactorField>,
    /// The choice.
    pub factors: Vec<Factor>,
    /// Whether one is to be set up rather than asked for.
    pub set_up: bool,
    /// The sign-in page.
    pub sign_in_href: String,
}

/// A button.
struct Choice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
}

impl ChooseFactorPage {
    /// Title, heading and text.
    fn words(&self) -> [&'static str; 3] {
        let keys = if self.set_up {
            [
                Text::SetUpFactorTitle,
                Text::SetUpFactorHeading,
                Text::SetUpFactorText,
            ]
        } else {
            [
                Text::ChooseFactorTitle,
                Text::ChooseFactorHeading,
                Text::ChooseFactorText,
            ]
        };
        keys.map(|key| self.chrome.say(key))
    }

    fn choices(&self) -> impl Iterator<Item = Choice> {
        self.factors.iter().map(|factor| {
            let (label, hint) = match factor {
                Factor::Sms => (Text::FactorSms, Text::FactorSmsHint),
                Factor::Email => (Text::FactorEmail, Text::FactorEmailHint),
                Factor::SoftwareToken => (Text::FactorApp, Text::FactorAppHint),
            };
            Choice {
                value: factor.as_str(),
                label: self.chrome.say(label),
                hint: self.chrome.say(hint),
            }
        })
    }
}

impl ChooseFactorPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let choose = Self {
            chrome: words.chrome(),
            action: words.say("/mfa/choose?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            factors: vec![Factor::Sms, Factor::SoftwareToken, Factor::Email],
            set_up: false,
            sign_in_href: words.say("/login?client_id=1"),
        };
        let set_up = Self {
            set_up: true,
            form: words.form().refused(words.say("This field is required.")),
            ..choose.clone()
        };
        vec![("choose_factor", choose), ("choose_factor_set_up", set_up)]
    }
}
