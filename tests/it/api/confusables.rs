//! Names that look or count alike (security.md H5): one normal form, at write and look-up alike.

use serde_json::{Value, json};

use super::pool;
use crate::support::{Answer, Server};

/// The same name where case does not count: case and compatibility forms.
const SAME: &[(&str, &str)] = &[
    ("ß", "ss"),
    ("ẞ", "ß"),
    ("ﬀ", "ff"),
    ("ﬁ", "fi"),
    ("ﬂ", "fl"),
    ("ﬃ", "ffi"),
    ("ﬄ", "ffl"),
    ("ﬅ", "st"),
    ("ﬆ", "st"),
    ("ſ", "s"),
    ("\u{212a}", "k"),
    ("\u{212b}", "å"),
    ("\u{2126}", "ω"),
    ("ς", "σ"),
    ("Σ", "ς"),
    ("ǅ", "ǆ"),
    ("Ǆ", "ǆ"),
    ("ǈ", "lj"),
    ("ǋ", "nj"),
    ("ĳ", "ij"),
    ("㎏", "kg"),
    ("①", "1"),
    ("²", "2"),
    ("₃", "3"),
    ("Ⅷ", "viii"),
    ("ⅳ", "iv"),
    ("ª", "a"),
    ("º", "o"),
    ("℡", "tel"),
    ("№", "no"),
    ("é", "e\u{301}"),
    ("É", "e\u{301}"),
    ("ñ", "n\u{303}"),
    ("Å", "a\u{30a}"),
    ("ü", "U\u{308}"),
    ("ç", "C\u{327}"),
    ("한", "\u{1112}\u{1161}\u{11ab}"),
    ("ｶ", "カ"),
    ("ﾊﾟ", "パ"),
    ("ﻻ", "لا"),
    ("㋿", "令和"),
    ("𝐚", "a"),
    ("𝒜", "a"),
    ("𝔅", "b"),
    ("𝟘", "0"),
    ("ᵃ", "a"),
    ("ₐ", "a"),
    ("…", "..."),
    ("‼", "!!"),
    ("İ", "i\u{307}"),
    ("ǰ", "J\u{30c}"),
    ("ΐ", "ι\u{308}\u{301}"),
    ("Ꭰ", "ꭰ"),
    ("Ა", "ა"),
    ("Ω", "ω"),
    ("ᾳ", "αι"),
    ("և", "եւ"),
    ("Ԁ", "ԁ"),
    ("Ⴀ", "ⴀ"),
    ("ŉ", "ʼn"),
    ("µ", "μ"),
    ("ϐ", "β"),
    ("ϑ", "θ"),
];

/// Other names, whatever they look like.
const DIFFERENT: &[(&str, &str)] = &[
    // Turkish: neither letter is the other's capital outside of Turkish.
    ("ı", "i"),
    ("İ", "i"),
    ("ı", "I"),
    ("İ", "ı"),
    ("dıl", "dil"),
    ("İstanbul", "istanbul"),
    // Cyrillic, Greek, Armenian and Cherokee twins of Latin letters.
    ("а", "a"),
    ("е", "e"),
    ("о", "o"),
    ("р", "p"),
    ("с", "c"),
    ("у", "y"),
    ("х", "x"),
    ("і", "i"),
    ("ј", "j"),
    ("ѕ", "s"),
    ("ԁ", "d"),
    ("ɡ", "g"),
    ("һ", "h"),
    ("ԛ", "q"),
    ("ԝ", "w"),
    ("ν", "v"),
    ("ο", "o"),
    ("α", "a"),
    ("ρ", "p"),
    ("υ", "u"),
    ("τ", "t"),
    ("κ", "k"),
    ("ι", "i"),
    ("χ", "x"),
    ("օ", "o"),
    ("ս", "u"),
    ("ց", "g"),
    ("հ", "h"),
    ("ո", "n"),
    ("Ꭺ", "A"),
    ("Ᏼ", "B"),
    ("Ꮯ", "C"),
    ("А", "A"),
    ("В", "B"),
    ("Е", "E"),
    ("К", "K"),
    ("М", "M"),
    ("Н", "H"),
    ("О", "O"),
    ("Р", "P"),
    ("С", "C"),
    ("Т", "T"),
    ("Х", "X"),
    ("Α", "A"),
    ("Β", "B"),
    ("Ζ", "Z"),
    ("Η", "H"),
    ("Ν", "N"),
    // Look-alikes in and near ASCII.
    ("l", "1"),
    ("l", "I"),
    ("O", "0"),
    ("rn", "m"),
    ("vv", "w"),
    ("‐", "-"),
    ("–", "-"),
    ("—", "-"),
    ("−", "-"),
    ("’", "'"),
    ("‘", "'"),
    ("“", "\""),
    ("ø", "o"),
    ("đ", "d"),
    ("ł", "l"),
    ("ħ", "h"),
    ("ŧ", "t"),
    ("ƅ", "b"),
    ("ə", "e"),
    ("ɑ", "a"),
    ("ǃ", "!"),
    ("ꓮ", "A"),
    ("∕", "/"),
    ("∶", ":"),
    // Marks count.
    ("é", "e"),
    ("ñ", "n"),
    ("ü", "u"),
    ("ö", "oe"),
    ("å", "aa"),
    ("æ", "ae"),
    ("œ", "oe"),
    ("þ", "th"),
    ("a\u{301}", "a"),
    ("a\u{301}\u{301}", "á"),
    ("e\u{323}\u{302}", "e\u{302}"),
    ("\u{34f}a", "a"),
    ("a\u{fe0f}", "a"),
    ("♥\u{fe0f}", "♥"),
    ("\u{17b4}x", "x"),
    ("ᄒ", "ㆅ"),
];

