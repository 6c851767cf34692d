//! The local CA: made once, kept beside the data, and good for nothing but this machine's names.

use std::path::{Path, PathBuf};

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PublicKeyData, SerialNumber,
};
use time::OffsetDateTime;
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

use super::names::{self, Names};
use crate::ports::rng::Rng;
use crate::private;
use crate::time::{Span, Timestamp};

/// How long a CA is good. Whoever trusts it has to do so again afterwards.
const YEARS: Span = Span::days(3650);
/// A CA or certificate with less time left than this is made anew.
const MARGIN: Span = Span::days(30);
/// How long a certificate is good.
const LIFE: Span = Span::days(90);
/// The clock of whoever checks may be behind ours.
const SKEW: Span = Span::days(1);

/// A CA and its key.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: CertificateDer<'static>,
    names: Names,
    rng: Rng,
    /// The file of its certificate (PEM), to be trusted by clients.
    pub file: PathBuf,
}

impl Authority {
    /// Opens the CA for these names in a folder, or makes one. Its key file holds the certificate
    /// too, so that both appear at once; another file holds the certificate alone.
    pub fn open(folder: &Path, names: Names, now: Timestamp, rng: &Rng) -> anyhow::Result<Self> {
        private::folder(folder)?;
        let stem = names.stem();
        let kept = folder.join(format!("{stem}.key"));
        let file = folder.join(format!("{stem}.pem"));
        let authority = match read(&kept)? {
            None => Self::first(names, &kept, &file, now, rng)?,
            Some(text) => {
                private::warn_if_open(&kept)?;
                let old = Self::parse(&text, names.clone(), &file, rng).with_context(|| {
                    let kept = kept.display();
                    format!("{kept} is not a CA of ours: remove it to get a new one")
                })?;
                if old.is_sound(now) {
                    old
                } else {
                    let new = Self::make(names, &file, now, rng)?;
                    private::replace(&kept, new.pem().as_bytes(), rng)?;
                    let ca = file.display();
                    tracing::warn!(%ca, "the local CA was about to expire: trust the new one");
                    new
                }
            }
        };
        let public = authority.certificate();
        if read(&file)?.as_deref() != Some(&public) {
            private::replace(&file, public.as_bytes(), rng)?;
        }
        Ok(authority)
    }

    /// The certificate in PEM.
    pub fn certificate(&self) -> String {
        pem("CERTIFICATE", &self.der)
    }

    /// What this CA is for.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// A certificate for a key and some names, with the point in time when to make the next one.
    pub fn issue(
        &self,
        key: &impl PublicKeyData,
        names: &[&str],
        now: Timestamp,
    ) -> anyhow::Result<(CertificateDer<'static>, Timestamp)> {
        let end = now.plus(LIFE);
        let mut params = template("Poolhouse", now, end)?;
        for name in names {
            params.subject_alt_names.push(names::subject(name)?);
        }
        // Browsers refuse two certificates of one issuer and number.
        params.serial_number = Some(SerialNumber::from_slice(&positive(self.rng.bytes()?)));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        let made = params.signed_by(key, &self.issuer)?;
        Ok((made.der().clone(), end.minus(MARGIN)))
    }

    /// Of several servers that make the same CA at once, all use that of the first.
    fn first(
        names: Names,
        kept: &Path,
        file: &Path,
        now: Timestamp,
        rng: &Rng,
    ) -> anyhow::Result<Self> {
        let new = Self::make(names.clone(), file, now, rng)?;
        if private::make(kept, new.pem().as_bytes(), rng)? {
            return Ok(new);
        }
        let text = read(kept)?.unwrap_or_default();
        Self::parse(&text, names, file, rng)
    }

    fn make(names: Names, file: &Path, now: Timestamp, rng: &Rng) -> anyhow::Result<Self> {
        let key = KeyPair::generate()?;
        let mut params = template(&title(&key), now, now.plus(YEARS))?;
        params.serial_number = Some(SerialNumber::from_slice(&positive(rng.bytes()?)));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: names.permitted(),
            excluded_subtrees: Vec::new(),
        });
        let der = params.self_signed(&key)?.der().clone();
        Ok(Self {
            issuer: Issuer::new(params, key),
            der,
            names,
            rng: rng.clone(),
            file: file.to_owned(),
        })
    }

    fn parse(text: &str, names: Names, file: &Path, rng: &Rng) -> anyhow::Result<Self> {
        let key = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes())?;
        let key = KeyPair::try_from(&key)?;
        let der = CertificateDer::from_pem_slice(text.as_bytes())?;
        // Issuing needs the name and the key's identifier only: both follow from the key.
        let mut params = CertificateParams::default();
        params.distinguished_name = named(&title(&key));
        Ok(Self {
            issuer: Issuer::new(params, key),
            der,
            names,
            rng: rng.clone(),
            file: file.to_owned(),
        })
    }

    /// Whether clients that trust this CA accept what it issues, for some time yet.
    fn is_sound(&self, now: Timestamp) -> bool {
        let then = now.plus(MARGIN);
        let mut roots = RootCertStore::empty();
        let names: Vec<&str> = self.names.all().collect();
        let Ok((probe, _)) = self.issue(self.issuer.key(), &names, now) else {
            return false;
        };
        let trusted = roots.add(self.der.clone()).is_ok();
        // A root's own times are nobody's business but ours.
        let in_time = super::in_time(&self.der, then).is_ok();
        trusted && in_time && super::check(&probe, &roots, then).is_ok()
    }

    fn pem(&self) -> String {
        let key = pem("PRIVATE KEY", self.issuer.key().serialized_der());
        key + &self.certificate()
    }
}

/// What a CA and its certificates have in common: the time, and that they are for servers only.
fn template(name: &str, now: Timestamp, end: Timestamp) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params.not_before = OffsetDateTime::from_unix_timestamp(now.minus(SKEW).seconds())?;
    params.not_after = OffsetDateTime::from_unix_timestamp(end.seconds())?;
    params.distinguished_name = named(name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

/// Clients find the CA by its name: every one has its own, which follows from its key.
fn title(key: &KeyPair) -> String {
    let hash = super::short_hash(key.public_key_raw());
    format!("Poolhouse local CA {hash}")
}

/// A serial number is positive and not short (RFC 5280 4.1.2.2).
fn positive(mut number: [u8; 16]) -> [u8; 16] {
    if let Some(first) = number.first_mut() {
        *first = *first & 0x7f | 0x40;
    }
    number
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while let Some((line, more)) = rest.split_at_checked(64) {
        pem.push_str(line);
        pem.push('\n');
        rest = more;
    }
    if !rest.is_empty() {
        pem.push_str(rest);
        pem.push('\n');
    }
    pem + &format!("-----END {label}-----\n")
}

fn read(file: &Path) -> anyhow::Result<Option<String>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}
