//! `/error`: a request that cannot be answered and must not be redirected.

use askama::Template;

use crate::text::Text;
use crate::web::chrome::Chrome;
#[cfg(test)]
use crate::web::proof::Words;

/// The error page; it goes out with status 400.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/error.html")]
pub struct ErrorPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// What is wrong; a fixed text, never a part of the request.
    pub message: String,
}

#[cfg(test)]
impl ErrorPage {
    /// The page with these words in every text.
    pub(in crate::web) fn samples(words: Words) -> Vec<(&'static str, Self)> {
        let page = Self {
            chrome: Words::chrome(),
            message: words.say("redirect_mismatch"),
        };
        vec![("error", page)]
    }
}
