//! All messages, newest first, and where to go to cause more of them.

use askama::Template;

use crate::ports::mailbox::Message;
use crate::text::{Text, fill};
use crate::web::assets;
use crate::web::chrome::Chrome;
use crate::web::mailbox;
use crate::web::samples::Words;

use super::shown::Shown;

/// An app client that uses the hosted pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppLink {
    /// Its name.
    pub name: String,
    /// Its sign-in page.
    pub href: String,
    /// The preview of its look.
    pub look_href: String,
}

/// A user pool with its app clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolLinks {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// The clients that use the hosted pages.
    pub apps: Vec<AppLink>,
}

/// The mailbox. It refreshes itself: by its script as soon as a message arrives, without scripts
/// every five seconds.
#[derive(Clone, Debug, Template)]
#[template(path = "mailbox/list.html")]
pub struct MailboxPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Newest first.
    pub messages: Vec<Message>,
    /// The pools of the server.
    pub pools: Vec<PoolLinks>,
}

impl MailboxPage {
    const fn shown<'m>(&self, message: &'m Message) -> Shown<'m> {
        Shown::new(self.chrome.locale, message)
    }

    /// The id after which a message is news.
    fn newest(&self) -> u64 {
        self.messages.first().map_or(0, |message| message.id)
    }

    fn look(&self, app: &AppLink) -> String {
        fill(self.chrome.say(Text::PreviewHeading), &[("app", &app.name)])
    }

    fn open_sign_in(&self, app: &AppLink) -> String {
        fill(
            self.chrome.say(Text::MailboxOpenSignIn),
            &[("app", &app.name)],
        )
    }
}

impl MailboxPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let full = Self {
            chrome: words.chrome(),
            messages: words.messages(),
            pools: vec![
                PoolLinks {
                    name: words.say("demo"),
                    id: words.say("us-east-1_Demo00001"),
                    apps: vec![AppLink {
                        name: words.say("demo-web"),
                        href: words
                            .say("/us-east-1_Demo00001/login?client_id=1&response_type=code"),
                        look_href: words.say("/_poolhouse/branding/1"),
                    }],
                },
                PoolLinks {
                    name: words.say("machines"),
                    id: words.say("us-east-1_Machines1"),
                    apps: Vec::new(),
                },
            ],
        };
        let empty = Self {
            messages: Vec::new(),
            pools: Vec::new(),
            ..full.clone()
        };
        vec![("mailbox", full), ("mailbox_empty", empty)]
    }
}
