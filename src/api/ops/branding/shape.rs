//! `ManagedLoginBrandingType`, `AssetType` and `UICustomizationType`.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::branding::{Given, Shown, Style};
use crate::error::{Error, Result};
use crate::settings::branding::{AssetCategory, ColorMode, Extension};
use crate::store::brandings::Asset;
use crate::time::EpochSeconds;

/// Bytes as JSON carries them: base64.
#[derive(Deserialize)]
pub struct Blob(String);

impl Blob {
    pub fn bytes(&self) -> Result<Vec<u8>> {
        let bytes = STANDARD.decode(&self.0);
        bytes.map_err(|_| Error::serialization("Blobs must be base64"))
    }
}

/// A picture of a request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssetIn {
    category: AssetCategory,
    color_mode: ColorMode,
    extension: Extension,
    bytes: Option<Blob>,
    resource_id: Option<String>,
}

pub fn given(assets: Option<Vec<AssetIn>>) -> Result<Option<Vec<Given>>> {
    let given = |asset: AssetIn| {
        Ok(Given {
            category: asset.category,
            color_mode: asset.color_mode,
            extension: asset.extension,
            bytes: asset.bytes.as_ref().map(Blob::bytes).transpose()?,
            resource_id: asset.resource_id,
        })
    };
    let assets = assets.map(|assets| assets.into_iter().map(given).collect());
    assets.transpose()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssetOut {
    category: AssetCategory,
    color_mode: ColorMode,
    extension: Extension,
    bytes: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_id: Option<String>,
}

impl TryFrom<Asset> for AssetOut {
    type Error = Error;
    fn try_from(asset: Asset) -> Result<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(asset.bytes);
        Ok(Self {
            category: asset.category,
            color_mode: asset.color_mode,
            extension: asset.extension,
            bytes: STANDARD.encode(bytes.map_err(Error::internal)?),
            resource_id: asset.resource_id,
        })
    }
}

/// The answer of Create, Update and both Describe operations.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    managed_login_branding: ManagedLoginBrandingType,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ManagedLoginBrandingType {
    managed_login_branding_id: String,
    user_pool_id: String,
    use_cognito_provided_values: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assets: Vec<AssetOut>,
    creation_date: EpochSeconds,
    last_modified_date: EpochSeconds,
}

impl TryFrom<Style> for Response {
    type Error = Error;
    fn try_from(style: Style) -> Result<Self> {
        let Style { branding, settings } = style;
        let assets: Result<Vec<AssetOut>> = branding
            .assets
            .into_iter()
            .map(AssetOut::try_from)
            .collect();
        Ok(Self {
            managed_login_branding: ManagedLoginBrandingType {
                managed_login_branding_id: branding.id,
                user_pool_id: branding.pool.to_string(),
                use_cognito_provided_values: branding.provided,
                settings,
                assets: assets?,
                creation_date: branding.created.into(),
                last_modified_date: branding.modified.into(),
            },
        })
    }
}

/// The answer of SetUICustomization and GetUICustomization.
#[derive(Serialize)]
pub struct UiResponse {
    #[serde(rename = "UICustomization")]
    customization: UiCustomizationType,
}

/// All members are absent where nothing was set.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UiCustomizationType {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_pool_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<String>,
    #[serde(rename = "CSS", skip_serializing_if = "Option::is_none")]
    css: Option<String>,
    #[serde(rename = "CSSVersion", skip_serializing_if = "Option::is_none")]
    css_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified_date: Option<EpochSeconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_date: Option<EpochSeconds>,
}

impl From<Option<Shown>> for UiResponse {
    fn from(shown: Option<Shown>) -> Self {
        let customization = shown.map(|shown| UiCustomizationType {
            user_pool_id: Some(shown.pool.to_string()),
            client_id: Some(shown.scope),
            image_url: shown.image_url,
            css_version: shown.css.is_some().then(|| shown.modified.compact()),
            css: shown.css,
            last_modified_date: Some(shown.modified.into()),
            creation_date: Some(shown.created.into()),
        });
        Self {
            customization: customization.unwrap_or_default(),
        }
    }
}

/// The client that is meant: `ALL`, like none, is all of them.
pub fn client_of(id: Option<String>) -> Result<Option<crate::ids::ClientId>> {
    let id = id.filter(|id| id != "ALL");
    let parsed = id.map(|id| {
        let missing = Error::client_not_found(&id);
        crate::ids::ClientId::parse(id).map_err(|_| missing)
    });
    parsed.transpose()
}
