//! The look of the pages: SetUICustomization, managed-login branding, terms; operation by operation.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{client, count, pool};
use crate::support::Server;
use crate::support::house::{House, domain};

pub const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const INVALID: &str = "InvalidParameterException";
const MISSING: &str = "ResourceNotFoundException";

pub fn with(base: &Value, more: &Value) -> Value {
    let mut whole = base.clone();
    super::merge(&mut whole, more);
    whole
}

fn svg(inside: &str) -> String {
    STANDARD.encode(format!(
        "<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>"
    ))
}

#[tokio::test]
async fn a_classic_look_is_set_shown_replaced_and_taken_away() {
    let house = House::open().await;
    let s = &house.s;
    let here = json!({ "UserPoolId": house.pool });
    let mine = with(&here, &json!({ "ClientId": house.client }));
    let none = s.api("GetUICustomization", here.clone()).await.ok();
    assert_eq!(none, json!({ "UICustomization": {} }));

    let css = ".label-customizable { font-weight: 400; }";
    let set = with(&here, &json!({ "CSS": css, "ImageFile": PNG }));
    let set = s.api("SetUICustomization", set).await.ok();
    let shown = &set["UICustomization"];
    assert_eq!(shown["UserPoolId"], json!(house.pool));
    assert_eq!(shown["ClientId"], "ALL");
    assert_eq!(shown["CSS"], css);
    assert_eq!(shown["CSSVersion"].as_str().unwrap().len(), 14);
    let url = shown["ImageUrl"].as_str().unwrap();
    let image = s.http.get(url).send().await.unwrap();
    assert_eq!(image.headers()["content-type"], "image/png");
    assert_eq!(image.bytes().await.unwrap(), STANDARD.decode(PNG).unwrap());
    for ask in [&here, &mine, &with(&here, &json!({ "ClientId": "ALL" }))] {
        assert_eq!(s.api("GetUICustomization", ask.clone()).await.ok(), set);
    }

    // A client's own look takes the whole place of the one for all.
    let own = with(&mine, &json!({ "CSS": ".banner-customizable{padding:0}" }));
    let own = s.api("SetUICustomization", own).await.ok();
    assert_eq!(own["UICustomization"]["ClientId"], json!(house.client));
    assert!(own["UICustomization"].get("ImageUrl").is_none());
    assert_eq!(s.api("GetUICustomization", mine.clone()).await.ok(), own);
    assert_eq!(s.api("GetUICustomization", here.clone()).await.ok(), set);

    // What is not given is removed; nothing at all takes the look away.
    s.api("SetUICustomization", mine.clone()).await.ok();
    assert_eq!(s.api("GetUICustomization", mine.clone()).await.ok(), set);
    s.api("SetUICustomization", here.clone()).await.ok();
    assert_eq!(s.api("GetUICustomization", here).await.ok(), none);
    assert_eq!(s.http.get(url).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_classic_look_is_refused_for_its_reason() {
    let house = House::open().await;
    let s = &house.s;
    let set = async |more: Value| {
        let body = with(&json!({ "UserPoolId": house.pool }), &more);
        s.api("SetUICustomization", body).await
    };
    for (css, text) in [
        ("@import 'x';", "CSS rule @import is not supported."),
        ("body{color:red}", "CSS selector body is not supported."),
        (
            ".logo-customizable{position:fixed}",
            "CSS property position is not supported.",
        ),
        (
            ".logo-customizable{width:url(x)}",
            "CSS value of width is not supported.",
        ),
        (".logo-customizable{", "CSS has a rule that does not end."),
        ("/*", "CSS has a comment that does not end."),
    ] {
        set(json!({ "CSS": css })).await.error(INVALID, text);
    }
    for file in ["R0lGODlhAQABAAAAACw=".to_owned(), svg("")] {
        let text = "ImageFile must be a PNG or JPEG image.";
        set(json!({ "ImageFile": file })).await.error(INVALID, text);
    }
    let other = pool(s, json!({})).await;
    let foreign = client(s, &other, json!({})).await["ClientId"].take();
    let text = format!(
        "User pool client {} does not exist.",
        foreign.as_str().unwrap()
    );
    for operation in ["SetUICustomization", "GetUICustomization"] {
        let body = json!({ "UserPoolId": house.pool, "ClientId": foreign });
        s.api(operation, body).await.error(MISSING, &text);
        let nowhere = json!({ "UserPoolId": "us-east-1_none" });
        let text = "User pool us-east-1_none does not exist.";
        s.api(operation, nowhere).await.error(MISSING, text);
    }
    let text = "There has to be an existing domain associated with this user pool";
    let body = json!({ "UserPoolId": other, "CSS": ".label-customizable{color:red}" });
    s.api("SetUICustomization", body).await.error(INVALID, text);
    assert_eq!(count(s, "ui_customizations", &house.pool).await, 0);
}

pub async fn managed(s: &Server) -> (String, String) {
    let pool = pool(s, json!({})).await;
    let client = client(s, &pool, json!({})).await;
    (pool, client["ClientId"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_style_lives_and_dies() {
    let s = Server::start().await;
    let (pool, client) = managed(&s).await;
    let here = json!({ "UserPoolId": pool });
    let mine = with(&here, &json!({ "ClientId": client }));
    let asset =
        json!({ "Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": PNG });
    let settings = json!({ "components": { "form": { "borderRadius": 4.0 } }, "kept": [null, 1] });
    let create = with(&mine, &json!({ "Settings": settings, "Assets": [asset] }));
    let made = s
        .api("CreateManagedLoginBranding", create.clone())
        .await
        .ok();
    let style = &made["ManagedLoginBranding"];
    assert_eq!(style["Settings"], settings);
    assert_eq!(style["Assets"], json!([asset]));
    assert_eq!(style["UseCognitoProvidedValues"], false);
    let id = style["ManagedLoginBrandingId"].as_str().unwrap();
    let this = with(&here, &json!({ "ManagedLoginBrandingId": id }));
    assert_eq!(
        s.api("DescribeManagedLoginBranding", this.clone())
            .await
            .ok(),
        made
    );
    let by_client = s
        .api("DescribeManagedLoginBrandingByClient", mine.clone())
        .await
        .ok();
    assert_eq!(by_client, made);
    let text = format!("Managed login branding already exists for client: {client}");
    s.api("CreateManagedLoginBranding", create)
        .await
        .error("ManagedLoginBrandingExistsException", &text);

    // The defaults lie under what was set.
    for (operation, ask) in [
        ("DescribeManagedLoginBranding", &this),
        ("DescribeManagedLoginBrandingByClient", &mine),
    ] {
        let ask = with(ask, &json!({ "ReturnMergedResources": true }));
        let merged = s.api(operation, ask).await.ok();
        let settings = &merged["ManagedLoginBranding"]["Settings"];
        assert_eq!(settings["components"]["form"]["borderRadius"], 4.0);
        assert_eq!(
            settings["components"]["form"]["lightMode"]["backgroundColor"],
            "ffffffff"
        );
        assert_eq!(
            settings["categories"]["global"]["colorSchemeMode"],
            "DYNAMIC"
        );
        assert_eq!(settings["kept"], json!([null, 1]));
    }

    // What is not given stays, settings are merged, a picture takes the place of its like.
    let dark = json!({ "Category": "FORM_LOGO", "ColorMode": "DARK", "Extension": "SVG",
        "Bytes": svg(""), "ResourceId": "dark logo" });
    let change = json!({ "Settings": { "components": { "form": { "logo": { "enabled": true } } } },
        "Assets": [dark] });
    let updated = s
        .api("UpdateManagedLoginBranding", with(&this, &change))
        .await
        .ok();
    let style = &updated["ManagedLoginBranding"];
    let form = json!({ "borderRadius": 4.0, "logo": { "enabled": true } });
    assert_eq!(style["Settings"]["components"]["form"], form);
    assert_eq!(style["Assets"], json!([asset, dark]));
    assert_eq!(
        s.api("UpdateManagedLoginBranding", this.clone()).await.ok()["ManagedLoginBranding"]["Assets"],
        json!([asset, dark])
    );
    // A picture that the style has is named by its id.
    let known = json!({ "Category": "PAGE_HEADER_LOGO", "ColorMode": "DYNAMIC", "Extension": "SVG",
        "ResourceId": "dark logo" });
    let change = json!({ "Assets": [known] });
    let updated = s
        .api("UpdateManagedLoginBranding", with(&this, &change))
        .await
        .ok();
    let header = &updated["ManagedLoginBranding"]["Assets"][2];
    assert_eq!(header["Bytes"], dark["Bytes"]);

    let provided = json!({ "UseCognitoProvidedValues": true });
    let updated = s
        .api("UpdateManagedLoginBranding", with(&this, &provided))
        .await
        .ok();
    let style = updated["ManagedLoginBranding"].as_object().unwrap();
    assert_eq!(style["UseCognitoProvidedValues"], true);
    assert!(!style.contains_key("Settings") && !style.contains_key("Assets"));
    assert_eq!(count(&s, "branding_assets", &pool).await, 0);

    let deleted = s.api("DeleteManagedLoginBranding", this.clone()).await.ok();
    assert_eq!(deleted, Value::Null);
    let text = format!("Managed login branding {id} does not exist.");
    for operation in [
        "DescribeManagedLoginBranding",
        "UpdateManagedLoginBranding",
        "DeleteManagedLoginBranding",
    ] {
        s.api(operation, this.clone()).await.error(MISSING, &text);
    }
    let text = format!("Managed login branding for client {client} does not exist.");
    s.api("DescribeManagedLoginBrandingByClient", mine)
        .await
        .error(MISSING, &text);
}

#[tokio::test]
async fn a_style_is_refused_for_its_reason() {
    let s = Server::start().await;
    let (pool, client) = managed(&s).await;
    let mine = json!({ "UserPoolId": pool, "ClientId": client });
    let create = async |more: Value| {
        s.api("CreateManagedLoginBranding", with(&mine, &more))
            .await
    };
    let either = "useCognitoProvidedValues or settings should be specified (but not both)";
    let asset =
        json!({ "Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": PNG });
    for (body, text) in [
        (json!({}), either),
        (json!({ "UseCognitoProvidedValues": false }), either),
        (json!({ "Assets": [asset] }), either),
        (
            json!({ "UseCognitoProvidedValues": true, "Settings": {} }),
            either,
        ),
        (
            json!({ "UseCognitoProvidedValues": true, "Assets": [asset] }),
            "Assets cannot be specified with useCognitoProvidedValues",
        ),
        (
            json!({ "Settings": {}, "Assets": [asset, asset] }),
            "Asset FORM_LOGO is specified more than once for LIGHT.",
        ),
        (
            json!({ "Settings": {}, "Assets": [with(&asset, &json!({ "Extension": "JPEG" }))] }),
            "Asset FORM_LOGO is not a valid JPEG image.",
        ),
        (
            json!({ "Settings": {}, "Assets": [with(&asset, &json!({ "Bytes": "" }))] }),
            "Asset FORM_LOGO requires Bytes.",
        ),
        (
            json!({ "Settings": {}, "Assets": [{ "Category": "FAVICON_SVG", "ColorMode": "DYNAMIC",
                "Extension": "SVG", "Bytes": svg("<script>alert(1)</script>") }] }),
            "Asset FAVICON_SVG is not a valid SVG image.",
        ),
    ] {
        create(body).await.error(INVALID, text);
    }
    let other = super::pool(&s, json!({})).await;
    let foreign =
        json!({ "UserPoolId": other, "ClientId": client, "UseCognitoProvidedValues": true });
    let text = format!("User pool client {client} does not exist.");
    s.api("CreateManagedLoginBranding", foreign)
        .await
        .error(MISSING, &text);
    let foreign = json!({ "UserPoolId": other, "ClientId": client });
    s.api("DescribeManagedLoginBrandingByClient", foreign)
        .await
        .error(MISSING, &text);
    let made = create(json!({ "UseCognitoProvidedValues": true }))
        .await
        .ok();
    let id = &made["ManagedLoginBranding"]["ManagedLoginBrandingId"];
    // Another pool's style is not there.
    let text = format!(
        "Managed login branding {} does not exist.",
        id.as_str().unwrap()
    );
    let foreign = json!({ "UserPoolId": other, "ManagedLoginBrandingId": id });
    for operation in [
        "DescribeManagedLoginBranding",
        "UpdateManagedLoginBranding",
        "DeleteManagedLoginBranding",
    ] {
        s.api(operation, foreign.clone())
            .await
            .error(MISSING, &text);
        let nowhere = json!({ "UserPoolId": "us-east-1_none", "ManagedLoginBrandingId": id });
        let text = "User pool us-east-1_none does not exist.";
        s.api(operation, nowhere).await.error(MISSING, text);
    }
    for (body, text) in [
        (json!({}), "Missing required parameter UserPoolId"),
        (
            json!({ "UserPoolId": pool }),
            "Missing required parameter ManagedLoginBrandingId",
        ),
        (
            json!({ "UserPoolId": pool, "ManagedLoginBrandingId": id, "UseCognitoProvidedValues": false }),
            either,
        ),
        (
            json!({ "UserPoolId": pool, "ManagedLoginBrandingId": id, "Assets": [asset] }),
            "Assets cannot be specified with useCognitoProvidedValues",
        ),
    ] {
        s.api("UpdateManagedLoginBranding", body)
            .await
            .error(INVALID, text);
    }
    // Forty pictures, and then one more.
    let icon = |n: usize| {
        json!({ "Category": "IDP_BUTTON_ICON", "ColorMode": "DYNAMIC",
        "Extension": "PNG", "Bytes": PNG, "ResourceId": format!("idp {n}") })
    };
    let icons = |range: std::ops::Range<usize>| range.map(icon).collect::<Vec<_>>();
    let this = json!({ "UserPoolId": pool, "ManagedLoginBrandingId": id });
    let full = with(&this, &json!({ "Settings": {}, "Assets": icons(0..40) }));
    let full = s.api("UpdateManagedLoginBranding", full).await.ok();
    assert_eq!(
        full["ManagedLoginBranding"]["Assets"]
            .as_array()
            .unwrap()
            .len(),
        40
    );
    let more = with(&this, &json!({ "Assets": icons(40..41) }));
    let text = "A managed login branding style can have at most 40 assets.";
    s.api("UpdateManagedLoginBranding", more)
        .await
        .error(INVALID, text);
}

#[tokio::test]
async fn a_pool_has_a_hundred_styles_at_most() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    for n in 0..=100 {
        let client = client(&s, &pool, json!({})).await["ClientId"].take();
        let body =
            json!({ "UserPoolId": pool, "ClientId": client, "UseCognitoProvidedValues": true });
        let answer = s.api("CreateManagedLoginBranding", body).await;
        if n < 100 {
            answer.ok();
        } else {
            let text = "Managed login branding limit exceeded.";
            answer.error("LimitExceededException", text);
        }
    }
    assert_eq!(count(&s, "managed_login_brandings", &pool).await, 100);
}

/// The operations for styles take 2 MiB, all others one.
#[tokio::test]
async fn a_style_may_be_large() {
    let s = Server::start().await;
    let (pool, client) = managed(&s).await;
    let filler = "x".repeat(1_900_000);
    let body = json!({ "UserPoolId": pool, "ClientId": client, "Settings": { "note": filler } });
    s.api("CreateManagedLoginBranding", body).await.ok();
    let body =
        json!({ "UserPoolId": pool, "ClientId": client, "Settings": { "note": filler.repeat(2) } });
    assert_eq!(s.api("CreateManagedLoginBranding", body).await.status, 413);
}

/// What belongs to a client goes with it.
#[tokio::test]
async fn a_deleted_client_leaves_no_look() {
    let s = Server::start().await;
    let (pool, client) = managed(&s).await;
    domain(&s, &pool).await;
    let mine = json!({ "UserPoolId": pool, "ClientId": client });
    let css = json!({ "CSS": ".label-customizable{color:red}" });
    s.api("SetUICustomization", with(&mine, &css)).await.ok();
    let asset =
        json!({ "Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": PNG });
    let style = json!({ "Settings": {}, "Assets": [asset] });
    s.api("CreateManagedLoginBranding", with(&mine, &style))
        .await
        .ok();
    let terms = json!({ "TermsName": "terms-of-use", "TermsSource": "LINK", "Enforcement": "NONE",
        "Links": { "cognito:default": "https://example.com" } });
    s.api("CreateTerms", with(&mine, &terms)).await.ok();
    s.api("DeleteUserPoolClient", mine).await.ok();
    for table in [
        "ui_customizations",
        "managed_login_brandings",
        "branding_assets",
        "terms",
    ] {
        assert_eq!(count(&s, table, &pool).await, 0, "{table}");
    }
}
