//! `/oauth2/register` (RFC 7591; oauth.md 5.4).

use poolhouse::time::Span;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::forgeries;
use crate::support::house::{CALLBACK, Client, GOODBYE, House, Told, basic, claims};

const API: &str = "https://notes.example.com";
const REGISTER: &str = "aws.cognito/dcr/register";

async fn open(configuration: Value) -> House {
    let house = House::with(json!({ "DcrConfiguration": configuration })).await;
    let scopes =
        ["read", "write"].map(|name| json!({ "ScopeName": name, "ScopeDescription": name }));
    let server = json!({ "Identifier": API, "Name": "n", "Scopes": scopes });
    house.admin("CreateResourceServer", server).await.ok();
    house
}

async fn post(house: &House, body: &Value, token: Option<&str>) -> Told {
    let url = format!("{}{}/oauth2/register", house.s.url, house.base);
    let mut request = house.s.http.post(url).json(body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    Told::read(request.send().await.unwrap()).await
}

async fn registered(house: &House, body: Value) -> Value {
    let told = post(house, &body, None).await;
    assert_eq!(told.status, 201, "{}", told.body);
    told.body
}

/// A client that may register others, and its token.
async fn registrar(house: &House) -> (Client, String) {
    let settings = json!({
        "GenerateSecret": true, "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": [REGISTER, format!("{API}/read")],
    });
    let client = house.client(settings).await;
    let token = own_token(house, &client, REGISTER).await;
    (client, token)
}

async fn own_token(house: &House, client: &Client, scope: &str) -> String {
    let header = basic(&client.id, client.secret.as_deref().unwrap());
    let pairs = [("grant_type", "client_credentials"), ("scope", scope)];
    let told = house.token(&pairs, Some(&header)).await.ok();
    told["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_app_registers_openly_and_signs_people_in() {
    let house = open(json!({ "OpenDcrEnabled": true })).await;
    let wish = json!({
        "redirect_uris": [CALLBACK], "client_name": "Editor (beta)", "client_uri": "https://e.example",
        "post_logout_redirect_uris": [GOODBYE], "contacts": ["a@example.com"], "client_name#de": "x",
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "token_endpoint_auth_method": "none", "scope": "openid email",
    });
    let told = post(&house, &wish, None).await;
    assert_eq!(told.status, 201, "{}", told.body);
    assert_eq!(told.headers["access-control-allow-origin"], "*");
    assert!(
        told.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("no-store")
    );
    let mut body = told.body;
    let id = body["client_id"].take().as_str().unwrap().to_owned();
    assert!(body["client_id_issued_at"].take().is_i64());
    let expected = json!({
        "client_id": null, "client_id_issued_at": null, "client_name": "Editor -beta-",
        "redirect_uris": [CALLBACK], "post_logout_redirect_uris": [GOODBYE],
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "token_endpoint_auth_method": "none", "scope": "openid email",
    });
    assert_eq!(body, expected);
    let described = house
        .admin("DescribeUserPoolClient", json!({ "ClientId": id }))
        .await
        .ok();
    let described = &described["UserPoolClient"];
    assert_eq!(described["ClientType"], "DCR");
    assert_eq!(
        described["ExplicitAuthFlows"],
        json!(["ALLOW_REFRESH_TOKEN_AUTH"])
    );
    assert_eq!(described["PreventUserExistenceErrors"], "ENABLED");
    // Its people sign in on the pages, and nowhere else.
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[("client_id", &id)]);
    let code = house.sign_in(&mut browser, "jane", &url).await.code();
    let tokens = house.redeem(&code, &[("client_id", &id)]).await.ok();
    assert_eq!(
        claims(tokens["access_token"].as_str().unwrap())["scope"],
        "openid email"
    );
    let request = json!({
        "ClientId": id, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "jane", "PASSWORD": "x" },
    });
    assert_eq!(house.s.api("InitiateAuth", request).await.status, 400);
}

