//! The CSS of SetUICustomization, read and written anew: what is served is put together from parts
//! that are known to be harmless, whatever was given (security.md C11).
//!
//! Source: Cognito developer guide, "Hosted UI (classic) branding"; the classes are those of its
//! downloadable template (oauth.md 8.4). Which properties the service accepts is not published: the
//! template's groups and what only changes the look of a box or a text are taken here.

use std::fmt::Write;

use crate::error::{Error, Result};

/// The classes that may be styled.
const CLASSES: &[&str] = &[
    "background-customizable",
    "banner-customizable",
    "errorMessage-customizable",
    "idpButton-customizable",
    "idpDescription-customizable",
    "inputField-customizable",
    "label-customizable",
    "legalText-customizable",
    "logo-customizable",
    "passwordCheck-notValid-customizable",
    "passwordCheck-valid-customizable",
    "redirect-customizable",
    "socialButton-customizable",
    "submitButton-customizable",
    "textDescription-customizable",
];

/// The states that may be styled.
const STATES: &[&str] = &["hover", "focus", "active"];

/// The properties that may be set: those that change how a box or a text looks, not where it is, what
/// it says or what lies over it.
const PROPERTIES: &[&str] = &[
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-left-radius",
    "border-bottom-right-radius",
    "border-bottom-style",
    "border-bottom-width",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-left-radius",
    "border-top-right-radius",
    "border-top-style",
    "border-top-width",
    "border-width",
    "box-shadow",
    "box-sizing",
    "color",
    "display",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "opacity",
    "outline",
    "outline-color",
    "outline-offset",
    "outline-style",
    "outline-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-shadow",
    "text-transform",
    "vertical-align",
    "white-space",
    "width",
    "word-spacing",
];

/// The functions that values may use; `url` is not one.
const FUNCTIONS: &[&str] = &["calc", "clamp", "hsl", "hsla", "max", "min", "rgb", "rgba"];

/// Reads a stylesheet and writes it anew.
///
/// # Errors: InvalidParameter, for everything but rules of the known classes with harmless
/// properties.
pub(super) fn compile(css: &str) -> Result<String> {
    let css = without_comments(css)?;
    let mut rest = css.trim();
    let mut sheet = String::new();
    while !rest.is_empty() {
        if rest.starts_with('@') {
            let end = rest.find(|c: char| c.is_whitespace() || "{;(".contains(c));
            return Err(Error::css_at_rule(
                rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest),
            ));
        }
        let (selectors, after) = rest.split_once('{').ok_or_else(Error::css_block)?;
        let (body, after) = after.split_once('}').ok_or_else(Error::css_block)?;
        write_rule(&mut sheet, selectors, body)?;
        rest = after.trim_start();
    }
    Ok(sheet)
}

/// Every comment becomes a space: what stood on its two sides must not grow together.
fn without_comments(css: &str) -> Result<String> {
    let mut clean = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        clean.push_str(before);
        clean.push(' ');
        (_, rest) = after.split_once("*/").ok_or_else(Error::css_comment)?;
    }
    clean.push_str(rest);
    Ok(clean)
}

fn write_rule(sheet: &mut String, selectors: &str, body: &str) -> Result<()> {
    for (at, selector) in selectors.split(',').enumerate() {
        let (class, state) = known_selector(selector)?;
        if at > 0 {
            sheet.push(',');
        }
        // Stronger than our own rules, which name one class.
        let _ = write!(sheet, "body.hosted .{class}");
        if let Some(state) = state {
            let _ = write!(sheet, ":{state}");
        }
    }
    sheet.push('{');
    for declaration in body.split(';').map(str::trim).filter(|d| !d.is_empty()) {
        let (property, value) = declaration
            .split_once(':')
            .ok_or_else(|| Error::css_property(declaration))?;
        let named = property.trim().to_ascii_lowercase();
        let known = PROPERTIES.iter().find(|known| **known == named);
        let property = known.ok_or_else(|| Error::css_property(property))?;
        let value = value.trim();
        if !is_harmless(value) {
            return Err(Error::css_value(property));
        }
        let _ = write!(sheet, "{property}:{value};");
        // Our controls have a least height for fingers; a height that is asked for wins.
        if *property == "height" {
            sheet.push_str("min-height:0;");
        }
    }
    sheet.push_str("}\n");
    Ok(())
}

fn known_selector(selector: &str) -> Result<(&'static str, Option<&'static str>)> {
    let unknown = || Error::css_selector(selector);
    let name = selector.trim().strip_prefix('.').ok_or_else(unknown)?;
    let (class, state) = match name.split_once(':') {
        Some((class, state)) => (class, Some(state)),
        None => (name, None),
    };
    let class = CLASSES.iter().find(|known| **known == class);
    let class = class.ok_or_else(unknown)?;
    let state = match state {
        Some(state) => {
            let known = STATES.iter().find(|known| **known == state);
            Some(*known.ok_or_else(unknown)?)
        }
        None => None,
    };
    Ok((*class, state))
}

