//! Secrets at rest (security.md J2 to J4).
//!
//! The master key wraps the keyring and nothing else. The keyring's data key seals what must be
//! read back, its hash key hashes what only has to be recognised. Every sealed or hashed text names
//! the key it was made with.
//!
//! Sealing is AES-256-GCM under a key of its own per message (HMAC-SHA256 of the data key over a
//! random 128-bit salt), so that no nonce can repeat however many messages there are. The
//! additional data binds a sealed text to its place: moved to another row, it does not open.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::ports::rng::Rng;
use crate::secret::Secret;

const SALT: usize = 16;
type KeyBytes = Secret<[u8; 32]>;

/// The operator's key. It lives outside the database.
#[derive(Clone, Debug)]
pub struct MasterKey(KeyBytes);

/// One key of the keyring.
#[derive(Clone, Debug)]
struct Key {
    id: String,
    bytes: KeyBytes,
}

/// What a keyring key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sealing values that must be read back.
    Data,
    /// Hashing values that only have to be recognised.
    Hash,
}

impl Purpose {
    /// The name in the `keyring` table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Hash => "hash",
        }
    }
}

/// A row of the `keyring` table.
#[derive(Clone, Debug)]
pub struct WrappedKey {
    /// The key's id, which every text made with it carries.
    pub id: String,
    /// `data` or `hash`.
    pub purpose: String,
    /// The key, sealed under the master key.
    pub wrapped: String,
}

/// Where a sealed value is stored: it opens only there.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table's name.
    pub table: &'static str,
    /// The column's name.
    pub column: &'static str,
    /// The row's key, its parts joined by `/`.
    pub row: &'a str,
}

/// Seals, opens and hashes with the keyring.
#[derive(Clone)]
pub struct Vault {
    data: Vec<Key>,
    hash: Vec<Key>,
    rng: Rng,
}

impl MasterKey {
    /// From 32 bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// From its file form: base64url of 32 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        Some(Self::new(bytes.try_into().ok()?))
    }

    /// Its file form.
    pub fn encode(&self) -> Secret<String> {
        Secret::new(URL_SAFE_NO_PAD.encode(self.0.expose()))
    }

    /// A new keyring key, wrapped for the `keyring` table: the `number`th of its purpose.
    pub fn new_key(&self, purpose: Purpose, number: u32, rng: &Rng) -> Result<WrappedKey> {
        let id = format!("{}{number}", purpose.as_str());
        let bytes = rng.bytes::<32>()?;
        let wrapped = self.wrap(&format!("keyring/{}/{id}", purpose.as_str()), &bytes, rng)?;
        Ok(WrappedKey {
            id,
            purpose: purpose.as_str().to_owned(),
            wrapped,
        })
    }

    /// Seals key material under the master key itself; `label` says what it is.
    pub fn wrap(&self, label: &str, material: &[u8], rng: &Rng) -> Result<String> {
        seal(&self.0, rng, label.as_bytes(), material).map(|wrapped| encode(&wrapped))
    }

    /// Opens what [`MasterKey::wrap`] sealed under the same label.
    pub fn unwrap(&self, label: &str, wrapped: &str) -> Option<Secret<Vec<u8>>> {
        open(&self.0, label.as_bytes(), &decode(wrapped)?)
    }

    fn unwrap_key(&self, row: &WrappedKey) -> Option<Key> {
        let bytes = self.unwrap(&format!("keyring/{}/{}", row.purpose, row.id), &row.wrapped)?;
        Some(Key {
            id: row.id.clone(),
            bytes: Secret::new(bytes.expose().as_slice().try_into().ok()?),
        })
    }
}

impl Vault {
    /// Opens the keyring, newest keys first; `None` when the master key is the wrong one or a
    /// purpose has no key.
    pub fn open_keyring(master: &MasterKey, rows: &[WrappedKey], rng: Rng) -> Option<Self> {
        let keys = |purpose: Purpose| -> Option<Vec<Key>> {
            let of = rows.iter().filter(|row| row.purpose == purpose.as_str());
            of.map(|row| master.unwrap_key(row)).collect()
        };
        let (data, hash) = (keys(Purpose::Data)?, keys(Purpose::Hash)?);
        (!data.is_empty() && !hash.is_empty()).then_some(Self { data, hash, rng })
    }

