//! What may happen between the steps of a sign-in, and the operations that make it happen.

use serde_json::json;

use super::world::{Cell, NEW_PASSWORD, PASSWORD};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing at all: the way must lead to tokens.
    Nothing,
    Disabled,
    Deleted,
    /// Deleted, and made again under the same name with the same password.
    Recreated,
    /// AdminUserGlobalSignOut.
    SignedOutByAdmin,
    /// GlobalSignOut.
    SignedOut,
    /// AdminResetUserPassword.
    ResetRequired,
    /// Signed up, and never confirmed.
    Unconfirmed,
    /// AdminSetUserPassword.
    PasswordSet,
    ClientDeleted,
    /// The client's flow or grant is no longer allowed.
    FlowOff,
    SecretWrong,
    SecretMissing,
    PoolDeleted,
    /// The last step comes too late.
    Expired,
    /// The last step comes twice; the second counts.
    Twice,
    /// The last step comes from another client of the pool.
    OtherClient,
    /// The last step comes to another pool, from a client of that.
    OtherPool,
    /// Five wrong passwords.
    LockedOut,
    /// The sign-in's refresh token is revoked.
    Revoked,
    /// The pool asks everybody for a second factor.
    MfaOn,
    /// The user's text messages become a second factor.
    FactorOn,
    /// The user joins a group.
    GroupJoined,
    /// The user has a remembered device, and the last step names it.
    Remembered,
    /// The device that the last step names was forgotten.
    Forgotten,
}

impl Condition {
    pub const ALL: [Self; 25] = [
        Self::Nothing,
        Self::Disabled,
        Self::Deleted,
        Self::Recreated,
        Self::SignedOutByAdmin,
        Self::SignedOut,
        Self::ResetRequired,
        Self::Unconfirmed,
        Self::PasswordSet,
        Self::ClientDeleted,
        Self::FlowOff,
        Self::SecretWrong,
        Self::SecretMissing,
        Self::PoolDeleted,
        Self::Expired,
        Self::Twice,
        Self::OtherClient,
        Self::OtherPool,
        Self::LockedOut,
        Self::Revoked,
        Self::MfaOn,
        Self::FactorOn,
        Self::GroupJoined,
        Self::Remembered,
        Self::Forgotten,
    ];

    /// Whether it changes the pool for everybody.
    pub const fn is_about_the_pool(self) -> bool {
        matches!(self, Self::PoolDeleted | Self::MfaOn)
    }

    /// Whether it is about a device.
    pub const fn is_about_a_device(self) -> bool {
        matches!(self, Self::Remembered | Self::Forgotten)
    }

    /// Whether the client has a secret.
    pub const fn needs_secret(self) -> bool {
        matches!(self, Self::SecretWrong | Self::SecretMissing)
    }

    /// Makes it happen.
    pub async fn happen(self, cell: &Cell<'_>) {
        let user = json!({ "Username": cell.name });
        match self {
            // These are how the way begins, or how its last step is done.
            Self::Nothing
            | Self::Unconfirmed
            | Self::SecretWrong
            | Self::SecretMissing
            | Self::Twice
            | Self::OtherClient
            | Self::OtherPool
            | Self::Remembered => {}
            Self::Forgotten => {
                if let Some(device) = cell.device.lock().await.clone() {
                    let request = json!({ "Username": cell.name, "DeviceKey": device.key });
                    cell.admin("AdminForgetDevice", request).await;
                }
            }
            Self::Disabled => cell.admin("AdminDisableUser", user).await,
            Self::Deleted => cell.admin("AdminDeleteUser", user).await,
            Self::Recreated => {
                cell.admin("AdminDeleteUser", user).await;
                cell.make_user(true).await;
            }
            Self::SignedOutByAdmin => cell.admin("AdminUserGlobalSignOut", user).await,
            Self::SignedOut => {
                let token = json!({ "AccessToken": cell.access });
                cell.world.s.api("GlobalSignOut", token).await.ok();
            }
            Self::ResetRequired => cell.admin("AdminResetUserPassword", user).await,
            Self::PasswordSet => {
                let request = json!({
                    "Username": cell.name, "Password": NEW_PASSWORD, "Permanent": true,
                });
                cell.admin("AdminSetUserPassword", request).await;
            }
            Self::ClientDeleted => {
                let request = json!({ "ClientId": cell.client.id });
                cell.admin("DeleteUserPoolClient", request).await;
            }
            Self::FlowOff => cell.turn_flow_off().await,
            Self::PoolDeleted => {
                let domain = json!({ "Domain": cell.grounds.domain });
                cell.admin("DeleteUserPoolDomain", domain).await;
                cell.admin("DeleteUserPool", json!({})).await;
            }
            Self::Expired => cell.outlast(),
            Self::LockedOut => {
                for _ in 0..5 {
                    let wrong = cell.helper_sign_in(&format!("{PASSWORD}x")).await;
                    assert_eq!(wrong.status, 400);
                }
            }
            Self::Revoked => cell.revoke().await,
            Self::MfaOn => {
                let request = super::grounds::factors("ON");
                cell.admin("SetUserPoolMfaConfig", request).await;
            }
            Self::FactorOn => {
                let request = json!({
                    "Username": cell.name, "SMSMfaSettings": { "Enabled": true },
                });
                cell.admin("AdminSetUserMFAPreference", request).await;
            }
            Self::GroupJoined => {
                let request = json!({ "Username": cell.name, "GroupName": "late" });
                cell.admin("AdminAddUserToGroup", request).await;
            }
        }
    }
}
