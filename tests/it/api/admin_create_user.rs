//! AdminCreateUser.

use poolhouse::time::Span;
use serde_json::{Value, json};

use super::house::{EMAIL, House, PASSWORD, PHONE, attribute, given};

const INVALID: &str = "InvalidParameterException";

fn contact() -> Value {
    given(&[("email", EMAIL)])
}

#[tokio::test]
async fn an_invitation_carries_name_and_temporary_password() {
    let h = House::new(json!({}), json!({})).await;
    let settings = json!({
        "UserAttributes": contact(), "TemporaryPassword": PASSWORD,
        "DesiredDeliveryMediums": ["EMAIL"],
    });
    let user = h.create("alice", settings).await.ok()["User"].take();
    let sub = attribute(&user["Attributes"], "sub");
    let expected = json!({
        "Username": "alice",
        "Attributes": given(&[("sub", sub.as_str().unwrap()), ("email", EMAIL)]),
        "UserCreateDate": user["UserCreateDate"], "UserLastModifiedDate": user["UserCreateDate"],
        "Enabled": true, "UserStatus": "FORCE_CHANGE_PASSWORD",
    });
    assert_eq!(user, expected);
    let message = h.s.message_to(EMAIL);
    assert_eq!(
        (message.kind.as_str(), message.code.as_deref()),
        ("invitation", Some(PASSWORD))
    );
    assert_eq!(message.subject.as_deref(), Some("Your temporary password"));
    assert_eq!(
        message.text,
        format!("Your username is alice and temporary password is {PASSWORD}. ")
    );
    let mut shown = h.user("alice").await;
    shown["Attributes"] = shown["UserAttributes"].take();
    shown.as_object_mut().unwrap().remove("UserAttributes");
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn a_password_is_made_up_to_the_policy() {
    let pool = json!({ "Policies": { "PasswordPolicy": {
        "MinimumLength": 40, "RequireUppercase": true, "RequireLowercase": true,
        "RequireNumbers": true, "RequireSymbols": true,
    }}});
    let h = House::new(pool, json!({})).await;
    for name in ["a", "b", "c"] {
        let settings = json!({ "UserAttributes": contact(), "DesiredDeliveryMediums": ["EMAIL"] });
        h.create(name, settings).await.ok();
        let password = h.s.code_to(EMAIL);
        assert_eq!(password.len(), 40);
        let body = json!({ "Username": name, "Password": password, "Permanent": true });
        h.admin("AdminSetUserPassword", body).await.ok();
    }
    let settings = json!({ "TemporaryPassword": "short" });
    h.create("d", settings).await.error(
        "InvalidPasswordException",
        "Password did not conform with policy: Password not long enough",
    );
}

#[tokio::test]
async fn invitations_go_where_they_are_asked_to_go() {
    let h = House::new(json!({}), json!({})).await;
    h.create("quiet", json!({})).await.ok();
    h.create("mail", json!({ "UserAttributes": contact() }))
        .await
        .ok();
    let both = given(&[("email", EMAIL), ("phone_number", PHONE)]);
    h.create(
        "hush",
        json!({ "UserAttributes": both, "MessageAction": "SUPPRESS" }),
    )
    .await
    .ok();
    assert!(h.messages().is_empty());
    h.create("phone", json!({ "UserAttributes": both }))
        .await
        .ok();
    assert_eq!(
        (h.messages().len(), h.s.message_to(PHONE).username.as_str()),
        (1, "phone")
    );
    let media = json!({ "UserAttributes": both, "DesiredDeliveryMediums": ["EMAIL", "SMS"] });
    h.create("both", media).await.ok();
    assert_eq!(h.s.message_to(EMAIL).code, h.s.message_to(PHONE).code);
    for (medium, message) in [
        (
            "EMAIL",
            "No email provided but desired delivery medium was Email",
        ),
        (
            "SMS",
            "No phone number provided but desired delivery medium was SMS",
        ),
    ] {
        let settings = json!({ "DesiredDeliveryMediums": [medium] });
        h.create("nobody", settings).await.error(INVALID, message);
    }
    h.admin("AdminGetUser", json!({ "Username": "nobody" }))
        .await
        .error("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn the_pools_own_invitation_is_used_and_values_are_escaped() {
    let pool = json!({
        "UsernameAttributes": ["email", "phone_number"],
        "AdminCreateUserConfig": { "InviteMessageTemplate": {
            "EmailSubject": "Hello {username}", "EmailMessage": "<p>{username}: {####}</p>",
            "SMSMessage": "{username} {####}",
        }},
    });
    let h = House::new(pool, json!({})).await;
    let settings = json!({
        "TemporaryPassword": "Aa1<b>&\"x", "DesiredDeliveryMediums": ["EMAIL"],
    });
    h.create(EMAIL, settings).await.ok();
    let mail = h.s.mailer.sent().pop().unwrap();
    assert_eq!(mail.subject, format!("Hello {EMAIL}"));
    assert_eq!(
        mail.html.unwrap().expose(),
        &format!("<p>{EMAIL}: Aa1&lt;b&gt;&amp;&quot;x</p>")
    );
    assert_eq!(mail.text.expose(), &format!("{EMAIL}: Aa1<b>&\"x"));
    h.create(PHONE, json!({ "TemporaryPassword": PASSWORD }))
        .await
        .ok();
    assert_eq!(h.s.message_to(PHONE).text, format!("{PHONE} {PASSWORD}"));
}

#[tokio::test]
async fn an_invitation_is_sent_again_with_a_fresh_password() {
    let h = House::new(
        json!({}),
        json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }),
    )
    .await;
    let settings = json!({ "UserAttributes": contact(), "DesiredDeliveryMediums": ["EMAIL"] });
    h.create("alice", settings).await.ok();
    let old = h.s.code_to(EMAIL);
    h.s.clock().advance(Span::days(6));
    let again = json!({ "MessageAction": "RESEND", "DesiredDeliveryMediums": ["EMAIL"] });
    let user = h.create("alice", again.clone()).await.ok()["User"].take();
    assert_eq!(user["UserStatus"], "FORCE_CHANGE_PASSWORD");
    let new = h.s.code_to(EMAIL);
    assert_ne!(old, new);
    h.s.clock().advance(Span::days(6));
    let sign_in = |password: &str| {
        h.public(
            "InitiateAuth",
            json!({
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": { "USERNAME": "alice", "PASSWORD": password },
            }),
        )
    };
    let refused = ("NotAuthorizedException", "Incorrect username or password.");
    sign_in(&old).await.error(refused.0, refused.1);
    let next = sign_in(&new).await.ok();
    assert_eq!(next["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    h.s.clock().advance(Span::days(1));
    sign_in(&new).await.error(
        "NotAuthorizedException",
        "Temporary password has expired and must be reset by an administrator.",
    );

    h.create("nobody", again.clone())
        .await
        .error("UserNotFoundException", "User does not exist.");
    let body = json!({ "Username": "alice", "Password": PASSWORD, "Permanent": true });
    h.admin("AdminSetUserPassword", body).await.ok();
    h.create("alice", again).await.error(
        "UnsupportedUserStateException",
        "Resend not possible. Current status is CONFIRMED",
    );
}

#[tokio::test]
async fn attributes_are_checked_and_flags_need_their_contact() {
    let pool = json!({ "Schema": [{ "Name": "name", "Required": true },
        { "Name": "fixed", "AttributeDataType": "String", "Mutable": false }] });
    let h = House::new(pool, json!({})).await;
    for (name, value, message) in [
        ("sub", "x", "Cannot modify the non-mutable attribute sub"),
        (
            "email_verified",
            "true",
            "email is required to set email_verified",
        ),
        (
            "phone_number_verified",
            "True",
            "phone_number is required to set phone_number_verified",
        ),
        ("email", "x", "Invalid email address format."),
        (
            "custom:x",
            "x",
            "Attributes did not conform to the schema: custom:x: Attribute does not exist in the schema.\n",
        ),
    ] {
        let settings = json!({ "UserAttributes": given(&[(name, value)]) });
        h.create("alice", settings).await.error(INVALID, message);
    }
    let settings = json!({ "UserAttributes": given(&[
        ("email", EMAIL), ("email_verified", "True"), ("custom:fixed", "x"), ("nickname", ""),
    ])});
    h.create("alice", settings).await.ok();
    assert_eq!(h.attribute("alice", "email_verified").await, "true");
    assert_eq!(h.attribute("alice", "nickname").await, Value::Null);
    h.create("alice", json!({}))
        .await
        .error("UsernameExistsException", "User account already exists");
}

#[tokio::test]
async fn a_user_who_can_begin_with_a_code_gets_no_password() {
    let pool = json!({
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } },
    });
    let h = House::new(pool, json!({})).await;
    h.create("alice", json!({ "UserAttributes": contact() }))
        .await
        .ok();
    assert_eq!(h.status("alice").await, "CONFIRMED");
    h.create("bob", json!({})).await.ok();
    assert_eq!(h.status("bob").await, "FORCE_CHANGE_PASSWORD");
    let settings = json!({ "UserAttributes": contact(), "TemporaryPassword": PASSWORD });
    h.create("carol", settings).await.ok();
    assert_eq!(h.status("carol").await, "FORCE_CHANGE_PASSWORD");
}

#[tokio::test]
async fn an_invitation_that_fails_is_told_and_the_user_stays() {
    let h = House::new(json!({}), json!({})).await;
    h.s.mailer.refuse(true);
    let settings = json!({ "UserAttributes": contact(), "DesiredDeliveryMediums": ["EMAIL"] });
    h.create("alice", settings).await.error(
        "CodeDeliveryFailureException",
        "The message with the code could not be delivered.",
    );
    assert_eq!(h.status("alice").await, "FORCE_CHANGE_PASSWORD");
    let missing = h.s.api(
        "AdminCreateUser",
        json!({ "UserPoolId": "us-east-1_none", "Username": "a" }),
    );
    missing.await.error(
        "ResourceNotFoundException",
        "User pool us-east-1_none does not exist.",
    );
}
