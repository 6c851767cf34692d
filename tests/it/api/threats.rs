//! Threat protection: what is recorded of accounts, what makes a sign-in risky, and what that leads to.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poolhouse::domain::janitor;
use serde_json::{Value, json};

use super::auth::mfa::pool as mfa_pool;
use super::auth::stage::{INCORRECT, NOT_AUTHORIZED, PASSWORD, Stage, claims, merged, text};
use crate::support::browser::Browser;
use crate::support::house::House;
use crate::support::{Answer, Server};

const OFF: &str = "UserPoolAddOnNotEnabledException";
const OFF_TEXT: &str = "Threat protection is not enabled for the user pool.";
const NOT_FOUND: &str = "ResourceNotFoundException";
const UNSAFE: &str = "Unable to login because of security reasons";
const INVALID: &str = "InvalidParameterException";

fn watched(mode: &str) -> Value {
    json!({ "UserPoolTier": "PLUS", "UserPoolAddOns": { "AdvancedSecurityMode": mode } })
}

async fn stage(mode: &str) -> Stage {
    Stage::with(watched(mode), json!({})).await
}

async fn set(stage: &Stage, risk: Value) -> Value {
    let request = merged(json!({ "UserPoolId": stage.pool }), &risk);
    stage.s.api("SetRiskConfiguration", request).await.ok()["RiskConfiguration"].take()
}

async fn events_in(s: &Server, pool: &str, name: &str) -> Vec<Value> {
    let request = json!({ "UserPoolId": pool, "Username": name });
    let listed = s.api("AdminListUserAuthEvents", request).await.ok();
    listed["AuthEvents"].as_array().unwrap().clone()
}

async fn events(stage: &Stage, name: &str) -> Vec<Value> {
    events_in(&stage.s, &stage.pool, name).await
}

/// A sign-in through an application's server, for a person at an address.
async fn from(stage: &Stage, ip: &str, agent: &str, password: &str) -> Answer {
    let request = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "ada", "PASSWORD": password },
        "ContextData": {
            "IpAddress": ip, "ServerName": "app", "ServerPath": "/login",
            "HttpHeaders": [{ "headerName": "User-Agent", "headerValue": agent }],
        },
    });
    stage.advance_ms(1000);
    stage.s.api("AdminInitiateAuth", request).await
}

fn takeover(low: Value, notify: bool) -> Value {
    let mut all = json!({
        "AccountTakeoverRiskConfiguration": {
            "Actions": { "LowAction": low, "MediumAction": { "Notify": false, "EventAction": "BLOCK" },
                         "HighAction": { "Notify": false, "EventAction": "BLOCK" } },
        },
    });
    if notify {
        all["AccountTakeoverRiskConfiguration"]["NotifyConfiguration"] = json!({
            "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/a@example.com",
            "From": "guard@example.com", "ReplyTo": "help@example.com",
            "BlockEmail": { "Subject": "blocked {ip-address}", "HtmlBody": "<p>{username} {event-id} {feedback-token}</p>" },
            "NoActionEmail": { "Subject": "seen", "TextBody": "{username} {device-name} {feedback-token}" },
            "MfaEmail": { "Subject": "asked" },
        });
    }
    all
}

#[tokio::test]
async fn pools_without_threat_protection_know_nothing_of_it() {
    for settings in [json!({}), watched("OFF")] {
        let stage = Stage::with(settings, json!({})).await;
        stage.user("ada").await;
        stage.tokens("ada").await;
        let pool = json!({ "UserPoolId": stage.pool });
        let named = merged(pool.clone(), &json!({ "Username": "ada" }));
        let said = merged(
            named.clone(),
            &json!({ "EventId": "e", "FeedbackValue": "Valid" }),
        );
        let told = merged(said.clone(), &json!({ "FeedbackToken": "t" }));
        for (operation, request) in [
            ("AdminListUserAuthEvents", named),
            ("AdminUpdateAuthEventFeedback", said),
            ("UpdateAuthEventFeedback", told),
            ("SetRiskConfiguration", pool.clone()),
            ("DescribeRiskConfiguration", pool),
        ] {
            stage.s.api(operation, request).await.error(OFF, OFF_TEXT);
        }
        let noted = stage.run("DELETE FROM auth_events", Vec::new()).await;
        assert_eq!(noted, 0);
    }
}

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

