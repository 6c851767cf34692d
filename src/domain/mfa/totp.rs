//! Time-based one-time passwords (RFC 6238): SHA-1, 30 seconds, 6 digits, as authenticator apps
//! expect them.

use aws_lc_rs::hmac;
use subtle::ConstantTimeEq;

use crate::time::Timestamp;

/// Length of a secret: as long as Cognito's, 52 characters of base32.
pub const SECRET_BYTES: usize = 32;

const STEP_SECONDS: i64 = 30;
const DIGITS: usize = 6;

/// The step in which a code was or will be shown, if it is one of now: the current step, the one
/// before or the one after.
pub fn step_of(secret: &[u8], typed: &str, now: Timestamp) -> Option<i64> {
    let current = now.seconds().div_euclid(STEP_SECONDS);
    let fits = |step: &i64| bool::from(code(secret, *step).as_bytes().ct_eq(typed.as_bytes()));
    [current, current - 1, current + 1].into_iter().find(fits)
}

/// The code of a step.
fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    // RFC 4226 5.3: the low four bits of the last byte say where the four bytes begin.
    let bytes = tag.as_ref();
    let offset = bytes.last().map_or(0, |last| usize::from(last & 0x0f));
    let word = bytes.iter().skip(offset).take(4);
    let number = word.fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    let number = (number & 0x7fff_ffff) % 10_u32.pow(6);
    format!("{number:0DIGITS$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last six of the eight digits of RFC 6238 appendix B.
    #[test]
    fn vectors() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(secret, seconds / STEP_SECONDS), expected);
        }
    }

    #[test]
    fn one_step_early_and_late_are_taken() {
        let secret = b"12345678901234567890";
        let at = |step: i64| Timestamp::from_ms((step * STEP_SECONDS + 29) * 1000);
        let code = code(secret, 1000);
        for (step, expected) in [
            (998, None),
            (999, Some(1000)),
            (1000, Some(1000)),
            (1001, Some(1000)),
            (1002, None),
        ] {
            assert_eq!(step_of(secret, &code, at(step)), expected, "{step}");
        }
        assert_eq!(step_of(secret, &code[..5], at(1000)), None);
        assert_eq!(step_of(secret, &format!(" {code}"), at(1000)), None);
    }
}
