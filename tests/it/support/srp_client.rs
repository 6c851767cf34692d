//! The client's half of SRP as the public Cognito clients compute it, written apart from the
//! server's: plain big-integer arithmetic, straight from the formulas.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd, Resize};

/// The 3072-bit prime of RFC 3526.
const N: &str = concat!(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74",
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437",
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed",
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05",
    "98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb",
    "9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b",
    "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718",
    "3995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33",
    "a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7",
    "abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864",
    "d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e2",
    "08e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
);
const WIDTH: u32 = 3072;
/// Wide enough for a + u·x.
const WIDE: u32 = 1024;

/// One sign-in of a client.
pub struct SrpClient {
    a: BoxedUint,
    /// `SRP_A`.
    pub public: String,
}

/// What PASSWORD_VERIFIER gave, and whom the proof is for.
pub struct Given<'a> {
    pub pool: &'a str,
    pub user_id: &'a str,
    pub password: &'a str,
    pub salt: &'a str,
    pub b: &'a str,
    pub block: &'a str,
    pub timestamp: &'a str,
}

impl SrpClient {
    /// With its secret made of a seed.
    pub fn new(seed: u64) -> Self {
        Self::with(seed, 4)
    }

    /// With a secret of 256 bits, as some clients have: four times as quick.
    pub fn short(seed: u64) -> Self {
        Self::with(seed, 1)
    }

    fn with(seed: u64, blocks: u8) -> Self {
        let blocks: Vec<u8> = (0..blocks)
            .flat_map(|n| hash(&[&seed.to_be_bytes(), &[n]]))
            .collect();
        let a = BoxedUint::from_be_slice(&blocks, WIDE).unwrap();
        let public = power(&number(&[2]), &a);
        Self {
            a,
            public: hex(&public),
        }
    }

    /// `PASSWORD_CLAIM_SIGNATURE`.
    pub fn signature(&self, given: &Given<'_>) -> String {
        let pool_name = given.pool.split_once('_').unwrap().1;
        let inner = [pool_name, given.user_id, ":", given.password].concat();
        let salt = positive(&parse(given.salt));
        let x = hash(&[&salt, &hash(&[inner.as_bytes()])]);
        let server = parse(given.b);
        let scrambler = hash(&[&positive(&parse(&self.public)), &positive(&server)]);
        let multiplier = hash(&[&positive(&parse(N)), &positive(&[2])]);
        let x = wide(&x);
        let verifier = power(&number(&[2]), &x);
        let base = monty(&server).sub(&monty(&multiplier).mul(&monty(&verifier)));
        let exponent = self.a.wrapping_add(wide(&scrambler).wrapping_mul(&x));
        let shared = raised(&base, &exponent);
        let extracted = sign(
            &Key::new(HMAC_SHA256, &positive(&scrambler)),
            &positive(&shared),
        );
        let key = Key::new(HMAC_SHA256, extracted.as_ref());
        let key = sign(&key, b"Caldera Derived Key\x01");
        let block = STANDARD.decode(given.block).unwrap();
        let mut message = [pool_name, given.user_id].concat().into_bytes();
        message.extend(block);
        message.extend(given.timestamp.as_bytes());
        let key = Key::new(HMAC_SHA256, &key.as_ref()[..16]);
        STANDARD.encode(sign(&key, &message).as_ref())
    }
}

/// `Salt` and `PasswordVerifier` of a device that made up this password.
pub fn device_verifier(group: &str, key: &str, password: &str, salt: &[u8]) -> (String, String) {
    let inner = hash(&[[group, key, ":", password].concat().as_bytes()]);
    let x = hash(&[&positive(salt), &inner]);
    let verifier = positive(&power(&number(&[2]), &wide(&x)));
    (STANDARD.encode(positive(salt)), STANDARD.encode(verifier))
}

fn params() -> BoxedMontyParams {
    static PARAMS: std::sync::LazyLock<BoxedMontyParams> = std::sync::LazyLock::new(|| {
        let n = BoxedUint::from_be_slice(&parse(N), WIDTH).unwrap();
        BoxedMontyParams::new_vartime(Odd::new(n).unwrap())
    });
    PARAMS.clone()
}

fn monty(bytes: &[u8]) -> BoxedMontyForm {
    BoxedMontyForm::new(number(bytes), &params())
}

fn power(base: &BoxedUint, exponent: &BoxedUint) -> Vec<u8> {
    raised(&BoxedMontyForm::new(base.clone(), &params()), exponent)
}

/// Takes as long as the exponent is: nothing here is secret.
fn raised(base: &BoxedMontyForm, exponent: &BoxedUint) -> Vec<u8> {
    let power = base.pow_bounded_exp(exponent, exponent.bits_vartime());
    power.retrieve().to_be_bytes().to_vec()
}

fn number(bytes: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice(bytes, WIDTH).unwrap()
}

fn wide(bytes: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice(bytes, WIDTH).unwrap().resize(WIDE)
}

fn parse(hex: &str) -> Vec<u8> {
    let even = format!("{}{hex}", if hex.len() % 2 == 1 { "0" } else { "" });
    let digits: Vec<u8> = even
        .chars()
        .map(|c| u8::try_from(c.to_digit(16).unwrap()).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    let text = poolhouse::domain::usernames::hex(bytes);
    text.trim_start_matches('0').to_owned()
}

/// The shortest big-endian form of a positive number in two's complement.
fn positive(bytes: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = bytes
        .iter()
        .copied()
        .skip_while(|byte| *byte == 0)
        .collect();
    if bytes.first().is_none_or(|top| *top >= 0x80) {
        bytes.insert(0, 0);
    }
    bytes
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    digest(&SHA256, &parts.concat())
        .as_ref()
        .try_into()
        .unwrap()
}
