//! Messages to one address are limited, however many accounts name it (security.md I7).

use poolhouse::time::Span;
use serde_json::{Value, json};

use super::{client, pool};
use crate::support::{Answer, Server};

const LIMIT: u32 = 4;
const TEXT: &str = "Attempt limit exceeded, please try after some time.";

struct Flood {
    s: Server,
    pool: String,
    client: Value,
}

impl Flood {
    async fn with(limit: Option<u32>) -> Self {
        let s = Server::with(|config| config.messages_per_hour = limit).await;
        let pool = pool(&s, json!({ "AutoVerifiedAttributes": ["email"] })).await;
        let client = client(&s, &pool, json!({})).await["ClientId"].clone();
        Self { s, pool, client }
    }

    async fn sign_up(&self, name: &str, email: &str) -> Answer {
        let attributes = json!([{ "Name": "email", "Value": email }]);
        let request = json!({ "ClientId": self.client, "Username": name, "Password": "Correct-Horse1",
            "UserAttributes": attributes });
        self.s.api("SignUp", request).await
    }

    fn mails(&self) -> usize {
        self.s.mailer.sent().len()
    }
}

#[tokio::test]
async fn many_accounts_with_one_address_do_not_flood_it() {
    let f = Flood::with(Some(LIMIT)).await;
    for n in 0..LIMIT {
        let email = ["victim@example.com", "Victim@Example.com"][n as usize % 2];
        f.sign_up(&format!("u{n}"), email).await.ok();
    }
    for n in 0..20 {
        let refused = f.sign_up(&format!("x{n}"), "VICTIM@example.com").await;
        refused.error("LimitExceededException", TEXT);
    }
    assert_eq!(f.mails(), LIMIT as usize);
    // Nothing is left of what was refused; other addresses and other pools are not touched.
    let gone = json!({ "UserPoolId": f.pool, "Username": "x0" });
    let gone = f.s.api("AdminGetUser", gone).await;
    gone.error("UserNotFoundException", "User does not exist.");
    f.sign_up("other", "other@example.com").await.ok();
    let resend = json!({ "ClientId": f.client, "Username": "u0" });
    let refused = f.s.api("ResendConfirmationCode", resend.clone()).await;
    refused.error("LimitExceededException", TEXT);
    f.s.clock().advance(Span::hours(1));
    f.s.api("ResendConfirmationCode", resend).await.ok();
}

#[tokio::test]
async fn resets_and_changed_addresses_count_too() {
    let f = Flood::with(Some(LIMIT)).await;
    let user = |name: &str, email: &str| {
        json!({ "UserPoolId": f.pool, "Username": name, "MessageAction": "SUPPRESS", "UserAttributes": [
            { "Name": "email", "Value": email }, { "Name": "email_verified", "Value": "true" }] })
    };
    for (name, email) in [("ann", "ann@example.com"), ("eve", "eve@example.com")] {
        f.s.api("AdminCreateUser", user(name, email)).await.ok();
        let password = json!({ "UserPoolId": f.pool, "Username": name, "Password": "Correct-Horse1",
            "Permanent": true });
        f.s.api("AdminSetUserPassword", password).await.ok();
    }
    let forgot = json!({ "ClientId": f.client, "Username": "ann" });
    for _ in 0..LIMIT {
        f.s.api("ForgotPassword", forgot.clone()).await.ok();
    }
    for _ in 0..20 {
        let refused = f.s.api("ForgotPassword", forgot.clone()).await;
        refused.error("LimitExceededException", TEXT);
    }
    let change = json!({ "UserPoolId": f.pool, "Username": "eve",
        "UserAttributes": [{ "Name": "email", "Value": "ann@example.com" }] });
    let refused = f.s.api("AdminUpdateUserAttributes", change).await;
    refused.error("TooManyRequestsException", "Rate exceeded");
    assert_eq!(f.mails(), LIMIT as usize);
}

#[tokio::test]
async fn where_nothing_leaves_the_machine_there_is_no_limit() {
    for limit in [None, Some(0)] {
        let f = Flood::with(limit).await;
        for n in 0..40 {
            f.sign_up(&format!("u{n}"), "me@example.com").await.ok();
        }
        assert_eq!(f.mails(), 40);
    }
}
