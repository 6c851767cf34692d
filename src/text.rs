//! The one catalogue of page and mail text: `text(locale, key)`.
//!
//! English is the source. A further language is a variant of [`Locale`] and a file beside
//! `text/english.rs` with one exhaustive `match`: a missing translation does not compile, and a
//! test holds its parameters against the English ones.

mod english;

pub use english::Text;

/// A language of the pages, as the `lang` parameter of the hosted pages names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// English, and what every unknown language falls back to.
    #[default]
    En,
}

impl Locale {
    /// All languages there are texts for.
    pub const ALL: &[Self] = &[Self::En];

    /// The BCP 47 tag, for `<html lang>`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
        }
    }

    /// The language as terms documents name it (CreateTerms).
    pub const fn terms_key(self) -> &'static str {
        match self {
            Self::En => "cognito:english",
        }
    }

    /// Which way the language is written, for `<html dir>`.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::En => "ltr",
        }
    }

    /// The language with this tag, letter case aside. Source: Cognito developer guide, "Managed
    /// login localization".
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|locale| locale.tag().eq_ignore_ascii_case(tag))
    }
}

/// The text of a key. Parameters stand in braces: see [`fill`].
pub const fn text(locale: Locale, key: Text) -> &'static str {
    match locale {
        Locale::En => key.english(),
    }
}

/// Puts parameters into a text: `{name}` becomes the value of `name`. Names that are not given stay
/// as they are, and a value is never searched for further parameters.
pub fn fill(template: &str, parameters: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after.split_once('}').and_then(|(name, tail)| {
            let (_, value) = parameters.iter().find(|(known, _)| *known == name)?;
            Some((*value, tail))
        });
        if let Some((value, tail)) = known {
            filled.push_str(value);
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::{Locale, Text, fill, text};

    fn parameters(text: &str) -> Vec<&str> {
        let mut names: Vec<_> = text
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}').map(|(name, _)| name))
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn every_language_has_every_text_with_the_same_parameters() {
        for locale in Locale::ALL {
            for key in Text::ALL {
                let translated = text(*locale, *key);
                assert!(!translated.trim().is_empty(), "{locale:?} lacks {key:?}");
                assert_eq!(
                    parameters(translated),
                    parameters(text(Locale::En, *key)),
                    "{locale:?} {key:?}"
                );
            }
        }
    }

    #[test]
    fn tags_lead_back_to_their_language() {
        for locale in Locale::ALL {
            assert_eq!(Locale::from_tag(locale.tag()), Some(*locale));
            assert_eq!(
                Locale::from_tag(&locale.tag().to_uppercase()),
                Some(*locale)
            );
        }
        assert_eq!(Locale::from_tag("tlh"), None);
    }

    #[test]
    fn values_go_in_once_and_unknown_names_stay() {
        assert_eq!(
            fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]),
            "{b} and 2"
        );
        assert_eq!(
            fill("code {####} for {username}", &[("username", "jane")]),
            "code {####} for jane"
        );
        assert_eq!(fill("open { brace", &[("a", "1")]), "open { brace");
        assert_eq!(fill("{a", &[("a", "1")]), "{a");
        assert_eq!(fill("{{a}}", &[("a", "1")]), "{1}");
    }
}
