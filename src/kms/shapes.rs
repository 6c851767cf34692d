//! Shapes shared by operations.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::kms::Home;
use crate::secret::Secret;
use crate::wire::call::{Call, Iam};

/// Bytes, which JSON carries as base64. They may be a key or what one keeps secret.
#[derive(Clone, Debug)]
pub struct Blob(pub Secret<Vec<u8>>);

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Secret::new(bytes))
    }
}

impl Blob {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.expose()
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Secret::<String>::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text.expose());
        bytes
            .map(Self::from)
            .map_err(|_| D::Error::custom("not base64"))
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = Secret::new(STANDARD.encode(self.bytes()));
        serializer.serialize_str(text.expose())
    }
}

/// `Recipient`: an enclave that alone shall see the plaintext. There are none, so it is refused.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "it is refused whatever it says")]
pub struct Recipient {
    key_encryption_algorithm: Option<String>,
    attestation_document: Option<Blob>,
}

/// Where the caller's key ids are looked for.
pub(super) fn home(call: &Call<Iam>) -> Home {
    Home {
        region: call.region.clone(),
        account: call.account.clone(),
    }
}
