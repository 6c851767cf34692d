//! Which text a message has, and how it is filled in.
//!
//! Source: Cognito developer guide, "Configuring SMS and email verification messages and user
//! invitation messages"; the defaults are Cognito's.

use super::{Kind, html};
use crate::domain::attributes::CONTACTS;
use crate::domain::hooks::CustomMessageAnswer;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::settings::pool::{Contact, EmailOption, InviteMessageTemplate};
use crate::store::pools::Pool;
use crate::store::users::User;
use crate::text::{Locale, Text, text};

const CODE: &str = "{####}";
const USERNAME: &str = "{username}";

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

/// What a trigger says, else what the pool says, else the default.
///
/// # Errors: NotImplemented, when the pool wants a link in place of a code
pub(super) fn choose(
    kind: Kind,
    pool: &Pool,
    contact: Contact,
    custom: CustomMessageAnswer,
) -> Result<Texts> {
    let (sms, email, subject) = match kind {
        Kind::Invitation => invitation(pool),
        Kind::Authentication => authentication(pool),
        Kind::Forgot => verification(pool),
        Kind::SignUp | Kind::Resend | Kind::Attribute => {
            refuse_links(pool, contact)?;
            verification(pool)
        }
    };
    Ok(Texts {
        sms: custom.sms_message.unwrap_or(sms),
        email: custom.email_message.unwrap_or(email),
        subject: custom.email_subject.unwrap_or(subject),
    })
}

fn refuse_links(pool: &Pool, contact: Contact) -> Result<()> {
    let template = pool.settings().verification_message_template.as_ref();
    let option = template.and_then(|template| template.default_email_option);
    if contact == Contact::Email && option == Some(EmailOption::Link) {
        return Err(Error::not_implemented("CONFIRM_WITH_LINK"));
    }
    Ok(())
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
    pub(super) fn render(&self, contact: Contact, login: &str, code: &Secret<String>) -> Rendered {
        let subject = fill(&self.subject, login, code.expose());
        let plain = |template: &str| Secret::new(fill(template, login, code.expose()));
        let (text, html) = match contact {
            Contact::PhoneNumber => (plain(&self.sms), None),
            Contact::Email if html::is_html(&self.email) => {
                let (login, code) = (html::escape(login), html::escape(code.expose()));
                let filled = fill(&self.email, &login, &code);
                (Secret::new(html::text(&filled)), Some(Secret::new(filled)))
            }
            Contact::Email => (plain(&self.email), None),
        };
        Rendered {
            subject: subject
                .split(char::is_control)
                .collect::<Vec<_>>()
                .join(" "),
            text,
            html,
        }
    }
}

/// Puts in the code and the name, looking at the template only: a name that looks like a
/// placeholder stays what it is.
fn fill(template: &str, login: &str, code: &str) -> String {
    let names = |text: &str| text.split(USERNAME).collect::<Vec<_>>().join(login);
    template
        .split(CODE)
        .map(names)
        .collect::<Vec<_>>()
        .join(code)
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

    #[test]
    fn html_gets_escaped_values_and_a_plain_twin() {
        let texts = texts("<p>Hi {username},<br>use <b>{####}</b> &amp; go</p>", "Hi");
        let code = Secret::new("a<b&c".to_owned());
        let rendered = texts.render(Contact::Email, "<eve>", &code);
        assert_eq!(
            rendered.html.unwrap().expose(),
            "<p>Hi &lt;eve&gt;,<br>use <b>a&lt;b&amp;c</b> &amp; go</p>"
        );
        assert_eq!(rendered.text.expose(), "Hi <eve>,\nuse a<b&c & go");
    }

    #[test]
    fn plain_templates_stay_plain_and_subjects_are_one_line() {
        let texts = texts("{####} {####} {username}", "a\r\nBcc: x@y {username}");
        let code = Secret::new("123456".to_owned());
        let rendered = texts.render(Contact::Email, "{####}", &code);
        assert!(rendered.html.is_none());
        assert_eq!(rendered.text.expose(), "123456 123456 {####}");
        assert_eq!(rendered.subject, "a  Bcc: x@y {####}");
        let sms = texts.render(Contact::PhoneNumber, "al", &code);
        assert_eq!(sms.text.expose(), "al 123456");
    }
}
