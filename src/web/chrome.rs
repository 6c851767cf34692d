//! What surrounds every page: language, stylesheet, logo.

use crate::text::{Locale, Text, text};

use super::assets;

/// A logo in place of Poolhouse's own mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Where the picture is.
    pub href: String,
    /// What it shows, in words.
    pub alt: String,
}

/// What surrounds every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chrome {
    /// The language of the page.
    pub locale: Locale,
    /// Where the stylesheet is.
    pub css_href: String,
    /// The pool's own logo, if it has one.
    pub logo: Option<Logo>,
}

impl Chrome {
    /// Poolhouse's own look in this language.
    pub fn new(locale: Locale) -> Self {
        Self {
            locale,
            css_href: assets::styles_path().to_owned(),
            logo: None,
        }
    }

    /// A text in the language of the page.
    pub const fn say(&self, key: Text) -> &'static str {
        text(self.locale, key)
    }
}
