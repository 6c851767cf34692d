//! Which sign-in flows a client allows (`ExplicitAuthFlows`).

use super::{Face, Flow};
use crate::error::{Error, Result};
use crate::settings::client::{AuthFlowSetting as Setting, ClientSettings};
use crate::store::clients::Client;

/// Refuses the flows of the other API.
///
/// # Errors: InvalidParameter `Initiate Auth method not supported.`
pub(super) fn check_face(face: Face, flow: Flow) -> Result<()> {
    let of_admin = matches!(flow, Flow::AdminNoSrp | Flow::AdminUserPassword);
    let supported = match face {
        Face::Api => !of_admin,
        Face::Admin => flow != Flow::UserPassword,
        Face::Hosted => true,
    };
    if !supported {
        return Err(Error::auth_method_not_supported());
    }
    Ok(())
}

/// Refuses a flow that the client does not allow. The pages are not subject to it.
///
/// # Errors: InvalidParameter `{flow} flow not enabled for this client`, or, for administrators,
/// `Auth flow not enabled for this client`
pub(super) fn check(client: &Client, face: Face, flow: Flow) -> Result<()> {
    match face {
        Face::Hosted => Ok(()),
        _ if allows(&client.settings, flow) => Ok(()),
        Face::Api => Err(Error::flow_not_enabled(flow.as_str())),
        Face::Admin => Err(Error::auth_flow_not_enabled()),
    }
}

/// Without a list: SRP, custom and refresh. With legacy names only: refresh always, and SRP unless
/// the client is for custom challenges only.
fn allows(client: &ClientSettings, flow: Flow) -> bool {
    let listed = client.explicit_auth_flows.as_deref().unwrap_or_default();
    let lists = |setting: Setting| listed.contains(&setting);
    let legacy = listed.iter().all(|setting| is_legacy(*setting));
    match flow {
        Flow::UserSrp => lists(Setting::AllowUserSrp) || legacy && !lists(Setting::CustomOnly),
        // Rotating refresh tokens cannot be used with InitiateAuth (api-auth.md 1); that Cognito
        // then calls the flow not enabled is our reading.
        Flow::RefreshTokenAuth | Flow::RefreshToken => {
            !client.rotates() && (lists(Setting::AllowRefreshToken) || legacy)
        }
        Flow::Custom => {
            lists(Setting::AllowCustom) || lists(Setting::CustomOnly) || listed.is_empty()
        }
        Flow::AdminNoSrp | Flow::AdminUserPassword => {
            lists(Setting::AllowAdminUserPassword) || lists(Setting::AdminNoSrp)
        }
        Flow::UserPassword => lists(Setting::AllowUserPassword) || lists(Setting::UserPassword),
        Flow::UserAuth => lists(Setting::AllowUserAuth),
    }
}

const fn is_legacy(setting: Setting) -> bool {
    matches!(
        setting,
        Setting::AdminNoSrp | Setting::CustomOnly | Setting::UserPassword
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Flow; 8] = [
        Flow::UserSrp,
        Flow::RefreshTokenAuth,
        Flow::RefreshToken,
        Flow::Custom,
        Flow::AdminNoSrp,
        Flow::UserPassword,
        Flow::AdminUserPassword,
        Flow::UserAuth,
    ];

    fn allowed(listed: Option<&[Setting]>) -> Vec<Flow> {
        let client = ClientSettings {
            explicit_auth_flows: listed.map(<[Setting]>::to_vec),
            ..ClientSettings::default()
        };
        let mut flows = ALL.to_vec();
        flows.retain(|flow| allows(&client, *flow));
        flows
    }

    #[test]
    fn without_a_list_srp_custom_and_refresh_are_on() {
        let defaults = [
            Flow::UserSrp,
            Flow::RefreshTokenAuth,
            Flow::RefreshToken,
            Flow::Custom,
        ];
        assert_eq!(allowed(None), defaults);
        assert_eq!(allowed(Some(&[])), defaults);
    }

    #[test]
    fn a_list_of_new_names_allows_what_it_names() {
        use Flow::{AdminNoSrp, AdminUserPassword, RefreshToken, RefreshTokenAuth, UserPassword};
        assert_eq!(allowed(Some(&[Setting::AllowUserPassword])), [UserPassword]);
        assert_eq!(
            allowed(Some(&[
                Setting::AllowAdminUserPassword,
                Setting::AllowRefreshToken
            ])),
            [
                RefreshTokenAuth,
                RefreshToken,
                AdminNoSrp,
                AdminUserPassword
            ]
        );
    }

    #[test]
    fn legacy_names_leave_srp_and_refresh_on() {
        use Flow::{
            AdminNoSrp, AdminUserPassword, Custom, RefreshToken, RefreshTokenAuth, UserSrp,
        };
        assert_eq!(
            allowed(Some(&[Setting::AdminNoSrp])),
            [
                UserSrp,
                RefreshTokenAuth,
                RefreshToken,
                AdminNoSrp,
                AdminUserPassword
            ]
        );
        assert_eq!(
            allowed(Some(&[Setting::CustomOnly])),
            [RefreshTokenAuth, RefreshToken, Custom]
        );
    }
}
