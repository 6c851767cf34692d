//! What surrounds every page: language, stylesheet, and what a brand puts there.

use crate::store::brandings::{Align, Mode};
use crate::text::{Locale, Text, text};

use super::assets;
use super::parts::Medium;

/// A brand's logo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logo {
    /// Where the picture is.
    pub href: String,
    /// Where the one for dark pages is, if there is another.
    pub dark_href: Option<String>,
    /// What it shows, in words.
    pub alt: String,
    /// Where it stands in its line.
    pub align: Align,
    /// Whether it stands below what it belongs to.
    pub below: bool,
    /// Whether it stands outside of the form.
    pub outside: bool,
}

impl Logo {
    /// The class that puts it in its place.
    pub const fn place(&self) -> &'static str {
        match self.align {
            Align::Start => "at-start",
            Align::Center => "at-center",
            Align::End => "at-end",
        }
    }
}

/// What surrounds every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chrome {
    /// The language of the page.
    pub locale: Locale,
    /// Where the stylesheet is.
    pub css_href: String,
    /// The colours of the page, whatever the browser prefers.
    pub mode: Option<Mode>,
    /// Whether our own mark shows.
    pub mark: bool,
    /// Whether the form has a banner even without a logo.
    pub banner: bool,
    /// The icon of the tab, in place of ours.
    pub favicon: Option<String>,
    /// The logo of the form.
    pub logo: Option<Logo>,
    /// The strip above the page, and its logo.
    pub header: Option<Option<Logo>>,
    /// The strip below the page, and its logo.
    pub footer: Option<Option<Logo>>,
    /// What illustrates the pages.
    pub graphics: Graphics,
}

/// The pictures of pages about one way to sign in each. They say nothing that the page does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graphics {
    /// Codes by e-mail.
    pub email: Option<Graphic>,
    /// Codes by text message.
    pub sms: Option<Graphic>,
    /// An authenticator app.
    pub app: Option<Graphic>,
    /// Passwords.
    pub password: Option<Graphic>,
    /// Passkeys.
    pub passkey: Option<Graphic>,
}

impl Graphics {
    /// What illustrates a page about a code that was sent.
    pub(in crate::web) const fn of(&self, medium: Medium) -> Option<&Graphic> {
        match medium {
            Medium::Email => self.email.as_ref(),
            Medium::Sms => self.sms.as_ref(),
        }
    }
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graphic {
    /// Where the picture is.
    pub href: String,
    /// Where the one for dark pages is, if it is another.
    pub dark_href: Option<String>,
}

impl Chrome {
    /// Poolhouse's own look in this language.
    pub fn new(locale: Locale) -> Self {
        Self {
            locale,
            css_href: assets::styles_path().to_owned(),
            mode: None,
            mark: true,
            banner: true,
            favicon: None,
            logo: None,
            header: None,
            footer: None,
            graphics: Graphics::default(),
        }
    }

    /// A text in the language of the page.
    pub const fn say(&self, key: Text) -> &'static str {
        text(self.locale, key)
    }

    /// `data-mode` of the page, for the stylesheet.
    pub fn mode(&self) -> Option<&'static str> {
        self.mode.map(|mode| match mode {
            Mode::Light => "light",
            Mode::Dark => "dark",
        })
    }

    /// The logo in the form's banner.
    pub fn banner_logo(&self) -> Option<&Logo> {
        self.logo
            .as_ref()
            .filter(|logo| !logo.below && !logo.outside)
    }

    /// The logo below the form's fields.
    pub fn low_logo(&self) -> Option<&Logo> {
        self.logo
            .as_ref()
            .filter(|logo| logo.below && !logo.outside)
    }

    /// The logo over the form.
    pub fn outer_logo(&self) -> Option<&Logo> {
        self.logo
            .as_ref()
            .filter(|logo| !logo.below && logo.outside)
    }

    /// The logo under the form.
    pub fn under_logo(&self) -> Option<&Logo> {
        self.logo.as_ref().filter(|logo| logo.below && logo.outside)
    }
}
