//! Known exchanges, made with an independent big-integer model of the formulas in the documents
//! of each function, and exchanges with a client model written here.

mod refusals;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crypto_bigint::BoxedUint;

use super::*;
use crate::domain::srp::exchange::{public_value, scrambler, shared_secret};

const TIMESTAMP: &str = "Tue Jan 6 07:08:09 UTC 2026";

/// One exchange; numbers are written as [`brief`] writes them.
struct Exchange {
    identity: SrpIdentity<'static>,
    password: &'static str,
    salt: u128,
    a: Vec<u8>,
    b: Vec<u8>,
    block: &'static [u8],
    timestamp: &'static str,
    /// A, x, v, B, u, S, key.
    numbers: [&'static str; 7],
    signature: [u8; 32],
}

/// The minimal lower-case hexadecimal form; of a long one its ends and the first half of the
/// SHA-256 of the whole text.
fn brief(number: &[u8]) -> String {
    let text = number::hex(number).trim_start_matches('0').to_owned();
    if text.len() <= 64 {
        return text;
    }
    let hash = number::hex(sha256(&[text.as_bytes()]).as_slice());
    format!(
        "{}…{} {}",
        &text[..32],
        &text[text.len() - 32..],
        &hash[..32]
    )
}

fn check(exchange: &Exchange) {
    let Exchange {
        identity,
        password,
        a,
        b,
        block,
        timestamp,
        ..
    } = exchange;
    let salt = exchange.salt.to_be_bytes();
    let client = ClientPublic::from_bytes(group::to_bytes(&power_of_two(a)).as_slice()).unwrap();
    let verifier = Verifier::new(identity, password, salt);
    let server = public_value(&verifier, &power_of_two(b));
    let u = scrambler(&client, &server).unwrap();
    let shared = shared_secret(&client, &u, &verifier, b);
    let key = SessionKey::derive(&u, &shared);
    let numbers = [
        brief(client.as_bytes()),
        brief(private_key(identity, password, &salt).as_slice()),
        brief(verifier.v.as_slice()),
        brief(&server),
        brief(u.as_slice()),
        brief(shared.as_slice()),
        number::hex(key.as_bytes()),
    ];
    assert_eq!(numbers, exchange.numbers);
    assert_eq!(
        key.signature(identity, block, timestamp),
        exchange.signature
    );

    let client_shared = client_secret(identity, password, salt, a, &server);
    assert_eq!(*client_shared, *shared);
    if let Ok(secret) = b.as_slice().try_into() {
        let challenge = Challenge::issue(&verifier, secret);
        assert_eq!(
            challenge.public_hex(),
            number::hex(&server).trim_start_matches('0')
        );
        let key = challenge.session_key(&client, &verifier).unwrap();
        assert!(key.verify(identity, block, timestamp, &exchange.signature));
    }
}

fn power_of_two(exponent: &[u8]) -> Zeroizing<group::Element> {
    let mut two = [0; group::BYTES];
    two[group::BYTES - 1] = 2;
    group::power(&group::element(&two), exponent)
}

/// What a client computes: (B − k·g^x)^(a + u·x) mod N.
fn client_secret(
    identity: &SrpIdentity<'_>,
    password: &str,
    salt: [u8; SALT_BYTES],
    a: &[u8],
    server: &group::Bytes,
) -> Zeroizing<group::Bytes> {
    let wide = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, 2048).unwrap();
    let x = private_key(identity, password, &salt);
    let client = ClientPublic::from_bytes(group::to_bytes(&power_of_two(a)).as_slice()).unwrap();
    let u = sha256(&[
        &number::positive(client.as_bytes()),
        &number::positive(server),
    ]);
    let exponent = wide(a).wrapping_add(wide(u.as_slice()).wrapping_mul(wide(x.as_slice())));
    let blind = group::k().mul(&power_of_two(x.as_slice()));
    let base = group::element(server).sub(&blind);
    group::to_bytes(&group::power(&base, &exponent.to_be_bytes()))
}

fn four_hashes(letter: &str) -> Vec<u8> {
    (0..4)
        .flat_map(|n| *sha256(&[format!("{letter}{n}").as_bytes()]))
        .collect()
}

