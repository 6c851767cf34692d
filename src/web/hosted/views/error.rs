//! `/error`: a request that cannot be answered and must not be redirected.

use askama::Template;

use crate::text::{Text, fill};
use crate::web::chrome::Chrome;
use crate::web::samples::Words;

/// The error page; it goes out with status 400.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/error.html")]
pub struct ErrorPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// What is wrong; a fixed text, never a part of the request.
    pub message: String,
}

impl ErrorPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let chrome = words.chrome();
        let page = |text: &str| Self {
            chrome: chrome.clone(),
            message: words.say(text),
        };
        let missing = fill(chrome.say(Text::ErrorMissing), &[("name", "redirect_uri")]);
        vec![
            ("error", page(chrome.say(Text::ErrorRedirectMismatch))),
            ("error_missing", page(&missing)),
            ("error_internal", page(chrome.say(Text::ErrorInternal))),
            ("error_old_form", page(chrome.say(Text::ErrorForeignForm))),
            ("error_too_many", page(chrome.say(Text::ErrorTooMany))),
            (
                "error_provider",
                page(chrome.say(Text::ErrorNoSuchProvider)),
            ),
        ]
    }
}
