//! The measures of a style: roundings, density, and where the form stands.

use std::fmt::Write;

use serde_json::Value;

use super::Theme;

/// Roundings: where the settings have them, in pixels, and the property that they become.
const RADII: &[(&str, &str)] = &[
    ("components.form.borderRadius", "card-radius"),
    ("components.alert.borderRadius", "alert-radius"),
    ("componentClasses.buttons.borderRadius", "button-radius"),
    ("componentClasses.input.borderRadius", "radius"),
];

impl Theme<'_> {
    /// Properties that are the same in light and dark.
    pub(super) fn sizes(&self) -> String {
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
        sizes
    }

    /// Where the form stands on pages that are larger than it.
    pub(super) fn place_form(&self, sheet: &mut String) {
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
