//! The demo pool of an empty dev store (product decision 4). Its ids, client secret and user are
//! fixed and documented, so that the README's examples can be pasted; its keys are not.

use crate::app::App;
use crate::domain::admin_users::{self, Invite, NewUser};
use crate::domain::attributes::Given;
use crate::domain::clients::{self, NewClient};
use crate::domain::hooks::Metadata;
use crate::domain::pools::{self, NewPool};
use crate::domain::resource_servers::{self, Wanted};
use crate::domain::{domains, groups, password};
use crate::error::{Code, Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::secret::Secret;
use crate::settings::client::{AuthFlowSetting, ClientSettings, ExistenceErrors, OAuthFlow};
use crate::settings::domain::DomainSettings;
use crate::settings::pool::{Alias, Contact, PoolSettings, SchemaAttribute, UsernameConfiguration};
use crate::store::audit::Actor;
use crate::store::resource_servers::Scope;

/// The pool's id, in the default region.
pub const POOL: &str = "us-east-1_PoolHouse";
/// A public client for pages, SRP and passwords.
pub const CLIENT: &str = "demopublic0000000000000000";
/// A confidential client for `client_credentials` and secret hashes.
pub const SECRET_CLIENT: &str = "demosecret0000000000000000";
/// The confidential client's secret.
pub const SECRET: &str = "demosecretdemosecretdemosecretdemosecretdemosecret00";
/// The user's name.
pub const USERNAME: &str = "demo";
/// The user's e-mail address, verified.
pub const EMAIL: &str = "demo@example.com";
/// The user's password.
pub const PASSWORD: &str = "Demo-Password-1";
/// Where the hosted pages may send the browser; the first is in every example.
pub const CALLBACKS: [&str; 2] = ["http://localhost:3000/", "http://localhost:3000/callback"];

/// Where signing out may send the browser.
pub const LOGOUT: &str = "http://localhost:3000/";

const DOMAIN: &str = "poolhouse-demo";
const RESOURCE_SERVER: &str = "demo-api";
const GROUPS: [(&str, i64); 2] = [("admins", 1), ("members", 10)];

/// Makes the demo pool if the store has no pool at all and the server was not told to do without.
/// Gives whether the demo pool is there.
pub async fn ensure(app: &App, actor: &Actor) -> Result<bool> {
    let pool = id()?;
    if app.config.no_demo {
        return Ok(false);
    }
    if pools::any(app).await? {
        return Ok(pools::get(app, &pool).await.is_ok());
    }
    let new = NewPool {
        id: Some(pool.clone()),
        region: pool.region().to_owned(),
        account: app.config.account_id.clone(),
        name: "demo".to_owned(),
        settings: pool_settings(),
        schema: vec![SchemaAttribute {
            name: Some("email".to_owned()),
            required: Some(true),
            mutable: Some(true),
            ..SchemaAttribute::default()
        }],
        ..NewPool::default()
    };
    match pools::create(app, actor, new).await {
        Ok(_) => furnish(app, actor, &pool).await?,
        // Another server that starts on the same empty database makes it.
        Err(error) if error.code == Code::InvalidParameter => {}
        Err(error) => return Err(error),
    }
    Ok(true)
}

async fn furnish(app: &App, actor: &Actor, pool: &PoolId) -> Result<()> {
    domains::create(app, actor, pool, DOMAIN, DomainSettings::default()).await?;
    let scope = |name: &str, what: &str| Scope {
        scope_name: name.to_owned(),
        scope_description: what.to_owned(),
    };
    let server = Wanted {
        pool: pool.clone(),
        identifier: RESOURCE_SERVER.to_owned(),
        name: "Demo API".to_owned(),
        scopes: vec![scope("read", "Read"), scope("write", "Write")],
    };
    resource_servers::create(app, actor, server).await?;
    for client in [public_client(pool)?, secret_client(pool)?] {
        clients::create(app, actor, client).await?;
    }
    for (name, precedence) in GROUPS {
        let group = groups::Wanted {
            pool: pool.clone(),
            name: name.to_owned(),
            description: None,
            role_arn: None,
            precedence: Some(precedence),
        };
        groups::create(app, actor, group).await?;
    }
    add_user(app, actor, pool).await
}

async fn add_user(app: &App, actor: &Actor, pool: &PoolId) -> Result<()> {
    let given = |name: &str, value: &str| Given {
        name: name.to_owned(),
        value: Some(value.to_owned()),
    };
    let new = NewUser {
        username: USERNAME.to_owned(),
        attributes: vec![given("email", EMAIL), given("email_verified", "true")],
        validation_data: Vec::new(),
        force_alias_creation: false,
        suppress: true,
        invite: Invite {
            password: None,
            media: None,
            metadata: &Metadata::new(),
        },
    };
    admin_users::create(app, actor, pool, new).await?;
    let password = Secret::new(PASSWORD.to_owned());
    let set = (&password, password::Kind::Permanent);
    admin_users::set_password(app, actor, pool, USERNAME, set).await?;
    groups::add_user(app, actor, pool, ("members", USERNAME)).await
}

fn id() -> Result<PoolId> {
    PoolId::parse(POOL).map_err(Error::internal)
}

fn pool_settings() -> PoolSettings {
    PoolSettings {
        auto_verified_attributes: Some(vec![Contact::Email]),
        alias_attributes: Some(vec![Alias::Email]),
        username_configuration: Some(UsernameConfiguration {
            case_sensitive: Some(false),
        }),
        ..PoolSettings::default()
    }
}

fn public_client(pool: &PoolId) -> Result<NewClient> {
    let texts = |all: &[&str]| Some(all.iter().map(|&text| text.to_owned()).collect());
    Ok(NewClient {
        pool: pool.clone(),
        id: Some(ClientId::parse(CLIENT).map_err(Error::internal)?),
        name: "demo-web".to_owned(),
        generate_secret: false,
        secret: None,
        settings: ClientSettings {
            explicit_auth_flows: Some(vec![
                AuthFlowSetting::AllowUserPassword,
                AuthFlowSetting::AllowUserSrp,
                AuthFlowSetting::AllowRefreshToken,
            ]),
            supported_identity_providers: texts(&["COGNITO"]),
            callback_urls: texts(&CALLBACKS),
            logout_urls: texts(&[LOGOUT]),
            allowed_oauth_flows: Some(vec![OAuthFlow::Code]),
            allowed_oauth_scopes: texts(&[
                "openid",
                "email",
                "profile",
                "aws.cognito.signin.user.admin",
            ]),
            allowed_oauth_flows_user_pool_client: Some(true),
            prevent_user_existence_errors: Some(ExistenceErrors::Enabled),
            ..ClientSettings::default()
        },
    })
}

fn secret_client(pool: &PoolId) -> Result<NewClient> {
    let scopes = ["read", "write"].map(|scope| format!("{RESOURCE_SERVER}/{scope}"));
    Ok(NewClient {
        pool: pool.clone(),
        id: Some(ClientId::parse(SECRET_CLIENT).map_err(Error::internal)?),
        name: "demo-server".to_owned(),
        generate_secret: false,
        secret: Some(Secret::new(SECRET.to_owned())),
        settings: ClientSettings {
            explicit_auth_flows: Some(vec![
                AuthFlowSetting::AllowAdminUserPassword,
                AuthFlowSetting::AllowUserPassword,
                AuthFlowSetting::AllowRefreshToken,
            ]),
            allowed_oauth_flows: Some(vec![OAuthFlow::ClientCredentials]),
            allowed_oauth_scopes: Some(scopes.into()),
            allowed_oauth_flows_user_pool_client: Some(true),
            prevent_user_existence_errors: Some(ExistenceErrors::Enabled),
            ..ClientSettings::default()
        },
    })
}
