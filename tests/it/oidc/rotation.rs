//! Signing keys take turns, and nobody who verifies tokens notices (security.md E5; docs/adr/0018).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use poolhouse::domain::{janitor, rotation};
use poolhouse::ids::PoolId;
use poolhouse::store::audit::Actor;
use poolhouse::store::db::Sql;
use poolhouse::time::{Span, Timestamp};
use serde_json::{Value, json};

use crate::support::Server;
use crate::support::house::{GOODBYE, House, PASSWORD, Told, claims, query};
use crate::support::jwk;

/// A pool whose tokens live as long as tokens can, on two nodes with one name.
struct Scene {
    house: House,
    twin: Server,
}

impl Scene {
    async fn new() -> Self {
        let house = House::open().await;
        let long = json!({
            "AccessTokenValidity": 24, "IdTokenValidity": 24,
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        });
        house.update_client(&house.client, long).await;
        house.user("jane").await;
        let url = house.s.url.clone();
        let twin = house
            .s
            .twin_with(|config| config.public_url = Some(url))
            .await;
        Self { house, twin }
    }

    fn nodes(&self) -> [&Server; 2] {
        [&self.house.s, &self.twin]
    }

    fn pool(&self) -> PoolId {
        PoolId::parse(self.house.pool.as_str()).unwrap()
    }

    fn now(&self) -> Timestamp {
        self.house.s.clock().server_now()
    }

    fn later(&self, by: Span) {
        for node in self.nodes() {
            node.clock().advance(by);
        }
    }

    async fn begin(&self, node: &Server) {
        rotation::begin(&node.app, &Actor::default(), &self.pool())
            .await
            .unwrap();
    }

    async fn document(&self, node: &Server) -> Told {
        let url = format!("{}/{}/.well-known/jwks.json", node.url, self.house.pool);
        Told::read(node.http.get(url).send().await.unwrap()).await
    }

    /// The keys that a node publishes, by id.
    async fn published(&self, node: &Server) -> BTreeMap<String, Value> {
        by_kid(&self.document(node).await.ok())
    }

    /// A sign-in by password, or by the refresh token of an earlier one.
    async fn tokens(&self, node: &Server, refresh: Option<&str>) -> Value {
        let (flow, parameters) = match refresh {
            Some(token) => ("REFRESH_TOKEN_AUTH", json!({ "REFRESH_TOKEN": token })),
            None => (
                "USER_PASSWORD_AUTH",
                json!({ "USERNAME": "jane", "PASSWORD": PASSWORD }),
            ),
        };
        let request = json!({
            "ClientId": self.house.client, "AuthFlow": flow, "AuthParameters": parameters,
        });
        let answer = node.api("InitiateAuth", request).await.ok();
        answer["AuthenticationResult"].clone()
    }

    /// The states of the pool's keys, as an operator sees them, sorted.
    async fn states(&self) -> Vec<&'static str> {
        let keys = rotation::list(&self.house.s.app, &self.pool()).await;
        let keys = keys.unwrap().into_iter();
        let mut states: Vec<_> = keys.map(|key| key.state.as_str()).collect();
        states.sort_unstable();
        states
    }

    /// How often something was done to a key of the pool.
    async fn acts(&self, act: &str) -> i64 {
        let text = "SELECT COUNT(*) FROM audit WHERE pool_id = $1 AND act = $2";
        let sql = Sql {
            sqlite: text,
            postgres: text,
        };
        let mut db = self.house.s.app.store.read().await.unwrap();
        let args = poolhouse::args![&self.pool(), act];
        let (count,): (i64,) = db.one(sql, args).await.unwrap();
        count
    }
}

fn by_kid(document: &Value) -> BTreeMap<String, Value> {
    let keys = document["keys"].as_array().unwrap().iter();
    keys.map(|key| (key["kid"].as_str().unwrap().to_owned(), key.clone()))
        .collect()
}

fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD
        .decode(token.split('.').next().unwrap())
        .unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Somebody who verifies tokens with a document that is read again when it is too old, and only then.
struct Verifier {
    patience: Span,
    kept: Option<(Timestamp, BTreeMap<String, Value>)>,
    verified: u32,
    refused: Vec<String>,
}

impl Verifier {
    const fn new(patience: Span) -> Self {
        Self {
            patience,
            kept: None,
            verified: 0,
            refused: Vec::new(),
        }
    }

    async fn verify(&mut self, scene: &Scene, node: &Server, tokens: &[Held]) {
        let now = scene.now();
        let old = |at: Timestamp| now.since(at) >= self.patience.as_ms();
        if self.kept.as_ref().is_none_or(|(at, _)| old(*at)) {
            self.kept = Some((now, scene.published(node).await));
        }
        let (_, keys) = self.kept.as_ref().unwrap();
        for held in tokens {
            self.verified += 1;
            if !keys
                .get(&held.kid)
                .is_some_and(|key| jwk::verifies(key, &held.token))
            {
                self.refused.push(held.kid.clone());
            }
        }
    }
}

/// A token that has not expired.
struct Held {
    token: String,
    kid: String,
    ends: i64,
}

