//! The table of paths is whole: whatever gives tokens stands in it.

use poolhouse::domain::challenge::{ChallengeName, Flow};
use poolhouse::domain::hooks::TokenSource;
use serde_json::json;

use super::path::{Face, Factor, First, Grant, PATHS, Path};
use crate::api::auth::stage::Stage;
use crate::support::house::House;

/// What the last step of a path makes tokens for; none where the browser does.
fn source(path: Path) -> TokenSource {
    match path {
        Path::Password(_) | Path::Srp(_) | Path::SecondFactor(..) => TokenSource::Authentication,
        Path::StepUp(_) => TokenSource::Authentication,
        Path::Chosen(..) | Path::SignedUp(_) | Path::Custom(_) | Path::CustomFactor(_) => {
            TokenSource::Authentication
        }
        Path::NewPassword(_) => TokenSource::NewPasswordChallenge,
        Path::Device(_) => TokenSource::AuthenticateDevice,
        Path::RefreshFlow(_) | Path::RefreshGrant { .. } => TokenSource::RefreshTokens,
        Path::GetTokens { .. } => TokenSource::RefreshOperation,
        Path::Exchange => TokenSource::Exchange,
        _ => TokenSource::HostedAuth,
    }
}

#[test]
fn every_source_of_user_tokens_has_a_path() {
    use TokenSource::*;
    for kind in [
        Authentication,
        NewPasswordChallenge,
        AuthenticateDevice,
        HostedAuth,
        RefreshTokens,
        RefreshOperation,
        ClientCredentials,
        Exchange,
    ] {
        // A new source does not compile before it has its place here.
        let is_about_users = match kind {
            Authentication | NewPasswordChallenge | AuthenticateDevice | HostedAuth
            | RefreshTokens | RefreshOperation | Exchange => true,
            ClientCredentials => false,
        };
        let listed = PATHS.iter().any(|path| source(*path) == kind);
        assert_eq!(listed, is_about_users, "{kind:?}");
    }
}

#[test]
fn every_path_stands_once_at_both_doors_and_with_every_factor_and_grant() {
    for (at, path) in PATHS.iter().enumerate() {
        assert!(!PATHS[at + 1..].contains(path), "{path:?}");
    }
    let has = |path: Path| assert!(PATHS.contains(&path), "{path:?}");
    for face in [Face::Public, Face::Admin] {
        for path in [
            Path::Password(face),
            Path::Srp(face),
            Path::SignedUp(face),
            Path::Custom(face),
            Path::CustomFactor(face),
            Path::NewPassword(face),
            Path::StepUp(face),
            Path::Device(face),
            Path::RefreshFlow(face),
        ] {
            has(path);
        }
        for first in [
            First::Password,
            First::Srp,
            First::Email,
            First::Sms,
            First::Passkey,
        ] {
            has(Path::Chosen(face, first));
        }
        for factor in [
            Factor::Sms,
            Factor::Email,
            Factor::App,
            Factor::Chosen,
            Factor::SetUp,
        ] {
            has(Path::SecondFactor(face, factor));
            has(Path::FactorPage(factor));
        }
    }
    for grant in [Grant::Code, Grant::Implicit] {
        has(Path::LoginPage(grant));
        has(Path::Sso(grant));
    }
    for yes in [false, true] {
        has(Path::GetTokens { rotating: yes });
        has(Path::RefreshGrant { rotating: yes });
        has(Path::CodeGrant { pkce: yes });
    }
    has(Path::Chooser);
    has(Path::Exchange);
    for first in [First::Password, First::Email, First::Sms, First::Passkey] {
        has(Path::FirstPage(first));
    }
    has(Path::PasskeyPage);
    has(Path::AddPasskeyPage);
    for password in [true, false] {
        has(Path::SignUpPage { password });
    }
    has(Path::RememberedPage);
    has(Path::NewPasswordPage);
}

/// Whether a challenge is on a path of the table.
const fn is_walked(name: ChallengeName) -> bool {
    use ChallengeName::*;
    match name {
        SmsMfa
        | EmailOtp
        | SoftwareTokenMfa
        | SelectMfaType
        | MfaSetup
        | PasswordVerifier
        | NewPasswordRequired
        | SelectChallenge
        | SmsOtp
        | Password
        | PasswordSrp
        | CustomChallenge
        | WebAuthn
        | DeviceSrp
        | DevicePasswordVerifier => true,
        AdminNoSrp => false,
    }
}

#[tokio::test]
async fn challenges_that_are_on_no_path_are_not_built() {
    use ChallengeName::*;
    let stage = Stage::new().await;
    stage.user("ada").await;
    for name in [
        SmsMfa,
        EmailOtp,
        SoftwareTokenMfa,
        SelectMfaType,
        MfaSetup,
        PasswordVerifier,
        NewPasswordRequired,
        CustomChallenge,
        SelectChallenge,
        DeviceSrp,
        DevicePasswordVerifier,
        AdminNoSrp,
        SmsOtp,
        Password,
        WebAuthn,
        PasswordSrp,
    ] {
        let responses = json!({ "USERNAME": "ada" });
        let answer = stage
            .respond(name.as_str(), Some("x".repeat(20).as_str()), responses)
            .await;
        let built = answer.status != 501;
        assert_eq!(built, is_walked(name), "{name:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn flows_that_are_on_no_path_give_nothing() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    for flow in [
        Flow::UserSrp,
        Flow::RefreshTokenAuth,
        Flow::RefreshToken,
        Flow::Custom,
        Flow::AdminNoSrp,
        Flow::UserPassword,
        Flow::AdminUserPassword,
        Flow::UserAuth,
    ] {
        let walked = match flow {
            Flow::UserSrp | Flow::UserPassword | Flow::AdminUserPassword | Flow::UserAuth => true,
            // Other names of the same.
            Flow::RefreshTokenAuth | Flow::RefreshToken | Flow::AdminNoSrp => true,
            Flow::Custom => true,
        };
        let parameters = json!({
            "USERNAME": "ada", "PASSWORD": "wrong", "SRP_A": "5", "REFRESH_TOKEN": "x",
        });
        let public = stage.initiate(flow.as_str(), parameters.clone()).await;
        let admin = stage.admin_initiate(flow.as_str(), parameters).await;
        let built = public.status != 501 && admin.status != 501;
        assert_eq!(built, walked, "{flow:?}: {} {}", public.body, admin.body);
    }
}

#[tokio::test]
async fn grants_and_response_types_that_are_on_no_path_are_not_offered() {
    let house = House::open().await;
    let offered = house
        .get("/.well-known/openid-configuration", None)
        .await
        .ok();
    let grants = [
        "authorization_code",
        "implicit",
        "refresh_token",
        "client_credentials",
    ];
    assert_eq!(offered["grant_types_supported"], json!(grants));
    assert_eq!(
        offered["response_types_supported"],
        json!(["code", "token"])
    );
    for grant in [
        "password",
        "urn:ietf:params:oauth:grant-type:device_code",
        "implicit",
    ] {
        let pairs = [("grant_type", grant), ("client_id", house.client.as_str())];
        house
            .token(&pairs, None)
            .await
            .refuses(400, "unsupported_grant_type");
    }
}
