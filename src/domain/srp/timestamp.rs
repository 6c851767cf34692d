//! TIMESTAMP: the client's clock in the form of the Java date format the first SDK used.

use ::time::PrimitiveDateTime;
use ::time::format_description::StaticFormatDescription;
use ::time::macros::format_description;

use crate::time::Timestamp;

/// `EEE MMM d HH:mm:ss UTC yyyy`: English names, the day without a leading zero.
const FORM: StaticFormatDescription = format_description!(
    "[weekday repr:short] [month repr:short] [day padding:none] [hour]:[minute]:[second] UTC [year]"
);
/// The same with the day filled up by a space, as C's `%e` writes it.
const SPACED: StaticFormatDescription = format_description!(
    "[weekday repr:short] [month repr:short] [day padding:space] [hour]:[minute]:[second] UTC [year]"
);

/// Reads a TIMESTAMP such as `Tue Jan 6 07:08:09 UTC 2026`. A day filled up to two places with a
/// zero or a space is taken as well; anything else is `None`.
///
/// The text itself is part of the signed message, so keep it as sent.
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let moment = PrimitiveDateTime::parse(text, FORM)
        .or_else(|_| PrimitiveDateTime::parse(text, SPACED))
        .ok()?;
    moment
        .assume_utc()
        .unix_timestamp()
        .checked_mul(1000)
        .map(Timestamp::from_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> Option<i64> {
        parse_timestamp(text).map(Timestamp::ms)
    }

    #[test]
    fn the_form_of_the_clients() {
        assert_eq!(ms("Tue Jan 6 07:08:09 UTC 2026"), Some(1_767_683_289_000));
        assert_eq!(ms("Thu Jan 1 00:00:00 UTC 1970"), Some(0));
        assert_eq!(ms("Thu Feb 29 23:59:59 UTC 2024"), Some(1_709_251_199_000));
    }

    #[test]
    fn days_filled_up_to_two_places() {
        assert_eq!(ms("Tue Jan 06 07:08:09 UTC 2026"), Some(1_767_683_289_000));
        assert_eq!(ms("Tue Jan  6 07:08:09 UTC 2026"), Some(1_767_683_289_000));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "Tue Jan 6 07:08:09 2026",
            "Tue Jan 6 07:08:09 GMT 2026",
            "Tue Jan 6 07:08:09 utc 2026",
            "tue Jan 6 07:08:09 UTC 2026",
            "Tue JAN 6 07:08:09 UTC 2026",
            "Di Jan 6 07:08:09 UTC 2026",
            "Tue Jan 6 7:08:09 UTC 2026",
            "Tue Jan 6 24:08:09 UTC 2026",
            "Tue Feb 30 07:08:09 UTC 2026",
            "Tue Jan 0 07:08:09 UTC 2026",
            "Tue Jan 006 07:08:09 UTC 2026",
            "Tue Jan 6 07:08:09 UTC 26",
            " Tue Jan 6 07:08:09 UTC 2026",
            "Tue Jan 6 07:08:09 UTC 2026 ",
            "2026-01-06T07:08:09Z",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }
}