#[tokio::test]
async fn risk_configurations_are_replaced_inherited_and_reset() {
    let stage = stage("ENFORCED").await;
    let (pool, client) = (stage.pool.as_str(), stage.client.as_str());
    let describe = |request: Value| stage.s.api("DescribeRiskConfiguration", request);
    let of_pool = json!({ "UserPoolId": pool });
    let of_client = json!({ "UserPoolId": pool, "ClientId": client });
    let empty = json!({ "RiskConfiguration": of_pool });
    assert_eq!(describe(of_pool.clone()).await.ok(), empty);
    let notify = takeover(json!({ "Notify": true, "EventAction": "NO_ACTION" }), true);
    let given = merged(
        notify,
        &json!({
            "CompromisedCredentialsRiskConfiguration": {
                "EventFilter": ["SIGN_IN"], "Actions": { "EventAction": "BLOCK" },
            },
            "RiskExceptionConfiguration": {
                "BlockedIPRangeList": ["10.0.0.0/8"], "SkippedIPRangeList": ["2001:db8::/32"],
            },
        }),
    );
    let mut shown = set(&stage, given.clone()).await;
    assert!(shown["LastModifiedDate"].is_number());
    let described = describe(of_pool.clone()).await.ok();
    assert_eq!(described["RiskConfiguration"], shown);
    shown.as_object_mut().unwrap().remove("LastModifiedDate");
    assert_eq!(shown, merged(of_pool.clone(), &given));
    // A client's own, and none of it is the pool's.
    let own = json!({ "RiskConfiguration": of_client });
    assert_eq!(describe(of_client.clone()).await.ok(), own);
    let skipped = json!({ "RiskExceptionConfiguration": { "SkippedIPRangeList": ["0.0.0.0/0"] } });
    let request = merged(of_client.clone(), &skipped);
    stage.s.api("SetRiskConfiguration", request).await.ok();
    let found = describe(of_client.clone()).await.ok()["RiskConfiguration"].take();
    assert_eq!(
        found["RiskExceptionConfiguration"],
        skipped["RiskExceptionConfiguration"]
    );
    assert!(
        found
            .get("CompromisedCredentialsRiskConfiguration")
            .is_none()
    );
    stage
        .s
        .api("SetRiskConfiguration", of_client.clone())
        .await
        .ok();
    assert_eq!(describe(of_client).await.ok(), own);
    stage
        .s
        .api("SetRiskConfiguration", of_pool.clone())
        .await
        .ok();
    assert_eq!(describe(of_pool).await.ok(), empty);
}

#[tokio::test]
async fn risk_configurations_refuse_what_does_not_fit() {
    let stage = stage("ENFORCED").await;
    let refused = async |more: Value, code: &str, message: &str| {
        let request = merged(json!({ "UserPoolId": stage.pool }), &more);
        stage
            .s
            .api("SetRiskConfiguration", request)
            .await
            .error(code, message);
    };
    for range in ["10.0.0.0", "10.0.0.0/33", "x/8"] {
        let list = json!({ "RiskExceptionConfiguration": { "BlockedIPRangeList": [range] } });
        refused(list, INVALID, &format!("Invalid IP range: {range}")).await;
    }
    let silent = takeover(json!({ "Notify": true, "EventAction": "BLOCK" }), false);
    let message = "NotifyConfiguration is required where Notify is true.";
    refused(silent, INVALID, message).await;
    let gone = "User pool client nobody does not exist.";
    refused(json!({ "ClientId": "nobody" }), NOT_FOUND, gone).await;
    let request = json!({ "UserPoolId": stage.pool, "ClientId": "nobody" });
    stage
        .s
        .api("DescribeRiskConfiguration", request)
        .await
        .error(NOT_FOUND, gone);
    let missing = json!({ "UserPoolId": "us-east-1_AAAAAAAAA" });
    let gone = "User pool us-east-1_AAAAAAAAA does not exist.";
    for operation in ["SetRiskConfiguration", "DescribeRiskConfiguration"] {
        stage
            .s
            .api(operation, missing.clone())
            .await
            .error(NOT_FOUND, gone);
    }
}

