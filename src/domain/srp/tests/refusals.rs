//! What is no number, no public value or no stored value, and what numbers look like.

use crypto_bigint::BoxedUint;

use super::USER;
use crate::domain::srp::*;

const N: &str = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74\
    020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437\
    4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
    EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05\
    98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB\
    9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
    E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718\
    3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33\
    A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7\
    ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864\
    D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2\
    08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";

#[test]
fn public_values_that_give_the_secret_away_are_refused() {
    let refusal = |hex: &str| ClientPublic::parse(hex).map(|_| ()).unwrap_err();
    assert_eq!(refusal("0"), SrpError::ZeroPublicValue);
    assert_eq!(refusal(&"0".repeat(2000)), SrpError::ZeroPublicValue);
    assert_eq!(refusal(N), SrpError::ZeroPublicValue);
    assert_eq!(refusal(&N.to_lowercase()), SrpError::ZeroPublicValue);
    assert_eq!(refusal(&format!("00{N}")), SrpError::ZeroPublicValue);
    let twice = BoxedUint::from_be_hex(&format!("{N:0>784}"), 3136)
        .unwrap()
        .shl(1);
    let twice = number::hex(&twice.to_be_bytes());
    assert_eq!(refusal(twice.trim_start_matches('0')), SrpError::TooLarge);
}

#[test]
fn public_values_that_are_no_numbers_are_refused() {
    let refusal = |hex: &str| ClientPublic::parse(hex).map(|_| ()).unwrap_err();
    for text in [
        "", "0x12", "-12", "+12", "12 ", " 12", "1g", "é1", "1_2", "１２",
    ] {
        assert_eq!(refusal(text), SrpError::NotHex, "{text}");
    }
    assert_eq!(
        refusal(&format!("1{}", "0".repeat(768))),
        SrpError::TooLarge
    );
    assert_eq!(refusal(&"z".repeat(769)), SrpError::TooLarge);
}

#[test]
fn hexadecimal_of_any_shape_is_the_same_number() {
    let number = |hex: &str| {
        *ClientPublic::parse(hex)
            .unwrap()
            .as_bytes()
            .last_chunk()
            .unwrap()
    };
    assert_eq!(number("abc"), 0xabc_u32.to_be_bytes());
    assert_eq!(number("ABC"), 0xabc_u32.to_be_bytes());
    assert_eq!(number("0aBc"), 0xabc_u32.to_be_bytes());
    assert_eq!(number("00000abc"), 0xabc_u32.to_be_bytes());
    assert_eq!(number("1"), 1_u32.to_be_bytes());
    let above = ClientPublic::parse(&"f".repeat(768)).unwrap();
    assert_eq!(
        above.as_bytes(),
        [0xff; group::BYTES],
        "hashed as sent, not reduced"
    );
}

#[test]
fn positive_numbers_as_java_writes_them() {
    let cases: [(&[u8], &[u8]); 7] = [
        (&[], &[0]),
        (&[0, 0], &[0]),
        (&[1], &[1]),
        (&[0x7f, 0], &[0x7f, 0]),
        (&[0x80], &[0, 0x80]),
        (&[0, 0, 0xff, 1], &[0, 0xff, 1]),
        (&[0, 0x12], &[0x12]),
    ];
    for (number, written) in cases {
        assert_eq!(number::positive(number).as_slice(), written);
    }
}

#[test]
fn stored_bytes_of_another_shape_are_refused() {
    assert_eq!(
        Verifier::from_bytes(&[1; 399]).unwrap_err(),
        SrpError::Malformed
    );
    assert_eq!(
        Verifier::from_bytes(&[1; 401]).unwrap_err(),
        SrpError::Malformed
    );
    assert_eq!(Verifier::from_bytes(&[]).unwrap_err(), SrpError::Malformed);
    assert_eq!(
        Verifier::from_bytes(&[0; 400]).unwrap_err(),
        SrpError::Malformed
    );
    assert_eq!(
        Challenge::from_bytes(&[1; 415]).unwrap_err(),
        SrpError::Malformed
    );
    assert_eq!(
        Challenge::from_bytes(&[1; 417]).unwrap_err(),
        SrpError::Malformed
    );
    assert!(ClientPublic::from_bytes(&[1; 383]).is_err());
}

#[test]
fn secrets_print_nothing() {
    let verifier = Verifier::new(&USER, "password", [1; 16]);
    let challenge = Challenge::issue(&verifier, [2; 32]);
    assert_eq!(
        format!("{verifier:?} {challenge:?}"),
        "Verifier(***) Challenge(***)"
    );
}
