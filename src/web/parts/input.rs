//! One labelled field of a form.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::web::form::{Field, Focus, Form};

use super::message::Alert;

/// One field with its label, hint and complaint.
#[derive(Clone, Debug, Template)]
#[template(path = "_parts/input.html")]
pub struct Input {
    id: Cow<'static, str>,
    name: Cow<'static, str>,
    label: Cow<'static, str>,
    value: String,
    kind: &'static str,
    inputmode: &'static str,
    autocomplete: &'static str,
    placeholder: &'static str,
    hint: &'static str,
    complaint: Option<String>,
    described_by: Vec<Cow<'static, str>>,
    verbatim: bool,
    required: bool,
    focused: bool,
}

impl HtmlSafe for Input {}

impl Input {
    /// A text field of a form, with what the form knows about it: name, value, complaint, focus.
    pub fn of<F: Field>(form: &Form<F>, field: &F, label: impl Into<Cow<'static, str>>) -> Self {
        let secret = field.is_secret();
        let described_by = form
            .error()
            .map(|_| Cow::Borrowed(Alert::ID))
            .into_iter()
            .collect();
        Self {
            id: field.name(),
            name: field.name(),
            label: label.into(),
            value: form.shown(field).to_owned(),
            kind: if secret { "password" } else { "text" },
            inputmode: "",
            autocomplete: "off",
            placeholder: "",
            hint: "",
            complaint: form.complaint(field).map(str::to_owned),
            described_by,
            verbatim: true,
            required: true,
            focused: matches!(form.focus(), Focus::Field(first) if first == field),
        }
    }

    /// A field for a code from a message; phones offer to fill it in.
    pub fn code<F: Field>(form: &Form<F>, field: &F, label: &'static str) -> Self {
        Self::of(form, field, label)
            .kind("text", "numeric")
            .autocomplete("one-time-code")
    }

    /// Takes the keyboard when the page opens and nothing is wrong.
    #[must_use]
    pub fn first<F: Field>(mut self, form: &Form<F>) -> Self {
        self.focus_first(form);
        self
    }

    /// The same for a field that is in a list already.
    pub fn focus_first<F: Field>(&mut self, form: &Form<F>) {
        self.focused |= matches!(form.focus(), Focus::Start);
    }

    /// An id other than the name.
    #[must_use]
    pub fn id(mut self, id: &'static str) -> Self {
        self.id = Cow::Borrowed(id);
        self
    }

    /// The `autocomplete` token. Source: HTML, "Autofill".
    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = token;
        self
    }

    /// The `type`, and the on-screen keyboard where the type does not say it.
    #[must_use]
    pub fn kind(mut self, kind: &'static str, inputmode: &'static str) -> Self {
        self.kind = kind;
        self.inputmode = inputmode;
        self
    }

    /// An example inside the empty field.
    #[must_use]
    pub fn placeholder(mut self, example: &'static str) -> Self {
        self.placeholder = example;
        self
    }

    /// A line below the field.
    #[must_use]
    pub fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    /// The id of another element that describes the field.
    #[must_use]
    pub fn described_by(mut self, id: &'static str) -> Self {
        self.described_by.push(Cow::Borrowed(id));
        self
    }

    /// Words of a language: the device may capitalise and correct them.
    #[must_use]
    pub fn prose(mut self) -> Self {
        self.verbatim = false;
        self
    }

    /// May stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    fn hint_id(&self) -> String {
        format!("{}-hint", self.id)
    }

    fn complaint_id(&self) -> String {
        format!("{}-error", self.id)
    }

    /// Ids of everything that describes the field, the complaint first.
    fn describers(&self) -> String {
        let mut ids = Vec::new();
        if self.complaint.is_some() {
            ids.push(Cow::Owned(self.complaint_id()));
        }
        ids.extend(self.described_by.iter().cloned());
        if !self.hint.is_empty() {
            ids.push(Cow::Owned(self.hint_id()));
        }
        ids.join(" ")
    }

    /// A code that is typed from a message: shown large.
    fn is_code(&self) -> bool {
        self.autocomplete == "one-time-code"
    }
}
