//! How whole numbers are written for hashing and on the wire.

use zeroize::Zeroizing;

use super::SrpError;
use super::group;

/// `P(i)`: the fewest big-endian bytes, with one zero in front when the top bit is set, as Java's
/// `BigInteger.toByteArray` writes a number that is not negative. Never padded to the size of N:
/// the clients hash this form, so one byte more or less breaks one sign-in in 256.
pub(super) fn positive(number: &[u8]) -> Zeroizing<Vec<u8>> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() + 1));
    if digits.first().is_none_or(|top| *top >= 0x80) {
        bytes.push(0);
    }
    bytes.extend_from_slice(digits);
    bytes
}

/// Reads a number from the wire: hexadecimal, either case, no prefix, any number of digits, odd
/// ones and leading zeros too, up to the width of N.
pub(super) fn parse_hex(text: &str) -> Result<group::Bytes, SrpError> {
    if text.is_empty() {
        return Err(SrpError::NotHex);
    }
    let digits = text.trim_start_matches('0').as_bytes();
    if digits.len() > 2 * group::BYTES {
        return Err(SrpError::TooLarge);
    }
    let mut number = [0; group::BYTES];
    for (byte, pair) in number.iter_mut().rev().zip(digits.rchunks(2)) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16).ok_or(SrpError::NotHex)?;
            *byte = *byte << 4 | u8::try_from(value).map_err(|_| SrpError::NotHex)?;
        }
    }
    Ok(number)
}

/// Lower-case hexadecimal, two digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