fn base64(text: &str) -> [u8; 32] {
    let bytes = STANDARD.decode(text).unwrap();
    bytes.try_into().unwrap()
}

const USER: SrpIdentity<'_> = SrpIdentity {
    pool_name: "aB3dE6gH9",
    user_id: "11111111-2222-4333-8444-555555555555",
};

/// Salt, v, u and S have their top bit set, so each needs the zero byte in front.
#[test]
fn exchange_with_long_values() {
    check(&Exchange {
        identity: USER,
        password: "Correct-Horse1!",
        salt: 0xc0ff_ee00_1122_3344_5566_7788_99aa_bbcc,
        a: four_hashes("a"),
        b: four_hashes("b"),
        block: b"opaque-secret-block-for-test",
        timestamp: TIMESTAMP,
        numbers: [
            "7a634810ce1857d5ba7a1581d18ac86b…150807c9872af6cb28bfb69dc7c473a5 \
             074989af811498076576e35b460ebc28",
            "8d66f7ea2d811b87e48a6b477d5893330fca180cf466da2cc4f19a46b426850f",
            "f9b8563d8b5595ae6a2e519d8b036f69…db3fec4f684a401bdf504912e7b70372 \
             29f6b77979b555ff80b8a851b85f7d19",
            "5ebea6b45022845cba378c048481f97e…2b9a0e65f64d5607b4749ba07d02b3f0 \
             0e2355c0d1e6418545598da25a7cb293",
            "dfb9a84b58660c2c076162fa1ce8a7983485a3ea294a6323dc31a223848c30a5",
            "f65855f8e397b5a5da48b6497ff394de…bb8016d3286e973d94a5e6e439bda642 \
             137771d3798dfad8f89f885864cdfdec",
            "345636ec14abcec2b00e9777ecef789c",
        ],
        signature: base64("wp7nREEv7ohT8Qni9hZtev7LORJohX6sO2+kBEi91Nk="),
    });
}

/// Salt, v, B and S begin with a zero byte; S then needs the sign byte after all. The secrets
/// are SHA256("a908") and SHA256("b131"), found by search.
#[test]
fn exchange_with_short_values() {
    check(&Exchange {
        identity: SrpIdentity {
            pool_name: "zZ0000000",
            user_id: "josé",
        },
        password: "Päss wörd🔑121",
        salt: 0x7f01_0203_0405_0607_0809_0a0b_0c0d,
        a: sha256(&[b"a908"]).to_vec(),
        b: sha256(&[b"b131"]).to_vec(),
        block: b"\0block",
        timestamp: "Thu Feb 29 00:00:00 UTC 2024",
        numbers: [
            "1d719609d196ce5f9ea78cc9e63a529d…e1bff0da16b837195de5150494caf89e \
             17e7deec9277ed9be7761a6c2b97a55c",
            "26517bf609802e61f661c74e1735c99d9af598816b72390b45b1fc89be1b8f95",
            "4e2525e4b25da03087bc4b615340b075…496e4435c527963bca13cbdb059bc7c4 \
             86bb57899698870dfd9ae71bb883ad81",
            "1c98cdb7a83efef8844f55da99ab18b2…dd30345bd499bb09828fcc5c27e50bef \
             a63ff470a3501773ff24e0a1840145bc",
            "73003a904d7284abc0192e852168d4e66c4b0361336c7740c27fa3802bae14d1",
            "98e972d379c9725ab8177a46ef4984e6…376ba54523c50923e10e7cd2486a5c42 \
             cf80b6d4911f35f48a3d86e822bc58cc",
            "56d64d6e7d8c607bcd8b4b4ff5d1e9bf",
        ],
        signature: base64("KBbXWuVmurTcuQbSi1tLj0Z4RxvWZ+oqbmabSJ5Bkis="),
    });
}

