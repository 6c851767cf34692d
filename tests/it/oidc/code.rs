//! The `authorization_code` grant: what binds a code, and that it works once (security.md D1 to
//! D5).

use poolhouse::time::Span;
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::house::{CHALLENGE, House, VERIFIER, claims, client, domain, pool, post};

const S256: (&str, &str) = ("code_challenge_method", "S256");

#[tokio::test]
async fn a_code_becomes_tokens_of_what_was_asked() {
    let house = House::open().await;
    let sub = house.user("jane").await;
    let asked = [("scope", "openid email"), ("nonce", "n-0S6")];
    let code = house.code("jane", &asked).await;
    assert_eq!(code.len(), 36);
    let answer = house.redeem(&code, &[]).await;
    assert_eq!(
        answer.headers["cache-control"],
        "no-cache, no-store, max-age=0, must-revalidate"
    );
    assert_eq!(
        answer.headers["content-type"],
        "application/json;charset=UTF-8"
    );
    let tokens = answer.ok();
    let members: Vec<_> = tokens
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for member in [
        "id_token",
        "access_token",
        "refresh_token",
        "expires_in",
        "token_type",
    ] {
        assert!(members.contains(&member), "{members:?}");
    }
    assert_eq!(members.len(), 5);
    assert_eq!(
        (&tokens["expires_in"], &tokens["token_type"]),
        (&json!(3600), &json!("Bearer"))
    );
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id["sub"], sub);
    assert_eq!(id["aud"], house.client);
    assert_eq!(id["nonce"], "n-0S6");
    assert_eq!(id["email"], "jane@example.com");
    assert_eq!(id.get("name"), None);
    assert_eq!(id["iss"], format!("{}/{}", house.s.url, house.pool));
    let access = claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(access["scope"], "openid email");
    assert_eq!(access["client_id"], house.client);
    assert_eq!(
        (&access["username"], &access["version"]),
        (&json!("jane"), &json!(2))
    );
}

#[tokio::test]
async fn without_openid_there_is_no_id_token() {
    let house = House::open().await;
    house.user("jane").await;
    let asked = [("scope", "aws.cognito.signin.user.admin")];
    let tokens = house.tokens("jane", &asked).await;
    assert_eq!(tokens.get("id_token"), None);
    let token = tokens["access_token"].as_str().unwrap();
    house
        .userinfo(token)
        .await
        .refuses(403, "insufficient_scope");
    let user = house
        .s
        .api("GetUser", json!({ "AccessToken": token }))
        .await
        .ok();
    assert_eq!(user["Username"], "jane");
}

#[tokio::test]
async fn what_a_code_is_bound_to_must_be_the_same() {
    let house = House::open().await;
    house.user("jane").await;
    let other = house.client(json!({})).await;
    let elsewhere = pool(&house.s, json!({})).await;
    domain(&house.s, &elsewhere).await;
    let foreign = client(&house.s, &elsewhere, json!({})).await;
    let code = house.code("jane", &[]).await;
    let slash = format!("{}/", crate::support::house::CALLBACK);
    for (change, status, error) in [
        ([("client_id", other.id.as_str())], 400, "invalid_grant"),
        ([("client_id", foreign.id.as_str())], 400, "invalid_client"),
        ([("client_id", "nobody")], 400, "invalid_client"),
        (
            [("redirect_uri", slash.as_str())],
            400,
            "unauthorized_client",
        ),
        (
            [("redirect_uri", "https://evil.test/")],
            400,
            "unauthorized_client",
        ),
        ([("redirect_uri", "")], 400, "invalid_request"),
        ([("code", "")], 400, "invalid_request"),
        (
            [("code", "00000000-0000-0000-0000-000000000000")],
            400,
            "invalid_grant",
        ),
    ] {
        house.redeem(&code, &change).await.refuses(status, error);
    }
    let upper = code.to_uppercase();
    if upper != code {
        house
            .redeem(&upper, &[])
            .await
            .refuses(400, "invalid_grant");
    }
    for changed in [format!("{code}0"), code[1..].to_owned(), format!(" {code}")] {
        house
            .redeem(&changed, &[])
            .await
            .refuses(400, "invalid_grant");
    }
    let url = format!("{}/{elsewhere}/oauth2/token", house.s.url);
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", house.client.as_str()),
        ("code", code.as_str()),
        ("redirect_uri", crate::support::house::CALLBACK),
    ];
    post(&house.s, &url, &pairs, None)
        .await
        .refuses(400, "invalid_client");
    // None of that used it up.
    house.redeem(&code, &[]).await.ok();
}

#[tokio::test]
async fn a_code_lives_five_minutes() {
    let house = House::open().await;
    house.user("jane").await;
    let code = house.code("jane", &[]).await;
    house.s.clock().advance(Span::ms(299_999));
    house.redeem(&code, &[]).await.ok();
    let code = house.code("jane", &[]).await;
    house.s.clock().advance(Span::minutes(5));
    house.redeem(&code, &[]).await.refuses(400, "invalid_grant");
}

#[tokio::test]
async fn a_second_use_is_refused_and_ends_what_the_first_gave() {
    for wait in [0, 30] {
        let house = House::open().await;
        house.user("jane").await;
        let code = house.code("jane", &[]).await;
        let tokens = house.redeem(&code, &[]).await.ok();
        let others = house.tokens("jane", &[]).await;
        house.s.clock().advance(Span::seconds(wait));
        house.redeem(&code, &[]).await.refuses(400, "invalid_grant");
        let refresh =
            |tokens: &serde_json::Value| tokens["refresh_token"].as_str().unwrap().to_owned();
        let pairs = |token: String| {
            vec![
                ("grant_type", "refresh_token".to_owned()),
                ("client_id", house.client.clone()),
                ("refresh_token", token),
            ]
        };
        for (token, status) in [(refresh(&tokens), 400), (refresh(&others), 200)] {
            let pairs = pairs(token);
            let pairs: Vec<_> = pairs.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let answer = house.token(&pairs, None).await;
            assert_eq!(answer.status, status, "{}", answer.body);
        }
        let access = tokens["access_token"].as_str().unwrap();
        house.userinfo(access).await.refuses(401, "invalid_token");
    }
}

