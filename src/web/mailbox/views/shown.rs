//! How one message is written on a page.

use std::borrow::Cow;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::ports::mailbox::Message;
use crate::text::{Locale, Text, text};
use crate::web::mailbox;

/// A message with the words of a language around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'m> {
    locale: Locale,
    message: &'m Message,
}

impl<'m> Shown<'m> {
    pub(super) const fn new(locale: Locale, message: &'m Message) -> Self {
        Self { locale, message }
    }

    /// Its page.
    pub(super) fn path(self) -> String {
        mailbox::message_path(self.message.id)
    }

    /// Its bare HTML.
    pub(super) fn html_path(self) -> String {
        mailbox::html_path(self.message.id)
    }

    /// What it was sent for; a purpose without a text of its own is called by its name.
    pub(super) fn kind(self) -> Cow<'m, str> {
        let key = match self.message.kind.as_str() {
            "sign_up" => Text::KindSignUp,
            "resend" => Text::KindResend,
            "forgot" => Text::KindForgot,
            "attribute" => Text::KindAttribute,
            "invitation" => Text::KindInvitation,
            "change" => Text::KindChange,
            other => return Cow::Borrowed(other),
        };
        Cow::Borrowed(text(self.locale, key))
    }

    /// The subject; a text message shows how it begins, for it has none.
    pub(super) fn subject(self) -> &'m str {
        let subject = self.message.subject.as_deref().unwrap_or_default().trim();
        let first_line = self.message.text.trim().lines().next().unwrap_or_default();
        match (subject, first_line) {
            ("", "") => text(self.locale, Text::MailboxNoSubject),
            ("", line) => line,
            (subject, _) => subject,
        }
    }

    /// The link, if it is one that a browser may open.
    pub(super) fn safe_link(self) -> Option<&'m str> {
        let link = self.message.link.as_deref()?;
        let scheme = |scheme: &str| {
            link.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        (scheme("https://") || scheme("http://")).then_some(link)
    }

    fn sent(self) -> Option<OffsetDateTime> {
        let nanoseconds = i128::from(self.message.sent_ms).checked_mul(1_000_000)?;
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()
    }

    /// When it was sent, for machines.
    pub(super) fn sent_at(self) -> String {
        self.sent()
            .and_then(|at| at.format(&Rfc3339).ok())
            .unwrap_or_default()
    }

    /// When it was sent, for people; the script turns it into local time.
    pub(super) fn sent_text(self) -> String {
        const FORMAT: &[time::format_description::BorrowedFormatItem<'_>] =
            format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
        self.sent()
            .and_then(|at| at.format(FORMAT).ok())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Shown;
    use crate::ports::mailbox::Message;
    use crate::text::Locale;

    fn message() -> Message {
        Message {
            id: 1,
            pool: "us-east-1_Example01".to_owned(),
            username: "jane".to_owned(),
            to: "+15550100".to_owned(),
            kind: "forgot".to_owned(),
            channel: "SMS".to_owned(),
            subject: None,
            text: "Your code is 123456. \nBye".to_owned(),
            html: None,
            code: Some("123456".to_owned()),
            link: None,
            sent_ms: 1_785_844_323_456,
        }
    }

    #[test]
    fn a_text_message_is_called_by_its_first_line() {
        let mut message = message();
        let shown = Shown::new(Locale::En, &message);
        assert_eq!(shown.subject(), "Your code is 123456. ");
        assert_eq!(shown.kind(), "Password reset");
        assert_eq!(shown.sent_text(), "2026-08-04 11:52:03 UTC");
        assert_eq!(shown.sent_at(), "2026-08-04T11:52:03.456Z");
        message.text = String::new();
        assert_eq!(Shown::new(Locale::En, &message).subject(), "(no subject)");
    }

    #[test]
    fn only_web_links_can_be_opened() {
        let mut message = message();
        for (link, opens) in [
            ("https://auth.example.com/confirmUser?x=1", true),
            ("HTTP://localhost:9229/", true),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("//evil.example", false),
            ("ä", false),
        ] {
            message.link = Some(link.to_owned());
            assert_eq!(
                Shown::new(Locale::En, &message).safe_link().is_some(),
                opens,
                "{link}"
            );
        }
    }

    #[test]
    fn times_out_of_range_are_left_out() {
        let mut message = message();
        message.sent_ms = i64::MAX;
        assert_eq!(Shown::new(Locale::En, &message).sent_text(), "");
    }
}
