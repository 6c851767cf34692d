//! Forged tokens: everything that security.md E1, E2 and E7 name, made from one good token. None
//! may be taken anywhere.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

const ALGORITHMS: &[&str] = &[
    "none", "None", "NONE", "nOnE", "HS256", "hs256", "HS384", "HS512", "RS384", "RS512", "PS256",
    "ES256", "EdDSA", "rs256", "RS256 ", "", "RSA-OAEP", "dir",
];
const STRANGE_KIDS: &[&str] = &[
    "../../etc/passwd",
    "file:///dev/null",
    "http://127.0.0.1/jwks",
    "' OR '1'='1",
    "\0",
    "x\n",
    "%00",
    "null",
    "",
];
const STRANGE_MEMBERS: &[&str] = &[
    r#""crit":["exp"]"#,
    r#""b64":false"#,
    r#""zip":"DEF""#,
    r#""p2c":1"#,
    r#""typ":"JWT""#,
    r#""cty":"JWT""#,
    r#""jku":"https://evil.test""#,
    r#""x5u":"https://evil.test""#,
    r#""x5c":["AA=="]"#,
    r#""jwk":{"kty":"RSA"}"#,
    r#""enc":"A256GCM""#,
];

/// Forgeries of a good token; `keys` are the published ones of its pool.
pub fn of(good: &str, keys: &[Value]) -> Vec<String> {
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("{good} has other than three parts");
    };
    let known = json_of(header);
    let kid = known["kid"].as_str().unwrap();
    let mut forged = algorithms(kid, payload, signature, &secrets(keys));
    let with = |header: &str| format!("{}.{payload}.{signature}", URL_SAFE_NO_PAD.encode(header));
    let long = "k".repeat(1 << 19);
    let others = keys.iter().filter_map(|key| key["kid"].as_str());
    let others = others.filter(|other| *other != kid);
    let kids = STRANGE_KIDS.iter().copied().chain([long.as_str()]);
    forged.extend(kids.chain(others).map(|kid| {
        let kid = json!(kid);
        with(&format!(r#"{{"kid":{kid},"alg":"RS256"}}"#))
    }));
    forged.extend(STRANGE_MEMBERS.iter().flat_map(|member| {
        [
            with(&format!(r#"{{"kid":"{kid}","alg":"RS256",{member}}}"#)),
            with(&format!(r#"{{{member},"kid":"{kid}","alg":"RS256"}}"#)),
        ]
    }));
    forged.extend(changed(payload).map(|payload| format!("{header}.{payload}.{signature}")));
    forged.extend([
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        format!("{good}A"),
        format!("{good}="),
        format!("{good}.{good}"),
        format!("{header}=.{payload}.{signature}"),
        ".".repeat(100_000),
        "A".repeat(1 << 19),
    ]);
    forged
}

fn json_of(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Every algorithm, with our key id and without, unsigned, with the good signature, and as a MAC
/// under everything public.
fn algorithms(kid: &str, payload: &str, signature: &str, secrets: &[Vec<u8>]) -> Vec<String> {
    let mut forged = Vec::new();
    for algorithm in ALGORITHMS {
        for header in [
            format!(r#"{{"kid":"{kid}","alg":"{algorithm}"}}"#),
            format!(r#"{{"alg":"{algorithm}"}}"#),
        ] {
            let signed = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(header));
            forged.push(format!("{signed}."));
            forged.push(format!("{signed}.{signature}"));
            forged.extend(secrets.iter().map(|secret| {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                let tag = hmac::sign(&key, signed.as_bytes());
                format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
            }));
        }
    }
    forged
}

/// The forms of public keys that a careless verifier takes for a shared secret.
fn secrets(keys: &[Value]) -> Vec<Vec<u8>> {
    let mut secrets = vec![Vec::new()];
    for key in keys {
        let number = key["n"].as_str().unwrap();
        let modulus = URL_SAFE_NO_PAD.decode(number).unwrap();
        // SubjectPublicKeyInfo of RSA-2048 (RFC 5280 4.1, RFC 8017 A.1.1).
        let mut der = vec![0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09];
        der.extend([
            0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
        ]);
        der.extend([0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a]);
        der.extend([0x02, 0x82, 0x01, 0x01, 0x00]);
        der.extend(&modulus);
        der.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
        let text = STANDARD.encode(&der);
        let lines: Vec<&str> = (0..text.len())
            .step_by(64)
            .map(|at| &text[at..text.len().min(at + 64)])
            .collect();
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            lines.join("\n")
        );
        secrets.extend([
            der,
            pem.into_bytes(),
            modulus,
            number.as_bytes().to_vec(),
            key.to_string().into_bytes(),
        ]);
    }
    secrets
}

/// The claims with one of them changed.
fn changed(payload: &str) -> impl Iterator<Item = String> {
    let claims = json_of(payload);
    let changes = [
        ("sub", json!("x")),
        ("exp", json!(9_999_999_999_i64)),
        ("scope", json!("openid")),
        ("token_use", json!("access")),
        ("token_use", json!("id")),
        ("iss", json!("https://evil.test")),
    ];
    changes.into_iter().filter_map(move |(name, value)| {
        let mut other = claims.clone();
        other[name] = value;
        (other != claims).then(|| URL_SAFE_NO_PAD.encode(other.to_string()))
    })
}
