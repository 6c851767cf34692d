//! `UserContextData` and `ContextData`: what an application says of the person it speaks for.

use serde::Deserialize;

use crate::domain::risk::origin::Given;
use crate::secret::Secret;

/// `UserContextDataType`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserContextData {
    ip_address: Option<Secret<String>>,
    encoded_data: Option<Secret<String>>,
}

/// `ContextDataType`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContextData {
    ip_address: String,
    #[serde(default)]
    http_headers: Vec<HttpHeader>,
    encoded_data: Option<String>,
}

/// `HttpHeader`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpHeader {
    header_name: Option<String>,
    header_value: Option<String>,
}

impl From<UserContextData> for Given {
    fn from(data: UserContextData) -> Self {
        Self {
            ip: data.ip_address.map(|ip| ip.expose().clone()),
            encoded: data.encoded_data.map(|text| text.expose().clone()),
            agent: None,
        }
    }
}

impl From<ContextData> for Given {
    fn from(data: ContextData) -> Self {
        let is_agent = |h: &HttpHeader| {
            let name = h.header_name.as_deref().unwrap_or_default();
            name.eq_ignore_ascii_case("user-agent")
        };
        let agent = data.http_headers.into_iter().find(is_agent);
        Self {
            ip: Some(data.ip_address),
            encoded: data.encoded_data,
            agent: agent.and_then(|header| header.header_value),
        }
    }
}
