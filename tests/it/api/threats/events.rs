//! What is recorded of accounts: sign-ins, what comes beside them, and the pages of the list.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poolhouse::domain::janitor;
use serde_json::{Value, json};

use super::{INVALID, NOT_FOUND, UNSAFE, events, events_in, from, stage, watched};
use crate::api::auth::mfa::pool as mfa_pool;
use crate::api::auth::stage::{INCORRECT, NOT_AUTHORIZED, PASSWORD, Stage, claims, merged, text};
use crate::support::browser::Browser;
use crate::support::house::House;

#[tokio::test]
async fn sign_ins_are_recorded_from_their_first_proof_to_their_end() {
    let stage = stage("AUDIT").await;
    stage.user("ada").await;
    stage
        .sign_in("ada", "Wrong-Horse1!")
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    stage.advance_ms(1000);
    let tokens = stage.tokens("ada").await;
    stage.advance_ms(1000);
    stage.srp_sign_in("ada", PASSWORD).await.ok();
    let listed = events(&stage, "ada").await;
    assert_eq!(listed.len(), 3);
    assert_eq!(
        listed[1]["EventId"],
        claims(&tokens["AccessToken"])["event_id"]
    );
    let expected = json!({
        "EventId": listed[1]["EventId"], "EventType": "SignIn", "EventResponse": "Pass",
        "CreationDate": listed[1]["CreationDate"],
        "EventRisk": { "RiskDecision": "NoRisk", "CompromisedCredentialsDetected": false },
        "ChallengeResponses": [{ "ChallengeName": "Password", "ChallengeResponse": "Success" }],
        "EventContextData": { "IpAddress": "127.0.0.1" },
    });
    assert_eq!(listed[1], expected);
    assert_eq!(listed[2]["EventResponse"], "Fail");
    let failed = json!([{ "ChallengeName": "Password", "ChallengeResponse": "Failure" }]);
    assert_eq!(listed[2]["ChallengeResponses"], failed);
    assert_eq!(listed[0]["EventResponse"], "Pass");
    // What is refused without a wrong proof is recorded too.
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    stage.s.api("AdminDisableUser", request).await.ok();
    stage.advance_ms(1000);
    stage
        .sign_in("ada", PASSWORD)
        .await
        .error(NOT_AUTHORIZED, "User is disabled.");
    let listed = events(&stage, "ada").await;
    assert_eq!(
        (listed.len(), &listed[0]["EventResponse"]),
        (4, &json!("Fail"))
    );
    assert_eq!(listed[0]["ChallengeResponses"], json!([]));
}

#[tokio::test]
async fn a_second_factor_is_part_of_the_same_event() {
    let stage = Stage::with(merged(mfa_pool("ON"), &watched("AUDIT")), json!({})).await;
    stage
        .user_with(
            "ada",
            |user| {
                user.attributes
                    .insert("phone_number".into(), "+15550001".into());
            },
            Some((PASSWORD, poolhouse::domain::password::Kind::Permanent)),
        )
        .await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "SMS_MFA");
    let one = async || {
        let listed = events(&stage, "ada").await;
        assert_eq!(listed.len(), 1);
        (
            listed[0]["EventResponse"].clone(),
            listed[0]["ChallengeResponses"].clone(),
        )
    };
    let answers = |mfa: Option<&str>| {
        let mut all = vec![json!({ "ChallengeName": "Password", "ChallengeResponse": "Success" })];
        all.extend(mfa.map(|m| json!({ "ChallengeName": "Mfa", "ChallengeResponse": m })));
        json!(all)
    };
    assert_eq!(one().await, (json!("InProgress"), answers(None)));
    let code = stage.s.code_to("+15550001");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    stage.next(&asked, json!({ "SMS_MFA_CODE": wrong })).await;
    assert_eq!(one().await, (json!("Fail"), answers(Some("Failure"))));
    let done = stage
        .next(&asked, json!({ "SMS_MFA_CODE": code }))
        .await
        .ok();
    assert_eq!(one().await, (json!("Pass"), answers(Some("Success"))));
    let token = &done["AuthenticationResult"]["AccessToken"];
    assert_eq!(
        events(&stage, "ada").await[0]["EventId"],
        claims(token)["event_id"]
    );
}