    /// Seals a column value for its place.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<String> {
        let key = self.data.first().ok_or_else(no_key)?;
        let sealed = seal(&key.bytes, &self.rng, &place.aad(&key.id), plain)?;
        Ok(format!("{}.{}", key.id, encode(&sealed)))
    }

    /// Opens a column value; a failure means tampering or a moved row.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Secret<Vec<u8>>> {
        let opened = sealed.split_once('.').and_then(|(id, text)| {
            let key = self.data.iter().find(|key| key.id == id)?;
            open(&key.bytes, &place.aad(id), &decode(text)?)
        });
        opened.ok_or_else(|| {
            Error::internal(anyhow::anyhow!(
                "{}.{} does not open",
                place.table,
                place.column
            ))
        })
    }

    /// Opens a column value that holds text.
    pub fn open_text(&self, place: Place<'_>, sealed: &str) -> Result<Secret<String>> {
        let bytes = self.open(place, sealed)?;
        String::from_utf8(bytes.expose().clone())
            .map(Secret::new)
            .map_err(Error::internal)
    }

    /// A sealed, self-contained token of any kind: base64url text without padding. `purpose` keeps
    /// kinds apart: a token of one never opens as another.
    pub fn seal_token<T: Serialize>(&self, purpose: &str, value: &T) -> Result<String> {
        let plain = Secret::new(serde_json::to_vec(value).map_err(Error::internal)?);
        let sealed = self.seal_bytes(&format!("token/{purpose}"), plain.expose())?;
        Ok(encode(&sealed))
    }

    /// The value inside a token, if it is one of ours, whole, and of this kind.
    pub fn open_token<T: DeserializeOwned>(&self, purpose: &str, token: &str) -> Option<T> {
        let plain = self.open_bytes(&format!("token/{purpose}"), &decode(token)?)?;
        serde_json::from_slice(plain.expose()).ok()
    }

    /// Seals bytes that others keep for us: they open under the same label only.
    pub fn seal_bytes(&self, label: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let key = self.data.first().ok_or_else(no_key)?;
        let mut sealed = format!("{}.", key.id).into_bytes();
        let aad = format!("{label}/{}", key.id);
        sealed.extend(seal(&key.bytes, &self.rng, aad.as_bytes(), plain)?);
        Ok(sealed)
    }

    /// What [`Vault::seal_bytes`] sealed under this label, if it is whole.
    pub fn open_bytes(&self, label: &str, sealed: &[u8]) -> Option<Secret<Vec<u8>>> {
        self.data.iter().find_map(|key| {
            let sealed = sealed.strip_prefix(format!("{}.", key.id).as_bytes())?;
            open(&key.bytes, format!("{label}/{}", key.id).as_bytes(), sealed)
        })
    }

    /// The keyed hash under which a code or token is stored, made with the newest hash key.
    pub fn hash(&self, kind: &str, value: &str) -> Result<String> {
        self.hash
            .first()
            .map(|key| hash(key, kind, value))
            .ok_or_else(no_key)
    }

    /// All hashes a stored value may have, newest key first, to look it up after a key change.
    pub fn hashes(&self, kind: &str, value: &str) -> Vec<String> {
        self.hash.iter().map(|key| hash(key, kind, value)).collect()
    }

    /// Whether a stored hash is of this value; compares in constant time.
    pub fn matches(&self, stored: &str, kind: &str, value: &str) -> bool {
        self.hashes(kind, value).iter().any(|candidate| {
            constant_time::verify_slices_are_equal(candidate.as_bytes(), stored.as_bytes()).is_ok()
        })
    }

    /// 32 bytes that are always the same for the same value and tell nothing without the keyring:
    /// the salts and ids shown for users who do not exist (security.md G5). Made with the oldest
    /// key, so that they outlive key changes.
    pub fn derive(&self, kind: &str, value: &str) -> Result<[u8; 32]> {
        let key = self.hash.last().ok_or_else(no_key)?;
        tag(key, &format!("derive/{kind}"), value)
            .try_into()
            .map_err(|_| no_key())
    }
}

