//! The `Filter` of ListUsers: one clause, `attribute operator "value"`.
//!
//! ```text
//! filter    = space* [ name space* ( "=" | "^=" ) space* quoted space* ]
//! name      = quoted | bare            ; a bare name ends at a space, `=`, `^` or `"`
//! quoted    = `"` ( any but `"` and `\` | `\"` | `\\` )* `"`
//! ```
//!
//! Source: Cognito API reference, ListUsers `Filter`; developer guide, "Searching for users". Programs
//! that work with Cognito quote the name as well as not. The texts of both errors were recorded from
//! AWS.

use super::keys::{SEARCHABLE, USERNAME};
use crate::error::{Error, Result};

/// What a filter asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// What is compared.
    pub field: Field,
    /// How it is compared.
    pub matching: Match,
    /// What it is compared with.
    pub value: String,
}

/// What a filter can compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The user name or an attribute that has search keys.
    Value(&'static str),
    /// `cognito:user_status`: where the user is in its life.
    UserStatus,
    /// `status`: `Enabled` or `Disabled`.
    Enabled,
    /// `sub`.
    Sub,
}

/// How a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// `=`: the same value.
    Exact,
    /// `^=`: a value that begins so.
    Prefix,
}

impl Clause {
    /// Reads a filter; a blank one asks for nothing.
    ///
    /// # Errors: InvalidParameter `Error while parsing filter.`; `Input fails to satisfy the
    /// constraints.` for a name that cannot be searched by.
    pub fn parse(text: &str) -> Result<Option<Self>> {
        let text = text.trim_matches(is_space);
        if text.is_empty() {
            return Ok(None);
        }
        let (name, rest) = name(text).ok_or_else(Error::filter_syntax)?;
        let (matching, rest) = operator(rest).ok_or_else(Error::filter_syntax)?;
        let (value, rest) = quoted(rest).ok_or_else(Error::filter_syntax)?;
        if !rest.is_empty() {
            return Err(Error::filter_syntax());
        }
        let field = Field::parse(&name).ok_or_else(Error::filter_attribute)?;
        Ok(Some(Self {
            field,
            matching,
            value,
        }))
    }
}

impl Field {
    fn parse(name: &str) -> Option<Self> {
        match name {
            USERNAME => Some(Self::Value(USERNAME)),
            "cognito:user_status" => Some(Self::UserStatus),
            "status" => Some(Self::Enabled),
            "sub" => Some(Self::Sub),
            _ => {
                let known = SEARCHABLE.into_iter().find(|known| *known == name);
                known.map(Self::Value)
            }
        }
    }
}

const fn is_space(char: char) -> bool {
    char.is_ascii_whitespace()
}

fn name(text: &str) -> Option<(String, &str)> {
    if text.starts_with('"') {
        return quoted(text);
    }
    let end = text.find(|char| is_space(char) || matches!(char, '=' | '^' | '"'))?;
    let (name, rest) = text.split_at_checked(end)?;
    (!name.is_empty()).then(|| (name.to_owned(), rest))
}

fn operator(text: &str) -> Option<(Match, &str)> {
    let text = text.trim_start_matches(is_space);
    let prefix = text.strip_prefix("^=").map(|rest| (Match::Prefix, rest));
    prefix
        .or_else(|| text.strip_prefix('=').map(|rest| (Match::Exact, rest)))
        .map(|(matching, rest)| (matching, rest.trim_start_matches(is_space)))
}

/// A text in quotation marks and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut chars = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(chars.next().filter(|char| matches!(char, '"' | '\\'))?),
            char => value.push(char),
        }
    }
}

#[cfg(test)]
mod tests;
