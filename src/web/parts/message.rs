//! Messages above a form: what went wrong, and what went well.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::web::form::{Field, Focus, Form};

/// What went wrong. It takes the keyboard, so that a screen reader reads it first (oauth.md 8.7).
#[derive(Clone, Debug, Template)]
#[template(path = "_parts/alert.html")]
pub struct Alert<'t> {
    text: Option<&'t str>,
    focused: bool,
}

impl HtmlSafe for Alert<'_> {}

impl<'t> Alert<'t> {
    /// The id that fields name in `aria-describedby`; the classic page's.
    pub(super) const ID: &'static str = "loginErrorMessage";

    /// The message above a form; prints nothing when there is none.
    pub fn of<F: Field>(form: &'t Form<F>) -> Self {
        Self {
            text: form.error(),
            focused: form.focus() == Focus::Error,
        }
    }
}

/// What went well since the last page: a new code was sent, the password was changed.
#[derive(Clone, Debug, Template)]
#[template(path = "_parts/notice.html")]
pub struct Notice<'t> {
    /// The message; nothing is printed when there is none.
    pub text: Option<&'t str>,
}

impl HtmlSafe for Notice<'_> {}

impl<'t> Notice<'t> {
    /// The notice of a page, if it has one.
    pub fn of(text: Option<&'t String>) -> Self {
        Self {
            text: text.map(String::as_str),
        }
    }
}
