//! SignUp.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::house::{EMAIL, House, PASSWORD, PHONE, attribute, given};

const INVALID: &str = "InvalidParameterException";
const EXPIRED: (&str, &str) = (
    "ExpiredCodeException",
    "Invalid code provided, please request a code again.",
);

#[tokio::test]
async fn a_person_signs_up_and_confirms_by_the_code_in_the_mail() {
    let h = House::plain().await;
    let made = h
        .sign_up("alice", &[("email", EMAIL), ("name", "Alice")])
        .await;
    let details = json!({
        "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email",
    });
    assert_eq!(made["UserConfirmed"], false);
    assert_eq!(made["CodeDeliveryDetails"], details);
    let user = h.user("alice").await;
    assert_eq!(user["UserStatus"], "UNCONFIRMED");
    assert_eq!(user["Enabled"], true);
    assert_eq!(user["UserCreateDate"], user["UserLastModifiedDate"]);
    assert_eq!(
        user["UserAttributes"],
        given(&[
            ("sub", made["UserSub"].as_str().unwrap()),
            ("email", EMAIL),
            ("email_verified", "false"),
            ("name", "Alice"),
        ])
    );

    let message = h.s.message_to(EMAIL);
    let code = message.code.clone().unwrap();
    assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(
        (message.kind.as_str(), message.channel.as_str()),
        ("sign_up", "EMAIL")
    );
    assert_eq!(message.username, "alice");
    assert_eq!(message.subject.as_deref(), Some("Your verification code"));
    assert_eq!(message.text, format!("Your verification code is {code}. "));
    let mail = h.s.mailer.sent().pop().unwrap();
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        (EMAIL, "Your verification code")
    );
    assert!(mail.text.expose().contains(&code));

    assert_eq!(h.confirm("alice", &code).await.ok(), json!({}));
    assert_eq!(h.status("alice").await, "CONFIRMED");
    assert_eq!(h.attribute("alice", "email_verified").await, "true");
}

#[tokio::test]
async fn no_code_goes_out_for_what_the_pool_does_not_verify() {
    let h = House::new(json!({}), json!({})).await;
    let made = h.sign_up("alice", &[("email", EMAIL)]).await;
    assert!(made.get("CodeDeliveryDetails").is_none(), "{made}");
    assert!(h.messages().is_empty());
    let resend = h.public("ResendConfirmationCode", json!({ "Username": "alice" }));
    resend.await.error(
        INVALID,
        "Cannot resend codes. Auto verification not turned on.",
    );
    h.confirm("alice", "123456")
        .await
        .error(EXPIRED.0, EXPIRED.1);

    let h = House::plain().await;
    let made = h.sign_up("alice", &[("phone_number", PHONE)]).await;
    assert!(made.get("CodeDeliveryDetails").is_none(), "{made}");
}

#[tokio::test]
async fn the_phone_wins_when_both_are_verified() {
    let sms = json!({ "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" });
    let pool =
        json!({ "AutoVerifiedAttributes": ["email", "phone_number"], "SmsConfiguration": sms });
    let h = House::new(pool, json!({})).await;
    let made = h
        .sign_up("alice", &[("email", EMAIL), ("phone_number", PHONE)])
        .await;
    let details = json!({
        "Destination": "+*******9934", "DeliveryMedium": "SMS", "AttributeName": "phone_number",
    });
    assert_eq!(made["CodeDeliveryDetails"], details);
    h.confirm("alice", &h.s.code_to(PHONE)).await.ok();
    assert_eq!(h.attribute("alice", "phone_number_verified").await, "true");
    assert_eq!(h.attribute("alice", "email_verified").await, "false");
}

#[tokio::test]
async fn user_names_are_taken_once() {
    let h = House::plain().await;
    h.sign_up("alice", &[]).await;
    let taken = ("UsernameExistsException", "User already exists");
    h.try_sign_up("alice", &[]).await.error(taken.0, taken.1);
    h.sign_up("Alice", &[]).await;
    let many = (0..8).map(|_| h.try_sign_up("bob", &[("email", EMAIL)]));
    let answers = futures_util::future::join_all(many).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        answer.error(taken.0, taken.1);
    }
}

