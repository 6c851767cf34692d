//! The pictures of a style: backgrounds, logos, the icon of the tab, and what illustrates a page.

use serde_json::Value;

use super::{Theme, block, mode_block};
use crate::settings::branding::{AssetCategory, ColorMode};
use crate::store::brandings::{Align, Asset, Graphics, Mode, Picture, Placed};

/// Backgrounds: where the settings turn them on, the picture, and what it lies behind.
const BACKGROUNDS: &[(&str, AssetCategory, &str)] = &[
    (
        "components.pageBackground.image.enabled",
        AssetCategory::PageBackground,
        ".hosted",
    ),
    (
        "components.form.backgroundImage.enabled",
        AssetCategory::FormBackground,
        ".hosted .card",
    ),
    (
        "components.pageHeader.backgroundImage.enabled",
        AssetCategory::PageHeaderBackground,
        ".brand-header",
    ),
    (
        "components.pageFooter.backgroundImage.enabled",
        AssetCategory::PageFooterBackground,
        ".brand-footer",
    ),
];

impl Theme<'_> {
    /// The picture of a category for a mode: one for just that mode, else one for both.
    fn file(&self, category: AssetCategory, mode: Mode) -> Option<String> {
        let wanted = match mode {
            Mode::Light => ColorMode::Light,
            Mode::Dark => ColorMode::Dark,
        };
        let of = |mode| {
            let mut assets = self.assets.iter();
            assets.find(|asset| asset.category == category && asset.color_mode == mode)
        };
        let asset = of(wanted).or_else(|| of(ColorMode::Dynamic))?;
        Some(file_name(asset))
    }

    /// The pictures of a category, for both modes; none where there is neither.
    fn picture(&self, category: AssetCategory) -> Option<Picture> {
        let picture = Picture {
            light: self.file(category, Mode::Light),
            dark: self.file(category, Mode::Dark),
        };
        let is_any = picture.light.is_some() || picture.dark.is_some();
        is_any.then_some(picture)
    }

    /// Every background that is turned on.
    pub(super) fn backgrounds(&self, sheet: &mut String) {
        for (path, category, selector) in BACKGROUNDS {
            if self.get(path).and_then(Value::as_bool) == Some(true) {
                self.background(sheet, *category, selector);
            }
        }
    }

    fn background(&self, sheet: &mut String, category: AssetCategory, selector: &str) {
        let image = |mode| {
            let file = self.file(category, mode);
            file.map_or_else(|| "none".to_owned(), |file| format!("url(\"{file}\")"))
        };
        let (light, dark) = (image(Mode::Light), image(Mode::Dark));
        let name = match category {
            AssetCategory::PageBackground => "page",
            AssetCategory::FormBackground => "form",
            AssetCategory::PageHeaderBackground => "header",
            _ => "footer",
        };
        mode_block(sheet, Mode::Light, &format!("--ph-{name}-image:{light};"));
        mode_block(sheet, Mode::Dark, &format!("--ph-{name}-image:{dark};"));
        let rule = format!(
            "background-image:var(--ph-{name}-image);background-position:center;\
             background-size:cover;background-repeat:no-repeat;"
        );
        block(sheet, selector, &rule);
    }

    pub(super) fn favicon(&self) -> Option<String> {
        let types = self.get("components.favicon.enabledTypes");
        let types = types.and_then(Value::as_array);
        let wanted = [
            ("SVG", AssetCategory::FaviconSvg),
            ("ICO", AssetCategory::FaviconIco),
        ];
        let enabled = |name: &str| {
            types.is_none_or(|types| types.iter().any(|kind| kind.as_str() == Some(name)))
        };
        wanted
            .into_iter()
            .filter(|(name, _)| enabled(name))
            .find_map(|(_, category)| self.file(category, Mode::Light))
    }

    pub(super) fn logo(&self, at: &str, category: AssetCategory) -> Option<Placed> {
        let member = |name: &str| self.get(&format!("{at}.{name}"));
        if member("enabled").and_then(Value::as_bool) != Some(true) {
            return None;
        }
        let Picture { light, dark } = self.picture(category)?;
        let text = |name: &str| member(name).and_then(Value::as_str);
        Some(Placed {
            light,
            dark,
            align: match text("location") {
                Some("START") => Align::Start,
                Some("END") => Align::End,
                _ => Align::Center,
            },
            below: text("position") == Some("BOTTOM"),
            outside: text("formInclusion") == Some("OUT"),
        })
    }

    /// What illustrates the pages about each way to sign in, unless the settings turn that off.
    pub(super) fn graphics(&self) -> Graphics {
        let shown = self.get("categories.form.displayGraphics");
        if shown.and_then(Value::as_bool) == Some(false) {
            return Graphics::default();
        }
        Graphics {
            email: self.picture(AssetCategory::EmailGraphic),
            sms: self.picture(AssetCategory::SmsGraphic),
            app: self.picture(AssetCategory::AuthAppGraphic),
            password: self.picture(AssetCategory::PasswordGraphic),
            passkey: self.picture(AssetCategory::PasskeyGraphic),
        }
    }
}

/// The name under which a picture is served.
fn file_name(asset: &Asset) -> String {
    format!("{}.{}", asset.digest, asset.extension.suffix())
}