/// A client whose secret is 486, so A = 2^486 is far shorter than N, and u begins with a zero
/// byte.
#[test]
fn exchange_with_a_short_scrambler() {
    check(&Exchange {
        identity: SrpIdentity {
            pool_name: "zZ0000000",
            user_id: "josé",
        },
        password: "Päss wörd🔑121",
        salt: 0x7f01_0203_0405_0607_0809_0a0b_0c0d,
        a: vec![0x01, 0xe6],
        b: sha256(&[b"b131"]).to_vec(),
        block: b"\0block",
        timestamp: "Thu Feb 29 00:00:00 UTC 2024",
        numbers: [
            "40000000000000000000000000000000…00000000000000000000000000000000 \
             98881f3ca76e9543008533d677d85ac3",
            "26517bf609802e61f661c74e1735c99d9af598816b72390b45b1fc89be1b8f95",
            "4e2525e4b25da03087bc4b615340b075…496e4435c527963bca13cbdb059bc7c4 \
             86bb57899698870dfd9ae71bb883ad81",
            "1c98cdb7a83efef8844f55da99ab18b2…dd30345bd499bb09828fcc5c27e50bef \
             a63ff470a3501773ff24e0a1840145bc",
            "776d42456ff6522c243309ea2291da51396589d9cf815951e048fc649337ec",
            "568f196c07c17a7141094689c3546de3…f23a06083828d4ba1e6c5ad275f9f59a \
             0c276f6925c856e288f6b0243d1d35a5",
            "2923df9a2829fc1a08592138b9a99921",
        ],
        signature: base64("SY4LYEPzWlN0tvcK0d6sMbzfSZQRnlveBHOfYig3OVM="),
    });
}