#[tokio::test]
async fn blocked_addresses_are_refused_and_skipped_ones_are_not_judged() {
    for mode in ["AUDIT", "ENFORCED"] {
        let stage = stage(mode).await;
        stage.user("ada").await;
        let exceptions = |blocked: &str, skipped: &str| {
            json!({ "RiskExceptionConfiguration": {
                "BlockedIPRangeList": [blocked], "SkippedIPRangeList": [skipped] } })
        };
        set(&stage, exceptions("127.0.0.0/8", "203.0.113.0/24")).await;
        let password = stage.sign_in("ada", PASSWORD).await;
        let srp = stage
            .srp("ada", &crate::support::srp_client::SrpClient::new(1))
            .await;
        if mode == "AUDIT" {
            assert_eq!((password.status, srp.status), (200, 200));
            continue;
        }
        password.error(NOT_AUTHORIZED, UNSAFE);
        srp.error(NOT_AUTHORIZED, UNSAFE);
        let listed = events(&stage, "ada").await;
        assert_eq!(listed[0]["EventRisk"]["RiskDecision"], "Block");
        assert_eq!(listed[0]["EventResponse"], "Fail");
        from(&stage, "198.51.100.1", "curl/8", PASSWORD).await.ok();
        from(&stage, "127.9.9.9", "curl/8", PASSWORD)
            .await
            .error(NOT_AUTHORIZED, UNSAFE);
        // A new address is a risk, and a blocked one at that; a skipped one is none.
        let low = takeover(json!({ "Notify": false, "EventAction": "BLOCK" }), false);
        set(
            &stage,
            merged(exceptions("127.0.0.0/8", "203.0.113.0/24"), &low),
        )
        .await;
        from(&stage, "192.0.2.1", "curl/8", PASSWORD)
            .await
            .error(NOT_AUTHORIZED, UNSAFE);
        from(&stage, "203.0.113.5", "curl/8", PASSWORD).await.ok();
    }
}

#[tokio::test]
async fn a_sign_in_in_progress_stops_at_a_blocked_address_too() {
    let stage = Stage::with(
        merged(mfa_pool("OPTIONAL"), &watched("ENFORCED")),
        json!({}),
    )
    .await;
    stage
        .user_with(
            "ada",
            |user| {
                user.mfa
                    .enabled
                    .insert(poolhouse::store::users::Factor::Email);
            },
            Some((PASSWORD, poolhouse::domain::password::Kind::Permanent)),
        )
        .await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    set(
        &stage,
        json!({ "RiskExceptionConfiguration": { "BlockedIPRangeList": ["127.0.0.1/32"] } }),
    )
    .await;
    let code = stage.s.code_to("ada@example.com");
    let answer = stage.next(&asked, json!({ "EMAIL_OTP_CODE": code })).await;
    answer.error(NOT_AUTHORIZED, UNSAFE);
}

