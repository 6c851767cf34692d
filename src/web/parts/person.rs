//! How a pool's users are named, and how they are reached.

use crate::text::{Locale, Text, fill, text};
use crate::web::form::{Field, Form};

use super::Input;

/// What users of the pool sign in with (`UsernameAttributes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// A user name, or one of its aliases.
    Username,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// Either of both.
    EmailOrPhone,
}

impl Person {
    /// The key of its label.
    pub(in crate::web) const fn label(self) -> Text {
        match self {
            Self::Username => Text::Username,
            Self::Email => Text::Email,
            Self::Phone => Text::Phone,
            Self::EmailOrPhone => Text::EmailOrPhone,
        }
    }

    /// The field that asks who it is. It is of type text in every pool, as on the classic page, for
    /// a generated user name is accepted too.
    pub(in crate::web) fn input<F: Field>(
        self,
        locale: Locale,
        form: &Form<F>,
        field: &F,
    ) -> Input {
        let (placeholder, inputmode) = match self {
            Self::Username => (Text::Username, ""),
            Self::Email | Self::EmailOrPhone => (Text::EmailExample, "email"),
            Self::Phone => (Text::PhoneExample, "tel"),
        };
        Input::of(form, field, text(locale, self.label()))
            .kind("text", inputmode)
            .autocomplete("username")
            .placeholder(text(locale, placeholder))
    }
}

/// How a message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// By e-mail.
    Email,
    /// By text message.
    Sms,
}

/// Where a code went (`CodeDeliveryDetails`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How it was sent.
    pub medium: Medium,
    /// The masked address or number: `j***@e***`.
    pub destination: String,
}

impl Delivery {
    /// A text that names medium and destination.
    pub(in crate::web) fn sentence(&self, locale: Locale, key: Text) -> String {
        let medium = match self.medium {
            Medium::Email => Text::MediumEmail,
            Medium::Sms => Text::MediumSms,
        };
        fill(
            text(locale, key),
            &[
                ("medium", text(locale, medium)),
                ("destination", &self.destination),
            ],
        )
    }
}
