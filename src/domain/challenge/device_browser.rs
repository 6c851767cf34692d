//! The device of a sign-in on the pages: the browser. It has its secret at hand, so that no exchange
//! is needed; in what it stands for it is as an app's device (`device`).

use futures_util::future::BoxFuture;

use super::attempt::{Factor, Passed};
use super::context::Context;
use super::{Face, Outcome, finish};
use crate::domain::devices::{self, browser};
use crate::domain::hooks::TokenSource;
use crate::error::Result;
use crate::ids::DeviceKey;
use crate::store::db::Tx;
use crate::store::devices as stored;
use crate::store::devices::Device;
use crate::store::users::User;
use crate::time::Timestamp;

/// The browser, if it is a remembered device of the user. One that is not, or that is another user's,
/// is as good as none.
pub(super) async fn proven(context: Context<'_>, user: &User) -> Result<Option<Device>> {
    if context.face != Face::Hosted {
        return Ok(None);
    }
    let shown = browser::shown(context.app, (context.pool, &user.sub), context.kept);
    let shown = Box::pin(shown).await?;
    Ok(shown.filter(|device| device.remembered))
}

/// The end of a sign-in that the browser proved itself in.
pub(super) async fn end(
    context: Context<'_>,
    user: User,
    (proven, device): (&[Factor], &Device),
    passed: &dyn Passed,
) -> Result<Outcome> {
    let mut proven = proven.to_vec();
    proven.push(Factor::Device);
    let owner = user.clone();
    let passed = Shown {
        passed,
        user: &owner,
        device,
        ip: context.actor.ip.as_deref(),
        now: context.app.clock.now(&user.pool),
    };
    let context = context.with_device(&device.key);
    let proven = (proven.as_slice(), TokenSource::HostedAuth);
    finish::sign_in(context, user, proven, &passed).await
}

/// The step that was passed, in a browser that is still remembered when the sign-in is stored.
struct Shown<'a> {
    passed: &'a dyn Passed,
    user: &'a User,
    device: &'a Device,
    ip: Option<&'a str>,
    now: Timestamp,
}

impl Passed for Shown<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.passed.write(tx).await?;
            let owner = (&self.user.pool, &self.user.sub);
            let srp = self.device.srp.as_deref().unwrap_or_default();
            let device: (&DeviceKey, &str) = (&self.device.key, srp);
            if stored::authenticated(tx, owner, device, self.ip, self.now).await? {
                return Ok(());
            }
            Err(devices::unknown())
        })
    }
}