/// Numbers, lengths, colours, names and strings: nothing that loads, escapes or ends anything.
fn is_harmless(value: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || " \t\r\n#%.,()+-*/!'\"_".contains(c);
    if value.is_empty() || !value.chars().all(plain) {
        return false;
    }
    if value.contains("/*") || value.contains("*/") || value.contains("//") {
        return false;
    }
    let important = value.matches('!').count();
    if important > 1 || important == 1 && !value.to_ascii_lowercase().ends_with("!important") {
        return false;
    }
    quotes_match(value) && functions_are_known(value)
}

fn quotes_match(value: &str) -> bool {
    let mut open = None;
    for c in value.chars() {
        match open {
            None if c == '\'' || c == '"' => open = Some(c),
            Some(quote) if c == quote => open = None,
            Some(_) if c == '\n' || c == '\r' => return false,
            _ => {}
        }
    }
    open.is_none()
}

fn functions_are_known(value: &str) -> bool {
    let mut depth = 0_u32;
    let mut name = String::new();
    for c in value.chars() {
        match c {
            '(' => {
                let known = FUNCTIONS.contains(&name.to_ascii_lowercase().as_str());
                // Parentheses alone group, but only inside of a calculation.
                let grouped = name.is_empty() && depth > 0;
                if !(known || grouped) {
                    return false;
                }
                depth += 1;
            }
            ')' => {
                let Some(outer) = depth.checked_sub(1) else {
                    return false;
                };
                depth = outer;
            }
            _ => {}
        }
        if c.is_alphanumeric() || c == '-' || c == '_' {
            name.push(c);
        } else {
            name.clear();
        }
    }
    depth == 0
}

#[cfg(test)]
mod tests {
    use super::compile;

    fn refusal(css: &str) -> String {
        compile(css).unwrap_err().message.into_owned()
    }

    #[test]
    fn rules_of_the_template_are_written_anew() {
        let css = "/* mine */ .label-customizable { font-weight: 400; }\n\
                   .submitButton-customizable:hover , .idpButton-customizable{COLOR:#FFF;height:40px}";
        assert_eq!(
            compile(css).unwrap(),
            "body.hosted .label-customizable{font-weight:400;}\n\
             body.hosted .submitButton-customizable:hover,body.hosted .idpButton-customizable\
             {color:#FFF;height:40px;min-height:0;}\n"
        );
        assert_eq!(compile(" \n ").unwrap(), "");
    }

    #[test]
    fn harmless_values_pass() {
        for value in [
            "10px 0 0.5em -3px",
            "rgba(0, 0, 0, .5)",
            "calc(100% - (2px * 3))",
            "\"Segoe UI\", 'Noto Sans JP', メイリオ, sans-serif",
            "red !important",
        ] {
            let css = format!(".label-customizable{{margin:{value}}}");
            assert!(compile(&css).unwrap().contains(value), "{value}");
        }
    }

    #[test]
    fn whatever_could_reach_out_or_break_out_is_refused() {
        for value in [
            "url(https://evil.example/x.png)",
            "URL (x)",
            "image-set('x' 1x)",
            "expression(alert(1))",
            "var(--x)",
            "attr(value)",
            "\\75 rl(x)",
            "red\\",
            "'open",
            "\"a\nb\"",
            "</style><script>",
            "red !ie",
            "red !important !important",
            "(1px)",
            "calc(1px",
            "1px)",
            "//x",
            "",
            "<!--",
            "$x",
            "a@import",
        ] {
            let css = format!(".label-customizable{{color:{value}}}");
            assert!(compile(&css).is_err(), "{value}");
        }
        for property in [
            "position",
            "z-index",
            "content",
            "behavior",
            "-moz-binding",
            "background-image",
            "list-style-image",
            "cursor",
            "transform",
            "animation",
            "--ph-canvas",
            "color;x",
            "",
        ] {
            let css = format!(".label-customizable{{{property}:red}}");
            assert!(compile(&css).is_err(), "{property}");
        }
        for selector in [
            "body",
            ".label-customizable *",
            ".label-customizable::after",
            ".label-customizable:has(x)",
            "input[value^=a]",
            ".Label-Customizable",
            ".other",
            "",
            ".label-customizable,",
            ".label-customizable>a",
        ] {
            let css = format!("{selector}{{color:red}}");
            assert!(compile(&css).is_err(), "{selector}");
        }
    }

    /// What stands on the sides of a comment does not grow together.
    #[test]
    fn no_comment_comes_out_of_two_halves() {
        let css = ".label-customizable{margin:1px //**/* 2px}.logo-customizable{color:red}";
        assert!(!compile(css).unwrap().contains("/*"));
    }

    #[test]
    fn refusals_say_what_they_do_not_like() {
        assert_eq!(
            refusal("@import 'x';"),
            "CSS rule @import is not supported."
        );
        assert_eq!(
            refusal("@media(print){}"),
            "CSS rule @media is not supported."
        );
        assert_eq!(refusal("h1 {}"), "CSS selector h1 is not supported.");
        assert_eq!(
            refusal(".logo-customizable{position:fixed}"),
            "CSS property position is not supported."
        );
        assert_eq!(
            refusal(".logo-customizable{width:url(x)}"),
            "CSS value of width is not supported."
        );
        assert_eq!(
            refusal(".logo-customizable{width:1px"),
            "CSS has a rule that does not end."
        );
        assert_eq!(refusal("/* x"), "CSS has a comment that does not end.");
    }
}
