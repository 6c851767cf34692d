//! The button that shows passwords. Our script shows it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::text::{Locale, Text, text};

/// Shows what was typed in password fields, and hides it again.
#[derive(Clone, Debug, Template)]
#[template(path = "_parts/reveal.html")]
pub(in crate::web) struct Reveal {
    label: &'static str,
    fields: &'static str,
}

impl HtmlSafe for Reveal {}

impl Reveal {
    /// For the fields with these ids, separated by spaces.
    pub(in crate::web) const fn of(locale: Locale, fields: &'static str) -> Self {
        Self {
            label: text(locale, Text::ShowPassword),
            fields,
        }
    }
}
