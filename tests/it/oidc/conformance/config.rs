//! The discovery document.

use super::rp::{FRONT, Op};

#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    let op = Op::start().await;
    let document = op.document.as_object().unwrap();
    let issuer = document["issuer"].as_str().unwrap();
    assert_eq!(issuer, format!("{FRONT}{}", op.house.base));
    let url = format!("{}{}", op.house.s.url, op.house.base);
    let url = format!("{url}/.well-known/openid-configuration");
    let answer = op.house.s.http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("application/json"), "{kind}");
    for (name, value) in document {
        if name.ends_with("_endpoint") || name.ends_with("_uri") {
            let url = value.as_str().unwrap();
            assert!(url.starts_with("https://"), "{name} is {url}");
        }
        if name.ends_with("_supported") && value.is_array() {
            assert!(!value.as_array().unwrap().is_empty(), "{name}");
        }
    }
    for needed in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "claims_supported",
    ] {
        assert!(document.contains_key(needed), "{needed}");
    }
    let lists = |name: &str, value: &str| {
        let values = document[name].as_array().unwrap();
        assert!(values.iter().any(|known| known == value), "{name}");
    };
    lists("response_types_supported", "code");
    lists("subject_types_supported", "public");
    lists("id_token_signing_alg_values_supported", "RS256");
    lists("scopes_supported", "openid");
    lists("grant_types_supported", "authorization_code");
    lists("code_challenge_methods_supported", "S256");
    for key in &op.keys {
        let private = ["d", "p", "q", "dp", "dq", "qi", "k"];
        assert!(private.iter().all(|name| key.get(name).is_none()));
        assert!(key["kid"].is_string() && key["use"] == "sig" && key["kty"] == "RSA");
    }
}
