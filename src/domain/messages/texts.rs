//! Which text a message has, and how it is filled in.
//!
//! Source: Cognito developer guide, "Configuring SMS and email verification messages and user
//! invitation messages"; the defaults are Cognito's.

use super::{Kind, html};
use crate::domain::attributes::CONTACTS;
use crate::domain::hooks::CustomMessageAnswer;
use crate::secret::Secret;
use crate::settings::pool::{Contact, InviteMessageTemplate};
use crate::store::pools::Pool;
use crate::store::users::User;
use crate::text::{Locale, Text, text};

const CODE: &str = "{####}";
const USERNAME: &str = "{username}";
/// What stands around the text of a link.
const LINK: (&str, &str) = ("{##", "##}");

/// The templates of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Texts {
    sms: String,
    email: String,
    subject: String,
}

/// A message with everything filled in.
pub(super) struct Rendered {
    /// Subject of an e-mail: one line.
    pub(super) subject: String,
    /// The text.
    pub(super) text: Secret<String>,
    /// The text of an e-mail whose template is HTML.
    pub(super) html: Option<Secret<String>>,
}

/// What is put into the templates.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) login: &'a str,
    pub(super) code: &'a str,
    /// Where links lead; none where the message has a code.
    pub(super) link: Option<&'a str>,
}

/// What a trigger says, else what the pool says, else the default.
pub(super) fn choose(kind: Kind, pool: &Pool, link: bool, custom: CustomMessageAnswer) -> Texts {
    let (sms, mut email, mut subject) = match kind {
        Kind::Invitation => invitation(pool),
        Kind::Authentication => authentication(pool),
        Kind::Forgot | Kind::SignUp | Kind::Resend | Kind::Attribute | Kind::Verification => {
            verification(pool)
        }
    };
    if link {
        (email, subject) = by_link(pool);
    }
    Texts {
        sms: usable(kind, false, custom.sms_message).unwrap_or(sms),
        email: usable(kind, link, custom.email_message).unwrap_or(email),
        subject: custom.email_subject.unwrap_or(subject),
    }
}

/// A trigger's text, if it has the places for what must be in it. One without them would send a
/// message of no use; the pool's own is sent instead (triggers.md 4).
fn usable(kind: Kind, link: bool, text: Option<String>) -> Option<String> {
    text.filter(|text| {
        let named = kind != Kind::Invitation || text.contains(USERNAME);
        let linked = || {
            let (_, after) = text.split_once(LINK.0)?;
            after.contains(LINK.1).then_some(())
        };
        named && (text.contains(CODE) || link && linked().is_some())
    })
}

fn by_link(pool: &Pool) -> (String, String) {
    let template = pool.settings().verification_message_template.clone();
    let template = template.unwrap_or_default();
    let or = |text: Option<String>, default: Text| text.unwrap_or_else(|| standard(default));
    (
        or(template.email_message_by_link, Text::MailLink),
        or(template.email_subject_by_link, Text::MailLinkSubject),
    )
}

/// The text of a pool that sets none of its own. Messages are in English, as Cognito's are.
fn standard(key: Text) -> String {
    text(Locale::En, key).to_owned()
}

fn verification(pool: &Pool) -> (String, String, String) {
    let settings = pool.settings();
    let template = settings.verification_message_template.clone();
    let template = template.unwrap_or_default();
    let or = |text: Option<String>, other: &Option<String>, default: Text| {
        text.or_else(|| other.clone())
            .unwrap_or_else(|| standard(default))
    };
    (
        or(
            template.sms_message,
            &settings.sms_verification_message,
            Text::SmsVerification,
        ),
        or(
            template.email_message,
            &settings.email_verification_message,
            Text::MailVerification,
        ),
        or(
            template.email_subject,
            &settings.email_verification_subject,
            Text::MailVerificationSubject,
        ),
    )
}

fn authentication(pool: &Pool) -> (String, String, String) {
    let email = pool.document.mfa.email_mfa_configuration.clone();
    let email = email.unwrap_or_default();
    let sms = pool.settings().sms_authentication_message.clone();
    (
        sms.unwrap_or_else(|| standard(Text::SmsAuthentication)),
        email
            .message
            .unwrap_or_else(|| standard(Text::MailAuthentication)),
        email
            .subject
            .unwrap_or_else(|| standard(Text::MailAuthenticationSubject)),
    )
}

fn invitation(pool: &Pool) -> (String, String, String) {
    let config = pool.settings().admin_create_user_config.as_ref();
    let template = config.and_then(|config| config.invite_message_template.clone());
    let InviteMessageTemplate {
        sms_message,
        email_message,
        email_subject,
    } = template.unwrap_or_default();
    let or = |text: Option<String>, default: Text| text.unwrap_or_else(|| standard(default));
    (
        or(sms_message, Text::SmsInvitation),
        or(email_message, Text::MailInvitation),
        or(email_subject, Text::MailInvitationSubject),
    )
}

impl Texts {
    pub(super) fn render(&self, contact: Contact, values: &Values<'_>) -> Rendered {
        let subject = fill(&self.subject, values);
        let (text, html) = match (contact, values.link) {
            (Contact::PhoneNumber, _) => (fill(&self.sms, values), None),
            (Contact::Email, Some(link)) => {
                let (text, html) = linked(&html::of(&self.email), values, link);
                (text, Some(html))
            }
            (Contact::Email, None) if html::is_html(&self.email) => {
                let filled = fill_html(&self.email, values);
                (html::text(&filled), Some(filled))
            }
            (Contact::Email, None) => (fill(&self.email, values), None),
        };
        Rendered {
            subject: subject
                .split(char::is_control)
                .collect::<Vec<_>>()
                .join(" "),
            text: Secret::new(text),
            html: html.map(Secret::new),
        }
    }
}

