//! Addresses that are always refused, and those that are never judged.

use serde_json::json;

use super::{UNSAFE, events, from, set, stage, takeover, watched};
use crate::api::auth::mfa::pool as mfa_pool;
use crate::api::auth::stage::{NOT_AUTHORIZED, PASSWORD, Stage, merged};

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
