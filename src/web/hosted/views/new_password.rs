//! The page of the challenge `NEW_PASSWORD_REQUIRED`: a password of one's own, and the attributes
//! that are still missing.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::assets;
use crate::web::chrome::Chrome;
use crate::web::form::{Field, Form};
use crate::web::parts::{Alert, Attribute, Input, PasswordRules, Reveal, RuleList};
use crate::web::samples::Words;

/// The fields of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewPasswordField {
    /// `new_password`.
    Password,
    /// `confirm_password`: the same again.
    Again,
    /// `requiredAttributes[{name}]`.
    Attribute(Attribute),
}

impl Field for NewPasswordField {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "new_password" => Some(Self::Password),
            "confirm_password" => Some(Self::Again),
            _ => Attribute::from_field_name(name).map(Self::Attribute),
        }
    }

    fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Password => Cow::Borrowed("new_password"),
            Self::Again => Cow::Borrowed("confirm_password"),
            Self::Attribute(attribute) => Cow::Owned(attribute.field_name()),
        }
    }

    fn is_secret(&self) -> bool {
        matches!(self, Self::Password | Self::Again)
    }
}

/// The page that asks for a password in place of the temporary one.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/new_password.html")]
pub struct NewPasswordPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// Values and complaints.
    pub form: Form<NewPasswordField>,
    /// Who signs in, for password managers only: it is not sent again.
    pub username: String,
    /// Required attributes that the user does not have yet.
    pub attributes: Vec<Attribute>,
    /// What the pool asks of a password.
    pub rules: PasswordRules,
    /// Whether it is managed login: fields of their types.
    pub managed: bool,
}

impl NewPasswordPage {
    fn rule_list(&self) -> RuleList {
        self.rules.list(self.chrome.locale, "new_password")
    }

    fn reveal(&self) -> Reveal {
        Reveal::of(self.chrome.locale, "new_password confirm_password")
    }

    fn password(&self) -> Input {
        let label = self.chrome.say(Text::NewPassword);
        Input::of(&self.form, &NewPasswordField::Password, label)
            .autocomplete("new-password")
            .described_by(RuleList::ID)
            .first(&self.form)
    }

    fn again(&self) -> Input {
        let label = self.chrome.say(Text::NewPasswordAgain);
        Input::of(&self.form, &NewPasswordField::Again, label).autocomplete("new-password")
    }

    fn missing(&self) -> Vec<Input> {
        self.attributes
            .iter()
            .map(|attribute| {
                let field = NewPasswordField::Attribute(attribute.clone());
                if self.managed {
                    attribute.typed_input(self.chrome.locale, &self.form, &field)
                } else {
                    attribute.input(self.chrome.locale, &self.form, &field)
                }
            })
            .collect()
    }
}

impl NewPasswordPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/changePassword?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            username: words.say("jane"),
            attributes: Vec::new(),
            rules: Words::rules(),
            managed: false,
        };
        let name = Attribute("name".to_owned());
        let refused = Self {
            form: words
                .form()
                .with(
                    NewPasswordField::Attribute(name.clone()),
                    words.say("Jane Doe"),
                )
                .refused(words.say(
                    "Password did not conform with policy: Password must have numeric characters",
                )),
            attributes: vec![name, Attribute(words.say("custom:staff_number"))],
            ..plain.clone()
        };
        vec![("new_password", plain), ("new_password_refused", refused)]
    }
}
