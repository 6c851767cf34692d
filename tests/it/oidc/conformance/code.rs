//! Codes, redirect URIs and refresh tokens are bound to who they are for.

use poolhouse::time::Span;

use super::rp::{NONCE, Op};
use crate::support::house::{CALLBACK, Told, claims};

async fn reuse(wait: Span) {
    let op = Op::start().await;
    let page = op.person().visit(&op.ask(&[])).await;
    let code = op.code(&page);
    let tokens = op.redeem(&op.first, &code, &[]).await.ok();
    op.person_behind(&tokens).await;
    op.house.s.clock().advance(wait);
    op.redeem(&op.first, &code, &[])
        .await
        .refuses(400, "invalid_grant");
    // What the first use gave out is dead (RFC 6749 4.1.2); the suite only warns.
    let url = op.endpoint("userinfo_endpoint");
    let token = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let request = op.house.s.http.get(url).header("authorization", token);
    let told = Told::read(request.send().await.unwrap()).await;
    told.refuses(401, "invalid_token");
    let pairs = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let told = op.token(&pairs, Some(&op.first)).await;
    told.refuses(400, "invalid_grant");
}

#[tokio::test]
async fn oidcc_codereuse() {
    reuse(Span::seconds(0)).await;
}

#[tokio::test]
async fn oidcc_codereuse_30seconds() {
    reuse(Span::seconds(30)).await;
}

#[tokio::test]
async fn oidcc_ensure_registered_redirect_uri() {
    let op = Op::start().await;
    for other in [format!("{CALLBACK}/x"), "https://evil.test/cb".to_owned()] {
        let page = op
            .person()
            .visit(&op.ask(&[("redirect_uri", &other)]))
            .await;
        assert_eq!((page.status, page.location()), (400, None), "{other}");
        assert!(page.text().contains("redirect URI is not registered"));
    }
}

#[tokio::test]
async fn oidcc_refresh_token() {
    let op = Op::start().await;
    let mut person = op.person();
    let first = op.tokens(&mut person, &[]).await;
    let page = person.visit(&op.ask(&[("client_id", &op.second.id)])).await;
    let others = op.redeem(&op.second, &op.code(&page), &[]).await.ok();
    op.check(&others, &op.second, Some(NONCE));
    op.house.s.clock().advance(Span::seconds(5));
    for (tokens, client) in [(&first, &op.first), (&others, &op.second)] {
        let token = tokens["refresh_token"].as_str().unwrap();
        assert!(token.bytes().all(|b| (0x20..=0x7e).contains(&b)));
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let fresh = op.token(&pairs, Some(client)).await.ok();
        // OpenID Connect Core 12.2: the same person, sign-in and issuer, a later time; no nonce.
        let new = op.check(&fresh, client, None);
        let old = claims(tokens["id_token"].as_str().unwrap());
        for name in ["iss", "sub", "aud", "auth_time"] {
            assert_eq!(new[name], old[name], "{name}");
        }
        assert!(new["iat"].as_i64() > old["iat"].as_i64());
        assert_ne!(fresh["access_token"], tokens["access_token"]);
        op.person_behind(&fresh).await;
    }
    let token = others["refresh_token"].as_str().unwrap();
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let told = op.token(&pairs, Some(&op.first)).await;
    told.refuses(400, "invalid_grant");
    let types = op.document["grant_types_supported"].as_array().unwrap();
    assert!(types.iter().any(|name| name == "refresh_token"));
}
