//! Paging while users come and go, and the tokens that go from page to page (security.md H11).

use std::collections::BTreeSet;

use poolhouse::store::users::{Status, User};
use poolhouse::time::Span;
use serde_json::{Value, json};

use super::world::{World, names, new_pool};

const BAD_TOKEN: &str = "Invalid pagination token";

fn crowd(w: &mut World, from: usize, to: usize) -> Vec<User> {
    let user = |n: usize| {
        let (name, email) = (format!("user{:03}", n * 7 % 1000), format!("{n}@x.example"));
        let mut user = w.user(&name, &[("email", &email), ("family_name", "Same")]);
        user.enabled = !n.is_multiple_of(3);
        user.status = [
            Status::Confirmed,
            Status::Unconfirmed,
            Status::ResetRequired,
        ][n % 3];
        user
    };
    (from..to).map(user).collect()
}

/// Every user who is there from the first page to the last comes exactly once, whoever else is
/// added or removed meanwhile.
#[tokio::test]
async fn pages_have_neither_gaps_nor_repetitions_while_users_come_and_go() {
    for filter in [
        "",
        r#"username ^= "user""#,
        r#"email ^= """#,
        r#"family_name = "SAME""#,
        r#"sub ^= """#,
        r#"status ^= """#,
        r#"cognito:user_status ^= """#,
    ] {
        let mut w = World::new(json!({})).await;
        let staying = crowd(&mut w, 0, 150);
        let mut leaving = crowd(&mut w, 150, 170);
        let mut coming = crowd(&mut w, 170, 190);
        w.add(&staying).await;
        w.add(&leaving).await;
        let mut seen = Vec::new();
        let mut request = json!({ "Filter": filter, "Limit": 11 });
        loop {
            let answer = w.list(request.clone()).await;
            seen.extend(names(&answer));
            let Some(token) = answer.get("PaginationToken") else {
                break;
            };
            request["PaginationToken"] = token.clone();
            if let Some(user) = leaving.pop() {
                w.remove(&user).await;
            }
            if let Some(user) = coming.pop() {
                w.add(&[user]).await;
            }
        }
        let once: BTreeSet<_> = seen.iter().collect();
        assert_eq!(once.len(), seen.len(), "{filter}: somebody came twice");
        for user in &staying {
            assert!(once.contains(&user.username), "{filter}: {}", user.username);
        }
    }
}

#[tokio::test]
async fn a_page_holds_as_many_as_asked_for_and_the_last_has_no_token() {
    let mut w = World::new(json!({})).await;
    let users = crowd(&mut w, 0, 120);
    w.add(&users).await;
    for (limit, pages) in [
        (json!(null), vec![60, 60]),
        (json!(0), vec![60, 60]),
        (json!(60), vec![60, 60]),
        (json!(59), vec![59, 59, 2]),
    ] {
        let mut request = json!({ "Limit": limit });
        for (n, size) in pages.iter().enumerate() {
            let answer = w.list(request.clone()).await;
            assert_eq!(names(&answer).len(), *size);
            let token = answer.get("PaginationToken").cloned();
            assert_eq!(token.is_some(), n + 1 < pages.len());
            request["PaginationToken"] = token.unwrap_or_default();
        }
    }
}

async fn token(w: &World, request: Value) -> String {
    let answer = w.list(request).await;
    answer["PaginationToken"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_is_good_for_the_same_list_only() {
    let mut w = World::new(json!({})).await;
    let users = crowd(&mut w, 0, 20);
    w.add(&users).await;
    let filter = r#"email ^= "1""#;
    let plain = token(&w, json!({ "Limit": 3 })).await;
    let filtered = token(&w, json!({ "Limit": 3, "Filter": filter })).await;
    let request = json!({ "Limit": 9, "Filter": filter, "PaginationToken": filtered });
    w.list(request).await;
    for request in [
        json!({ "PaginationToken": filtered }),
        json!({ "PaginationToken": plain, "Filter": filter }),
        json!({ "PaginationToken": filtered, "Filter": r#"email ^= "1" "# }),
        json!({ "PaginationToken": filtered, "Filter": r#"email = "1""# }),
        json!({ "PaginationToken": filtered, "Filter": r#"email ^= "2""# }),
        json!({ "PaginationToken": filtered, "Filter": r#"name ^= "1""# }),
        json!({ "PaginationToken": plain, "AttributesToGet": ["email"] }),
        json!({ "PaginationToken": "nonsense" }),
    ] {
        w.refused(request, BAD_TOKEN).await;
    }
    let other = new_pool(&w.s, json!({})).await;
    let request = json!({ "UserPoolId": other.id.as_str(), "PaginationToken": plain });
    let answer = w.s.api("ListUsers", request).await;
    answer.error("InvalidParameterException", BAD_TOKEN);
    let pools =
        w.s.api("ListUserPools", json!({ "MaxResults": 1 }))
            .await
            .ok();
    w.refused(json!({ "PaginationToken": pools["NextToken"] }), BAD_TOKEN)
        .await;
    let request = json!({ "MaxResults": 1, "NextToken": plain });
    let answer = w.s.api("ListUserPools", request).await;
    answer.error("InvalidParameterException", BAD_TOKEN);
}

#[tokio::test]
async fn a_token_that_was_tampered_with_is_refused() {
    let mut w = World::new(json!({})).await;
    let users = crowd(&mut w, 0, 5);
    w.add(&users).await;
    let good = token(&w, json!({ "Limit": 3 })).await;
    for at in (0..good.len()).step_by(7) {
        let mut bad = good.clone().into_bytes();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        let bad = String::from_utf8(bad).unwrap();
        w.refused(json!({ "PaginationToken": bad }), BAD_TOKEN)
            .await;
    }
    for bad in [&good[1..], &good[..good.len() - 1], &format!("{good}A")] {
        w.refused(json!({ "PaginationToken": bad }), BAD_TOKEN)
            .await;
    }
    assert_eq!(
        names(&w.list(json!({ "PaginationToken": good })).await).len(),
        2
    );
}

#[tokio::test]
async fn a_token_lasts_an_hour() {
    let mut w = World::new(json!({})).await;
    let users = crowd(&mut w, 0, 5);
    w.add(&users).await;
    let first = token(&w, json!({ "Limit": 3 })).await;
    w.s.clock().advance(Span::minutes(59));
    w.list(json!({ "PaginationToken": first })).await;
    w.s.clock().advance(Span::minutes(1));
    w.refused(json!({ "PaginationToken": first }), BAD_TOKEN)
        .await;
}
