//! AdminGetUser, AdminSetUserPassword, AdminConfirmSignUp, AdminEnableUser, AdminDisableUser,
//! AdminUpdateUserAttributes, AdminDeleteUserAttributes.

use poolhouse::time::Span;
use serde_json::{Value, json};

use super::house::{EMAIL, House, PASSWORD, PHONE, given};
use crate::support::Answer;

const INVALID: &str = "InvalidParameterException";
const NEW: &str = "Another-Horse2!";

async fn with_passwords() -> House {
    let pool = json!({ "AutoVerifiedAttributes": ["email"] });
    let client =
        json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] });
    House::new(pool, client).await
}

async fn sign_in(h: &House, username: &str, password: &str) -> Answer {
    let body = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": username, "PASSWORD": password },
    });
    h.public("InitiateAuth", body).await
}

#[tokio::test]
async fn every_operation_knows_its_pool_and_user() {
    let h = House::plain().await;
    for operation in [
        "AdminGetUser",
        "AdminDeleteUser",
        "AdminSetUserPassword",
        "AdminConfirmSignUp",
        "AdminEnableUser",
        "AdminDisableUser",
        "AdminUpdateUserAttributes",
        "AdminDeleteUserAttributes",
        "AdminResetUserPassword",
    ] {
        let body = json!({
            "UserPoolId": h.pool, "Username": "nobody", "Password": PASSWORD,
            "UserAttributes": [], "UserAttributeNames": [],
        });
        let unknown = h.s.api(operation, body.clone()).await;
        unknown.error("UserNotFoundException", "User does not exist.");
        let mut body = body;
        body["UserPoolId"] = json!("us-east-1_none");
        let unknown = h.s.api(operation, body).await;
        unknown.error(
            "ResourceNotFoundException",
            "User pool us-east-1_none does not exist.",
        );
    }
}

