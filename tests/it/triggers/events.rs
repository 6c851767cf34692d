//! Which path asks which triggers, in which order, and with which events.

use serde_json::{Value, json};

use super::host::arn;
use super::scene::Scene;
use crate::api::auth::stage::PASSWORD;

/// An event around a request and a response.
fn event(version: &str, source: &str, client: &str, (request, response): (Value, Value)) -> Value {
    json!({
        "version": version, "triggerSource": source, "region": "us-east-1", "userPoolId": "POOL",
        "userName": "ada",
        "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
        "request": request, "response": response,
    })
}

fn ada(status: &str) -> Value {
    json!({
        "sub": "SUB", "email": "ada@example.com", "cognito:user_status": status,
        "email_verified": "true",
    })
}

fn unverified(status: &str) -> Value {
    let mut attributes = ada(status);
    attributes["email_verified"] = json!("false");
    attributes
}

fn message(attributes: Value, metadata: Value) -> (Value, Value) {
    let mut request = json!({
        "userAttributes": attributes, "codeParameter": "{####}", "linkParameter": "{##Click Here##}",
        "usernameParameter": null,
    });
    if !metadata.is_null() {
        request["clientMetadata"] = metadata;
    }
    (
        request,
        json!({ "smsMessage": null, "emailMessage": null, "emailSubject": null }),
    )
}

fn tokens(attributes: Value, metadata: Value) -> (Value, Value) {
    let mut request = json!({
        "userAttributes": attributes, "scopes": ["aws.cognito.signin.user.admin"],
        "groupConfiguration": { "groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": null },
    });
    if !metadata.is_null() {
        request["clientMetadata"] = metadata;
    }
    (request, json!({ "claimsAndScopeOverrideDetails": null }))
}

