//! What an act left behind of its user.

use std::fmt;

use serde_json::Value;

/// What an act left behind of its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// What changed of the user, as AdminGetUser tells it.
    user: Option<String>,
    password: bool,
    codes: i64,
    /// Sessions, refresh tokens and authorization codes.
    tokens: i64,
}

impl Effect {
    pub fn none() -> Self {
        Self {
            user: None,
            password: false,
            codes: 0,
            tokens: 0,
        }
    }

    pub fn without_tokens(&self) -> Self {
        Self {
            tokens: 0,
            ..self.clone()
        }
    }

    pub fn without_code(&self) -> Self {
        Self {
            codes: 0,
            ..self.clone()
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "=> user: {}",
            self.user.as_deref().unwrap_or("as before")
        )?;
        let password = if self.password { "new" } else { "as before" };
        write!(f, "; password: {password}")?;
        write!(f, "; codes: {:+}; tokens: {:+}", self.codes, self.tokens)
    }
}

/// What there is of a user.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    pub user: Value,
    pub password: Option<String>,
    pub codes: i64,
    pub tokens: i64,
}

impl State {
    /// What changed since.
    pub fn since(&self, before: &Self) -> Effect {
        let user = (self.user != before.user).then(|| self.user.to_string());
        Effect {
            user,
            password: self.password != before.password,
            codes: self.codes - before.codes,
            tokens: self.tokens - before.tokens,
        }
    }
}
