//! What the pages look like where a style says nothing, in the words of a style: what
//! `ReturnMergedResources` puts under a style's own settings.

use serde_json::{Map, Value, json};

/// The values of our own theme, as `templates/assets/poolhouse.css` has them (tested).
pub(super) fn settings() -> Map<String, Value> {
    let value = json!({
        "components": components(),
        "componentClasses": component_classes(),
        "categories": {
            "form": {
                "displayGraphics": true,
                "location": { "horizontal": "CENTER", "vertical": "CENTER" },
            },
            "global": {
                "colorSchemeMode": "DYNAMIC",
                "pageHeader": { "enabled": false },
                "pageFooter": { "enabled": false },
                "spacingDensity": "REGULAR",
            },
        },
    });
    match value {
        Value::Object(settings) => settings,
        _ => Map::new(),
    }
}

fn both(light: &Value, dark: &Value) -> Value {
    json!({ "lightMode": light, "darkMode": dark })
}

fn components() -> Value {
    json!({
        "pageBackground": with(
            both(&json!({ "color": "f2f6f8ff" }), &json!({ "color": "0a1116ff" })),
            &json!({ "image": { "enabled": false } }),
        ),
        "form": with(
            both(
                &json!({ "backgroundColor": "ffffffff", "borderColor": "dbe3e8ff" }),
                &json!({ "backgroundColor": "111a21ff", "borderColor": "22303aff" }),
            ),
            &json!({
                "borderRadius": 20.0,
                "backgroundImage": { "enabled": false },
                "logo": { "enabled": false, "location": "CENTER", "position": "TOP",
                    "formInclusion": "IN" },
            }),
        ),
        "pageText": both(
            &json!({ "bodyColor": "0e1c24ff", "headingColor": "0e1c24ff",
                "descriptionColor": "50616cff" }),
            &json!({ "bodyColor": "e8eff3ff", "headingColor": "e8eff3ff",
                "descriptionColor": "9fb1bcff" }),
        ),
        "primaryButton": both(
            &button(
                ["0e7490ff", "ffffffff"],
                ["0b5c73ff", "ffffffff"],
                ["dbe3e8ff", "50616cff"],
            ),
            &button(
                ["4cc3ddff", "03202aff"],
                ["7dd6eaff", "03202aff"],
                ["22303aff", "9fb1bcff"],
            ),
        ),
        "secondaryButton": both(
            &framed(["ffffffff", "7e8f9bff", "0e1c24ff"], ["f4f7f9ff", "50616cff", "0e1c24ff"]),
            &framed(["111a21ff", "5f7380ff", "e8eff3ff"], ["0c141aff", "9fb1bcff", "e8eff3ff"]),
        ),
        "idpButton": { "standard": both(
            &framed(["ffffffff", "7e8f9bff", "0e1c24ff"], ["f4f7f9ff", "50616cff", "0e1c24ff"]),
            &framed(["111a21ff", "5f7380ff", "e8eff3ff"], ["0c141aff", "9fb1bcff", "e8eff3ff"]),
        ) },
        "alert": with(
            both(
                &json!({ "error": { "backgroundColor": "fdf1f0ff", "borderColor": "f0c4c0ff" } }),
                &json!({ "error": { "backgroundColor": "251514ff", "borderColor": "55302cff" } }),
            ),
            &json!({ "borderRadius": 10.0 }),
        ),
        "favicon": { "enabledTypes": ["ICO", "SVG"] },
        "pageHeader": strip(),
        "pageFooter": strip(),
    })
}

