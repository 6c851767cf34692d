use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::*;
use crate::ports::clock::FixedTime;

/// 2026-01-06.
const NOW: i64 = 1_767_683_289_123;

struct Place {
    folder: tempfile::TempDir,
    files: TlsFiles,
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

/// A certificate from the start of one year to that of another, and its key.
fn pair(from: i32, to: i32) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    let cert = params.self_signed(&key).unwrap();
    (
        pem("CERTIFICATE", cert.der()),
        pem("PRIVATE KEY", key.serialized_der()),
    )
}

impl Place {
    fn new((cert, key): (String, String)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles {
            cert: folder.path().join("tls.crt"),
            key: folder.path().join("tls.key"),
        };
        let place = Self { folder, files };
        place.put((cert, key));
        place
    }

    fn put(&self, (cert, key): (String, String)) {
        std::fs::write(&self.files.cert, cert).unwrap();
        std::fs::write(&self.files.key, key).unwrap();
    }

    fn open(&self) -> anyhow::Result<GivenCertificate> {
        let clock = Clock::new(Arc::new(FixedTime::at(NOW)));
        GivenCertificate::open(self.files.clone(), clock)
    }

    /// Why the files are refused, without the folder's name.
    fn refusal(&self) -> String {
        let told = format!("{:#}", self.open().err().unwrap());
        told.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

fn shown(given: &GivenCertificate) -> Vec<u8> {
    given.current.read().unwrap().cert[0].to_vec()
}

#[test]
fn what_cannot_be_served_is_refused_at_start() {
    let good = || pair(2025, 2027);
    let place = Place::new(good());
    assert!(place.open().is_ok());
    place.put((good().0, good().1));
    assert_eq!(
        place.refusal(),
        "the key in tls.key is not that of the certificate in tls.crt"
    );
    place.put(pair(2020, 2021));
    assert_eq!(
        place.refusal(),
        "the certificate in tls.crt cannot be used: it has expired"
    );
    place.put(pair(2027, 2028));
    assert_eq!(
        place.refusal(),
        "the certificate in tls.crt cannot be used: it is not valid yet"
    );
    place.put((String::new(), good().1));
    assert_eq!(place.refusal(), "tls.crt holds no certificate (PEM)");
    place.put((good().0, good().0));
    assert_eq!(
        place.refusal(),
        "tls.key holds no private key (PEM, not encrypted)"
    );
    std::fs::remove_file(&place.files.cert).unwrap();
    let told = place.refusal();
    assert!(
        told.starts_with("cannot read tls.crt: No such file"),
        "{told}"
    );
    place.put(good());
    std::fs::remove_file(&place.files.key).unwrap();
    let told = place.refusal();
    assert!(
        told.starts_with("cannot read tls.key: No such file"),
        "{told}"
    );
}

#[test]
fn changed_files_are_used_once_they_rest() {
    let place = Place::new(pair(2025, 2027));
    let given = place.open().unwrap();
    let first = shown(&given);
    assert_eq!(given.look(), Look::Same);
    let next = pair(2025, 2028);
    // The certificate first, the key a moment later: nothing is refused in between.
    std::fs::write(&place.files.cert, &next.0).unwrap();
    assert_eq!(given.look(), Look::Changing);
    std::fs::write(&place.files.key, &next.1).unwrap();
    assert_eq!(given.look(), Look::Changing);
    assert_eq!(shown(&given), first);
    assert_eq!(given.look(), Look::Renewed);
    assert_ne!(shown(&given), first);
    assert_eq!(given.look(), Look::Same);
}

#[test]
fn broken_files_leave_the_old_certificate_in_use() {
    let place = Place::new(pair(2025, 2027));
    let given = place.open().unwrap();
    let first = shown(&given);
    let broken: [&dyn Fn(); 3] = [
        &|| place.put(("broken".to_owned(), "broken".to_owned())),
        &|| place.put(pair(2020, 2021)),
        &|| std::fs::remove_file(&place.files.key).unwrap(),
    ];
    for break_it in broken {
        break_it();
        let looks = [given.look(), given.look(), given.look()];
        assert_eq!(looks, [Look::Changing, Look::Refused, Look::Same]);
        assert_eq!(shown(&given), first);
    }
    place.put(pair(2025, 2028));
    assert_eq!(
        [given.look(), given.look()],
        [Look::Changing, Look::Renewed]
    );
    assert_ne!(shown(&given), first);
}
