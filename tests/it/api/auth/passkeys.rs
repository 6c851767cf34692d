//! Passkeys: registering, listing, deleting them.

use serde_json::{Value, json};

use super::stage::{INVALID_PARAMETER, NOT_AUTHORIZED, Stage, merged, text};
use crate::support::authenticator::{
    AT, Authenticator, BS, ED, Said, UP, UV, array, b64, bytes, int, map, text as cbor_text,
};
use crate::support::{Answer, Server};

pub const ORIGIN: &str = "http://localhost:3000";
const ORIGIN_NOT_ALLOWED: &str = "WebAuthnOriginNotAllowedException";
const NOT_SUPPORTED: &str = "WebAuthnCredentialNotSupportedException";
const MISMATCH: &str = "WebAuthnRelyingPartyMismatchException";
const NOT_FOUND: &str = "WebAuthnChallengeNotFoundException";
const RESPONSE: &str = "Invalid WebAuthn credential response.";
const ORIGIN_TEXT: &str = "The origin is not allowed for the relying party.";
const UNSUPPORTED: &str = "The credential is not supported.";
const OTHER_PARTY: &str = "The credential belongs to another relying party.";
const NO_CHALLENGE: &str = "The WebAuthn registration challenge was not found or has expired.";

/// A pool where passkeys may begin a sign-in; `passkeys` is its WebAuthnConfiguration.
pub fn pool(passkeys: Value) -> Value {
    json!({
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] } },
        "then": { "WebAuthnConfiguration": passkeys },
    })
}

pub async fn stage() -> Stage {
    Stage::with(pool(json!({ "RelyingPartyId": "localhost" })), json!({})).await
}

pub async fn token(stage: &Stage, name: &str) -> Value {
    stage.tokens(name).await["AccessToken"].take()
}

pub async fn start(s: &Server, token: &Value) -> Answer {
    s.api("StartWebAuthnRegistration", json!({ "AccessToken": token }))
        .await
}

pub async fn options(s: &Server, token: &Value) -> Value {
    start(s, token).await.ok()["CredentialCreationOptions"].take()
}

pub async fn complete(s: &Server, token: &Value, credential: &Value) -> Answer {
    let request = json!({ "AccessToken": token, "Credential": credential });
    s.api("CompleteWebAuthnRegistration", request).await
}

/// A passkey of a user.
pub async fn register(stage: &Stage, token: &Value, authenticator: &Authenticator) {
    let options = options(&stage.s, token).await;
    let credential = authenticator.create(&options, ORIGIN, |_| {});
    complete(&stage.s, token, &credential).await.ok();
}

async fn listed(stage: &Stage, token: &Value) -> Vec<Value> {
    let request = json!({ "AccessToken": token });
    let listed = stage.s.api("ListWebAuthnCredentials", request).await.ok();
    listed["Credentials"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_options_are_those_of_cognito() {
    let stage = stage().await;
    let user = stage.user("ada").await;
    let token = token(&stage, "ada").await;
    let first = Authenticator::es256();
    register(&stage, &token, &first).await;
    let mut options = options(&stage.s, &token).await;
    let challenge = text(&options["challenge"].take());
    assert_eq!(challenge.len(), 43);
    let expected = json!({
        "rp": { "id": "localhost", "name": "localhost" },
        "user": { "id": b64(user.sub.as_str()), "name": "ada", "displayName": "ada" },
        "challenge": null,
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }, { "type": "public-key", "alg": -257 }],
        "timeout": 60000,
        "excludeCredentials": [{ "type": "public-key", "id": b64(&first.id) }],
        "authenticatorSelection": {
            "requireResidentKey": true, "residentKey": "required", "userVerification": "preferred",
        },
    });
    assert_eq!(options, expected);
}

