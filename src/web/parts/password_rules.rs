//! The list of what a new password must be.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::text::{Locale, Text, fill, text};

/// What the pool asks of a password.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the switches of PasswordPolicyType, each on its own"
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// `MinimumLength`.
    pub minimum_length: u32,
    /// `RequireLowercase`.
    pub lowercase: bool,
    /// `RequireUppercase`.
    pub uppercase: bool,
    /// `RequireNumbers`.
    pub numbers: bool,
    /// `RequireSymbols`.
    pub symbols: bool,
}

/// One line: the classic class that marks it, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    class: &'static str,
    text: String,
}

/// The list, ready to print below a password field.
#[derive(Clone, Debug, Template)]
#[template(path = "_parts/password_rules.html")]
pub(in crate::web) struct RuleList {
    rules: Vec<Rule>,
}

impl HtmlSafe for RuleList {}

impl RuleList {
    /// The id that password fields name in `aria-describedby`.
    pub(in crate::web) const ID: &'static str = "passwordRules";
}

impl PasswordRules {
    /// The list in the classic order.
    pub(in crate::web) fn list(self, locale: Locale) -> RuleList {
        let say = |key| text(locale, key).to_owned();
        let length = self.minimum_length.to_string();
        let rules = [
            (
                self.lowercase,
                "checkPassword-lowerletter",
                say(Text::PasswordLower),
            ),
            (
                self.uppercase,
                "checkPassword-upperletter",
                say(Text::PasswordUpper),
            ),
            (
                self.numbers,
                "checkPassword-numbers",
                say(Text::PasswordNumber),
            ),
            (
                self.symbols,
                "checkPassword-symbols",
                say(Text::PasswordSymbol),
            ),
            (
                true,
                "checkPassword-length",
                fill(text(locale, Text::PasswordLength), &[("length", &length)]),
            ),
            (true, "checkPassword-spaces", say(Text::PasswordSpaces)),
        ];
        RuleList {
            rules: rules
                .into_iter()
                .filter(|(asked, _, _)| *asked)
                .map(|(_, class, text)| Rule { class, text })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PasswordRules, RuleList};
    use crate::text::Locale;

    fn classes(list: &RuleList) -> Vec<&str> {
        list.rules.iter().map(|rule| rule.class).collect()
    }

    #[test]
    fn only_what_the_policy_asks_is_listed() {
        let all = PasswordRules {
            minimum_length: 12,
            lowercase: true,
            uppercase: true,
            numbers: true,
            symbols: true,
        };
        let list = all.list(Locale::En);
        assert_eq!(list.rules.len(), 6);
        assert_eq!(
            list.rules[4].text,
            "Password must contain at least 12 characters"
        );
        let few = PasswordRules {
            lowercase: false,
            uppercase: false,
            symbols: false,
            ..all
        };
        assert_eq!(
            classes(&few.list(Locale::En)),
            [
                "checkPassword-numbers",
                "checkPassword-length",
                "checkPassword-spaces"
            ]
        );
    }
}
