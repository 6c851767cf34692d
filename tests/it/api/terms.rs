//! CreateTerms, DescribeTerms, DescribeTermsByClient, UpdateTerms, DeleteTerms, ListTerms.

use serde_json::{Value, json};

use super::branding::{managed, with};
use super::pages;
use crate::support::Server;

const INVALID: &str = "InvalidParameterException";
const MISSING: &str = "ResourceNotFoundException";
const UNKNOWN: &str = "3f1c9a52-7c0e-4d1b-8a5e-0123456789ab";

#[tokio::test]
async fn terms_live_and_die() {
    let s = Server::start().await;
    let (pool, client) = managed(&s).await;
    let links = json!({ "cognito:default": "https://example.com/terms",
        "cognito:french": "https://example.com/cgu#v2" });
    let create = json!({ "UserPoolId": pool, "ClientId": client, "TermsName": "terms-of-use",
        "TermsSource": "LINK", "Enforcement": "NONE", "Links": links });
    let made = s.api("CreateTerms", create.clone()).await.ok();
    let terms = &made["Terms"];
    assert_eq!(terms["Links"], links);
    assert_eq!(
        (&terms["TermsSource"], &terms["Enforcement"]),
        (&json!("LINK"), &json!("NONE"))
    );
    let id = terms["TermsId"].as_str().unwrap();
    let this = json!({ "UserPoolId": pool, "TermsId": id });
    assert_eq!(s.api("DescribeTerms", this.clone()).await.ok(), made);
    let by_client = json!({ "UserPoolId": pool, "ClientId": client, "TermsName": "terms-of-use" });
    assert_eq!(
        s.api("DescribeTermsByClient", by_client.clone()).await.ok(),
        made
    );
    let text = format!("Terms terms-of-use already exists for client: {client}");
    s.api("CreateTerms", create.clone())
        .await
        .error("TermsExistsException", &text);

    let privacy = with(&create, &json!({ "TermsName": "privacy-policy" }));
    let privacy = s.api("CreateTerms", privacy).await.ok()["Terms"]["TermsId"].take();
    let renamed = json!({ "UserPoolId": pool, "TermsId": privacy, "TermsName": "terms-of-use" });
    s.api("UpdateTerms", renamed)
        .await
        .error("TermsExistsException", &text);
    let listed = pages(
        &s,
        "ListTerms",
        json!({ "UserPoolId": pool }),
        "MaxResults",
        1,
    )
    .await;
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|terms| terms["Enforcement"] == "NONE"));

    let links = json!({ "cognito:default": "http://localhost:3000/terms" });
    let change = with(&this, &json!({ "Links": links }));
    let updated = s.api("UpdateTerms", change).await.ok();
    assert_eq!(updated["Terms"]["Links"], links);
    assert_eq!(updated["Terms"]["TermsName"], "terms-of-use");
    assert_eq!(
        s.api("UpdateTerms", this.clone()).await.ok()["Terms"]["Links"],
        links
    );

    assert_eq!(s.api("DeleteTerms", this.clone()).await.ok(), Value::Null);
    let text = format!("Terms {id} does not exist.");
    for operation in ["DescribeTerms", "UpdateTerms", "DeleteTerms"] {
        s.api(operation, this.clone()).await.error(MISSING, &text);
    }
    s.api("DescribeTermsByClient", by_client)
        .await
        .error(MISSING, "Terms terms-of-use does not exist.");
}

#[tokio::test]
async fn terms_are_refused_for_their_reason() {
    let s = Server::start().await;
    let (pool, client) = managed(&s).await;
    let create = json!({ "UserPoolId": pool, "ClientId": client, "TermsName": "terms-of-use",
        "TermsSource": "LINK", "Enforcement": "NONE" });
    s.api("CreateTerms", create.clone())
        .await
        .error(INVALID, "Missing required parameter Links");
    let made = with(
        &create,
        &json!({ "Links": { "cognito:default": "https://example.com" } }),
    );
    let made = s.api("CreateTerms", made).await.ok()["Terms"]["TermsId"].take();
    for url in [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://example.com/",
        "//example.com",
        "example.com",
        "https://user@example.com/",
        "myapp://terms",
    ] {
        let links = json!({ "Links": { "cognito:default": url } });
        let text = format!("{url} is not a valid terms URL.");
        s.api("CreateTerms", with(&create, &links))
            .await
            .error(INVALID, &text);
        let this = json!({ "UserPoolId": pool, "TermsId": made });
        s.api("UpdateTerms", with(&this, &links))
            .await
            .error(INVALID, &text);
    }
    let other = super::pool(&s, json!({})).await;
    let text = format!("User pool client {client} does not exist.");
    let links =
        json!({ "UserPoolId": other, "Links": { "cognito:default": "https://example.com" } });
    s.api("CreateTerms", with(&create, &links))
        .await
        .error(MISSING, &text);
    let ask = json!({ "UserPoolId": other, "ClientId": client, "TermsName": "terms-of-use" });
    s.api("DescribeTermsByClient", ask)
        .await
        .error(MISSING, &text);
    let text = format!("Terms {UNKNOWN} does not exist.");
    for operation in ["DescribeTerms", "UpdateTerms", "DeleteTerms"] {
        let this = json!({ "UserPoolId": pool, "TermsId": UNKNOWN });
        s.api(operation, this).await.error(MISSING, &text);
        let nowhere = json!({ "UserPoolId": "us-east-1_none", "TermsId": UNKNOWN });
        let text = "User pool us-east-1_none does not exist.";
        s.api(operation, nowhere).await.error(MISSING, text);
    }
    let nowhere = json!({ "UserPoolId": "us-east-1_none" });
    let text = "User pool us-east-1_none does not exist.";
    s.api("ListTerms", nowhere).await.error(MISSING, text);
}
