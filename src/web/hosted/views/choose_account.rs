//! `/login/account`: the account that the browser is signed in with, or another one.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::chrome::Chrome;
use crate::web::form::Field;
use crate::web::samples::Words;

/// The fields of the form: it is only a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooseAccountField {}

impl Field for ChooseAccountField {
    fn parse(_name: &str) -> Option<Self> {
        None
    }

    fn name(&self) -> Cow<'static, str> {
        match *self {}
    }

    fn is_secret(&self) -> bool {
        match *self {}
    }
}

/// The page with the account to go on with.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/choose_account.html")]
pub struct ChooseAccountPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// What the account is called.
    pub account: String,
    /// The sign-in page.
    pub another_href: String,
}

impl ChooseAccountPage {
    /// The page, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let page = Self {
            chrome: words.chrome(),
            action: words.say("/login/account?client_id=1"),
            csrf: words.say("csrf-token"),
            account: words.say("jane@example.com"),
            another_href: words.say("/login?client_id=1"),
        };
        vec![("choose_account", page)]
    }
}
