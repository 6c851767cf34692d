//! `AuthParameters` and `ChallengeResponses`: named texts, all of them sensitive; and from the pages
//! the devices that the browser keeps.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::devices::browser::Kept;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// The named texts of one request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Parameters {
    texts: BTreeMap<String, Secret<String>>,
    /// Never in a request to the API.
    #[serde(skip)]
    kept: Vec<Kept>,
}

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
        self.texts.insert(name.to_owned(), value);
        self
    }

    /// The same from a browser that keeps devices.
    #[must_use]
    pub fn in_browser(self, kept: Vec<Kept>) -> Self {
        Self { kept, ..self }
    }

    /// The devices that the browser keeps.
    pub(super) fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// A text, if it was sent.
    pub fn find(&self, name: &str) -> Option<&Secret<String>> {
        self.texts.get(name)
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
        self.texts
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)))
    }
}
