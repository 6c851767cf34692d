//! Sign-ins that functions make up.

use serde_json::{Value, json};

use super::accounts::user;
use super::cases;
use super::run::{Ending, Run};
use super::sign_in::{give_code, prove};
use crate::support::srp_client::SrpClient;
use crate::triggers::custom::SOLUTION;

cases! {
    "InitiateAuth with CUSTOM_AUTH": user, alone;
    "AdminInitiateAuth with CUSTOM_AUTH": user, alone;
    "InitiateAuth with CUSTOM_AUTH and a second factor": user, and_a_factor;
    "AdminInitiateAuth with CUSTOM_AUTH and a second factor": user, and_a_factor;
    "InitiateAuth with CUSTOM_AUTH and SRP_A": user, after_the_password;
    "AdminInitiateAuth with CUSTOM_AUTH and SRP_A": user, after_the_password;
}

async fn alone(run: &Run<'_>, _: Value) -> Ending {
    let parameters = json!({ "USERNAME": run.name });
    let asked = run.initiate("CUSTOM_AUTH", parameters).await?;
    solve(run, &asked).await
}

async fn solve(run: &Run<'_>, asked: &Value) -> Ending {
    assert_eq!(asked["ChallengeName"], "CUSTOM_CHALLENGE", "{asked}");
    assert_eq!(asked["ChallengeParameters"]["riddle"], "which?");
    run.respond(asked, json!({ "ANSWER": SOLUTION })).await
}

async fn and_a_factor(run: &Run<'_>, begun: Value) -> Ending {
    let asked = alone(run, begun).await?;
    // The code's sender is called after the answer; only then is it certain to come before the rest.
    run.ground.server.app.jobs.finish().await;
    give_code(run, &asked).await
}

async fn after_the_password(run: &Run<'_>, _: Value) -> Ending {
    let client = SrpClient::new(7);
    let parameters = json!({
        "USERNAME": run.name, "CHALLENGE_NAME": "SRP_A", "SRP_A": client.public,
    });
    let asked = run.initiate("CUSTOM_AUTH", parameters).await?;
    let asked = prove(run, &client, &asked).await?;
    solve(run, &asked).await
}
