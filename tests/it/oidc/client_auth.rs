//! Who a client is at the token endpoint (oauth.md 4.1, 4.4; security.md D6).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poolhouse::args;
use poolhouse::store::audit::Actor;
use serde_json::json;

use crate::support::house::{CALLBACK, Client, House, Told, basic, post};

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

/// Adds a second secret to a client, as AddUserPoolClientSecret stores it.
async fn add_secret(house: &House, client: &Client, secret: &str) {
    let app = &house.s.app;
    let row = format!("{}/{}/second", house.pool, client.id);
    let place = poolhouse::vault::Place {
        table: "client_secrets",
        column: "sealed",
        row: &row,
    };
    let sealed = app.vault.seal(place, secret.as_bytes()).unwrap();
    let text = "INSERT INTO client_secrets (pool_id, client_id, secret_id, sealed, created_ms) \
                VALUES ($1, $2, 'second', $3, 1)";
    run(
        house,
        text,
        args![house.pool.as_str(), client.id.as_str(), sealed],
    )
    .await;
}

async fn run(house: &House, text: &'static str, args: Vec<poolhouse::store::db::Arg>) {
    let sql = poolhouse::store::db::Sql {
        sqlite: text,
        postgres: text,
    };
    let mut tx = house.s.app.store.write(&Actor::default()).await.unwrap();
    assert_eq!(tx.execute(sql, args).await.unwrap(), 1);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn both_of_two_secrets_work_until_one_is_deleted() {
    let house = House::open().await;
    let twin = house.s.twin().await;
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
    let first = client.secret.clone().unwrap();
    let second = "second0123456789abcdefghijklmnop+/";
    // Whether a secret is taken: at both endpoints, in header and body, on both nodes.
    let taken = async |secret: &str| {
        let grant = ("grant_type", "client_credentials");
        let token = ("token", "nobody's");
        let header = basic(&client.id, secret);
        let body = [("client_id", client.id.as_str()), ("client_secret", secret)];
        let mut answers = Vec::new();
        for s in [&house.s, &twin] {
            for (path, own) in [("/oauth2/token", grant), ("/oauth2/revoke", token)] {
                let url = format!("{}{}{path}", s.url, house.base);
                let in_header = post(s, &url, &[own], Some(&header)).await.status;
                let in_body = post(s, &url, &[own, body[0], body[1]], None).await.status;
                answers.extend([in_header, in_body]);
            }
        }
        answers.dedup();
        match answers[..] {
            [200] => true,
            [400, 401, 400, 401] => false,
            _ => panic!("{answers:?}"),
        }
    };
    assert!(taken(&first).await && !taken(second).await);
    add_secret(&house, &client, second).await;
    assert!(taken(&first).await && taken(second).await);
    assert!(!taken("third").await && !taken("").await);
    let delete = "DELETE FROM client_secrets WHERE client_id = $1 AND secret_id <> 'second'";
    run(&house, delete, args![client.id.as_str()]).await;
    assert!(!taken(&first).await && taken(second).await);
}

#[tokio::test]
async fn malformed_headers_are_refused_calmly() {
    let house = House::open().await;
    let huge = format!("Basic {}", "A".repeat(8_000));
    let enormous = format!("Basic {}", "A".repeat(1 << 20));
    let request = house
        .s
        .http
        .post(format!("{}{}/oauth2/token", house.s.url, house.base));
    let request = request.header("authorization", &enormous);
    // HTTP itself gives up on it, with an answer or without.
    if let Ok(answer) = request.send().await {
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
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
