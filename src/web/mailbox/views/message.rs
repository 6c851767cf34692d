//! One message in full.

use askama::Template;

use crate::ports::mailbox::Message;
use crate::text::Text;
use crate::web::assets;
use crate::web::chrome::Chrome;
use crate::web::mailbox;
use crate::web::samples::Words;

use super::shown::Shown;

/// The page of a message. Its HTML is foreign text: it is shown in a frame without rights.
#[derive(Clone, Debug, Template)]
#[template(path = "mailbox/message.html")]
pub struct MessagePage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// The message.
    pub message: Message,
}

impl MessagePage {
    const fn shown(&self) -> Shown<'_> {
        Shown::new(self.chrome.locale, &self.message)
    }
}

impl MessagePage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let names = ["message_code", "message_link", "message_sms"];
        let pages = words.messages().into_iter().map(|message| Self {
            chrome: words.chrome(),
            message,
        });
        names.into_iter().zip(pages).collect()
    }
}
