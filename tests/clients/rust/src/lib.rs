//! A place to test in: pools, clients and people on the server that `POOLHOUSE_URL` names.

use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::Credentials;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, ExplicitAuthFlowsType, MessageActionType, UserPoolClientType,
    VerifiedAttributeType,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A password that the policy of a new pool accepts.
pub const PASSWORD: &str = "Correct-Horse1!";
/// Another one.
pub const OTHER_PASSWORD: &str = "Battery-Staple2?";

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A name that no other test uses, in this run or another.
pub fn fresh(prefix: &str) -> String {
    format!(
        "{prefix}{}-{}",
        NUMBER.fetch_add(1, Ordering::Relaxed),
        process::id()
    )
}

/// An e-mail address that nobody has.
pub fn new_email() -> String {
    format!("{}@example.com", fresh("person"))
}

/// An attribute of a user.
pub fn attribute(name: &str, value: &str) -> AttributeType {
    AttributeType::builder()
        .name(name)
        .value(value)
        .build()
        .unwrap()
}

/// The value of an attribute in a list.
pub fn value<'a>(attributes: &'a [AttributeType], name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|attribute| attribute.name() == name)?
        .value()
}

/// The hash by which a client with a secret proves itself.
pub fn secret_hash(username: &str, client: &UserPoolClientType) -> String {
    let secret = client.client_secret().expect("the client has a secret");
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(username.as_bytes());
    mac.update(client.client_id().unwrap().as_bytes());
    aws_smithy_types::base64::encode(mac.finalize().into_bytes())
}

/// The address of the server.
pub fn url() -> String {
    env::var("POOLHOUSE_URL").expect("POOLHOUSE_URL is not set: run tests/clients/run --suite rust")
}

/// The SDK, configured as an app does it: only the endpoint is Poolhouse's.
pub async fn connect() -> Client {
    let shared = aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(url())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "poolhouse"))
        .load()
        .await;
    Client::new(&shared)
}

/// A pool that verifies e-mail addresses.
pub struct Pool {
    /// The SDK.
    pub idp: Client,
    /// The pool's id.
    pub id: String,
}

impl Pool {
    /// A new pool.
    pub async fn new() -> Self {
        let idp = connect().await;
        let verified = VerifiedAttributeType::Email;
        let made = idp
            .create_user_pool()
            .pool_name(fresh("pool"))
            .auto_verified_attributes(verified)
            .send()
            .await;
        let id = made.unwrap().user_pool.unwrap().id.unwrap();
        Self { idp, id }
    }

    /// A new app client with every flow that needs no other library.
    pub async fn client(&self, secret: bool) -> UserPoolClientType {
        let made = self
            .idp
            .create_user_pool_client()
            .user_pool_id(&self.id)
            .client_name(fresh("app"))
            .generate_secret(secret)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowAdminUserPasswordAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
            .send()
            .await;
        made.unwrap().user_pool_client.unwrap()
    }

    /// A CONFIRMED user with a verified address: the name and the address.
    pub async fn person(&self) -> (String, String) {
        let (username, email) = (fresh("user"), new_email());
        self.idp
            .admin_create_user()
            .user_pool_id(&self.id)
            .username(&username)
            .user_attributes(attribute("email", &email))
            .user_attributes(attribute("email_verified", "true"))
            .message_action(MessageActionType::Suppress)
            .send()
            .await
            .unwrap();
        let set = self
            .idp
            .admin_set_user_password()
            .user_pool_id(&self.id)
            .username(&username);
        set.password(PASSWORD).permanent(true).send().await.unwrap();
        (username, email)
    }
}

/// The code in the newest message to an address, read from the mailbox as a test suite does it.
pub async fn code(to: &str) -> String {
    let url = url();
    let address = url.strip_prefix("http://").unwrap().trim_end_matches('/');
    let mut stream = TcpStream::connect(address).await.unwrap();
    let asked = format!(
        "GET /_poolhouse/messages/wait?to={to}&timeout=10 HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(asked.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (_, rest) = answer
        .split_once("\"code\":\"")
        .unwrap_or_else(|| panic!("no code was sent to {to}: {answer}"));
    rest.split('"').next().unwrap().to_owned()
}
