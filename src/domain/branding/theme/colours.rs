//! The colours of a style, as properties of the stylesheet.

use std::fmt::Write;

use serde_json::Value;

use super::Theme;

/// Colours: where the settings have them (`*` is `lightMode` or `darkMode`), and the property of the
/// stylesheet that they become.
pub(in crate::domain::branding) const COLOURS: &[(&str, &str)] = &[
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
        "componentClasses.optionControls.*.selected.backgroundColor",
        "check",
    ),
    (
        "componentClasses.optionControls.*.selected.foregroundColor",
        "on-check",
    ),
    (
        "componentClasses.optionControls.*.defaults.backgroundColor",
        "check-field",
    ),
    (
        "componentClasses.optionControls.*.defaults.borderColor",
        "check-line",
    ),
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
    (
        "components.primaryButton.*.disabled.backgroundColor",
        "primary-disabled",
    ),
    (
        "components.primaryButton.*.disabled.textColor",
        "on-primary-disabled",
    ),
    (
        "components.secondaryButton.*.active.backgroundColor",
        "secondary-active",
    ),
    (
        "components.secondaryButton.*.active.borderColor",
        "secondary-line-active",
    ),
    (
        "components.secondaryButton.*.active.textColor",
        "on-secondary-active",
    ),
    (
        "components.idpButton.standard.*.active.backgroundColor",
        "idp-active",
    ),
    (
        "components.idpButton.standard.*.active.borderColor",
        "idp-line-active",
    ),
    (
        "components.idpButton.standard.*.active.textColor",
        "on-idp-active",
    ),
];

impl Theme<'_> {
    /// The properties of one mode, `lightMode` or `darkMode`.
    pub(super) fn colours(&self, mode: &str) -> String {
        let mut written = String::new();
        for (path, property) in COLOURS {
            if let Some(colour) = self.get(&path.replace('*', mode)).and_then(colour) {
                let _ = write!(written, "--ph-{property}:#{colour};");
            }
        }
        written
    }
}

/// A colour as the editor writes it: hexadecimal digits, with or without `#`.
pub(super) fn colour(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let digits = text.strip_prefix('#').unwrap_or(text);
    let fine =
        [3, 4, 6, 8].contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    fine.then(|| digits.to_ascii_lowercase())
}
