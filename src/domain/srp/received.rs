//! A verifier that a client computed itself: a device's (ConfirmDevice).

use zeroize::Zeroizing;

use super::{SALT_BYTES, SrpError, Verifier, group};

impl Verifier {
    /// Takes salt and v as big-endian numbers, with or without zero bytes in front.
    ///
    /// # Errors
    /// [`SrpError::TooLarge`] for a salt above 128 bits or a v that is not below N;
    /// [`SrpError::Malformed`] for 0, 1 and N − 1, whose secret everybody knows.
    pub fn received(salt: &[u8], v: &[u8]) -> Result<Self, SrpError> {
        let salt = padded::<SALT_BYTES>(salt)?;
        let v: Zeroizing<group::Bytes> = Zeroizing::new(padded(v)?);
        let element = group::element(&v);
        if *group::to_bytes(&element) != *v {
            return Err(SrpError::TooLarge);
        }
        let one: group::Bytes = padded(&[1])?;
        let above = element.add(&group::element(&one));
        if *v == one || group::is_zero(&element) || group::is_zero(&above) {
            return Err(SrpError::Malformed);
        }
        Ok(Self { salt, v })
    }
}

/// The number in `N` bytes.
fn padded<const N: usize>(number: &[u8]) -> Result<[u8; N], SrpError> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let at = N.checked_sub(digits.len()).ok_or(SrpError::TooLarge)?;
    let mut bytes = [0; N];
    if let Some(tail) = bytes.get_mut(at..) {
        tail.copy_from_slice(digits);
    }
    Ok(bytes)
}