#[tokio::test]
async fn passwords_are_set_for_good_or_for_once() {
    let h = with_passwords().await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    let set = |password: &str, permanent: bool| {
        let body = json!({ "Username": "alice", "Password": password, "Permanent": permanent });
        h.admin("AdminSetUserPassword", body)
    };
    assert_eq!(set(NEW, true).await.ok(), json!({}));
    assert_eq!(h.status("alice").await, "CONFIRMED");
    assert_eq!(h.attribute("alice", "email_verified").await, "false");
    sign_in(&h, "alice", NEW).await.ok();
    let body = json!({ "Username": "alice", "Password": PASSWORD });
    h.admin("AdminSetUserPassword", body).await.ok();
    assert_eq!(h.status("alice").await, "FORCE_CHANGE_PASSWORD");
    let next = sign_in(&h, "alice", PASSWORD).await.ok();
    assert_eq!(next["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    set("poor", true).await.error(
        "InvalidPasswordException",
        "Password did not conform with policy: Password not long enough",
    );
}

#[tokio::test]
async fn a_new_password_forgives_failed_attempts_and_ends_sign_ins_in_progress() {
    let h = with_passwords().await;
    h.create("alice", json!({ "TemporaryPassword": PASSWORD }))
        .await
        .ok();
    let begun = sign_in(&h, "alice", PASSWORD).await.ok();
    for _ in 0..5 {
        sign_in(&h, "alice", "wrong").await;
    }
    sign_in(&h, "alice", PASSWORD)
        .await
        .error("NotAuthorizedException", "Password attempts exceeded");
    let body = json!({ "Username": "alice", "Password": NEW, "Permanent": true });
    h.admin("AdminSetUserPassword", body).await.ok();
    sign_in(&h, "alice", NEW).await.ok();
    let answer = json!({
        "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": begun["Session"],
        "ChallengeResponses": { "USERNAME": "alice", "NEW_PASSWORD": "Attackers-1!" },
    });
    let late = h.public("RespondToAuthChallenge", answer).await;
    assert_eq!(
        (late.status, &late.body["__type"]),
        (400, &json!("NotAuthorizedException"))
    );
    sign_in(&h, "alice", NEW).await.ok();
}

#[tokio::test]
async fn a_sign_up_is_confirmed_by_the_administrator() {
    let h = House::plain().await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    let confirm = || h.admin("AdminConfirmSignUp", json!({ "Username": "alice" }));
    assert_eq!(confirm().await.ok(), json!({}));
    assert_eq!(h.status("alice").await, "CONFIRMED");
    assert_eq!(h.attribute("alice", "email_verified").await, "false");
    let message = "User cannot be confirmed. Current status is CONFIRMED";
    confirm().await.error("NotAuthorizedException", message);
    h.create("bob", json!({})).await.ok();
    let invited = h
        .admin("AdminConfirmSignUp", json!({ "Username": "bob" }))
        .await;
    let message = "User cannot be confirmed. Current status is FORCE_CHANGE_PASSWORD";
    invited.error("NotAuthorizedException", message);
}

#[tokio::test]
async fn disabling_keeps_out_and_enabling_lets_in() {
    let h = with_passwords().await;
    h.confirmed("alice", EMAIL).await;
    let tokens = sign_in(&h, "alice", PASSWORD).await.ok()["AuthenticationResult"].take();
    let who = || {
        h.s.api("GetUser", json!({ "AccessToken": tokens["AccessToken"] }))
    };
    who().await.ok();
    let body = json!({ "Username": "alice" });
    for _ in 0..2 {
        assert_eq!(
            h.admin("AdminDisableUser", body.clone()).await.ok(),
            json!({})
        );
    }
    assert_eq!(h.user("alice").await["Enabled"], false);
    assert_eq!(who().await.status, 400);
    sign_in(&h, "alice", PASSWORD)
        .await
        .error("NotAuthorizedException", "User is disabled.");
    h.s.clock().advance(Span::seconds(2));
    for _ in 0..2 {
        assert_eq!(
            h.admin("AdminEnableUser", body.clone()).await.ok(),
            json!({})
        );
    }
    assert_eq!(h.user("alice").await["Enabled"], true);
    assert_eq!(who().await.status, 400);
    sign_in(&h, "alice", PASSWORD).await.ok();
}

#[tokio::test]
async fn attributes_change_and_dates_tell() {
    let h = House::new(json!({}), json!({})).await;
    h.create("alice", json!({})).await.ok();
    h.s.clock().advance(Span::seconds(90));
    let set = [
        ("name", "Alice"),
        ("email", EMAIL),
        ("phone_number", PHONE),
        ("phone_number_verified", "true"),
    ];
    assert_eq!(h.update("alice", &set).await.ok(), json!({}));
    let user = h.user("alice").await;
    assert!(user["UserLastModifiedDate"].as_f64() > user["UserCreateDate"].as_f64());
    assert_eq!(h.attribute("alice", "email_verified").await, "false");
    assert_eq!(h.attribute("alice", "phone_number_verified").await, "true");
    h.update("alice", &[("phone_number", "+4930123456"), ("name", "")])
        .await
        .ok();
    assert_eq!(h.attribute("alice", "phone_number_verified").await, "false");
    assert_eq!(h.attribute("alice", "name").await, Value::Null);
    h.update("alice", &[("email", EMAIL)]).await.ok();
    h.update("alice", &[("email", "")]).await.ok();
    assert_eq!(h.attribute("alice", "email").await, Value::Null);
    assert_eq!(h.attribute("alice", "email_verified").await, Value::Null);
    assert!(h.messages().is_empty());
}

#[tokio::test]
async fn a_changed_contact_gets_a_code_where_the_pool_verifies() {
    let h = House::plain().await;
    h.confirmed("alice", EMAIL).await;
    h.update("alice", &[("email", "new@example.com")])
        .await
        .ok();
    assert_eq!(h.s.message_to("new@example.com").kind, "attribute");
    assert_eq!(h.attribute("alice", "email").await, "new@example.com");
    assert_eq!(h.attribute("alice", "email_verified").await, "false");
    let before = h.messages().len();
    h.update(
        "alice",
        &[("email", "x@example.com"), ("email_verified", "true")],
    )
    .await
    .ok();
    h.update("alice", &[("email", "x@example.com")]).await.ok();
    assert_eq!(h.messages().len(), before);
    assert_eq!(h.attribute("alice", "email_verified").await, "true");
}

#[tokio::test]
async fn a_contact_waits_for_its_proof_where_the_pool_says_so() {
    let pool = json!({
        "AutoVerifiedAttributes": ["email"],
        "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
    });
    let h = House::new(pool, json!({})).await;
    h.confirmed("alice", EMAIL).await;
    h.update("alice", &[("email", "new@example.com"), ("name", "A")])
        .await
        .ok();
    assert_eq!(h.attribute("alice", "email").await, EMAIL);
    assert_eq!(h.attribute("alice", "email_verified").await, "true");
    assert_eq!(h.attribute("alice", "name").await, "A");
    assert_eq!(h.s.message_to("new@example.com").kind, "attribute");
    h.update(
        "alice",
        &[("email", "new@example.com"), ("email_verified", "true")],
    )
    .await
    .ok();
    assert_eq!(h.attribute("alice", "email").await, "new@example.com");
}

#[tokio::test]
async fn a_contact_that_is_taken_away_is_not_proven_afterwards() {
    let pool = json!({
        "AutoVerifiedAttributes": ["email"],
        "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
    });
    let flows = json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);
    let h = House::new(pool, json!({ "ExplicitAuthFlows": flows })).await;
    h.confirmed("alice", EMAIL).await;
    let parameters = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
    let request = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    let token = h.public("InitiateAuth", request).await.ok();
    let token = &token["AuthenticationResult"]["AccessToken"];
    h.update("alice", &[("email", "new@example.com")])
        .await
        .ok();
    let code = h.s.code_to("new@example.com");
    let names = json!({ "Username": "alice", "UserAttributeNames": ["email"] });
    h.admin("AdminDeleteUserAttributes", names).await.ok();
    let verify = json!({ "AccessToken": token, "AttributeName": "email", "Code": code });
    h.s.api("VerifyUserAttribute", verify).await.error(
        "ExpiredCodeException",
        "Invalid code provided, please request a code again.",
    );
    assert_eq!(h.attribute("alice", "email").await, Value::Null);
    assert_eq!(h.attribute("alice", "email_verified").await, Value::Null);
}

