//! What a signed-in person does: ChangePassword, UpdateUserAttributes, DeleteUserAttributes,
//! GetUserAttributeVerificationCode, VerifyUserAttribute, DeleteUser.

use poolhouse::time::Span;
use serde_json::{Value, json};

use super::house::{EMAIL, House, PASSWORD, PHONE, given, wrong};
use super::merge;
use crate::support::Answer;

const INVALID: &str = "InvalidParameterException";
const NEW: &str = "Another-Horse2!";
const MISMATCH: (&str, &str) = (
    "CodeMismatchException",
    "Invalid verification code provided, please try again.",
);
const EXPIRED: (&str, &str) = (
    "ExpiredCodeException",
    "Invalid code provided, please request a code again.",
);
const LIMIT: (&str, &str) = (
    "LimitExceededException",
    "Attempt limit exceeded, please try after some time.",
);

/// A house with a person signed in.
struct Home {
    h: House,
    token: String,
}

impl Home {
    async fn new(pool: Value, client: Value) -> Self {
        let mut settings = json!({
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        });
        merge(&mut settings, &client);
        let h = House::new(pool, settings).await;
        h.confirmed("alice", EMAIL).await;
        let token = sign_in(&h, PASSWORD).await.ok()["AuthenticationResult"]["AccessToken"].take();
        let token = token.as_str().unwrap().to_owned();
        Self { h, token }
    }

    async fn plain() -> Self {
        Self::new(json!({ "AutoVerifiedAttributes": ["email"] }), json!({})).await
    }

    async fn call(&self, operation: &str, body: Value) -> Answer {
        let mut full = json!({ "AccessToken": self.token });
        merge(&mut full, &body);
        self.h.s.api(operation, full).await
    }

    async fn update(&self, attributes: &[(&str, &str)]) -> Answer {
        let body = json!({ "UserAttributes": given(attributes) });
        self.call("UpdateUserAttributes", body).await
    }

    async fn send_code(&self, name: &str) -> Answer {
        let body = json!({ "AttributeName": name });
        self.call("GetUserAttributeVerificationCode", body).await
    }

    async fn verify(&self, name: &str, code: &str) -> Answer {
        let body = json!({ "AttributeName": name, "Code": code });
        self.call("VerifyUserAttribute", body).await
    }

    async fn change(&self, previous: &str, proposed: &str) -> Answer {
        let body = json!({ "PreviousPassword": previous, "ProposedPassword": proposed });
        self.call("ChangePassword", body).await
    }
}

async fn sign_in(h: &House, password: &str) -> Answer {
    let body = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "alice", "PASSWORD": password },
    });
    h.public("InitiateAuth", body).await
}

#[tokio::test]
async fn a_password_changes_for_who_knows_the_present_one() {
    let home = Home::plain().await;
    assert_eq!(home.change(PASSWORD, NEW).await.ok(), json!({}));
    assert_eq!(home.h.status("alice").await, "CONFIRMED");
    sign_in(&home.h, NEW).await.ok();
    let refused = ("NotAuthorizedException", "Incorrect username or password.");
    sign_in(&home.h, PASSWORD).await.error(refused.0, refused.1);
    home.change(PASSWORD, NEW).await.error(refused.0, refused.1);
    let body = json!({ "ProposedPassword": PASSWORD });
    home.call("ChangePassword", body)
        .await
        .error(refused.0, refused.1);
    home.change(NEW, "poor-password").await.error(
        "InvalidPasswordException",
        "Password did not conform with policy: Password must have uppercase characters",
    );
    home.call("GetUser", json!({})).await.ok();
}

#[tokio::test]
async fn a_stolen_token_is_no_way_to_guess_the_password() {
    let home = Home::plain().await;
    let refused = ("NotAuthorizedException", "Incorrect username or password.");
    for _ in 0..5 {
        home.change("Guess-work1!", NEW)
            .await
            .error(refused.0, refused.1);
    }
    let before = home.h.s.app.hashing.evaluations();
    home.change(PASSWORD, NEW).await.error(LIMIT.0, LIMIT.1);
    assert_eq!(home.h.s.app.hashing.evaluations(), before);
}