#[tokio::test]
async fn defaults_are_a_code_a_secret_and_the_standard_scopes() {
    let house =
        open(json!({ "OpenDcrEnabled": true, "AllowedScopes": [format!("{API}/read")] })).await;
    let body = registered(&house, json!({ "redirect_uris": [CALLBACK] })).await;
    assert_eq!(body["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(
        (&body["scope"], &body["client_name"]),
        (
            &json!("openid email phone profile"),
            &json!("Registered client")
        )
    );
    assert_eq!(body["client_secret_expires_at"], 0);
    assert!(body["client_secret"].as_str().unwrap().len() >= 24);
    let asked = json!({ "redirect_uris": [CALLBACK], "scope": format!("openid {API}/read") });
    assert_eq!(
        registered(&house, asked).await["scope"],
        format!("openid {API}/read")
    );
}

#[tokio::test]
async fn with_a_token_machines_register_too() {
    let house = open(json!({ "AllowedScopes": [format!("{API}/read"), REGISTER] })).await;
    let (client, token) = registrar(&house).await;
    let machine = json!({ "grant_types": ["client_credentials"] });
    let told = post(&house, &machine, Some(&token)).await;
    assert_eq!(told.status, 201, "{}", told.body);
    // Everything that registered clients may have, but the scope that makes others.
    assert_eq!(told.body["scope"], format!("{API}/read"));
    let made = Client {
        id: told.body["client_id"].as_str().unwrap().to_owned(),
        secret: told.body["client_secret"].as_str().map(str::to_owned),
    };
    let own = own_token(&house, &made, "").await;
    post(&house, &machine, Some(&own))
        .await
        .refuses(403, "insufficient_scope");
    let asked = json!({ "grant_types": ["client_credentials"], "scope": REGISTER });
    post(&house, &asked, Some(&token))
        .await
        .refuses(400, "invalid_client_metadata");
    // Without a token nobody registers, and a token of another kind is none.
    let told = post(&house, &machine, None).await;
    told.refuses(401, "invalid_token");
    assert_eq!(told.headers["www-authenticate"], "Bearer");
    let plain = own_token(&house, &client, &format!("{API}/read")).await;
    let told = post(&house, &machine, Some(&plain)).await;
    told.refuses(403, "insufficient_scope");
    house.user("jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let user = tokens["access_token"].as_str().unwrap();
    post(&house, &machine, Some(user))
        .await
        .refuses(403, "insufficient_scope");
    let id = tokens["id_token"].as_str().unwrap();
    for bad in [id, "x", "a.b.c"] {
        let told = post(&house, &machine, Some(bad)).await;
        told.refuses(401, "invalid_token");
        assert!(
            told.headers["www-authenticate"]
                .to_str()
                .unwrap()
                .contains("invalid_token")
        );
    }
    // On the bare host the token says which pool it is.
    let request = house
        .s
        .http
        .post(format!("{}/oauth2/register", house.s.url));
    let bare = request
        .bearer_auth(&token)
        .json(&machine)
        .send()
        .await
        .unwrap();
    assert_eq!(bare.status(), 201);
    let request = house
        .s
        .http
        .post(format!("{}/oauth2/register", house.s.url));
    assert_eq!(request.json(&machine).send().await.unwrap().status(), 404);
    house.s.clock().advance(Span::hours(1));
    post(&house, &machine, Some(&token))
        .await
        .refuses(401, "invalid_token");
}

#[tokio::test]
async fn a_client_that_lost_the_scope_or_is_gone_registers_nobody() {
    let house = open(json!({})).await;
    let (client, token) = registrar(&house).await;
    let wish = json!({ "redirect_uris": [CALLBACK] });
    assert_eq!(post(&house, &wish, Some(&token)).await.status, 201);
    let left = json!({
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": [format!("{API}/read")],
    });
    house.update_client(&client.id, left).await;
    post(&house, &wish, Some(&token))
        .await
        .refuses(403, "insufficient_scope");
    house
        .admin("DeleteUserPoolClient", json!({ "ClientId": client.id }))
        .await
        .ok();
    post(&house, &wish, Some(&token))
        .await
        .refuses(401, "invalid_token");
    let other = open(json!({})).await;
    post(&other, &wish, Some(&token))
        .await
        .refuses(401, "invalid_token");
}

#[tokio::test]
async fn metadata_that_cannot_be_is_refused() {
    let house = open(
        json!({ "OpenDcrEnabled": true, "OpenDcrGrantTypes": ["code", "client_credentials"] }),
    )
    .await;
    let refused = async |change: Value, code: &str| {
        let mut wish = json!({ "redirect_uris": [CALLBACK] });
        for (name, value) in change.as_object().unwrap() {
            wish[name] = value.clone();
        }
        post(&house, &wish, None).await.refuses(400, code);
    };
    for uris in [
        json!(null),
        json!([]),
        json!(["http://example.com/cb"]),
        json!(["javascript:alert(1)"]),
        json!(["https://a.example/#x"]),
        json!([format!("https://a.example/{}", "x".repeat(1024))]),
    ] {
        refused(json!({ "redirect_uris": uris }), "invalid_redirect_uri").await;
    }
    let machine = json!(["client_credentials"]);
    for change in [
        json!({ "grant_types": ["implicit"] }),
        json!({ "grant_types": ["password"] }),
        json!({ "grant_types": ["authorization_code", "client_credentials"] }),
        json!({ "response_types": ["token"] }),
        json!({ "token_endpoint_auth_method": "private_key_jwt" }),
        json!({ "subject_type": "pairwise" }),
        json!({ "id_token_signed_response_alg": "HS256" }),
        json!({ "scope": "openid offline_access" }),
        json!({ "scope": "aws.cognito.signin.user.admin" }),
        json!({ "scope": format!("{API}/read") }),
        json!({ "post_logout_redirect_uris": ["ftp://x"] }),
        json!({ "redirect_uris": CALLBACK }),
        json!({ "client_name": 7 }),
        json!({ "grant_types": machine, "token_endpoint_auth_method": "none" }),
        // There is no scope that a machine could have.
        json!({ "grant_types": machine }),
    ] {
        refused(change, "invalid_client_metadata").await;
    }
    let url = format!("{}{}/oauth2/register", house.s.url, house.base);
    for (kind, body) in [
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/json", r#"{"scope":"openid","scope":"email"}"#),
        ("application/x-www-form-urlencoded", "redirect_uris=x"),
        ("text/plain", "{}"),
    ] {
        let request = house
            .s
            .http
            .post(&url)
            .header("content-type", kind)
            .body(body);
        Told::read(request.send().await.unwrap())
            .await
            .refuses(400, "invalid_client_metadata");
    }
    let request = house
        .s
        .http
        .post(&url)
        .header("authorization", "Basic eDp5");
    let told = Told::read(
        request
            .json(&json!({ "redirect_uris": [CALLBACK] }))
            .send()
            .await
            .unwrap(),
    )
    .await;
    told.refuses(401, "invalid_token");
    let large = json!({ "redirect_uris": [CALLBACK], "client_uri": "x".repeat(20_000) });
    assert_eq!(post(&house, &large, None).await.status, 413);
}

#[tokio::test]
async fn the_pool_decides_who_may_register_what() {
    let code = json!({ "redirect_uris": [CALLBACK] });
    let machine = json!({ "grant_types": ["client_credentials"] });
    let scopes = json!([format!("{API}/read")]);
    for (configuration, open_code, open_machine, token_code, token_machine) in [
        (json!({ "OpenDcrEnabled": true }), 201, 400, 201, 201),
        (json!({ "OpenDcrEnabled": false }), 401, 401, 201, 201),
        (json!({}), 401, 401, 201, 201),
        (
            json!({ "OpenDcrEnabled": true, "OpenDcrGrantTypes": [] }),
            400,
            400,
            201,
            201,
        ),
        (
            json!({ "OpenDcrEnabled": true, "OpenDcrGrantTypes": ["implicit"] }),
            400,
            400,
            201,
            201,
        ),
        (
            json!({ "OpenDcrEnabled": true, "OpenDcrGrantTypes": ["client_credentials"] }),
            400,
            201,
            201,
            201,
        ),
        (
            json!({ "AuthenticatedGrantTypes": ["code"] }),
            401,
            401,
            201,
            400,
        ),
        (json!({ "AuthenticatedGrantTypes": [] }), 401, 401, 400, 400),
        (
            json!({ "EnableStatus": "Disabled", "OpenDcrEnabled": true }),
            404,
            404,
            404,
            404,
        ),
    ] {
        let mut whole = configuration.clone();
        whole["AllowedScopes"] = scopes.clone();
        let house = open(whole).await;
        let (_, token) = registrar(&house).await;
        let token = Some(token.as_str());
        for (wish, by, expected) in [
            (&code, None, open_code),
            (&machine, None, open_machine),
            (&code, token, token_code),
            (&machine, token, token_machine),
        ] {
            let told = post(&house, wish, by).await;
            assert_eq!(
                told.status, expected,
                "{configuration} {wish} {}",
                told.body
            );
        }
        let document = house
            .get("/.well-known/openid-configuration", None)
            .await
            .ok();
        let off = configuration["EnableStatus"] == "Disabled";
        let url = format!("{}{}/oauth2/register", house.s.app.public_url, house.base);
        assert_eq!(
            document.get("registration_endpoint"),
            (!off).then_some(&json!(url))
        );
    }
}

#[tokio::test]
async fn without_a_configuration_or_a_domain_there_is_no_endpoint() {
    let house = House::open().await;
    let wish = json!({ "redirect_uris": [CALLBACK] });
    assert_eq!(post(&house, &wish, None).await.status, 404);
    let document = house
        .get("/.well-known/openid-configuration", None)
        .await
        .ok();
    assert_eq!(document.get("registration_endpoint"), None);
    // What changes at the pool changes here at once.
    let on = json!({ "DcrConfiguration": { "OpenDcrEnabled": true } });
    house.admin("UpdateUserPool", on).await.ok();
    assert_eq!(post(&house, &wish, None).await.status, 201);
}

#[tokio::test]
async fn registered_clients_are_listed_apart_and_keep_their_secret() {
    let house = open(json!({ "OpenDcrEnabled": true })).await;
    let body = registered(&house, json!({ "redirect_uris": [CALLBACK] })).await;
    let id = &body["client_id"];
    let list = async |kind: &str| {
        let told = house
            .admin(
                "ListUserPoolClients",
                json!({ "ClientType": kind, "MaxResults": 1 }),
            )
            .await
            .ok();
        let ids = told["UserPoolClients"].as_array().unwrap().iter();
        ids.map(|client| client["ClientId"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(list("DCR").await, std::slice::from_ref(id));
    assert_eq!(list("REGULAR").await, [json!(house.client)]);
    let at = json!({ "ClientId": id });
    let text = "Client secret operations are not available for app clients that were registered dynamically.";
    for operation in [
        "AddUserPoolClientSecret",
        "ListUserPoolClientSecrets",
        "DeleteUserPoolClientSecret",
    ] {
        let mut request = at.clone();
        if operation.starts_with("Delete") {
            request["ClientSecretId"] = json!("x--1");
        }
        house
            .admin(operation, request)
            .await
            .error("InvalidParameterException", text);
    }
    // An administrator may change it, and may delete it, but not let it register others.
    let mut update = json!({
        "ClientId": id, "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": [REGISTER],
    });
    let text = "The scope aws.cognito/dcr/register is not for app clients that were registered dynamically.";
    house
        .admin("UpdateUserPoolClient", update.clone())
        .await
        .error("InvalidOAuthFlowException", text);
    update["AllowedOAuthScopes"] = json!([format!("{API}/read")]);
    house.admin("UpdateUserPoolClient", update).await.ok();
    let described = house.admin("DescribeUserPoolClient", at.clone()).await.ok();
    assert_eq!(described["UserPoolClient"]["ClientType"], "DCR");
    house.admin("DeleteUserPoolClient", at).await.ok();
    assert_eq!(list("DCR").await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_scope_that_registers_is_for_machines() {
    let house = open(json!({})).await;
    let request = json!({
        "ClientName": "c", "CallbackURLs": [CALLBACK], "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": [REGISTER], "AllowedOAuthFlowsUserPoolClient": true,
    });
    let text = "The scope aws.cognito/dcr/register is only for the client_credentials flow.";
    let answer = house.admin("CreateUserPoolClient", request).await;
    answer.error("InvalidOAuthFlowException", text);
    // No resource server can bring it about.
    let server = json!({
        "Identifier": "aws.cognito/dcr", "Name": "n",
        "Scopes": [{ "ScopeName": "register", "ScopeDescription": "d" }],
    });
    let text = "The identifier of a resource server cannot begin with aws.cognito.";
    let answer = house.admin("CreateResourceServer", server).await;
    answer.error("InvalidParameterException", text);
}

/// security.md F2: registering is counted by address.
#[tokio::test]
async fn one_address_registers_only_so_many() {
    let house = open(json!({ "OpenDcrEnabled": true })).await;
    let wish = json!({ "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none" });
    for _ in 0..100 {
        assert_eq!(post(&house, &wish, None).await.status, 201);
    }
    post(&house, &wish, None)
        .await
        .refuses(429, "temporarily_unavailable");
    house.s.clock().advance(Span::minutes(61));
    assert_eq!(post(&house, &wish, None).await.status, 201);
}

/// security.md E1, E2, E7.
#[tokio::test]
async fn no_forged_token_registers_a_client() {
    let house = open(json!({})).await;
    let (_, token) = registrar(&house).await;
    let keys = house.get("/.well-known/jwks.json", None).await.ok();
    let keys = keys["keys"].as_array().unwrap().clone();
    let wish = json!({ "redirect_uris": [CALLBACK] });
    let url = format!("{}{}/oauth2/register", house.s.url, house.base);
    let mut tried = 0;
    for forgery in forgeries::of(&token, &keys) {
        let Ok(header) = HeaderValue::from_str(&format!("Bearer {forgery}")) else {
            continue;
        };
        let request = house.s.http.post(&url).header("authorization", header);
        // Longer texts meet the limits of HTTP before anything reads them.
        match request.json(&wish).send().await {
            Ok(answer) => assert_ne!(answer.status(), 201, "{forgery:.80}"),
            Err(error) => assert!(forgery.len() > 14_000, "{error}"),
        }
        tried += 1;
    }
    assert!(tried >= 250, "{tried}");
    assert_eq!(post(&house, &wish, Some(&token)).await.status, 201);
}
