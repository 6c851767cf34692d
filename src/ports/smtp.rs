//! E-mail through an SMTP server, by lettre: STARTTLS (`smtp://host?tls=required`), TLS from the
//! first byte (`smtps://host`), or neither (`smtp://host`), with or without a login.

use std::path::Path;

use anyhow::{Context, bail};
use futures_util::future::BoxFuture;
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use percent_encoding::percent_decode_str;
use url::Url;

use super::mailer::{Mail, Mailer, Undelivered};
use crate::secret::Secret;

/// Sends through one SMTP server.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// From a URL, a file of certificates to trust beside the system's, and the default sender.
    pub fn new(url: &Secret<String>, ca: Option<&Path>, from: &str) -> anyhow::Result<Self> {
        let url = Url::parse(url.expose()).context("the SMTP URL does not parse")?;
        let host = url.host_str().context("the SMTP URL names no host")?;
        let required = match url.query_pairs().find(|(name, _)| name == "tls") {
            None => false,
            Some((_, value)) if value == "required" => true,
            Some((_, value)) => bail!("tls={value} in the SMTP URL: only tls=required is known"),
        };
        let (tls, port) = match (url.scheme(), required) {
            ("smtps", _) => (Tls::Wrapper(tls(host, ca)?), 465),
            ("smtp", true) => (Tls::Required(tls(host, ca)?), 587),
            ("smtp", false) => (Tls::None, 25),
            (other, _) => bail!("{other}:// is not an SMTP URL: use smtp:// or smtps://"),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(url.port().unwrap_or(port))
            .tls(tls);
        if !url.username().is_empty() {
            let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
            let password = decoded(url.password().unwrap_or_default());
            builder = builder.credentials(Credentials::new(decoded(url.username()), password));
        }
        let from = from
            .parse()
            .with_context(|| format!("{from} is not a sender address"))?;
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }

    fn message(&self, mail: &Mail) -> anyhow::Result<Message> {
        let from = match &mail.from {
            Some(from) => from.parse()?,
            None => self.from.clone(),
        };
        let mut builder = Message::builder()
            .from(from)
            .to(mail.to.parse()?)
            .subject(mail.subject.clone())
            .message_id(None);
        if let Some(reply_to) = &mail.reply_to {
            builder = builder.reply_to(reply_to.parse()?);
        }
        let text = SinglePart::plain(mail.text.expose().clone());
        Ok(match &mail.html {
            None => builder.singlepart(text)?,
            Some(html) => builder.multipart(
                MultiPart::alternative()
                    .singlepart(text)
                    .singlepart(SinglePart::html(html.expose().clone())),
            )?,
        })
    }
}

impl Mailer for SmtpMailer {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), Undelivered>> {
        Box::pin(async move {
            let message = self.message(&mail).map_err(Undelivered)?;
            self.transport
                .send(message)
                .await
                .map_err(|error| Undelivered(error.into()))?;
            tracing::info!(to = %mail.to, subject = %mail.subject, "mail sent");
            Ok(())
        })
    }
}

fn tls(host: &str, ca: Option<&Path>) -> anyhow::Result<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(file) = ca {
        let pem = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem)?);
    }
    Ok(builder.build_rustls()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer(url: &str) -> anyhow::Result<SmtpMailer> {
        SmtpMailer::new(
            &Secret::new(url.to_owned()),
            None,
            "Poolhouse <no-reply@example.com>",
        )
    }

    #[tokio::test]
    async fn urls_say_host_port_login_and_tls() {
        for good in [
            "smtp://localhost:1025",
            "smtp://u:p%40ss@mail.test?tls=required",
            "smtps://m",
        ] {
            assert!(mailer(good).is_ok(), "{good}");
        }
        for bad in [
            "localhost:25",
            "http://mail.test",
            "smtp://mail.test?tls=maybe",
            "smtp:",
        ] {
            assert!(mailer(bad).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_recipient_cannot_smuggle_headers_or_further_recipients() {
        let mailer = mailer("smtp://localhost").unwrap();
        let mail = |to: &str, subject: &str| Mail {
            to: to.to_owned(),
            from: None,
            reply_to: None,
            subject: subject.to_owned(),
            text: Secret::new("x".to_owned()),
            html: None,
        };
        for bad in ["a@b.c\r\nBcc: x@y.z", "a@b.c, x@y.z", "a@b@c", ""] {
            assert!(mailer.message(&mail(bad, "s")).is_err(), "{bad:?}");
        }
        let message = mailer.message(&mail("a@b.c", "s\r\nBcc: x@y.z")).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        assert!(!text.contains("\r\nBcc:"), "{text}");
        assert_eq!(message.envelope().to().len(), 1);
    }
}
