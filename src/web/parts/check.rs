//! A check box with its label.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::web::form::{Field, Form};

/// What a ticked box sends.
pub(in crate::web) const TICKED: &str = "yes";

/// A box to tick, with a line below it.
#[derive(Clone, Debug, Template)]
#[template(path = "_parts/check.html")]
pub(in crate::web) struct Check {
    name: Cow<'static, str>,
    label: &'static str,
    hint: &'static str,
    checked: bool,
}

impl HtmlSafe for Check {}

impl Check {
    /// A box of a form, ticked as it was sent.
    pub(in crate::web) fn of<F: Field>(
        form: &Form<F>,
        field: &F,
        (label, hint): (&'static str, &'static str),
    ) -> Self {
        Self {
            name: field.name(),
            label,
            hint,
            checked: form.value(field) == TICKED,
        }
    }
}
