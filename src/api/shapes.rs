//! Shapes that several operations share.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::attributes::Given;
use crate::domain::delivery::Details;
use crate::ids::Sub;
use crate::secret::Secret;
use crate::store::groups::Group;
use crate::store::users::{Attributes, Factor, Mfa, User};
use crate::time::EpochSeconds;

/// `{}`: the answer of operations that have an output shape without members.
#[derive(Serialize)]
pub struct Empty {}

/// A request with nothing but the access token, which was read to admit the caller.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SignedInRequest {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Secret<String>,
}

/// `AttributeType`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeType {
    /// The attribute's name.
    pub name: String,
    /// Its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl From<AttributeType> for Given {
    fn from(attribute: AttributeType) -> Self {
        Self {
            name: attribute.name,
            value: attribute.value,
        }
    }
}

/// Attributes as a request gives them.
pub fn given(attributes: Vec<AttributeType>) -> Vec<Given> {
    attributes.into_iter().map(Given::from).collect()
}

/// `CodeDeliveryDetailsType`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CodeDeliveryDetailsType {
    destination: String,
    delivery_medium: &'static str,
    attribute_name: &'static str,
}

impl From<Details> for CodeDeliveryDetailsType {
    fn from(details: Details) -> Self {
        Self {
            destination: details.destination,
            delivery_medium: details.medium.as_str(),
            attribute_name: details.attribute.as_str(),
        }
    }
}

/// A user's second factors. Every member is absent until it is set.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MfaShown {
    #[serde(rename = "MFAOptions", skip_serializing_if = "Option::is_none")]
    mfa_options: Option<[MfaOption; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_mfa_setting: Option<Factor>,
    #[serde(
        rename = "UserMFASettingList",
        skip_serializing_if = "BTreeSet::is_empty"
    )]
    user_mfa_setting_list: BTreeSet<Factor>,
}

/// `MFAOptionType`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MfaOption {
    delivery_medium: &'static str,
    attribute_name: &'static str,
}

impl MfaOption {
    const SMS: Self = Self {
        delivery_medium: "SMS",
        attribute_name: "phone_number",
    };
}

impl From<Mfa> for MfaShown {
    fn from(mfa: Mfa) -> Self {
        Self {
            mfa_options: mfa.options.then_some([MfaOption::SMS]),
            preferred_mfa_setting: mfa.preferred,
            user_mfa_setting_list: mfa.enabled,
        }
    }
}

/// `UserType`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserType {
    username: String,
    attributes: Vec<AttributeType>,
    user_create_date: EpochSeconds,
    user_last_modified_date: EpochSeconds,
    enabled: bool,
    user_status: &'static str,
    /// Absent until the legacy settings are set (SetUserSettings).
    #[serde(rename = "MFAOptions", skip_serializing_if = "Option::is_none")]
    mfa_options: Option<[MfaOption; 1]>,
}

impl From<User> for UserType {
    fn from(user: User) -> Self {
        Self {
            attributes: sub_first(&user.sub, user.attributes),
            username: user.username,
            user_create_date: user.created.into(),
            user_last_modified_date: user.modified.into(),
            enabled: user.enabled,
            user_status: user.status.as_str(),
            mfa_options: user.mfa.options.then_some([MfaOption::SMS]),
        }
    }
}

impl UserType {
    /// The same user with these attributes only; none is all (`AttributesToGet`).
    #[must_use]
    pub fn with(mut self, names: Option<&[String]>) -> Self {
        if let Some(names) = names {
            self.attributes.retain(|shown| names.contains(&shown.name));
        }
        self
    }
}

/// A user's attributes, `sub` first.
pub fn attributes(user: &User) -> Vec<AttributeType> {
    sub_first(&user.sub, user.attributes.clone())
}

fn sub_first(sub: &Sub, stored: Attributes) -> Vec<AttributeType> {
    std::iter::once(("sub".to_owned(), sub.to_string()))
        .chain(stored)
        .map(|(name, value)| AttributeType {
            name,
            value: Some(value),
        })
        .collect()
}

/// `GroupType`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupType {
    group_name: String,
    user_pool_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    precedence: Option<i64>,
    last_modified_date: EpochSeconds,
    creation_date: EpochSeconds,
}

impl From<Group> for GroupType {
    fn from(group: Group) -> Self {
        Self {
            group_name: group.name,
            user_pool_id: group.pool.to_string(),
            description: group.description,
            role_arn: group.role_arn,
            precedence: group.precedence,
            last_modified_date: group.modified.into(),
            creation_date: group.created.into(),
        }
    }
}
