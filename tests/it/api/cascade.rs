//! DeleteUserPool leaves nothing behind.

use poolhouse::store::POOL_TABLES;
use serde_json::{Value, json};

use super::{client, count, pool, user};
use crate::support::Server;

#[tokio::test]
async fn deleting_a_pool_empties_every_table_of_it_and_of_no_other() {
    let s = Server::start().await;
    let (mine, other) = (filled(&s).await, filled(&s).await);
    for table in [
        "pools",
        "clients",
        "client_secrets",
        "signing_keys",
        "resource_servers",
        "ui_customizations",
        "managed_login_brandings",
        "branding_assets",
        "terms",
        "users",
        "user_groups",
        "group_members",
    ] {
        assert_ne!(count(&s, table, &mine).await, 0, "{table}");
    }
    s.api("DeleteUserPool", json!({ "UserPoolId": mine }))
        .await
        .ok();
    for table in POOL_TABLES {
        assert_eq!(count(&s, table, &mine).await, 0, "{table}");
    }
    assert_eq!(count(&s, "users", &other).await, 1);
    assert_eq!(count(&s, "signing_keys", &other).await, 2);
    assert_ne!(
        count(&s, "audit", &mine).await,
        0,
        "what was done stays on record"
    );
}

async fn filled(s: &Server) -> String {
    let pool = pool(s, json!({})).await;
    let client = client(s, &pool, json!({ "GenerateSecret": true })).await["ClientId"].take();
    looks(s, &pool, &client).await;
    let server = json!({ "UserPoolId": pool, "Identifier": "api", "Name": "n" });
    s.api("CreateResourceServer", server).await.ok();
    s.api(
        "CreateGroup",
        json!({ "UserPoolId": pool, "GroupName": "g" }),
    )
    .await
    .ok();
    user(s, &pool, "ann").await;
    let body = json!({ "UserPoolId": pool, "GroupName": "g", "Username": "ann" });
    s.api("AdminAddUserToGroup", body).await.ok();
    pool
}

async fn looks(s: &Server, pool: &str, client: &Value) {
    let domain = crate::support::house::domain(s, pool).await;
    let css = json!({ "UserPoolId": pool, "CSS": ".label-customizable{color:red}" });
    s.api("SetUICustomization", css).await.ok();
    let domain = json!({ "UserPoolId": pool, "Domain": domain });
    s.api("DeleteUserPoolDomain", domain).await.ok();
    let asset = json!({ "Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG",
        "Bytes": super::branding::PNG });
    let style =
        json!({ "UserPoolId": pool, "ClientId": client, "Settings": {}, "Assets": [asset] });
    s.api("CreateManagedLoginBranding", style).await.ok();
    let terms = json!({ "UserPoolId": pool, "ClientId": client, "TermsName": "terms-of-use",
        "TermsSource": "LINK", "Enforcement": "NONE", "Links": { "cognito:default": "https://example.com" } });
    s.api("CreateTerms", terms).await.ok();
}
