//! Accounts: made, confirmed, changed, and passwords that are forgotten.

use serde_json::{Value, json};

use super::cases;
use super::run::{Ending, NEW_PASSWORD, PASSWORD, Run};

cases! {
    "SignUp": nothing, sign_up;
    "SignUp, and PreSignUp confirms": nothing, sign_up;
    "ResendConfirmationCode": signed_up, resend;
    "ConfirmSignUp": signed_up, confirm;
    "AdminConfirmSignUp": signed_up, confirm_by_admin;
    "AdminCreateUser": nothing, create;
    "AdminCreateUser with SUPPRESS": nothing, create_silently;
    "AdminCreateUser with RESEND": invited, create_again;
    "ForgotPassword": user, forgot;
    "ForgotPassword of a user who is elsewhere": nothing, forgot;
    "AdminResetUserPassword": user, reset;
    "ConfirmForgotPassword": forgotten, confirm_forgotten;
    "UpdateUserAttributes of a contact": signed_in, update;
    "AdminUpdateUserAttributes of a contact": user, update_by_admin;
    "GetUserAttributeVerificationCode": signed_in, verification;
    "AdminSetUserPassword, AdminDisableUser, AdminEnableUser, groups, GlobalSignOut, deleting": signed_in, quiet;
}

pub async fn nothing(_: &Run<'_>) -> Value {
    Value::Null
}

pub async fn user(run: &Run<'_>) -> Value {
    run.make_user().await;
    Value::Null
}

pub async fn invited(run: &Run<'_>) -> Value {
    run.invite().await;
    Value::Null
}

/// Gives the tokens.
pub async fn signed_in(run: &Run<'_>) -> Value {
    run.make_user().await;
    run.tokens().await
}

/// Gives the code.
pub async fn signed_up(run: &Run<'_>) -> Value {
    sign_up(run, Value::Null).await.unwrap();
    json!(run.code())
}

async fn sign_up(run: &Run<'_>, _: Value) -> Ending {
    let request = json!({
        "Username": run.name, "Password": PASSWORD, "UserAttributes": [run.attribute()],
        "ValidationData": [{ "Name": "captcha", "Value": "passed" }],
        "ClientMetadata": { "said": "at sign-up" },
    });
    let made = run.public("SignUp", request).await?;
    let confirmed = run.ground.act.ends_with("PreSignUp confirms");
    assert_eq!(made["UserConfirmed"], confirmed);
    Ok(made)
}

async fn resend(run: &Run<'_>, _: Value) -> Ending {
    let request = json!({ "Username": run.name, "ClientMetadata": { "said": "again" } });
    run.public("ResendConfirmationCode", request).await
}

async fn confirm(run: &Run<'_>, code: Value) -> Ending {
    let request = json!({
        "Username": run.name, "ConfirmationCode": code, "ClientMetadata": { "said": "confirming" },
    });
    run.public("ConfirmSignUp", request).await
}

async fn confirm_by_admin(run: &Run<'_>, _: Value) -> Ending {
    let request = json!({ "Username": run.name, "ClientMetadata": { "said": "confirming" } });
    run.admin("AdminConfirmSignUp", request).await
}

fn new(run: &Run<'_>) -> Value {
    let medium = if run.channel().is_sms() {
        "SMS"
    } else {
        "EMAIL"
    };
    json!({
        "Username": run.name, "TemporaryPassword": PASSWORD, "UserAttributes": run.verified(),
        "DesiredDeliveryMediums": [medium], "ClientMetadata": { "said": "by an administrator" },
        "ValidationData": [{ "Name": "desk", "Value": "7" }],
    })
}

async fn create(run: &Run<'_>, _: Value) -> Ending {
    run.admin("AdminCreateUser", new(run)).await
}

async fn create_silently(run: &Run<'_>, _: Value) -> Ending {
    let mut request = new(run);
    request["MessageAction"] = json!("SUPPRESS");
    run.admin("AdminCreateUser", request).await
}

async fn create_again(run: &Run<'_>, _: Value) -> Ending {
    let mut request = new(run);
    request["MessageAction"] = json!("RESEND");
    run.admin("AdminCreateUser", request).await
}

async fn forgot(run: &Run<'_>, _: Value) -> Ending {
    let request = json!({ "Username": run.name, "ClientMetadata": { "said": "forgotten" } });
    run.public("ForgotPassword", request).await
}

/// Gives the code.
async fn forgotten(run: &Run<'_>) -> Value {
    run.make_user().await;
    forgot(run, Value::Null).await.unwrap();
    json!(run.code())
}

async fn confirm_forgotten(run: &Run<'_>, code: Value) -> Ending {
    let request = json!({
        "Username": run.name, "ConfirmationCode": code, "Password": NEW_PASSWORD,
        "ClientMetadata": { "said": "remembered" },
    });
    run.public("ConfirmForgotPassword", request).await
}

async fn reset(run: &Run<'_>, _: Value) -> Ending {
    let request =
        json!({ "Username": run.name, "ClientMetadata": { "said": "by an administrator" } });
    run.admin("AdminResetUserPassword", request).await
}

/// The contact that the user takes.
fn moved(run: &Run<'_>) -> Value {
    json!([{ "Name": run.attribute()["Name"], "Value": run.destination() }])
}

async fn update(run: &Run<'_>, tokens: Value) -> Ending {
    let request = json!({
        "AccessToken": tokens["AccessToken"], "UserAttributes": moved(run),
        "ClientMetadata": { "said": "moved" },
    });
    run.open("UpdateUserAttributes", request).await
}

async fn update_by_admin(run: &Run<'_>, _: Value) -> Ending {
    let request = json!({
        "Username": run.name, "UserAttributes": moved(run), "ClientMetadata": { "said": "moved" },
    });
    run.admin("AdminUpdateUserAttributes", request).await
}

async fn verification(run: &Run<'_>, tokens: Value) -> Ending {
    let request = json!({
        "AccessToken": tokens["AccessToken"], "AttributeName": run.attribute()["Name"],
        "ClientMetadata": { "said": "proving" },
    });
    run.open("GetUserAttributeVerificationCode", request).await
}

async fn quiet(run: &Run<'_>, _: Value) -> Ending {
    let group = json!({ "GroupName": run.name });
    run.admin("CreateGroup", group.clone()).await?;
    let name = json!({ "Username": run.name });
    let member = json!({ "Username": run.name, "GroupName": run.name });
    let password = json!({ "Username": run.name, "Password": NEW_PASSWORD, "Permanent": true });
    for (operation, request) in [
        ("AdminSetUserPassword", password),
        ("AdminDisableUser", name.clone()),
        ("AdminEnableUser", name.clone()),
        ("AdminAddUserToGroup", member.clone()),
        ("AdminRemoveUserFromGroup", member),
        ("AdminUserGlobalSignOut", name.clone()),
        ("DeleteGroup", group),
        ("AdminDeleteUser", name),
    ] {
        run.admin(operation, request).await?;
    }
    Ok(Value::Null)
}
