use serde_json::json;

use super::*;
use crate::settings::branding::Extension;
use crate::settings::branding::{AssetCategory, ColorMode};
use crate::store::brandings::{Align, Asset, Picture, Strip};

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

#[test]
fn graphics_illustrate_unless_they_are_turned_off() {
    let assets = [
        asset(AssetCategory::EmailGraphic, ColorMode::Light, "aa"),
        asset(AssetCategory::PasskeyGraphic, ColorMode::Dynamic, "bb"),
    ];
    let picture = |light: &str, dark: Option<&str>| {
        let (light, dark) = (Some(light.to_owned()), dark.map(str::to_owned));
        Some(Picture { light, dark })
    };
    let graphics = theme(&json!({}), &assets).1.graphics;
    assert_eq!(graphics.email, picture("aa.png", None));
    assert_eq!(graphics.passkey, picture("bb.png", Some("bb.png")));
    assert_eq!(
        (graphics.sms, graphics.app, graphics.password),
        (None, None, None)
    );
    let off = json!({ "categories": { "form": { "displayGraphics": false } } });
    assert_eq!(theme(&off, &assets).1.graphics.email, None);
}
