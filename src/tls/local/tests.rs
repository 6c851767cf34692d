use std::path::Path;

use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{RootCertStore, client::verify_server_name};

use super::*;
use crate::config::Config;
use crate::ports::clock::FixedTime;
use crate::ports::rng::Rng;
use crate::time::Span;
use crate::tls::names::Names;

const START: Timestamp = Timestamp::from_ms(1_767_683_289_123);

fn clock() -> Clock {
    Clock::new(Arc::new(FixedTime::at(START.ms())))
}

fn authority(folder: &Path, hosts: &[&str], now: Timestamp) -> Authority {
    let config = Config {
        allow_hosts: hosts.iter().map(|&host| host.to_owned()).collect(),
        ..Config::default()
    };
    let names = Names::of(&config).unwrap();
    Authority::open(folder, names, now, &Rng::system()).unwrap()
}

/// What a client that trusts the CA alone says to the certificate that it is shown for a name.
fn accepts(certificates: &LocalCertificates, name: &str, now: Timestamp) -> bool {
    let shown = certificates.certified(Some(name)).unwrap();
    trusts(certificates.authority(), &shown.cert[0], name, now)
}

fn trusts(authority: &Authority, der: &CertificateDer<'_>, name: &str, now: Timestamp) -> bool {
    let mut roots = RootCertStore::empty();
    let text = std::fs::read(&authority.file).unwrap();
    roots
        .add(CertificateDer::from_pem_slice(&text).unwrap())
        .unwrap();
    let parsed = ParsedCertificate::try_from(der).unwrap();
    let named = ServerName::try_from(name).unwrap();
    crate::tls::check(der, &roots, now).is_ok() && verify_server_name(&parsed, &named).is_ok()
}

#[test]
fn every_name_of_this_machine_has_its_certificate() {
    let place = tempfile::tempdir().unwrap();
    let authority = authority(place.path(), &["auth.test", "10.0.0.7"], START);
    let certificates = LocalCertificates::new(authority, clock()).unwrap();
    for name in [
        "localhost",
        "127.0.0.1",
        "::1",
        "auth.test",
        "10.0.0.7",
        "a.b.localhost",
    ] {
        assert!(accepts(&certificates, name, START), "{name}");
    }
    assert!(!accepts(&certificates, "other.test", START));
}

#[test]
fn a_stolen_ca_is_good_for_nothing_else() {
    let place = tempfile::tempdir().unwrap();
    let authority = authority(place.path(), &[], START);
    let key = KeyPair::generate().unwrap();
    for name in ["example.com", "localhost.example.com", "8.8.8.8"] {
        let (der, _) = authority.issue(&key, &[name], START).unwrap();
        assert!(!trusts(&authority, &der, name, START), "{name}");
    }
    let (der, _) = authority.issue(&key, &["x.localhost"], START).unwrap();
    assert!(trusts(&authority, &der, "x.localhost", START));
}

#[test]
fn certificates_are_made_anew_before_they_end() {
    let place = tempfile::tempdir().unwrap();
    let clock = clock();
    let certificates =
        LocalCertificates::new(authority(place.path(), &[], START), clock.clone()).unwrap();
    let first = certificates.certified(Some("localhost")).unwrap();
    clock.advance(Span::days(59));
    let same = certificates.certified(Some("localhost")).unwrap();
    assert!(Arc::ptr_eq(&first, &same));
    clock.advance(Span::days(2));
    let next = certificates.certified(Some("localhost")).unwrap();
    assert!(!Arc::ptr_eq(&first, &next));
    assert!(accepts(
        &certificates,
        "localhost",
        START.plus(Span::days(120))
    ));
}

#[test]
fn the_ca_stays_until_it_is_about_to_end() {
    let place = tempfile::tempdir().unwrap();
    let first = authority(place.path(), &[], START).certificate();
    assert_eq!(
        authority(place.path(), &[], START.plus(Span::days(3600))).certificate(),
        first
    );
    let other = authority(place.path(), &["auth.test"], START).certificate();
    assert_ne!(other, first);
    assert_eq!(authority(place.path(), &[], START).certificate(), first);
    let late = START.plus(Span::days(3630));
    let renewed = authority(place.path(), &[], late);
    assert_ne!(renewed.certificate(), first);
    let certificates =
        LocalCertificates::new(renewed, Clock::new(Arc::new(FixedTime::at(late.ms())))).unwrap();
    assert!(accepts(&certificates, "localhost", late));
}

#[test]
fn a_file_that_is_no_ca_is_told_and_kept() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("ca.key"), "nonsense").unwrap();
    let names = Names::of(&Config::default()).unwrap();
    let told = Authority::open(place.path(), names, START, &Rng::system());
    let told = told.err().unwrap().to_string();
    assert!(
        told.ends_with("ca.key is not a CA of ours: remove it to get a new one"),
        "{told}"
    );
}

#[test]
fn many_names_are_not_kept_for_ever() {
    let place = tempfile::tempdir().unwrap();
    let certificates =
        LocalCertificates::new(authority(place.path(), &[], START), clock()).unwrap();
    for number in 0..MOST + 20 {
        certificates
            .certified(Some(&format!("n{number}.localhost")))
            .unwrap();
    }
    assert!(certificates.made.lock().unwrap().len() <= MOST);
}
