//! How devices are shown.

use serde::{Deserialize, Serialize};

use crate::api::shapes::AttributeType;
use crate::domain::paging::Page;
use crate::error::{Code, Error};
use crate::ids::device_arn;
use crate::store::devices::Device;
use crate::store::pools::Pool;
use crate::store::users::User;
use crate::time::{EpochSeconds, Timestamp};

/// `DeviceType`.
#[expect(clippy::struct_field_names, reason = "the names of the API")]
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeviceType {
    device_key: String,
    device_attributes: Vec<AttributeType>,
    device_create_date: EpochSeconds,
    device_last_modified_date: EpochSeconds,
    /// Whole seconds (api.md 1.2).
    device_last_authenticated_date: EpochSeconds,
}

impl DeviceType {
    /// What a list shows a user.
    fn listed(device: Device) -> Self {
        let named = [
            ("device_status", Some("valid".to_owned())),
            ("device_name", device.name),
            ("last_ip_used", device.last_ip),
        ];
        let named = named.into_iter().map(|(name, value)| AttributeType {
            name: name.to_owned(),
            value,
        });
        let authenticated = Timestamp::from_ms(device.authenticated.seconds() * 1000);
        Self {
            device_key: device.key.into(),
            device_attributes: named.filter(|shown| shown.value.is_some()).collect(),
            device_create_date: device.created.into(),
            device_last_modified_date: device.modified.into(),
            device_last_authenticated_date: authenticated.into(),
        }
    }

    /// The same with what the service itself says about it.
    pub fn whole((pool, user): (&Pool, &User), device: Device) -> Self {
        let owner = format!("{}.{}", user.username, pool.id);
        let status = if device.remembered {
            "remembered"
        } else {
            "not_remembered"
        };
        let more = [
            (
                "dev:device_arn",
                device_arn((&pool.region, &pool.account), &owner, &device.key),
            ),
            ("dev:device_owner", owner),
            ("dev:device_remembered_status", status.to_owned()),
            ("dev:device_sdk", "aws-sdk".to_owned()),
        ];
        let mut shown = Self::listed(device);
        let more = more.into_iter().map(|(name, value)| AttributeType {
            name: name.to_owned(),
            value: Some(value),
        });
        shown.device_attributes.extend(more);
        shown
    }
}

/// One device.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct One {
    /// `Device`.
    pub device: DeviceType,
}

/// A page of devices.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Many {
    devices: Vec<DeviceType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination_token: Option<String>,
}

impl Many {
    /// As users see them.
    pub fn listed(page: Page<Device>) -> Self {
        Self::of(page.map(DeviceType::listed))
    }

    /// As administrators see them.
    pub fn whole(owner: (&Pool, &User), page: Page<Device>) -> Self {
        Self::of(page.map(|device| DeviceType::whole(owner, device)))
    }

    fn of(page: Page<DeviceType>) -> Self {
        Self {
            devices: page.items,
            pagination_token: page.next,
        }
    }
}

/// `DeviceRememberedStatusType`.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// `remembered`
    Remembered,
    /// `not_remembered`
    NotRemembered,
}

impl Status {
    /// Whether the device is to be remembered.
    pub const fn remembers(self) -> bool {
        matches!(self, Self::Remembered)
    }
}

/// AdminGetDevice and AdminListDevices know no UserNotFoundException: to them, who is not there is
/// a resource that was not found.
pub fn narrowed(error: Error) -> Error {
    match error.code {
        Code::UserNotFound => Error::user_resource_not_found(),
        _ => error,
    }
}