/// Characters that cannot be seen; the model lets none of them into a user name.
const INVISIBLE: [char; 22] = [
    '\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}',
    '\u{202c}', '\u{202d}', '\u{202e}', '\u{2060}', '\u{2061}', '\u{2064}', '\u{2066}', '\u{2067}',
    '\u{2068}', '\u{2069}', '\u{feff}', '\u{a0}', '\u{2028}', '\u{180e}',
];

/// Wide ASCII, and the letters of four scripts with their capitals.
fn cases() -> Vec<(String, String)> {
    let wide = |n: u8| char::from_u32(u32::from(n) - 0x21 + 0xff01).unwrap();
    let ascii = (b'0'..=b'9').chain(b'A'..=b'Z').chain(b'a'..=b'z');
    let ascii = ascii.map(|n| (wide(n).to_string(), char::from(n).to_string()));
    let capitals = ('A'..='Z')
        .chain('À'..='Ö')
        .chain('Α'..='Ρ')
        .chain('А'..='Я')
        .chain('Ա'..='Ֆ');
    let capitals = capitals.map(|c| (c.to_string(), c.to_lowercase().to_string()));
    ascii.chain(capitals).collect()
}

async fn create(s: &Server, pool: &str, name: &str) -> Answer {
    let request = json!({ "UserPoolId": pool, "Username": name, "MessageAction": "SUPPRESS" });
    s.api("AdminCreateUser", request).await
}

async fn found(s: &Server, pool: &str, name: &str) -> Value {
    let request = json!({ "UserPoolId": pool, "Username": name });
    s.api("AdminGetUser", request).await.body["Username"].take()
}

#[tokio::test]
async fn pairs_of_names_are_one_or_two_as_they_should() {
    let s = Server::start().await;
    let folds = json!({ "UsernameConfiguration": { "CaseSensitive": false } });
    let (folding, exact) = (pool(&s, folds).await, pool(&s, json!({})).await);
    let own = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    let same = SAME.iter().map(own).chain(cases()).map(|pair| (pair, true));
    let pairs: Vec<_> = same
        .chain(DIFFERENT.iter().map(|pair| (own(pair), false)))
        .collect();
    assert!(pairs.len() >= 300, "{}", pairs.len());
    for (n, ((a, b), same)) in pairs.into_iter().enumerate() {
        let (a, b) = (format!("n{n}.{a}"), format!("n{n}.{b}"));
        let shown = format!("{a} {b} {} {}", a.escape_unicode(), b.escape_unicode());
        for pool in [&folding, &exact] {
            let one = same && pool == &folding;
            let first = create(&s, pool, &a).await;
            first.ok();
            let second = create(&s, pool, &b).await;
            if one {
                assert_eq!(found(&s, pool, &b).await, json!(a), "{shown}");
                assert_eq!(second.body["__type"], "UsernameExistsException", "{shown}");
            } else {
                assert_eq!(second.status, 200, "{shown} {}", second.body);
                assert_eq!(found(&s, pool, &a).await, json!(a), "{shown}");
                assert_eq!(found(&s, pool, &b).await, json!(b), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn invisible_characters_do_not_get_into_names() {
    let s = Server::start().await;
    let folds = json!({ "UsernameConfiguration": { "CaseSensitive": false } });
    let pool = pool(&s, folds).await;
    create(&s, &pool, "admin").await.ok();
    for hidden in INVISIBLE {
        for name in [
            format!("{hidden}admin"),
            format!("ad{hidden}min"),
            format!("admin{hidden}"),
        ] {
            let refused = create(&s, &pool, &name).await;
            let kind = &refused.body["__type"];
            assert_eq!(
                kind,
                "InvalidParameterException",
                "{}",
                name.escape_unicode()
            );
            assert_eq!(found(&s, &pool, &name).await, Value::Null);
        }
    }
}
