//! Whether a file is the picture that it says it is (security.md C11).
//!
//! Pictures are shown by `<img>` and CSS only, and served with a policy that lets nothing in them
//! run. This check is there so that no other file hides behind a picture's name: the structure of
//! the file is walked to its end.

use crate::settings::branding::Extension;

/// The largest side of a picture, in pixels.
const LARGEST: u32 = 16_384;

/// The kind of a logo: PNG or JPEG.
pub(super) fn logo(bytes: &[u8]) -> Option<Extension> {
    [Extension::Png, Extension::Jpeg]
        .into_iter()
        .find(|extension| is(*extension, bytes))
}

/// Whether the bytes are a whole picture of this kind and nothing else.
pub(super) fn is(extension: Extension, bytes: &[u8]) -> bool {
    match extension {
        Extension::Png => png(bytes).is_some(),
        Extension::Jpeg => jpeg(bytes).is_some(),
        Extension::Webp => webp(bytes).is_some(),
        Extension::Ico => ico(bytes).is_some(),
        Extension::Svg => svg(bytes),
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(pair.iter().fold(0, |n, byte| (n << 8) | u32::from(*byte)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(four.iter().fold(0, |n, byte| (n << 8) | u32::from(*byte)))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    be32(bytes, at).map(u32::swap_bytes)
}

fn sides(width: u32, height: u32) -> Option<()> {
    let fine = |side| (1..=LARGEST).contains(&side);
    (fine(width) && fine(height)).then_some(())
}

/// Chunks from IHDR to IEND (PNG specification 5.3).
fn png(bytes: &[u8]) -> Option<()> {
    let rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    if rest.get(4..8)? != b"IHDR" {
        return None;
    }
    sides(be32(rest, 8)?, be32(rest, 12)?)?;
    let (mut at, mut has_data) = (0_usize, false);
    loop {
        let length = usize::try_from(be32(rest, at)?).ok()?;
        let kind = rest.get(at.checked_add(4)?..at.checked_add(8)?)?;
        at = at.checked_add(length)?.checked_add(12)?;
        if at > rest.len() {
            return None;
        }
        match kind {
            b"IDAT" => has_data = true,
            b"IEND" => return (has_data && at == rest.len()).then_some(()),
            _ => {}
        }
    }
}

/// Segments up to the scan, and the end mark (ITU T.81 B.1).
fn jpeg(bytes: &[u8]) -> Option<()> {
    if !bytes.starts_with(b"\xff\xd8") || !bytes.ends_with(b"\xff\xd9") {
        return None;
    }
    let (mut at, mut framed) = (2_usize, false);
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let mark = *bytes.get(at.checked_add(1)?)?;
        let length = usize::try_from(be16(bytes, at.checked_add(2)?)?).ok()?;
        match mark {
            0xff => {
                at = at.checked_add(1)?;
                continue;
            }
            0xda => return framed.then_some(()),
            // Frames, but for the tables among their numbers.
            0xc0..=0xcf if ![0xc4, 0xc8, 0xcc].contains(&mark) => {
                sides(
                    be16(bytes, at.checked_add(7)?)?,
                    be16(bytes, at.checked_add(5)?)?,
                )?;
                framed = true;
            }
            0xc4 | 0xcc | 0xdb | 0xdd | 0xe0..=0xef | 0xfe => {}
            _ => return None,
        }
        if length < 2 {
            return None;
        }
        at = at.checked_add(2)?.checked_add(length)?;
    }
}

/// One RIFF chunk of kind WEBP as long as the file (RFC 9649 2.4).
fn webp(bytes: &[u8]) -> Option<()> {
    let length = usize::try_from(le32(bytes, 4)?).ok()?;
    let whole = bytes.starts_with(b"RIFF")
        && bytes.get(8..12)? == b"WEBP"
        && [b"VP8 ", b"VP8L", b"VP8X"]
            .iter()
            .any(|kind| bytes.get(12..16) == Some(kind.as_slice()))
        && length.checked_add(8)? == bytes.len();
    whole.then_some(())
}

/// A directory whose entries lie within the file.
fn ico(bytes: &[u8]) -> Option<()> {
    if !bytes.starts_with(&[0, 0, 1, 0]) {
        return None;
    }
    let count = usize::from(*bytes.get(4)?) | usize::from(*bytes.get(5)?) << 8;
    if !(1..=64).contains(&count) {
        return None;
    }
    for entry in 0..count {
        let at = entry.checked_mul(16)?.checked_add(6)?;
        let size = usize::try_from(le32(bytes, at.checked_add(8)?)?).ok()?;
        let from = usize::try_from(le32(bytes, at.checked_add(12)?)?).ok()?;
        let end = from.checked_add(size)?;
        if size == 0 || end > bytes.len() {
            return None;
        }
    }
    Some(())
}

/// Elements that an SVG may not hold, with or without a namespace's prefix.
const ELEMENTS: &[&str] = &[
    "script",
    "foreignobject",
    "iframe",
    "embed",
    "object",
    "handler",
];
/// Other texts that it may not hold, in lower case: code, entities, and styles from elsewhere.
const TEXTS: &[&str] = &["<!entity", "<?xml-stylesheet", "javascript:", "@import"];

/// A text whose first element is `<svg>` and whose last thing is its end.
fn svg(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    let lower = text.to_ascii_lowercase();
    let holds = |element: &&str| {
        lower.contains(&format!("<{element}")) || lower.contains(&format!(":{element}"))
    };
    if ELEMENTS.iter().any(holds) || TEXTS.iter().any(|text| lower.contains(text)) {
        return false;
    }
    let mut rest = text;
    loop {
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<!DOCTYPE") || rest.starts_with("<!doctype") {
            ">"
        } else {
            break;
        };
        let Some((_, after)) = rest.split_once(end) else {
            return false;
        };
        rest = after.trim_start();
    }
    let named = rest
        .strip_prefix("<svg")
        .is_some_and(|after| after.starts_with([' ', '\n', '\r', '\t', '>', '/']));
    named
        && (text.ends_with("</svg>") || text.ends_with("/>") || text.ends_with("-->"))
        && !has_handlers(&lower)
}

/// Whether an attribute is an event handler: `on` at the start of a name that a value follows.
fn has_handlers(lower: &str) -> bool {
    let mut rest = lower;
    while let Some(at) = rest.find("on") {
        let before = rest.get(..at).and_then(|before| before.chars().next_back());
        let after = rest.get(at..).unwrap_or_default();
        let name_ends = after.find(|c: char| !c.is_ascii_alphabetic());
        let value = name_ends.filter(|end| *end > 2);
        let value = value.and_then(|end| after.get(end..)).unwrap_or_default();
        let starts = before.is_some_and(|c| c.is_whitespace() || "\"'/".contains(c));
        if starts && value.trim_start().starts_with('=') {
            return true;
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Extension, is, logo};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

    fn png() -> Vec<u8> {
        STANDARD.decode(PNG).unwrap()
    }

    #[test]
    fn a_whole_png_is_one_and_a_changed_one_is_not() {
        assert_eq!(logo(&png()), Some(Extension::Png));
        let mut longer = png();
        longer.extend(b"<script>");
        assert!(!is(Extension::Png, &longer));
        for end in 0..png().len() {
            assert!(!is(Extension::Png, &png()[..end]), "{end}");
        }
        let mut huge = png();
        huge[16] = 0x7f;
        assert!(!is(Extension::Png, &huge));
        assert!(!is(Extension::Jpeg, &png()));
        assert!(!is(Extension::Png, b"iVBORw0KGgo="));
    }

    #[test]
    fn a_jpeg_has_a_frame_and_a_scan() {
        let mut jpeg = b"\xff\xd8".to_vec();
        jpeg.extend(b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
        jpeg.extend(b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00");
        jpeg.extend(b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9");
        assert_eq!(logo(&jpeg), Some(Extension::Jpeg));
        assert!(!is(Extension::Jpeg, &jpeg[..jpeg.len() - 1]));
        assert!(!is(Extension::Jpeg, b"\xff\xd8\xff\xd9"));
        assert!(!is(Extension::Jpeg, b"\xff\xd8GIF89a<html>\xff\xd9"));
    }

    #[test]
    fn webp_and_ico_are_as_long_as_they_say() {
        let mut webp = b"RIFF\x10\0\0\0WEBPVP8L\x04\0\0\0\x2f\0\0\0".to_vec();
        assert!(is(Extension::Webp, &webp));
        webp.push(0);
        assert!(!is(Extension::Webp, &webp));
        let mut ico = vec![0, 0, 1, 0, 1, 0];
        ico.extend([16, 16, 0, 0, 1, 0, 32, 0, 4, 0, 0, 0, 22, 0, 0, 0]);
        ico.extend([1, 2, 3, 4]);
        assert!(is(Extension::Ico, &ico));
        assert!(!is(Extension::Ico, &ico[..25]));
    }

    #[test]
    fn an_svg_draws_and_does_nothing_else() {
        for fine in [
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "\u{feff}<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<!DOCTYPE svg>\n<svg viewBox='0 0 1 1'><style>.a{fill:red}</style><path d='M0 0'/></svg>\n",
            "<svg xmlns='x'><text font='condensed'>only on = Monday</text></svg>",
        ] {
            assert!(is(Extension::Svg, fine.as_bytes()), "{fine}");
        }
        for foul in [
            "",
            "<html><svg/></html>",
            "<svgx/>",
            "<svg><script>alert(1)</script></svg>",
            "<svg onload='alert(1)'/>",
            "<svg\nonload = alert(1)></svg>",
            "<svg><a href='JavaScript:alert(1)'/></svg>",
            "<svg><foreignObject/></svg>",
            "<svg xmlns:x='http://www.w3.org/2000/svg'><x:script>1</x:script></svg>",
            "<!DOCTYPE svg [<!ENTITY x 'y'>]><svg/>",
            "<svg><style>@import 'x'</style></svg>",
            "<svg>",
        ] {
            assert!(!is(Extension::Svg, foul.as_bytes()), "{foul}");
        }
        assert!(!is(Extension::Svg, b"<svg>\xff</svg>"));
    }
}