#[tokio::test]
async fn compromised_passwords_are_refused_where_the_configuration_says_so() {
    const KNOWN: &str = "P@ssw0rd1!";
    let stage = Stage::with(
        merged(
            watched("ENFORCED"),
            &json!({ "AutoVerifiedAttributes": ["email"] }),
        ),
        json!({}),
    )
    .await;
    let rule = |filter: Value, action: &str| {
        let mut rule = json!({ "Actions": { "EventAction": action } });
        if !filter.is_null() {
            rule["EventFilter"] = filter;
        }
        json!({ "CompromisedCredentialsRiskConfiguration": rule })
    };
    let sign_up = |name: &str| {
        let email = json!([{ "Name": "email", "Value": format!("{name}@example.com") }]);
        let request = json!({
            "ClientId": stage.client, "Username": name, "Password": KNOWN, "UserAttributes": email,
        });
        stage.s.api("SignUp", request)
    };
    let (refused, message) = (
        "InvalidPasswordException",
        "Provided password cannot be used for security reasons.",
    );
    // Without a configuration nobody is stopped, but it is seen.
    sign_up("a").await.ok();
    let request = json!({ "UserPoolId": stage.pool, "Username": "a" });
    stage.s.api("AdminConfirmSignUp", request).await.ok();
    stage.advance_ms(1000);
    let tokens = stage.sign_in("a", KNOWN).await.ok();
    let seen = &events(&stage, "a").await[0]["EventRisk"];
    assert_eq!(seen["CompromisedCredentialsDetected"], true);
    assert_eq!(seen["RiskDecision"], "NoRisk");
    set(&stage, rule(Value::Null, "BLOCK")).await;
    sign_up("b").await.error(refused, message);
    let token = &tokens["AuthenticationResult"]["AccessToken"];
    let change = json!({ "AccessToken": token, "PreviousPassword": KNOWN, "ProposedPassword": "p@SSw0rd1!" });
    stage
        .s
        .api("ChangePassword", change)
        .await
        .error(refused, message);
    let reset = json!({
        "ClientId": stage.client, "Username": "a", "ConfirmationCode": "000000", "Password": KNOWN,
    });
    stage
        .s
        .api("ConfirmForgotPassword", reset)
        .await
        .error(refused, message);
    stage.advance_ms(1000);
    let why = "Password reset required for the user due to security reasons";
    stage
        .sign_in("a", KNOWN)
        .await
        .error("PasswordResetRequiredException", why);
    let seen = &events(&stage, "a").await[0];
    assert_eq!(seen["EventRisk"]["RiskDecision"], "Block");
    assert_eq!(seen["EventResponse"], "Fail");
    // The wrong password does not tell that the right one is known.
    stage
        .sign_in("a", "Wrong-Horse1!")
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    set(&stage, rule(json!(["SIGN_IN"]), "BLOCK")).await;
    sign_up("b").await.ok();
    set(&stage, rule(json!(["SIGN_UP"]), "BLOCK")).await;
    sign_up("c").await.error(refused, message);
    stage.sign_in("a", KNOWN).await.ok();
    set(&stage, rule(Value::Null, "NO_ACTION")).await;
    sign_up("c").await.ok();
    // A client's own configuration holds for it alone.
    let own = merged(
        json!({ "UserPoolId": stage.pool, "ClientId": stage.client }),
        &rule(Value::Null, "BLOCK"),
    );
    stage.s.api("SetRiskConfiguration", own).await.ok();
    sign_up("d").await.error(refused, message);
}

#[tokio::test]
async fn a_first_password_may_not_be_a_compromised_one_either() {
    let stage = stage("ENFORCED").await;
    let kind = poolhouse::domain::password::Kind::Temporary;
    stage
        .user_with(
            "ada",
            |user| user.status = poolhouse::store::users::Status::ForceChangePassword,
            Some((PASSWORD, kind)),
        )
        .await;
    set(&stage, json!({ "CompromisedCredentialsRiskConfiguration": { "Actions": { "EventAction": "BLOCK" } } }))
        .await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(
        events(&stage, "ada").await[0]["EventResponse"],
        "InProgress"
    );
    let answer = stage
        .next(&asked, json!({ "NEW_PASSWORD": "P@ssw0rd1!" }))
        .await;
    answer.error(
        "InvalidPasswordException",
        "Provided password cannot be used for security reasons.",
    );
    stage
        .next(&asked, json!({ "NEW_PASSWORD": "Battery-Staple2?" }))
        .await
        .ok();
    let listed = events(&stage, "ada").await;
    assert_eq!(
        (listed.len(), &listed[0]["EventResponse"]),
        (1, &json!("Pass"))
    );
}

