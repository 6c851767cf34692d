//! `/mfa/email`, `/mfa/phone`: the address or the number for codes of a second factor.

use std::borrow::Cow;

use askama::Template;

use crate::settings::pool::Contact;
use crate::text::Text;
use crate::web::chrome::{Chrome, Graphic};
use crate::web::form::{Field, Form};
use crate::web::parts::{Alert, Input};
use crate::web::samples::Words;

/// The field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUpContactField {
    /// `email`.
    Email,
    /// `phone_number`.
    Phone,
}

impl SetUpContactField {
    /// The field of a contact.
    pub const fn of(contact: Contact) -> Self {
        match contact {
            Contact::Email => Self::Email,
            Contact::PhoneNumber => Self::Phone,
        }
    }
}

impl Field for SetUpContactField {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "email" => Some(Self::Email),
            "phone_number" => Some(Self::Phone),
            _ => None,
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Email => "email",
            Self::Phone => "phone_number",
        })
    }

    fn is_secret(&self) -> bool {
        false
    }
}

/// The page that asks for it.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/set_up_contact.html")]
pub struct SetUpContactPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// Values and complaints.
    pub form: Form<SetUpContactField>,
    /// What is asked for.
    pub contact: Contact,
    /// The sign-in page.
    pub sign_in_href: String,
}

impl SetUpContactPage {
    /// Title, heading and text.
    fn words(&self) -> [&'static str; 3] {
        let keys = match self.contact {
            Contact::Email => [
                Text::SetUpEmailTitle,
                Text::SetUpEmailHeading,
                Text::SetUpEmailText,
            ],
            Contact::PhoneNumber => [
                Text::SetUpPhoneTitle,
                Text::SetUpPhoneHeading,
                Text::SetUpPhoneText,
            ],
        };
        keys.map(|key| self.chrome.say(key))
    }

    /// The id of the form.
    const fn form_id(&self) -> &'static str {
        match self.contact {
            Contact::Email => "setUpEmailForm",
            Contact::PhoneNumber => "setUpPhoneForm",
        }
    }

    const fn graphic(&self) -> Option<&Graphic> {
        match self.contact {
            Contact::Email => self.chrome.graphics.email.as_ref(),
            Contact::PhoneNumber => self.chrome.graphics.sms.as_ref(),
        }
    }

    fn input(&self) -> Input {
        let of = |field: SetUpContactField, label| {
            Input::of(&self.form, &field, self.chrome.say(label)).first(&self.form)
        };
        match self.contact {
            Contact::Email => of(SetUpContactField::Email, Text::Email)
                .kind("email", "")
                .autocomplete("email")
                .placeholder(self.chrome.say(Text::EmailExample)),
            Contact::PhoneNumber => of(SetUpContactField::Phone, Text::Phone)
                .kind("tel", "")
                .autocomplete("tel")
                .hint(self.chrome.say(Text::PhoneHint)),
        }
    }
}

impl SetUpContactPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let email = Self {
            chrome: words.chrome(),
            action: words.say("/mfa/email?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            contact: Contact::Email,
            sign_in_href: words.say("/login?client_id=1"),
        };
        let mut form = words
            .form()
            .with(SetUpContactField::Email, words.say("jane"));
        form.complain(
            SetUpContactField::Email,
            words.say("Invalid email address format."),
        );
        let email_refused = Self {
            form,
            ..email.clone()
        };
        let phone = Self {
            action: words.say("/mfa/phone?client_id=1"),
            contact: Contact::PhoneNumber,
            ..email.clone()
        };
        let mut form = words
            .form()
            .with(SetUpContactField::Phone, words.say("0170 1234567"));
        form.complain(
            SetUpContactField::Phone,
            words.say("Invalid phone number format."),
        );
        let phone_refused = Self {
            form,
            ..phone.clone()
        };
        vec![
            ("set_up_email", email),
            ("set_up_email_refused", email_refused),
            ("set_up_phone", phone),
            ("set_up_phone_refused", phone_refused),
        ]
    }
}
