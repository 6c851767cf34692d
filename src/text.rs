//! The one catalogue of page and mail text: `text(locale, key)`.
//!
//! English is the source. A further language is a variant of [`Locale`] and a file beside
//! `text/english.rs`. Texts of messages with codes and of the development server's
//! own pages are English only; a test holds that nothing else is missing in any language, and that
//! the parameters are the English ones. Until it is translated a text shows in English.

/// The texts of a language: those that it has.
macro_rules! translation {
    ($($key:ident = $text:literal;)+) => {
        use super::Text;

        /// The text of a key, if the language has it.
        pub(super) const fn text(key: Text) -> Option<&'static str> {
            match key {
                $(Text::$key => Some($text),)+
                _ => None,
            }
        }
    };
}

mod chinese_simplified;
mod chinese_traditional;
mod english;
mod french;
mod german;
mod indonesian;
mod italian;
mod japanese;
mod korean;
mod portuguese;
mod said;
mod spanish;

pub use english::Text;
pub use said::translated;

/// A language of the pages, as the `lang` parameter of the hosted pages names it. Source: Cognito
/// developer guide, "Managed login localization".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// English, and what every unknown language falls back to.
    #[default]
    En,
    /// German.
    De,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Indonesian.
    Id,
    /// Italian.
    It,
    /// Japanese.
    Ja,
    /// Korean.
    Ko,
    /// Portuguese, as in Brazil.
    PtBr,
    /// Chinese in simplified characters.
    ZhCn,
    /// Chinese in traditional characters.
    ZhTw,
    /// A language of nobody that is written from right to left.
    #[cfg(test)]
    Pseudo,
}

impl Locale {
    /// All languages there are texts for.
    pub const ALL: &[Self] = &[
        Self::En,
        Self::De,
        Self::Es,
        Self::Fr,
        Self::Id,
        Self::It,
        Self::Ja,
        Self::Ko,
        Self::PtBr,
        Self::ZhCn,
        Self::ZhTw,
    ];

    /// The BCP 47 tag, for `<html lang>`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::Id => "id",
            Self::It => "it",
            Self::Ja => "ja",
            Self::Ko => "ko",
            Self::PtBr => "pt-BR",
            Self::ZhCn => "zh-CN",
            Self::ZhTw => "zh-TW",
            #[cfg(test)]
            Self::Pseudo => "ar-XB",
        }
    }

    /// The language as terms documents name it (CreateTerms).
    pub const fn terms_key(self) -> &'static str {
        match self {
            Self::En => "cognito:english",
            Self::De => "cognito:german",
            Self::Es => "cognito:spanish",
            Self::Fr => "cognito:french",
            Self::Id => "cognito:bahasa-indonesia",
            Self::It => "cognito:italian",
            Self::Ja => "cognito:japanese",
            Self::Ko => "cognito:korean",
            Self::PtBr => "cognito:portuguese-brazil",
            Self::ZhCn => "cognito:chinese-simplified",
            Self::ZhTw => "cognito:chinese-traditional",
            #[cfg(test)]
            Self::Pseudo => "cognito:default",
        }
    }

    /// Which way the language is written, for `<html dir>`.
    pub const fn direction(self) -> &'static str {
        match self {
            #[cfg(test)]
            Self::Pseudo => "rtl",
            _ => "ltr",
        }
    }

    /// The language with this tag, letter case aside.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|locale| locale.tag().eq_ignore_ascii_case(tag))
    }

    /// The language that a browser asks for in `Accept-Language`, by what it prefers (RFC 9110
    /// 12.5.4): each range by its whole, else by its language alone.
    pub fn accepted(header: &str) -> Option<Self> {
        let mut ranges: Vec<(&str, u32)> = header.split(',').map(range).collect();
        // Equal ones stay in the order of the header.
        ranges.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        let wanted = ranges.into_iter().filter(|(_, weight)| *weight > 0);
        wanted.map(|(tag, _)| tag).find_map(Self::nearest)
    }

    fn nearest(tag: &str) -> Option<Self> {
        let mut parts = tag.split('-');
        let language = parts.next().unwrap_or_default().to_ascii_lowercase();
        let is_any =
            |known: &[&str], part: &str| known.iter().any(|k| k.eq_ignore_ascii_case(part));
        match language.as_str() {
            "zh" if parts.any(|part| is_any(&["Hant", "TW", "HK", "MO"], part)) => Some(Self::ZhTw),
            "zh" => Some(Self::ZhCn),
            "pt" => Some(Self::PtBr),
            "in" => Some(Self::Id),
            language => Self::from_tag(language),
        }
    }
}