#[tokio::test]
async fn what_cannot_change_does_not() {
    let pool = json!({ "Schema": [
        { "Name": "email", "Required": true },
        { "Name": "fixed", "AttributeDataType": "String", "Mutable": false },
    ]});
    let h = House::new(pool, json!({})).await;
    let settings = json!({ "UserAttributes": given(&[("email", EMAIL), ("custom:fixed", "x")]) });
    h.create("alice", settings).await.ok();
    h.create("bob", json!({})).await.ok();
    for name in ["alice", "bob"] {
        let fixed = h
            .update(name, &[("custom:fixed", "y"), ("name", "n")])
            .await;
        fixed.error(
            INVALID,
            "Cannot modify the non-mutable attribute custom:fixed",
        );
        let fixed = h.update(name, &[("custom:fixed", "")]).await;
        fixed.error(
            INVALID,
            "Cannot modify the non-mutable attribute custom:fixed",
        );
        let sub = h.update(name, &[("sub", "x")]).await;
        sub.error(INVALID, "Cannot modify the non-mutable attribute sub");
        assert_eq!(h.attribute(name, "name").await, Value::Null);
    }
    let required = "Invalid user attributes: email: Required attribute cannot be deleted.";
    h.update("alice", &[("email", "")])
        .await
        .error(INVALID, required);
    let unknown = h.update("alice", &[("custom:x", "x")]).await;
    unknown.error(
        INVALID,
        "Attributes did not conform to the schema: custom:x: Attribute does not exist in the schema.\n",
    );
    let flag = h.update("bob", &[("email_verified", "true")]).await;
    flag.error(INVALID, "email is required to set email_verified");

    let delete = |names: Value| {
        let body = json!({ "Username": "alice", "UserAttributeNames": names });
        h.admin("AdminDeleteUserAttributes", body)
    };
    delete(json!(["email"])).await.error(INVALID, required);
    delete(json!(["custom:fixed"])).await.error(
        INVALID,
        "Cannot modify the non-mutable attribute custom:fixed",
    );
    delete(json!(["custom:a", "custom:b"])).await.error(
        INVALID,
        "Invalid user attributes: user.custom:a: Attribute does not exist in the schema.\n\
         user.custom:b: Attribute does not exist in the schema.\n",
    );
    h.update(
        "alice",
        &[("phone_number", PHONE), ("phone_number_verified", "true")],
    )
    .await
    .ok();
    assert_eq!(
        delete(json!(["phone_number", "nickname"])).await.ok(),
        json!({})
    );
    assert_eq!(h.attribute("alice", "phone_number").await, Value::Null);
    assert_eq!(
        h.attribute("alice", "phone_number_verified").await,
        Value::Null
    );
}