#[tokio::test]
async fn passkeys_are_registered_listed_and_deleted() {
    let stage = stage().await;
    stage.user("ada").await;
    let token = token(&stage, "ada").await;
    let x5c = || map(&[(cbor_text("x5c"), array(&[bytes(b"any certificate")]))]);
    let ways: [(Authenticator, &dyn Fn(&mut Said)); 4] = [
        (Authenticator::es256(), &|_| {}),
        (Authenticator::rs256(), &|said| said.format = "packed"),
        (Authenticator::es256(), &|said| said.format = "packed"),
        (Authenticator::es256(), &|said| {
            said.format = "packed";
            said.statement = Some(x5c());
            said.flags |= ED;
            said.rest = map(&[(cbor_text("credProtect"), int(2))]);
        }),
    ];
    for (authenticator, change) in &ways {
        let options = options(&stage.s, &token).await;
        let credential = authenticator.create(&options, ORIGIN, change);
        let done = complete(&stage.s, &token, &credential).await.ok();
        assert_eq!(done, json!({}));
        stage.advance_ms(1000);
    }
    let all = listed(&stage, &token).await;
    let ids: Vec<_> = ways.iter().map(|(a, _)| json!(b64(&a.id))).collect();
    let shown: Vec<_> = all.iter().map(|c| c["CredentialId"].clone()).collect();
    assert_eq!(shown, ids, "the oldest first");
    let mut first = all[0].clone();
    first["CreatedAt"] = Value::Null;
    assert_eq!(
        first,
        json!({
            "CredentialId": ids[0], "FriendlyCredentialName": "Passkey", "RelyingPartyId": "localhost",
            "AuthenticatorAttachment": "platform", "AuthenticatorTransports": ["internal", "hybrid"],
            "CreatedAt": null,
        })
    );
    let request = json!({ "AccessToken": token });
    let paged = crate::api::pages(
        &stage.s,
        "ListWebAuthnCredentials",
        request,
        "MaxResults",
        3,
    );
    assert_eq!(paged.await, all);
    let wrong = json!({ "AccessToken": token, "NextToken": "x" });
    let answer = stage.s.api("ListWebAuthnCredentials", wrong).await;
    answer.error(INVALID_PARAMETER, "Invalid pagination token");

    let gone = json!({ "AccessToken": token, "CredentialId": ids[0] });
    let delete = |request: &Value| stage.s.api("DeleteWebAuthnCredential", request.clone());
    assert_eq!(delete(&gone).await.ok(), json!({}));
    let missing = "The WebAuthn credential does not exist.";
    delete(&gone)
        .await
        .error("ResourceNotFoundException", missing);
    assert_eq!(listed(&stage, &token).await, all[1..]);

    stage.user("eve").await;
    let eve = self::token(&stage, "eve").await;
    let theirs = json!({ "AccessToken": eve, "CredentialId": ids[1] });
    delete(&theirs)
        .await
        .error("ResourceNotFoundException", missing);
    assert_eq!(listed(&stage, &eve).await, Vec::<Value>::new());
    assert_eq!(listed(&stage, &token).await, all[1..]);
}

