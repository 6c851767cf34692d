//! Mails about risky sign-ins, and what users say to them.

use serde_json::json;

use super::risk::{AWAY, HOME, at, house_sign_in};
use super::{NOT_FOUND, UNSAFE, events, set, stage, takeover, watched};
use crate::api::auth::stage::{NOT_AUTHORIZED, PASSWORD, Stage, text};
use crate::support::browser::Browser;
use crate::support::house::House;

/// The word behind another in a text.
fn behind(text: &str, word: &str) -> String {
    let rest = text.split_once(word).unwrap().1;
    rest.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn users_are_told_and_say_what_it_was() {
    let stage = stage("ENFORCED").await;
    stage
        .user_with(
            "ada",
            |user| {
                user.attributes
                    .insert("email_verified".into(), "true".into());
            },
            Some((PASSWORD, poolhouse::domain::password::Kind::Permanent)),
        )
        .await;
    at(&stage, HOME).await.ok();
    set(
        &stage,
        takeover(json!({ "Notify": true, "EventAction": "BLOCK" }), true),
    )
    .await;
    at(&stage, AWAY).await.error(NOT_AUTHORIZED, UNSAFE);
    let mail = stage.s.message_to("ada@example.com");
    assert_eq!(mail.kind, "notification");
    assert_eq!(mail.subject.as_deref(), Some("blocked 198.51.100.1"));
    let event = text(&events(&stage, "ada").await[0]["EventId"]);
    let token = behind(&mail.text, &event);
    let say = |event: &str, token: &str, value: &str| {
        let request = json!({
            "UserPoolId": stage.pool, "Username": "ada", "EventId": event, "FeedbackToken": token,
            "FeedbackValue": value,
        });
        stage.s.api("UpdateAuthEventFeedback", request)
    };
    let other = text(&events(&stage, "ada").await[1]["EventId"]);
    let invalid = "Invalid feedback token";
    say(&other, &token, "Valid")
        .await
        .error(NOT_AUTHORIZED, invalid);
    say(&event, "x", "Valid")
        .await
        .error(NOT_AUTHORIZED, invalid);
    say(&event, &token, "Valid").await.ok();
    let said = &events(&stage, "ada").await[0]["EventFeedback"];
    assert_eq!(
        (&said["FeedbackValue"], &said["Provider"]),
        (&json!("Valid"), &json!("User"))
    );
    assert!(said["FeedbackDate"].is_number());
    // A place that the user vouches for is a known one.
    at(&stage, AWAY).await.ok();
    stage.s.clock().advance(poolhouse::time::Span::days(30));
    say(&event, &token, "Invalid")
        .await
        .error(NOT_AUTHORIZED, invalid);
    // The administrator has the last word.
    let feedback = |event: &str| {
        let request = json!({
            "UserPoolId": stage.pool, "Username": "ada", "EventId": event, "FeedbackValue": "Invalid",
        });
        stage.s.api("AdminUpdateAuthEventFeedback", request)
    };
    feedback(&event).await.ok();
    let listed = events(&stage, "ada").await;
    let of = listed
        .iter()
        .find(|e| e["EventId"] == json!(event))
        .unwrap();
    assert_eq!(of["EventFeedback"]["Provider"], "Admin");
    feedback("none")
        .await
        .error(NOT_FOUND, "Auth event does not exist.");
    let request = json!({
        "UserPoolId": stage.pool, "Username": "nobody", "EventId": event, "FeedbackValue": "Valid",
    });
    let answer = stage.s.api("AdminUpdateAuthEventFeedback", request).await;
    answer.error("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn the_link_in_the_mail_asks_and_the_button_says_it() {
    let house = House::with(watched("ENFORCED")).await;
    house.user("jane").await;
    let stage = Stage {
        pool: house.pool.clone(),
        client: house.client.clone(),
        s: house.s,
    };
    house_sign_in(&stage, "192.0.2.1").await;
    set(
        &stage,
        takeover(json!({ "Notify": true, "EventAction": "NO_ACTION" }), true),
    )
    .await;
    house_sign_in(&stage, "198.51.100.1").await;
    let mail = stage.s.message_to("jane@example.com");
    assert_eq!(mail.subject.as_deref(), Some("seen"));
    let link = mail.link.unwrap();
    let mut browser = Browser::new(&stage.s);
    let page = browser.get(&link).await;
    assert_eq!(page.status, 200);
    assert!(
        events(&stage, "jane").await[0]
            .get("EventFeedback")
            .is_none()
    );
    let done = browser.submit(&page.form("noticeForm")).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(
        events(&stage, "jane").await[0]["EventFeedback"]["FeedbackValue"],
        "Invalid"
    );
    let forged = link.replace("event_id=", "event_id=0");
    let page = browser.get(&forged).await;
    let refused = browser.submit(&page.form("noticeForm")).await;
    assert_eq!(refused.status, 400);
    let foreign = browser.post(&link, "_csrf=x").await;
    assert_eq!(foreign.status, 403);
}
