//! CreateUserPoolDomain, DescribeUserPoolDomain, UpdateUserPoolDomain, DeleteUserPoolDomain.

use serde_json::{Value, json};

use super::{merge, pool};
use crate::support::Server;

const INVALID: &str = "InvalidParameterException";
const CERTIFICATE: &str = "arn:aws:acm:us-east-1:123456789012:certificate/1";

async fn create(s: &Server, pool: &str, domain: &str, more: Value) -> crate::support::Answer {
    let mut body = json!({ "UserPoolId": pool, "Domain": domain });
    merge(&mut body, &more);
    s.api("CreateUserPoolDomain", body).await
}

async fn describe(s: &Server, domain: &str) -> Value {
    let body = json!({ "Domain": domain });
    s.api("DescribeUserPoolDomain", body).await.ok()["DomainDescription"].take()
}

#[tokio::test]
async fn a_prefix_domain_lives_and_dies() {
    let s = Server::start().await;
    let pool_id = pool(&s, json!({})).await;
    assert_eq!(
        create(&s, &pool_id, "my-app", json!({})).await.ok(),
        json!({})
    );
    let mut shown = describe(&s, "my-app").await;
    let distribution = shown["CloudFrontDistribution"].take();
    assert!(distribution.as_str().unwrap().ends_with(".cloudfront.net"));
    let expected = json!({
        "UserPoolId": pool_id, "AWSAccountId": "000000000000", "Domain": "my-app",
        "S3Bucket": "aws-cognito-prod-us-east-1-assets", "CloudFrontDistribution": null,
        "Version": "20260106070809", "Status": "ACTIVE", "CustomDomainConfig": {},
        "ManagedLoginVersion": 1,
    });
    assert_eq!(shown, expected);
    let body = json!({ "UserPoolId": pool_id });
    let described = s.api("DescribeUserPool", body.clone()).await.ok();
    assert_eq!(described["UserPool"]["Domain"], "my-app");
    s.api("DeleteUserPool", body.clone()).await.error(
        INVALID,
        "User pool cannot be deleted. It has a domain configured that should be deleted first.",
    );

    let update = json!({ "UserPoolId": pool_id, "Domain": "my-app", "ManagedLoginVersion": 2 });
    let updated = s.api("UpdateUserPoolDomain", update).await.ok();
    assert_eq!(updated, json!({ "ManagedLoginVersion": 2 }));
    assert_eq!(describe(&s, "my-app").await["ManagedLoginVersion"], 2);

    let this = json!({ "UserPoolId": pool_id, "Domain": "my-app" });
    assert_eq!(
        s.api("DeleteUserPoolDomain", this.clone()).await.ok(),
        json!({})
    );
    assert_eq!(describe(&s, "my-app").await, json!({}));
    let text = "No such domain or user pool exists.";
    s.api("DeleteUserPoolDomain", this.clone())
        .await
        .error(INVALID, text);
    s.api("UpdateUserPoolDomain", this)
        .await
        .error(INVALID, text);
    s.api("DeleteUserPool", body).await.ok();
}

#[tokio::test]
async fn a_custom_domain_stands_beside_the_prefix() {
    let s = Server::start().await;
    let pool_id = pool(&s, json!({})).await;
    create(&s, &pool_id, "my-app", json!({})).await.ok();
    let config = json!({ "CertificateArn": CERTIFICATE, "SecurityPolicy": "TLS_V1_3_2025" });
    let routing = json!({ "Failover": { "SecondaryRegion": "eu-west-1", "PrimaryRoute53HealthCheckId": "h" } });
    let more =
        json!({ "CustomDomainConfig": config, "Routing": routing, "ManagedLoginVersion": 2 });
    let made = create(&s, &pool_id, "auth.example.com", more).await.ok();
    assert_eq!(made["Routing"], routing);
    assert_eq!(made["ManagedLoginVersion"], 2);
    let shown = describe(&s, "auth.example.com").await;
    assert_eq!(shown["CustomDomainConfig"], config);
    assert_eq!(shown["Routing"], routing);
    assert_eq!(shown["CloudFrontDistribution"], made["CloudFrontDomain"]);
    let described = s
        .api("DescribeUserPool", json!({ "UserPoolId": pool_id }))
        .await
        .ok();
    assert_eq!(described["UserPool"]["Domain"], "my-app");
    assert_eq!(described["UserPool"]["CustomDomain"], "auth.example.com");

    let other = json!({ "CertificateArn": format!("{CERTIFICATE}2") });
    let update =
        json!({ "UserPoolId": pool_id, "Domain": "auth.example.com", "CustomDomainConfig": other });
    let updated = s.api("UpdateUserPoolDomain", update).await.ok();
    assert_eq!(updated, made, "what is not given stays");
    assert_eq!(
        describe(&s, "auth.example.com").await["CustomDomainConfig"],
        other
    );
}

