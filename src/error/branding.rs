//! Texts about branding and terms documents.
//!
//! All but the ones about a missing domain and about provided values are ours
//! (docs/differences.md).

use super::{Code, Error};

texts! {
    customization_without_domain => InvalidParameter "There has to be an existing domain associated with this user pool";
    branding_values => InvalidParameter "useCognitoProvidedValues or settings should be specified (but not both)";
    branding_assets => InvalidParameter "Assets cannot be specified with useCognitoProvidedValues";
    too_many_assets => InvalidParameter "A managed login branding style can have at most 40 assets.";
    logo_format => InvalidParameter "ImageFile must be a PNG or JPEG image.";
    css_comment => InvalidParameter "CSS has a comment that does not end.";
    css_block => InvalidParameter "CSS has a rule that does not end.";
}

impl Error {
    /// `CSS rule {rule} is not supported.`
    pub fn css_at_rule(rule: &str) -> Self {
        Self::invalid_parameter(format!("CSS rule {} is not supported.", short(rule)))
    }

    /// `CSS selector {selector} is not supported.`
    pub fn css_selector(selector: &str) -> Self {
        Self::invalid_parameter(format!(
            "CSS selector {} is not supported.",
            short(selector)
        ))
    }

    /// `CSS property {property} is not supported.`
    pub fn css_property(property: &str) -> Self {
        Self::invalid_parameter(format!(
            "CSS property {} is not supported.",
            short(property)
        ))
    }

    /// `CSS value of {property} is not supported.`
    pub fn css_value(property: &str) -> Self {
        Self::invalid_parameter(format!(
            "CSS value of {} is not supported.",
            short(property)
        ))
    }

    /// `Asset {category} is not a valid {extension} image.`
    pub fn asset_format(category: &str, extension: &str) -> Self {
        Self::invalid_parameter(format!(
            "Asset {category} is not a valid {extension} image."
        ))
    }

    /// `Asset {category} requires Bytes.`
    pub fn asset_without_bytes(category: &str) -> Self {
        Self::invalid_parameter(format!("Asset {category} requires Bytes."))
    }

    /// `Asset {category} is specified more than once for {mode}.`
    pub fn asset_twice(category: &str, mode: &str) -> Self {
        Self::invalid_parameter(format!(
            "Asset {category} is specified more than once for {mode}."
        ))
    }

    /// `Managed login branding {id} does not exist.`
    pub fn branding_not_found(id: &str) -> Self {
        Self::new(
            Code::ResourceNotFound,
            format!("Managed login branding {id} does not exist."),
        )
    }

    /// `Managed login branding for client {id} does not exist.`
    pub fn branding_of_client_not_found(client: &str) -> Self {
        Self::new(
            Code::ResourceNotFound,
            format!("Managed login branding for client {client} does not exist."),
        )
    }

    /// `Managed login branding already exists for client: {id}`
    pub fn branding_exists(client: &str) -> Self {
        Self::new(
            Code::ManagedLoginBrandingExists,
            format!("Managed login branding already exists for client: {client}"),
        )
    }

    /// `Terms {id} does not exist.`
    pub fn terms_not_found(id: &str) -> Self {
        Self::new(
            Code::ResourceNotFound,
            format!("Terms {id} does not exist."),
        )
    }

    /// `Terms {name} already exists for client: {id}`
    pub fn terms_exist(name: &str, client: &str) -> Self {
        Self::new(
            Code::TermsExists,
            format!("Terms {name} already exists for client: {client}"),
        )
    }
}

/// As much of a piece of CSS as a message repeats.
fn short(text: &str) -> String {
    text.trim().chars().take(64).collect()
}
