//! GetDerivedToken: a token of the pool becomes another (RFC 8693).

use poolhouse::time::Span;
use serde_json::{Value, json};

use crate::support::house::{Client, House, PASSWORD, basic, claims};
use crate::support::{Answer, forgeries};

const INVALID: &str = "InvalidParameterException";
const DENIED: &str = "NotAuthorizedException";
const API: &str = "https://notes.example.com";

const BOTH: [&str; 2] = [
    "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
    "ALLOW_TOKEN_EXCHANGE_DELEGATION",
];

struct Scene {
    house: House,
    /// The client that exchanges.
    service: Client,
    /// The user's `sub`, and the tokens of the app.
    sub: String,
    access: String,
    id: String,
}

impl Scene {
    async fn open() -> Self {
        let house = House::open().await;
        let scopes =
            ["read", "write"].map(|name| json!({ "ScopeName": name, "ScopeDescription": name }));
        let server = json!({ "Identifier": API, "Name": "n", "Scopes": scopes });
        house.admin("CreateResourceServer", server).await.ok();
        let scopes = json!([
            "openid",
            "email",
            format!("{API}/read"),
            format!("{API}/write")
        ]);
        house
            .update_client(&house.client, json!({ "AllowedOAuthScopes": scopes }))
            .await;
        let service = json!({
            "GenerateSecret": true, "ExplicitAuthFlows": BOTH,
            "AllowedOAuthScopes": ["openid", "phone", format!("{API}/read")],
        });
        let service = house.client(service).await;
        let sub = house.user("jane").await;
        let tokens = house.tokens("jane", &[]).await;
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        Self {
            service,
            sub,
            access: text("access_token"),
            id: text("id_token"),
            house,
        }
    }

    /// An exchange of the access token; members given here win, null removes.
    async fn ask(&self, change: Value) -> Answer {
        let mut request = json!({
            "ClientId": self.service.id, "ClientSecret": self.service.secret,
            "SubjectToken": self.access, "SubjectTokenType": "ACCESS_TOKEN",
        });
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => drop(request.as_object_mut().unwrap().remove(name)),
                value => request[name] = value.clone(),
            }
        }
        self.house.s.api("GetDerivedToken", request).await
    }

    async fn issued(&self, change: Value) -> (Value, Value) {
        let told = self.ask(change).await.ok();
        let token = claims(told["IssuedToken"].as_str().unwrap());
        (told, token)
    }

    /// A machine's own token.
    async fn machine(&self) -> (Client, String) {
        let machine = json!({
            "GenerateSecret": true, "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": [format!("{API}/read")],
        });
        let machine = self.house.client(machine).await;
        let header = basic(&machine.id, machine.secret.as_deref().unwrap());
        let pairs = [("grant_type", "client_credentials")];
        let told = self.house.token(&pairs, Some(&header)).await.ok();
        (machine, told["access_token"].as_str().unwrap().to_owned())
    }
}

#[tokio::test]
async fn an_access_token_becomes_one_for_another_client() {
    let scene = Scene::open().await;
    let (told, token) = scene.issued(json!({})).await;
    assert_eq!(
        (&told["IssuedTokenType"], &told["TokenType"]),
        (&json!("ACCESS_TOKEN"), &json!("Bearer"))
    );
    let first = claims(&scene.access);
    for same in [
        "sub",
        "iss",
        "username",
        "origin_jti",
        "event_id",
        "auth_time",
        "acr",
        "amr",
        "scope",
        "exp",
    ] {
        assert_eq!(token[same], first[same], "{same}");
    }
    assert_eq!(token["client_id"], scene.service.id);
    assert_ne!(token["jti"], first["jti"]);
    for absent in ["act", "aud"] {
        assert_eq!(token.get(absent), None, "{absent}");
    }
    let scopes: Vec<&str> = first["scope"].as_str().unwrap().split(' ').collect();
    assert_eq!(told["Scopes"], json!(scopes));
    // It opens what the scopes open.
    let person = scene
        .house
        .userinfo(told["IssuedToken"].as_str().unwrap())
        .await
        .ok();
    assert_eq!(person["sub"], scene.sub);
}

#[tokio::test]
async fn scopes_are_what_is_asked_held_and_allowed() {
    let scene = Scene::open().await;
    for (asked, granted) in [
        (vec![format!("{API}/read")], vec![format!("{API}/read")]),
        // Allowed and not held; held and not allowed; neither.
        (
            vec!["openid".into(), format!("{API}/write"), "phone".into()],
            vec!["openid".to_owned()],
        ),
        (vec!["email".to_owned()], vec![]),
    ] {
        let (told, token) = scene.issued(json!({ "Scopes": asked })).await;
        assert_eq!(told["Scopes"], json!(granted));
        let scope = granted.join(" ");
        let told = token.get("scope").and_then(Value::as_str);
        assert_eq!(told.unwrap_or_default(), scope);
    }
}