#[tokio::test]
async fn the_events_of_an_account_from_sign_up_to_refresh() {
    let scene = Scene::all().await;
    let told = json!({ "from": "test" });
    let more =
        json!({ "ClientMetadata": told, "ValidationData": [{ "Name": "captcha", "Value": "ok" }] });
    scene.sign_up("ada", more).await.ok();
    let asked = json!({
        "userAttributes": { "email": "ada@example.com" },
        "validationData": { "captcha": "ok" }, "clientMetadata": told,
    });
    let decides =
        json!({ "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false });
    assert_eq!(
        scene.events(),
        [
            event("1", "PreSignUp_SignUp", "CLIENT", (asked, decides)),
            event(
                "1",
                "CustomMessage_SignUp",
                "CLIENT",
                message(unverified("UNCONFIRMED"), told.clone())
            ),
        ]
    );

    let again = json!({ "Username": "ada", "ClientMetadata": told });
    scene.public("ResendConfirmationCode", again).await.ok();
    let expected = message(unverified("UNCONFIRMED"), told.clone());
    assert_eq!(
        scene.events(),
        [event("1", "CustomMessage_ResendCode", "CLIENT", expected)]
    );

    let confirm = json!({
        "Username": "ada", "ConfirmationCode": scene.code("ada@example.com"), "ClientMetadata": told,
    });
    scene.public("ConfirmSignUp", confirm).await.ok();
    let request = json!({ "userAttributes": ada("CONFIRMED"), "clientMetadata": told });
    let expected = event(
        "1",
        "PostConfirmation_ConfirmSignUp",
        "CLIENT",
        (request, json!({})),
    );
    assert_eq!(scene.events(), [expected]);

    // InitiateAuth's metadata reaches PreAuthentication, as validationData, and nobody else.
    let signed_in = scene.sign_in("ada", told.clone()).await.ok();
    let before = json!({ "userAttributes": ada("CONFIRMED"), "validationData": told });
    let after = json!({ "userAttributes": ada("CONFIRMED"), "newDeviceUsed": false });
    assert_eq!(
        scene.events(),
        [
            event(
                "1",
                "PreAuthentication_Authentication",
                "CLIENT",
                (before, json!({}))
            ),
            event(
                "1",
                "PostAuthentication_Authentication",
                "CLIENT",
                (after, json!({}))
            ),
            event(
                "2",
                "TokenGeneration_Authentication",
                "CLIENT",
                tokens(ada("CONFIRMED"), Value::Null)
            ),
        ]
    );

    let token = signed_in["AuthenticationResult"]["RefreshToken"].clone();
    let parameters = json!({ "REFRESH_TOKEN": token });
    let refresh = json!({
        "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters, "ClientMetadata": told,
    });
    scene.public("InitiateAuth", refresh).await.ok();
    let expected = tokens(ada("CONFIRMED"), Value::Null);
    assert_eq!(
        scene.events(),
        [event(
            "2",
            "TokenGeneration_RefreshTokens",
            "CLIENT",
            expected
        )]
    );

    let refresh = json!({ "RefreshToken": token, "ClientMetadata": told });
    scene
        .public("GetTokensFromRefreshToken", refresh)
        .await
        .ok();
    let expected = tokens(ada("CONFIRMED"), told.clone());
    assert_eq!(
        scene.events(),
        [event(
            "2",
            "TokenGeneration_Authentication",
            "CLIENT",
            expected
        )]
    );

    let forgot = json!({ "Username": "ada", "ClientMetadata": told });
    scene.public("ForgotPassword", forgot).await.ok();
    let expected = message(ada("CONFIRMED"), told.clone());
    assert_eq!(
        scene.events(),
        [event(
            "1",
            "CustomMessage_ForgotPassword",
            "CLIENT",
            expected
        )]
    );

    let confirm = json!({
        "Username": "ada", "ConfirmationCode": scene.code("ada@example.com"),
        "Password": "Another-Horse1!", "ClientMetadata": told,
    });
    scene.public("ConfirmForgotPassword", confirm).await.ok();
    let request = json!({ "userAttributes": ada("CONFIRMED"), "clientMetadata": told });
    let source = "PostConfirmation_ConfirmForgotPassword";
    assert_eq!(
        scene.events(),
        [event("1", source, "CLIENT", (request, json!({})))]
    );
}

#[tokio::test]
async fn the_events_of_an_administrators_acts() {
    let scene = Scene::all().await;
    let told = json!({ "from": "admin" });
    let new = json!({
        "Username": "ada", "TemporaryPassword": PASSWORD, "ClientMetadata": told,
        "DesiredDeliveryMediums": ["EMAIL"],
        "ValidationData": [{ "Name": "by", "Value": "hr" }],
        "UserAttributes": [
            { "Name": "email", "Value": "ada@example.com" },
            { "Name": "email_verified", "Value": "true" },
        ],
    });
    scene.admin("AdminCreateUser", new).await.ok();
    let nobody = "CLIENT_ID_NOT_APPLICABLE";
    let asked = json!({
        "userAttributes": { "email": "ada@example.com", "email_verified": "true" },
        "validationData": { "by": "hr" }, "clientMetadata": told,
    });
    let decides =
        json!({ "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false });
    let mut invited = message(ada("FORCE_CHANGE_PASSWORD"), told.clone());
    invited.0["usernameParameter"] = json!("{username}");
    assert_eq!(
        scene.events(),
        [
            event("1", "PreSignUp_AdminCreateUser", nobody, (asked, decides)),
            event("1", "CustomMessage_AdminCreateUser", nobody, invited),
        ]
    );

    // RespondToAuthChallenge's metadata reaches the rest, as clientMetadata.
    let asked = scene.sign_in("ada", json!({ "step": "1" })).await.ok();
    let before = json!({
        "userAttributes": ada("FORCE_CHANGE_PASSWORD"), "validationData": { "step": "1" },
    });
    let source = "PreAuthentication_Authentication";
    assert_eq!(
        scene.events(),
        [event("1", source, "CLIENT", (before, json!({})))]
    );
    let answer = json!({
        "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"],
        "ChallengeResponses": { "USERNAME": "ada", "NEW_PASSWORD": "Another-Horse1!" },
        "ClientMetadata": { "step": "2" },
    });
    scene.public("RespondToAuthChallenge", answer).await.ok();
    let told = json!({ "step": "2" });
    let after = json!({
        "userAttributes": ada("CONFIRMED"), "newDeviceUsed": false, "clientMetadata": told,
    });
    let expected = tokens(ada("CONFIRMED"), told);
    assert_eq!(
        scene.events(),
        [
            event(
                "1",
                "PostAuthentication_Authentication",
                "CLIENT",
                (after, json!({}))
            ),
            event(
                "2",
                "TokenGeneration_NewPasswordChallenge",
                "CLIENT",
                expected
            ),
        ]
    );

    let reset = json!({ "Username": "ada", "ClientMetadata": { "from": "admin" } });
    scene.admin("AdminResetUserPassword", reset).await.ok();
    let told = json!({ "from": "admin" });
    let events = scene.host.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["triggerSource"], "CustomMessage_ForgotPassword");
    assert_eq!(events[0]["request"]["clientMetadata"], told);
    assert_eq!(events[0]["callerContext"]["clientId"], nobody);
}

#[tokio::test]
async fn what_asks_nobody() {
    let scene = Scene::all().await;
    scene.stage.user("ada").await;
    scene
        .admin("CreateGroup", json!({ "GroupName": "g" }))
        .await
        .ok();
    for (operation, body) in [
        (
            "AdminSetUserPassword",
            json!({ "Username": "ada", "Password": PASSWORD, "Permanent": true }),
        ),
        ("AdminDisableUser", json!({ "Username": "ada" })),
        ("AdminEnableUser", json!({ "Username": "ada" })),
        (
            "AdminAddUserToGroup",
            json!({ "Username": "ada", "GroupName": "g" }),
        ),
        (
            "AdminRemoveUserFromGroup",
            json!({ "Username": "ada", "GroupName": "g" }),
        ),
        ("AdminUserGlobalSignOut", json!({ "Username": "ada" })),
        ("AdminDeleteUser", json!({ "Username": "ada" })),
    ] {
        scene.admin(operation, body).await.ok();
        assert_eq!(scene.host.sources(), [""; 0], "{operation}");
    }
    let new = json!({ "Username": "bob", "MessageAction": "SUPPRESS" });
    scene.admin("AdminCreateUser", new).await.ok();
    assert_eq!(scene.host.sources(), ["PreSignUp_AdminCreateUser"]);
}

#[tokio::test]
async fn own_contacts_and_codes_of_second_factors() {
    let scene = Scene::all().await;
    scene.stage.user("ada").await;
    let signed_in = scene.sign_in("ada", json!({})).await.ok();
    let token = signed_in["AuthenticationResult"]["AccessToken"].clone();
    scene.host.take();
    let change = json!({
        "AccessToken": token, "ClientMetadata": { "a": "b" },
        "UserAttributes": [{ "Name": "email", "Value": "new@example.com" }],
    });
    scene.stage.s.api("UpdateUserAttributes", change).await.ok();
    let events = scene.host.events();
    assert_eq!(
        events[0]["triggerSource"],
        "CustomMessage_UpdateUserAttribute"
    );
    assert_eq!(events[0]["request"]["clientMetadata"], json!({ "a": "b" }));
    let code =
        json!({ "AccessToken": token, "AttributeName": "email", "ClientMetadata": { "a": "c" } });
    scene
        .stage
        .s
        .api("GetUserAttributeVerificationCode", code)
        .await
        .ok();
    let events = scene.host.events();
    assert_eq!(
        events[0]["triggerSource"],
        "CustomMessage_VerifyUserAttribute"
    );
    assert_eq!(events[0]["request"]["clientMetadata"], json!({ "a": "c" }));
    let change = json!({
        "Username": "ada", "UserAttributes": [{ "Name": "email", "Value": "newer@example.com" }],
    });
    scene.admin("AdminUpdateUserAttributes", change).await.ok();
    let events = scene.host.events();
    assert_eq!(
        events[0]["triggerSource"],
        "CustomMessage_UpdateUserAttribute"
    );
    assert_eq!(
        events[0]["callerContext"]["clientId"],
        "CLIENT_ID_NOT_APPLICABLE"
    );
}

#[tokio::test]
async fn nobody_is_told_of_only_where_clients_hide_users() {
    let hiding = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let scene = Scene::of(&["PreAuthentication"], json!({}), hiding).await;
    scene.stage.user("ada").await;
    scene.sign_in("ada", json!({})).await.ok();
    assert_eq!(scene.host.events()[0]["request"]["userNotFound"], false);
    let refused = scene.sign_in("nobody", json!({})).await;
    refused.error("NotAuthorizedException", "Incorrect username or password.");
    let events = scene.host.events();
    let expected = json!({ "userAttributes": {}, "userNotFound": true, "validationData": null });
    assert_eq!(
        (&events[0]["request"], &events[0]["userName"]),
        (&expected, &json!("nobody"))
    );

    let telling = json!({ "PreventUserExistenceErrors": "LEGACY" });
    let scene = Scene::of(&["PreAuthentication"], json!({}), telling).await;
    let refused = scene.sign_in("nobody", json!({})).await;
    refused.error("UserNotFoundException", "User does not exist.");
    assert_eq!(scene.host.sources(), [""; 0]);
    scene.stage.user("ada").await;
    scene.sign_in("ada", json!({})).await.ok();
    assert_eq!(scene.host.events()[0]["request"].get("userNotFound"), None);
}

#[tokio::test]
async fn users_known_by_a_contact_are_named_by_their_id() {
    let pool = json!({ "UsernameAttributes": ["email"] });
    let scene = Scene::of(&["PreSignUp", "PostConfirmation"], pool, json!({})).await;
    scene
        .host
        .responds(json!({ "autoConfirmUser": true, "autoVerifyEmail": true }));
    let body = json!({ "Username": "ada@example.com", "Password": PASSWORD });
    let made = scene.public("SignUp", body).await.ok();
    assert_eq!(made["UserConfirmed"], true);
    let events = scene.host.events();
    assert_eq!(events[0]["userName"], made["UserSub"]);
    assert_eq!(
        events[0]["request"]["userAttributes"],
        json!({ "email": "ada@example.com" })
    );
    let attributes = json!({
        "sub": made["UserSub"], "cognito:user_status": "CONFIRMED", "email": "ada@example.com",
        "cognito:email_alias": "ada@example.com", "email_verified": "true",
    });
    assert_eq!(events[1]["triggerSource"], "PostConfirmation_ConfirmSignUp");
    assert_eq!(events[1]["request"]["userAttributes"], attributes);
}

#[tokio::test]
async fn the_sdk_of_the_caller_is_named() {
    let scene = Scene::with(&["PreSignUp"]).await;
    let request = scene
        .stage
        .s
        .http
        .post(&scene.stage.s.url)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "AWSCognitoIdentityProviderService.SignUp")
        .header("user-agent", "aws-sdk-js/3.400.0 os/linux lang/js")
        .body(
            json!({ "ClientId": scene.stage.client, "Username": "ada", "Password": PASSWORD })
                .to_string(),
        );
    assert_eq!(request.send().await.unwrap().status(), 200);
    let events = scene.host.events();
    assert_eq!(
        events[0]["callerContext"]["awsSdkVersion"],
        "aws-sdk-js-3.400.0"
    );
}

#[tokio::test]
async fn updating_a_pool_without_triggers_takes_them_away() {
    let scene = Scene::with(&["PreSignUp", "CustomMessage"]).await;
    let kept = json!({ "LambdaConfig": { "PreSignUp": arn("PreSignUp") }, "AutoVerifiedAttributes": ["email"] });
    scene.admin("UpdateUserPool", kept).await.ok();
    scene.sign_up("ada", json!({})).await.ok();
    assert_eq!(scene.host.sources(), ["PreSignUp_SignUp"]);
    scene.admin("UpdateUserPool", json!({})).await.ok();
    scene.sign_up("bob", json!({})).await.ok();
    assert_eq!(scene.host.sources(), [""; 0]);
}

/// An alias is a contact that stands for the user name: in such a pool, and once it is proven.
#[tokio::test]
async fn contacts_that_stand_for_the_name_are_told() {
    let pool = json!({ "AliasAttributes": ["email", "phone_number"] });
    let scene = Scene::of(&["PreAuthentication"], pool, json!({})).await;
    let contacts = |user: &mut poolhouse::store::users::User| {
        for (name, value) in [
            ("phone_number", "+15551239934"),
            ("phone_number_verified", "true"),
        ] {
            user.attributes.insert(name.to_owned(), value.to_owned());
        }
    };
    let plain = Some((PASSWORD, poolhouse::domain::password::Kind::Permanent));
    scene.stage.user_with("ada", contacts, plain).await;
    scene.sign_in("ada", json!({})).await.ok();
    let told = json!({
        "sub": "SUB", "cognito:user_status": "CONFIRMED", "email": "ada@example.com",
        "phone_number": "+15551239934", "phone_number_verified": "true",
        "cognito:phone_number_alias": "+15551239934",
    });
    assert_eq!(scene.events()[0]["request"]["userAttributes"], told);
}

#[tokio::test]
async fn a_device_that_is_not_known_is_told_of() {
    let pool = json!({ "DeviceConfiguration": crate::api::auth::device::always() });
    let scene = Scene::of(&["PostAuthentication"], pool, json!({})).await;
    scene.stage.user("ada").await;
    let tokens = scene.sign_in("ada", json!({})).await.ok();
    let new = |event: &Value| event["request"]["newDeviceUsed"].clone();
    assert_eq!(new(&scene.events()[0]), true);
    let device = scene.stage.register(&tokens["AuthenticationResult"]).await;
    let asked = scene.stage.sign_in_with("ada", &device.key).await.ok();
    scene.stage.prove_device(&asked, &device).await.ok();
    assert_eq!(new(&scene.events()[0]), false);
}
