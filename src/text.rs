//! The one catalogue of page and mail text: `text(locale, key)`.