#[tokio::test]
async fn audience_and_resource_name_whom_it_is_for() {
    let scene = Scene::open().await;
    let (_, token) = scene.issued(json!({ "Audiences": ["orders"] })).await;
    assert_eq!(token["aud"], "orders");
    let (_, token) = scene.issued(json!({ "Resources": [API] })).await;
    assert_eq!(token["aud"], API);
    let text = "Resource server https://none does not exist.";
    let none = scene.ask(json!({ "Resources": ["https://none"] })).await;
    none.error("ResourceNotFoundException", text);
    let both = json!({ "Audiences": ["orders"], "Resources": [API] });
    let text = "Audiences and Resources cannot be requested together.";
    scene.ask(both).await.error(INVALID, text);
    // An ID token for another client would sign the user in there.
    let text = "Audiences and Resources are for access tokens only.";
    let id = json!({ "Audiences": [scene.house.client], "RequestedTokenType": "ID_TOKEN" });
    scene.ask(id).await.error(INVALID, text);
}

#[tokio::test]
async fn id_tokens_come_of_either_token() {
    let scene = Scene::open().await;
    for (token, kind) in [(&scene.access, "ACCESS_TOKEN"), (&scene.id, "ID_TOKEN")] {
        let ask = json!({
            "SubjectToken": token, "SubjectTokenType": kind, "RequestedTokenType": "ID_TOKEN",
        });
        let (told, id) = scene.issued(ask).await;
        assert_eq!(
            (&told["IssuedTokenType"], &told["TokenType"]),
            (&json!("ID_TOKEN"), &json!("N_A"))
        );
        assert_eq!(
            (&id["aud"], &id["sub"]),
            (&json!(scene.service.id), &json!(scene.sub))
        );
        assert_eq!(id["email"], "jane@example.com");
        assert_eq!((id.get("at_hash"), id.get("name")), (None, None));
        assert_eq!(told.get("Scopes"), None);
    }
    // An ID token holds no scopes, and gives none.
    let ask = json!({
        "SubjectToken": scene.id, "SubjectTokenType": "ID_TOKEN", "Scopes": [format!("{API}/read")],
    });
    let (told, access) = scene.issued(ask).await;
    assert_eq!((&told["Scopes"], access.get("scope")), (&json!([]), None));
    let person = scene
        .house
        .userinfo(told["IssuedToken"].as_str().unwrap())
        .await;
    assert_eq!(person.status, 403);
}

#[tokio::test]
async fn whoever_acts_is_named_from_then_on() {
    let scene = Scene::open().await;
    let (machine, token) = scene.machine().await;
    let acting = json!({ "ActorToken": token, "ActorTokenType": "ACCESS_TOKEN" });
    let (told, first) = scene.issued(acting.clone()).await;
    assert_eq!(first["act"], json!({ "sub": machine.id }));
    assert_eq!(first["sub"], scene.sub);
    // A second actor stands around the first.
    let (other, token) = scene.machine().await;
    let again = json!({
        "SubjectToken": told["IssuedToken"], "ActorToken": token, "ActorTokenType": "ACCESS_TOKEN",
    });
    let (_, second) = scene.issued(again).await;
    assert_eq!(
        second["act"],
        json!({ "sub": other.id, "act": { "sub": machine.id } })
    );
    // Without an actor the first is not forgotten.
    let plain = json!({ "SubjectToken": told["IssuedToken"] });
    let (_, plain) = scene.issued(plain).await;
    assert_eq!(plain["act"], first["act"]);
    // A user may act, too, by either token.
    let bob = scene.house.user("bob").await;
    let tokens = scene.house.tokens("bob", &[]).await;
    for (name, kind) in [("access_token", "ACCESS_TOKEN"), ("id_token", "ID_TOKEN")] {
        let acting = json!({ "ActorToken": tokens[name], "ActorTokenType": kind });
        let (_, token) = scene.issued(acting).await;
        assert_eq!(token["act"], json!({ "sub": bob }));
    }
    let disabled = json!({ "Username": "bob" });
    scene.house.admin("AdminDisableUser", disabled).await.ok();
    let acting = json!({ "ActorToken": tokens["access_token"], "ActorTokenType": "ACCESS_TOKEN" });
    scene.ask(acting).await.error(DENIED, "Invalid actor token");
}

