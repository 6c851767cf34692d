//! PreTokenGeneration: other claims, scopes and groups for the tokens that are about to be signed.
//! What may be changed is `domain::overrides`' to say.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::ask::{Question, add_metadata, ask, request};
use super::{Event, TokenSource};
use crate::app::App;
use crate::domain::claims::GroupClaims;
use crate::domain::groups;
use crate::domain::overrides::{Changes, GroupOverride, Overrides};
use crate::error::{Error, Result};
use crate::settings::pool::LambdaConfig;
use crate::store::pools::Pool;

/// The most of claims that tokens are made of, in bytes of JSON.
const LARGEST: usize = 64 << 10;

/// Which event a pool's function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
    Three,
}

/// Before tokens are signed. For a client's own token only version 3 of the event is sent.
pub async fn pre_token_generation(
    app: &App,
    event: Event<'_>,
    source: TokenSource,
    scope: &str,
) -> Result<Overrides> {
    let Some((arn, version)) = function(event.pool) else {
        return Ok(Overrides::default());
    };
    if source == TokenSource::ClientCredentials && version != Version::Three {
        return Ok(Overrides::default());
    }
    let mut request = request(&event);
    let configuration = group_configuration(app, event).await?;
    request.insert("groupConfiguration".to_owned(), configuration);
    let slot = if version == Version::One {
        "claimsOverrideDetails"
    } else {
        let scopes: Vec<&str> = scope.split(' ').filter(|s| !s.is_empty()).collect();
        request.insert("scopes".to_owned(), json!(scopes));
        "claimsAndScopeOverrideDetails"
    };
    add_metadata(&mut request, event.metadata);
    let question = Question {
        trigger: "PreTokenGeneration",
        source: source.as_str().to_owned(),
        arn,
        version: match version {
            Version::One => "1",
            Version::Two => "2",
            Version::Three => "3",
        },
        request: Value::Object(request),
        response: json!({ slot: null }),
    };
    let overrides = if version == Version::One {
        let answer: AnswerOne = ask(app, event, question).await?;
        answer.claims_override_details.map(Overrides::from)
    } else {
        let answer: AnswerTwo = ask(app, event, question).await?;
        answer
            .claims_and_scope_override_details
            .map(Overrides::from)
    };
    let overrides = overrides.unwrap_or_default();
    let spaced = |scope: &String| scope.is_empty() || scope.contains(char::is_whitespace);
    let size = serde_json::to_vec(&overrides).map_or(usize::MAX, |bytes| bytes.len());
    if size > LARGEST || overrides.scopes_to_add.iter().any(spaced) {
        return Err(Error::trigger_output_unrecognizable());
    }
    Ok(overrides)
}

async fn group_configuration(app: &App, event: Event<'_>) -> Result<Value> {
    let groups = match event.user {
        Some(user) => {
            let mut db = app.store.read().await?;
            groups::of_user(&mut db, &user.pool, &user.sub).await?
        }
        None => Vec::new(),
    };
    let claims = GroupClaims::of(&groups);
    Ok(json!({
        "groupsToOverride": claims.groups,
        "iamRolesToOverride": claims.roles,
        "preferredRole": claims.preferred_role,
    }))
}

fn function(pool: &Pool) -> Option<(&str, Version)> {
    let config: &LambdaConfig = pool.settings().lambda_config.as_ref()?;
    let Some(versioned) = &config.pre_token_generation_config else {
        let arn = config.pre_token_generation.as_deref()?;
        return Some((arn, Version::One));
    };
    let arn = versioned.lambda_arn.as_deref()?;
    let version = match versioned.lambda_version.as_deref() {
        Some("V3_0") => Version::Three,
        Some("V2_0") => Version::Two,
        _ => Version::One,
    };
    Some((arn, version))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnswerOne {
    claims_override_details: Option<DetailsOne>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetailsOne {
    claims_to_add_or_override: Option<std::collections::BTreeMap<String, String>>,
    claims_to_suppress: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    group_override_details: Option<GroupDetails>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnswerTwo {
    claims_and_scope_override_details: Option<DetailsTwo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetailsTwo {
    id_token_generation: Option<TokenDetails>,
    access_token_generation: Option<TokenDetails>,
    #[serde(default, deserialize_with = "present")]
    group_override_details: Option<GroupDetails>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenDetails {
    claims_to_add_or_override: Option<Map<String, Value>>,
    claims_to_suppress: Option<Vec<String>>,
    scopes_to_add: Option<Vec<String>>,
    scopes_to_suppress: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupDetails {
    groups_to_override: Option<Vec<String>>,
    iam_roles_to_override: Option<Vec<String>>,
    preferred_role: Option<String>,
}

/// A member that is null is there, unlike one that is not: it takes the groups away.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<GroupDetails>, D::Error> {
    let details: Option<GroupDetails> = Option::deserialize(deserializer)?;
    Ok(Some(details.unwrap_or_default()))
}

fn group_override(details: GroupDetails) -> GroupOverride {
    GroupOverride {
        groups: details.groups_to_override.unwrap_or_default(),
        roles: details.iam_roles_to_override.unwrap_or_default(),
        preferred: details.preferred_role,
    }
}

impl From<DetailsOne> for Overrides {
    fn from(details: DetailsOne) -> Self {
        let set = details.claims_to_add_or_override.unwrap_or_default();
        let set = set
            .into_iter()
            .map(|(name, text)| (name, Value::from(text)));
        Self {
            id: Changes {
                set: set.collect(),
                suppress: details.claims_to_suppress.unwrap_or_default(),
            },
            groups: details.group_override_details.map(group_override),
            ..Self::default()
        }
    }
}

impl From<DetailsTwo> for Overrides {
    fn from(details: DetailsTwo) -> Self {
        let changes = |set: Option<Map<String, Value>>, suppress: Option<Vec<String>>| Changes {
            set: set.unwrap_or_default(),
            suppress: suppress.unwrap_or_default(),
        };
        let id = details.id_token_generation.unwrap_or_default();
        let access = details.access_token_generation.unwrap_or_default();
        Self {
            id: changes(id.claims_to_add_or_override, id.claims_to_suppress),
            access: changes(access.claims_to_add_or_override, access.claims_to_suppress),
            scopes_to_add: access.scopes_to_add.unwrap_or_default(),
            scopes_to_suppress: access.scopes_to_suppress.unwrap_or_default(),
            groups: details.group_override_details.map(group_override),
        }
    }
}
