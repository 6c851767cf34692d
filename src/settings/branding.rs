//! The pictures of a managed-login branding style, and the languages of terms documents, in AWS's
//! names.

use crate::names;

names! {
    /// What a picture is for.
    pub enum AssetCategory {
        FaviconIco = "FAVICON_ICO",
        FaviconSvg = "FAVICON_SVG",
        EmailGraphic = "EMAIL_GRAPHIC",
        SmsGraphic = "SMS_GRAPHIC",
        AuthAppGraphic = "AUTH_APP_GRAPHIC",
        PasswordGraphic = "PASSWORD_GRAPHIC",
        PasskeyGraphic = "PASSKEY_GRAPHIC",
        PageHeaderLogo = "PAGE_HEADER_LOGO",
        PageHeaderBackground = "PAGE_HEADER_BACKGROUND",
        PageFooterLogo = "PAGE_FOOTER_LOGO",
        PageFooterBackground = "PAGE_FOOTER_BACKGROUND",
        PageBackground = "PAGE_BACKGROUND",
        FormBackground = "FORM_BACKGROUND",
        FormLogo = "FORM_LOGO",
        IdpButtonIcon = "IDP_BUTTON_ICON",
    }

    /// When a picture is shown: in light pages, in dark ones, in both.
    pub enum ColorMode {
        Light = "LIGHT",
        Dark = "DARK",
        Dynamic = "DYNAMIC",
    }

    /// What kind of file a picture is.
    pub enum Extension {
        Ico = "ICO",
        Jpeg = "JPEG",
        Png = "PNG",
        Svg = "SVG",
        Webp = "WEBP",
    }

    /// Which document of terms.
    pub enum TermsName {
        TermsOfUse = "terms-of-use",
        PrivacyPolicy = "privacy-policy",
    }

    /// Where a document of terms is: so far always behind a link.
    pub enum TermsSource {
        Link = "LINK",
    }

    /// Whether a document of terms must be agreed to: so far never.
    pub enum Enforcement {
        None = "NONE",
    }
}

impl Extension {
    /// The end of a file name.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Ico => "ico",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Webp => "webp",
        }
    }

    /// The media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Ico => "image/x-icon",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
            Self::Webp => "image/webp",
        }
    }

    /// The kind of file with this end of its name.
    pub fn from_suffix(suffix: &str) -> Option<Self> {
        [Self::Ico, Self::Jpeg, Self::Png, Self::Svg, Self::Webp]
            .into_iter()
            .find(|extension| extension.suffix() == suffix)
    }
}
