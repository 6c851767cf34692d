//! DescribeKey.

use serde::{Deserialize, Serialize};

use crate::domain::kms::{self, Described, SYMMETRIC_DEFAULT};
use crate::error::Result;
use crate::kms::shapes::home;
use crate::time::EpochSeconds;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    key_metadata: KeyMetadata,
}

/// What is told of a key: one of the kind that CreateKey makes when nothing is said.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyMetadata {
    #[serde(rename = "AWSAccountId")]
    account: String,
    key_id: String,
    arn: String,
    creation_date: EpochSeconds,
    enabled: bool,
    description: &'static str,
    key_usage: &'static str,
    key_state: &'static str,
    origin: &'static str,
    key_manager: &'static str,
    customer_master_key_spec: &'static str,
    key_spec: &'static str,
    encryption_algorithms: [&'static str; 1],
    multi_region: bool,
}

/// # Errors: NotFound
pub async fn describe_key(call: Call<Iam>, req: Request) -> Result<Response> {
    let described = kms::describe(&call.app, &home(&call), &req.key_id).await?;
    Ok(Response {
        key_metadata: described.into(),
    })
}

impl From<Described> for KeyMetadata {
    fn from(Described { key, since }: Described) -> Self {
        Self {
            account: key.account().to_owned(),
            key_id: key.id().to_owned(),
            arn: key.to_string(),
            creation_date: since.into(),
            enabled: true,
            description: "",
            key_usage: "ENCRYPT_DECRYPT",
            key_state: "Enabled",
            origin: "AWS_KMS",
            key_manager: "CUSTOMER",
            customer_master_key_spec: SYMMETRIC_DEFAULT,
            key_spec: SYMMETRIC_DEFAULT,
            encryption_algorithms: [SYMMETRIC_DEFAULT],
            multi_region: false,
        }
    }
}
