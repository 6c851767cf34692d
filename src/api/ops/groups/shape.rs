//! The answers with one group and with a page of groups.

use serde::Serialize;

use crate::api::shapes::GroupType;
use crate::domain::paging::Page;
use crate::store::groups::Group;

/// One group.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct One {
    group: GroupType,
}

/// A page of groups.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Many {
    groups: Vec<GroupType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl From<Group> for One {
    fn from(group: Group) -> Self {
        Self {
            group: group.into(),
        }
    }
}

impl From<Page<Group>> for Many {
    fn from(page: Page<Group>) -> Self {
        Self {
            groups: page.items.into_iter().map(GroupType::from).collect(),
            next_token: page.next,
        }
    }
}
