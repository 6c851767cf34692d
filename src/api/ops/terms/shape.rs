//! `TermsType` and `TermsDescriptionType`.

use serde::Serialize;

use crate::settings::branding::{Enforcement, TermsName, TermsSource};
use crate::store::terms::{Links, Terms};
use crate::time::EpochSeconds;

/// The answer of Create, Update and both Describe operations.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    terms: TermsType,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TermsType {
    terms_id: String,
    user_pool_id: String,
    client_id: String,
    terms_name: TermsName,
    terms_source: TermsSource,
    enforcement: Enforcement,
    links: Links,
    creation_date: EpochSeconds,
    last_modified_date: EpochSeconds,
}

impl From<Terms> for Response {
    fn from(terms: Terms) -> Self {
        Self {
            terms: TermsType {
                terms_id: terms.id,
                user_pool_id: terms.pool.to_string(),
                client_id: terms.client.to_string(),
                terms_name: terms.name,
                terms_source: TermsSource::Link,
                enforcement: Enforcement::None,
                links: terms.links,
                creation_date: terms.created.into(),
                last_modified_date: terms.modified.into(),
            },
        }
    }
}

/// A document in a list.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TermsDescriptionType {
    terms_id: String,
    terms_name: TermsName,
    enforcement: Enforcement,
    creation_date: EpochSeconds,
    last_modified_date: EpochSeconds,
}

impl From<Terms> for TermsDescriptionType {
    fn from(terms: Terms) -> Self {
        Self {
            terms_id: terms.id,
            terms_name: terms.name,
            enforcement: Enforcement::None,
            creation_date: terms.created.into(),
            last_modified_date: terms.modified.into(),
        }
    }
}