#[tokio::test]
async fn accounts_leave_events_beside_sign_ins() {
    let stage = Stage::with(
        merged(
            watched("AUDIT"),
            &json!({ "AutoVerifiedAttributes": ["email"] }),
        ),
        json!({}),
    )
    .await;
    let public = |operation: &'static str, more: Value| {
        let request = merged(
            json!({ "ClientId": stage.client, "Username": "ada" }),
            &more,
        );
        stage.advance_ms(1000);
        stage.s.api(operation, request)
    };
    let email = json!([{ "Name": "email", "Value": "ada@example.com" }]);
    public(
        "SignUp",
        json!({ "Password": PASSWORD, "UserAttributes": email }),
    )
    .await
    .ok();
    public("ResendConfirmationCode", json!({})).await.ok();
    let code = stage.s.code_to("ada@example.com");
    public("ConfirmSignUp", json!({ "ConfirmationCode": code }))
        .await
        .ok();
    public("ForgotPassword", json!({})).await.ok();
    let reset = |code: &str| json!({ "ConfirmationCode": code, "Password": "Battery-Staple2?" });
    let code = stage.s.code_to("ada@example.com");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let answer = public("ConfirmForgotPassword", reset(wrong)).await;
    assert_eq!(answer.status, 400);
    public("ConfirmForgotPassword", reset(&code)).await.ok();
    stage.advance_ms(1000);
    let tokens = stage.sign_in("ada", "Battery-Staple2?").await.ok();
    let token = &tokens["AuthenticationResult"]["AccessToken"];
    let change = |previous: &str| {
        stage.advance_ms(1000);
        let request = json!({
            "AccessToken": token, "PreviousPassword": previous, "ProposedPassword": PASSWORD,
        });
        stage.s.api("ChangePassword", request)
    };
    change("Wrong-Horse1!")
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    change("Battery-Staple2?").await.ok();
    let listed = events(&stage, "ada").await;
    let told: Vec<String> = listed
        .iter()
        .rev()
        .map(|event| {
            format!(
                "{} {}",
                text(&event["EventType"]),
                text(&event["EventResponse"])
            )
        })
        .collect();
    let expected = [
        "SignUp Pass",
        "ResendCode Pass",
        "ForgotPassword InProgress",
        "ForgotPassword Fail",
        "ForgotPassword Pass",
        "SignIn Pass",
        "PasswordChange Fail",
        "PasswordChange Pass",
    ];
    assert_eq!(told, expected);
    // They go with their user, and after two years.
    let noted = events(&stage, "ada").await.len();
    stage.s.clock().advance(poolhouse::time::Span::days(729));
    janitor::sweep(&stage.s.app).await.unwrap();
    assert_eq!(events(&stage, "ada").await.len(), noted);
    stage.s.clock().advance(poolhouse::time::Span::days(2));
    janitor::sweep(&stage.s.app).await.unwrap();
    assert!(events(&stage, "ada").await.is_empty());
    stage.sign_in("ada", PASSWORD).await.ok();
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    stage.s.api("AdminDeleteUser", request).await.ok();
    assert_eq!(stage.run("DELETE FROM auth_events", Vec::new()).await, 0);
}

#[tokio::test]
async fn events_come_in_pages() {
    let stage = stage("AUDIT").await;
    stage.user("ada").await;
    for _ in 0..5 {
        stage.tokens("ada").await;
        stage.advance_ms(1000);
    }
    let all = events(&stage, "ada").await;
    let named = json!({ "UserPoolId": stage.pool, "Username": "ada", "MaxResults": 2 });
    let (mut found, mut request) = (Vec::new(), named.clone());
    for _ in 0..3 {
        let page = stage
            .s
            .api("AdminListUserAuthEvents", request.clone())
            .await
            .ok();
        found.extend(page["AuthEvents"].as_array().unwrap().clone());
        request["NextToken"] = page["NextToken"].clone();
    }
    assert_eq!(found, all);
    assert_eq!(request["NextToken"], Value::Null);
    request["NextToken"] = json!("x");
    let answer = stage.s.api("AdminListUserAuthEvents", request).await;
    answer.error(INVALID, "Invalid pagination token");
    let nobody = json!({ "UserPoolId": stage.pool, "Username": "nobody" });
    let answer = stage.s.api("AdminListUserAuthEvents", nobody).await;
    answer.error("UserNotFoundException", "User does not exist.");
    let missing = json!({ "UserPoolId": "us-east-1_AAAAAAAAA", "Username": "ada" });
    let answer = stage.s.api("AdminListUserAuthEvents", missing).await;
    answer.error(NOT_FOUND, "User pool us-east-1_AAAAAAAAA does not exist.");
}

#[tokio::test]
async fn what_the_application_says_is_what_is_recorded() {
    let stage = stage("AUDIT").await;
    stage.user("ada").await;
    let chrome = "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0.0.0 Safari/537.36";
    let payload = json!({ "contextData": { "UserAgent": chrome, "DeviceId": "d", "ClientTimezone": "+02:00" } });
    let encoded = STANDARD.encode(json!({ "payload": payload.to_string() }).to_string());
    let sign_in = |client: String| {
        let request = json!({
            "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "ada", "PASSWORD": PASSWORD },
            "UserContextData": { "IpAddress": "198.51.100.7", "EncodedData": encoded },
        });
        stage.advance_ms(1000);
        stage.s.api("InitiateAuth", request)
    };
    sign_in(stage.client.clone()).await.ok();
    let listed = events(&stage, "ada").await;
    let expected = json!({
        "IpAddress": "127.0.0.1", "DeviceName": "Chrome 126, Windows", "Timezone": "+02:00",
    });
    assert_eq!(listed[0]["EventContextData"], expected);
    // The address counts for clients that propagate it.
    from(&stage, "198.51.100.8", "curl/8.5.0", PASSWORD)
        .await
        .ok();
    let listed = events(&stage, "ada").await;
    let expected = json!({ "IpAddress": "198.51.100.8", "DeviceName": "curl 8" });
    assert_eq!(listed[0]["EventContextData"], expected);
    // A server's own address is nobody's.
    let parameters = json!({ "USERNAME": "ada", "PASSWORD": PASSWORD });
    stage.advance_ms(1000);
    stage
        .admin_initiate("ADMIN_USER_PASSWORD_AUTH", parameters)
        .await
        .ok();
    assert_eq!(
        events(&stage, "ada").await[0]["EventContextData"],
        json!({})
    );
}

#[tokio::test]
async fn the_pages_record_too() {
    let house = House::with(watched("ENFORCED")).await;
    house.user("jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let listed = events_in(&house.s, &house.pool, "jane").await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["EventResponse"], "Pass");
    let claims = crate::support::house::claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(listed[0]["EventId"], claims["event_id"]);
    let request =
        json!({ "RiskExceptionConfiguration": { "BlockedIPRangeList": ["127.0.0.0/8"] } });
    house.admin("SetRiskConfiguration", request).await.ok();
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    let form = page.form("cognitoSignInForm").fill("username", "jane");
    let form = form.fill("password", crate::support::house::PASSWORD);
    let refused = browser.submit(&form).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains(UNSAFE));
}
