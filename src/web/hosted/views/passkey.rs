//! `/passkey`: signing in with a passkey. `/passkey/add`: making one.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::assets;
use crate::web::chrome::Chrome;
use crate::web::form::{Field, Form};
use crate::web::parts::Alert;
use crate::web::samples::Words;

/// The field of both forms: what the browser answered, in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyField {
    /// `credential`; empty where no passkey was asked for.
    Credential,
}

impl Field for PasskeyField {
    fn parse(name: &str) -> Option<Self> {
        (name == "credential").then_some(Self::Credential)
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("credential")
    }

    fn is_secret(&self) -> bool {
        true
    }
}

/// The page that asks for a passkey.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/passkey.html")]
pub struct PasskeyPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// What is wrong.
    pub form: Form<PasskeyField>,
    /// PublicKeyCredentialRequestOptionsJSON.
    pub options: String,
    /// The sign-in page.
    pub sign_in_href: String,
}

/// The page that offers to make a passkey.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/add_passkey.html")]
pub struct AddPasskeyPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// What is wrong.
    pub form: Form<PasskeyField>,
    /// PublicKeyCredentialCreationOptionsJSON.
    pub options: String,
}

impl PasskeyPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/passkey?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            options: words.say(r#"{"challenge":"abc","rpId":"localhost"}"#),
            sign_in_href: words.say("/login?client_id=1"),
        };
        let refused = Self {
            form: words
                .form()
                .refused(words.say("Incorrect username or password.")),
            ..plain.clone()
        };
        vec![("passkey", plain), ("passkey_refused", refused)]
    }
}

impl AddPasskeyPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/passkey/add?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            options: words.say(r#"{"challenge":"abc","rp":{"id":"localhost"}}"#),
        };
        let refused = Self {
            form: words
                .form()
                .refused(words.say("The credential is not supported.")),
            ..plain.clone()
        };
        vec![("add_passkey", plain), ("add_passkey_refused", refused)]
    }
}
