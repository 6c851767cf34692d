//! `acr` and `amr`: what tokens say of how somebody signed in (the matrix asks it of every path), that
//! it stays as it was, and what a pool calls its levels.

use poolhouse::domain::password::Kind;
use serde_json::{Value, json};

use super::mfa;
use super::passkeys::{self, ORIGIN};
use super::stage::{PASSWORD, Stage, claims, merged, text};
use crate::support::authenticator::Authenticator;
use crate::support::house::House;

/// The names of the levels, some of them a pool's own.
pub fn named(levels: &[(&str, &str)]) -> Value {
    let levels = levels
        .iter()
        .map(|(level, name)| ((*level).to_owned(), json!({ "AcrValue": name })));
    json!({ "AcrConfiguration": Value::Object(levels.collect()) })
}

/// What both tokens say, which is the same.
#[track_caller]
pub fn worth(result: &Value) -> Value {
    let of = |name: &str| {
        let claims = claims(&result[name]);
        json!([claims["acr"], claims["amr"]])
    };
    assert_eq!(of("AccessToken"), of("IdToken"));
    of("AccessToken")
}

async fn rename(stage: &Stage, levels: &[(&str, &str)]) {
    let request = merged(json!({ "UserPoolId": stage.pool }), &named(levels));
    stage.s.api("UpdateUserPool", request).await.ok();
}

#[tokio::test]
async fn a_level_is_called_as_the_pool_calls_it() {
    let stage = Stage::with(named(&[("Level1", "urn:mine:1")]), json!({})).await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    assert_eq!(worth(&tokens), json!(["urn:mine:1", ["pwd"]]));
    let srp = stage.srp_sign_in("ada", PASSWORD).await.ok();
    let of_srp = worth(&srp["AuthenticationResult"]);
    assert_eq!(of_srp, json!(["urn:mine:1", ["pwd"]]));
}

#[tokio::test]
async fn refreshing_carries_both_over_whatever_the_levels_are_called_by_now() {
    let stage = Stage::with(named(&[("Level1", "urn:mine:1")]), json!({})).await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    rename(&stage, &[("Level1", "urn:new:1")]).await;
    stage.advance_ms(60_000);
    let refreshed = stage.refresh(&tokens["RefreshToken"]).await.ok();
    let refreshed = &refreshed["AuthenticationResult"];
    assert_eq!(worth(refreshed), json!(["urn:mine:1", ["pwd"]]));
    let request = json!({ "ClientId": stage.client, "RefreshToken": tokens["RefreshToken"] });
    let got = stage.s.api("GetTokensFromRefreshToken", request).await.ok();
    let got = worth(&got["AuthenticationResult"]);
    assert_eq!(got, json!(["urn:mine:1", ["pwd"]]));
    let again = worth(&stage.tokens("ada").await);
    assert_eq!(again, json!(["urn:new:1", ["pwd"]]));
}

#[tokio::test]
async fn codes_and_refreshes_of_the_endpoints_carry_what_the_browser_proved() {
    let house = House::with(named(&[("Level1", "urn:mine:1")])).await;
    house.user("jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let of = |tokens: &Value| {
        worth(&json!({ "AccessToken": tokens["access_token"], "IdToken": tokens["id_token"] }))
    };
    assert_eq!(of(&tokens), json!(["urn:mine:1", ["pwd"]]));
    house.admin("UpdateUserPool", named(&[])).await.ok();
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let again = house.token(&refresh, None).await.ok();
    assert_eq!(of(&again), json!(["urn:mine:1", ["pwd"]]));
}

#[tokio::test]
async fn a_passkey_is_of_the_kind_that_its_browser_told_at_registration() {
    for (attachment, kind) in [
        (Some("platform"), "swk"),
        (Some("cross-platform"), "hwk"),
        (Some("nonsense"), "swk"),
        (None, "swk"),
    ] {
        let stage = passkeys::stage().await;
        stage.user("ada").await;
        let token = passkeys::token(&stage, "ada").await;
        let authenticator = Authenticator::es256();
        let options = passkeys::options(&stage.s, &token).await;
        let mut made = authenticator.create(&options, ORIGIN, |_| {});
        made["authenticatorAttachment"] = json!(attachment);
        passkeys::complete(&stage.s, &token, &made).await.ok();
        let asked = stage.prefer("ada", "WEB_AUTHN", json!({})).await.ok();
        let options = text(&asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]);
        let options = serde_json::from_str(&options).unwrap();
        // What is said at sign-in is nobody's word for it.
        let mut credential = authenticator.get(&options, ORIGIN, |_| {});
        credential["authenticatorAttachment"] = json!("cross-platform");
        let answer = json!({ "CREDENTIAL": credential.to_string() });
        let done = stage.next(&asked, answer).await.ok();
        let said = worth(&done["AuthenticationResult"]);
        assert_eq!(said, json!(["urn:cognito:loa:3", [kind]]), "{attachment:?}");
    }
}