/// A device's verifier, as its client sends it: base64 of P(v).
#[test]
fn verifier_of_a_device() {
    let device = SrpIdentity {
        pool_name: "-AbCdEf12",
        user_id: "us-east-1_aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    };
    let salt = 0x0bad_cafe_0bad_cafe_0bad_cafe_0bad_cafe_u128.to_be_bytes();
    let verifier = Verifier::new(&device, "device-random-password", salt);
    let x = private_key(&device, "device-random-password", &salt);
    assert_eq!(
        number::hex(x.as_slice()),
        "8f8a092693b6cc54e546fa7e0bbf6531cec9a8cec134183edcebd9a80a01e79a"
    );
    let sent = number::positive(verifier.v.as_slice());
    assert_eq!(sent.len(), 385);
    assert_eq!(
        number::hex(sha256(&[&sent]).as_slice()),
        "1e216fb6c8d3f43fb5b0f08a24fd65541d341491f3314eb590fbe344dd7cfb28"
    );
    assert_eq!(verifier.salt_hex(), "0badcafe0badcafe0badcafe0badcafe");
    // What ConfirmDevice is sent: base64 of P(salt) and P(v).
    let salt = number::positive(&salt);
    assert_eq!(STANDARD.encode(salt.as_slice()), "C63K/gutyv4Lrcr+C63K/g==");
    let received = Verifier::received(&salt, &sent).unwrap();
    assert_eq!(received.to_bytes(), verifier.to_bytes());
}

/// Salt and verifier are numbers: zeros in front change nothing, and what everybody can prove is no
/// verifier.
#[test]
fn received_verifiers_are_numbers_below_n_with_a_secret() {
    let whole = Verifier::received(&[0, 0, 7], &[0, 0, 5]).unwrap();
    assert_eq!(
        whole.to_bytes(),
        Verifier::received(&[7], &[5]).unwrap().to_bytes()
    );
    let none = Verifier::received(&[], &[5]).unwrap();
    assert_eq!(none.salt_hex(), "00");
    let minus = |n: u8| {
        let mut small = [0; group::BYTES];
        small[group::BYTES - 1] = n;
        let zero = group::element(&[0; group::BYTES]);
        group::to_bytes(&zero.sub(&group::element(&small)))
    };
    for (v, error) in [
        (vec![], SrpError::Malformed),
        (vec![1], SrpError::Malformed),
        (minus(1).to_vec(), SrpError::Malformed),
        (vec![0xff; group::BYTES], SrpError::TooLarge),
        (vec![1; group::BYTES + 1], SrpError::TooLarge),
    ] {
        assert_eq!(Verifier::received(&[7], &v).unwrap_err(), error);
    }
    Verifier::received(&[7], minus(2).as_slice()).unwrap();
    assert_eq!(
        Verifier::received(&[1; 17], &[5]).unwrap_err(),
        SrpError::TooLarge
    );
}

/// Both sides meet with arbitrary values, through the encodings of sealed storage, and only with
/// the right password, identity, block and timestamp.
#[test]
fn exchanges_with_random_values() {
    for round in 0..12_u8 {
        let random = |what: &str| sha256(&[what.as_bytes(), &[round]]);
        let salt: [u8; SALT_BYTES] = random("salt")[..16].try_into().unwrap();
        let password = number::hex(&random("password")[..usize::from(round)]);
        let stored = Verifier::new(&USER, &password, salt).to_bytes();
        let verifier = Verifier::from_bytes(stored.as_slice()).unwrap();
        let sealed = Challenge::issue(&verifier, *random("b")).to_bytes();
        let challenge = Challenge::from_bytes(sealed.as_slice()).unwrap();

        let a = random("a");
        let sent = number::hex(group::to_bytes(&power_of_two(a.as_slice())).as_slice());
        let client = ClientPublic::parse(sent.trim_start_matches('0')).unwrap();
        let client = ClientPublic::from_bytes(client.as_bytes()).unwrap();
        let key = challenge.session_key(&client, &verifier).unwrap();

        let server = number::parse_hex(&challenge.public_hex()).unwrap();
        let u = scrambler(&client, &server).unwrap();
        let claim = |password: &str| {
            let shared = client_secret(&USER, password, salt, a.as_slice(), &server);
            SessionKey::derive(&u, &shared).signature(&USER, b"block", TIMESTAMP)
        };
        let right = claim(&password);
        assert!(key.verify(&USER, b"block", TIMESTAMP, &right));
        assert!(!key.verify(&USER, b"block", TIMESTAMP, &claim("another")));
        assert!(!key.verify(&USER, b"block", TIMESTAMP, &right[..31]));
        assert!(!key.verify(&USER, b"block", TIMESTAMP, &[]));
        assert!(!key.verify(&USER, b"blocks", TIMESTAMP, &right));
        assert!(!key.verify(&USER, b"block", "Tue Jan 6 07:08:10 UTC 2026", &right));
        let other = SrpIdentity {
            user_id: "another",
            ..USER
        };
        assert!(!key.verify(&other, b"block", TIMESTAMP, &right));
        let mut bent = right;
        bent[31] ^= 1;
        assert!(!key.verify(&USER, b"block", TIMESTAMP, &bent));
    }
}

/// pycognito hashes a salt as it is written, so what is written has no zero bytes in front.
#[test]
fn a_salt_is_written_as_the_number_it_is() {
    let written = |salt: u128| Verifier::phantom(salt.to_be_bytes(), &[1; 32]).salt_hex();
    assert_eq!(written(0x0580_7b73), "05807b73");
    assert_eq!(written(u128::MAX >> 8), "ff".repeat(15));
    assert_eq!(written(0), "00");
}

#[test]
fn a_phantom_is_steady_and_fits_no_password() {
    let phantom = Verifier::phantom([7; 16], &[1; 32]);
    assert_eq!(
        phantom.to_bytes(),
        Verifier::phantom([7; 16], &[1; 32]).to_bytes()
    );
    assert_ne!(
        phantom.to_bytes(),
        Verifier::phantom([7; 16], &[2; 32]).to_bytes()
    );
    assert_eq!(phantom.salt_hex(), "07".repeat(16));
    assert!(phantom.v[..64].iter().any(|byte| *byte != 0));

    let challenge = Challenge::issue(&phantom, [9; 32]);
    let client =
        ClientPublic::from_bytes(group::to_bytes(&power_of_two(&[3; 32])).as_slice()).unwrap();
    let server = number::parse_hex(&challenge.public_hex()).unwrap();
    let shared = client_secret(&USER, "Correct-Horse1!", [7; 16], &[3; 32], &server);
    let u = scrambler(&client, &server).unwrap();
    let claim = SessionKey::derive(&u, &shared).signature(&USER, b"", TIMESTAMP);
    let key = challenge.session_key(&client, &phantom).unwrap();
    assert!(!key.verify(&USER, b"", TIMESTAMP, &claim));
}
