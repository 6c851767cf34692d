//! Reads messages of the AWS Encryption SDK, format version 1, suite 0x0378, one frame: written from
//! the published format, with none of the server's code.

use std::collections::BTreeMap;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA384, Salt};
use aws_lc_rs::signature::{ECDSA_P384_SHA384_ASN1, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A message taken apart; nothing of it is proven yet.
pub struct Message {
    pub context: BTreeMap<String, String>,
    pub provider: String,
    pub key: String,
    /// The data key, wrapped.
    pub wrapped: Vec<u8>,
    id: Vec<u8>,
    /// The header, without what authenticates it.
    header: Vec<u8>,
    header_tag: Vec<u8>,
    frame: Frame,
    /// What is signed.
    signed: Vec<u8>,
    signature: Vec<u8>,
}

struct Frame {
    nonce: Vec<u8>,
    length: u32,
    sealed: Vec<u8>,
}

/// Where a message is being read.
struct Cursor<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.all.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn number(&mut self, bytes: usize) -> Option<usize> {
        let taken = self.take(bytes)?;
        Some(
            taken
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
        )
    }

    fn field(&mut self) -> Option<&'a [u8]> {
        let length = self.number(2)?;
        self.take(length)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.field()?.to_vec()).ok()
    }

    fn expect(&mut self, bytes: &[u8]) -> Option<()> {
        (self.take(bytes.len())? == bytes).then_some(())
    }
}

impl Message {
    /// Takes a message apart; none for what is no such message.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor { all: bytes, at: 0 };
        cursor.expect(&[0x01, 0x80, 0x03, 0x78])?;
        let id = cursor.take(16)?.to_vec();
        let mut names = Cursor {
            all: cursor.field()?,
            at: 0,
        };
        let mut context = BTreeMap::new();
        for _ in 0..names.number(2)? {
            context.insert(names.text()?, names.text()?);
        }
        cursor.expect(&[0, 1])?;
        let (provider, key) = (cursor.text()?, cursor.text()?);
        let wrapped = cursor.field()?.to_vec();
        cursor.expect(&[2, 0, 0, 0, 0, 12, 0, 0, 16, 0])?;
        let header = bytes.get(..cursor.at)?.to_vec();
        cursor.expect(&[0; 12])?;
        let header_tag = cursor.take(16)?.to_vec();
        cursor.expect(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1])?;
        let nonce = cursor.take(12)?.to_vec();
        let length = cursor.number(4)?;
        let frame = Frame {
            nonce,
            length: u32::try_from(length).ok()?,
            sealed: cursor.take(length + 16)?.to_vec(),
        };
        let signed = bytes.get(..cursor.at)?.to_vec();
        let signature = cursor.field()?.to_vec();
        (cursor.at == bytes.len()).then_some(Self {
            context,
            provider,
            key,
            wrapped,
            id,
            header,
            header_tag,
            frame,
            signed,
            signature,
        })
    }

    /// What was encrypted, if the message is whole and this is its data key.
    pub fn open(&self, data_key: &[u8]) -> Option<String> {
        let point = STANDARD
            .decode(self.context.get("aws-crypto-public-key")?)
            .ok()?;
        UnparsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, point)
            .verify(&self.signed, &self.signature)
            .ok()?;
        let extracted = Salt::new(HKDF_SHA384, &[]).extract(data_key);
        let info = [[0x03, 0x78].as_slice(), &self.id];
        let key = UnboundKey::from(extracted.expand(&info, &AES_256_GCM).ok()?);
        let key = LessSafeKey::new(key);
        let open = |nonce: &[u8], aad: &[u8], sealed: &[u8]| {
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut sealed = sealed.to_vec();
            let plain = key.open_in_place(nonce, Aad::from(aad), &mut sealed).ok()?;
            Some(plain.to_vec())
        };
        open(&[0; 12], &self.header, &self.header_tag)?;
        let aad = [
            self.id.as_slice(),
            b"AWSKMSEncryptionClient Final Frame",
            &[0, 0, 0, 1, 0, 0, 0, 0],
            &self.frame.length.to_be_bytes(),
        ];
        let plain = open(&self.frame.nonce, &aad.concat(), &self.frame.sealed)?;
        String::from_utf8(plain).ok()
    }
}