fn component_classes() -> Value {
    json!({
        "buttons": { "borderRadius": 10.0 },
        "input": with(
            both(
                &json!({ "defaults": { "backgroundColor": "ffffffff", "borderColor": "7e8f9bff" },
                    "placeholderColor": "50616cff" }),
                &json!({ "defaults": { "backgroundColor": "0c141aff", "borderColor": "5f7380ff" },
                    "placeholderColor": "9fb1bcff" }),
            ),
            &json!({ "borderRadius": 10.0 }),
        ),
        "inputLabel": both(
            &json!({ "textColor": "0e1c24ff" }),
            &json!({ "textColor": "e8eff3ff" }),
        ),
        "inputDescription": both(
            &json!({ "textColor": "50616cff" }),
            &json!({ "textColor": "9fb1bcff" }),
        ),
        "link": both(
            &json!({ "defaults": { "textColor": "0e7490ff" }, "hover": { "textColor": "0b5c73ff" } }),
            &json!({ "defaults": { "textColor": "4cc3ddff" }, "hover": { "textColor": "7dd6eaff" } }),
        ),
        "focusState": both(
            &json!({ "borderColor": "0e7490ff" }),
            &json!({ "borderColor": "7dd6eaff" }),
        ),
        "divider": both(
            &json!({ "borderColor": "dbe3e8ff" }),
            &json!({ "borderColor": "22303aff" }),
        ),
        "optionControls": both(
            &json!({ "defaults": { "backgroundColor": "ffffffff", "borderColor": "7e8f9bff" },
                "selected": { "backgroundColor": "0e7490ff", "foregroundColor": "ffffffff" } }),
            &json!({ "defaults": { "backgroundColor": "0c141aff", "borderColor": "5f7380ff" },
                "selected": { "backgroundColor": "4cc3ddff", "foregroundColor": "03202aff" } }),
        ),
        "statusIndicator": both(
            &status("b3261eff", ["0b6b47ff", "eef9f3ff", "b9e2cdff"]),
            &status("ff9d93ff", ["7fd8acff", "0f2119ff", "27513cff"]),
        ),
    })
}

fn button(
    [back, text]: [&str; 2],
    [hover_back, hover_text]: [&str; 2],
    [off_back, off_text]: [&str; 2],
) -> Value {
    json!({
        "defaults": { "backgroundColor": back, "textColor": text },
        "hover": { "backgroundColor": hover_back, "textColor": hover_text },
        "active": { "backgroundColor": hover_back, "textColor": hover_text },
        "disabled": { "backgroundColor": off_back, "textColor": off_text },
    })
}

fn framed([back, line, text]: [&str; 3], [hover_back, hover_line, hover_text]: [&str; 3]) -> Value {
    let hover = json!({ "backgroundColor": hover_back, "borderColor": hover_line,
        "textColor": hover_text });
    json!({
        "defaults": { "backgroundColor": back, "borderColor": line, "textColor": text },
        "hover": hover,
        "active": hover,
    })
}

fn status(error: &str, [good, wash, line]: [&str; 3]) -> Value {
    json!({
        "error": { "indicatorColor": error },
        "success": { "indicatorColor": good, "backgroundColor": wash, "borderColor": line },
    })
}

fn strip() -> Value {
    json!({
        "lightMode": { "background": { "color": "ffffffff" }, "borderColor": "dbe3e8ff" },
        "darkMode": { "background": { "color": "111a21ff" }, "borderColor": "22303aff" },
        "backgroundImage": { "enabled": false },
        "logo": { "enabled": false, "location": "START" },
    })
}

fn with(mut value: Value, more: &Value) -> Value {
    super::merge(&mut value, more);
    value
}

#[cfg(test)]
mod tests {
    use super::super::theme::{COLOURS, Theme};
    use super::settings;

    /// Every colour that a style can change has a default, and it is the stylesheet's.
    #[test]
    fn the_defaults_are_those_of_the_stylesheet() {
        let css = include_str!("../../../templates/assets/poolhouse.css");
        let settings = settings();
        let theme = Theme {
            settings: &settings,
            assets: &[],
        };
        let sheet = theme.sheet();
        let blocks: Vec<&str> = sheet.lines().collect();
        let root = |css: &str, start: &str| {
            let (_, block) = css.split_once(start).unwrap();
            block.split_once('}').unwrap().0.to_owned()
        };
        let (light, dark) = (
            root(css, ":root {"),
            root(css, ":root[data-mode=\"dark\"] {"),
        );
        let value = |block: &str, property: &str| -> Option<String> {
            let (_, value) = block.split_once(&format!("--ph-{property}:"))?;
            Some(value.split_once(';')?.0.trim().to_owned())
        };
        let resolved = |block: &str, property: &str| {
            let mut value_of = value(block, property)
                .or_else(|| value(&light, property))
                .unwrap();
            while let Some(name) = value_of.strip_prefix("var(--ph-") {
                let name = name.trim_end_matches(')').to_owned();
                value_of = value(block, &name)
                    .or_else(|| value(&light, &name))
                    .unwrap();
            }
            value_of
        };
        for (_, property) in COLOURS {
            for (told, block) in [(blocks[2], &light), (blocks[4], &dark)] {
                let told = value(told, property).unwrap_or_else(|| panic!("{property}"));
                assert_eq!(
                    told,
                    format!("{}ff", resolved(block, property)),
                    "{property}"
                );
            }
        }
    }
}
