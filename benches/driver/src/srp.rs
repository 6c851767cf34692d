//! The client's side of SRP-6a as Cognito clients compute it (RFC 5054, the prime of RFC 3526 group 15, g = 2).

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use num_bigint::{BigInt, BigUint, Sign};
use sha2::{Digest, Sha256};

static N: LazyLock<BigUint> = LazyLock::new(|| {
    let hex = concat!(
        "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd",
        "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed",
        "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f",
        "83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b",
        "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510",
        "15728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7",
        "abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c",
        "bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
    );
    BigUint::parse_bytes(hex.as_bytes(), 16).expect("hex")
});

pub struct Client {
    a: BigUint,
    public: BigUint,
}

impl Client {
    pub fn new(seed: usize) -> Self {
        let a = BigUint::from_bytes_be(&sha256(&[b"a", &seed.to_be_bytes()]));
        let public = BigUint::from(2_u8).modpow(&a, &N);
        Self { a, public }
    }

    /// SRP_A.
    pub fn public_hex(&self) -> String {
        self.public.to_str_radix(16)
    }

    /// PASSWORD_CLAIM_SIGNATURE for the parameters of a PASSWORD_VERIFIER challenge.
    pub fn claim(&self, who: [&str; 3], challenge: [&str; 3], timestamp: &str) -> Option<String> {
        let [pool_name, user, password] = who;
        let [salt, server, block] = challenge;
        let number = |hex: &str| BigUint::parse_bytes(hex.as_bytes(), 16);
        let (salt, server, block) = (number(salt)?, number(server)?, STANDARD.decode(block).ok()?);
        let two = BigUint::from(2_u8);
        let k = BigUint::from_bytes_be(&sha256(&[&positive(&N), &positive(&two)]));
        let u = BigUint::from_bytes_be(&sha256(&[&positive(&self.public), &positive(&server)]));
        let inner = sha256(&[pool_name.as_bytes(), user.as_bytes(), b":", password.as_bytes()]);
        let x = BigUint::from_bytes_be(&sha256(&[&positive(&salt), &inner]));
        let verifier = k * two.modpow(&x, &N) % &*N;
        let base = (&server + &*N - verifier) % &*N;
        let shared = base.modpow(&(&self.a + &u * x), &N);
        let extracted = hmac(&positive(&u), &[&positive(&shared)]);
        let key = hmac(&extracted, &[b"Caldera Derived Key\x01"]);
        let parts = [pool_name.as_bytes(), user.as_bytes(), &block, timestamp.as_bytes()];
        Some(STANDARD.encode(hmac(&key[..16], &parts)))
    }
}

/// `Salt` and `PasswordVerifier` of a device that made up this password.
pub fn device_verifier(group: &str, key: &str, password: &str) -> (String, String) {
    let salt = positive(&BigUint::from_bytes_be(&sha256(&[key.as_bytes()])[..16]));
    let inner = sha256(&[group.as_bytes(), key.as_bytes(), b":", password.as_bytes()]);
    let x = BigUint::from_bytes_be(&sha256(&[&salt, &inner]));
    let verifier = BigUint::from(2_u8).modpow(&x, &N);
    (STANDARD.encode(salt), STANDARD.encode(positive(&verifier)))
}

/// The present by the machine's clock.
#[expect(clippy::disallowed_methods, reason = "a client has the machine's clock")]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A moment as `Tue Jan 6 07:08:09 UTC 2026`.
pub fn timestamp(seconds: u64) -> String {
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    // Days to a date, by eras of 400 years that begin in March.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12;
    let year = era * 400 + year + u64::from(month < 2);
    let name = |of: &'static str, index: u64| of.split(' ').nth(index as usize).unwrap_or_default();
    let weekday = name("Thu Fri Sat Sun Mon Tue Wed", days % 7);
    let month = name("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", month);
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    format!("{weekday} {month} {day} {hour:02}:{minute:02}:{second:02} UTC {year}")
}

/// Minimal big-endian bytes, with a zero before a set top bit.
fn positive(number: &BigUint) -> Vec<u8> {
    BigInt::from_biguint(Sign::Plus, number.clone()).to_signed_bytes_be()
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}
