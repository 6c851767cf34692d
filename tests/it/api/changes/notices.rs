//! The mail that tells a user of a change.

use poolhouse::time::Span;
use serde_json::{Value, json};

use super::acts::{ALL, Act};
use super::{Home, NEW_PASSWORD, NOT_AUTHORIZED, STALE};
use crate::support::house::PASSWORD;

const NOT_YOU: &str = "If this was not you, reset your password and tell whoever runs this app.";

fn wish(on: bool) -> Value {
    json!({ "SMSMfaSettings": { "Enabled": on } })
}

#[tokio::test]
async fn each_change_is_told_once_and_nothing_else_is() {
    let home = Home::strict().await;
    for (number, act) in ALL.into_iter().enumerate() {
        let name = format!("u{number}");
        home.user(&name, &[]).await;
        assert!(home.told(&name).is_empty(), "the account is new");
        let person = home.sign_in(&name).await;
        let ready = act.prepare(&home, &person).await;
        let before = home.told(&name).len();
        act.run(&home, &person, &ready).await.ok();
        let told = home.told(&name);
        let Some(sentence) = act.told() else {
            assert_eq!(told.len(), before, "{act:?}");
            continue;
        };
        assert_eq!(told.len(), before + 1, "{act:?}");
        let mail = told.last().unwrap();
        let time = home.house.s.clock().server_now().readable();
        let sentence = sentence.replace("{}", &name);
        assert_eq!(mail.text, format!("{sentence}{time}.\n\n{NOT_YOU}\n"));
        assert_eq!(mail.subject.as_deref(), Some("Your account was changed"));
        assert_eq!(mail.to, format!("{name}@example.com"), "as it was before");
        assert_eq!((mail.channel.as_str(), &mail.html), ("EMAIL", &None));
        assert_eq!((&mail.code, &mail.link), (&None, &None));
    }
    home.house.s.app.jobs.finish().await;
    let sent = home.house.s.mailer.sent();
    let sent = sent
        .iter()
        .filter(|mail| mail.subject == "Your account was changed");
    let told = ALL.iter().filter(|act| act.told().is_some()).count();
    // Before a passkey is taken away one is made.
    assert_eq!(sent.count(), told + 1);
}

#[tokio::test]
async fn by_cognito_nobody_is_told() {
    let home = Home::with(|_| {}).await;
    for (number, act) in ALL.into_iter().enumerate() {
        let name = format!("u{number}");
        home.user(&name, &[]).await;
        let person = home.sign_in(&name).await;
        let ready = act.prepare(&home, &person).await;
        act.run(&home, &person, &ready).await.ok();
        assert!(home.told(&name).is_empty(), "{act:?}");
    }
}

#[tokio::test]
async fn the_mail_is_in_the_language_of_the_user() {
    let home = Home::strict().await;
    for (name, locale, subject, begins) in [
        (
            "ada",
            "de_AT",
            "Ihr Konto wurde geändert",
            "Das Passwort Ihres Kontos ada wurde geändert: 2026-01-06 07:08:09 UTC.\n\nWenn Sie das nicht waren",
        ),
        (
            "bob",
            "pt-PT",
            "Sua conta foi alterada",
            "A senha da sua conta bob foi alterada: 2026-01-06 07:08:09 UTC.\n\nSe não foi você",
        ),
        (
            "eve",
            "tlh",
            "Your account was changed",
            "The password of your account eve was changed: 2026-01-06 07:08:09 UTC.\n\nIf this",
        ),
    ] {
        home.user(name, &[("locale", locale)]).await;
        let person = home.sign_in(name).await;
        let ready = Act::ChangePassword.prepare(&home, &person).await;
        Act::ChangePassword.run(&home, &person, &ready).await.ok();
        let told = home.told(name);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].subject.as_deref(), Some(subject));
        assert!(told[0].text.starts_with(begins), "{}", told[0].text);
    }
}

#[tokio::test]
async fn the_sender_is_that_of_the_pool() {
    let mut settings = super::pool();
    settings["EmailConfiguration"] = json!({
        "EmailSendingAccount": "DEVELOPER", "From": "Guard <guard@example.com>",
        "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/guard@example.com",
        "ReplyToEmailAddress": "help@example.com",
    });
    let strict = |config: &mut poolhouse::config::Config| {
        config.profiles.changes.usual.notices = Some(true);
    };
    let home = Home::of(strict, settings).await;
    home.user("ada", &[]).await;
    let ada = home.sign_in("ada").await;
    home.advance(3000);
    home.call(&ada, "SetUserMFAPreference", wish(true))
        .await
        .ok();
    home.house.s.app.jobs.finish().await;
    let sent = home.house.s.mailer.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].from.as_deref(), Some("Guard <guard@example.com>"));
    assert_eq!(sent[0].reply_to.as_deref(), Some("help@example.com"));
}

