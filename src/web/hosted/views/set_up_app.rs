//! `/mfa/app`: the secret for an authenticator app, as a picture and as text.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::chrome::Chrome;
use crate::web::form::{Field, Form};
use crate::web::parts::{Alert, Check, Input, Qr};
use crate::web::samples::Words;

/// The fields of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUpAppField {
    /// `authentication_code`.
    Code,
    /// `device_name`: FriendlyDeviceName.
    DeviceName,
    /// `remember_device`.
    Remember,
}

impl Field for SetUpAppField {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "authentication_code" => Some(Self::Code),
            "device_name" => Some(Self::DeviceName),
            "remember_device" => Some(Self::Remember),
            _ => None,
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Code => "authentication_code",
            Self::DeviceName => "device_name",
            Self::Remember => "remember_device",
        })
    }

    fn is_secret(&self) -> bool {
        *self == Self::Code
    }
}

/// The page with the secret.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/set_up_app.html")]
pub struct SetUpAppPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// Values and complaints.
    pub form: Form<SetUpAppField>,
    /// The secret as a picture; none if a name in it is too long.
    pub qr: Option<Qr>,
    /// The secret in base32.
    pub secret: String,
    /// Whether the user may have the device remembered.
    pub remembers: bool,
    /// The sign-in page.
    pub sign_in_href: String,
}

impl SetUpAppPage {
    fn code(&self) -> Input {
        let label = self.chrome.say(Text::Code);
        Input::code(&self.form, &SetUpAppField::Code, label)
            .id("totpCodeInput")
            .first(&self.form)
    }

    fn device_name(&self) -> Input {
        let label = self.chrome.say(Text::SetUpAppName);
        Input::of(&self.form, &SetUpAppField::DeviceName, label)
            .hint(self.chrome.say(Text::SetUpAppNameHint))
            .prose()
            .optional()
    }

    fn remember(&self) -> Option<Check> {
        let words = [Text::RememberDevice, Text::RememberDeviceHint];
        let [label, hint] = words.map(|key| self.chrome.say(key));
        let field = SetUpAppField::Remember;
        self.remembers
            .then(|| Check::of(&self.form, &field, (label, hint)))
    }

    /// The secret in groups of four, as apps ask for it.
    fn secret_key(&self) -> String {
        let letters: Vec<char> = self.secret.chars().collect();
        let groups = letters.chunks(4).map(|group| group.iter().collect());
        groups.collect::<Vec<String>>().join(" ")
    }
}

impl SetUpAppPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/mfa/app?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            qr: Qr::of(&words.say("otpauth://totp/pool:jane?secret=ABC"), "QR code"),
            secret: words.say("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRST"),
            remembers: false,
            sign_in_href: words.say("/login?client_id=1"),
        };
        let mut form = words
            .form()
            .with(SetUpAppField::DeviceName, words.say("My phone"));
        form.complain(
            SetUpAppField::Code,
            words.say("Code mismatch and fail enable Software Token MFA"),
        );
        let refused = Self {
            form,
            qr: None,
            remembers: true,
            ..plain.clone()
        };
        vec![("set_up_app", plain), ("set_up_app_refused", refused)]
    }
}
