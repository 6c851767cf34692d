//! Signing in at the API, at both of its doors.

use serde_json::{Value, json};

use super::accounts::{invited, nothing, user};
use super::cases;
use super::ground::password;
use super::run::{Ending, NEW_PASSWORD, PASSWORD, Run};
use crate::api::auth::device::Device;
use crate::api::auth::stage::timestamp;
use crate::support::srp_client::{Given, SrpClient};

cases! {
    "InitiateAuth with the password": user, by_password;
    "AdminInitiateAuth with the password": user, by_password;
    "InitiateAuth with USER_SRP_AUTH": user, by_srp;
    "AdminInitiateAuth with USER_SRP_AUTH": user, by_srp;
    "InitiateAuth of a user who is elsewhere": nothing, by_password;
    "AdminInitiateAuth of a user who is elsewhere": nothing, by_password;
    "InitiateAuth with a temporary password": invited, new_password;
    "AdminInitiateAuth with a temporary password": invited, new_password;
    "InitiateAuth with a code as second factor": careful, with_code;
    "AdminInitiateAuth with a code as second factor": careful, with_code;
    "InitiateAuth with USER_AUTH and the password": user, chosen_password;
    "AdminInitiateAuth with USER_AUTH and the password": user, chosen_password;
    "InitiateAuth with USER_AUTH and a code": user, chosen_code;
    "AdminInitiateAuth with USER_AUTH and a code": user, chosen_code;
    "InitiateAuth with USER_AUTH after ConfirmSignUp": just_confirmed, after_confirmation;
    "AdminInitiateAuth with USER_AUTH after ConfirmSignUp": just_confirmed, after_confirmation;
    "InitiateAuth with a remembered device": known_device, by_device;
    "AdminInitiateAuth with a remembered device": known_device, by_device;
    "AdminInitiateAuth of a risky sign-in that the user is told of": at_home, away;
}

async fn by_password(run: &Run<'_>, _: Value) -> Ending {
    run.initiate(password_flow(run), password(run)).await
}

