//! The mail that tells a user of a change of the account. It has no links, asks no function (Cognito
//! has no trigger for it), leaves after the commit, and its failure undoes nothing.

use super::texts;
use crate::app::App;
use crate::domain::changes::What;
use crate::ports::mailbox;
use crate::ports::mailer::{Mail, Undelivered};
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::users::User;
use crate::text::{Locale, Text, fill, text};
use crate::time::Timestamp;

/// Sends it to the address that the user had before the change, when the transaction is committed.
pub(in crate::domain) fn send_on_commit(
    app: &App,
    tx: &mut Tx,
    (pool, before): (&Pool, &User),
    what: What,
    now: Timestamp,
) {
    let Some(to) = before.attributes.get(Contact::Email.as_str()).cloned() else {
        return;
    };
    let mail = Mail {
        to,
        from: texts::sender(pool),
        reply_to: texts::reply_to(pool),
        subject: text(locale(before), Text::NoticeSubject).to_owned(),
        text: Secret::new(body(pool, before, what, now)),
        html: None,
    };
    let (mailer, mailbox, jobs) = (app.mailer.clone(), app.mailbox.clone(), app.jobs.clone());
    let (pool, username) = (pool.id.clone(), before.username.clone());
    tx.on_commit(move || {
        if let Some(mailbox) = mailbox {
            mailbox.post(&mailbox::Draft {
                pool: &pool,
                username: &username,
                to: &mail.to,
                kind: "change",
                channel: "EMAIL",
                subject: Some(&mail.subject),
                text: mail.text.expose(),
                html: None,
                code: None,
                link: None,
                sent: now,
            });
        }
        jobs.spawn("message", async move {
            if let Err(Undelivered(cause)) = mailer.send(mail).await {
                tracing::warn!(cause = ?cause, "notice of a change not delivered");
            }
        });
    });
}

fn body(pool: &Pool, before: &User, what: What, now: Timestamp) -> String {
    let locale = locale(before);
    let (login, time) = (texts::login_name(pool, before), now.readable());
    let parameters = [("username", login.as_str()), ("time", time.as_str())];
    let told = fill(text(locale, what.told()), &parameters);
    format!("{told}\n\n{}\n", text(locale, Text::NoticeNotYou))
}

/// The language that the user's attribute `locale` names, as `de-AT` or `de_AT`; else English.
fn locale(user: &User) -> Locale {
    let named = user.attributes.get("locale");
    let tag = named.map(|tag| tag.replace('_', "-"));
    tag.and_then(|tag| Locale::accepted(&tag))
        .unwrap_or_default()
}
