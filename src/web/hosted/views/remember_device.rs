//! `/device`: whether the browser shall be remembered.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::chrome::Chrome;
use crate::web::form::Field;
use crate::web::samples::Words;

/// The fields of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RememberDeviceField {
    /// `remember_device`: the button that was pressed.
    Remember,
}

impl Field for RememberDeviceField {
    fn parse(name: &str) -> Option<Self> {
        (name == "remember_device").then_some(Self::Remember)
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("remember_device")
    }

    fn is_secret(&self) -> bool {
        false
    }
}

/// The page that asks.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/remember_device.html")]
pub struct RememberDevicePage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
}

impl RememberDevicePage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/device?client_id=1"),
            csrf: words.say("csrf-token"),
        };
        vec![("remember_device", plain)]
    }
}
