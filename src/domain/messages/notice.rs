//! Notifications of threat protection: mails about a risky sign-in, from the templates of the risk
//! configuration, or what CustomEmailSender makes of them. They never keep a sign-in waiting, nor fail
//! it.
//!
//! Source: Cognito developer guide, "Threat protection: notification messages", for the placeholders.

use std::collections::BTreeMap;

use form_urlencoded::Serializer;

use super::html;
use crate::app::App;
use crate::domain::hooks::{self, Event, Metadata};
use crate::domain::oauth::sites;
use crate::domain::{records, risk};
use crate::error::Result;
use crate::ids::ClientId;
use crate::ports::mailbox;
use crate::ports::mailer::{Mail, Undelivered};
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::settings::risk::{NotifyConfiguration, NotifyEmail, TakeoverResponse};
use crate::store::audit::Actor;
use crate::store::auth_events::Origin;
use crate::store::pools::Pool;
use crate::store::users::User;
use crate::text::{Locale, Text, text};
use crate::time::Timestamp;

/// What happened to the sign-in, and so which template tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain) enum Outcome {
    /// It was refused.
    Blocked,
    /// It was asked for a second factor.
    Mfa,
    /// It went on.
    Nothing,
}

/// A notification that is due.
#[derive(Clone, Debug)]
pub(in crate::domain) struct Notice {
    /// To whom.
    pub user: User,
    /// About which event.
    pub event: String,
    /// What happened.
    pub outcome: Outcome,
    /// What the configuration says is to happen.
    pub action: TakeoverResponse,
    /// The templates.
    pub configuration: NotifyConfiguration,
    /// From where.
    pub origin: Origin,
    /// When.
    pub at: Timestamp,
}

impl Notice {
    /// Sends it to the user's verified address; a user without one is not told.
    pub(in crate::domain) async fn send(
        self,
        app: &App,
        pool: &Pool,
        (actor, client): (&Actor, &ClientId),
    ) -> Result<()> {
        if !records::is_verified(&self.user, Contact::Email) {
            return Ok(());
        }
        let Some(to) = self.user.attributes.get(Contact::Email.as_str()).cloned() else {
            return Ok(());
        };
        let values = self.values(app, pool).await?;
        let rendered = render(&self.template(), &values);
        if let Some(mailbox) = &app.mailbox {
            mailbox.post(&mailbox::Draft {
                pool: &pool.id,
                username: &self.user.username,
                to: &to,
                kind: "notification",
                channel: "EMAIL",
                subject: Some(&rendered.subject),
                text: &rendered.text,
                html: rendered.html.as_deref(),
                code: None,
                link: values.link("{one-click-link-invalid}"),
                sent: self.at,
            });
        }
        if hooks::sends_custom(pool, Contact::Email) {
            let none = Metadata::new();
            let event = Event {
                actor,
                pool,
                client: Some(client),
                username: &self.user.username,
                user: Some(&self.user),
                metadata: &none,
                validation: &none,
                hides: false,
            };
            hooks::send_takeover_notice(app, event, &self.facts(&values));
            return Ok(());
        }
        let mail = Mail {
            to,
            from: self.configuration.from.clone(),
            reply_to: self.configuration.reply_to.clone(),
            subject: rendered.subject,
            text: Secret::new(rendered.text),
            html: rendered.html.map(Secret::new),
        };
        let mailer = app.mailer.clone();
        app.jobs.spawn("message", async move {
            if let Err(Undelivered(cause)) = mailer.send(mail).await {
                tracing::warn!(cause = ?cause, "notification not delivered");
            }
        });
        Ok(())
    }

    fn template(&self) -> NotifyEmail {
        let templates = &self.configuration;
        let template = match self.outcome {
            Outcome::Blocked => &templates.block_email,
            Outcome::Mfa => &templates.mfa_email,
            Outcome::Nothing => &templates.no_action_email,
        };
        let said = |key: Text| Some(text(Locale::En, key).to_owned());
        let template = template.clone().unwrap_or_default();
        let silent = template.html_body.is_none() && template.text_body.is_none();
        let standard = match self.outcome {
            Outcome::Blocked => Text::MailRiskBlocked,
            Outcome::Mfa | Outcome::Nothing => Text::MailRisk,
        };
        NotifyEmail {
            subject: template.subject.or_else(|| said(Text::MailRiskSubject)),
            text_body: template
                .text_body
                .or_else(|| said(standard).filter(|_| silent)),
            html_body: template.html_body,
        }
    }

