//! What tokens call their issuer (oauth.md 6, 7.2): one name in tokens, discovery and every check,
//! and addresses that are true whatever the name.

use poolhouse::settings::issuer::IssuerMode;
use serde_json::{Value, json};

use crate::support::Server;
use crate::support::browser::Browser;
use crate::support::house::{GOODBYE, House, Told, claims, query};

const AWS: &str = "https://cognito-idp.us-east-1.amazonaws.com";
const UPDATED: &str = "https://issuer-cognito-idp.us-east-1.amazonaws.com";

fn mode(text: &str) -> IssuerMode {
    text.parse().unwrap()
}

async fn house(text: &str, kind: &str) -> House {
    let s = Server::with(|config| config.issuer = mode(text)).await;
    let settings = match kind {
        "" => json!({}),
        kind => json!({ "IssuerConfiguration": { "Type": kind } }),
    };
    let house = House::on(s, settings).await;
    house.user("jane").await;
    house
}

async fn discovery(house: &House) -> Value {
    let path = "/.well-known/openid-configuration";
    house.get(path, None).await.ok()
}

#[tokio::test]
async fn every_mode_has_one_name_everywhere() {
    let custom = "https://id.example.com/{region}/{poolId}/x";
    for (text, kind, name) in [
        ("public", "", None),
        ("public", "ORIGINAL", None),
        ("public", "UPDATED", None),
        ("aws", "", Some(AWS)),
        ("aws", "ORIGINAL", Some(AWS)),
        ("aws", "UPDATED", Some(UPDATED)),
        ("aws-updated", "", Some(UPDATED)),
        ("aws-updated", "ORIGINAL", Some(AWS)),
        ("aws-updated", "UPDATED", Some(UPDATED)),
        (custom, "UPDATED", Some("custom")),
    ] {
        let house = house(text, kind).await;
        let pool = &house.pool;
        let expected = match name {
            None => format!("{}/{pool}", house.s.url),
            Some("custom") => format!("https://id.example.com/us-east-1/{pool}/x"),
            Some(name) => format!("{name}/{pool}"),
        };
        let said = discovery(&house).await;
        assert_eq!(said["issuer"], expected, "{text} {kind}");
        // The addresses are those where this server answers (security.md L3).
        for (member, path) in [
            ("jwks_uri", "/.well-known/jwks.json"),
            ("authorization_endpoint", "/oauth2/authorize"),
            ("token_endpoint", "/oauth2/token"),
            ("userinfo_endpoint", "/oauth2/userInfo"),
            ("revocation_endpoint", "/oauth2/revoke"),
            ("end_session_endpoint", "/logout"),
        ] {
            assert_eq!(said[member], format!("{}/{pool}{path}", house.s.url));
        }
        let keys = house.s.http.get(said["jwks_uri"].as_str().unwrap());
        let keys = Told::read(keys.send().await.unwrap()).await.ok();
        assert_eq!(keys["keys"].as_array().unwrap().len(), 2);

        let tokens = house.tokens("jane", &[]).await;
        let text = |tokens: &Value, name: &str| tokens[name].as_str().unwrap().to_owned();
        let refresh = [
            ("grant_type", "refresh_token"),
            ("client_id", house.client.as_str()),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ];
        let renewed = house.token(&refresh, None).await.ok();
        for tokens in [&tokens, &renewed] {
            for name in ["id_token", "access_token"] {
                assert_eq!(claims(&text(tokens, name))["iss"], expected);
            }
            house.userinfo(&text(tokens, "access_token")).await.ok();
            let user = json!({ "AccessToken": tokens["access_token"] });
            house.s.api("GetUser", user).await.ok();
        }
        let asked = query(&[
            ("id_token_hint", &text(&tokens, "id_token")),
            ("post_logout_redirect_uri", GOODBYE),
        ]);
        let left = Browser::new(&house.s)
            .get(&format!("{}/logout?{asked}", house.base))
            .await;
        assert_eq!(left.location().as_deref(), Some(GOODBYE));
    }
}

#[tokio::test]
async fn a_clients_own_token_has_the_name_too() {
    let house = house("aws", "").await;
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "r" }]);
    let server = json!({ "Identifier": "notes", "Name": "n", "Scopes": scopes });
    house.admin("CreateResourceServer", server).await.ok();
    let machine = house.client(json!({
        "GenerateSecret": true, "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": ["notes/read"],
    }));
    let machine = machine.await;
    let pairs = [
        ("grant_type", "client_credentials"),
        ("client_id", machine.id.as_str()),
        ("client_secret", machine.secret.as_deref().unwrap()),
    ];
    let token = house.token(&pairs, None).await.ok();
    let token = claims(token["access_token"].as_str().unwrap());
    assert_eq!(token["iss"], format!("{AWS}/{}", house.pool));
}

#[tokio::test]
async fn a_token_under_another_name_is_not_ours() {
    let house = House::open().await;
    house.user("jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let other = house
        .s
        .twin_with(|config| config.issuer = mode("aws"))
        .await;
    let other = House {
        s: other,
        pool: house.pool.clone(),
        client: house.client.clone(),
        base: house.base.clone(),
    };
    let access = tokens["access_token"].as_str().unwrap();
    house.userinfo(access).await.ok();
    other.userinfo(access).await.refuses(401, "invalid_token");
    let answer = other
        .s
        .api("GetUser", json!({ "AccessToken": access }))
        .await;
    answer.error("NotAuthorizedException", "Invalid Access Token");
    let asked = query(&[
        ("id_token_hint", tokens["id_token"].as_str().unwrap()),
        ("post_logout_redirect_uri", GOODBYE),
    ]);
    let page = Browser::new(&other.s)
        .open(&format!("{}/logout?{asked}", other.base))
        .await;
    assert_eq!((page.status, page.location()), (400, None));
}

#[tokio::test]
async fn the_api_host_of_either_name_is_ours() {
    let house = house("aws-updated", "").await;
    for host in [AWS, UPDATED] {
        let host = host.strip_prefix("https://").unwrap();
        let path = format!("{}{}/.well-known/jwks.json", house.s.url, house.base);
        let answer = house.s.http.get(path).header("host", host).send().await;
        assert_eq!(answer.unwrap().status(), 200, "{host}");
    }
}

#[tokio::test]
async fn a_pools_choice_of_name_takes_effect_when_it_changes() {
    let house = house("aws", "").await;
    let pool = json!({ "IssuerConfiguration": { "Type": "UPDATED" } });
    house.admin("UpdateUserPool", pool).await.ok();
    let expected = format!("{UPDATED}/{}", house.pool);
    assert_eq!(discovery(&house).await["issuer"], expected);
    let tokens = house.tokens("jane", &[]).await;
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(claims(access)["iss"], expected);
    house.userinfo(access).await.ok();
}