/// One stretch of time: everybody signs in and refreshes on both nodes while both look after the
/// keys.
async fn a_busy_moment(scene: &Scene, refresh: &str) -> Vec<Held> {
    let janitors = scene
        .nodes()
        .map(|node| async { janitor::round(&node.app).await });
    let users = (0..6).map(|n| {
        let node = scene.nodes()[n % 2];
        scene.tokens(node, (n >= 4).then_some(refresh))
    });
    let (_, given) = tokio::join!(join_all(janitors), join_all(users));
    let tokens = given.iter().flat_map(|tokens| {
        ["IdToken", "AccessToken"].map(|name| {
            let token = text(&tokens[name]).to_owned();
            Held {
                kid: kid(&token),
                ends: claims(&token)["exp"].as_i64().unwrap(),
                token,
            }
        })
    });
    tokens.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_rotations_under_load_fail_no_verification() {
    let scene = Scene::new().await;
    // One asks as often as the header says, one once a day.
    let mut careful = Verifier::new(rotation::JWKS_LIFETIME);
    let mut lazy = Verifier::new(Span::hours(24));
    let mut held: Vec<Held> = Vec::new();
    let mut signed_by = BTreeSet::new();
    let mut refresh = String::new();
    for turn in 0..20 {
        // A refresh token lives a month.
        if turn % 10 == 0 {
            let tokens = scene.tokens(&scene.twin, None).await;
            text(&tokens["RefreshToken"]).clone_into(&mut refresh);
        }
        let begun = scene.nodes().map(|node| scene.begin(node));
        join_all(begun).await;
        // Just before, at, and just after the moment they change; and on to the end of the overlap.
        for pause in [
            Span::seconds(61),
            Span::hours(12),
            rotation::OVERLAP.minus(Span::hours(12).plus(Span::seconds(62))),
            Span::seconds(1),
            Span::seconds(1),
        ] {
            scene.later(pause);
            let given = a_busy_moment(&scene, &refresh).await;
            signed_by.extend(given.iter().map(|held| held.kid.clone()));
            // Both nodes take what either has just signed.
            for (n, token) in given.iter().skip(1).step_by(6).enumerate() {
                let request = json!({ "AccessToken": token.token });
                scene.nodes()[n % 2].api("GetUser", request).await.ok();
            }
            held.extend(given);
            let now = scene.now().seconds();
            held.retain(|held| held.ends > now);
            let node = scene.nodes()[turn % 2];
            careful.verify(&scene, node, &held).await;
            lazy.verify(&scene, node, &held).await;
        }
    }
    assert_eq!((careful.refused.len(), lazy.refused.len()), (0, 0));
    assert!(careful.verified > 4_000, "{}", careful.verified);
    // Every turn had keys of its own, and one node took each step.
    assert_eq!(signed_by.len(), 2 * 21);
    for (act, times) in [
        ("AnnounceSigningKey", 40),
        ("UseSigningKey", 40),
        ("RetireSigningKey", 40),
        ("RemoveSigningKey", 38),
    ] {
        assert_eq!(scene.acts(act).await, times, "{act}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_take_a_step_at_once_on_two_nodes_one_does() {
    let scene = Scene::new().await;
    let many = || (0..32).map(|n| scene.nodes()[n % 2]);
    join_all(many().map(|node| scene.begin(node))).await;
    let announced = ["announced", "announced", "signing", "signing"];
    assert_eq!(scene.states().await, announced);
    assert_eq!(scene.acts("AnnounceSigningKey").await, 2);
    scene.later(rotation::OVERLAP);
    join_all(many().map(|node| janitor::round(&node.app))).await;
    let retired = ["retired", "retired", "signing", "signing"];
    assert_eq!(scene.states().await, retired);
    assert_eq!(scene.acts("UseSigningKey").await, 2);
    assert_eq!(scene.acts("RetireSigningKey").await, 2);
    scene.later(rotation::OVERLAP);
    join_all(many().map(|node| janitor::round(&node.app))).await;
    assert_eq!(scene.states().await, ["signing", "signing"]);
    assert_eq!(scene.acts("RemoveSigningKey").await, 2);
}

#[tokio::test]
async fn a_step_is_taken_when_its_time_has_come_and_not_before() {
    let scene = Scene::new().await;
    let s = &scene.house.s;
    let first = scene.document(s).await;
    scene.begin(s).await;
    let begun = scene.document(s).await;
    let kids = |document: &Value| -> Vec<String> {
        let keys = document["keys"].as_array().unwrap().iter();
        keys.map(|key| text(&key["kid"]).to_owned()).collect()
    };
    // The two that sign come first, as they always did.
    assert_eq!(kids(&first.body), kids(&begun.body)[..2]);
    assert_eq!(kids(&begun.body).len(), 4);
    assert_ne!(first.headers["etag"], begun.headers["etag"]);
    assert_eq!(begun.headers["cache-control"], "public, max-age=60");
    // The other node says the same, a second later.
    scene.document(&scene.twin).await.ok();
    scene.twin.time.age(Duration::from_secs(1));
    let there = scene.document(&scene.twin).await;
    assert_eq!(there.headers["etag"], begun.headers["etag"]);
    scene.later(rotation::OVERLAP.minus(Span::ms(1)));
    janitor::round(&s.app).await;
    let tokens = scene.tokens(s, None).await;
    assert_eq!(kid(text(&tokens["IdToken"])), kids(&first.body)[0]);
    scene.later(Span::ms(1));
    janitor::round(&s.app).await;
    let tokens = scene.tokens(s, None).await;
    let signed = ["IdToken", "AccessToken"].map(|name| kid(text(&tokens[name])));
    assert!(
        signed
            .iter()
            .all(|kid| kids(&begun.body)[2..].contains(kid))
    );
    let swapped = scene.document(s).await.ok();
    assert_eq!(kids(&swapped)[..2], signed);
    assert_eq!(kids(&swapped).len(), 4);
    scene.later(rotation::OVERLAP.minus(Span::ms(1)));
    janitor::round(&s.app).await;
    assert_eq!(scene.published(s).await.len(), 4);
    scene.later(Span::ms(1));
    janitor::round(&s.app).await;
    assert_eq!(kids(&scene.document(s).await.ok()), signed);
}

#[tokio::test]
async fn a_node_with_old_news_signs_with_no_key_that_is_gone() {
    let scene = Scene::new().await;
    // It has read the keys, and its own time stands still from here on.
    let before = kid(text(&scene.tokens(&scene.twin, None).await["IdToken"]));
    scene.begin(&scene.house.s).await;
    for _ in 0..2 {
        scene.later(rotation::OVERLAP);
        janitor::round(&scene.house.s.app).await;
    }
    let published = scene.published(&scene.house.s).await;
    assert!(!published.contains_key(&before));
    let tokens = scene.tokens(&scene.twin, None).await;
    for name in ["IdToken", "AccessToken"] {
        let token = text(&tokens[name]);
        assert!(jwk::verifies(&published[&kid(token)], token), "{name}");
    }
}

#[tokio::test]
async fn what_a_key_that_is_gone_has_signed_is_refused() {
    let scene = Scene::new().await;
    let tokens = scene.tokens(&scene.house.s, None).await;
    let request = json!({ "AccessToken": tokens["AccessToken"] });
    for node in scene.nodes() {
        node.api("GetUser", request.clone()).await.ok();
    }
    let leaving = [
        ("id_token_hint", text(&tokens["IdToken"])),
        ("post_logout_redirect_uri", GOODBYE),
    ];
    let leaving = format!("/logout?{}", query(&leaving));
    let left = scene.house.get(&leaving, None).await;
    assert_eq!(left.headers["location"], GOODBYE);
    let begun = scene.now();
    scene.begin(&scene.house.s).await;
    for _ in 0..2 {
        scene.later(rotation::OVERLAP);
        janitor::round(&scene.house.s.app).await;
    }
    // Back to when it had not expired yet: the key alone decides.
    for node in scene.nodes() {
        node.clock().set(begun);
        node.time.age(Duration::from_secs(1));
        node.api("GetUser", request.clone())
            .await
            .error("NotAuthorizedException", "Invalid Access Token");
    }
    let stayed = scene.house.get(&leaving, None).await;
    assert_ne!(stayed.headers.get("location"), left.headers.get("location"));
}

#[tokio::test]
async fn an_operator_says_how_old_keys_get() {
    let s = Server::with(|config| config.rotate_keys = Some(Span::days(30))).await;
    let house = House::on(s, json!({})).await;
    let twin = house.s.twin().await;
    let scene = Scene { house, twin };
    let s = &scene.house.s;
    // What never signed is left alone, and its age counts from its first use.
    scene.later(Span::days(100));
    janitor::round(&s.app).await;
    assert_eq!(scene.acts("AttachSigningKey").await, 0);
    let first = scene.published(s).await;
    scene.later(Span::days(30).minus(rotation::OVERLAP).minus(Span::ms(1)));
    for node in scene.nodes() {
        janitor::round(&node.app).await;
    }
    assert_eq!(scene.published(s).await, first);
    scene.later(Span::ms(1));
    // Only the node that was told to.
    janitor::round(&scene.twin.app).await;
    assert_eq!(scene.states().await, ["signing", "signing"]);
    janitor::round(&s.app).await;
    janitor::round(&s.app).await;
    assert_eq!(scene.published(s).await.len(), 4);
    // They sign on their day; whoever looks first lets them.
    scene.later(rotation::OVERLAP);
    janitor::round(&scene.twin.app).await;
    let retired = ["retired", "retired", "signing", "signing"];
    assert_eq!(scene.states().await, retired);
    scene.later(Span::days(30).minus(rotation::OVERLAP));
    janitor::round(&s.app).await;
    let next = ["announced", "announced", "signing", "signing"];
    assert_eq!(scene.states().await, next);
}

#[tokio::test]
async fn by_default_keys_stay() {
    let scene = Scene::new().await;
    let first = scene.published(&scene.house.s).await;
    scene.later(Span::days(10_000));
    for node in scene.nodes() {
        janitor::round(&node.app).await;
    }
    assert_eq!(scene.published(&scene.house.s).await, first);
}