impl Place<'_> {
    fn aad(&self, key_id: &str) -> Vec<u8> {
        format!("{}/{}/{}/{key_id}", self.table, self.column, self.row).into_bytes()
    }
}

fn no_key() -> Error {
    Error::internal(anyhow::anyhow!("the keyring is empty"))
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn tag(key: &Key, kind: &str, value: &str) -> Vec<u8> {
    let mut context =
        hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key.bytes.expose()));
    context.update(kind.as_bytes());
    context.update(&[0]);
    context.update(value.as_bytes());
    context.sign().as_ref().to_vec()
}

fn hash(key: &Key, kind: &str, value: &str) -> String {
    format!("{}.{}", key.id, encode(&tag(key, kind, value)))
}

fn message_key(key: &KeyBytes, salt: &[u8]) -> Option<LessSafeKey> {
    let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.expose()), salt);
    UnboundKey::new(&AES_256_GCM, derived.as_ref())
        .ok()
        .map(LessSafeKey::new)
}

fn seal(key: &KeyBytes, rng: &Rng, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let salt = rng.bytes::<SALT>()?;
    let mut body = plain.to_vec();
    message_key(key, &salt)
        .and_then(|key| {
            let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
            key.seal_in_place_append_tag(nonce, Aad::from(aad), &mut body)
                .ok()
        })
        .ok_or_else(|| Error::internal(anyhow::anyhow!("sealing failed")))?;
    let mut sealed = salt.to_vec();
    sealed.append(&mut body);
    Ok(sealed)
}

fn open(key: &KeyBytes, aad: &[u8], sealed: &[u8]) -> Option<Secret<Vec<u8>>> {
    let (salt, body) = sealed.split_at_checked(SALT)?;
    let mut body = body.to_vec();
    let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
    let plain = message_key(key, salt)?
        .open_in_place(nonce, Aad::from(aad), &mut body)
        .ok()?;
    Some(Secret::new(plain.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        let (master, rng) = (MasterKey::new([7; 32]), Rng::system());
        let rows = [Purpose::Data, Purpose::Hash].map(|p| master.new_key(p, 1, &rng).unwrap());
        assert!(Vault::open_keyring(&MasterKey::new([8; 32]), &rows, rng.clone()).is_none());
        Vault::open_keyring(&master, &rows, rng).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let vault = vault();
        let place = |row| Place {
            table: "t",
            column: "c",
            row,
        };
        let sealed = vault.seal(place("a"), b"canary").unwrap();
        assert_eq!(vault.open(place("a"), &sealed).unwrap().expose(), b"canary");
        assert!(vault.open(place("b"), &sealed).is_err());
        assert!(!sealed.contains("canary"));
    }

    #[test]
    fn a_token_opens_whole_unchanged_and_for_its_purpose_only() {
        let vault = vault();
        let token = vault.seal_token("session", &("a", 1)).unwrap();
        assert_eq!(
            vault.open_token::<(String, i32)>("session", &token),
            Some(("a".into(), 1))
        );
        assert_eq!(vault.open_token::<(String, i32)>("cursor", &token), None);
        for end in 0..token.len() {
            assert!(
                vault
                    .open_token::<(String, i32)>("session", &token[..end])
                    .is_none()
            );
        }
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(
                vault
                    .open_token::<(String, i32)>("session", &changed)
                    .is_none(),
                "{at}"
            );
        }
        assert!(
            vault
                .open_token::<(String, i32)>("session", &format!("{token}A"))
                .is_none()
        );
    }

    #[test]
    fn hashes_recognise_and_derived_bytes_repeat() {
        let vault = vault();
        let stored = vault.hash("code", "123456").unwrap();
        assert!(vault.matches(&stored, "code", "123456"));
        assert!(!vault.matches(&stored, "code", "123457"));
        assert!(!vault.matches(&stored, "refresh", "123456"));
        assert_eq!(
            vault.derive("salt", "x").unwrap(),
            vault.derive("salt", "x").unwrap()
        );
    }
}