#[tokio::test]
async fn who_has_no_password_chooses_a_first_one() {
    let home = Home::plain().await;
    let mut tx = home
        .h
        .s
        .app
        .store
        .write(&poolhouse::store::audit::Actor::default())
        .await
        .unwrap();
    let sql = poolhouse::store::db::Sql {
        sqlite: "DELETE FROM passwords",
        postgres: "DELETE FROM passwords",
    };
    tx.execute(sql, Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
    let body = json!({ "ProposedPassword": NEW });
    home.call("ChangePassword", body).await.ok();
    sign_in(&home.h, NEW).await.ok();
}

#[tokio::test]
async fn attributes_change_as_far_as_the_client_may_write() {
    let pool = json!({ "AutoVerifiedAttributes": ["email"], "Schema": [
        { "Name": "tier", "AttributeDataType": "String", "Mutable": true },
    ]});
    let home = Home::new(pool, json!({ "WriteAttributes": ["email", "name"] })).await;
    assert_eq!(
        home.update(&[("name", "Alice")]).await.ok(),
        json!({ "CodeDeliveryDetailsList": [] })
    );
    assert_eq!(home.h.attribute("alice", "name").await, "Alice");
    let refused = (
        "NotAuthorizedException",
        "A client attempted to write unauthorized attribute",
    );
    for name in [
        "custom:tier",
        "nickname",
        "email_verified",
        "sub",
        "identities",
        "dev:custom:x",
    ] {
        home.update(&[("name", "Eve"), (name, "true")])
            .await
            .error(refused.0, refused.1);
        let body = json!({ "UserAttributeNames": ["name", name] });
        home.call("DeleteUserAttributes", body)
            .await
            .error(refused.0, refused.1);
    }
    assert_eq!(home.h.attribute("alice", "name").await, "Alice");
    let body = json!({ "UserAttributeNames": ["name"] });
    assert_eq!(
        home.call("DeleteUserAttributes", body).await.ok(),
        json!({})
    );
    assert_eq!(home.h.attribute("alice", "name").await, Value::Null);
}

#[tokio::test]
async fn a_new_address_is_unproven_until_its_code_comes_back() {
    let home = Home::plain().await;
    let sent = home.update(&[("email", "new@example.com")]).await.ok();
    let expected = json!({ "CodeDeliveryDetailsList": [{
        "Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email",
    }]});
    assert_eq!(sent, expected);
    assert_eq!(home.h.attribute("alice", "email").await, "new@example.com");
    assert_eq!(home.h.attribute("alice", "email_verified").await, "false");
    let code = home.h.s.code_to("new@example.com");
    home.verify("email", wrong(&code))
        .await
        .error(MISMATCH.0, MISMATCH.1);
    home.verify("phone_number", &code)
        .await
        .error(EXPIRED.0, EXPIRED.1);
    assert_eq!(home.verify("email", &code).await.ok(), json!({}));
    assert_eq!(home.h.attribute("alice", "email_verified").await, "true");
    home.verify("email", &code)
        .await
        .error(EXPIRED.0, EXPIRED.1);
}

#[tokio::test]
async fn an_address_that_waits_replaces_the_old_one_when_proven() {
    let pool = json!({
        "AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email"],
        "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
    });
    let home = Home::new(pool, json!({})).await;
    home.h.confirmed("bob", "bob@example.com").await;
    home.update(&[("email", "bob@example.com")]).await.ok();
    let code = home.h.s.code_to("bob@example.com");
    let exists = (
        "AliasExistsException",
        "An account with the given email already exists.",
    );
    home.verify("email", &code).await.error(exists.0, exists.1);
    assert_eq!(home.h.attribute("alice", "email").await, EMAIL);

    home.update(&[("email", "new@example.com")]).await.ok();
    assert_eq!(home.h.attribute("alice", "email").await, EMAIL);
    let sent = home.send_code("email").await.ok();
    assert_eq!(sent["CodeDeliveryDetails"]["Destination"], "n***@e***");
    home.verify("email", &home.h.s.code_to("new@example.com"))
        .await
        .ok();
    assert_eq!(home.h.attribute("alice", "email").await, "new@example.com");
    assert_eq!(home.h.attribute("alice", "email_verified").await, "true");
    assert_eq!(home.h.user("new@example.com").await["Username"], "alice");
}

