//! What tokens need, told from the rules in api-auth.md 5 and not from the code, and whether what was
//! proven is enough.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poolhouse::store::users::Factor;
use serde_json::Value;

use super::world::{Chain, Ground, Last, Mode, Person};

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
    if person.reset {
        return wrong("with a password that has to be reset");
    }
    if chain.era != person.era {
        return wrong("after the sign-in was ended");
    }
    if ground.blocks && address == super::world::BLOCKED {
        return wrong("from a refused address");
    }
    // A device that proved itself must be remembered when the sign-in ends.
    let device = chain.device.as_ref();
    if device.is_some_and(|key| !person.remembers(key)) {
        return wrong("with a device that is not remembered");
    }
    if let Some(riddle) = &chain.riddle {
        if !riddle.solved {
            return wrong("without what the functions ask for");
        }
        // Without the password the functions alone say what is enough.
        if !riddle.after_password {
            return Ok(());
        }
    }
    if !chain.first {
        return wrong("without the first factor");
    }
    if person.temporary {
        return wrong("with a temporary password");
    }
    let Some(mut asked) = second(ground, person) else {
        return Ok(());
    };
    let mut proven = chain.second.is_some_and(|proven| asked.contains(&proven));
    // A level may ask for another factor than the preferred one, and a token be credited with one.
    if chain.target.is_some() && !asked.is_empty() {
        asked.extend(person.factors.intersection(&ground.offered));
        let mut asked = asked.iter();
        proven |= asked.any(|factor| chain.methods.contains(method(*factor)));
    }
    // A passkey that recognised its person counts for two where pool and user say so, and the user
    // has another second factor.
    let has_one = !person.factors.is_disjoint(&ground.offered);
    let by_passkey = chain.recognised && ground.passkeys_count && person.passkey_counts && has_one;
    // A device stands for a factor that there is, never for one that has to be set up.
    let by_device = device.is_some() && ground.suppresses && !asked.is_empty();
    if proven || by_passkey || by_device {
        return Ok(());
    }
    wrong("without the second factor")
}

/// How a second factor is called in `amr`.
pub const fn method(factor: Factor) -> &'static str {
    match factor {
        Factor::Sms => "sms",
        Factor::Email => "email_otp",
        Factor::SoftwareToken => "otp",
    }
}

/// What a level is called.
pub fn level(number: u8) -> String {
    format!("urn:cognito:loa:{number}")
}

/// The level that methods come to, by the table of the developer guide.
fn reached(methods: &BTreeSet<&str>) -> u8 {
    let has = |name: &str| methods.contains(name);
    let code = has("sms") || has("email_otp");
    match has("pwd") {
        true if has("otp") => 4,
        _ if has("swk") || has("hwk") => 3,
        true if code => 3,
        _ if code => 2,
        true => 1,
        false => 0,
    }
}

/// Fails when tokens say more than was proven, or less than was gone for.
pub fn judge_said(
    person: &Person,
    chain: &Chain,
    (acr, amr): (Option<&str>, &str),
) -> Result<(), String> {
    let said = format!("{acr:?} {amr:?}");
    let wrong = |what: &str| Err(format!("CLAIMS {what}: {said} {} {chain:?}", person.name));
    let mut names: BTreeSet<&str> = amr.split(' ').filter(|name| !name.is_empty()).collect();
    if names.remove("mfa") != (names.len() > 1) {
        return wrong("that call one factor several, or several one");
    }
    if !names.is_subset(&chain.methods) {
        return wrong("of what was not proven");
    }
    let number = acr.map_or(0, |acr| acr.rsplit(':').next().unwrap().parse().unwrap());
    if number > reached(&chain.methods) || number != reached(&names) {
        return wrong("of a level that was not reached");
    }
    if chain.target.is_some_and(|target| number < target) {
        return wrong("below what was gone for");
    }
    Ok(())
}

/// `acr` and `amr` of an access token.
pub fn said(token: &str) -> (Option<String>, String) {
    let claims = claims(token);
    let names = claims["amr"].as_array().into_iter().flatten();
    let names: Vec<_> = names.map(|name| name.as_str().unwrap()).collect();
    (claims["acr"].as_str().map(str::to_owned), names.join(" "))
}

/// Fails when somebody refreshes what has ended since.
pub fn judge_refresh(
    person: &Person,
    last: &Last,
    (sub, named): (&str, bool),
) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("REFRESHED {what}: {}", person.name));
    let forgotten = |key: &String| {
        let mut devices = person.devices.iter();
        devices.any(|gadget| gadget.device.key == *key && gadget.forgotten)
    };
    if sub != person.sub.as_str() {
        return wrong("as somebody else");
    }
    if !person.enabled {
        return wrong("by a disabled user");
    }
    if person.reset {
        return wrong("with a password that has to be reset");
    }
    if last.revocations != person.revocations {
        return wrong("after it was revoked");
    }
    // All pools here keep track of devices.
    if !named || last.device.as_ref().is_none_or(forgotten) {
        return wrong("without its device");
    }
    Ok(())
}

/// What every long enough walk has to come by.
pub const WAYS: [&str; 10] = [
    "first factor alone",
    "second factor",
    "device",
    "device for the second factor",
    "passkey",
    "passkey for both",
    "riddle",
    "towards a level",
    "step up",
    REFRESH,
];
pub const REFRESH: &str = "refresh";

/// By what a sign-in was completed.
pub fn ways(ground: &Ground, person: &Person, chain: &Chain) -> impl Iterator<Item = &'static str> {
    let asked = second(ground, person).is_some();
    let (device, riddle) = (chain.device.is_some(), chain.riddle.is_some());
    let one = chain.second.is_none();
    let went = [
        !asked && one && !device && !riddle,
        !one,
        device,
        device && asked && one && !riddle,
        chain.recognised,
        chain.recognised && asked && one && !device,
        riddle,
        chain.target.is_some() && !chain.steps_up,
        chain.steps_up,
    ];
    WAYS.into_iter()
        .zip(went)
        .filter_map(|(way, went)| went.then_some(way))
}

/// Whose an access token is.
pub fn sub_of(token: &str) -> String {
    claim(token, "sub").unwrap()
}

/// A claim of an access token.
pub fn claim(token: &str, name: &str) -> Option<String> {
    claims(token)[name].as_str().map(str::to_owned)
}

fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}