const HOME: (&str, &str) = ("192.0.2.1", "curl/8.5.0");
const AWAY: (&str, &str) = ("198.51.100.1", "curl/8.5.0");

async fn at(stage: &Stage, (ip, agent): (&str, &str)) -> Answer {
    from(stage, ip, agent, PASSWORD).await
}

#[tokio::test]
async fn a_new_place_is_a_risk_and_the_configuration_says_what_follows() {
    let stage = stage("ENFORCED").await;
    stage.user("ada").await;
    at(&stage, HOME).await.ok();
    // Without a configuration the level is recorded and nothing follows.
    at(&stage, AWAY).await.ok();
    let risk = &events(&stage, "ada").await[0]["EventRisk"];
    assert_eq!(
        (&risk["RiskLevel"], &risk["RiskDecision"]),
        (&json!("Low"), &json!("NoRisk"))
    );
    // Known by now.
    at(&stage, AWAY).await.ok();
    assert!(
        events(&stage, "ada").await[0]["EventRisk"]
            .get("RiskLevel")
            .is_none()
    );
    let low = |action: &str| takeover(json!({ "Notify": false, "EventAction": action }), false);
    set(&stage, low("BLOCK")).await;
    let other = ("203.0.113.1", "curl/8.5.0");
    at(&stage, other).await.error(NOT_AUTHORIZED, UNSAFE);
    let event = &events(&stage, "ada").await[0];
    assert_eq!(event["EventRisk"]["RiskDecision"], "Block");
    assert_eq!(event["EventResponse"], "Fail");
    let proven = json!([{ "ChallengeName": "Password", "ChallengeResponse": "Success" }]);
    assert_eq!(event["ChallengeResponses"], proven);
    // A refused sign-in makes its place no known one.
    at(&stage, other).await.error(NOT_AUTHORIZED, UNSAFE);
    at(&stage, HOME).await.ok();
    set(&stage, low("NO_ACTION")).await;
    at(&stage, other).await.ok();
    // A place and a device that are new make it Medium, which is blocked.
    let all_new = ("203.0.113.9", "okhttp/4");
    at(&stage, all_new).await.error(NOT_AUTHORIZED, UNSAFE);
    assert_eq!(
        events(&stage, "ada").await[0]["EventRisk"]["RiskLevel"],
        "Medium"
    );
}

#[tokio::test]
async fn a_risky_sign_in_is_asked_for_a_second_factor() {
    let stage = Stage::with(
        merged(mfa_pool("OPTIONAL"), &watched("ENFORCED")),
        json!({}),
    )
    .await;
    stage.user("ada").await;
    at(&stage, HOME).await.ok();
    for action in ["MFA_REQUIRED", "MFA_IF_CONFIGURED"] {
        set(
            &stage,
            takeover(json!({ "Notify": false, "EventAction": action }), false),
        )
        .await;
        at(&stage, HOME).await.ok();
        let ip = format!("203.0.113.{}", action.len());
        let asked = at(&stage, (&ip, HOME.1)).await.ok();
        assert_eq!(asked["ChallengeName"], "EMAIL_OTP", "{action}");
        let listed = events(&stage, "ada").await;
        assert_eq!(listed[0]["EventResponse"], "InProgress");
        assert_eq!(listed[0]["EventRisk"]["RiskDecision"], "AccountTakeover");
        let code = stage.s.code_to("ada@example.com");
        let done = stage
            .next(&asked, json!({ "EMAIL_OTP_CODE": code }))
            .await
            .ok();
        assert!(done["AuthenticationResult"]["AccessToken"].is_string());
        let event = &events(&stage, "ada").await[0];
        assert_eq!(event["EventResponse"], "Pass");
        assert_eq!(event["EventRisk"]["RiskDecision"], "AccountTakeover");
        assert_eq!(event["EventRisk"]["RiskLevel"], "Low");
    }
    // Where no factor can be asked for, one is refused and the other goes on.
    let bare = self::stage("ENFORCED").await;
    bare.user("ada").await;
    at(&bare, HOME).await.ok();
    let action = |action: &str| takeover(json!({ "Notify": false, "EventAction": action }), false);
    set(&bare, action("MFA_REQUIRED")).await;
    at(&bare, AWAY).await.error(NOT_AUTHORIZED, UNSAFE);
    set(&bare, action("MFA_IF_CONFIGURED")).await;
    at(&bare, AWAY).await.ok();
}