    /// What a function that delivers the notification is told. What nobody knows is left out.
    fn facts(&self, values: &Values) -> BTreeMap<&'static str, String> {
        let names = [
            ("EVENT_ID", "{event-id}"),
            ("USER_NAME", "{username}"),
            ("IP_ADDRESS", "{ip-address}"),
            ("ONE_CLICK_LINK_VALID", "{one-click-link-valid}"),
            ("ONE_CLICK_LINK_INVALID", "{one-click-link-invalid}"),
            ("LOGIN_TIME", "{login-time}"),
            ("FEEDBACK_TOKEN", "{feedback-token}"),
        ];
        let text = |name: &str| values.get(name).unwrap_or_default().to_owned();
        let mut facts: BTreeMap<_, _> = names.map(|(name, value)| (name, text(value))).into();
        let action = self.action.as_str().to_owned();
        facts.insert("ACCOUNT_TAKE_OVER_ACTION", action);
        if let Some(device) = self.origin.device.clone() {
            facts.insert("DEVICE_NAME", device);
        }
        facts
    }

    async fn values(&self, app: &App, pool: &Pool) -> Result<Values> {
        let token = risk::feedback_token(app, (&pool.id, &self.user.sub), &self.event)?;
        let open = sites::is_open(app, &pool.id).await?;
        let link = |value: &str| {
            let query = Serializer::new(String::new())
                .append_pair("user_name", &self.user.username)
                .append_pair("event_id", &self.event)
                .append_pair("feedback_value", value)
                .append_pair("feedback_token", &token)
                .finish();
            let link = format!("{}/authEventFeedback?{query}", app.site(&pool.id));
            if open { link } else { String::new() }
        };
        let unknown = || "unknown".to_owned();
        Ok(Values(vec![
            ("{username}", self.user.username.clone()),
            (
                "{ip-address}",
                self.origin.ip.clone().unwrap_or_else(unknown),
            ),
            (
                "{device-name}",
                self.origin.device.clone().unwrap_or_else(unknown),
            ),
            ("{login-time}", self.at.readable()),
            ("{city}", unknown()),
            ("{country}", unknown()),
            ("{event-id}", self.event.clone()),
            ("{one-click-link-valid}", link("valid")),
            ("{one-click-link-invalid}", link("invalid")),
            ("{feedback-token}", token.clone()),
        ]))
    }
}

/// What is put in for the placeholders.
struct Values(Vec<(&'static str, String)>);

impl Values {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn link(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Fills a template in; a value is never searched for further placeholders.
    fn fill(&self, template: &str, encode: impl Fn(&str) -> String) -> String {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(at) = rest.find('{') {
            let (before, after) = rest.split_at(at);
            filled.push_str(before);
            let known = self.0.iter().find(|(name, _)| after.starts_with(name));
            let (value, length) = match known {
                Some((name, value)) => (encode(value), name.len()),
                None => ("{".to_owned(), 1),
            };
            filled.push_str(&value);
            rest = after.get(length..).unwrap_or_default();
        }
        filled.push_str(rest);
        filled
    }
}

struct Rendered {
    subject: String,
    text: String,
    html: Option<String>,
}

fn render(template: &NotifyEmail, values: &Values) -> Rendered {
    let plain = |template: &str| values.fill(template, str::to_owned);
    let subject = plain(template.subject.as_deref().unwrap_or_default());
    let html = template.html_body.as_deref();
    let html = html.map(|template| values.fill(template, html::escape));
    let text = template.text_body.as_deref().map(plain);
    Rendered {
        subject: subject
            .split(char::is_control)
            .collect::<Vec<_>>()
            .join(" "),
        text: text.unwrap_or_else(|| html.as_deref().map(html::text).unwrap_or_default()),
        html,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_once_and_escaped_in_html() {
        let values = Values(vec![
            ("{username}", "<{event-id}>".to_owned()),
            ("{event-id}", "e".to_owned()),
        ]);
        let template = NotifyEmail {
            subject: Some("a\r\nb {username} {x}".to_owned()),
            html_body: Some("<p>{username} {event-id}</p>".to_owned()),
            text_body: None,
        };
        let rendered = render(&template, &values);
        assert_eq!(rendered.subject, "a  b <{event-id}> {x}");
        assert_eq!(rendered.html.unwrap(), "<p>&lt;{event-id}&gt; e</p>");
        assert_eq!(rendered.text, "<{event-id}> e");
    }
}
