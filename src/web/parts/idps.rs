//! Buttons that lead to other identity providers.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::text::{Locale, Text, fill, text};

/// One identity provider of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idp {
    /// Its name, as people know it.
    pub name: String,
    /// Where its sign-in starts.
    pub href: String,
    /// One of Facebook, Google, Amazon, Apple; others are corporate.
    pub social: bool,
}

/// All of them, ready to print below a form; prints nothing when there are none.
#[derive(Clone, Debug, Template)]
#[template(path = "_parts/idps.html")]
pub(in crate::web) struct IdpButtons<'i> {
    locale: Locale,
    idps: &'i [Idp],
}

impl HtmlSafe for IdpButtons<'_> {}

impl<'i> IdpButtons<'i> {
    /// The buttons of a page.
    pub(in crate::web) const fn of(locale: Locale, idps: &'i [Idp]) -> Self {
        Self { locale, idps }
    }

    fn social(&self) -> Vec<&Idp> {
        self.idps.iter().filter(|idp| idp.social).collect()
    }

    fn corporate(&self) -> Vec<&Idp> {
        self.idps.iter().filter(|idp| !idp.social).collect()
    }

    const fn say(&self, key: Text) -> &'static str {
        text(self.locale, key)
    }

    fn continue_with(&self, idp: &Idp) -> String {
        fill(self.say(Text::ContinueWith), &[("provider", &idp.name)])
    }
}
