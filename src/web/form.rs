//! A submitted or shown form: typed fields, their values, and what is wrong with them.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use crate::secret::Secret;
use crate::text::{Locale, translated};

/// More fields than this are not a form of ours.
const MAX_FIELDS: usize = 200;

/// The name of the field that carries the token against forged requests.
const CSRF: &str = "_csrf";

/// The fields of one form.
pub trait Field: Sized + PartialEq {
    /// The field with this name, if the form has it.
    fn parse(name: &str) -> Option<Self>;
    /// Its name in the markup.
    fn name(&self) -> Cow<'static, str>;
    /// Whether its value is never shown again.
    fn is_secret(&self) -> bool;
}

/// Why a body is not a form of ours; the page answers 400 with one text for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// More than 200 fields.
    TooManyFields,
    /// A field of the form comes twice.
    Twice(String),
    /// A name or value is not UTF-8.
    NotText,
}

/// Values and complaints of one form. Values may be passwords, so all are kept as secrets.
#[derive(Clone, Debug)]
pub struct Form<F> {
    values: Vec<(F, Secret)>,
    complaints: Vec<(F, String)>,
    error: Option<String>,
    locale: Locale,
}

/// A form as it came in, with its token still to be checked.
#[derive(Clone, Debug)]
pub struct Submitted<F> {
    /// The `_csrf` field; empty when there was none.
    pub csrf: Secret,
    /// The fields.
    pub form: Form<F>,
}

/// Where the keyboard shall be when the page opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus<'f, F> {
    /// At the first field: nothing is wrong.
    Start,
    /// At the message above the form.
    Error,
    /// At the first field with a complaint.
    Field(&'f F),
}

impl<F> Default for Form<F> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            complaints: Vec::new(),
            error: None,
            locale: Locale::default(),
        }
    }
}

impl<F: Field> Form<F> {
    /// Reads an `application/x-www-form-urlencoded` body. Fields that the form does not have are
    /// skipped (browsers, extensions and Cognito's own clients add some: `cognitoAsfData`, the
    /// button); a field of the form that comes twice is refused, for no one can say which counts.
    pub fn parse(body: &[u8]) -> Result<Submitted<F>, Malformed> {
        let mut csrf = None;
        let mut form = Self::default();
        let pairs = body.split(|byte| *byte == b'&').filter(|p| !p.is_empty());
        for (count, pair) in pairs.enumerate() {
            if count == MAX_FIELDS {
                return Err(Malformed::TooManyFields);
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = Secret::new(decode(halves.next().unwrap_or_default())?);
            let twice = if name == CSRF {
                csrf.replace(value).is_some()
            } else if let Some(field) = F::parse(&name) {
                let twice = form.find(&field).is_some();
                form.values.push((field, value));
                twice
            } else {
                false
            };
            if twice {
                return Err(Malformed::Twice(name));
            }
        }
        let csrf = csrf.unwrap_or_else(|| Secret::new(String::new()));
        Ok(Submitted { csrf, form })
    }

    /// The same form with a value in it.
    #[must_use]
    pub fn with(mut self, field: F, value: impl Into<String>) -> Self {
        self.values.retain(|(known, _)| *known != field);
        self.values.push((field, Secret::new(value.into())));
        self
    }

    /// The same form with a message above it.
    #[must_use]
    pub fn refused(mut self, error: impl Into<Cow<'static, str>>) -> Self {
        self.error = Some(translated(self.locale, error.into()).into_owned());
        self
    }

    /// The same form in a language: what it is refused with from here on is translated.
    #[must_use]
    pub fn in_language(mut self, locale: Locale) -> Self {
        self.locale = locale;
        self
    }

    /// Complains about one field.
    pub fn complain(&mut self, field: F, complaint: impl Into<Cow<'static, str>>) {
        let complaint = translated(self.locale, complaint.into());
        self.complaints.push((field, complaint.into_owned()));
    }

    /// Whether there is any complaint, above the form or at a field.
    pub fn is_refused(&self) -> bool {
        self.error.is_some() || !self.complaints.is_empty()
    }

    /// The value of a field; empty when it was not sent.
    pub fn value(&self, field: &F) -> &str {
        self.find(field).map_or("", |value| value.expose())
    }

    /// The value of a field as a secret, if it was sent.
    pub fn secret(&self, field: &F) -> Option<&Secret> {
        self.find(field)
    }

    /// Every field that was sent, in its order.
    pub fn fields(&self) -> impl Iterator<Item = (&F, &str)> {
        self.values
            .iter()
            .map(|(field, value)| (field, value.expose().as_str()))
    }

    /// The value to show again: empty for secrets.
    pub(super) fn shown(&self, field: &F) -> &str {
        if field.is_secret() {
            ""
        } else {
            self.value(field)
        }
    }

    /// The message above the form.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The first complaint about a field.
    pub fn complaint(&self, field: &F) -> Option<&str> {
        self.complaints
            .iter()
            .find(|(known, _)| known == field)
            .map(|(_, complaint)| complaint.as_str())
    }

    /// Where the keyboard shall be.
    pub(super) fn focus(&self) -> Focus<'_, F> {
        match (&self.error, self.complaints.first()) {
            (Some(_), _) => Focus::Error,
            (None, Some((field, _))) => Focus::Field(field),
            (None, None) => Focus::Start,
        }
    }

    fn find(&self, field: &F) -> Option<&Secret> {
        self.values
            .iter()
            .find(|(known, _)| known == field)
            .map(|(_, value)| value)
    }
}

/// Decodes one name or value. Source: WHATWG URL, "application/x-www-form-urlencoded parsing", but
/// bytes that are not UTF-8 are refused and not replaced: two different passwords must stay two.
fn decode(encoded: &[u8]) -> Result<String, Malformed> {
    let spaced: Vec<u8> = encoded
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let decoded: Vec<u8> = percent_decode(&spaced).collect();
    String::from_utf8(decoded).map_err(|_| Malformed::NotText)
}

#[cfg(test)]
mod tests;
