//! The settings of a managed-login style, as rules of a stylesheet.
//!
//! The document is the one that the branding editor writes. Its members are not published as a
//! schema, so what is not understood is kept and not drawn (docs/differences.md). Nothing of it
//! reaches the stylesheet but numbers and colours that were read and are written anew, and the
//! hashes of pictures.

mod colours;
mod pictures;
mod sizes;

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::settings::branding::AssetCategory;
use crate::store::brandings::{Asset, Look, Mode, Strip};

#[cfg(test)]
pub(super) use colours::COLOURS;
use colours::colour;

/// A settings document with its pictures.
#[derive(Clone, Copy)]
pub(super) struct Theme<'a> {
    pub(super) settings: &'a Map<String, Value>,
    pub(super) assets: &'a [Asset],
}

impl Theme<'_> {
    /// Rules to stand after those of our own stylesheet.
    pub(super) fn sheet(self) -> String {
        let mut sheet = String::new();
        let mut light = self.colours("lightMode");
        let mut dark = self.colours("darkMode");
        // The page's own colour takes the place of the glow on ours.
        for (colours, mode) in [(&mut light, "lightMode"), (&mut dark, "darkMode")] {
            let page = format!("components.pageBackground.{mode}.color");
            if self.get(&page).and_then(colour).is_some() {
                colours.push_str("--ph-glow:transparent;");
            }
        }
        block(&mut sheet, ":root", &self.sizes());
        mode_block(&mut sheet, Mode::Light, &light);
        mode_block(&mut sheet, Mode::Dark, &dark);
        self.backgrounds(&mut sheet);
        self.place_form(&mut sheet);
        sheet
    }

    /// What of the page is not style.
    pub(super) fn look(self) -> Look {
        let mode = match self
            .get("categories.global.colorSchemeMode")
            .and_then(Value::as_str)
        {
            Some("LIGHT") => Some(Mode::Light),
            Some("DARK") => Some(Mode::Dark),
            _ => None,
        };
        let strip = |name: &str, category| {
            let shown = format!("categories.global.{name}.enabled");
            let shown = self.get(&shown).and_then(Value::as_bool) == Some(true);
            shown.then(|| Strip {
                logo: self.logo(&format!("components.{name}.logo"), category),
            })
        };
        Look {
            mode,
            own: true,
            banner: false,
            favicon: self.favicon(),
            form_logo: self.logo("components.form.logo", AssetCategory::FormLogo),
            header: strip("pageHeader", AssetCategory::PageHeaderLogo),
            graphics: self.graphics(),
            footer: strip("pageFooter", AssetCategory::PageFooterLogo),
        }
    }

    fn get(&self, path: &str) -> Option<&Value> {
        let mut steps = path.split('.');
        let first = self.settings.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    }

    fn is(&self, path: &str, expected: &str) -> bool {
        self.get(path).and_then(Value::as_str) == Some(expected)
    }
}

fn block(sheet: &mut String, selector: &str, rules: &str) {
    if !rules.is_empty() {
        let _ = writeln!(sheet, "{selector}{{{rules}}}");
    }
}

/// Properties of one mode: where the browser prefers it and the page does not force the other, and
/// where the page forces it.
fn mode_block(sheet: &mut String, mode: Mode, rules: &str) {
    let (this, other) = match mode {
        Mode::Light => ("light", "dark"),
        Mode::Dark => ("dark", "light"),
    };
    if !rules.is_empty() {
        let _ = writeln!(
            sheet,
            "@media (prefers-color-scheme: {this}){{:root:not([data-mode=\"{other}\"]){{{rules}}}}}\n\
             :root[data-mode=\"{this}\"]{{{rules}}}"
        );
    }
}

#[cfg(test)]
mod tests;
