//! Where reset codes go, and which passwords cannot come back, by every way there is.

use serde_json::{Value, json};

use super::house::{EMAIL, House, PASSWORD, PHONE, given};

const INVALID: &str = "InvalidParameterException";
const NO_CONTACT: &str =
    "Cannot reset password for the user as there is no registered/verified email or phone_number";
const USED: (&str, &str) = (
    "PasswordHistoryPolicyViolationException",
    "Password has previously been used.",
);
const SECOND: &str = "Second-Horse2!";
const FLOWS: [&str; 2] = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];

/// A user with these contacts, all verified, and a password.
async fn person(h: &House, name: &str, contacts: &[(&str, &str)]) {
    let mut attributes = contacts.to_vec();
    let flags: Vec<String> = contacts
        .iter()
        .map(|(c, _)| format!("{c}_verified"))
        .collect();
    attributes.extend(flags.iter().map(|flag| (flag.as_str(), "true")));
    let settings = json!({ "UserAttributes": given(&attributes), "MessageAction": "SUPPRESS" });
    h.create(name, settings).await.ok();
    let set = json!({ "Username": name, "Password": PASSWORD, "Permanent": true });
    h.admin("AdminSetUserPassword", set).await.ok();
}

async fn medium(h: &House, name: &str) -> Value {
    h.forgot(name).await.ok()["CodeDeliveryDetails"]["DeliveryMedium"].take()
}

#[tokio::test]
async fn what_is_not_verified_makes_room_for_the_next() {
    // The priorities count, not the order they are given in.
    let setting = json!({ "AccountRecoverySetting": { "RecoveryMechanisms": [
        { "Priority": 2, "Name": "verified_phone_number" },
        { "Priority": 1, "Name": "verified_email" },
    ] } });
    let h = House::new(setting, json!({})).await;
    person(&h, "both", &[("email", EMAIL), ("phone_number", PHONE)]).await;
    person(&h, "phone", &[("phone_number", "+15551239935")]).await;
    assert_eq!(medium(&h, "both").await, "EMAIL");
    assert_eq!(medium(&h, "phone").await, "SMS");
    h.update("both", &[("email_verified", "false")]).await.ok();
    assert_eq!(medium(&h, "both").await, "SMS");
    h.update("both", &[("phone_number_verified", "false")])
        .await
        .ok();
    h.forgot("both").await.error(INVALID, NO_CONTACT);
    // An update replaces everything: without the setting the phone is first.
    h.update(
        "both",
        &[
            ("phone_number_verified", "true"),
            ("email_verified", "true"),
        ],
    )
    .await
    .ok();
    h.admin("UpdateUserPool", json!({})).await.ok();
    assert_eq!(medium(&h, "both").await, "SMS");
}

#[tokio::test]
async fn a_contact_of_the_second_factor_recovers_nothing() {
    let role = json!({ "SnsCallerArn": "arn:aws:iam::123456789012:role/r" });
    let h = House::new(json!({ "SmsConfiguration": role }), json!({})).await;
    let factors = json!({
        "MfaConfiguration": "OPTIONAL",
        "SmsMfaConfiguration": { "SmsAuthenticationMessage": "{####}" },
    });
    h.admin("SetUserPoolMfaConfig", factors).await.ok();
    person(&h, "both", &[("email", EMAIL), ("phone_number", PHONE)]).await;
    person(&h, "phone", &[("phone_number", "+15551239935")]).await;
    for (name, before) in [("both", "SMS"), ("phone", "SMS")] {
        assert_eq!(medium(&h, name).await, before);
        let on = json!({ "Username": name, "SMSMfaSettings": { "Enabled": true } });
        h.admin("AdminSetUserMFAPreference", on).await.ok();
    }
    assert_eq!(medium(&h, "both").await, "EMAIL");
    h.forgot("phone").await.error(INVALID, NO_CONTACT);
}

#[tokio::test]
async fn the_last_passwords_come_back_by_no_way() {
    let pool = json!({
        "AutoVerifiedAttributes": ["email"],
        "Policies": { "PasswordPolicy": { "MinimumLength": 8, "PasswordHistorySize": 2 } },
    });
    let h = House::new(pool, json!({ "ExplicitAuthFlows": FLOWS })).await;
    person(&h, "alice", &[("email", EMAIL)]).await;
    let sign_in = async |password: &str| {
        let parameters = json!({ "USERNAME": "alice", "PASSWORD": password });
        let request = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
        h.public("InitiateAuth", request).await.ok()
    };
    let tokens = sign_in(PASSWORD).await;
    let token = &tokens["AuthenticationResult"]["AccessToken"];
    let change = |previous: &str, proposed: &str| {
        let request = json!({
            "AccessToken": token, "PreviousPassword": previous, "ProposedPassword": proposed,
        });
        h.s.api("ChangePassword", request)
    };
    change(PASSWORD, PASSWORD).await.error(USED.0, USED.1);
    change(PASSWORD, SECOND).await.ok();
    change(SECOND, PASSWORD).await.error(USED.0, USED.1);
    // A temporary one is among them, and so is what takes its place.
    let set = json!({ "Username": "alice", "Password": PASSWORD });
    h.admin("AdminSetUserPassword", set)
        .await
        .error(USED.0, USED.1);
    let set = json!({ "Username": "alice", "Password": "Third-Horse3!" });
    h.admin("AdminSetUserPassword", set).await.ok();
    let asked = sign_in("Third-Horse3!").await;
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let answer = |password: &str| {
        let responses = json!({ "USERNAME": "alice", "NEW_PASSWORD": password });
        let request = json!({
            "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"],
            "ChallengeResponses": responses,
        });
        h.public("RespondToAuthChallenge", request)
    };
    for used in [SECOND, "Third-Horse3!"] {
        answer(used).await.error(USED.0, USED.1);
    }
    // The session is still good, and the first password is old enough.
    answer(PASSWORD).await.ok();
}
