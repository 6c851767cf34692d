//! Ready links to the sign-in pages of the server, for the front page of dev mode.

use form_urlencoded::Serializer;

use crate::app::App;
use crate::error::Result;
use crate::ids::ClientId;
use crate::settings::client::OAuthFlow;
use crate::store::clients::{self, Client};
use crate::store::{domains, pools};

/// So many pools are shown, and so many clients of each.
const MOST: i64 = 20;

/// A pool and where people sign in to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolLinks {
    /// The name of the pool.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Name, sign-in page (a path on this server) and id of each client that has one.
    pub apps: Vec<(String, String, ClientId)>,
}

/// The newest pools of the server, of whichever region and account.
pub async fn newest_pools(app: &App) -> Result<Vec<PoolLinks>> {
    let mut db = app.store.read().await?;
    let mut links = Vec::new();
    for pool in pools::newest(&mut db, MOST).await? {
        let mut apps = Vec::new();
        if !domains::of_pool(&mut db, &pool.id).await?.is_empty() {
            for (id, _) in clients::page(&mut db, &pool.id, None, (None, MOST)).await? {
                let client = clients::find(&mut db, &id).await?;
                apps.extend(client.and_then(|client| {
                    let query = sign_in(&client)?;
                    let href = format!("/{}/login?{query}", client.pool);
                    Some((client.name, href, client.id))
                }));
            }
        }
        links.push(PoolLinks {
            name: pool.name,
            id: pool.id.to_string(),
            apps,
        });
    }
    Ok(links)
}

/// The query of the sign-in page of a client for an answer at its first callback URL: a code, or else tokens;
/// none if the client can ask for neither.
pub fn sign_in(client: &Client) -> Option<String> {
    let settings = &client.settings;
    let flows = [(OAuthFlow::Code, "code"), (OAuthFlow::Implicit, "token")];
    let (_, response_type) = flows
        .into_iter()
        .find(|(flow, _)| settings.allows_oauth(*flow))?;
    let redirect_uri = settings.callback_urls.as_ref()?.first()?;
    let scopes = settings.allowed_oauth_scopes.as_deref().unwrap_or_default();
    let query = Serializer::new(String::new())
        .append_pair("client_id", client.id.as_str())
        .append_pair("response_type", response_type)
        .append_pair("scope", &scopes.join(" "))
        .append_pair("redirect_uri", redirect_uri)
        .finish();
    Some(query)
}
