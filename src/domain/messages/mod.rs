//! Messages to users: their texts, from the pool's templates or Cognito's defaults, and their way
//! out through the mailer or the SMS gateway, with a copy in dev mode's mailbox.

pub(in crate::domain) mod changed;
mod html;
pub mod links;
pub(in crate::domain) mod notice;
mod texts;

use crate::app::App;
use crate::domain::codes::Sent;
use crate::domain::delivery;
use crate::domain::hooks::{self, CustomMessageAnswer, Event, MessageSource, Metadata};
use crate::error::{Code, Error, Result};
use crate::ids::ClientId;
use crate::ports::mailbox;
use crate::ports::mailer::{Mail, Undelivered};
use crate::ports::sms::Sms;
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::store::audit::Actor;
use crate::store::pools::Pool;
use crate::store::users::User;

use texts::{Rendered, Texts, Values};

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The code of a new account.
    SignUp,
    /// That code, sent again.
    Resend,
    /// The code of a password reset.
    Forgot,
    /// The code of a changed contact.
    Attribute,
    /// The code of a contact that its owner wants to prove.
    Verification,
    /// User name and temporary password.
    Invitation,
    /// The code of a second factor.
    Authentication,
}

impl Kind {
    const fn mailbox(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::Resend => "resend",
            Self::Forgot => "forgot",
            Self::Attribute | Self::Verification => "attribute",
            Self::Invitation => "invitation",
            Self::Authentication => "authentication",
        }
    }

    const fn source(self) -> MessageSource {
        match self {
            Self::SignUp => MessageSource::SignUp,
            Self::Resend => MessageSource::ResendCode,
            Self::Forgot => MessageSource::ForgotPassword,
            Self::Attribute => MessageSource::UpdateUserAttribute,
            Self::Verification => MessageSource::VerifyUserAttribute,
            Self::Invitation => MessageSource::AdminCreateUser,
            Self::Authentication => MessageSource::Authentication,
        }
    }
}

/// A message before it has an address and a code.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// Who asks for it.
    pub actor: &'a Actor,
    /// What it is for.
    pub kind: Kind,
    /// The pool.
    pub pool: &'a Pool,
    /// The app client, where one is involved.
    pub client: Option<&'a ClientId>,
    /// To whom.
    pub user: &'a User,
    /// `ClientMetadata` of the request.
    pub metadata: &'a Metadata,
}

/// A message whose texts are settled: all that can refuse it has spoken.
pub struct Message<'a> {
    draft: Draft<'a>,
    texts: Texts,
    /// What confirms the account when the code is put behind it.
    link: Option<String>,
}

impl<'a> Draft<'a> {
    /// What triggers are told of it.
    fn event<'e>(&'e self, none: &'e Metadata) -> Event<'e> {
        Event {
            actor: self.actor,
            pool: self.pool,
            client: self.client,
            username: &self.user.username,
            user: Some(self.user),
            metadata: self.metadata,
            validation: none,
            hides: false,
        }
    }

    /// Settles the texts. Runs the CustomMessage trigger, so never inside a transaction: before it,
    /// because a refusal shall leave nothing behind.
    ///
    /// # Errors: what the trigger refuses with; InvalidParameter, when the pool sends links and has
    /// no domain for them to lead to
    pub async fn settle(self, app: &App, contact: Contact) -> Result<Message<'a>> {
        let delivered = hooks::sends_custom(self.pool, contact);
        let custom = if delivered {
            // Whoever delivers it writes it.
            CustomMessageAnswer::default()
        } else {
            hooks::custom_message(app, self.event(&Metadata::new()), self.kind.source()).await?
        };
        let link = !delivered && links::wanted(self.kind, self.pool, contact);
        let texts = texts::choose(self.kind, self.pool, link, custom);
        let link = match self.client.filter(|_| link) {
            Some(client) => Some(links::before_code(app, self.pool, client, self.user).await?),
            None => None,
        };
        Ok(Message {
            draft: self,
            texts,
            link,
        })
    }
}

