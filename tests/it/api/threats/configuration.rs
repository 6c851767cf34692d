//! Set- and DescribeRiskConfiguration.

use serde_json::{Value, json};

use super::{INVALID, NOT_FOUND, set, stage, takeover};
use crate::api::auth::stage::merged;

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
