//! Opaque texts that are not exactly what was given out: cut, extended, with a bit flipped, in other
//! letters or another alphabet (security.md D13).

use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::house::{House, PASSWORD};

/// Changes of a text: every prefix, every single byte more, at least 200 flipped bits that leave
/// text, other cases and other spellings of the same bytes.
fn changes(good: &str) -> Vec<String> {
    let mut changed: Vec<String> = (0..good.len())
        .filter_map(|end| good.get(..end).map(str::to_owned))
        .collect();
    changed.extend((b' '..=b'~').map(|byte| format!("{good}{}", byte as char)));
    let bits: Vec<(usize, u8)> = (0..good.len())
        .flat_map(|at| (0..8).map(move |bit| (at, bit)))
        .collect();
    let step = (bits.len() / 400).max(1);
    let flipped = bits.iter().step_by(step).filter_map(|(at, bit)| {
        let mut bytes = good.as_bytes().to_vec();
        bytes[*at] ^= 1 << bit;
        // What is no text or cannot be a header is refused before it is looked at.
        let text = String::from_utf8(bytes).ok()?;
        text.bytes()
            .all(|b| (b' '..=b'~').contains(&b))
            .then_some(text)
    });
    let flipped: Vec<_> = flipped.collect();
    assert!(flipped.len() >= 200, "{}", flipped.len());
    changed.extend(flipped);
    changed.extend([
        good.to_uppercase(),
        good.to_lowercase(),
        good.replace('-', "+").replace('_', "/"),
        format!(" {good}"),
        format!("{good}=="),
        good.chars().rev().collect(),
        format!("{good}{good}"),
    ]);
    changed.retain(|text| text != good);
    changed
}

#[tokio::test]
async fn a_changed_refresh_token_is_none() {
    let house = House::open().await;
    house.user("jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let good = tokens["refresh_token"].as_str().unwrap();
    let refresh = async |token: &str| {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("client_id", house.client.as_str()),
            ("refresh_token", token),
        ];
        house.token(&pairs, None).await
    };
    let all = changes(good);
    for changed in &all {
        let error = if changed.is_empty() {
            "invalid_request"
        } else {
            "invalid_grant"
        };
        refresh(changed).await.refuses(400, error);
        if !changed.is_empty() {
            let pairs = [("client_id", house.client.as_str()), ("token", changed)];
            let revoked = house.post("/oauth2/revoke", &pairs, None).await.status;
            assert!([200, 400].contains(&revoked));
        }
    }
    println!("{} changes", all.len());
    refresh(good).await.ok();
}

#[tokio::test]
async fn a_changed_code_is_none_and_the_right_one_stays() {
    let house = House::open().await;
    house.user("jane").await;
    let code = house.code("jane", &[]).await;
    for changed in changes(&code).iter().filter(|text| !text.is_empty()) {
        house
            .redeem(changed, &[])
            .await
            .refuses(400, "invalid_grant");
    }
    house.redeem(&code, &[]).await.ok();
}

#[tokio::test]
async fn a_changed_session_is_none_and_the_right_one_stays() {
    let house = House::open().await;
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
    house.update_client(&house.client, flows).await;
    let temporary = json!({
        "Username": "jane", "MessageAction": "SUPPRESS", "TemporaryPassword": PASSWORD,
    });
    house.admin("AdminCreateUser", temporary).await.ok();
    let start = json!({
        "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": house.client,
        "AuthParameters": { "USERNAME": "jane", "PASSWORD": PASSWORD },
    });
    let challenge = house.s.api("InitiateAuth", start).await.ok();
    let good = challenge["Session"].as_str().unwrap();
    let answer = async |session: &str| {
        let responses = json!({ "USERNAME": "jane", "NEW_PASSWORD": "Another-Horse2" });
        let body = json!({
            "ChallengeName": "NEW_PASSWORD_REQUIRED", "ClientId": house.client,
            "Session": session, "ChallengeResponses": responses,
        });
        house.s.api("RespondToAuthChallenge", body).await
    };
    for changed in changes(good) {
        let told = answer(&changed).await;
        let code = told.body["__type"].as_str().unwrap_or_default().to_owned();
        let refused = ["NotAuthorizedException", "InvalidParameterException"];
        assert!(
            told.status == 400 && refused.contains(&code.as_str()),
            "{}",
            told.body
        );
    }
    answer(good).await.ok();
}

#[tokio::test]
async fn a_changed_cursor_is_none() {
    let house = House::open().await;
    for name in ["jane", "john"] {
        house.user(name).await;
    }
    house.client(json!({})).await;
    for (operation, size, token) in [
        ("ListUsers", "Limit", "PaginationToken"),
        ("ListUserPoolClients", "MaxResults", "NextToken"),
    ] {
        let page = async |cursor: Option<&str>| {
            let mut body = json!({ size: 1 });
            if let Some(cursor) = cursor {
                body[token] = json!(cursor);
            }
            house.admin(operation, body).await
        };
        let first: Value = page(None).await.ok();
        let good = first[token].as_str().unwrap();
        for changed in changes(good) {
            let told = page(Some(&changed)).await;
            assert_eq!(
                (told.status, told.body["__type"].as_str()),
                (400, Some("InvalidParameterException")),
                "{operation} {changed:?}: {}",
                told.body
            );
        }
        page(Some(good)).await.ok();
    }
}

#[tokio::test]
async fn a_changed_cookie_is_none() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    let good = browser.cookies("cognito")[0].clone();
    let silent = house.authorize(&[("prompt", "none")]);
    let url = format!("{}{silent}", house.s.url);
    for changed in changes(&good.value) {
        // Blanks around a cookie's value belong to the header and not to the value.
        if changed.contains([';', '\0']) || changed.trim() == good.value {
            continue;
        }
        let request = house.s.http.get(&url);
        let request = request.header("cookie", format!("cognito={changed}"));
        let answer = request.send().await.unwrap();
        let location = answer.headers()["location"].to_str().unwrap();
        assert!(location.contains("error=login_required"), "{changed}");
    }
    browser.get(&silent).await.code();
}
