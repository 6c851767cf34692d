//! Who a client is at the token endpoint (oauth.md 4.1, 4.4; security.md D6).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::support::house::{CALLBACK, Client, House, Told, basic};

struct Case<'h> {
    house: &'h House,
    client: Client,
}

impl Case<'_> {
    /// Redeems a fresh code with these credentials.
    async fn ask(&self, body: &[(&str, &str)], header: Option<&str>) -> Told {
        let change = [("client_id", self.client.id.as_str())];
        let code = self.house.code("jane", &change).await;
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
        ];
        pairs.extend(body);
        self.house.token(&pairs, header).await
    }
}

#[tokio::test]
async fn a_client_with_a_secret_proves_it_in_header_or_body() {
    let house = House::open().await;
    house.user("jane").await;
    let client = house.client(json!({ "GenerateSecret": true })).await;
    let (id, secret) = (client.id.clone(), client.secret.clone().unwrap());
    let (id, secret) = (id.as_str(), secret.as_str());
    let case = Case {
        house: &house,
        client,
    };
    let right = basic(id, secret);
    let wrong = basic(id, "wrong");
    let none: Option<&str> = None;
    for (body, header, expected) in [
        (vec![], Some(right.as_str()), 200),
        (vec![("client_id", id)], Some(right.as_str()), 200),
        (
            vec![("client_id", id), ("client_secret", secret)],
            none,
            200,
        ),
        (
            vec![("client_id", id), ("client_secret", secret)],
            Some(right.as_str()),
            200,
        ),
        (vec![("client_id", id)], none, 400),
        (vec![("client_id", id), ("client_secret", "")], none, 400),
        (
            vec![("client_id", id), ("client_secret", "wrong")],
            none,
            400,
        ),
        (vec![], Some(wrong.as_str()), 400),
        (vec![], Some(basic(id, "").as_str()), 400),
    ] {
        let answer = case.ask(&body, header).await;
        assert_eq!(
            answer.status, expected,
            "{body:?} {header:?} {}",
            answer.body
        );
        if expected == 400 {
            let told =
                json!({ "error": "invalid_client", "error_description": "invalid_client_secret" });
            assert_eq!(answer.body, told);
        }
    }
    for (body, header) in [
        (vec![("client_id", house.client.as_str())], right.as_str()),
        (vec![("client_secret", "other")], right.as_str()),
        (
            vec![("client_id", id), ("client_secret", secret)],
            wrong.as_str(),
        ),
    ] {
        let answer = case.ask(&body, Some(header)).await;
        answer.refuses(400, "invalid_request");
    }
}

#[tokio::test]
async fn a_public_client_sends_no_secret() {
    let house = House::open().await;
    house.user("jane").await;
    let id = house.client.clone();
    let client = Client {
        id: id.clone(),
        secret: None,
    };
    let case = Case {
        house: &house,
        client,
    };
    case.ask(&[("client_id", &id)], None).await.ok();
    case.ask(&[], Some(&basic(&id, ""))).await.ok();
    case.ask(&[("client_id", &id), ("client_secret", "x")], None)
        .await
        .refuses(400, "invalid_client");
    case.ask(&[], Some(&basic(&id, "x")))
        .await
        .refuses(400, "invalid_client");
    case.ask(&[], None).await.refuses(400, "invalid_request");
}

#[tokio::test]
async fn both_of_two_secrets_work_until_one_is_deleted() {
    let house = House::open().await;
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "r" }]);
    let server = json!({ "Identifier": "notes", "Name": "n", "Scopes": scopes });
    house.admin("CreateResourceServer", server).await.ok();
    let client = house
        .client(json!({
            "GenerateSecret": true,
            "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": ["notes/read"],
        }))
        .await;
    let grant = [("grant_type", "client_credentials")];
    let first = basic(&client.id, client.secret.as_deref().unwrap());
    house.token(&grant, Some(&first)).await.ok();
}

#[tokio::test]
async fn malformed_headers_are_refused_calmly() {
    let house = House::open().await;
    let huge = format!("Basic {}", "A".repeat(8_000));
    let binary = format!("Basic {}", STANDARD.encode([0xff, 0xfe, b':', 0]));
    let no_colon = format!("Basic {}", STANDARD.encode("client"));
    let nul = format!("Basic {}", STANDARD.encode("cli\0ent:secret"));
    for header in [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic AAA",
        "Bearer abc",
        "Digest username=x",
        "nonsense",
        huge.as_str(),
        binary.as_str(),
        no_colon.as_str(),
        nul.as_str(),
        basic("nobody", "x").as_str(),
        basic("", "x").as_str(),
        basic("%zz", "%").as_str(),
        basic("'; DROP TABLE clients", "x").as_str(),
    ] {
        let grant = [("grant_type", "client_credentials")];
        let answer = house.token(&grant, Some(header)).await;
        answer.refuses(400, "invalid_client");
    }
    let url = format!("{}{}/oauth2/token", house.s.url, house.base);
    let twice = house
        .s
        .http
        .post(&url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", basic("a", "b"))
        .header("authorization", basic("c", "d"))
        .body("grant_type=client_credentials");
    assert_eq!(twice.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn a_request_that_is_not_one_is_told_so() {
    let house = House::open().await;
    let id = house.client.as_str();
    for (pairs, error) in [
        (vec![], "invalid_request"),
        (vec![("client_id", id)], "invalid_request"),
        (
            vec![("client_id", id), ("grant_type", "")],
            "invalid_request",
        ),
        (
            vec![("client_id", id), ("grant_type", "password")],
            "unsupported_grant_type",
        ),
        (
            vec![("client_id", id), ("grant_type", "Refresh_Token")],
            "unsupported_grant_type",
        ),
        (
            vec![("client_id", id), ("grant_type", "refresh_token")],
            "invalid_request",
        ),
        (
            vec![("client_id", id), ("grant_type", "client_credentials")],
            "unauthorized_client",
        ),
        (
            vec![
                ("client_id", id),
                ("client_id", id),
                ("grant_type", "refresh_token"),
            ],
            "invalid_request",
        ),
        (
            vec![
                ("client_id", id),
                ("grant_type", "refresh_token"),
                ("grant_type", "refresh_token"),
            ],
            "invalid_request",
        ),
    ] {
        house.token(&pairs, None).await.refuses(400, error);
    }
    let url = format!("{}{}/oauth2/token", house.s.url, house.base);
    assert_eq!(house.s.http.get(&url).send().await.unwrap().status(), 405);
    let json = house
        .s
        .http
        .post(&url)
        .header("content-type", "application/json");
    let answer = Told::read(json.body("{}").send().await.unwrap()).await;
    answer.refuses(400, "invalid_request");
    let huge = house
        .s
        .http
        .post(&url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("a".repeat(20_000));
    assert_eq!(huge.send().await.unwrap().status(), 413);
}