/// An HTML template with its links, and a plain text that has them too.
fn linked(template: &str, values: &Values<'_>, link: &str) -> (String, String) {
    let href = html::escape(link);
    let named = |label: &str| {
        if label.is_empty() {
            href.clone()
        } else {
            label.to_owned()
        }
    };
    let html = with_links(template, values, |label| {
        format!("<a href=\"{href}\">{}</a>", named(label))
    });
    let text = with_links(template, values, |label| match label {
        "" => href.clone(),
        label => format!("{label}: {href}"),
    });
    (html::text(&text), html)
}

/// Puts links where the template has `{##text##}`, and the other values around them.
fn with_links(template: &str, values: &Values<'_>, link: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(LINK.0) {
        let Some((label, tail)) = after.split_once(LINK.1) else {
            break;
        };
        filled.push_str(&fill_html(before, values));
        filled.push_str(&link(label));
        rest = tail;
    }
    filled.push_str(&fill_html(rest, values));
    filled
}

fn fill_html(template: &str, values: &Values<'_>) -> String {
    let (login, code) = (html::escape(values.login), html::escape(values.code));
    let escaped = Values {
        login: &login,
        code: &code,
        ..*values
    };
    fill(template, &escaped)
}

/// Puts in the code and the name, looking at the template only: a name that looks like a
/// placeholder stays what it is.
fn fill(template: &str, values: &Values<'_>) -> String {
    let names = |text: &str| text.split(USERNAME).collect::<Vec<_>>().join(values.login);
    template
        .split(CODE)
        .map(names)
        .collect::<Vec<_>>()
        .join(values.code)
}

/// What the user signs in with: the user name, or the contact in pools where that is the name.
pub(super) fn login_name(pool: &Pool, user: &User) -> String {
    let logins = pool.settings().username_attributes();
    let mut contacts = CONTACTS.iter().rev().filter(|c| logins.contains(c));
    let contact = contacts.find_map(|contact| user.attributes.get(contact.as_str()));
    contact.unwrap_or(&user.username).clone()
}

/// The sender that the pool configures: `From`, or the address in the ARN of its SES identity.
pub(super) fn sender(pool: &Pool) -> Option<String> {
    let email = pool.settings().email_configuration.as_ref()?;
    let identity = email.source_arn.as_deref().and_then(|arn| {
        let (_, identity) = arn.split_once("identity/")?;
        identity.contains('@').then(|| identity.to_owned())
    });
    email.from.clone().or(identity)
}

/// Where replies go.
pub(super) fn reply_to(pool: &Pool) -> Option<String> {
    let email = pool.settings().email_configuration.as_ref()?;
    email.reply_to_email_address.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(email: &str, subject: &str) -> Texts {
        Texts {
            sms: "{username} {####}".to_owned(),
            email: email.to_owned(),
            subject: subject.to_owned(),
        }
    }

    const fn values<'a>(login: &'a str, code: &'a str, link: Option<&'a str>) -> Values<'a> {
        Values { login, code, link }
    }

    #[test]
    fn html_gets_escaped_values_and_a_plain_twin() {
        let texts = texts("<p>Hi {username},<br>use <b>{####}</b> &amp; go</p>", "Hi");
        let rendered = texts.render(Contact::Email, &values("<eve>", "a<b&c", None));
        assert_eq!(
            rendered.html.unwrap().expose(),
            "<p>Hi &lt;eve&gt;,<br>use <b>a&lt;b&amp;c</b> &amp; go</p>"
        );
        assert_eq!(rendered.text.expose(), "Hi <eve>,\nuse a<b&c & go");
    }

    #[test]
    fn plain_templates_stay_plain_and_subjects_are_one_line() {
        let texts = texts("{####} {####} {username}", "a\r\nBcc: x@y {username}");
        let rendered = texts.render(Contact::Email, &values("{####}", "123456", None));
        assert!(rendered.html.is_none());
        assert_eq!(rendered.text.expose(), "123456 123456 {####}");
        assert_eq!(rendered.subject, "a  Bcc: x@y {####}");
        let sms = texts.render(Contact::PhoneNumber, &values("al", "123456", None));
        assert_eq!(sms.text.expose(), "al 123456");
    }

    #[test]
    fn links_stand_in_html_and_in_the_plain_twin() {
        let link = Some("https://x.example/confirmUser?a=1&b=2");
        let href = "https://x.example/confirmUser?a=1&amp;b=2";
        for (template, html, text) in [
            (
                "Hi {username} & co,\nplease {##Click Here##}.",
                format!("Hi &lt;eve&gt; &amp; co,<br>please <a href=\"{href}\">Click Here</a>."),
                "Hi <eve> & co,\nplease Click Here: https://x.example/confirmUser?a=1&b=2.",
            ),
            (
                "<p>{##<b>Go</b>##}</p>{##Go##}",
                format!("<p><a href=\"{href}\"><b>Go</b></a></p><a href=\"{href}\">Go</a>"),
                "Go: https://x.example/confirmUser?a=1&b=2\nGo: https://x.example/confirmUser?a=1&b=2",
            ),
            (
                "{####} {##",
                format!("<a href=\"{href}\">{href}</a> {{##"),
                "https://x.example/confirmUser?a=1&b=2 {##",
            ),
        ] {
            let texts = texts(template, "s");
            let rendered = texts.render(Contact::Email, &values("<eve>", "123456", link));
            assert_eq!(*rendered.html.unwrap().expose(), html);
            assert_eq!(rendered.text.expose(), text);
        }
        // A name cannot bring a link in.
        let texts = texts("{username}", "s");
        let rendered = texts.render(Contact::Email, &values("{##x##}", "1", link));
        assert_eq!(rendered.html.unwrap().expose(), "{##x##}");
    }
}