/// A language range and its weight in thousandths; what cannot be read weighs nothing.
fn range(text: &str) -> (&str, u32) {
    let (tag, parameters) = text.split_once(';').unwrap_or((text, ""));
    let weight = match parameters.trim().strip_prefix("q=") {
        Some(number) => number.parse().unwrap_or(0.0_f32),
        None => 1.0,
    };
    let thousandths = (weight.clamp(0.0, 1.0) * 1000.0).round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 to 1000"
    )]
    (tag.trim(), thousandths as u32)
}

/// The text of a key. Parameters stand in braces: see [`fill`].
pub const fn text(locale: Locale, key: Text) -> &'static str {
    let translated = match locale {
        Locale::En => None,
        Locale::De => german::text(key),
        Locale::Es => spanish::text(key),
        Locale::Fr => french::text(key),
        Locale::Id => indonesian::text(key),
        Locale::It => italian::text(key),
        Locale::Ja => japanese::text(key),
        Locale::Ko => korean::text(key),
        Locale::PtBr => portuguese::text(key),
        Locale::ZhCn => chinese_simplified::text(key),
        Locale::ZhTw => chinese_traditional::text(key),
        #[cfg(test)]
        Locale::Pseudo => None,
    };
    match translated {
        Some(text) => text,
        None => key.english(),
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

    /// What people see on hosted pages: all but messages and the developer's own pages.
    fn is_for_people(key: Text) -> bool {
        let others = ["Mailbox", "Kind", "Preview", "Mail", "Sms"];
        !others.iter().any(|other| key.key().starts_with(other))
    }

    #[test]
    fn no_language_lacks_a_text() {
        type Translation = fn(Text) -> Option<&'static str>;
        let languages: &[(&str, Translation)] = &[
            ("german", super::german::text),
            ("spanish", super::spanish::text),
            ("french", super::french::text),
            ("indonesian", super::indonesian::text),
            ("italian", super::italian::text),
            ("japanese", super::japanese::text),
            ("korean", super::korean::text),
            ("portuguese", super::portuguese::text),
            ("chinese_simplified", super::chinese_simplified::text),
            ("chinese_traditional", super::chinese_traditional::text),
        ];
        assert_eq!(languages.len() + 1, Locale::ALL.len());
        let mut missing = Vec::new();
        for (language, translation) in languages {
            for key in Text::ALL.iter().filter(|key| is_for_people(**key)) {
                if translation(*key).is_none() {
                    missing.push(format!("{language}: {}", key.key()));
                }
            }
        }
        assert!(missing.is_empty(), "not translated: {missing:#?}");
    }

    #[test]
    fn browsers_get_the_language_they_prefer_of_those_there_are() {
        for (header, expected) in [
            ("de", Some(Locale::De)),
            ("de-AT,en;q=0.8", Some(Locale::De)),
            ("tlh, fr;q=0.5, it;q=0.9", Some(Locale::It)),
            ("en-GB, de;q=0.9", Some(Locale::En)),
            ("zh-Hant-HK", Some(Locale::ZhTw)),
            ("zh-TW", Some(Locale::ZhTw)),
            ("zh", Some(Locale::ZhCn)),
            ("pt-PT", Some(Locale::PtBr)),
            ("de;q=0, fr;q=0.1", Some(Locale::Fr)),
            ("de;q=x, fr;q=0.1", Some(Locale::Fr)),
            ("de;q=NaN", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(Locale::accepted(header), expected, "{header}");
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