#[tokio::test]
async fn passwords_meet_the_policy_or_nothing_is_made() {
    let h = House::plain().await;
    for (password, rule) in [
        ("Aa1!aaa", "Password not long enough"),
        ("aaaaaaa1!", "Password must have uppercase characters"),
        ("AAAAAAA1!", "Password must have lowercase characters"),
        ("AAAAaaaa!", "Password must have numeric characters"),
        ("AAAAaaaa1", "Password must have symbol characters"),
    ] {
        let body = json!({ "Username": "alice", "Password": password });
        let message = format!("Password did not conform with policy: {rule}");
        let answer = h.public("SignUp", body).await;
        answer.error("InvalidPasswordException", &message);
    }
    let answer = h.public("SignUp", json!({ "Username": "alice" })).await;
    answer.error(
        INVALID,
        "1 validation error detected: Value at 'password' failed to satisfy constraint: \
         Member must not be null",
    );
    h.sign_up("alice", &[]).await;
}

#[tokio::test]
async fn a_pool_for_administrators_only_lets_nobody_sign_up() {
    let pool = json!({ "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true } });
    let h = House::new(pool, json!({})).await;
    h.try_sign_up("alice", &[]).await.error(
        "NotAuthorizedException",
        "SignUp is not permitted for this user pool",
    );
}

const CONFORM: &str = "Attributes did not conform to the schema: ";
const REQUIRED: [(&str, &str); 3] = [
    ("email", EMAIL),
    ("given_name", "A"),
    ("birthdate", "2000-01-01"),
];

async fn with_schema() -> House {
    let pool = json!({ "Schema": [
        { "Name": "email", "Required": true },
        { "Name": "given_name", "Required": true },
        { "Name": "birthdate", "Required": true },
        { "Name": "shoe", "AttributeDataType": "Number", "Mutable": true,
          "NumberAttributeConstraints": { "MinValue": "10", "MaxValue": "60" } },
        { "Name": "code", "AttributeDataType": "String", "Mutable": true,
          "StringAttributeConstraints": { "MinLength": "2", "MaxLength": "4" } },
        { "Name": "since", "AttributeDataType": "DateTime", "Mutable": true },
        { "Name": "vip", "AttributeDataType": "Boolean", "Mutable": true },
    ]});
    House::new(pool, json!({})).await
}

#[tokio::test]
async fn required_attributes_are_asked_for_in_the_directorys_words() {
    let h = with_schema().await;
    let some = [("email", EMAIL), ("birthdate", "")];
    h.try_sign_up("alice", &some).await.error(
        INVALID,
        &format!(
            "{CONFORM}name.givenName: The attribute name.givenName is required\n\
             birthdate: The attribute birthdate is required\n"
        ),
    );
    let some = [("given_name", "A"), ("birthdate", "2000-01-01")];
    let email = format!("{CONFORM}email: The attribute is required\n");
    h.try_sign_up("alice", &some).await.error(INVALID, &email);
}

#[tokio::test]
async fn values_follow_the_schema() {
    let h = with_schema().await;
    for (name, value, problem) in [
        (
            "custom:nope",
            "x",
            "Attribute does not exist in the schema.",
        ),
        ("shoes", "x", "Attribute does not exist in the schema."),
        ("custom:shoe", "x", "Value is not a number"),
        ("custom:shoe", "9", "Number must be no less than 10"),
        ("custom:shoe", "61", "Number must be no greater than 60"),
        (
            "custom:code",
            "abcde",
            "String must be no longer than 4 characters",
        ),
        (
            "custom:code",
            "a",
            "String must be no shorter than 2 characters",
        ),
        ("custom:since", "x", "Value is not a valid date and time"),
        ("custom:vip", "x", "Value must be true or false"),
        (
            "birthdate",
            "1.1.2000",
            "String must be no shorter than 10 characters",
        ),
    ] {
        let mut attributes = REQUIRED.to_vec();
        attributes.push((name, value));
        let answer = h.try_sign_up("alice", &attributes).await;
        answer.error(INVALID, &format!("{CONFORM}{name}: {problem}\n"));
    }
    let mut all = REQUIRED.to_vec();
    all.extend([
        ("custom:shoe", "42.5"),
        ("custom:code", "äöüß"),
        ("custom:since", "2026-01-06T07:08:09Z"),
        ("custom:vip", "TRUE"),
    ]);
    h.sign_up("alice", &all).await;
    assert_eq!(h.attribute("alice", "custom:vip").await, "true");
    assert_eq!(h.attribute("alice", "custom:shoe").await, "42.5");
}

#[tokio::test]
async fn contacts_have_a_syntax() {
    let h = House::plain().await;
    for bad in ["alice", "a@b@c", "a@b\r\nBcc: x@y", "<a@b>", "a b@c"] {
        let answer = h.try_sign_up("alice", &[("email", bad)]).await;
        answer.error(INVALID, "Invalid email address format.");
    }
    for bad in ["555", "+1 555", "+1234567890123456"] {
        let answer = h.try_sign_up("alice", &[("phone_number", bad)]).await;
        answer.error(INVALID, "Invalid phone number format.");
    }
    let body = json!({
        "Username": "alice", "Password": PASSWORD, "UserAttributes": [{ "Name": "picture" }],
    });
    let answer = h.public("SignUp", body).await;
    answer.error(INVALID, "Attribute value for picture must not be null");
}

#[tokio::test]
async fn what_a_client_may_not_write_is_refused_whole() {
    let pool = json!({ "Schema": [
        { "Name": "tier", "AttributeDataType": "String", "Mutable": true },
        { "Name": "score", "AttributeDataType": "String", "DeveloperOnlyAttribute": true, "Mutable": true },
    ]});
    let h = House::new(pool.clone(), json!({ "WriteAttributes": ["email"] })).await;
    let refused = (
        "NotAuthorizedException",
        "A client attempted to write unauthorized attribute",
    );
    for name in [
        "name",
        "custom:tier",
        "sub",
        "email_verified",
        "phone_number_verified",
        "identities",
        "cognito:username",
        "dev:custom:score",
    ] {
        let answer = h
            .try_sign_up("alice", &[("email", EMAIL), (name, "x")])
            .await;
        answer.error(refused.0, refused.1);
    }
    h.sign_up("alice", &[("email", EMAIL)]).await;

    let h = House::new(pool, json!({})).await;
    for name in [
        "sub",
        "email_verified",
        "identities",
        "cognito:user_status",
        "dev:custom:score",
    ] {
        let answer = h
            .try_sign_up("alice", &[("email", EMAIL), (name, "true")])
            .await;
        answer.error(refused.0, refused.1);
    }
    h.sign_up("alice", &[("name", "A"), ("custom:tier", "gold")])
        .await;
}

#[tokio::test]
async fn a_client_with_a_secret_wants_its_proof() {
    let h = House::new(json!({}), json!({ "GenerateSecret": true })).await;
    h.try_sign_up("alice", &[]).await.error(
        "NotAuthorizedException",
        &format!(
            "Client {} is configured with secret but SECRET_HASH was not received",
            h.client
        ),
    );
    let wrong = format!("Unable to verify secret hash for client {}", h.client);
    for operation in [
        "SignUp",
        "ConfirmSignUp",
        "ResendConfirmationCode",
        "ForgotPassword",
        "ConfirmForgotPassword",
    ] {
        let mut body = json!({ "Username": "alice", "SecretHash": "AAAA" });
        if operation.starts_with("Confirm") {
            body["ConfirmationCode"] = json!("123456");
        }
        if operation != "ResendConfirmationCode"
            && !operation.starts_with("Forgot")
            && operation != "ConfirmSignUp"
        {
            body["Password"] = json!(PASSWORD);
        }
        let answer = h.public(operation, body).await;
        answer.error("NotAuthorizedException", &wrong);
    }
    let unknown =
        json!({ "ClientId": "1example23456789abcdefgh", "Username": "a", "Password": PASSWORD });
    let answer = h.s.api("SignUp", unknown).await;
    answer.error(
        "ResourceNotFoundException",
        "User pool client 1example23456789abcdefgh does not exist.",
    );
}

#[tokio::test]
async fn the_pools_own_texts_are_used() {
    let pool = json!({
        "AutoVerifiedAttributes": ["email", "phone_number"],
        "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" },
        "EmailConfiguration": { "ReplyToEmailAddress": "help@example.com", "From": "Us <us@example.com>" },
        "VerificationMessageTemplate": {
            "SmsMessage": "sms {####}", "EmailSubject": "Hello",
            "EmailMessage": "<p>Your code:<br><b>{####}</b></p>",
        },
    });
    let h = House::new(pool, json!({})).await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    let code = h.s.code_to(EMAIL);
    let mail = h.s.mailer.sent().pop().unwrap();
    assert_eq!(mail.subject, "Hello");
    assert_eq!(mail.from.as_deref(), Some("Us <us@example.com>"));
    assert_eq!(mail.reply_to.as_deref(), Some("help@example.com"));
    assert_eq!(
        mail.html.unwrap().expose(),
        &format!("<p>Your code:<br><b>{code}</b></p>")
    );
    assert_eq!(mail.text.expose(), &format!("Your code:\n{code}"));
    h.sign_up("bob", &[("phone_number", PHONE)]).await;
    assert_eq!(
        h.s.message_to(PHONE).text,
        format!("sms {}", h.s.code_to(PHONE))
    );
}

#[tokio::test]
async fn a_pool_with_one_time_codes_needs_no_password() {
    let pool = json!({
        "AutoVerifiedAttributes": ["email"],
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } },
    });
    let h = House::new(pool, json!({})).await;
    let body = json!({ "Username": "alice", "UserAttributes": given(&[("email", EMAIL)]) });
    h.public("SignUp", body).await.ok();
    h.confirm("alice", &h.s.code_to(EMAIL)).await.ok();
    assert_eq!(h.status("alice").await, "CONFIRMED");
}