#[tokio::test]
async fn names_are_unique_single_and_free_of_reserved_words() {
    let s = Server::start().await;
    let (mine, other) = (pool(&s, json!({})).await, pool(&s, json!({})).await);
    create(&s, &mine, "taken", json!({})).await.ok();
    let custom = json!({ "CustomDomainConfig": { "CertificateArn": CERTIFICATE } });
    let cases = [
        (
            &other,
            "taken",
            json!({}),
            "Domain already associated with another user pool.",
        ),
        (
            &mine,
            "second",
            json!({}),
            "User pool already has a domain configured.",
        ),
        (
            &other,
            "my-aws-app",
            json!({}),
            "Domain cannot contain reserved word: aws",
        ),
        (
            &other,
            "cognito",
            json!({}),
            "Domain cannot contain reserved word: cognito",
        ),
        (
            &other,
            "ama-amazon1",
            json!({}),
            "Domain cannot contain reserved word: amazon",
        ),
        (
            &other,
            "a.b",
            json!({}),
            r"1 validation error detected: Value 'a.b' at 'domain' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$",
        ),
        (
            &other,
            "-a",
            json!({}),
            r"1 validation error detected: Value '-a' at 'domain' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$",
        ),
        (
            &other,
            "single",
            custom.clone(),
            "A custom domain must be a full domain name, such as auth.example.com.",
        ),
        (
            &other,
            "a..b",
            custom,
            "A custom domain must be a full domain name, such as auth.example.com.",
        ),
        (
            &other,
            "v3",
            json!({ "ManagedLoginVersion": 3 }),
            "ManagedLoginVersion must be 1 or 2.",
        ),
    ];
    for (pool, domain, more, message) in cases {
        create(&s, pool, domain, more).await.error(INVALID, message);
    }
    create(&s, "us-east-1_none", "x", json!({})).await.error(
        "ResourceNotFoundException",
        "User pool us-east-1_none does not exist.",
    );
}

#[tokio::test]
async fn changes_are_for_domains_of_the_pool_and_certificates_for_custom_ones() {
    let s = Server::start().await;
    let (mine, other) = (pool(&s, json!({})).await, pool(&s, json!({})).await);
    create(&s, &mine, "taken", json!({})).await.ok();
    let certificate = json!({ "UserPoolId": mine, "Domain": "taken",
        "CustomDomainConfig": { "CertificateArn": CERTIFICATE } });
    let text = "CustomDomainConfig is for custom domains only.";
    s.api("UpdateUserPoolDomain", certificate)
        .await
        .error(INVALID, text);
    let foreign = json!({ "UserPoolId": other, "Domain": "taken" });
    let text = "No such domain or user pool exists.";
    s.api("DeleteUserPoolDomain", foreign)
        .await
        .error(INVALID, text);
}

#[tokio::test]
async fn managed_login_needs_more_than_lite() {
    let s = Server::start().await;
    let lite = pool(&s, json!({ "UserPoolTier": "LITE" })).await;
    let (code, text) = (
        "FeatureUnavailableInTierException",
        "Managed login is not available in the LITE tier.",
    );
    create(&s, &lite, "x", json!({ "ManagedLoginVersion": 2 }))
        .await
        .error(code, text);
    create(&s, &lite, "x", json!({})).await.ok();
    let update = json!({ "UserPoolId": lite, "Domain": "x", "ManagedLoginVersion": 2 });
    s.api("UpdateUserPoolDomain", update)
        .await
        .error(code, text);
    let full = pool(&s, json!({})).await;
    create(&s, &full, "y", json!({ "ManagedLoginVersion": 2 }))
        .await
        .ok();
    let lower = json!({ "UserPoolId": full, "UserPoolTier": "LITE" });
    s.api("UpdateUserPool", lower).await.error(
        "TierChangeNotAllowedException",
        "The user pool has features that the requested tier does not include.",
    );
}