/// A registration in which one thing is wrong, and what it is told.
type Forged = (&'static str, &'static str, &'static str, fn(&mut Said));

const FORGED: [Forged; 24] = [
    ("type", INVALID_PARAMETER, RESPONSE, |s| {
        s.client["type"] = json!("webauthn.get")
    }),
    ("type of payment", INVALID_PARAMETER, RESPONSE, |s| {
        s.client["type"] = json!("payment.get")
    }),
    ("challenge", NOT_FOUND, NO_CHALLENGE, |s| {
        s.client["challenge"] = json!(b64([7; 32]))
    }),
    ("no challenge", NOT_FOUND, NO_CHALLENGE, |s| {
        s.client["challenge"] = json!("")
    }),
    ("foreign origin", ORIGIN_NOT_ALLOWED, ORIGIN_TEXT, |s| {
        s.client["origin"] = json!("https://evil.test")
    }),
    ("longer name", ORIGIN_NOT_ALLOWED, ORIGIN_TEXT, |s| {
        s.client["origin"] = json!("https://evillocalhost")
    }),
    ("name as a label", ORIGIN_NOT_ALLOWED, ORIGIN_TEXT, |s| {
        s.client["origin"] = json!("https://localhost.evil.test")
    }),
    ("below localhost", ORIGIN_NOT_ALLOWED, ORIGIN_TEXT, |s| {
        s.client["origin"] = json!("http://evil.localhost")
    }),
    ("address", ORIGIN_NOT_ALLOWED, ORIGIN_TEXT, |s| {
        s.client["origin"] = json!("http://127.0.0.1:3000")
    }),
    ("slash", ORIGIN_NOT_ALLOWED, ORIGIN_TEXT, |s| {
        s.client["origin"] = json!("http://localhost:3000/")
    }),
    ("user info", ORIGIN_NOT_ALLOWED, ORIGIN_TEXT, |s| {
        s.client["origin"] = json!("http://a@localhost:3000")
    }),
    ("null origin", ORIGIN_NOT_ALLOWED, ORIGIN_TEXT, |s| {
        s.client["origin"] = json!("null")
    }),
    ("app", ORIGIN_NOT_ALLOWED, ORIGIN_TEXT, |s| {
        s.client["origin"] = json!("android:apk-key-hash:x")
    }),
    ("frame", ORIGIN_NOT_ALLOWED, ORIGIN_TEXT, |s| {
        s.client["crossOrigin"] = json!(true)
    }),
    ("top origin", ORIGIN_NOT_ALLOWED, ORIGIN_TEXT, |s| {
        s.client["topOrigin"] = json!("https://evil.test")
    }),
    ("relying party", MISMATCH, OTHER_PARTY, |s| {
        s.rp_id = "evil.test".to_owned()
    }),
    ("nobody there", INVALID_PARAMETER, RESPONSE, |s| {
        s.flags = UV | AT
    }),
    ("no credential", INVALID_PARAMETER, RESPONSE, |s| {
        s.flags = UP | UV
    }),
    ("copied without leave", INVALID_PARAMETER, RESPONSE, |s| {
        s.flags |= BS
    }),
    (
        "extensions that are none",
        INVALID_PARAMETER,
        RESPONSE,
        |s| s.flags |= ED,
    ),
    ("more bytes", INVALID_PARAMETER, RESPONSE, |s| {
        s.rest = vec![0]
    }),
    ("another id", INVALID_PARAMETER, RESPONSE, |s| {
        s.id = vec![1; 20]
    }),
    ("statement of none", INVALID_PARAMETER, RESPONSE, |s| {
        s.statement = Some(map(&[(cbor_text("sig"), bytes(b"x"))]))
    }),
    ("format", NOT_SUPPORTED, UNSUPPORTED, |s| s.format = "tpm"),
];

/// Keys that are not taken.
fn keys(good: &Authenticator) -> Vec<Vec<u8>> {
    let ec = |alg, curve, x: &[u8]| {
        map(&[
            (int(1), int(2)),
            (int(3), int(alg)),
            (int(-1), int(curve)),
            (int(-2), bytes(x)),
            (int(-3), bytes(&[1; 32])),
        ])
    };
    let rsa = |n: &[u8], e: &[u8]| {
        map(&[
            (int(1), int(3)),
            (int(3), int(-257)),
            (int(-1), bytes(n)),
            (int(-2), bytes(e)),
        ])
    };
    let ed25519 = map(&[
        (int(1), int(1)),
        (int(3), int(-8)),
        (int(-1), int(6)),
        (int(-2), bytes(&[1; 32])),
    ]);
    let cut = good.cose().len() - 1;
    vec![
        ed25519,
        ec(-7, 1, &[1; 32]),
        ec(-7, 2, &[1; 32]),
        ec(-7, 1, &[1; 31]),
        ec(-35, 1, &[1; 32]),
        rsa(&[0xff; 128], &[1, 0, 1]),
        rsa(&[0xff; 256], &[1]),
        rsa(&[0xfe; 256], &[1, 0, 1]),
        rsa(&[0; 256], &[1, 0, 1]),
        map(&[]),
        int(1),
        good.cose()[..cut].to_vec(),
    ]
}

#[tokio::test]
async fn forged_registrations_are_refused_and_the_right_one_stays_good() {
    let stage = stage().await;
    stage.user("ada").await;
    let token = token(&stage, "ada").await;
    let authenticator = Authenticator::es256();
    let mut taken = Vec::new();
    let mut options = self::options(&stage.s, &token).await;
    for (name, code, message, change) in FORGED {
        let credential = authenticator.create(&options, ORIGIN, change);
        let answer = complete(&stage.s, &token, &credential).await;
        if answer.status == 200 {
            taken.push(name);
            let request = json!({ "AccessToken": token, "CredentialId": b64(&authenticator.id) });
            stage.s.api("DeleteWebAuthnCredential", request).await.ok();
            options = self::options(&stage.s, &token).await;
            continue;
        }
        assert_eq!(answer.body["__type"], code, "{name}");
        answer.error(code, message);
    }
    assert!(taken.is_empty(), "taken: {taken:?}");
    for key in keys(&authenticator) {
        let credential = authenticator.create(&options, ORIGIN, |said| said.key = key.clone());
        let answer = complete(&stage.s, &token, &credential).await;
        let code = answer.body["__type"].as_str().unwrap();
        assert!(
            [NOT_SUPPORTED, INVALID_PARAMETER].contains(&code),
            "{key:?}"
        );
    }
    let other = Authenticator::es256();
    let statements = [
        map(&[
            (cbor_text("alg"), int(-7)),
            (cbor_text("sig"), bytes(&other.sign(b"other"))),
        ]),
        map(&[
            (cbor_text("alg"), int(-257)),
            (cbor_text("sig"), bytes(b"")),
        ]),
        map(&[]),
        array(&[]),
    ];
    for statement in statements {
        let credential = authenticator.create(&options, ORIGIN, |said| {
            said.format = "packed";
            said.statement = Some(statement);
        });
        let answer = complete(&stage.s, &token, &credential).await;
        answer.error(INVALID_PARAMETER, RESPONSE);
    }
    let right = authenticator.create(&options, ORIGIN, |_| {});
    let documents = [
        json!({}),
        merged(right.clone(), &json!({ "type": "password" })),
        merged(right.clone(), &json!({ "rawId": b64([1; 20]) })),
        merged(
            right.clone(),
            &json!({ "id": b64([1; 20]), "rawId": b64([1; 20]) }),
        ),
        merged(right.clone(), &json!({ "response": {} })),
        merged(
            right.clone(),
            &json!({ "response": { "clientDataJSON": "?", "attestationObject": "" } }),
        ),
        merged(
            right.clone(),
            &json!({ "response": {
            "clientDataJSON": right["response"]["clientDataJSON"], "attestationObject": b64("junk") } }),
        ),
    ];
    for document in documents {
        complete(&stage.s, &token, &document)
            .await
            .error(INVALID_PARAMETER, RESPONSE);
    }
    assert_eq!(listed(&stage, &token).await, Vec::<Value>::new());
    complete(&stage.s, &token, &right).await.ok();
    // And once only.
    let again = complete(&stage.s, &token, &right).await;
    again.error(NOT_FOUND, NO_CHALLENGE);
    assert_eq!(listed(&stage, &token).await.len(), 1);
}

#[tokio::test]
async fn a_challenge_is_of_one_user_client_and_time() {
    let stage = stage().await;
    stage.user("ada").await;
    stage.user("eve").await;
    let (ada, eve) = (token(&stage, "ada").await, token(&stage, "eve").await);
    let authenticator = Authenticator::es256();
    let made = |options: &Value| authenticator.create(options, ORIGIN, |_| {});
    let none = made(&json!({ "challenge": b64([1; 32]), "rp": { "id": "localhost" } }));
    complete(&stage.s, &ada, &none)
        .await
        .error(NOT_FOUND, NO_CHALLENGE);

    let first = options(&stage.s, &ada).await;
    let theirs = options(&stage.s, &eve).await;
    complete(&stage.s, &ada, &made(&theirs))
        .await
        .error(NOT_FOUND, NO_CHALLENGE);
    let second = options(&stage.s, &ada).await;
    complete(&stage.s, &ada, &made(&first))
        .await
        .error(NOT_FOUND, NO_CHALLENGE);

    let client = stage.new_client(json!({})).await;
    let request = json!({
        "ClientId": client["ClientId"], "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "ada", "PASSWORD": super::stage::PASSWORD },
    });
    let mut other = stage.s.api("InitiateAuth", request).await.ok();
    let other = other["AuthenticationResult"]["AccessToken"].take();
    complete(&stage.s, &other, &made(&second)).await.error(
        "WebAuthnClientMismatchException",
        "The WebAuthn registration was started by another app client.",
    );
    stage.advance_ms(5 * 60_000 + 1);
    complete(&stage.s, &ada, &made(&second))
        .await
        .error(NOT_FOUND, NO_CHALLENGE);

    let third = options(&stage.s, &ada).await;
    let moved = json!({
        "UserPoolId": stage.pool, "WebAuthnConfiguration": { "RelyingPartyId": "example.test" },
    });
    stage.s.api("SetUserPoolMfaConfig", moved).await.ok();
    complete(&stage.s, &ada, &made(&third))
        .await
        .error(MISMATCH, OTHER_PARTY);
    assert_eq!(listed(&stage, &ada).await, Vec::<Value>::new());
}

#[tokio::test]
async fn of_many_completions_at_once_on_twins_one_wins() {
    let stage = stage().await;
    stage.user("ada").await;
    let token = token(&stage, "ada").await;
    let twin = stage.s.twin().await;
    let options = options(&stage.s, &token).await;
    let made: Vec<Value> = (0..16)
        .map(|_| Authenticator::es256().create(&options, ORIGIN, |_| {}))
        .collect();
    let answers = made.iter().enumerate().map(|(n, credential)| {
        let server = if n % 2 == 0 { &stage.s } else { &twin };
        complete(server, &token, credential)
    });
    let answers = futures_util::future::join_all(answers).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    assert_eq!(listed(&stage, &token).await.len(), 1);
}

#[tokio::test]
async fn a_passkey_is_one_users_in_a_pool_and_a_user_has_twenty() {
    let stage = stage().await;
    stage.user("ada").await;
    stage.user("eve").await;
    let (ada, eve) = (token(&stage, "ada").await, token(&stage, "eve").await);
    let shared = Authenticator::es256();
    register(&stage, &ada, &shared).await;
    for token in [&eve, &ada] {
        let options = options(&stage.s, token).await;
        let again = shared.create(&options, ORIGIN, |_| {});
        let message = "The WebAuthn credential is already registered.";
        complete(&stage.s, token, &again)
            .await
            .error(INVALID_PARAMETER, message);
    }
    for _ in 1..19 {
        register(&stage, &ada, &Authenticator::es256()).await;
    }
    let last = options(&stage.s, &ada).await;
    // Another one comes in between, by a way that this suite alone has.
    let insert = "INSERT INTO webauthn_credentials (pool_id, credential_id, sub, rp_id, public_key, sign_count, aaguid, \
                  attachment, transports, created_ms) SELECT pool_id, 'x', sub, rp_id, public_key, sign_count, aaguid, \
                  attachment, transports, created_ms FROM webauthn_credentials WHERE pool_id = $1 LIMIT 1";
    let args = vec![poolhouse::store::db::Arg::from(stage.pool.as_str())];
    assert_eq!(stage.run(insert, args).await, 1);
    let (code, message) = (
        "LimitExceededException",
        "Passkeys per user limit exceeded.",
    );
    let made = Authenticator::es256().create(&last, ORIGIN, |_| {});
    complete(&stage.s, &ada, &made).await.error(code, message);
    start(&stage.s, &ada).await.error(code, message);
    assert_eq!(listed(&stage, &ada).await.len(), 20);
    start(&stage.s, &eve).await.ok();
}

#[tokio::test]
async fn the_pool_decides_about_passkeys() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let ada = token(&stage, "ada").await;
    let (code, message) = (
        "WebAuthnNotEnabledException",
        "WebAuthn is not enabled for the user pool.",
    );
    start(&stage.s, &ada).await.error(code, message);
    complete(&stage.s, &ada, &json!({}))
        .await
        .error(code, message);
    assert_eq!(listed(&stage, &ada).await, Vec::<Value>::new());

    let policies = pool(json!({}))["Policies"].take();
    let request = json!({ "UserPoolId": stage.pool, "Policies": policies });
    stage.s.api("UpdateUserPool", request).await.ok();
    start(&stage.s, &ada).await.error(
        "WebAuthnConfigurationMissingException",
        "The user pool has no relying party ID and no domain.",
    );
    crate::support::house::domain(&stage.s, &stage.pool).await;
    let rp = |options: &Value| text(&options["rp"]["id"]);
    assert_eq!(
        rp(&options(&stage.s, &ada).await),
        "localhost",
        "where the pages are"
    );
    let custom = json!({
        "UserPoolId": stage.pool, "Domain": "auth.example.test",
        "CustomDomainConfig": { "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/x" },
    });
    stage.s.api("CreateUserPoolDomain", custom).await.ok();
    let begun = options(&stage.s, &ada).await;
    assert_eq!(rp(&begun), "auth.example.test");
    let authenticator = Authenticator::es256();
    let below = authenticator.create(&begun, "http://auth.example.test", |_| {});
    complete(&stage.s, &ada, &below)
        .await
        .error(ORIGIN_NOT_ALLOWED, ORIGIN_TEXT);
    let below = authenticator.create(&begun, "https://app.auth.example.test", |_| {});
    complete(&stage.s, &ada, &below).await.ok();
    let set = json!({
        "UserPoolId": stage.pool,
        "WebAuthnConfiguration": { "RelyingPartyId": "Example.test", "UserVerification": "required" },
    });
    stage.s.api("SetUserPoolMfaConfig", set).await.ok();
    let begun = options(&stage.s, &ada).await;
    assert_eq!(rp(&begun), "example.test");
    assert_eq!(
        begun["excludeCredentials"],
        json!([]),
        "the other party's is no use here"
    );
    assert_eq!(
        begun["authenticatorSelection"]["userVerification"],
        "required"
    );
    let unverified = Authenticator::es256();
    let made = unverified.create(&begun, "https://example.test", |said| said.flags = UP | AT);
    complete(&stage.s, &ada, &made)
        .await
        .error(NOT_SUPPORTED, UNSUPPORTED);
    let made = unverified.create(&begun, "https://example.test:8443", |_| {});
    complete(&stage.s, &ada, &made).await.ok();
    for address in [
        "10.0.0.1", "0x7f.1", "1", "a_b.test", "-a.test", "a..test", "[::1]", "ex ample",
    ] {
        let set = json!({
            "UserPoolId": stage.pool, "WebAuthnConfiguration": { "RelyingPartyId": address },
        });
        let answer = stage.s.api("SetUserPoolMfaConfig", set).await;
        answer.error(INVALID_PARAMETER, "RelyingPartyId must be a domain name.");
    }
}

#[tokio::test]
async fn a_token_that_is_no_good_any_more_does_nothing() {
    let stage = stage().await;
    stage.user("ada").await;
    let token = token(&stage, "ada").await;
    let admin = |operation: &'static str| {
        let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
        stage.s.api(operation, request)
    };
    let calls = [
        ("StartWebAuthnRegistration", json!({})),
        ("CompleteWebAuthnRegistration", json!({ "Credential": {} })),
        ("ListWebAuthnCredentials", json!({})),
        ("DeleteWebAuthnCredential", json!({ "CredentialId": "x" })),
    ];
    let all_say = async |code: &str, message: &str| {
        for (operation, request) in &calls {
            let request = merged(request.clone(), &json!({ "AccessToken": token }));
            stage.s.api(operation, request).await.error(code, message);
        }
    };
    admin("AdminDisableUser").await.ok();
    all_say(NOT_AUTHORIZED, "User is disabled.").await;
    admin("AdminEnableUser").await.ok();
    admin("AdminUserGlobalSignOut").await.ok();
    all_say(NOT_AUTHORIZED, "Access Token has been revoked").await;
    admin("AdminDeleteUser").await.ok();
    all_say(NOT_AUTHORIZED, "Invalid Access Token").await;
}