#[tokio::test]
async fn who_knows_the_password_alone_cannot_set_a_factor_up_in_face_of_a_risk() {
    let token = json!({ "then": {
        "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true } } });
    let stage = Stage::with(merged(token, &watched("ENFORCED")), json!({})).await;
    stage.user("ada").await;
    for _ in 0..5 {
        from(&stage, HOME.0, HOME.1, "Wrong-Horse1!").await;
        stage.advance_ms(60_000);
    }
    set(
        &stage,
        takeover(
            json!({ "Notify": false, "EventAction": "MFA_REQUIRED" }),
            false,
        ),
    )
    .await;
    at(&stage, HOME).await.error(NOT_AUTHORIZED, UNSAFE);
    set(
        &stage,
        takeover(
            json!({ "Notify": false, "EventAction": "MFA_IF_CONFIGURED" }),
            false,
        ),
    )
    .await;
    assert_eq!(at(&stage, HOME).await.ok()["ChallengeName"], "MFA_SETUP");
}

/// The word behind another in a text.
fn behind(text: &str, word: &str) -> String {
    let rest = text.split_once(word).unwrap().1;
    rest.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn users_are_told_and_say_what_it_was() {
    let stage = stage("ENFORCED").await;
    stage
        .user_with(
            "ada",
            |user| {
                user.attributes
                    .insert("email_verified".into(), "true".into());
            },
            Some((PASSWORD, poolhouse::domain::password::Kind::Permanent)),
        )
        .await;
    at(&stage, HOME).await.ok();
    set(
        &stage,
        takeover(json!({ "Notify": true, "EventAction": "BLOCK" }), true),
    )
    .await;
    at(&stage, AWAY).await.error(NOT_AUTHORIZED, UNSAFE);
    let mail = stage.s.message_to("ada@example.com");
    assert_eq!(mail.kind, "notification");
    assert_eq!(mail.subject.as_deref(), Some("blocked 198.51.100.1"));
    let event = text(&events(&stage, "ada").await[0]["EventId"]);
    let token = behind(&mail.text, &event);
    let say = |event: &str, token: &str, value: &str| {
        let request = json!({
            "UserPoolId": stage.pool, "Username": "ada", "EventId": event, "FeedbackToken": token,
            "FeedbackValue": value,
        });
        stage.s.api("UpdateAuthEventFeedback", request)
    };
    let other = text(&events(&stage, "ada").await[1]["EventId"]);
    let invalid = "Invalid feedback token";
    say(&other, &token, "Valid")
        .await
        .error(NOT_AUTHORIZED, invalid);
    say(&event, "x", "Valid")
        .await
        .error(NOT_AUTHORIZED, invalid);
    say(&event, &token, "Valid").await.ok();
    let said = &events(&stage, "ada").await[0]["EventFeedback"];
    assert_eq!(
        (&said["FeedbackValue"], &said["Provider"]),
        (&json!("Valid"), &json!("User"))
    );
    assert!(said["FeedbackDate"].is_number());
    // A place that the user vouches for is a known one.
    at(&stage, AWAY).await.ok();
    stage.s.clock().advance(poolhouse::time::Span::days(30));
    say(&event, &token, "Invalid")
        .await
        .error(NOT_AUTHORIZED, invalid);
    // The administrator has the last word.
    let feedback = |event: &str| {
        let request = json!({
            "UserPoolId": stage.pool, "Username": "ada", "EventId": event, "FeedbackValue": "Invalid",
        });
        stage.s.api("AdminUpdateAuthEventFeedback", request)
    };
    feedback(&event).await.ok();
    let listed = events(&stage, "ada").await;
    let of = listed
        .iter()
        .find(|e| e["EventId"] == json!(event))
        .unwrap();
    assert_eq!(of["EventFeedback"]["Provider"], "Admin");
    feedback("none")
        .await
        .error(NOT_FOUND, "Auth event does not exist.");
    let request = json!({
        "UserPoolId": stage.pool, "Username": "nobody", "EventId": event, "FeedbackValue": "Valid",
    });
    let answer = stage.s.api("AdminUpdateAuthEventFeedback", request).await;
    answer.error("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn the_link_in_the_mail_asks_and_the_button_says_it() {
    let house = House::with(watched("ENFORCED")).await;
    house.user("jane").await;
    let stage = Stage {
        pool: house.pool.clone(),
        client: house.client.clone(),
        s: house.s,
    };
    house_sign_in(&stage, "192.0.2.1").await;
    set(
        &stage,
        takeover(json!({ "Notify": true, "EventAction": "NO_ACTION" }), true),
    )
    .await;
    house_sign_in(&stage, "198.51.100.1").await;
    let mail = stage.s.message_to("jane@example.com");
    assert_eq!(mail.subject.as_deref(), Some("seen"));
    let link = mail.link.unwrap();
    let mut browser = Browser::new(&stage.s);
    let page = browser.get(&link).await;
    assert_eq!(page.status, 200);
    assert!(
        events(&stage, "jane").await[0]
            .get("EventFeedback")
            .is_none()
    );
    let done = browser.submit(&page.form("noticeForm")).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(
        events(&stage, "jane").await[0]["EventFeedback"]["FeedbackValue"],
        "Invalid"
    );
    let forged = link.replace("event_id=", "event_id=0");
    let page = browser.get(&forged).await;
    let refused = browser.submit(&page.form("noticeForm")).await;
    assert_eq!(refused.status, 400);
    let foreign = browser.post(&link, "_csrf=x").await;
    assert_eq!(foreign.status, 403);
}

async fn house_sign_in(stage: &Stage, ip: &str) {
    let flows = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client,
        "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
    });
    stage.s.api("UpdateUserPoolClient", flows).await.ok();
    let request = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "jane", "PASSWORD": crate::support::house::PASSWORD },
        "ContextData": { "IpAddress": ip, "ServerName": "a", "ServerPath": "/", "HttpHeaders": [] },
    });
    stage.advance_ms(1000);
    stage.s.api("AdminInitiateAuth", request).await.ok();
}

#[tokio::test]
async fn failures_are_a_risk_and_are_bounded() {
    let stage = stage("ENFORCED").await;
    stage.user("ada").await;
    at(&stage, HOME).await.ok();
    for _ in 0..5 {
        from(&stage, HOME.0, HOME.1, "Wrong-Horse1!")
            .await
            .error(NOT_AUTHORIZED, INCORRECT);
    }
    stage.advance_ms(60_000);
    at(&stage, HOME).await.ok();
    assert_eq!(
        events(&stage, "ada").await[0]["EventRisk"]["RiskLevel"],
        "Low"
    );
    stage.s.clock().advance(poolhouse::time::Span::hours(2));
    at(&stage, HOME).await.ok();
    assert!(
        events(&stage, "ada").await[0]["EventRisk"]
            .get("RiskLevel")
            .is_none()
    );
}
