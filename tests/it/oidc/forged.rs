//! Tokens that are not ours, or not for this: refused by everything that takes a token (security.md
//! E1, E2, E3, E7).

use poolhouse::api::operations::OPERATIONS;
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::forgeries;
use crate::support::house::{GOODBYE, House, Told, client, domain, pool, query, user};
use crate::support::model::maximal_request;

const INVALID: &str = "Invalid Access Token";
const SIGNATURE: &str = "Could not verify signature for Access Token";

/// Longer texts meet the limits of HTTP before anything reads them.
const LONG: usize = 14_000;

async fn keys(house: &House) -> Vec<Value> {
    let document = house.get("/.well-known/jwks.json", None).await.ok();
    document["keys"].as_array().unwrap().clone()
}

async fn corpus(house: &House, good: &str) -> Vec<String> {
    let corpus = forgeries::of(good, &keys(house).await);
    assert!(corpus.len() >= 300, "{}", corpus.len());
    corpus
}

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

/// Every built operation that takes an access token, with a request that is good but for it.
fn takers() -> Vec<(&'static str, Value)> {
    let built = OPERATIONS.iter().filter(|row| row.handler.is_some());
    let bodies = built.map(|row| (row.name, maximal_request("cognito-idp", row.name)));
    let takers: Vec<_> = bodies
        .filter(|(_, body)| body.get("AccessToken").is_some())
        .map(|(name, mut body)| {
            body.as_object_mut().unwrap().remove("Session");
            (name, body)
        })
        .collect();
    assert!(takers.len() >= 8, "{}", takers.len());
    takers
}

