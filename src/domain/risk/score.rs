//! How risky a sign-in is: a simple score over the user's own history, which everybody can follow.
//!
//! One point for an address that none of the user's good sign-ins came from, one for a device that
//! none was made with, one for five failures within the hour before and one more for ten (what was
//! refused for its risk is no failure). One point
//! is Low, two are Medium, three or more are High. A good sign-in is one that was completed and was not
//! called `Invalid`, or one that was called `Valid`; without any there is no new address or device.

use crate::error::Result;
use crate::ids::{PoolId, Sub};
use crate::store::auth_events::{self, Level, Origin, Past};
use crate::store::db::Conn;
use crate::time::{Span, Timestamp};

/// How long failures count.
const RECENT: Span = Span::hours(1);
/// Failures of a point.
const SOME: i64 = 5;
/// Failures of another.
const MANY: i64 = 10;
/// How many good sign-ins are looked at.
const LOOKED_AT: i64 = 50;

/// The level of risk of a sign-in that is going on.
pub(in crate::domain) async fn of_user(
    db: &mut Conn,
    owner: (&PoolId, &Sub),
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<Level>> {
    let good = auth_events::good(db, owner, LOOKED_AT).await?;
    let failures = auth_events::failures(db, owner, now.minus(RECENT)).await?;
    Ok(level(&good, failures, origin))
}

/// The level of risk, if there is any, beside the user's good sign-ins and recent failures.
fn level(good: &[Past], failures: i64, origin: &Origin) -> Option<Level> {
    let new = |mine: Option<&String>, theirs: fn(&Past) -> Option<&String>| {
        let known: Vec<&String> = good.iter().filter_map(theirs).collect();
        mine.is_some_and(|mine| !known.is_empty() && !known.contains(&mine))
    };
    let points = [
        new(origin.ip.as_ref(), |p| p.ip.as_ref()),
        new(origin.device_hash.as_ref(), |p| p.device_hash.as_ref()),
        failures >= SOME,
        failures >= MANY,
    ];
    match points.iter().filter(|point| **point).count() {
        0 => None,
        1 => Some(Level::Low),
        2 => Some(Level::Medium),
        _ => Some(Level::High),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(ip: &str, device: &str) -> Origin {
        Origin {
            ip: Some(ip.to_owned()),
            device_hash: Some(device.to_owned()),
            ..Origin::default()
        }
    }

    #[test]
    fn each_point_makes_the_risk_greater() {
        let known = [Past {
            ip: Some("192.0.2.1".to_owned()),
            device_hash: Some("phone".to_owned()),
        }];
        let (low, medium, high) = (Some(Level::Low), Some(Level::Medium), Some(Level::High));
        let here = from("192.0.2.1", "phone");
        assert_eq!(level(&[], 0, &here), None);
        assert_eq!(level(&[], 5, &here), low);
        assert_eq!(level(&known, 0, &here), None);
        assert_eq!(level(&known, 0, &Origin::default()), None);
        assert_eq!(level(&known, 0, &from("192.0.2.2", "phone")), low);
        assert_eq!(level(&known, 0, &from("192.0.2.1", "laptop")), low);
        assert_eq!(level(&known, 0, &from("192.0.2.2", "laptop")), medium);
        assert_eq!(level(&known, 4, &here), None);
        assert_eq!(level(&known, 5, &here), low);
        assert_eq!(level(&known, 10, &here), medium);
        assert_eq!(level(&known, 10, &from("192.0.2.2", "phone")), high);
        assert_eq!(level(&known, 10, &from("192.0.2.2", "laptop")), high);
    }
}
