//! A passkey in software: one ES256 key, with a credential for each person.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::world::{Result, text};

const ORIGIN: &str = "http://localhost:3000";
/// A person was there and was recognised.
const PRESENT_AND_VERIFIED: u8 = 0x05;
const HAS_CREDENTIAL: u8 = 0x40;

pub struct Authenticator(SigningKey);

impl Authenticator {
    pub fn new() -> Self {
        Self(SigningKey::from_slice(&[0x42; 32]).expect("a scalar"))
    }

    /// RegistrationResponseJSON.
    pub fn create(&self, name: &str, options: &Value) -> Result<Value> {
        let client = client("webauthn.create", options)?;
        let id = id(name);
        let point = self.0.verifying_key().to_encoded_point(false);
        let (x, y) = point.x().zip(point.y()).ok_or("no point")?;
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(x);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(y);
        let mut data = data(&text(&options["rp"]["id"])?, PRESENT_AND_VERIFIED | HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(id);
        data.extend(key);
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).map_err(|_| "too long")?);
        object.extend(data);
        let response = json!({"clientDataJSON": b64(client), "attestationObject": b64(object)});
        Ok(credential(&id, response))
    }

    /// AuthenticationResponseJSON.
    pub fn get(&self, name: &str, options: &Value) -> Result<Value> {
        let client = client("webauthn.get", options)?;
        let data = data(&text(&options["rpId"])?, PRESENT_AND_VERIFIED);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.0.sign(&signed);
        let response = json!({
            "clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature.to_der()),
        });
        Ok(credential(&id(name), response))
    }
}

fn credential(id: &[u8], response: Value) -> Value {
    json!({
        "id": b64(id), "rawId": b64(id), "type": "public-key", "clientExtensionResults": {}, "response": response,
    })
}

fn client(kind: &str, options: &Value) -> Result<String> {
    let challenge = text(&options["challenge"])?;
    let said = json!({"type": kind, "challenge": challenge, "origin": ORIGIN, "crossOrigin": false});
    Ok(said.to_string())
}

fn data(rp_id: &str, flags: u8) -> Vec<u8> {
    let mut data = Sha256::digest(rp_id.as_bytes()).to_vec();
    data.push(flags);
    data.extend([0; 4]);
    data
}

fn id(name: &str) -> [u8; 32] {
    Sha256::digest(name.as_bytes()).into()
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