#[tokio::test]
async fn no_operation_takes_a_forged_access_token() {
    let house = House::open().await;
    house.user("jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let good = text(&tokens, "access_token");
    let mut corpus = corpus(&house, &good).await;
    corpus.extend([text(&tokens, "id_token"), text(&tokens, "refresh_token")]);
    let before = json!({ "AccessToken": good });
    let before = house.s.api("GetUser", before).await.ok();
    let mut tried = 0;
    for (operation, body) in takers() {
        for forgery in &corpus {
            let mut body = body.clone();
            body["AccessToken"] = json!(forgery);
            let answer = house.s.api(operation, body).await;
            let message = answer.body["message"].as_str().unwrap_or_default();
            let refused = [INVALID, SIGNATURE].contains(&message)
                || message.contains("at 'accessToken' failed to satisfy constraint");
            assert!(
                answer.status == 400 && refused,
                "{operation} {forgery:.80}: {} {}",
                answer.status,
                answer.body
            );
            tried += 1;
        }
    }
    println!("{tried} tries");
    let after = json!({ "AccessToken": good });
    assert_eq!(before, house.s.api("GetUser", after).await.ok());
}

/// What an endpoint answered, or nothing where HTTP itself gave up on a long text.
async fn send(request: reqwest::RequestBuilder, forgery: &str) -> Option<Told> {
    match request.send().await {
        Ok(answer) => Some(Told::read(answer).await),
        Err(error) => {
            assert!(forgery.len() > LONG, "{error}");
            None
        }
    }
}

#[tokio::test]
async fn no_endpoint_takes_a_forged_token() {
    let house = House::open().await;
    house.user("jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let good = text(&tokens, "access_token");
    let at = |path: &str| format!("{}{}{path}", house.s.url, house.base);
    let form = "application/x-www-form-urlencoded";
    for forgery in corpus(&house, &good).await {
        let long = forgery.len() > LONG;
        let userinfo = house.s.http.get(at("/oauth2/userInfo"));
        let in_form = house.s.http.post(at("/oauth2/userInfo"));
        let revoke = house.s.http.post(at("/oauth2/revoke"));
        let refresh = house.s.http.post(at("/oauth2/token"));
        let id = ("client_id", house.client.as_str());
        let body = |pairs: &[(&str, &str)]| query(pairs);
        for (name, request) in [
            ("userinfo", userinfo.bearer_auth(&forgery)),
            (
                "userinfo by form",
                in_form
                    .header("content-type", form)
                    .body(body(&[("access_token", &forgery)])),
            ),
            (
                "revoke",
                revoke
                    .header("content-type", form)
                    .body(body(&[id, ("token", &forgery)])),
            ),
            (
                "refresh",
                refresh.header("content-type", form).body(body(&[
                    id,
                    ("grant_type", "refresh_token"),
                    ("refresh_token", &forgery),
                ])),
            ),
        ] {
            let Some(answer) = send(request, &forgery).await else {
                continue;
            };
            let refused = match (name, answer.status) {
                (_, 413 | 414 | 431) => long,
                ("userinfo" | "userinfo by form", 401) => answer.body["error"] == "invalid_token",
                // A text that could be no token of any kind changes nothing (RFC 7009 2.2).
                ("revoke", 200) => true,
                ("revoke", 400) => answer.body["error"] == "unsupported_token_type",
                ("refresh", 400) => answer.body["error"] == "invalid_grant",
                _ => false,
            };
            assert!(
                refused,
                "{name} {forgery:.80}: {} {}",
                answer.status, answer.body
            );
        }
    }
    house.userinfo(&good).await.ok();
}

#[tokio::test]
async fn no_forged_hint_signs_anybody_out_or_redirects() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let code = house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await
        .code();
    let tokens = house.redeem(&code, &[]).await.ok();
    let good = text(&tokens, "id_token");
    let mut corpus = corpus(&house, &good).await;
    corpus.extend([
        text(&tokens, "access_token"),
        text(&tokens, "refresh_token"),
    ]);
    let leave = |hint: &str, target: &str| {
        let asked = query(&[
            ("client_id", house.client.as_str()),
            ("id_token_hint", hint),
            (target, GOODBYE),
        ]);
        format!("{}/logout?{asked}", house.base)
    };
    for forgery in corpus.iter().filter(|forgery| forgery.len() <= LONG) {
        for target in ["post_logout_redirect_uri", "logout_uri"] {
            let page = browser.open(&leave(forgery, target)).await;
            assert_eq!(
                (page.status, page.location()),
                (400, None),
                "{target} {forgery:.80}"
            );
        }
    }
    browser
        .get(&house.authorize(&[("prompt", "none")]))
        .await
        .code();
    let page = browser.get(&leave(&good, "post_logout_redirect_uri")).await;
    assert_eq!(page.location().as_deref(), Some(GOODBYE));
}

/// Whether a taker takes a token of a pool on a pool's own domain, or at the API.
async fn taken(house: &House, base: &str, client: &str, taker: &str, token: &str) -> bool {
    let at = |path: &str| format!("{}{base}{path}", house.s.url);
    let post = async |path: &str, pairs: &[(&str, &str)]| {
        crate::support::house::post(&house.s, &at(path), pairs, None).await
    };
    let id = ("client_id", client);
    match taker {
        "userinfo" => {
            let request = house.s.http.get(at("/oauth2/userInfo")).bearer_auth(token);
            Told::read(request.send().await.unwrap()).await.status == 200
        }
        "user operation" => {
            let body = json!({ "AccessToken": token });
            house.s.api("GetUser", body).await.status == 200
        }
        "refresh" => {
            let grant = ("grant_type", "refresh_token");
            let answer = post("/oauth2/token", &[id, grant, ("refresh_token", token)]).await;
            answer.status == 200
        }
        "refresh by the API" => {
            let body = json!({
                "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": client,
                "AuthParameters": { "REFRESH_TOKEN": token },
            });
            house.s.api("InitiateAuth", body).await.status == 200
        }
        "hint" => {
            let asked = query(&[
                ("id_token_hint", token),
                ("post_logout_redirect_uri", GOODBYE),
            ]);
            let page = Browser::new(&house.s)
                .get(&format!("{base}/logout?{asked}"))
                .await;
            page.location().as_deref() == Some(GOODBYE)
        }
        "code" => {
            let pairs = [
                id,
                ("grant_type", "authorization_code"),
                ("code", token),
                ("redirect_uri", crate::support::house::CALLBACK),
            ];
            post("/oauth2/token", &pairs).await.status == 200
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_use_in_its_pool_and_for_its_client() {
    let house = House::open().await;
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"] });
    house.update_client(&house.client, flows.clone()).await;
    house.user("jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let neighbour = house.client(flows.clone()).await.id;
    let elsewhere = pool(&house.s, json!({})).await;
    domain(&house.s, &elsewhere).await;
    user(&house.s, &elsewhere, "jane").await;
    let other = client(&house.s, &elsewhere, flows).await.id;
    let away = format!("/{elsewhere}");
    let places = [
        (house.base.as_str(), house.client.as_str(), "home"),
        (house.base.as_str(), neighbour.as_str(), "another client"),
        (away.as_str(), other.as_str(), "another pool"),
        (away.as_str(), house.client.as_str(), "another domain"),
    ];
    let mut tried = 0;
    for kind in ["id_token", "access_token", "refresh_token"] {
        for taker in [
            "userinfo",
            "user operation",
            "refresh",
            "refresh by the API",
            "hint",
            "code",
        ] {
            for (base, client, place) in places {
                let expected = match (kind, taker, place) {
                    ("access_token", "userinfo", "home" | "another client")
                    | ("id_token", "hint", "home" | "another client")
                    | ("refresh_token", "refresh", "home")
                    // The API has one address; the token or the client says which pool it is.
                    | ("access_token", "user operation", _)
                    | ("refresh_token", "refresh by the API", "home" | "another domain") => true,
                    _ => false,
                };
                let token = text(&tokens, kind);
                let found = taken(&house, base, client, taker, &token).await;
                assert_eq!(found, expected, "{kind} at {taker} of {place}");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 72);
}