impl Message<'_> {
    /// Whether a trigger delivers it: then it does, and nobody waits.
    fn hand_over(&self, app: &App, sent: &Sent, code: &Secret<String>) -> bool {
        if !hooks::sends_custom(self.draft.pool, sent.contact) {
            return false;
        }
        let outgoing = hooks::Outgoing {
            source: self.draft.kind.source(),
            contact: sent.contact,
            code,
        };
        hooks::send_custom(app, self.draft.event(&Metadata::new()), outgoing);
        self.copy(app, sent, code);
        true
    }

    /// Sends a code (or temporary password). Call it when what it proves is committed.
    ///
    /// # Errors: CodeDeliveryFailure
    pub async fn send(&self, app: &App, sent: &Sent, code: &Secret<String>) -> Result<()> {
        if self.hand_over(app, sent, code) {
            return Ok(());
        }
        let outgoing = self.outgoing(sent, code);
        let handed_over = match outgoing {
            Outgoing::Mail(mail) => app.mailer.send(mail).await,
            Outgoing::Sms(sms) => app.sms.send(sms).await,
        };
        handed_over.map_err(|Undelivered(cause)| {
            tracing::warn!(cause = ?cause, kind = self.draft.kind.mailbox(), "message not delivered");
            Error::new(
                Code::CodeDeliveryFailure,
                "The message with the code could not be delivered.",
            )
        })?;
        self.copy(app, sent, code);
        Ok(())
    }

    /// Sends a code without letting the caller wait or know: where an answer must not show whether
    /// there is anybody to send to.
    pub fn send_unseen(&self, app: &App, sent: &Sent, code: &Secret<String>) {
        if self.hand_over(app, sent, code) {
            return;
        }
        self.copy(app, sent, code);
        let outgoing = self.outgoing(sent, code);
        let (mailer, sms) = (app.mailer.clone(), app.sms.clone());
        app.jobs.spawn("message", async move {
            let handed_over = match outgoing {
                Outgoing::Mail(mail) => mailer.send(mail).await,
                Outgoing::Sms(message) => sms.send(message).await,
            };
            if let Err(Undelivered(cause)) = handed_over {
                tracing::warn!(cause = ?cause, "message not delivered");
            }
        });
    }

    fn outgoing(&self, sent: &Sent, code: &Secret<String>) -> Outgoing {
        let rendered = self.render(sent, code);
        match sent.contact {
            Contact::Email => Outgoing::Mail(Mail {
                to: sent.address.clone(),
                from: texts::sender(self.draft.pool),
                reply_to: texts::reply_to(self.draft.pool),
                subject: rendered.subject,
                text: rendered.text,
                html: rendered.html,
            }),
            Contact::PhoneNumber => Outgoing::Sms(Sms {
                to: sent.address.clone(),
                text: rendered.text,
            }),
        }
    }

    fn copy(&self, app: &App, sent: &Sent, code: &Secret<String>) {
        let Some(mailbox) = &app.mailbox else { return };
        let rendered = self.render(sent, code);
        let is_mail = sent.contact == Contact::Email;
        mailbox.post(&mailbox::Draft {
            pool: &self.draft.pool.id,
            username: &self.draft.user.username,
            to: &sent.address,
            kind: self.draft.kind.mailbox(),
            channel: delivery::medium(sent.contact).as_str(),
            subject: is_mail.then_some(rendered.subject.as_str()),
            text: rendered.text.expose(),
            html: rendered.html.as_ref().map(|html| html.expose().as_str()),
            code: Some(code.expose()),
            link: self.link(code).as_ref().map(|link| link.expose().as_str()),
            sent: app.clock.now(&self.draft.pool.id),
        });
    }

    fn render(&self, sent: &Sent, code: &Secret<String>) -> Rendered {
        let login = texts::login_name(self.draft.pool, self.draft.user);
        let link = self.link(code);
        let values = Values {
            login: &login,
            code: code.expose(),
            link: link.as_ref().map(|link| link.expose().as_str()),
        };
        self.texts.render(sent.contact, &values)
    }

    fn link(&self, code: &Secret<String>) -> Option<Secret<String>> {
        let before = self.link.as_ref()?;
        Some(Secret::new(format!("{before}{}", code.expose())))
    }
}

enum Outgoing {
    Mail(Mail),
    Sms(Sms),
}
