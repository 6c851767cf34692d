//! An authenticator in software, which says whatever it is told to: for right answers, and for forged
//! ones. CBOR and COSE are written here, independently of what the server reads them with.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub const UP: u8 = 0x01;
pub const UV: u8 = 0x04;
pub const BS: u8 = 0x10;
pub const AT: u8 = 0x40;
pub const ED: u8 = 0x80;

enum Key {
    Es256(EcdsaKeyPair),
    Rs256(rsa::KeyPair),
}

/// One authenticator with one passkey.
pub struct Authenticator {
    key: Key,
    pub id: Vec<u8>,
}

/// What an authenticator and its browser say; tests change it.
pub struct Said {
    /// Client data.
    pub client: Value,
    /// The relying party that the authenticator data is about.
    pub rp_id: String,
    pub flags: u8,
    pub count: u32,
    /// The credential's id in the authenticator data.
    pub id: Vec<u8>,
    /// The COSE key.
    pub key: Vec<u8>,
    /// What follows in the authenticator data.
    pub rest: Vec<u8>,
    pub format: &'static str,
    /// Written instead of the format's own.
    pub statement: Option<Vec<u8>>,
    pub user_handle: Option<String>,
}

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn unb64(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

fn head(major: u8, n: usize) -> Vec<u8> {
    let major = major << 5;
    match n {
        0..=23 => vec![major | u8::try_from(n).unwrap()],
        24..=255 => vec![major | 24, u8::try_from(n).unwrap()],
        _ => {
            let [a, b] = u16::try_from(n).unwrap().to_be_bytes();
            vec![major | 25, a, b]
        }
    }
}

pub fn int(n: i64) -> Vec<u8> {
    if n < 0 {
        head(1, usize::try_from(-1 - n).unwrap())
    } else {
        head(0, usize::try_from(n).unwrap())
    }
}

pub fn bytes(bytes: &[u8]) -> Vec<u8> {
    [head(2, bytes.len()), bytes.to_vec()].concat()
}

pub fn text(text: &str) -> Vec<u8> {
    [head(3, text.len()), text.as_bytes().to_vec()].concat()
}

pub fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len()), items.concat()].concat()
}

pub fn map(pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let each = pairs
        .iter()
        .flat_map(|(key, value)| [key.clone(), value.clone()]);
    [head(5, pairs.len()), each.collect::<Vec<_>>().concat()].concat()
}

impl Authenticator {
    pub fn es256() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self::with(Key::Es256(key))
    }

    pub fn rs256() -> Self {
        let key = rsa::KeyPair::from_pkcs8(include_bytes!("keys/3.pk8")).unwrap();
        Self::with(Key::Rs256(key))
    }

    fn with(key: Key) -> Self {
        let mut id = vec![0; 20];
        aws_lc_rs::rand::fill(&mut id).unwrap();
        Self { key, id }
    }

    pub const fn algorithm(&self) -> i64 {
        match self.key {
            Key::Es256(_) => -7,
            Key::Rs256(_) => -257,
        }
    }

    /// The public key in COSE.
    pub fn cose(&self) -> Vec<u8> {
        match &self.key {
            Key::Es256(key) => {
                let point = key.public_key().as_ref();
                map(&[
                    (int(1), int(2)),
                    (int(3), int(-7)),
                    (int(-1), int(1)),
                    (int(-2), bytes(&point[1..33])),
                    (int(-3), bytes(&point[33..65])),
                ])
            }
            Key::Rs256(key) => {
                let public = key.public_key();
                let n = public.modulus().big_endian_without_leading_zero().to_vec();
                let e = public.exponent().big_endian_without_leading_zero().to_vec();
                map(&[
                    (int(1), int(3)),
                    (int(3), int(-257)),
                    (int(-1), bytes(&n)),
                    (int(-2), bytes(&e)),
                ])
            }
        }
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.key {
            Key::Es256(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Key::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .unwrap();
                signature
            }
        }
    }

    fn said(&self, kind: &str, challenge: &Value, rp_id: &Value, origin: &str) -> Said {
        Said {
            client: json!({
                "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false,
                "other_keys_can_be_added_here": "as browsers do",
            }),
            rp_id: rp_id.as_str().unwrap().to_owned(),
            flags: UP | UV,
            count: 0,
            id: self.id.clone(),
            key: self.cose(),
            rest: Vec::new(),
            format: "none",
            statement: None,
            user_handle: None,
        }
    }

    /// RegistrationResponseJSON for the options of StartWebAuthnRegistration.
    pub fn create(&self, options: &Value, origin: &str, change: impl FnOnce(&mut Said)) -> Value {
        let (challenge, rp_id) = (&options["challenge"], &options["rp"]["id"]);
        let mut said = self.said("webauthn.create", challenge, rp_id, origin);
        said.flags |= AT;
        change(&mut said);
        let client = said.client.to_string();
        let mut data = said.data();
        if said.flags & AT != 0 {
            data.extend([0; 16]);
            data.extend(u16::try_from(said.id.len()).unwrap().to_be_bytes());
            data.extend(&said.id);
            data.extend(&said.key);
        }
        data.extend(&said.rest);
        let own = || match said.format {
            "packed" => {
                let signature = self.sign(&signed(&data, &client));
                map(&[
                    (text("alg"), int(self.algorithm())),
                    (text("sig"), bytes(&signature)),
                ])
            }
            _ => map(&[]),
        };
        let statement = said.statement.clone().unwrap_or_else(own);
        let object = map(&[
            (text("fmt"), text(said.format)),
            (text("attStmt"), statement),
            (text("authData"), bytes(&data)),
        ]);
        json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(&client), "attestationObject": b64(&object),
                "transports": ["internal", "hybrid"],
            },
        })
    }

    /// AuthenticationResponseJSON for CREDENTIAL_REQUEST_OPTIONS.
    pub fn get(&self, options: &Value, origin: &str, change: impl FnOnce(&mut Said)) -> Value {
        let mut said = self.said(
            "webauthn.get",
            &options["challenge"],
            &options["rpId"],
            origin,
        );
        change(&mut said);
        let client = said.client.to_string();
        let data = [said.data(), said.rest.clone()].concat();
        let signature = self.sign(&signed(&data, &client));
        let mut credential = json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(&client), "authenticatorData": b64(&data),
                "signature": b64(&signature),
            },
        });
        if let Some(handle) = said.user_handle {
            credential["response"]["userHandle"] = json!(handle);
        }
        credential
    }
}

impl Said {
    fn data(&self) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(self.flags);
        data.extend(self.count.to_be_bytes());
        data
    }
}

fn signed(data: &[u8], client: &str) -> Vec<u8> {
    [data, digest(&SHA256, client.as_bytes()).as_ref()].concat()
}
