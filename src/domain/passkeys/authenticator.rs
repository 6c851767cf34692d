//! Authenticator data: what the authenticator itself says and signs (WebAuthn level 3, 6.1).

use super::cbor::Cbor;

/// A person was there (UP).
const PRESENT: u8 = 0x01;
/// A person was recognised (UV).
const VERIFIED: u8 = 0x04;
/// The passkey may be copied to other devices (BE).
const BACKUP_ELIGIBLE: u8 = 0x08;
/// The passkey has been copied (BS).
const BACKED_UP: u8 = 0x10;
/// A new credential follows (AT).
const ATTESTED: u8 = 0x40;
/// Extensions follow (ED).
const EXTENDED: u8 = 0x80;

/// The longest credential id (WebAuthn level 3, 7.1, step 25).
const LONGEST_ID: usize = 1023;

/// What the authenticator says.
#[derive(Debug)]
pub(super) struct AuthenticatorData<'a> {
    /// SHA-256 of the relying party's id.
    pub(super) rp_id_hash: &'a [u8],
    /// Signatures so far, if the authenticator counts them.
    pub(super) sign_count: u32,
    /// The new credential.
    pub(super) attested: Option<Attested<'a>>,
    flags: u8,
}

/// A new credential.
#[derive(Debug)]
pub(super) struct Attested<'a> {
    /// The authenticator's make.
    pub(super) aaguid: &'a [u8],
    /// The credential's id.
    pub(super) id: &'a [u8],
    /// The public key as it stands there.
    pub(super) encoded_key: &'a [u8],
    /// The public key.
    pub(super) key: Cbor,
}

impl<'a> AuthenticatorData<'a> {
    /// Reads it, to the last byte. A passkey that has been copied without being allowed to is a
    /// contradiction (7.1, step 17).
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (rp_id_hash, rest) = bytes.split_at_checked(32)?;
        let (&flags, rest) = rest.split_first()?;
        let (count, mut rest) = rest.split_first_chunk::<4>()?;
        let mut attested = None;
        if flags & ATTESTED != 0 {
            let parsed;
            (parsed, rest) = Attested::parse(rest)?;
            attested = Some(parsed);
        }
        if flags & EXTENDED != 0 {
            let extensions;
            (extensions, rest) = Cbor::read(rest)?;
            if !matches!(extensions, Cbor::Map(_)) {
                return None;
            }
        }
        let sound = flags & BACKED_UP == 0 || flags & BACKUP_ELIGIBLE != 0;
        (rest.is_empty() && sound).then_some(Self {
            rp_id_hash,
            sign_count: u32::from_be_bytes(*count),
            attested,
            flags,
        })
    }

    /// Whether a person was there.
    pub(super) const fn is_present(&self) -> bool {
        self.flags & PRESENT != 0
    }

    /// Whether that person was recognised, by PIN or body.
    pub(super) const fn is_verified(&self) -> bool {
        self.flags & VERIFIED != 0
    }
}

impl<'a> Attested<'a> {
    fn parse(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (aaguid, rest) = bytes.split_at_checked(16)?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (id, rest) = rest.split_at_checked(length)?;
        let (key, after) = Cbor::read(rest)?;
        let (encoded_key, _) = rest.split_at_checked(rest.len() - after.len())?;
        let attested = Self {
            aaguid,
            id,
            encoded_key,
            key,
        };
        ((1..=LONGEST_ID).contains(&length)).then_some((attested, after))
    }
}
