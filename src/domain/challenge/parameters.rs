//! `AuthParameters` and `ChallengeResponses`: named texts, all of them sensitive.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::secret::Secret;

/// The named texts of one request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Parameters(BTreeMap<String, Secret<String>>);

impl Parameters {
    /// A user name and a password.
    pub fn password(username: &str, password: Secret<String>) -> Self {
        Self::default()
            .with("USERNAME", Secret::new(username.to_owned()))
            .with("PASSWORD", password)
    }

    /// The same with one more text.
    #[must_use]
    pub fn with(mut self, name: &str, value: Secret<String>) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// A text, if it was sent.
    pub fn find(&self, name: &str) -> Option<&Secret<String>> {
        self.0.get(name)
    }

    /// A text that must have been sent.
    ///
    /// # Errors: InvalidParameter `Missing required parameter {name}`
    pub fn get(&self, name: &str) -> Result<&Secret<String>> {
        self.find(name)
            .ok_or_else(|| Error::missing_parameter(name))
    }

    /// The texts whose names begin with `prefix`, named by what follows it.
    pub fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Secret<String>)> {
        self.0
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)))
    }
}