#[tokio::test]
async fn a_new_address_is_told_to_the_old_one_when_it_takes_its_place() {
    let mut settings = super::pool();
    settings["UserAttributeUpdateSettings"] =
        json!({ "AttributesRequireVerificationBeforeUpdate": ["email"] });
    let strict = |config: &mut poolhouse::config::Config| {
        config.profiles.usual = poolhouse::settings::profile::Profile::Strict;
    };
    let home = Home::of(strict, settings).await;
    home.user("ada", &[]).await;
    let (other, ada) = (home.sign_in("ada").await, home.sign_in("ada").await);
    let email = json!({ "UserAttributes": [{ "Name": "email", "Value": "new@example.com" }] });
    home.call(&ada, "UpdateUserAttributes", email.clone())
        .await
        .ok();
    assert!(home.told("ada").is_empty(), "nothing changed yet");
    assert!(home.stands(&other).await);
    // The code may come late; what it proves was asked for in time.
    home.advance(600);
    let refused = home.call(&ada, "UpdateUserAttributes", email).await;
    refused.error(NOT_AUTHORIZED, STALE);
    let code = home.house.s.code_to("new@example.com");
    let body = json!({ "AttributeName": "email", "Code": code });
    home.call(&ada, "VerifyUserAttribute", body).await.ok();
    let told = home.told("ada");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].to, "ada@example.com");
    assert!(
        told[0]
            .text
            .starts_with("The email address of your account ada")
    );
    assert!(!home.stands(&other).await);
    assert!(home.stands(&ada).await);
    // From now on the new address is told.
    let ada = home.sign_in("ada").await;
    home.call(&ada, "SetUserMFAPreference", wish(true))
        .await
        .ok();
    assert_eq!(home.told("ada")[1].to, "new@example.com");
}

#[tokio::test]
async fn only_a_verified_address_is_told() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    let body = json!({
        "Username": "ada", "UserAttributes": [{ "Name": "email_verified", "Value": "false" }],
    });
    home.admin("AdminUpdateUserAttributes", body).await.ok();
    let ada = home.sign_in("ada").await;
    home.call(&ada, "SetUserMFAPreference", wish(true))
        .await
        .ok();
    let body = json!({ "UserAttributeNames": ["email"] });
    home.call(&ada, "DeleteUserAttributes", body).await.ok();
    home.call(&ada, "SetUserMFAPreference", wish(false))
        .await
        .ok();
    assert!(home.told("ada").is_empty());
}

#[tokio::test]
async fn what_is_refused_or_changes_nothing_is_not_told() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    home.user("bob", &[("preferred_username", "taken")]).await;
    let ada = home.sign_in("ada").await;
    let wrong = json!({ "PreviousPassword": "Wrong-Horse1", "ProposedPassword": NEW_PASSWORD });
    let answer = home.call(&ada, "ChangePassword", wrong).await;
    answer.error(NOT_AUTHORIZED, "Incorrect username or password.");
    let taken = json!({ "UserAttributes": [{ "Name": "preferred_username", "Value": "taken" }] });
    let answer = home.call(&ada, "UpdateUserAttributes", taken).await;
    answer.error(
        "AliasExistsException",
        "An account with the given preferred_username already exists.",
    );
    home.call(&ada, "SetUserMFAPreference", wish(false))
        .await
        .ok();
    assert!(home.told("ada").is_empty());
}

#[tokio::test]
async fn a_change_that_does_not_last_is_not_told_and_ends_nothing() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    let (other, ada) = (home.sign_in("ada").await, home.sign_in("ada").await);
    let faults = home.house.s.app.store.faults.clone();
    faults.fail_commits(true);
    let mut body = wish(true);
    body["AccessToken"] = ada.tokens["AccessToken"].clone();
    let request = home.house.s.http.post(&home.house.s.url);
    let operation = "AWSCognitoIdentityProviderService.SetUserMFAPreference";
    let request = request
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", operation);
    let answer = request.body(body.to_string()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 500);
    faults.fail_commits(false);
    assert!(home.told("ada").is_empty());
    assert!(home.stands(&other).await);
    home.call(&ada, "SetUserMFAPreference", wish(true))
        .await
        .ok();
    assert_eq!(home.told("ada").len(), 1);
}

#[tokio::test]
async fn mail_that_fails_undoes_nothing() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    let ada = home.sign_in("ada").await;
    home.house.s.mailer.refuse(true);
    let change = json!({ "PreviousPassword": PASSWORD, "ProposedPassword": NEW_PASSWORD });
    home.call(&ada, "ChangePassword", change).await.ok();
    home.house.s.app.jobs.finish().await;
    assert!(home.house.s.mailer.sent().is_empty());
    home.try_sign_in("ada", NEW_PASSWORD).await.ok();
}

#[tokio::test]
async fn a_mailbox_takes_so_much_news_in_an_hour() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    let ada = home.sign_in("ada").await;
    for round in 0..25 {
        let on = round % 2 == 0;
        home.call(&ada, "SetUserMFAPreference", wish(on)).await.ok();
    }
    assert_eq!(home.told("ada").len(), 20);
    home.house.s.clock().advance(Span::minutes(61));
    let ada = home.try_sign_in("ada", PASSWORD).await.ok();
    assert_eq!(ada["ChallengeName"], "SMS_MFA", "the last change was made");
    let body = json!({ "Username": "ada", "SMSMfaSettings": { "Enabled": false } });
    home.admin("AdminSetUserMFAPreference", body).await.ok();
    assert_eq!(home.told("ada").len(), 21);
}

#[tokio::test]
async fn who_resets_a_password_is_told() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    let asked = json!({ "ClientId": home.client, "Username": "ada" });
    home.house.s.api("ForgotPassword", asked).await.ok();
    let body = json!({
        "ClientId": home.client, "Username": "ada", "Password": NEW_PASSWORD,
        "ConfirmationCode": home.house.s.code_to("ada@example.com"),
    });
    home.house.s.api("ConfirmForgotPassword", body).await.ok();
    let told = home.told("ada");
    assert_eq!(told.len(), 1);
    assert!(told[0].text.starts_with("The password of your account ada"));
}
