//! The same act over each transport.

use std::os::unix::fs::PermissionsExt;

use aws_lc_rs::hmac;
use poolhouse::ports::lambda::rules::{self, Rule};
use poolhouse::secret::Secret;
use serde_json::{Value, json};

use super::host::{Act, Host, arn, with_response};
use crate::api::auth::stage::Stage;
use crate::support::Server;

fn pool() -> Value {
    json!({ "LambdaConfig": { "PreSignUp": arn("gate") } })
}

async fn sign_up(stage: &Stage) -> crate::support::Answer {
    let body =
        json!({ "ClientId": stage.client, "Username": "ada", "Password": "Correct-Horse1!" });
    stage.s.api("SignUp", body).await
}

#[tokio::test]
async fn webhooks_are_signed_and_may_answer_the_response_alone() {
    let host = Host::start().await;
    let server =
        host.server_with(|c| c.triggers.secret = Some(Secret::new("wonderland".to_owned())));
    let stage = Stage::on(server.await, pool(), json!({})).await;
    host.does(|_| Act::Returns(json!({ "response": { "autoConfirmUser": true } })));
    assert_eq!(sign_up(&stage).await.ok()["UserConfirmed"], true);
    let seen = &host.take()[0];
    let header = |name: &str| seen.headers[name].to_str().unwrap().to_owned();
    assert_eq!(seen.path, "/hook");
    assert_eq!(header("x-poolhouse-trigger"), "PreSignUp");
    assert_eq!(header("x-poolhouse-function"), arn("gate"));
    let signature = header("x-poolhouse-signature");
    let (time, signature) = signature
        .strip_prefix("t=")
        .unwrap()
        .split_once(",v1=")
        .unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"wonderland");
    let signature = data_encoding::HEXLOWER
        .decode(signature.as_bytes())
        .unwrap();
    let signed = format!("{time}.{}", seen.body);
    hmac::verify(&key, signed.as_bytes(), &signature).unwrap();
}

#[tokio::test]
async fn rules_send_functions_to_their_places() {
    let host = Host::start().await;
    let rules = [
        format!("*=lambda:{}", host.url),
        format!("*:function:gate={}/gate", host.url),
        format!(
            "*:function:rie={}/2015-03-31/functions/function/invocations",
            host.url
        ),
    ];
    let rules: Vec<Rule> = rules.iter().map(|r| Rule::parse(r).unwrap()).collect();
    let server = Server::with(|c| c.triggers.rules = rules).await;
    let config = json!({ "LambdaConfig": {
        "PreSignUp": arn("gate"), "PostConfirmation": arn("rie"), "PostAuthentication": arn("other"),
    } });
    let stage = Stage::on(server, config, json!({})).await;
    host.does(|event| Act::Returns(with_response(event, &json!({ "autoConfirmUser": true }))));
    sign_up(&stage).await.ok();
    let parameters = json!({ "USERNAME": "ada", "PASSWORD": "Correct-Horse1!" });
    stage.initiate("USER_PASSWORD_AUTH", parameters).await.ok();
    let paths: Vec<String> = host.take().into_iter().map(|seen| seen.path).collect();
    assert_eq!(
        paths,
        [
            "/gate",
            "/2015-03-31/functions/function/invocations",
            "/2015-03-31/functions/other/invocations"
        ]
    );
}

#[tokio::test]
async fn a_command_of_the_operators_file() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("gate.sh");
    std::fs::write(
        &script,
        "#!/bin/sh\nread -r event\ncase \"$event\" in *'\"bob\"'*) echo 'no bobs' >&2; exit 1;; esac\n\
         echo '{\"response\":{\"autoConfirmUser\":true}}'\n",
    )
    .unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    let file = folder.path().join("map.json");
    let map = json!({ "allow_commands": true, "map": [
        { "arn": "*:function:gate", "command": ["/bin/sh", script] },
    ] });
    std::fs::write(&file, map.to_string()).unwrap();
    let rules = rules::read_file(&file).unwrap();
    let server = Server::with(|c| c.triggers.rules = rules).await;
    let stage = Stage::on(server, pool(), json!({})).await;
    assert_eq!(sign_up(&stage).await.ok()["UserConfirmed"], true);
    let body =
        json!({ "ClientId": stage.client, "Username": "bob", "Password": "Correct-Horse1!" });
    let refused = stage.s.api("SignUp", body).await;
    refused.error(
        "UserLambdaValidationException",
        "PreSignUp failed with error no bobs.",
    );
}

#[tokio::test]
async fn a_command_that_hangs_is_ended() {
    let rules = vec![{
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("map.json");
        let map =
            json!({ "allow_commands": true, "map": [{ "arn": "*", "command": ["sleep", "600"] }] });
        std::fs::write(&file, map.to_string()).unwrap();
        rules::read_file(&file).unwrap().remove(0)
    }];
    let server = Server::with(|c| {
        c.triggers.rules = rules;
        c.triggers.timeout = std::time::Duration::from_millis(200);
    });
    let stage = Stage::on(server.await, pool(), json!({})).await;
    let refused = sign_up(&stage).await;
    let text =
        "PreSignUp invocation failed due to error Socket timeout while invoking Lambda function.";
    refused.error("UnexpectedLambdaException", text);
}