#[tokio::test]
async fn every_plan_has_the_claims_and_only_some_may_rename() {
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
    let stage = Stage::with(json!({ "UserPoolTier": "LITE" }), flows).await;
    stage.user("ada").await;
    let said = worth(&stage.tokens("ada").await);
    assert_eq!(said, json!(["urn:cognito:loa:1", ["pwd"]]));
    let request = json!({ "UserPoolId": stage.pool });
    let shown = stage.s.api("DescribeUserPool", request).await.ok();
    let shown = &shown["UserPool"]["AcrConfiguration"];
    let all = named(&[
        ("Level1", "urn:cognito:loa:1"),
        ("Level2", "urn:cognito:loa:2"),
        ("Level3", "urn:cognito:loa:3"),
        ("Level4", "urn:cognito:loa:4"),
    ]);
    assert_eq!(*shown, all["AcrConfiguration"]);
    // What is shown may be sent back as it is.
    let request = json!({
        "UserPoolId": stage.pool, "UserPoolTier": "LITE", "AcrConfiguration": shown,
    });
    stage.s.api("UpdateUserPool", request).await.ok();
    let request = json!({ "UserPoolId": stage.pool, "UserPoolTier": "LITE" });
    let request = merged(request, &named(&[("Level2", "urn:mine")]));
    let refused = stage.s.api("UpdateUserPool", request).await;
    let tier = "ACR configuration is not available in the LITE tier.";
    refused.error("FeatureUnavailableInTierException", tier);
}

#[tokio::test]
async fn an_update_replaces_the_names_and_what_it_leaves_out_is_called_by_default() {
    let stage = Stage::with(
        named(&[("Level2", "urn:two"), ("Level3", "urn:three")]),
        json!({}),
    )
    .await;
    let shown = async || {
        let request = json!({ "UserPoolId": stage.pool });
        let pool = stage.s.api("DescribeUserPool", request).await.ok();
        let levels = pool["UserPool"]["AcrConfiguration"]
            .as_object()
            .unwrap()
            .clone();
        let names = levels
            .into_iter()
            .map(|(_, level)| text(&level["AcrValue"]));
        names.collect::<Vec<_>>()
    };
    let default = |level: u8| format!("urn:cognito:loa:{level}");
    let two = [default(1), "urn:two".into(), "urn:three".into(), default(4)];
    assert_eq!(shown().await, two);
    rename(&stage, &[("Level3", "urn:cognito:loa:2.5")]).await;
    let one = [
        default(1),
        default(2),
        "urn:cognito:loa:2.5".into(),
        default(4),
    ];
    assert_eq!(shown().await, one);
    for (levels, message) in [
        (vec![("Level1", "urn:cognito:loa:4")], None),
        (vec![("Level1", "x"), ("Level4", "x")], None),
        (vec![("Level1", "")], Some("validation error")),
        (vec![("Level1", "a b")], Some("validation error")),
        (vec![("Level1", "a\"b")], Some("validation error")),
        (vec![("Level1", "a\\b")], Some("validation error")),
        (vec![("Level5", "x")], Some("validation error")),
    ] {
        let request = merged(json!({ "UserPoolId": stage.pool }), &named(&levels));
        let refused = stage.s.api("UpdateUserPool", request).await;
        let told = text(&refused.body["message"]);
        assert_eq!(refused.body["__type"], "InvalidParameterException");
        let twice = "ACR names must be unique across all levels, default names included.";
        assert!(told.contains(message.unwrap_or(twice)), "{told}");
    }
    // Names that change places are unique.
    let swapped = [
        ("Level1", "urn:cognito:loa:4"),
        ("Level4", "urn:cognito:loa:1"),
    ];
    rename(&stage, &swapped).await;
    rename(&stage, &[]).await;
    assert_eq!(shown().await, [1, 2, 3, 4].map(default));
}

#[tokio::test]
async fn a_password_that_is_chosen_at_sign_in_is_proven_by_the_one_before() {
    let stage = Stage::with(mfa::token_pool("OPTIONAL"), json!({})).await;
    let invited = |user: &mut poolhouse::store::users::User| {
        user.status = poolhouse::store::users::Status::ForceChangePassword;
    };
    stage
        .user_with("ada", invited, Some((PASSWORD, Kind::Temporary)))
        .await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    let answer = json!({ "NEW_PASSWORD": "Another-Horse2!" });
    let done = stage.next(&asked, answer).await.ok();
    let said = worth(&done["AuthenticationResult"]);
    assert_eq!(said, json!(["urn:cognito:loa:1", ["pwd"]]));
}
