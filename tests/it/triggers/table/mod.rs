//! The table of docs/triggers.md, walked: each act asks exactly these functions, in this order, with
//! exactly these events (the snapshots), and each function's answer and each refusal has its effect.
//! An act without a case fails, and a case without an act.

mod accounts;
mod custom;
mod effect;
mod ground;
mod pages;
mod run;
mod script;
mod sign_in;
mod tokens;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::host::Host;
use crate::support::browser::{Browser, Page};
use effect::Effect;
use ground::Ground;
use run::{Channel, Ending, Run};
use script::{Script, WAYS};

/// How long the functions have: long enough for those that answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is done, in two parts: up to the act, and the act.
pub struct Case {
    act: &'static str,
    prepare: for<'a> fn(&'a Run<'a>) -> BoxFuture<'a, Begun>,
    does: for<'a> fn(&'a Run<'a>, Begun) -> BoxFuture<'a, Ending>,
}

/// What the first part hands to the second.
pub enum Begun {
    Value(Value),
    Page(Box<(Browser, Page)>),
}

impl From<Value> for Begun {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<(Browser, Page)> for Begun {
    fn from(page: (Browser, Page)) -> Self {
        Self::Page(Box::new(page))
    }
}

impl From<Begun> for Value {
    fn from(begun: Begun) -> Self {
        match begun {
            Begun::Value(value) => value,
            Begun::Page(_) => panic!("a page was prepared"),
        }
    }
}

impl From<Begun> for (Browser, Page) {
    fn from(begun: Begun) -> Self {
        match begun {
            Begun::Page(page) => *page,
            Begun::Value(value) => panic!("no page was prepared but {value}"),
        }
    }
}

/// `"act": prepare, does;`
macro_rules! cases {
    ($($act:literal: $prepare:path, $does:path;)*) => {
        pub fn cases() -> Vec<super::Case> {
            vec![$(super::Case {
                act: $act,
                prepare: |run| Box::pin(async move { $prepare(run).await.into() }),
                does: |run, begun| Box::pin($does(run, begun.into())),
            },)*]
        }
    };
}
use cases;

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    act: String,
    /// `*_X` is the message's, by whichever trigger.
    sources: Vec<String>,
}

/// The rows of docs/triggers.md; `(Admin)X` is two.
fn rows() -> Vec<Row> {
    let text = include_str!("../../../../docs/triggers.md");
    let part = text.split("## Which trigger, when").nth(1).unwrap();
    let part = part.split("\n## ").next().unwrap();
    let mut rows = Vec::new();
    for line in part.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [act, sources] = cells.as_slice() else {
            panic!("not two columns: {line}");
        };
        if *act == "act" || act.starts_with("---") {
            continue;
        }
        let act = act.replace('`', "");
        let sources = sources.split(", ").filter(|source| *source != "none");
        let sources: Vec<String> = sources.map(str::to_owned).collect();
        let acts = match act.strip_prefix("(Admin)") {
            Some(rest) => vec![rest.to_owned(), format!("Admin{rest}")],
            None => vec![act],
        };
        rows.extend(acts.into_iter().map(|act| Row {
            act,
            sources: sources.clone(),
        }));
    }
    rows
}

impl Row {
    /// By whom a message of this act may go.
    fn channels(&self) -> &'static [Channel] {
        if self.sources.iter().any(|source| source.starts_with('*')) {
            &[Channel::Message, Channel::EmailSender, Channel::SmsSender]
        } else if self
            .sources
            .iter()
            .any(|s| s.starts_with("CustomEmailSender"))
        {
            &[Channel::EmailSender]
        } else {
            &[Channel::Message]
        }
    }

    fn sources(&self, channel: Channel) -> Vec<String> {
        let sources = self.sources.iter();
        sources.map(|s| s.replace('*', channel.trigger())).collect()
    }
}

fn all_cases() -> Vec<Case> {
    let parts = [
        accounts::cases(),
        sign_in::cases(),
        custom::cases(),
        tokens::cases(),
        pages::cases(),
    ];
    parts.into_iter().flatten().collect()
}

#[test]
fn every_act_of_the_table_has_a_case_and_every_case_an_act() {
    let rows = rows();
    let acts: BTreeSet<&str> = rows.iter().map(|row| row.act.as_str()).collect();
    let cases = all_cases();
    let walked: BTreeSet<&str> = cases.iter().map(|case| case.act).collect();
    assert_eq!(acts, walked);
    assert_eq!((acts.len(), walked.len()), (rows.len(), cases.len()));
}