#[tokio::test]
async fn no_code_or_password_is_in_the_database() {
    let h = House::plain().await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    let code = h.s.code_to(EMAIL);
    let mut db = h.s.app.store.read().await.unwrap();
    let sql = poolhouse::store::db::Sql {
        sqlite: "SELECT code_hash FROM codes",
        postgres: "SELECT code_hash FROM codes",
    };
    let (stored,): (String,) = db.one(sql, Vec::new()).await.unwrap();
    assert!(!stored.contains(&code));
    let sql = poolhouse::store::db::Sql {
        sqlite: "SELECT phc, srp FROM passwords",
        postgres: "SELECT phc, srp FROM passwords",
    };
    let (phc, srp): (String, String) = db.one(sql, Vec::new()).await.unwrap();
    assert!(phc.starts_with("$argon2id$v=19$") && !phc.contains(PASSWORD));
    assert!(srp.len() > 500);
    // The verifier stands beside its salt, which anybody may ask for.
    let (_, sealed) = srp.split_once('.').unwrap();
    let sealed = URL_SAFE_NO_PAD.decode(sealed).unwrap();
    let salt = salt(&h, "alice").await;
    assert!(salt.len() >= 8 && !sealed.windows(salt.len()).any(|part| part == salt));
    let shown: Value = h.user("alice").await;
    assert_eq!(attribute(&shown["UserAttributes"], "email"), EMAIL);
}