fn password_flow(run: &Run<'_>) -> &'static str {
    if run.by_admin() {
        "ADMIN_USER_PASSWORD_AUTH"
    } else {
        "USER_PASSWORD_AUTH"
    }
}

async fn by_srp(run: &Run<'_>, _: Value) -> Ending {
    let client = SrpClient::new(7);
    let parameters = json!({ "USERNAME": run.name, "SRP_A": client.public });
    let asked = run.initiate("USER_SRP_AUTH", parameters).await?;
    prove(run, &client, &asked).await
}

/// Answers PASSWORD_VERIFIER.
pub async fn prove(run: &Run<'_>, client: &SrpClient, asked: &Value) -> Ending {
    assert_eq!(asked["ChallengeName"], "PASSWORD_VERIFIER", "{asked}");
    let given = &asked["ChallengeParameters"];
    let timestamp = timestamp(run.ground.server.clock().server_now().seconds());
    let signature = client.signature(&Given {
        pool: &run.ground.pool,
        user_id: given["USER_ID_FOR_SRP"].as_str().unwrap(),
        password: PASSWORD,
        salt: given["SALT"].as_str().unwrap(),
        b: given["SRP_B"].as_str().unwrap(),
        block: given["SECRET_BLOCK"].as_str().unwrap(),
        timestamp: &timestamp,
    });
    let proof = json!({
        "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
        "PASSWORD_CLAIM_SIGNATURE": signature, "TIMESTAMP": timestamp,
    });
    run.respond(asked, proof).await
}

async fn new_password(run: &Run<'_>, _: Value) -> Ending {
    let asked = by_password(run, Value::Null).await?;
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED", "{asked}");
    let answer = json!({ "NEW_PASSWORD": NEW_PASSWORD });
    run.respond(&asked, answer).await
}

pub async fn careful(run: &Run<'_>) -> Value {
    run.make_user().await;
    run.prefer_codes().await;
    Value::Null
}

async fn with_code(run: &Run<'_>, _: Value) -> Ending {
    let asked = by_password(run, Value::Null).await?;
    give_code(run, &asked).await
}

/// Answers SMS_MFA or EMAIL_OTP.
pub async fn give_code(run: &Run<'_>, asked: &Value) -> Ending {
    let member = if run.channel().is_sms() {
        assert_eq!(asked["ChallengeName"], "SMS_MFA", "{asked}");
        "SMS_MFA_CODE"
    } else {
        assert_eq!(asked["ChallengeName"], "EMAIL_OTP", "{asked}");
        "EMAIL_OTP_CODE"
    };
    run.respond(asked, json!({ member: run.code() })).await
}

async fn chosen_password(run: &Run<'_>, _: Value) -> Ending {
    let mut parameters = password(run);
    parameters["PREFERRED_CHALLENGE"] = json!("PASSWORD");
    run.initiate("USER_AUTH", parameters).await
}

async fn chosen_code(run: &Run<'_>, _: Value) -> Ending {
    let challenge = if run.channel().is_sms() {
        "SMS_OTP"
    } else {
        "EMAIL_OTP"
    };
    let parameters = json!({ "USERNAME": run.name, "PREFERRED_CHALLENGE": challenge });
    let asked = run.initiate("USER_AUTH", parameters).await?;
    assert_eq!(asked["ChallengeName"], challenge, "{asked}");
    let member = format!("{challenge}_CODE");
    run.respond(&asked, json!({ member: run.code() })).await
}

/// Gives the session of the confirmation.
async fn just_confirmed(run: &Run<'_>) -> Value {
    let request = json!({
        "Username": run.name, "Password": PASSWORD, "UserAttributes": [run.attribute()],
    });
    let made = run.public("SignUp", request).await.unwrap();
    let request = json!({
        "Username": run.name, "ConfirmationCode": run.code(), "Session": made["Session"],
    });
    let confirmed = run.public("ConfirmSignUp", request).await;
    confirmed.unwrap()["Session"].take()
}

async fn after_confirmation(run: &Run<'_>, session: Value) -> Ending {
    let parameters = json!({ "USERNAME": run.name });
    let more = json!({ "Session": session });
    run.initiate_with("USER_AUTH", parameters, more).await
}

/// Gives the device's key and group.
async fn known_device(run: &Run<'_>) -> Value {
    run.make_user().await;
    let tokens = run.tokens().await;
    let device = Device::of(&tokens);
    let request = device.registration(&tokens);
    run.open("ConfirmDevice", request).await.unwrap();
    json!([device.key, device.group])
}

async fn by_device(run: &Run<'_>, known: Value) -> Ending {
    let text = |at: usize| known[at].as_str().unwrap().to_owned();
    let device = Device {
        key: text(0),
        group: text(1),
        secret: crate::api::auth::device::SECRET.to_owned(),
    };
    let mut parameters = password(run);
    parameters["DEVICE_KEY"] = json!(device.key);
    let asked = run.initiate(password_flow(run), parameters).await?;
    assert_eq!(asked["ChallengeName"], "DEVICE_SRP_AUTH", "{asked}");
    let client = SrpClient::new(11);
    let answer = json!({ "DEVICE_KEY": device.key, "SRP_A": client.public });
    let asked = run.respond(&asked, answer).await?;
    let proof = device.proof(run.ground.server, &client, &asked["ChallengeParameters"]);
    run.respond(&asked, proof).await
}

/// Signs in where the user always does; elsewhere it is a risk, and the user is told.
async fn at_home(run: &Run<'_>) -> Value {
    run.make_user().await;
    let notify = json!({ "Notify": true, "EventAction": "NO_ACTION" });
    let risk = json!({ "AccountTakeoverRiskConfiguration": {
        "Actions": { "LowAction": notify, "MediumAction": notify, "HighAction": notify },
        "NotifyConfiguration": {
            "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/a@example.com",
            "NoActionEmail": { "Subject": "seen", "TextBody": "{event-id} {feedback-token}" },
        },
    } });
    run.admin("SetRiskConfiguration", risk).await.unwrap();
    from(run, "192.0.2.1").await.unwrap();
    Value::Null
}

async fn away(run: &Run<'_>, _: Value) -> Ending {
    from(run, "198.51.100.1").await
}

/// A sign-in through an application's server, for a person at an address.
async fn from(run: &Run<'_>, ip: &str) -> Ending {
    let clock = run.ground.server.clock();
    clock.advance(poolhouse::time::Span::seconds(1));
    let headers = json!([{ "headerName": "User-Agent", "headerValue": "curl/8.5.0" }]);
    let context = json!({ "ContextData": {
        "IpAddress": ip, "ServerName": "app", "ServerPath": "/login", "HttpHeaders": headers,
    } });
    run.initiate_with("ADMIN_USER_PASSWORD_AUTH", password(run), context)
        .await
}
