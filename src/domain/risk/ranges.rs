//! Ranges of addresses in CIDR notation (RFC 4632 3.1, RFC 4291 2.3).

use std::net::IpAddr;

use crate::error::{Error, Result};

/// A range: its first address and how many bits of it count.
struct Range {
    first: IpAddr,
    bits: u32,
}

/// Refuses a text that is not a range.
///
/// # Errors: InvalidParameter
pub(super) fn check(text: &str) -> Result<()> {
    parse(text).map(drop).ok_or_else(|| Error::ip_range(text))
}

/// Whether one of the ranges contains an address. An address that is not known is in none.
pub(super) fn contain(ranges: &[String], ip: Option<IpAddr>) -> bool {
    let Some(ip) = ip else { return false };
    let ip = ip.to_canonical();
    ranges
        .iter()
        .filter_map(|text| parse(text))
        .any(|range| range.contains(ip))
}

fn parse(text: &str) -> Option<Range> {
    let (first, bits) = text.split_once('/')?;
    let first: IpAddr = first.parse().ok()?;
    let plain = !bits.is_empty() && bits.len() <= 3 && bits.bytes().all(|b| b.is_ascii_digit());
    let bits: u32 = bits.parse().ok().filter(|_| plain)?;
    let most = if first.is_ipv4() { 32 } else { 128 };
    (bits <= most).then_some(Range { first, bits })
}

impl Range {
    fn contains(&self, ip: IpAddr) -> bool {
        match (self.first, ip) {
            (IpAddr::V4(first), IpAddr::V4(ip)) => {
                same(first.to_bits().into(), ip.to_bits().into(), 32, self.bits)
            }
            (IpAddr::V6(first), IpAddr::V6(ip)) => {
                same(first.to_bits(), ip.to_bits(), 128, self.bits)
            }
            _ => false,
        }
    }
}

/// Whether the first `bits` of two numbers of `width` bits are the same.
const fn same(a: u128, b: u128, width: u32, bits: u32) -> bool {
    bits == 0 || (a ^ b) >> (width - bits) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_its_addresses_and_no_other() {
        let holds = |range: &str, ip: &str| contain(&[range.to_owned()], ip.parse().ok());
        for (range, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.1/32", "192.0.2.1", "192.0.2.2"),
            ("192.0.2.77/25", "192.0.2.1", "192.0.2.128"),
            ("0.0.0.0/0", "255.255.255.255", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("::/0", "2001:db8::1", "192.0.2.1"),
            ("192.0.2.0/24", "::ffff:192.0.2.9", "::ffff:192.0.3.9"),
        ] {
            assert!(holds(range, inside), "{range} {inside}");
            assert!(!holds(range, outside), "{range} {outside}");
        }
        assert!(!contain(&["0.0.0.0/0".to_owned()], None));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "192.0.2.1",
            "192.0.2.0/33",
            "192.0.2.0/-1",
            "192.0.2.0/+1",
            "192.0.2.0/",
            "192.0.2/24",
            "2001:db8::/129",
            "x/8",
            "192.0.2.0/24 ",
            "192.0.2.0/0024",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
        assert!(check("10.0.0.0/8").is_ok() && check("::1/128").is_ok());
    }
}
