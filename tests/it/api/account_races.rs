//! Many people at once, through two servers on one database: names, aliases and codes have one
//! winner each.

use serde_json::{Value, json};

use super::house::{EMAIL, House, PASSWORD, given};
use super::races::{all_at_once, won};

fn lost(outcomes: &[String], error: &str) -> usize {
    outcomes.iter().filter(|outcome| *outcome == error).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_has_one_user() {
    for settings in [json!({}), json!({ "UsernameAttributes": ["email"] })] {
        let h = House::new(settings, json!({})).await;
        let twin = h.s.twin().await;
        let sign_up = json!({ "ClientId": h.client, "Username": EMAIL, "Password": PASSWORD });
        let outcomes = all_at_once([&h.s, &twin], "SignUp", vec![sign_up; 32]).await;
        assert_eq!(won(&outcomes), 1, "{outcomes:?}");
        assert_eq!(lost(&outcomes, "UsernameExistsException"), 31);
        let create = json!({ "UserPoolId": h.pool, "Username": "b@example.com" });
        let outcomes = all_at_once([&h.s, &twin], "AdminCreateUser", vec![create; 32]).await;
        assert_eq!(won(&outcomes), 1, "{outcomes:?}");
        assert_eq!(lost(&outcomes, "UsernameExistsException"), 31);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_has_one_user() {
    let h = House::new(json!({ "AliasAttributes": ["email"] }), json!({})).await;
    let twin = h.s.twin().await;
    let mut bodies: Vec<Value> = Vec::new();
    for number in 0..16 {
        let name = format!("user{number}");
        h.sign_up(&name, &[("email", EMAIL)]).await;
        let verified = given(&[("email_verified", "true")]);
        bodies.push(json!({ "UserPoolId": h.pool, "Username": name, "UserAttributes": verified }));
    }
    let outcomes = all_at_once([&h.s, &twin], "AdminUpdateUserAttributes", bodies).await;
    assert_eq!(won(&outcomes), 1, "{outcomes:?}");
    assert_eq!(lost(&outcomes, "AliasExistsException"), 15);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_works_once_and_tries_are_counted_exactly() {
    let h = House::plain().await;
    let twin = h.s.twin().await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    let body = |name: &str, code: &str| json!({ "ClientId": h.client, "Username": name, "ConfirmationCode": code });
    let right = vec![body("alice", &h.s.code_to(EMAIL)); 12];
    let outcomes = all_at_once([&h.s, &twin], "ConfirmSignUp", right).await;
    assert_eq!(won(&outcomes), 1, "{outcomes:?}");

    h.sign_up("bob", &[("email", "bob@example.com")]).await;
    let wrong = super::house::wrong(&h.s.code_to("bob@example.com"));
    let guesses = vec![body("bob", wrong); 40];
    let outcomes = all_at_once([&h.s, &twin], "ConfirmSignUp", guesses).await;
    assert_eq!(lost(&outcomes, "CodeMismatchException"), 15, "{outcomes:?}");
    assert_eq!(lost(&outcomes, "LimitExceededException"), 25);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_one_user_wait_for_each_other() {
    let h = House::plain().await;
    let twin = h.s.twin().await;
    h.confirmed("alice", EMAIL).await;
    let update = |number: i32| {
        let attributes = given(&[
            ("email", &format!("alice{number}@example.com")),
            ("name", "A"),
        ]);
        json!({ "UserPoolId": h.pool, "Username": "alice", "UserAttributes": attributes })
    };
    let updates = (0..16).map(update).collect();
    let outcomes = all_at_once([&h.s, &twin], "AdminUpdateUserAttributes", updates);
    let forgot = vec![json!({ "ClientId": h.client, "Username": "alice" }); 16];
    let passwords = json!({
        "UserPoolId": h.pool, "Username": "alice", "Password": PASSWORD, "Permanent": true,
    });
    let servers = [&h.s, &twin];
    let (updated, _, set) = tokio::join!(
        outcomes,
        all_at_once(servers, "ForgotPassword", forgot),
        all_at_once(servers, "AdminSetUserPassword", vec![passwords; 8]),
    );
    assert_eq!((won(&updated), won(&set)), (16, 8), "{updated:?} {set:?}");
}