#[tokio::test]
async fn codes_for_contacts_are_sent_on_request() {
    let home = Home::plain().await;
    home.update(&[("phone_number", PHONE)]).await.ok();
    let sent = home.send_code("phone_number").await.ok();
    assert_eq!(sent["CodeDeliveryDetails"]["DeliveryMedium"], "SMS");
    home.verify("phone_number", &home.h.s.code_to(PHONE))
        .await
        .ok();
    assert_eq!(
        home.h.attribute("alice", "phone_number_verified").await,
        "true"
    );
    let only = "Invalid attribute name. Only phone_number and email can be verified.";
    home.send_code("name").await.error(INVALID, only);
    home.verify("name", "123456").await.error(INVALID, only);
    for _ in 0..4 {
        home.send_code("email").await.ok();
    }
    home.send_code("email").await.error(LIMIT.0, LIMIT.1);
    let code = home.h.s.code_to(EMAIL);
    for _ in 0..14 {
        home.verify("email", wrong(&code))
            .await
            .error(MISMATCH.0, MISMATCH.1);
    }
    home.verify("email", &code).await.error(LIMIT.0, LIMIT.1);
}

#[tokio::test]
async fn a_code_for_one_contact_proves_no_other() {
    let home = Home::plain().await;
    home.update(&[("phone_number", PHONE)]).await.ok();
    home.send_code("phone_number").await.ok();
    let by_phone = home.h.s.code_to(PHONE);
    home.send_code("email").await.ok();
    let by_mail = home.h.s.code_to(EMAIL);
    for (name, other) in [("phone_number", &by_mail), ("email", &by_phone)] {
        home.verify(name, other).await.error(MISMATCH.0, MISMATCH.1);
    }
    home.verify("phone_number", &by_phone).await.ok();
    home.verify("email", &by_mail).await.ok();
}

#[tokio::test]
async fn an_attribute_code_works_for_a_day_and_for_its_address() {
    let home = Home::plain().await;
    home.send_code("email").await.ok();
    let code = home.h.s.code_to(EMAIL);
    home.h
        .update(
            "alice",
            &[("email", "x@example.com"), ("email_verified", "true")],
        )
        .await
        .ok();
    home.verify("email", &code)
        .await
        .error(EXPIRED.0, EXPIRED.1);
    home.h.update("alice", &[("phone_number", "")]).await.ok();
    let missing = home.send_code("phone_number").await;
    missing.error(INVALID, "User does not have phone_number set.");
    home.send_code("email").await.ok();
    let code = home.h.s.code_to("x@example.com");
    home.h.s.clock().advance(Span::hours(24));
    let token = sign_in(&home.h, PASSWORD).await.ok()["AuthenticationResult"]["AccessToken"].take();
    let body = json!({ "AccessToken": token, "AttributeName": "email", "Code": code });
    home.h
        .s
        .api("VerifyUserAttribute", body)
        .await
        .error(EXPIRED.0, EXPIRED.1);
}

#[tokio::test]
async fn who_leaves_is_gone_with_all_tokens() {
    let home = Home::plain().await;
    assert_eq!(home.call("DeleteUser", json!({})).await.ok(), Value::Null);
    let gone = ("UserNotFoundException", "User does not exist.");
    home.call("GetUser", json!({})).await.error(gone.0, gone.1);
    let found = home
        .h
        .admin("AdminGetUser", json!({ "Username": "alice" }))
        .await;
    found.error(gone.0, gone.1);
}

#[tokio::test]
async fn who_must_reset_the_password_does_that_first() {
    let home = Home::plain().await;
    home.h
        .admin("AdminResetUserPassword", json!({ "Username": "alice" }))
        .await
        .ok();
    for (operation, body) in [
        (
            "ChangePassword",
            json!({ "PreviousPassword": PASSWORD, "ProposedPassword": NEW }),
        ),
        ("UpdateUserAttributes", json!({ "UserAttributes": [] })),
        ("DeleteUserAttributes", json!({ "UserAttributeNames": [] })),
        (
            "GetUserAttributeVerificationCode",
            json!({ "AttributeName": "email" }),
        ),
        (
            "VerifyUserAttribute",
            json!({ "AttributeName": "email", "Code": "123456" }),
        ),
        ("DeleteUser", json!({})),
    ] {
        let answer = home.call(operation, body).await;
        answer.error(
            "PasswordResetRequiredException",
            "Password reset required for the user",
        );
    }
}