#[tokio::test]
async fn the_client_must_be_allowed_and_proven() {
    let scene = Scene::open().await;
    let (_, token) = scene.machine().await;
    let acting = json!({ "ActorToken": token, "ActorTokenType": "ACCESS_TOKEN" });
    for (kept, refused, asks) in [
        (BOTH[0], BOTH[1], acting.clone()),
        (BOTH[1], BOTH[0], json!({})),
    ] {
        let settings = json!({ "GenerateSecret": true, "ExplicitAuthFlows": [kept] });
        let one = scene.house.client(settings).await;
        let mut ask = asks;
        ask["ClientId"] = json!(one.id);
        ask["ClientSecret"] = json!(one.secret);
        let text = format!("{refused} flow not enabled for this client");
        scene.ask(ask).await.error(INVALID, &text);
    }
    let text = "Invalid client secret provided";
    for secret in [Value::Null, json!("x".repeat(51))] {
        let ask = scene.ask(json!({ "ClientSecret": secret })).await;
        ask.error(DENIED, text);
    }
    let unknown = "1example23456789abcdefgh";
    let text = format!("User pool client {unknown} does not exist.");
    let ask = scene.ask(json!({ "ClientId": unknown })).await;
    ask.error("ResourceNotFoundException", &text);
    // A public client, and an administrator, who needs no secret but must not send a wrong one.
    let public = scene
        .house
        .client(json!({ "ExplicitAuthFlows": BOTH }))
        .await;
    scene
        .ask(json!({ "ClientId": public.id, "ClientSecret": null }))
        .await
        .ok();
    let signed = async |secret: Option<String>| {
        let mut body = json!({
            "ClientId": scene.service.id, "SubjectToken": scene.access,
            "SubjectTokenType": "ACCESS_TOKEN",
        });
        if let Some(secret) = secret {
            body["ClientSecret"] = json!(secret);
        }
        let s = &scene.house.s;
        let key = "AWS4-HMAC-SHA256 Credential=AKIA/20261121/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00";
        let target = "AWSCognitoIdentityProviderService.GetDerivedToken";
        let request = s
            .http
            .post(&s.url)
            .header("authorization", key)
            .header("x-amz-target", target);
        let request = request.header("content-type", "application/x-amz-json-1.1");
        request
            .body(body.to_string())
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(signed(None).await, 200);
    assert_eq!(signed(scene.service.secret.clone()).await, 200);
    assert_eq!(signed(Some("x".repeat(51))).await, 400);
}

#[tokio::test]
async fn only_tokens_of_the_pool_and_of_their_kind_are_taken() {
    let scene = Scene::open().await;
    let (_, machine) = scene.machine().await;
    let elsewhere = House::on(scene.house.s.twin().await, json!({})).await;
    elsewhere.user("eve").await;
    let foreign = elsewhere.tokens("eve", &[]).await["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    // Its audience is a client, as that of an ID token is.
    let (named, token) = scene
        .issued(json!({ "Audiences": [scene.service.id] }))
        .await;
    assert_eq!(token["aud"], scene.service.id);
    let named = named["IssuedToken"].as_str().unwrap();
    let text = "Invalid subject token";
    for (token, kind) in [
        (scene.access.as_str(), "ID_TOKEN"),
        (named, "ID_TOKEN"),
        (&scene.id, "ACCESS_TOKEN"),
        (&machine, "ACCESS_TOKEN"),
        (&foreign, "ACCESS_TOKEN"),
        ("x", "ACCESS_TOKEN"),
    ] {
        let ask = json!({ "SubjectToken": token, "SubjectTokenType": kind });
        scene.ask(ask).await.error(DENIED, text);
    }
    let saml = json!({ "SubjectToken": "PHNhbWw+", "SubjectTokenType": "SAML2" });
    let text = "A SAML2 token needs the name of its provider.";
    scene.ask(saml.clone()).await.error(INVALID, text);
    let text = "Identity provider Corp does not exist.";
    for mut ask in [saml, json!({})] {
        ask["SubjectTokenProviderName"] = json!("Corp");
        scene
            .ask(ask)
            .await
            .error("ResourceNotFoundException", text);
    }
    let acting = |change: &[(&str, &str)]| {
        let pairs = change
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)));
        Value::Object(pairs.collect())
    };
    let alone = scene.ask(acting(&[("ActorToken", &machine)])).await;
    alone.error(INVALID, "ActorTokenType is required with ActorToken.");
    let text = "ActorTokenType and ActorTokenProviderName need an ActorToken.";
    for name in ["ActorTokenType", "ActorTokenProviderName"] {
        let alone = scene.ask(acting(&[(name, "ID_TOKEN")])).await;
        alone.error(INVALID, text);
    }
    let wrong = acting(&[("ActorToken", "x"), ("ActorTokenType", "ID_TOKEN")]);
    scene.ask(wrong).await.error(DENIED, "Invalid actor token");
}

