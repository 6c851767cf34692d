//! What is shown after `/logout` when there is nowhere to go back to.

use askama::Template;

use crate::text::Text;
use crate::web::chrome::Chrome;
use crate::web::samples::Words;

/// The signed-out page.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/signed_out.html")]
pub struct SignedOutPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// The sign-in page of the client, if it is known.
    pub sign_in_href: Option<String>,
}

impl SignedOutPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let chrome = words.chrome();
        let sign_in_href = Some(words.say("/login?client_id=1"));
        vec![
            (
                "signed_out",
                Self {
                    chrome: chrome.clone(),
                    sign_in_href,
                },
            ),
            (
                "signed_out_nowhere",
                Self {
                    chrome,
                    sign_in_href: None,
                },
            ),
        ]
    }
}