#[tokio::test]
async fn a_reuse_without_the_proof_ends_nothing() {
    let house = House::open().await;
    house.user("jane").await;
    let code = house
        .code("jane", &[("code_challenge", CHALLENGE), S256])
        .await;
    let tokens = house
        .redeem(&code, &[("code_verifier", VERIFIER)])
        .await
        .ok();
    house.redeem(&code, &[]).await.refuses(400, "invalid_grant");
    house
        .userinfo(tokens["access_token"].as_str().unwrap())
        .await
        .ok();
    house
        .redeem(&code, &[("code_verifier", VERIFIER)])
        .await
        .refuses(400, "invalid_grant");
    let access = tokens["access_token"].as_str().unwrap();
    house.userinfo(access).await.refuses(401, "invalid_token");
}

#[tokio::test]
async fn pkce_is_proven_or_the_code_is_burnt() {
    let house = House::open().await;
    house.user("jane").await;
    let wrong = "a".repeat(43);
    let short = &VERIFIER[..42];
    let long = "a".repeat(129);
    let odd = format!("{}*", &VERIFIER[..42]);
    let with = [("code_challenge", CHALLENGE), S256];
    for verifier in [
        "",
        wrong.as_str(),
        short,
        long.as_str(),
        odd.as_str(),
        CHALLENGE,
    ] {
        let code = house.code("jane", &with).await;
        let answer = house.redeem(&code, &[("code_verifier", verifier)]).await;
        answer.refuses(400, "invalid_grant");
        let right = house.redeem(&code, &[("code_verifier", VERIFIER)]).await;
        right.refuses(400, "invalid_grant");
    }
    let code = house.code("jane", &with).await;
    house
        .redeem(&code, &[("code_verifier", VERIFIER)])
        .await
        .ok();
    // A verifier without a challenge hides that the challenge was stripped.
    let code = house.code("jane", &[]).await;
    let answer = house.redeem(&code, &[("code_verifier", VERIFIER)]).await;
    answer.refuses(400, "invalid_grant");
}

#[tokio::test]
async fn flow_and_scopes_are_checked_again_at_the_finish() {
    let house = House::open().await;
    house.user("jane").await;
    let code = house.code("jane", &[("scope", "openid email")]).await;
    let id = house.client.clone();
    house
        .update_client(&id, json!({ "AllowedOAuthScopes": ["openid"] }))
        .await;
    house.redeem(&code, &[]).await.refuses(400, "invalid_grant");
    house
        .update_client(&id, json!({ "AllowedOAuthFlows": ["implicit"] }))
        .await;
    house
        .redeem(&code, &[])
        .await
        .refuses(400, "unauthorized_client");
    house
        .update_client(&id, json!({ "ReadAttributes": ["email", "name"] }))
        .await;
    house.redeem(&code, &[]).await.refuses(400, "invalid_grant");
    house.update_client(&id, json!({})).await;
    house.redeem(&code, &[]).await.ok();
}

#[tokio::test]
async fn a_user_who_may_no_longer_sign_in_gets_nothing() {
    let house = House::open().await;
    for (username, operation) in [
        ("jane", "AdminDisableUser"),
        ("john", "AdminUserGlobalSignOut"),
        ("jack", "AdminDeleteUser"),
    ] {
        house.user(username).await;
        let code = house.code(username, &[]).await;
        let answer = house
            .admin(operation, json!({ "Username": username }))
            .await;
        assert_eq!(answer.status, 200, "{operation} {}", answer.body);
        house.redeem(&code, &[]).await.refuses(400, "invalid_grant");
    }
}

#[tokio::test]
async fn a_code_ends_with_the_browser_session_it_came_from() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[]);
    let code = house.sign_in(&mut browser, "jane", &url).await.code();
    let leave = format!("{}/logout?client_id={}", house.base, house.client);
    browser.get(&leave).await;
    house.redeem(&code, &[]).await.refuses(400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixty_four_at_once_one_wins() {
    let house = House::open().await;
    house.user("jane").await;
    let twin = house.s.twin().await;
    for _ in 0..4 {
        let code = house.code("jane", &[]).await;
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", house.client.as_str()),
            ("code", code.as_str()),
            ("redirect_uri", crate::support::house::CALLBACK),
        ];
        let requests = (0..64).map(|n| {
            let s = if n % 2 == 0 { &house.s } else { &twin };
            let url = format!("{}{}/oauth2/token", s.url, house.base);
            async move { post(s, &url, &pairs, None).await }
        });
        let answers = futures_util::future::join_all(requests).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            answer.refuses(400, "invalid_grant");
        }
    }
}

#[tokio::test]
async fn the_database_holds_no_code() {
    let house = House::open().await;
    house.user("jane").await;
    let code = house.code("jane", &[]).await;
    let file = house.s.app.config.data_dir.join("poolhouse.db");
    if house.s.app.config.database.is_none() {
        let wal = file.with_extension("db-wal");
        for file in [file, wal] {
            let bytes = std::fs::read(&file).unwrap_or_default();
            let found = bytes
                .windows(code.len())
                .any(|window| window == code.as_bytes());
            assert!(!found, "{}", file.display());
        }
    }
}
