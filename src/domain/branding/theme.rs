//! The settings of a managed-login style, as rules of a stylesheet.
//!
//! The document is the one that the branding editor writes. Its members are not published as a
//! schema, so what is not understood is kept and not drawn (docs/differences.md). Nothing of it
//! reaches the stylesheet but numbers and colours that were read and are written anew, and the
//! hashes of pictures.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::settings::branding::{AssetCategory, ColorMode};
use crate::store::brandings::{Align, Asset, Look, Mode, Placed, Strip};

/// Colours: where the settings have them (`*` is `lightMode` or `darkMode`), and the property of the
/// stylesheet that they become.
pub(super) const COLOURS: &[(&str, &str)] = &[
    ("components.pageBackground.*.color", "canvas"),
    ("components.form.*.backgroundColor", "surface"),
    ("components.form.*.borderColor", "card-line"),
    ("components.pageText.*.bodyColor", "text"),
    ("components.pageText.*.headingColor", "heading"),
    ("components.pageText.*.descriptionColor", "muted"),
    (
        "components.primaryButton.*.defaults.backgroundColor",
        "primary",
    ),
    (
        "components.primaryButton.*.defaults.textColor",
        "on-primary",
    ),
    (
        "components.primaryButton.*.hover.backgroundColor",
        "primary-hover",
    ),
    (
        "components.primaryButton.*.hover.textColor",
        "on-primary-hover",
    ),
    (
        "components.primaryButton.*.active.backgroundColor",
        "primary-active",
    ),
    (
        "components.primaryButton.*.active.textColor",
        "on-primary-active",
    ),
    (
        "components.secondaryButton.*.defaults.backgroundColor",
        "secondary",
    ),
    (
        "components.secondaryButton.*.defaults.borderColor",
        "secondary-line",
    ),
    (
        "components.secondaryButton.*.defaults.textColor",
        "on-secondary",
    ),
    (
        "components.secondaryButton.*.hover.backgroundColor",
        "secondary-hover",
    ),
    (
        "components.secondaryButton.*.hover.borderColor",
        "secondary-line-hover",
    ),
    (
        "components.secondaryButton.*.hover.textColor",
        "on-secondary-hover",
    ),
    (
        "components.idpButton.standard.*.defaults.backgroundColor",
        "idp",
    ),
    (
        "components.idpButton.standard.*.defaults.borderColor",
        "idp-line",
    ),
    (
        "components.idpButton.standard.*.defaults.textColor",
        "on-idp",
    ),
    (
        "components.idpButton.standard.*.hover.backgroundColor",
        "idp-hover",
    ),
    (
        "components.idpButton.standard.*.hover.borderColor",
        "idp-line-hover",
    ),
    (
        "components.idpButton.standard.*.hover.textColor",
        "on-idp-hover",
    ),
    ("components.alert.*.error.backgroundColor", "danger-wash"),
    ("components.alert.*.error.borderColor", "danger-line"),
    ("components.pageHeader.*.background.color", "header"),
    ("components.pageHeader.*.borderColor", "header-line"),
    ("components.pageFooter.*.background.color", "footer"),
    ("components.pageFooter.*.borderColor", "footer-line"),
    ("componentClasses.input.*.defaults.backgroundColor", "field"),
    (
        "componentClasses.input.*.defaults.borderColor",
        "field-line",
    ),
    ("componentClasses.input.*.placeholderColor", "placeholder"),
    ("componentClasses.inputLabel.*.textColor", "label"),
    ("componentClasses.inputDescription.*.textColor", "hint"),
    ("componentClasses.link.*.defaults.textColor", "accent"),
    ("componentClasses.link.*.hover.textColor", "accent-strong"),
    ("componentClasses.focusState.*.borderColor", "focus"),
    ("componentClasses.divider.*.borderColor", "line"),
    (
        "componentClasses.statusIndicator.*.error.indicatorColor",
        "danger",
    ),
    (
        "componentClasses.statusIndicator.*.success.indicatorColor",
        "good",
    ),
    (
        "componentClasses.statusIndicator.*.success.backgroundColor",
        "good-wash",
    ),
    (
        "componentClasses.statusIndicator.*.success.borderColor",
        "good-line",
    ),
];

