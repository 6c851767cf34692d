//! A short message on a page of its own, with at most one thing to do: what a link from a mail
//! opens, for state changes only when the button is pressed (security.md C18).

use askama::Template;

use crate::web::chrome::Chrome;
use crate::web::samples::Words;

/// A form that is only a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeForm {
    /// Where it goes.
    pub action: String,
    /// Its token.
    pub csrf: String,
    /// What the button says.
    pub button: &'static str,
}

/// A page with a message.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/notice.html")]
pub struct NoticePage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Title and heading.
    pub heading: &'static str,
    /// The message below the heading.
    pub message: Option<String>,
    /// The one thing to do.
    pub form: Option<NoticeForm>,
    /// Where else to go: target and text.
    pub link: Option<(String, &'static str)>,
}

impl NoticePage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        use crate::text::Text;

        let chrome = words.chrome();
        let asking = Self {
            heading: chrome.say(Text::ConfirmHeading),
            message: Some(words.say("Press the button to confirm your account.")),
            form: Some(NoticeForm {
                action: words
                    .say("/confirmUser?client_id=1&user_name=jane&confirmation_code=123456"),
                csrf: words.say("csrf-token"),
                button: chrome.say(Text::ConfirmButton),
            }),
            link: None,
            chrome: chrome.clone(),
        };
        let done = Self {
            heading: chrome.say(Text::Confirmed),
            message: None,
            form: None,
            link: Some((words.say("/login?client_id=1"), chrome.say(Text::SignIn))),
            chrome: chrome.clone(),
        };
        let telling = |heading, text| Self {
            heading: chrome.say(heading),
            message: Some(words.say(chrome.say(text))),
            form: None,
            link: None,
            chrome: chrome.clone(),
        };
        let feedback = |text, button| Self {
            heading: chrome.say(Text::FeedbackHeading),
            message: Some(words.say(chrome.say(text))),
            form: Some(NoticeForm {
                action: words.say("/authEventFeedback?username=jane&eventId=1"),
                csrf: words.say("csrf-token"),
                button: chrome.say(button),
            }),
            link: None,
            chrome: chrome.clone(),
        };
        vec![
            ("notice_asking", asking),
            ("notice_done", done),
            (
                "notice_awaits_administrator",
                telling(Text::AwaitsAdministratorHeading, Text::AwaitsAdministrator),
            ),
            (
                "notice_unavailable",
                telling(Text::UnavailableHeading, Text::Unavailable),
            ),
            (
                "feedback_mine",
                feedback(Text::FeedbackWasMe, Text::FeedbackValid),
            ),
            (
                "feedback_not_mine",
                feedback(Text::FeedbackWasNotMe, Text::FeedbackInvalid),
            ),
            (
                "feedback_thanks",
                telling(Text::FeedbackThanks, Text::FeedbackNext),
            ),
        ]
    }
}