/// The salt of a user's SRP verifier, without leading zeros.
async fn salt(h: &House, username: &str) -> Vec<u8> {
    let parameters = json!({ "USERNAME": username, "SRP_A": "02" });
    let request = json!({ "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters });
    let asked = h.public("InitiateAuth", request).await.ok();
    let salt = asked["ChallengeParameters"]["SALT"].as_str().unwrap();
    let salt = salt.trim_start_matches('0');
    let salt = format!("{}{salt}", "0".repeat(salt.len() % 2));
    let byte = |at: usize| u8::from_str_radix(&salt[at..at + 2], 16).unwrap();
    (0..salt.len()).step_by(2).map(byte).collect()
}

#[tokio::test]
async fn the_same_password_is_never_stored_alike() {
    let h = House::plain().await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    h.sign_up("bob", &[("email", "bob@example.com")]).await;
    let mut db = h.s.app.store.read().await.unwrap();
    let sql = poolhouse::store::db::Sql {
        sqlite: "SELECT COUNT(DISTINCT phc) FROM passwords",
        postgres: "SELECT COUNT(DISTINCT phc) FROM passwords",
    };
    assert_eq!(db.one::<(i64,)>(sql, Vec::new()).await.unwrap(), (2,));
    assert_ne!(salt(&h, "alice").await, salt(&h, "bob").await);
}
