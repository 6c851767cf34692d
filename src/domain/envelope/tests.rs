//! Against messages that the SDK for Python wrote from the same parts (`tools/envelope.py`).

use aws_lc_rs::signature::{ECDSA_P384_SHA384_ASN1, UnparsedPublicKey};
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Vector {
    key_arn: String,
    pool: String,
    scalar: String,
    data_key: String,
    wrapped: String,
    message_id: String,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    plain: String,
    message: String,
}

fn bytes(hex: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()
}

/// The message before its signature, and the signature: the rest of the text behind its length. It is
/// DER of two random numbers, so its length varies by a few bytes.
fn signed(message: &[u8]) -> (&[u8], &[u8]) {
    let mut splits = (90..110).map(|length| message.split_at(message.len() - length - 2));
    let is_footer = |footer: &[u8]| {
        let length = u16::try_from(footer.len() - 2).unwrap().to_be_bytes();
        footer[..2] == length && footer[2] == 0x30
    };
    let (body, footer) = splits.find(|(_, footer)| is_footer(footer)).unwrap();
    (body, &footer[2..])
}

#[test]
fn what_the_sdk_writes_is_written_here() {
    let vector: Vector = serde_json::from_str(include_str!("vector.json")).unwrap();
    let signer = Signer::of(&Secret::new(bytes(&vector.scalar))).unwrap();
    let context = context(&vector.pool, &signer).unwrap();
    let (wrapped, data_key) = (bytes(&vector.wrapped), Secret::new(bytes(&vector.data_key)));
    let parts = Parts {
        message_id: bytes(&vector.message_id).try_into().unwrap(),
        context: &context,
        key: &vector.key_arn,
        wrapped: &wrapped,
        data_key: &data_key,
    };
    assert_eq!(vector.messages.len(), 2);
    for theirs in &vector.messages {
        let ours = message::write(&parts, &signer, theirs.plain.as_bytes()).unwrap();
        let text = STANDARD.encode(&ours);
        assert!(text.starts_with("AYADe"), "{text}");
        let theirs = STANDARD.decode(&theirs.message).unwrap();
        let point = STANDARD.decode(&context[PUBLIC_KEY]).unwrap();
        let key = UnparsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, point);
        assert_eq!(signed(&ours).0, signed(&theirs).0);
        for message in [&ours, &theirs] {
            let (body, signature) = signed(message);
            key.verify(body, signature).unwrap();
            let changed = [body, b"x"].concat();
            assert!(key.verify(&changed, signature).is_err());
        }
    }
}

#[test]
fn only_what_html_reserves_is_escaped() {
    let password = r#"aZ9^$*.[]{}()?"!@#%&/\,><':;|_~`+=- é"#;
    assert_eq!(
        escaped(password),
        r#"aZ9^$*.[]{}()?&quot;!@#%&amp;/\,&gt;&lt;':;|_~`+=- é"#
    );
}

#[test]
fn a_frame_holds_the_longest_password_and_no_more() {
    let vector: Vector = serde_json::from_str(include_str!("vector.json")).unwrap();
    let signer = Signer::of(&Secret::new(bytes(&vector.scalar))).unwrap();
    let context = context(&vector.pool, &signer).unwrap();
    let data_key = Secret::new(bytes(&vector.data_key));
    let parts = Parts {
        message_id: [0; 16],
        context: &context,
        key: &vector.key_arn,
        wrapped: &[],
        data_key: &data_key,
    };
    let longest = escaped(&"\"".repeat(256));
    assert!(message::write(&parts, &signer, longest.as_bytes()).is_ok());
    assert!(message::write(&parts, &signer, &[b'x'; 4097]).is_err());
}

#[test]
fn numbers_beyond_the_curve_are_no_keys() {
    for byte in [0, 0xff] {
        assert!(Signer::of(&Secret::new(vec![byte; 48])).is_none());
    }
}
