//! What a walker can do next.

use proptest::prelude::{Just, Strategy, any as whatever, prop_oneof};

/// One step. Numbers choose among what there is, wrapped around.
#[derive(Clone, Debug)]
pub enum Action {
    /// Begins a sign-in of somebody.
    Begin {
        who: u8,
        how: How,
        right: bool,
        face: Face,
        blocked: bool,
        device: Option<Named>,
    },
    /// Answers a challenge.
    Answer {
        which: u16,
        with: With,
        right: bool,
        twist: Twist,
        device: Option<Named>,
    },
    /// Uses the session of a challenge to set an authenticator app up.
    Associate { which: u16 },
    /// Gives the first code of that app.
    Verify { which: u16, right: bool },
    /// Uses the refresh token of somebody's last sign-in, with its device or without.
    Refresh { who: u8, named: bool },
    /// Something happens to an account.
    Happens { who: u8, what: Event },
    /// Time passes.
    Wait { seconds: u16 },
}

#[derive(Clone, Copy, Debug)]
pub enum How {
    Password,
    Srp,
    Choice,
    ChoosePassword,
    ChooseSrp,
    ChooseMail,
    ChooseSms,
    ChoosePasskey,
    Custom,
    /// With the password first.
    CustomSrp,
    /// Towards a level, from scratch.
    Target(u8),
    /// Towards a level, from the user's last access token, or from somebody else's.
    StepUp(u8),
}

/// Which device is named, by number: remembered, not remembered, or forgotten.
#[derive(Clone, Copy, Debug)]
pub enum Named {
    /// One that the user has or had.
    Own(u8),
    /// Anybody's.
    Any(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Api,
    Admin,
    Hosted,
}

/// Which challenge is named in an answer.
#[derive(Clone, Copy, Debug)]
pub enum With {
    /// The one that was asked.
    Asked,
    /// Another, by number.
    Other(u8),
}

/// What is wrong with an answer beside its proof.
#[derive(Clone, Copy, Debug)]
pub enum Twist {
    Nothing,
    /// In somebody else's name.
    User(u8),
    /// At another door.
    Face(Face),
    /// By another client of the pool.
    Client,
    /// At another pool.
    Pool,
    /// With the session of another challenge.
    Session(u16),
    /// Without a session.
    NoSession,
    /// From an address that is always refused.
    Blocked,
}

#[derive(Clone, Copy, Debug)]
pub enum Event {
    Disable,
    Enable,
    SignOut,
    NewPassword,
    /// An administrator asks for a new password.
    Reset,
    /// The user sets one, with a code.
    Recover,
    /// The user deletes the passkey.
    DropPasskey,
    /// The user registers another one.
    AddPasskey,
    /// A device is forgotten.
    Forget(u8),
    /// A device is remembered from now on, or no more.
    Remember(u8, bool),
}

fn face() -> impl Strategy<Value = Face> {
    prop_oneof![4 => Just(Face::Api), 2 => Just(Face::Admin), 2 => Just(Face::Hosted)]
}

fn mostly() -> impl Strategy<Value = bool> {
    prop_oneof![5 => Just(true), 1 => Just(false)]
}

fn seldom() -> impl Strategy<Value = bool> {
    prop_oneof![1 => Just(true), 20 => Just(false)]
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![
        6 => Just(How::Password),
        3 => Just(How::Srp),
        3 => Just(How::Choice),
        2 => Just(How::ChoosePassword),
        1 => Just(How::ChooseSrp),
        2 => Just(How::ChooseMail),
        2 => Just(How::ChooseSms),
        3 => Just(How::ChoosePasskey),
        2 => Just(How::Custom),
        1 => Just(How::CustomSrp),
        3 => (1..=4_u8).prop_map(How::Target),
        5 => (1..=4_u8).prop_map(How::StepUp),
    ]
}

fn named() -> impl Strategy<Value = Option<Named>> {
    prop_oneof![
        4 => Just(None),
        4 => whatever::<u8>().prop_map(|n| Some(Named::Own(n))),
        1 => whatever::<u8>().prop_map(|n| Some(Named::Any(n))),
    ]
}

/// Most answers say nothing about a device that was not asked for.
fn again() -> impl Strategy<Value = Option<Named>> {
    prop_oneof![3 => Just(None), 1 => named()]
}

fn twist() -> impl Strategy<Value = Twist> {
    prop_oneof![
        24 => Just(Twist::Nothing),
        1 => whatever::<u8>().prop_map(Twist::User),
        1 => face().prop_map(Twist::Face),
        1 => Just(Twist::Client),
        1 => Just(Twist::Pool),
        2 => whatever::<u16>().prop_map(Twist::Session),
        1 => Just(Twist::NoSession),
        1 => Just(Twist::Blocked),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => Just(Event::Disable),
        6 => Just(Event::Enable),
        2 => Just(Event::SignOut),
        2 => Just(Event::NewPassword),
        1 => Just(Event::Reset),
        2 => Just(Event::Recover),
        2 => Just(Event::DropPasskey),
        3 => Just(Event::AddPasskey),
        1 => whatever::<u8>().prop_map(Event::Forget),
        3 => (whatever::<u8>(), mostly()).prop_map(|(n, on)| Event::Remember(n, on)),
    ]
}

/// Any step: answers to what is newest come most.
pub fn any() -> impl Strategy<Value = Action> {
    let which = || prop_oneof![6 => 0..3_u16, 2 => 0..12_u16, 1 => whatever::<u16>()];
    let with = || prop_oneof![10 => Just(With::Asked), 1 => whatever::<u8>().prop_map(With::Other)];
    prop_oneof![
        10 => (whatever::<u8>(), how(), mostly(), face(), seldom(), named())
            .prop_map(|(who, how, right, face, blocked, device)| Action::Begin { who, how, right, face, blocked, device }),
        22 => (which(), with(), mostly(), twist(), again())
            .prop_map(|(which, with, right, twist, device)| Action::Answer { which, with, right, twist, device }),
        3 => which().prop_map(|which| Action::Associate { which }),
        3 => (which(), mostly()).prop_map(|(which, right)| Action::Verify { which, right }),
        2 => (whatever::<u8>(), mostly()).prop_map(|(who, named)| Action::Refresh { who, named }),
        2 => (whatever::<u8>(), event()).prop_map(|(who, what)| Action::Happens { who, what }),
        2 => (0..240_u16).prop_map(|seconds| Action::Wait { seconds }),
    ]
}
