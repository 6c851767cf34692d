//! The group: arithmetic modulo the 3072-bit prime N, with generator 2.
//!
//! All powers take the same time whatever their base and exponent are. The generator has a comb
//! table (Lim and Lee, "More flexible exponentiation with precomputation", CRYPTO '94) of 128
//! elements, 48 KiB, built in a millisecond at first use: 71 multiplications for a 256-bit
//! exponent instead of 334. The elements are heap-allocated because crypto-bigint compiles that
//! arithmetic in its own crate, so development builds get it optimised as well.

use std::sync::LazyLock;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, CtAssign, CtEq, MontyForm, MontyMultiplier, Odd, U3072};
use zeroize::Zeroizing;

use super::{number, sha256};

/// Width of N, and of every encoded element.
pub(super) const BYTES: usize = 384;
/// A number of that width, big-endian.
pub(super) type Bytes = [u8; BYTES];
/// A number modulo N.
pub(super) type Element = BoxedMontyForm;

/// The prime of RFC 3526 section 5 (group 15), which is also the 3072-bit prime of RFC 5054.
/// Cognito pairs it with g = 2, not with RFC 5054's 5.
const N: Odd<U3072> = Odd::<U3072>::from_be_hex(concat!(
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
));
const GENERATOR: u8 = 2;

const BITS: u32 = U3072::BITS;
/// The exponent's 32 bytes are read as `TEETH` rows of `TABLES` bytes; the bits that stand in
/// one column select one element of the column's table.
const TABLES: usize = 8;
const TEETH: usize = 4;

static GROUP: LazyLock<Group> = LazyLock::new(Group::new);

struct Group {
    params: BoxedMontyParams,
    k: Element,
    /// `comb[j][index]` is the product, over the bits i set in `index`, of g^(2^(64·i + 8·j)).
    comb: Vec<Vec<Element>>,
}

impl Group {
    fn new() -> Self {
        let params = BoxedMontyParams::new_vartime(N.into());
        let one = Element::one(&params);
        let mut base = from_bytes(&[GENERATOR], &params);
        let mut comb = vec![vec![one]; TABLES];
        for _ in 0..TEETH {
            for table in &mut comb {
                let upper: Vec<_> = table.iter().map(|element| element.mul(&base)).collect();
                table.extend(upper);
                for _ in 0..8 {
                    base = base.square();
                }
            }
        }
        let k = from_bytes(multiplier().as_slice(), &params);
        Self { params, k, comb }
    }
}

/// k = SHA256( P(N) ‖ P(g) ), which RFC 5054 2.5.3 defines with padding and Cognito without.
fn multiplier() -> Zeroizing<[u8; 32]> {
    let modulus = BoxedUint::from(N).to_be_bytes();
    sha256(&[&number::positive(&modulus), &number::positive(&[GENERATOR])])
}

fn from_bytes(bytes: &[u8], params: &BoxedMontyParams) -> Element {
    Element::new(BoxedUint::from_be_slice_truncated(bytes, BITS), params)
}

/// A number as an element; one above N is reduced.
pub(super) fn element(bytes: &Bytes) -> Zeroizing<Element> {
    Zeroizing::new(from_bytes(bytes, &GROUP.params))
}

/// The number below N that an element is.
pub(super) fn to_bytes(element: &Element) -> Zeroizing<Bytes> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    let number = Zeroizing::new(element.retrieve());
    bytes.copy_from_slice(&Zeroizing::new(number.to_be_bytes()));
    bytes
}

/// Whether an element is 0 modulo N.
pub(super) fn is_zero(element: &Element) -> bool {
    element.is_zero().to_bool()
}

/// The constant k, as an element.
pub(super) fn k() -> &'static Element {
    &GROUP.k
}

/// base^exponent, for any big-endian exponent; time depends on its length alone.
pub(super) fn power(base: &Element, exponent: &[u8]) -> Zeroizing<Element> {
    let bits = u32::try_from(exponent.len().saturating_mul(8)).unwrap_or(u32::MAX);
    let exponent = Zeroizing::new(BoxedUint::from_be_slice_truncated(exponent, bits));
    Zeroizing::new(base.pow_bounded_exp(&exponent, bits))
}

/// g^exponent from the comb table.
pub(super) fn generator_power(exponent: &[u8; 32]) -> Zeroizing<Element> {
    let Group { params, comb, .. } = &*GROUP;
    let mut multiplier = <Element as MontyForm>::Multiplier::from(params);
    let mut product = Zeroizing::new(Element::one(params));
    let mut chosen = Zeroizing::new(Element::one(params));
    for bit in (0..8).rev() {
        multiplier.square_assign(&mut product);
        for (column, table) in comb.iter().enumerate() {
            let teeth = exponent.iter().rev().skip(column).step_by(TABLES);
            let index = teeth.enumerate().fold(0, |index, (tooth, byte)| {
                index | ((byte >> bit) & 1) << tooth
            });
            select(table, index, &mut chosen);
            multiplier.mul_assign(&mut product, &chosen);
        }
    }
    product
}

/// Copies `table[index]`, reading the whole table so that the memory cache learns nothing.
fn select(table: &[Element], index: u8, chosen: &mut Element) {
    for (position, entry) in (0_u8..).zip(table) {
        chosen
            .as_montgomery_mut()
            .ct_assign(entry.as_montgomery(), position.ct_eq(&index));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k_is_the_one_of_the_clients() {
        assert_eq!(
            number::hex(multiplier().as_slice()),
            "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6"
        );
    }

    #[test]
    fn the_comb_agrees_with_the_general_power() {
        let generator = from_bytes(&[GENERATOR], &GROUP.params);
        let mut exponents = vec![[0; 32], [0xff; 32]];
        for place in 0..32 {
            let mut exponent = [0; 32];
            exponent[place] = 0x81;
            exponent[31 - place] |= 0x5a;
            exponents.push(exponent);
            exponents.push(*sha256(&[&exponent]));
        }
        for exponent in exponents {
            assert_eq!(*generator_power(&exponent), *power(&generator, &exponent));
        }
    }

    #[test]
    fn numbers_above_the_modulus_are_reduced() {
        let all_ones = element(&[0xff; BYTES]);
        let difference = to_bytes(&all_ones);
        let expected = BoxedUint::max(BITS).wrapping_sub(BoxedUint::from(N));
        assert_eq!(difference.as_slice(), &*expected.to_be_bytes());
    }
}