/// No trigger is left out of the table but the one of federated users.
#[test]
fn the_table_names_every_trigger_source() {
    let rows = rows();
    let mut named = BTreeSet::new();
    for row in &rows {
        for channel in row.channels() {
            named.extend(row.sources(*channel));
        }
    }
    let mut known: BTreeSet<String> = [
        "PreSignUp_SignUp",
        "PreSignUp_AdminCreateUser",
        "PostConfirmation_ConfirmSignUp",
        "PostConfirmation_ConfirmForgotPassword",
        "PreAuthentication_Authentication",
        "PostAuthentication_Authentication",
        "DefineAuthChallenge_Authentication",
        "CreateAuthChallenge_Authentication",
        "VerifyAuthChallengeResponse_Authentication",
        "CustomEmailSender_AccountTakeOverNotification",
        "UserMigration_Authentication",
        "UserMigration_ForgotPassword",
        "TokenGeneration_Authentication",
        "TokenGeneration_AuthenticateDevice",
        "TokenGeneration_ClientCredentials",
        "TokenGeneration_HostedAuth",
        "TokenGeneration_NewPasswordChallenge",
        "TokenGeneration_RefreshTokens",
    ]
    .map(str::to_owned)
    .into();
    for trigger in ["CustomMessage", "CustomEmailSender", "CustomSMSSender"] {
        for reason in [
            "AdminCreateUser",
            "Authentication",
            "ForgotPassword",
            "ResendCode",
            "SignUp",
            "UpdateUserAttribute",
            "VerifyUserAttribute",
        ] {
            known.insert(format!("{trigger}_{reason}"));
        }
    }
    assert_eq!(named, known);
}

/// Walks the rows of some cases; the snapshot holds every event, whole, and what was left behind.
async fn walk(name: &str, cases: Vec<Case>) {
    let host = Host::start().await;
    let script = Script::default();
    script.plays_on(&host);
    let server = host.server_with(|config| config.triggers.timeout = PATIENCE);
    let server = server.await;
    let mut kinds = BTreeSet::new();
    let rows = rows();
    let mut seen = String::new();
    for case in &cases {
        let row = rows.iter().find(|row| row.act == case.act);
        let row = row.unwrap_or_else(|| panic!("no act {}", case.act));
        for channel in row.channels() {
            let ground = Ground::open(&server, &host, &script, (case.act, *channel)).await;
            let sources = row.sources(*channel);
            let (events, undisturbed) = ground.walk(case, &sources).await;
            let by = if row.channels().len() > 1 {
                format!(", {}", channel.trigger())
            } else {
                String::new()
            };
            writeln!(seen, "## {}{by}", row.act).unwrap();
            for event in events {
                writeln!(seen, "{event}").unwrap();
            }
            writeln!(seen, "{undisturbed}\n").unwrap();
            for (at, source) in sources.iter().enumerate() {
                let kind = source.split('_').next().unwrap().to_owned();
                // Each kind fails in every way once, and refuses on every path.
                let ways = if kinds.insert(kind) {
                    &WAYS[..]
                } else {
                    &WAYS[..1]
                };
                for way in ways {
                    ground
                        .failing(case, (at, *way), (&sources, &undisturbed))
                        .await;
                }
            }
        }
    }
    insta::assert_snapshot!(name, seen);
}

#[tokio::test]
async fn accounts() {
    walk("accounts", accounts::cases()).await;
}

#[tokio::test]
async fn sign_ins() {
    walk("sign_ins", sign_in::cases()).await;
}

#[tokio::test]
async fn custom_challenges() {
    walk("custom_challenges", custom::cases()).await;
}

#[tokio::test]
async fn tokens() {
    walk("tokens", tokens::cases()).await;
}

#[tokio::test]
async fn pages() {
    walk("pages", pages::cases()).await;
}

/// What may be left behind when the function at this place fails.
fn left(at: usize, sources: &[String], undisturbed: &Effect) -> Effect {
    let kind = |source: &str| source.split('_').next().unwrap().to_owned();
    let is_post = |source: &String| kind(source).starts_with("Post");
    let before = &sources[..at];
    if kind(&sources[at]).ends_with("Sender") {
        return undisturbed.clone();
    }
    // What came before a function that undoes nothing, or after it.
    if is_post(&sources[at]) || before.iter().any(is_post) {
        return undisturbed.without_tokens();
    }
    // Who was brought from elsewhere has come.
    if before
        .iter()
        .any(|source| source.starts_with("UserMigration"))
    {
        return undisturbed.without_tokens().without_code();
    }
    Effect::none()
}
