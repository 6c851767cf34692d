//! What tokens need, told from the rules in api-auth.md 5 and not from the code, and whether what was
//! proven is enough.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poolhouse::store::users::Factor;
use serde_json::Value;

use super::world::{Chain, Ground, Mode, Person};

/// What a step came to.
#[derive(Debug)]
pub enum Told {
    Tokens,
    Challenge,
    Refusal,
}

/// The second factors of which one must be proven; none where nothing is asked.
fn second(ground: &Ground, person: &Person) -> Option<BTreeSet<Factor>> {
    let usable: BTreeSet<Factor> = person
        .factors
        .intersection(&ground.offered)
        .copied()
        .collect();
    match ground.mode {
        Mode::Off => None,
        _ if !usable.is_empty() => {
            let preferred = person.preferred.filter(|factor| usable.contains(factor));
            Some(preferred.map_or(usable, |factor| [factor].into()))
        }
        Mode::Optional => None,
        Mode::On if person.phone.is_some() && ground.offered.contains(&Factor::Sms) => {
            Some([Factor::Sms].into())
        }
        // One has to be set up, and then it is among the user's.
        Mode::On => Some(BTreeSet::new()),
    }
}

/// Fails when somebody is signed in who has not proven everything.
pub fn judge(
    ground: &Ground,
    person: &Person,
    chain: &Chain,
    (sub, address): (&str, &str),
) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("TOKENS {what}: {} {chain:?}", person.name));
    if sub != person.sub.as_str() {
        return wrong("of somebody else");
    }
    if !person.enabled {
        return wrong("of a disabled user");
    }
    if chain.era != person.era {
        return wrong("after the sign-in was ended");
    }
    if !chain.first {
        return wrong("without the first factor");
    }
    if person.temporary {
        return wrong("with a temporary password");
    }
    if ground.blocks && address == super::world::BLOCKED {
        return wrong("from a refused address");
    }
    let Some(asked) = second(ground, person) else {
        return Ok(());
    };
    match chain.second {
        Some(proven) if asked.contains(&proven) => Ok(()),
        _ => wrong("without the second factor"),
    }
}

/// Whose an access token is.
pub fn sub_of(token: &str) -> String {
    let claims = token.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["sub"].as_str().unwrap().to_owned()
}
