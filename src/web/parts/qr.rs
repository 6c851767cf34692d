//! QR codes, drawn as one path. Source: ISO/IEC 18004.

use std::fmt::Write as _;

use askama::Template;
use askama::filters::HtmlSafe;
use qrcodegen::{QrCode, QrCodeEcc};

/// The light border that a reader needs, in modules.
const QUIET: i32 = 4;

/// A QR code.
#[derive(Clone, Debug, Template)]
#[template(
    source = r#"<svg class="qr" viewBox="0 0 {{ side }} {{ side }}" role="img" aria-label="{{ label }}"><path fill="currentColor" shape-rendering="crispEdges" d="{{ path }}"/></svg>"#,
    ext = "html"
)]
pub struct Qr {
    label: &'static str,
    side: i32,
    path: String,
}

impl HtmlSafe for Qr {}

impl Qr {
    /// Draws a text; none if it is too long for any QR code.
    pub fn of(text: &str, label: &'static str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let size = code.size();
        let mut path = String::new();
        for y in 0..size {
            for x in (0..size).filter(|x| code.get_module(*x, y)) {
                write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET).ok()?;
            }
        }
        Some(Self {
            label,
            side: size + 2 * QUIET,
            path,
        })
    }
}
