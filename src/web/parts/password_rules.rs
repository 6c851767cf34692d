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
    /// The characters that count as symbols.
    pub symbol_set: &'static str,
}

/// One line: the classic class that marks it, what a password must match (a regular expression of
/// JavaScript with the flags `su`, for our script), and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    class: &'static str,
    pattern: String,
    text: String,
}

/// The list, ready to print below a password field.
#[derive(Clone, Debug, Template)]
#[template(path = "_parts/password_rules.html")]
pub(in crate::web) struct RuleList {
    field: &'static str,
    met: &'static str,
    unmet: &'static str,
    rules: Vec<Rule>,
}

impl HtmlSafe for RuleList {}

impl RuleList {
    /// The id that password fields name in `aria-describedby`.
    pub(in crate::web) const ID: &'static str = "passwordRules";
}

impl PasswordRules {
    /// The list in the classic order, for the field with this id.
    pub(in crate::web) fn list(self, locale: Locale, field: &'static str) -> RuleList {
        let say = |key| text(locale, key).to_owned();
        let length = self.minimum_length.to_string();
        let rules = [
            (
                self.lowercase,
                ("checkPassword-lowerletter", "[a-z]".to_owned()),
                say(Text::PasswordLower),
            ),
            (
                self.uppercase,
                ("checkPassword-upperletter", "[A-Z]".to_owned()),
                say(Text::PasswordUpper),
            ),
            (
                self.numbers,
                ("checkPassword-numbers", "[0-9]".to_owned()),
                say(Text::PasswordNumber),
            ),
            (
                self.symbols,
                ("checkPassword-symbols", symbols(self.symbol_set)),
                say(Text::PasswordSymbol),
            ),
            (
                true,
                ("checkPassword-length", format!("^.{{{length},}}$")),
                fill(text(locale, Text::PasswordLength), &[("length", &length)]),
            ),
            (
                true,
                ("checkPassword-spaces", r"^(\S|\S.*\S)$".to_owned()),
                say(Text::PasswordSpaces),
            ),
        ];
        let asked = rules.into_iter().filter(|(asked, _, _)| *asked);
        let rules = asked.map(|(_, (class, pattern), text)| Rule {
            class,
            pattern,
            text,
        });
        RuleList {
            field,
            met: text(locale, Text::RuleMet),
            unmet: text(locale, Text::RuleNotMet),
            rules: rules.collect(),
        }
    }
}

/// One of the symbols; a space counts between other characters only.
fn symbols(set: &str) -> String {
    let mut class = String::new();
    for symbol in set.chars().filter(|symbol| *symbol != ' ') {
        if "^$*.[]{}()?-/\\|".contains(symbol) {
            class.push('\\');
        }
        class.push(symbol);
    }
    format!(r"[{class}]|\S.* .*\S")
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
            symbol_set: "^$-a ",
        };
        let list = all.list(Locale::En, "password");
        assert_eq!(list.rules.len(), 6);
        assert_eq!(
            list.rules[4].text,
            "Password must contain at least 12 characters"
        );
        assert_eq!(list.rules[3].pattern, r"[\^\$\-a]|\S.* .*\S");
        assert_eq!(list.rules[4].pattern, "^.{12,}$");
        let few = PasswordRules {
            lowercase: false,
            uppercase: false,
            symbols: false,
            ..all
        };
        assert_eq!(
            classes(&few.list(Locale::En, "password")),
            [
                "checkPassword-numbers",
                "checkPassword-length",
                "checkPassword-spaces"
            ]
        );
    }
}
