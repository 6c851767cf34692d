//! The overview: one page in the sizes of a phone and a desk, with a choice of pages.

use askama::Template;

use crate::text::{Text, fill};
use crate::web::assets;
use crate::web::chrome::Chrome;
use crate::web::mailbox;
use crate::web::samples::Words;

/// A page that can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLink {
    /// Its title.
    pub title: String,
    /// The overview with this page.
    pub href: String,
    /// Whether it is the one that is shown.
    pub current: bool,
}

/// The overview.
#[derive(Clone, Debug, Template)]
#[template(path = "preview/overview.html")]
pub struct PreviewPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// The name of the client.
    pub client: String,
    /// What changes with every change of the look, and where to ask for it.
    pub state: (String, String),
    /// The pages.
    pub pages: Vec<PageLink>,
    /// The page that is shown; none: managed login has no pages for the client.
    pub shown: Option<String>,
}

impl PreviewPage {
    fn heading(&self) -> String {
        fill(
            self.chrome.say(Text::PreviewHeading),
            &[("app", &self.client)],
        )
    }
}

impl PreviewPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let link = |title: &str, current| PageLink {
            title: words.say(title),
            href: words.say("/_poolhouse/branding/1?page=x"),
            current,
        };
        let full = Self {
            chrome: words.chrome(),
            client: words.say("web"),
            state: (words.say("1"), words.say("/_poolhouse/branding/1/state")),
            pages: vec![link("Sign in", true), link("Sign up", false)],
            shown: Some(words.say("/_poolhouse/branding/1/pages/sign_in")),
        };
        let none = Self {
            shown: None,
            ..full.clone()
        };
        vec![("preview_mailbox", full), ("preview_mailbox_none", none)]
    }
}
