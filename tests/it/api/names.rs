//! User names, aliases and contacts as user names, in case-sensitive and -insensitive pools.

use serde_json::{Value, json};

use super::house::{EMAIL, House, PASSWORD, PHONE, given};

const INVALID: &str = "InvalidParameterException";
const MISSING: (&str, &str) = ("UserNotFoundException", "User does not exist.");

async fn aliases(kinds: &[&str]) -> House {
    let sms = json!({ "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" });
    let pool = json!({
        "AutoVerifiedAttributes": ["email", "phone_number"], "AliasAttributes": kinds,
        "SmsConfiguration": sms,
    });
    House::new(pool, json!({})).await
}

async fn logins(kinds: &[&str], case_sensitive: bool) -> House {
    let pool = json!({
        "AutoVerifiedAttributes": ["email"], "UsernameAttributes": kinds,
        "UsernameConfiguration": { "CaseSensitive": case_sensitive },
    });
    House::new(pool, json!({})).await
}

/// The user name of whom a text finds.
async fn found(h: &House, typed: &str) -> Option<String> {
    let answer = h.admin("AdminGetUser", json!({ "Username": typed })).await;
    answer.body["Username"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn plain_pools_find_by_name_and_sub_only() {
    let h = House::plain().await;
    let made = h.confirmed("alice", EMAIL).await;
    let sub = made["UserSub"].as_str().unwrap();
    assert_eq!(found(&h, "alice").await.as_deref(), Some("alice"));
    assert_eq!(found(&h, sub).await.as_deref(), Some("alice"));
    for other in [EMAIL, "Alice", "alice ", &sub.to_uppercase()] {
        assert_eq!(found(&h, other).await, None, "{other}");
    }
}

#[tokio::test]
async fn nobody_hides_behind_anothers_sub() {
    let h = House::plain().await;
    let sub = h.sign_up("alice", &[]).await["UserSub"]
        .as_str()
        .unwrap()
        .to_owned();
    h.try_sign_up(&sub, &[])
        .await
        .error("UsernameExistsException", "User already exists");
    let taken = h.create(&sub, json!({})).await;
    taken.error("UsernameExistsException", "User account already exists");
}

#[tokio::test]
async fn insensitive_pools_fold_names_and_keep_what_was_given() {
    let pool = json!({ "UsernameConfiguration": { "CaseSensitive": false } });
    let h = House::new(pool, json!({})).await;
    h.sign_up("Straße", &[]).await;
    for same in ["straße", "STRASSE", "Ｓｔｒａｓｓｅ"] {
        assert_eq!(found(&h, same).await.as_deref(), Some("Straße"), "{same}");
        let answer = h.try_sign_up(same, &[]).await;
        answer.error("UsernameExistsException", "User already exists");
    }
    for other in ["Strase", "ſtrase", "Stra\u{200d}ße"] {
        assert_eq!(found(&h, other).await, None, "{other}");
    }
}

#[tokio::test]
async fn names_must_not_look_like_the_pools_aliases() {
    let h = aliases(&["email", "phone_number"]).await;
    for (name, kind) in [
        (
            "a@b",
            "email format, since user pool is configured for email alias.",
        ),
        (
            PHONE,
            "phone number format, since user pool is configured for phone number alias.",
        ),
    ] {
        let message = format!("Username cannot be of {kind}");
        h.try_sign_up(name, &[]).await.error(INVALID, &message);
        h.create(name, json!({})).await.error(INVALID, &message);
    }
    let h = aliases(&["phone_number"]).await;
    h.sign_up("a@b", &[]).await;
    assert_eq!(found(&h, "a@b").await.as_deref(), Some("a@b"));
}

#[tokio::test]
async fn an_alias_works_once_it_is_verified() {
    let h = aliases(&["email"]).await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    assert_eq!(found(&h, EMAIL).await, None);
    h.confirm("alice", &h.s.code_to(EMAIL)).await.ok();
    assert_eq!(found(&h, EMAIL).await.as_deref(), Some("alice"));
    h.update("alice", &[("email", "new@example.com")])
        .await
        .ok();
    assert_eq!(found(&h, EMAIL).await, None);
    assert_eq!(found(&h, "new@example.com").await, None);
    h.update("alice", &[("email_verified", "True")]).await.ok();
    assert_eq!(found(&h, "new@example.com").await.as_deref(), Some("alice"));
}

#[tokio::test]
async fn a_verified_alias_is_one_users_unless_it_is_taken_by_force() {
    let h = aliases(&["email"]).await;
    h.confirmed("alice", EMAIL).await;
    h.sign_up("bob", &[("email", EMAIL)]).await;
    let code = h.s.code_to(EMAIL);
    let exists = (
        "AliasExistsException",
        "An account with the email already exists.",
    );
    h.confirm("bob", &code).await.error(exists.0, exists.1);
    assert_eq!(h.status("bob").await, "UNCONFIRMED");
    assert_eq!(found(&h, EMAIL).await.as_deref(), Some("alice"));
    let force = json!({ "Username": "bob", "ConfirmationCode": code, "ForceAliasCreation": true });
    h.public("ConfirmSignUp", force).await.ok();
    assert_eq!(found(&h, EMAIL).await.as_deref(), Some("bob"));
    assert_eq!(h.attribute("alice", "email").await, EMAIL);
    assert_eq!(h.attribute("alice", "email_verified").await, "false");

    let given_exists = (
        "AliasExistsException",
        "An account with the given email already exists.",
    );
    let back = h.update("alice", &[("email_verified", "true")]).await;
    back.error(given_exists.0, given_exists.1);
    let verified = given(&[("email", EMAIL), ("email_verified", "true")]);
    let carol = h
        .create("carol", json!({ "UserAttributes": verified }))
        .await;
    carol.error(
        "UsernameExistsException",
        "An account with the given email already exists.",
    );
    let settings = json!({ "UserAttributes": verified, "ForceAliasCreation": true });
    h.create("carol", settings).await.ok();
    assert_eq!(found(&h, EMAIL).await.as_deref(), Some("carol"));
    assert_eq!(h.attribute("bob", "email_verified").await, "false");
}

#[tokio::test]
async fn an_attackers_claim_to_an_address_changes_nothing_for_its_owner() {
    let h = aliases(&["email"]).await;
    h.confirmed("victim", EMAIL).await;
    h.sign_up("attacker", &[("email", EMAIL)]).await;
    let before = h.messages().len();
    h.forgot("attacker").await.error(
        INVALID,
        "Cannot reset password for the user as there is no registered/verified email or phone_number",
    );
    assert_eq!(h.messages().len(), before);
    h.forgot(EMAIL).await.ok();
    assert_eq!(h.s.message_to(EMAIL).username, "victim");
}

#[tokio::test]
async fn preferred_user_names_are_aliases_after_confirmation() {
    let h = aliases(&["preferred_username"]).await;
    let early = h
        .try_sign_up("alice", &[("preferred_username", "al")])
        .await;
    early.error(
        INVALID,
        "Preferred username cannot be provided for unconfirmed account, since user pool is \
         configured for preferred username alias.",
    );
    h.confirmed("alice", EMAIL).await;
    h.confirmed("bob", "bob@example.com").await;
    h.update("alice", &[("preferred_username", "al")])
        .await
        .ok();
    assert_eq!(found(&h, "al").await.as_deref(), Some("alice"));
    for taken in ["al", "alice"] {
        let answer = h.update("bob", &[("preferred_username", taken)]).await;
        answer.error(
            "AliasExistsException",
            "An account with the given preferred_username already exists.",
        );
    }
    let named = h.try_sign_up("al", &[]).await;
    named.error("UsernameExistsException", "User already exists");
    h.update("alice", &[("preferred_username", "alice")])
        .await
        .ok();
    h.update("alice", &[("preferred_username", "")]).await.ok();
    assert_eq!(found(&h, "al").await, None);
    assert_eq!(found(&h, "alice").await.as_deref(), Some("alice"));
    h.update("bob", &[("preferred_username", "al")]).await.ok();
    assert_eq!(found(&h, "al").await.as_deref(), Some("bob"));
}

#[tokio::test]
async fn each_choice_of_aliases_finds_by_these_alone() {
    let all = [
        ("email", EMAIL),
        ("phone_number", PHONE),
        ("preferred_username", "al"),
    ];
    for choice in 1..8_usize {
        let listed = all.iter().enumerate().filter(|(n, _)| choice >> n & 1 == 1);
        let kinds: Vec<&str> = listed.map(|(_, (kind, _))| *kind).collect();
        let h = aliases(&kinds).await;
        h.confirmed("alice", EMAIL).await;
        let all_of_them = [
            ("email_verified", "true"),
            ("phone_number", PHONE),
            ("phone_number_verified", "true"),
            ("preferred_username", "al"),
        ];
        h.update("alice", &all_of_them).await.ok();
        for (kind, typed) in all {
            let expected = kinds.contains(&kind).then_some("alice");
            assert_eq!(
                found(&h, typed).await.as_deref(),
                expected,
                "{kinds:?} {kind}"
            );
        }
        let unproven = [
            ("email_verified", "false"),
            ("phone_number_verified", "false"),
        ];
        h.update("alice", &unproven).await.ok();
        for (kind, typed) in all {
            let stands = kind == "preferred_username" && kinds.contains(&kind);
            let expected = stands.then_some("alice");
            assert_eq!(
                found(&h, typed).await.as_deref(),
                expected,
                "{kinds:?} {kind}"
            );
        }
        assert_eq!(found(&h, "alice").await.as_deref(), Some("alice"));
    }
}

#[tokio::test]
async fn a_contact_as_user_name_is_stored_as_sub_and_attribute() {
    let h = logins(&["email"], true).await;
    let made = h.sign_up(EMAIL, &[]).await;
    let sub = made["UserSub"].as_str().unwrap();
    assert_eq!(made["CodeDeliveryDetails"]["AttributeName"], "email");
    assert_eq!(found(&h, EMAIL).await.as_deref(), Some(sub));
    assert_eq!(found(&h, sub).await.as_deref(), Some(sub));
    assert_eq!(h.attribute(EMAIL, "email").await, EMAIL);
    h.confirm(EMAIL, &h.s.code_to(EMAIL)).await.ok();
    assert_eq!(h.status(sub).await, "CONFIRMED");
    let again = h.try_sign_up(EMAIL, &[]).await;
    again.error("UsernameExistsException", "User already exists");
    let admin = h.create(EMAIL, json!({})).await;
    admin.error("UsernameExistsException", "User account already exists");
    let upper = EMAIL.to_uppercase();
    assert_eq!(found(&h, &upper).await, None);
    h.sign_up(&upper, &[]).await;

    h.update(EMAIL, &[("email", "new@example.com")]).await.ok();
    h.admin("AdminGetUser", json!({ "Username": EMAIL }))
        .await
        .error(MISSING.0, MISSING.1);
    assert_eq!(found(&h, "new@example.com").await.as_deref(), Some(sub));
    let gone = json!({ "Username": sub, "UserAttributeNames": ["email"] });
    h.admin("AdminDeleteUserAttributes", gone).await.error(
        INVALID,
        "Invalid user attributes: email: Required attribute cannot be deleted.",
    );
}

#[tokio::test]
async fn contacts_as_user_names_fold_in_insensitive_pools() {
    let h = logins(&["email"], false).await;
    let made = h.sign_up("Alice@Example.com", &[]).await;
    let sub = made["UserSub"].as_str().unwrap();
    assert_eq!(found(&h, "aLICE@eXAMPLE.COM").await.as_deref(), Some(sub));
    assert_eq!(h.attribute(sub, "email").await, "Alice@Example.com");
    let again = h.try_sign_up(EMAIL, &[]).await;
    again.error("UsernameExistsException", "User already exists");
}

#[tokio::test]
async fn a_contact_as_user_name_has_its_form() {
    for (kinds, message) in [
        (vec!["email"], "Username should be an email."),
        (vec!["phone_number"], "Username should be a phone number."),
        (
            vec!["email", "phone_number"],
            "Username should be either an email or a phone number.",
        ),
    ] {
        let h = logins(&kinds, true).await;
        for bad in ["alice", "a@b@c", "+12a"] {
            h.try_sign_up(bad, &[]).await.error(INVALID, message);
            h.create(bad, json!({})).await.error(INVALID, message);
        }
        let other = if kinds == ["email"] { PHONE } else { EMAIL };
        if kinds.len() == 1 {
            h.try_sign_up(other, &[]).await.error(INVALID, message);
        }
    }
    let h = logins(&["email", "phone_number"], true).await;
    let both = h.sign_up(EMAIL, &[("phone_number", PHONE)]).await;
    assert_eq!(found(&h, PHONE).await.as_deref(), both["UserSub"].as_str());
    let taken = h
        .try_sign_up("bob@example.com", &[("phone_number", PHONE)])
        .await;
    taken.error(
        "UsernameExistsException",
        "An account with the given phone_number already exists.",
    );
    let differs = h
        .try_sign_up("bob@example.com", &[("email", "carol@example.com")])
        .await;
    differs.error(INVALID, "Username and email must be the same.");
    let taken = h.update(EMAIL, &[("phone_number", PHONE)]).await;
    taken.ok();
    h.sign_up("bob@example.com", &[]).await;
    let taken = h
        .update("bob@example.com", &[("phone_number", PHONE)])
        .await;
    taken.error(
        "AliasExistsException",
        "An account with the given phone_number already exists.",
    );
}

#[tokio::test]
async fn a_deleted_users_name_is_free_and_its_sub_is_not() {
    let h = House::plain().await;
    let old = h.confirmed("alice", EMAIL).await;
    h.forgot("alice").await.ok();
    let code = h.s.code_to(EMAIL);
    let body = json!({ "Username": "alice" });
    let answer = h.admin("AdminDeleteUser", body.clone()).await;
    assert_eq!(answer.ok(), Value::Null);
    h.admin("AdminDeleteUser", body)
        .await
        .error(MISSING.0, MISSING.1);
    let new = h.confirmed("alice", EMAIL).await;
    assert_ne!(old["UserSub"], new["UserSub"]);
    assert_eq!(found(&h, old["UserSub"].as_str().unwrap()).await, None);
    let stale = h.reset("alice", &code, PASSWORD).await;
    stale.error(
        "ExpiredCodeException",
        "Invalid code provided, please request a code again.",
    );
}

#[tokio::test]
async fn very_long_names_are_names_too() {
    let pool = json!({ "UsernameConfiguration": { "CaseSensitive": false } });
    let h = House::new(pool, json!({})).await;
    let long = "\u{fdfa}".repeat(128);
    h.sign_up(&long, &[("name", &"n".repeat(2048))]).await;
    assert_eq!(found(&h, &long).await.as_deref(), Some(long.as_str()));
    let other = format!("{}x", "\u{fdfa}".repeat(127));
    assert_eq!(found(&h, &other).await, None);
    h.sign_up(&other, &[]).await;
}

/// The API lets no NUL in; a form field can hold one, and PostgreSQL stores none.
#[tokio::test]
async fn a_name_with_a_nul_is_nobodys() {
    let h = aliases(&["preferred_username"]).await;
    let id = poolhouse::ids::PoolId::parse(h.pool.as_str()).unwrap();
    let pool = poolhouse::domain::pools::get(&h.s.app, &id).await.unwrap();
    let mut db = h.s.app.store.read().await.unwrap();
    for typed in ["x\0y", "\0", "a@b\0"] {
        let found = poolhouse::domain::usernames::find(&mut db, &pool, typed).await;
        assert!(found.unwrap().is_none());
    }
}