/// security.md E1, E2, E7.
#[tokio::test]
async fn forged_tokens_are_exchanged_by_nobody() {
    let scene = Scene::open().await;
    let keys = scene.house.get("/.well-known/jwks.json", None).await.ok();
    let keys = keys["keys"].as_array().unwrap().clone();
    let mut tried = 0;
    for forgery in forgeries::of(&scene.access, &keys) {
        for ask in [
            json!({ "SubjectToken": forgery }),
            json!({ "ActorToken": forgery, "ActorTokenType": "ACCESS_TOKEN" }),
        ] {
            let answer = scene.ask(ask).await;
            let message = answer.body["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let refused = ["Invalid subject token", "Invalid actor token"]
                .contains(&message.as_str())
                || message.contains("failed to satisfy constraint");
            assert!(answer.status == 400 && refused, "{forgery:.80}: {message}");
            tried += 1;
        }
    }
    assert!(tried >= 600, "{tried}");
}

#[tokio::test]
async fn it_lives_and_dies_with_the_first_token_and_its_sign_in() {
    let scene = Scene::open().await;
    let s = &scene.house.s;
    let first = claims(&scene.access);
    s.clock().advance(Span::minutes(50));
    let (told, later) = scene.issued(json!({})).await;
    assert_eq!(
        (&told["ExpiresIn"], &later["exp"]),
        (&json!(600), &first["exp"])
    );
    // A chain of exchanges does not lengthen it.
    let again = json!({ "SubjectToken": told["IssuedToken"] });
    assert_eq!(scene.issued(again).await.1["exp"], first["exp"]);
    let signed_out = json!({ "Username": "jane" });
    scene
        .house
        .admin("AdminUserGlobalSignOut", signed_out)
        .await
        .ok();
    let text = "The subject token has been revoked";
    scene.ask(json!({})).await.error(DENIED, text);
    let derived = scene
        .house
        .userinfo(told["IssuedToken"].as_str().unwrap())
        .await;
    assert_eq!(derived.status, 401);
    s.clock().advance(Span::minutes(10));
    scene
        .ask(json!({}))
        .await
        .error(DENIED, "The subject token has expired");
}

#[tokio::test]
async fn who_may_not_sign_in_is_exchanged_for_nobody() {
    let scene = Scene::open().await;
    let jane = json!({ "Username": "jane" });
    scene
        .house
        .admin("AdminDisableUser", jane.clone())
        .await
        .ok();
    scene
        .ask(json!({}))
        .await
        .error(DENIED, "User is disabled.");
    scene.house.admin("AdminDeleteUser", jane).await.ok();
    let text = "User does not exist.";
    scene
        .ask(json!({}))
        .await
        .error("UserNotFoundException", text);
}

/// The session stays where its user used it last.
#[tokio::test]
async fn an_exchange_leaves_the_address_of_the_session_alone() {
    let house = House::with(json!({ "UserPoolTier": "ESSENTIALS" })).await;
    let tracking = json!({
        "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": 5 },
    });
    house
        .admin("SetUserPoolSessionConfiguration", tracking)
        .await
        .ok();
    house.user("jane").await;
    let settings = json!({
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"],
    });
    let client = house.client(settings).await;
    let agent = async |operation: &str, body: Value, agent: &str| {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let request = house
            .s
            .http
            .post(&house.s.url)
            .header("x-amz-target", target);
        let request = request.header("content-type", "application/x-amz-json-1.1");
        let answer = request
            .header("user-agent", agent)
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        answer.json::<Value>().await.unwrap()
    };
    let sign_in = json!({
        "ClientId": client.id, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "jane", "PASSWORD": PASSWORD },
    });
    let told = agent("InitiateAuth", sign_in, "curl/8").await;
    let ask = json!({
        "ClientId": client.id, "SubjectTokenType": "ACCESS_TOKEN",
        "SubjectToken": told["AuthenticationResult"]["AccessToken"],
    });
    agent("GetDerivedToken", ask, "okhttp/4").await;
    let listed = house
        .admin("AdminListUserSessions", json!({ "Username": "jane" }))
        .await
        .ok();
    assert!(listed.to_string().contains("curl 8"), "{listed}");
    assert!(!listed.to_string().contains("okhttp"), "{listed}");
}