/// Roundings: where the settings have them, in pixels, and the property that they become.
const RADII: &[(&str, &str)] = &[
    ("components.form.borderRadius", "card-radius"),
    ("components.alert.borderRadius", "alert-radius"),
    ("componentClasses.buttons.borderRadius", "button-radius"),
    ("componentClasses.input.borderRadius", "radius"),
];

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
        let mut sizes = String::new();
        for (path, property) in RADII {
            if let Some(pixels) = self.get(path).and_then(Value::as_f64) {
                let pixels = pixels.clamp(0.0, 999.0);
                let _ = write!(sizes, "--ph-{property}:{pixels}px;");
            }
        }
        if self.is("categories.global.spacingDensity", "COMPACT") {
            sizes.push_str("--ph-density:0.7;");
        }
        let mut light = self.colours("lightMode");
        let mut dark = self.colours("darkMode");
        // The page's own colour takes the place of the glow on ours.
        for (colours, mode) in [(&mut light, "lightMode"), (&mut dark, "darkMode")] {
            let page = format!("components.pageBackground.{mode}.color");
            if self.get(&page).and_then(colour).is_some() {
                colours.push_str("--ph-glow:transparent;");
            }
        }
        block(&mut sheet, ":root", &sizes);
        mode_block(&mut sheet, Mode::Light, &light);
        mode_block(&mut sheet, Mode::Dark, &dark);
        for (path, category, selector) in BACKGROUNDS {
            if self.get(path).and_then(Value::as_bool) == Some(true) {
                self.background(&mut sheet, *category, selector);
            }
        }
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

    fn colours(&self, mode: &str) -> String {
        let mut written = String::new();
        for (path, property) in COLOURS {
            if let Some(colour) = self.get(&path.replace('*', mode)).and_then(colour) {
                let _ = write!(written, "--ph-{property}:#{colour};");
            }
        }
        written
    }

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

    fn favicon(&self) -> Option<String> {
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

    fn logo(&self, at: &str, category: AssetCategory) -> Option<Placed> {
        let member = |name: &str| self.get(&format!("{at}.{name}"));
        if member("enabled").and_then(Value::as_bool) != Some(true) {
            return None;
        }
        let (light, dark) = (
            self.file(category, Mode::Light),
            self.file(category, Mode::Dark),
        );
        if light.is_none() && dark.is_none() {
            return None;
        }
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

    /// Where the form stands on pages that are larger than it.
    fn place_form(&self, sheet: &mut String) {
        for (axis, property) in [
            ("horizontal", "justify-content"),
            ("vertical", "align-content"),
        ] {
            let place = self.get(&format!("categories.form.location.{axis}"));
            let place = match place.and_then(Value::as_str) {
                Some("START") => "start",
                Some("END") => "end",
                _ => continue,
            };
            let rule =
                format!("@media (min-width: 30.01rem){{.brand-stage{{{property}:{place}}}}}\n");
            sheet.push_str(&rule);
        }
    }
}

/// The name under which a picture is served.
pub(super) fn file_name(asset: &Asset) -> String {
    format!("{}.{}", asset.digest, asset.extension.suffix())
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

/// A colour as the editor writes it: hexadecimal digits, with or without `#`.
fn colour(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let digits = text.strip_prefix('#').unwrap_or(text);
    let fine =
        [3, 4, 6, 8].contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    fine.then(|| digits.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::branding::Extension;

    fn asset(category: AssetCategory, color_mode: ColorMode, digest: &str) -> Asset {
        Asset {
            category,
            color_mode,
            extension: Extension::Png,
            resource_id: None,
            digest: digest.to_owned(),
            bytes: String::new(),
        }
    }

    fn theme(settings: &Value, assets: &[Asset]) -> (String, Look) {
        let settings = settings.as_object().unwrap();
        let theme = Theme { settings, assets };
        (theme.sheet(), theme.look())
    }

    #[test]
    fn colours_and_roundings_become_properties() {
        let settings = json!({
            "components": {
                "pageBackground": { "lightMode": { "color": "FFEEDDff" }, "darkMode": { "color": "#123" } },
                "form": { "borderRadius": 4.5 },
            },
            "componentClasses": { "buttons": { "borderRadius": 1e9 } },
            "categories": { "global": { "spacingDensity": "COMPACT" } },
        });
        let (sheet, look) = theme(&settings, &[]);
        assert_eq!(
            sheet,
            ":root{--ph-card-radius:4.5px;--ph-button-radius:999px;--ph-density:0.7;}\n\
             @media (prefers-color-scheme: light){:root:not([data-mode=\"dark\"])\
             {--ph-canvas:#ffeeddff;--ph-glow:transparent;}}\n\
             :root[data-mode=\"light\"]{--ph-canvas:#ffeeddff;--ph-glow:transparent;}\n\
             @media (prefers-color-scheme: dark){:root:not([data-mode=\"light\"]){--ph-canvas:#123;\
             --ph-glow:transparent;}}\n\
             :root[data-mode=\"dark\"]{--ph-canvas:#123;--ph-glow:transparent;}\n"
        );
        assert_eq!((look.mode, look.own), (None, true));
    }

    #[test]
    fn whatever_is_not_a_colour_or_number_is_not_drawn() {
        for foul in [
            json!("red;}body{display:none"),
            json!("url(//x)"),
            json!("12345"),
            json!("#"),
            json!(""),
            json!(7),
            json!({"a": "ffffff"}),
            json!("gggggg"),
        ] {
            let settings = json!({
                "components": {
                    "pageBackground": { "lightMode": { "color": foul } },
                    "form": { "borderRadius": "4px", "lightMode": foul },
                    "pageText": foul,
                },
                "componentClasses": foul,
            });
            assert_eq!(theme(&settings, &[]).0, "", "{foul}");
        }
        let settings = json!({ "components": { "form": { "borderRadius": -3 } } });
        assert_eq!(theme(&settings, &[]).0, ":root{--ph-card-radius:0px;}\n");
    }

    #[test]
    fn pictures_are_shown_in_their_mode_where_they_are_turned_on() {
        use AssetCategory::{FormLogo, PageBackground, PageFooterLogo, PageHeaderLogo};
        let assets = [
            asset(PageBackground, ColorMode::Light, "aa"),
            asset(FormLogo, ColorMode::Dynamic, "bb"),
            asset(FormLogo, ColorMode::Dark, "cc"),
            asset(PageHeaderLogo, ColorMode::Dynamic, "dd"),
            asset(PageFooterLogo, ColorMode::Dynamic, "ee"),
        ];
        let settings = json!({
            "components": {
                "pageBackground": { "image": { "enabled": true } },
                "form": { "logo": { "enabled": true, "location": "START", "position": "BOTTOM",
                    "formInclusion": "OUT" } },
                "pageHeader": { "logo": { "enabled": true } },
                "pageFooter": { "logo": { "enabled": false } },
            },
            "categories": {
                "global": { "colorSchemeMode": "DARK", "pageHeader": { "enabled": true },
                    "pageFooter": { "enabled": true } },
                "form": { "location": { "horizontal": "END", "vertical": "CENTER" } },
            },
        });
        let (sheet, look) = theme(&settings, &assets);
        for rule in [
            ":root[data-mode=\"light\"]{--ph-page-image:url(\"aa.png\");}",
            ":root[data-mode=\"dark\"]{--ph-page-image:none;}",
            ".hosted{background-image:var(--ph-page-image);",
        ] {
            assert!(sheet.contains(rule), "{sheet}");
        }
        assert!(
            sheet.contains("{.brand-stage{justify-content:end}}"),
            "{sheet}"
        );
        // It is stored between setting and drawing.
        let stored = serde_json::to_string(&look).unwrap();
        assert_eq!(serde_json::from_str::<Look>(&stored).unwrap(), look);
        let logo = look.form_logo.unwrap();
        assert_eq!(logo.light.as_deref(), Some("bb.png"));
        assert_eq!(logo.dark.as_deref(), Some("cc.png"));
        assert!(logo.below && logo.outside && logo.align == Align::Start);
        assert_eq!(look.mode, Some(Mode::Dark));
        assert_eq!(
            look.header.unwrap().logo.unwrap().light.as_deref(),
            Some("dd.png")
        );
        assert_eq!(look.footer, Some(Strip::default()));
        let (sheet, look) = theme(&json!({}), &assets);
        assert_eq!(
            (sheet.as_str(), look.form_logo, look.header),
            ("", None, None)
        );
    }

    #[test]
    fn the_icon_of_the_tab_is_the_kind_that_is_enabled() {
        let assets = [
            asset(AssetCategory::FaviconIco, ColorMode::Dynamic, "aa"),
            asset(AssetCategory::FaviconSvg, ColorMode::Dynamic, "bb"),
        ];
        let icon = |types: Value| {
            let settings = json!({ "components": { "favicon": { "enabledTypes": types } } });
            theme(&settings, &assets).1.favicon
        };
        assert_eq!(icon(json!(["ICO", "SVG"])).as_deref(), Some("bb.png"));
        assert_eq!(icon(json!(["ICO"])).as_deref(), Some("aa.png"));
        assert_eq!(icon(json!([])), None);
    }
}
