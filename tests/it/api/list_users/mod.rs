//! ListUsers: filters, what is shown, refusals.

mod oracle;
mod pages;
mod plans;
mod world;

use poolhouse::store::users::Status;
use serde_json::{Value, json};

use world::{World, names, new_pool};

/// Where the virtual clock stands, as the API writes it.
const START: f64 = 1_767_683_289.123;

async fn people() -> World {
    let mut w = World::new(json!({})).await;
    let mut users = vec![
        w.user("ada", &[("email", "ada@one.example"), ("name", "Ada L")]),
        w.user("bob", &[("email", "bob@one.example"), ("name", "bob")]),
        w.user("Bobby", &[("email", "Bobby@two.example"), ("name", "BOB")]),
        w.user("cyd", &[("email", "cyd@two.example")]),
        w.user("dan", &[("phone_number", "+4930123456")]),
        w.user("éva", &[("given_name", "Éva"), ("family_name", "ŠŤASTNÁ")]),
        w.user(
            "100%",
            &[("preferred_username", "a_b%"), ("name", "a\"b\\")],
        ),
    ];
    users[3].enabled = false;
    users[4].status = Status::Unconfirmed;
    users[5].status = Status::ForceChangePassword;
    w.add(&users).await;
    w
}

#[tokio::test]
async fn each_kind_of_filter_finds_whom_it_names_in_ascending_order() {
    let w = people().await;
    for (filter, wanted) in [
        (r#"username = "bob""#, vec!["bob"]),
        (r#"username = "BOB""#, vec![]),
        (r#"username ^= "b""#, vec!["bob"]),
        (r#"username ^= "B""#, vec!["Bobby"]),
        (
            r#"username ^= """#,
            vec!["100%", "Bobby", "ada", "bob", "cyd", "dan", "éva"],
        ),
        (r#"username ^= "é""#, vec!["éva"]),
        (r#"username ^= "100%""#, vec!["100%"]),
        (r#"username ^= "%""#, vec![]),
        (r#"username = "1___""#, vec![]),
        (r#"email = "ADA@one.EXAMPLE""#, vec!["ada"]),
        (r#"email = "ada""#, vec![]),
        (r#"email ^= "BOB""#, vec!["bob", "Bobby"]),
        (r#""email"^="bob@""#, vec!["bob"]),
        (r#"email ^= """#, vec!["ada", "bob", "Bobby", "cyd"]),
        (r#"phone_number ^= "+49""#, vec!["dan"]),
        (r#"phone_number = "+4930123456""#, vec!["dan"]),
        (r#"name ^= "ADA""#, vec!["ada"]),
        (r#"name = "a\"b\\""#, vec!["100%"]),
        (r#"name ^= "a\"""#, vec!["100%"]),
        (r#"given_name = "e\u0301VA""#, vec![]),
        ("given_name = \"e\u{301}VA\"", vec!["éva"]),
        (r#"family_name ^= "šť""#, vec!["éva"]),
        (r#"family_name ^= "s""#, vec![]),
        (r#"preferred_username ^= "A_""#, vec!["100%"]),
        (r#"preferred_username ^= "a%""#, vec![]),
        (r#"preferred_username ^= "_""#, vec![]),
        (r#"name = """#, vec![]),
        (r#"cognito:user_status = "UNCONFIRMED""#, vec!["dan"]),
        (r#"cognito:user_status = "unconfirmed""#, vec!["dan"]),
        (r#"cognito:user_status = "UNKNOWN""#, vec![]),
        (r#"cognito:user_status ^= "f""#, vec!["éva"]),
        (r#"cognito:user_status ^= "un""#, vec!["dan"]),
        (r#"status = "Disabled""#, vec!["cyd"]),
        (r#"status = "disabled""#, vec![]),
        (r#"status ^= "Dis""#, vec!["cyd"]),
        (r#"status ^= "dis""#, vec![]),
    ] {
        if filter.contains(r"\u") {
            w.refused(json!({ "Filter": filter }), "Error while parsing filter.")
                .await;
            continue;
        }
        assert_eq!(w.found(filter).await, wanted, "{filter}");
    }
}

#[tokio::test]
async fn states_come_one_after_the_other_and_subs_by_themselves() {
    let w = people().await;
    let enabled = w.found(r#"status ^= """#).await;
    assert_eq!((enabled[0].as_str(), enabled.len()), ("cyd", 7));
    let life = w.found(r#"cognito:user_status ^= """#).await;
    assert_eq!(
        (&life[5..], life.len()),
        (&["éva".into(), "dan".into()][..], 7)
    );
    let all = w.list(json!({})).await;
    let subs: Vec<_> = all["Users"]
        .as_array()
        .unwrap()
        .iter()
        .map(sub_of)
        .collect();
    assert!(subs.is_sorted() && subs.len() == 7, "{subs:?}");
    for (n, sub) in subs.iter().enumerate() {
        let alone = [names(&all)[n].clone()];
        let upper = sub.to_uppercase();
        assert_eq!(w.found(&format!("sub = \"{sub}\"")).await, alone);
        assert_eq!(w.found(&format!("sub ^= \"{upper}\"")).await, alone);
        assert_eq!(w.found(&format!("sub ^= \"{}\"", &sub[..9])).await, alone);
        assert!(
            w.found(&format!("sub = \"{}\"", &sub[..9]))
                .await
                .is_empty()
        );
        assert!(w.found(&format!("sub ^= \"{sub}0\"")).await.is_empty());
    }
    assert_eq!(w.found(r#"sub ^= """#).await, names(&all));
    for filter in [r#"sub ^= "~""#, r#"sub = "g""#, r#"sub = """#] {
        assert!(w.found(filter).await.is_empty(), "{filter}");
    }
}

fn sub_of(user: &Value) -> String {
    let attributes = user["Attributes"].as_array().unwrap();
    assert_eq!(attributes[0]["Name"], "sub");
    attributes[0]["Value"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn user_names_are_compared_as_the_pool_compares_them() {
    let folding = json!({ "UsernameConfiguration": { "CaseSensitive": false } });
    let mut w = World::new(folding).await;
    let users = [
        w.user("Straße", &[]),
        w.user("ada", &[]),
        w.user("STRAND", &[]),
    ];
    w.add(&users).await;
    assert_eq!(w.found(r#"username = "STRASSE""#).await, ["Straße"]);
    assert_eq!(w.found(r#"username ^= "stra""#).await, ["STRAND", "Straße"]);
}

#[tokio::test]
async fn a_user_is_shown_whole_or_with_what_was_asked_for() {
    let mut w = World::new(json!({
        "Schema": [{ "Name": "plan", "AttributeDataType": "String" }],
    }))
    .await;
    let user = w.user("ada", &[("email", "a@b.example"), ("custom:plan", "x")]);
    w.add(std::slice::from_ref(&user)).await;
    let sub = json!({ "Name": "sub", "Value": user.sub.as_str() });
    let email = json!({ "Name": "email", "Value": "a@b.example" });
    let plan = json!({ "Name": "custom:plan", "Value": "x" });
    let shown = |attributes: Value| {
        json!({ "Users": [{
            "Username": "ada", "Attributes": attributes, "Enabled": true,
            "UserStatus": "CONFIRMED", "UserCreateDate": START,
            "UserLastModifiedDate": START,
        }] })
    };
    let whole = shown(json!([sub, plan, email]));
    assert_eq!(w.list(json!({})).await, whole);
    assert_eq!(w.list(json!({ "Filter": " ", "Limit": 0 })).await, whole);
    for (asked, attributes) in [
        (json!(["email"]), json!([email])),
        (json!(["email", "sub"]), json!([sub, email])),
        (json!(["custom:plan", "nickname"]), json!([plan])),
        (json!([]), json!([])),
    ] {
        let request = json!({ "AttributesToGet": asked, "Filter": "username = \"ada\"" });
        assert_eq!(w.list(request).await, shown(attributes), "{asked}");
    }
    for unknown in ["custom:other", "plan", "Email", "cognito:user_status"] {
        let message = "One or more requested attributes do not exist.";
        w.refused(json!({ "AttributesToGet": ["email", unknown] }), message)
            .await;
    }
    let other = new_pool(&w.s, json!({})).await;
    let request = json!({ "UserPoolId": other.id.as_str() });
    assert_eq!(
        w.s.api("ListUsers", request).await.ok(),
        json!({ "Users": [] })
    );
}

#[tokio::test]
async fn each_refusal_says_why() {
    let w = people().await;
    for filter in [
        "username",
        "username = bob",
        r#"username > "b""#,
        "\"",
        r#"name = "a"b""#,
    ] {
        w.refused(json!({ "Filter": filter }), "Error while parsing filter.")
            .await;
    }
    for filter in [
        r#"custom:plan = "x""#,
        r#"birthdate = "x""#,
        r#"Email = "x""#,
    ] {
        let message = "Input fails to satisfy the constraints.";
        w.refused(json!({ "Filter": filter }), message).await;
    }
    let long = format!("name = \"{}\"", "x".repeat(248));
    assert_eq!(long.len(), 257);
    let parts = [
        (
            json!({ "Filter": long }),
            format!("Value '{long}' at 'filter'"),
            "have length less than or equal to 256",
        ),
        (
            json!({ "Limit": 61 }),
            "Value '61' at 'limit'".into(),
            "have value less than or equal to 60",
        ),
        (
            json!({ "Limit": -1 }),
            "Value '-1' at 'limit'".into(),
            "have value greater than or equal to 0",
        ),
    ];
    for (request, what, constraint) in parts {
        let constraint = format!("failed to satisfy constraint: Member must {constraint}");
        let message = format!("1 validation error detected: {what} {constraint}");
        w.refused(request, &message).await;
    }
    let nowhere = json!({ "UserPoolId": "us-east-1_000000000" });
    let message = "User pool us-east-1_000000000 does not exist.";
    let answer = w.s.api("ListUsers", nowhere).await;
    answer.error("ResourceNotFoundException", message);
}

#[tokio::test]
async fn whoever_changes_is_found_by_what_is_new() {
    let mut w = World::new(json!({})).await;
    let user = w.user("ada", &[("email", "old@one.example"), ("name", "Ada")]);
    w.add(std::slice::from_ref(&user)).await;
    w.change(&user.sub, |user| {
        user.attributes
            .insert("email".into(), "new@one.example".into());
        user.attributes.remove("name");
        user.enabled = false;
        user.status = Status::ResetRequired;
    })
    .await;
    for (filter, found) in [
        (r#"email = "new@one.example""#, true),
        (r#"email ^= "old""#, false),
        (r#"name ^= """#, false),
        (r#"status = "Enabled""#, false),
        (r#"status = "Disabled""#, true),
        (r#"cognito:user_status = "RESET_REQUIRED""#, true),
        (r#"cognito:user_status = "CONFIRMED""#, false),
        (r#"username = "ada""#, true),
    ] {
        assert_eq!(!w.found(filter).await.is_empty(), found, "{filter}");
    }
    w.remove(&user).await;
    assert!(w.found(r#"email ^= """#).await.is_empty());
}
