//! Where a client hides who exists, nobody's name costs what a user's does: the same hashes and the
//! same statements (security.md G6).

use std::sync::{Arc, Mutex};

use poolhouse::domain::password::Kind;
use poolhouse::store::users::{Status, User};
use serde_json::{Value, json};

use super::stage::{PASSWORD, Stage};
use crate::support::Answer;

/// Everything that this process logs; statements among it, with the request they belong to.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// The drivers work on threads of their own, so this is for the whole process.
    fn start() -> Self {
        let log = Self::default();
        let sink = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(move || sink.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    }

    /// The statements of a request, each by its first words.
    fn statements(&self, answer: &Answer) -> Vec<String> {
        let id = answer.headers["x-amzn-requestid"].to_str().unwrap();
        let log = String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned();
        let of_request = log.lines().filter(|line| line.contains(id));
        let summary = |line: &str| {
            let (_, summary) = line.split_once("sqlx::query: summary=\"")?;
            summary
                .split_once('"')
                .map(|(summary, _)| summary.to_owned())
        };
        of_request.filter_map(summary).collect()
    }
}

async fn ask(stage: &Stage, flow: &str, name: &str) -> Answer {
    let named = |more: Value| {
        let mut body = json!({ "ClientId": stage.client, "Username": name });
        crate::api::merge(&mut body, &more);
        body
    };
    let code = json!({ "ConfirmationCode": "0000" });
    let reset = json!({ "ConfirmationCode": "0000", "Password": PASSWORD });
    match flow {
        "password" => stage.sign_in(name, "wrong").await,
        "srp" => {
            let parameters = json!({ "USERNAME": name, "SRP_A": "02" });
            stage.initiate("USER_SRP_AUTH", parameters).await
        }
        "choice" => stage.choose(name, json!({})).await,
        "code" => {
            let preferred = json!({ "PREFERRED_CHALLENGE": "EMAIL_OTP" });
            stage.choose(name, preferred).await
        }
        "chosen password" | "chosen srp" | "chosen code" | "wrong code" => {
            let (answer, more) = match flow {
                "chosen password" => ("PASSWORD", json!({ "PASSWORD": "wrong" })),
                "chosen srp" => ("PASSWORD_SRP", json!({ "SRP_A": "02" })),
                _ => ("EMAIL_OTP", json!({})),
            };
            let asked = stage.choose(name, json!({})).await.ok();
            let mut responses = json!({ "USERNAME": name, "ANSWER": answer });
            crate::api::merge(&mut responses, &more);
            let session = asked["Session"].as_str();
            let sent = stage.respond("SELECT_CHALLENGE", session, responses).await;
            if flow != "wrong code" {
                return sent;
            }
            let sent = sent.ok();
            let wrong = json!({ "USERNAME": name, "EMAIL_OTP_CODE": "0" });
            stage
                .respond("EMAIL_OTP", sent["Session"].as_str(), wrong)
                .await
        }
        "proof" => stage.srp_sign_in(name, "wrong").await,
        "forgot" => stage.s.api("ForgotPassword", named(json!({}))).await,
        "reset" => stage.s.api("ConfirmForgotPassword", named(reset)).await,
        "resend" => {
            let operation = "ResendConfirmationCode";
            stage.s.api(operation, named(json!({}))).await
        }
        _ => stage.s.api("ConfirmSignUp", named(code)).await,
    }
}

#[tokio::test]
async fn nobody_costs_the_work_of_somebody() {
    let log = Log::start();
    let pool = json!({
        "AutoVerifiedAttributes": ["email"],
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } },
    });
    let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let stage = Stage::with(pool, hides).await;
    let own = || Some((PASSWORD, Kind::Permanent));
    let verified = |user: &mut User| {
        let (name, value) = ("email_verified", "true");
        user.attributes.insert(name.to_owned(), value.to_owned());
    };
    stage.user_with("ada", verified, own()).await;
    let waits = |user: &mut User| user.status = Status::Unconfirmed;
    stage.user_with("una", waits, own()).await;
    let work = async |flow: &str, name: &str| {
        let before = stage.s.app.hashing.evaluations();
        let answer = ask(&stage, flow, name).await;
        let evaluated = stage.s.app.hashing.evaluations() - before;
        (answer.status, evaluated, log.statements(&answer))
    };
    let mut differ = Vec::new();
    for (flow, user) in [
        ("password", "ada"),
        ("srp", "ada"),
        ("proof", "ada"),
        ("choice", "ada"),
        ("code", "ada"),
        ("chosen password", "ada"),
        ("chosen srp", "ada"),
        ("chosen code", "ada"),
        ("wrong code", "ada"),
        ("forgot", "ada"),
        ("reset", "ada"),
        ("resend", "una"),
        ("confirm", "una"),
    ] {
        work(flow, user).await; // what is remembered from now on is remembered for both
        let (somebody, nobody) = (work(flow, user).await, work(flow, "nobody").await);
        assert!(!somebody.2.is_empty(), "{flow}: no statement was seen");
        if somebody != nobody {
            differ.push(format!("{flow}: {somebody:#?} {nobody:#?}"));
        }
        stage.advance_ms(3_600_000);
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
