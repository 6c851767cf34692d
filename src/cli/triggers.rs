//! Flags about Lambda triggers.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::ports::lambda::rules::{self, InvokePlace, Keys, Rule, Settings};
use crate::secret::Secret;

/// What stands behind the functions that pools name.
#[derive(Args, Debug)]
pub(super) struct TriggerArgs {
    /// Lambda endpoint of the functions that triggers name, as SAM, LocalStack, serverless-offline or AWS
    /// serve it [default: $AWS_ENDPOINT_URL_LAMBDA]
    #[arg(long, env = "POOLHOUSE_LAMBDA_ENDPOINT", value_name = "URL")]
    lambda_endpoint: Option<String>,
    /// What is behind certain functions: an ARN with * for any text, =, and the URL of a webhook, of one
    /// function (it ends in /invocations), or lambda: and a Lambda endpoint (repeatable)
    #[arg(
        long,
        env = "POOLHOUSE_TRIGGER",
        value_name = "ARN=URL",
        value_delimiter = ','
    )]
    trigger: Vec<String>,
    /// A file with more of them, and with local commands (docs/triggers.md)
    #[arg(long, env = "POOLHOUSE_TRIGGER_MAP", value_name = "FILE")]
    trigger_map: Option<PathBuf>,
    /// What events to webhooks are signed with
    #[arg(
        long,
        env = "POOLHOUSE_TRIGGER_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    trigger_secret: Option<String>,
    /// A host beside this machine that the test controls may map functions to (repeatable)
    #[arg(
        long,
        env = "POOLHOUSE_TRIGGER_HOST",
        value_name = "HOST",
        value_delimiter = ','
    )]
    trigger_host: Vec<String>,
    /// How long a function may take to answer, in milliseconds
    #[arg(
        long,
        env = "POOLHOUSE_TRIGGER_TIMEOUT_MS",
        value_name = "MS",
        default_value_t = 5000,
        value_parser = clap::value_parser!(u64).range(1..=900_000)
    )]
    trigger_timeout_ms: u64,
    /// How often a function is called that is not reached, throttled or not in time
    #[arg(
        long,
        env = "POOLHOUSE_TRIGGER_ATTEMPTS",
        value_name = "COUNT",
        default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(1..=3)
    )]
    trigger_attempts: u32,
    /// Most calls of one function at a time; more are refused at once
    #[arg(
        long,
        env = "POOLHOUSE_TRIGGER_CONCURRENCY",
        value_name = "COUNT",
        default_value_t = 100,
        value_parser = clap::value_parser!(u32).range(1..=10_000)
    )]
    trigger_concurrency: u32,
}

impl TriggerArgs {
    pub(super) fn into_settings(self) -> anyhow::Result<Settings> {
        let endpoint = self
            .lambda_endpoint
            .or_else(|| variable("AWS_ENDPOINT_URL_LAMBDA"));
        let endpoint = endpoint.map(|url| InvokePlace::endpoint(&url)).transpose();
        let mut rules = match &self.trigger_map {
            Some(file) => rules::read_file(file)?,
            None => Vec::new(),
        };
        for text in &self.trigger {
            let rule = Rule::parse(text);
            rules.push(rule.map_err(|wrong| anyhow::anyhow!("--trigger: {wrong}"))?);
        }
        Ok(Settings {
            endpoint: endpoint.map_err(|wrong| anyhow::anyhow!("--lambda-endpoint: {wrong}"))?,
            rules,
            secret: self.trigger_secret.map(Secret::new),
            keys: keys(),
            hosts: self.trigger_host,
            timeout: Duration::from_millis(self.trigger_timeout_ms),
            attempts: self.trigger_attempts,
            concurrency: usize::try_from(self.trigger_concurrency)?,
        })
    }
}

/// The credentials of the environment, by the names that AWS gives them.
fn keys() -> Keys {
    let named = variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY"));
    named.map_or_else(Keys::default, |(id, secret)| Keys {
        id,
        secret: Secret::new(secret),
        token: variable("AWS_SESSION_TOKEN").map(Secret::new),
    })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
