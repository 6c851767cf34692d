//! What stands behind the ARNs of `LambdaConfig`: rules of the configuration and, in dev mode, of a
//! call. Pools keep their ARNs as they are.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::secret::Secret;

/// How triggers are called.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The Lambda endpoint of functions that no rule names.
    pub endpoint: Option<InvokePlace>,
    /// The rules.
    pub rules: Vec<Rule>,
    /// What webhooks are signed with where their rule says nothing.
    pub secret: Option<Secret<String>>,
    /// What calls of the Invoke API are signed with.
    pub keys: Keys,
    /// Hosts beside loopback that rules of the dev call may name.
    pub hosts: Vec<String>,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How often a call is tried that does not reach its function.
    pub attempts: u32,
    /// Calls of one function under way at a time.
    pub concurrency: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            endpoint: None,
            rules: Vec::new(),
            secret: None,
            keys: Keys::default(),
            hosts: Vec::new(),
            timeout: Duration::from_secs(5),
            attempts: 1,
            concurrency: 100,
        }
    }
}

/// AWS credentials.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The access key's id.
    pub id: String,
    /// The secret key.
    pub secret: Secret<String>,
    /// The session token of temporary keys.
    pub token: Option<Secret<String>>,
}

/// What the local hosts take for credentials.
impl Default for Keys {
    fn default() -> Self {
        Self {
            id: "test".to_owned(),
            secret: Secret::new("test".to_owned()),
            token: None,
        }
    }
}

/// Which functions are behind what.
#[derive(Clone, Debug)]
pub struct Rule {
    /// A pattern of ARNs, where `*` is any text.
    pub arn: String,
    /// What is behind them.
    pub target: Target,
}

/// What is behind a function's name.
#[derive(Clone, Debug)]
pub enum Target {
    /// A Lambda Invoke API.
    Invoke(InvokePlace),
    /// An HTTP address that takes events.
    Webhook {
        /// The address.
        url: Url,
        /// What events are signed with.
        secret: Option<Secret<String>>,
    },
    /// A program and its arguments.
    Command(Vec<String>),
}

/// A Lambda Invoke API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvokePlace {
    /// The endpoint, or the address of one function (`.../invocations`).
    pub url: Url,
    /// What the function is called there, if not as the ARN says.
    pub function: Option<String>,
}

impl InvokePlace {
    /// Whether many functions are behind this address.
    pub(super) fn is_shared(&self) -> bool {
        !self.url.path().ends_with("/invocations")
    }

    /// Whether this is Lambda's runtime interface emulator, which serves one call at a time.
    pub(super) fn one_at_a_time(&self) -> bool {
        self.url.path().ends_with("/functions/function/invocations")
    }

    /// The endpoint of an address.
    ///
    /// # Errors: the reason, when it is none
    pub fn endpoint(text: &str) -> Result<Self, String> {
        Ok(Self {
            url: address(text)?,
            function: None,
        })
    }
}

impl Target {
    /// How it is called, as the record shows it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Invoke(_) => "invoke",
            Self::Webhook { .. } => "webhook",
            Self::Command(_) => "command",
        }
    }

    /// What is called, without secrets.
    pub fn shown(&self) -> String {
        match self {
            Self::Invoke(place) => place.url.to_string(),
            Self::Webhook { url, .. } => url.to_string(),
            Self::Command(argv) => argv.join(" "),
        }
    }

    /// A URL that ends in `/invocations` is one function of an Invoke API; after `lambda:` stands
    /// an endpoint; any other URL is a webhook.
    fn of_url(text: &str) -> Result<Self, String> {
        if let Some(endpoint) = text.strip_prefix("lambda:") {
            return InvokePlace::endpoint(endpoint).map(Self::Invoke);
        }
        let url = address(text)?;
        let function = url.path().ends_with("/invocations");
        Ok(if function {
            Self::Invoke(InvokePlace {
                url,
                function: None,
            })
        } else {
            Self::Webhook { url, secret: None }
        })
    }
}

impl Rule {
    /// A rule as `--trigger` has it: `PATTERN=URL`.
    ///
    /// # Errors: the reason, when it is none
    pub fn parse(text: &str) -> Result<Self, String> {
        // ARNs may have `=` in them, URLs before their scheme do not.
        let at = text.find("=http").or_else(|| text.find("=lambda:http"));
        let (arn, url) = at
            .and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?)))
            .ok_or_else(|| format!("{text} is not PATTERN=URL"))?;
        Ok(Self {
            arn: pattern(arn)?,
            target: Target::of_url(url)?,
        })
    }

    /// Refuses what only the configuration may name: programs, and hosts other than this machine
    /// and those that the operator lists. A call must not make the server a door to its network
    /// (security.md I1).
    pub(super) fn check_reach(&self, hosts: &[String]) -> Result<(), String> {
        let url = match &self.target {
            Target::Invoke(place) => &place.url,
            Target::Webhook { url, .. } => url,
            Target::Command(_) => {
                return Err("a command can be named in the file of --trigger-map only".to_owned());
            }
        };
        let loopback = match url.host() {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        };
        let host = url.host_str().unwrap_or_default();
        if loopback || hosts.iter().any(|listed| listed == host) {
            return Ok(());
        }
        Err(format!(
            "{host} is not this machine: --trigger-host {host} allows it"
        ))
    }
}

/// The rule for an ARN: the one whose pattern says most of it; of two that say as much, the later.
pub(super) fn best<'a>(rules: &'a [Rule], arn: &str) -> Option<&'a Rule> {
    let said = |rule: &&Rule| rule.arn.bytes().filter(|b| *b != b'*').count();
    let fitting = rules.iter().filter(|rule| fits(&rule.arn, arn));
    fitting.max_by_key(said)
}

/// Whether a text fits a pattern, where `*` is any text.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn pattern(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.len() > 2048 || text.chars().any(char::is_control) {
        return Err("arn must be the ARN of a function, in which * is any text".to_owned());
    }
    Ok(text.to_owned())
}

fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{text} is not a URL: {error}"))?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    if !plain {
        return Err(format!(
            "{text} must be http(s)://host[:port]/path without user and fragment"
        ));
    }
    Ok(url)
}

/// A rule as the file and the dev call have it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleText {
    arn: String,
    url: Option<String>,
    endpoint: Option<String>,
    function: Option<String>,
    command: Option<Vec<String>>,
    secret: Option<Secret<String>>,
}

impl TryFrom<RuleText> for Rule {
    type Error = String;

    fn try_from(text: RuleText) -> Result<Self, String> {
        let arn = pattern(&text.arn)?;
        let mut target = match (&text.url, &text.endpoint, text.command) {
            (Some(url), None, None) => Target::of_url(url)?,
            (None, Some(endpoint), None) => Target::Invoke(InvokePlace::endpoint(endpoint)?),
            (None, None, Some(argv)) if !argv.is_empty() => Target::Command(argv),
            _ => return Err(format!("{arn}: give one of url, endpoint, command")),
        };
        match (&mut target, text.function, text.secret) {
            (_, None, None) => {}
            (Target::Invoke(place), Some(name), None) if place.is_shared() => {
                place.function = Some(name);
            }
            (Target::Webhook { secret, .. }, None, given) => *secret = given,
            _ => {
                return Err(format!(
                    "{arn}: function goes with endpoint, secret with the url of a webhook"
                ));
            }
        }
        Ok(Self { arn, target })
    }
}

/// A rule as the dev call shows it.
#[derive(Debug, Serialize)]
pub struct RuleShown {
    arn: String,
    transport: &'static str,
    target: String,
}

impl From<&Rule> for RuleShown {
    fn from(rule: &Rule) -> Self {
        Self {
            arn: rule.arn.clone(),
            transport: rule.target.kind(),
            target: rule.target.shown(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapFile {
    #[serde(default)]
    allow_commands: bool,
    map: Vec<RuleText>,
}

/// Reads the rules of a file: `{"allow_commands": false, "map": [{"arn", "url" | "endpoint" |
/// "command", "function"?, "secret"?}]}`.
///
/// # Errors: when it cannot be read, says something else, or names commands without allowing them
pub fn read_file(file: &Path) -> anyhow::Result<Vec<Rule>> {
    use anyhow::Context;
    let name = file.display();
    let text = std::fs::read(file).with_context(|| format!("cannot read {name}"))?;
    let read: MapFile =
        serde_json::from_slice(&text).with_context(|| format!("{name} is not a trigger map"))?;
    let rules = read.map.into_iter().map(Rule::try_from);
    let rules: Result<Vec<Rule>, String> = rules.collect();
    let rules = rules.map_err(|wrong| anyhow::anyhow!("{name}: {wrong}"))?;
    let command = rules.iter().any(|r| matches!(r.target, Target::Command(_)));
    anyhow::ensure!(
        read.allow_commands || !command,
        "{name} names commands; they run only with \"allow_commands\": true in it"
    );
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_any_text() {
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:pre-sign-up";
        for pattern in [
            arn,
            "*",
            "*:function:pre-sign-up",
            "arn:aws:lambda:*:*:function:pre-*",
            "**",
            "arn:*up",
        ] {
            assert!(fits(pattern, arn), "{pattern}");
        }
        for pattern in [
            "",
            "*:function:pre",
            "function:*",
            "arn:aws:lambda:*:*:function:post-*",
            "*up*up*up",
        ] {
            assert!(!fits(pattern, arn), "{pattern}");
        }
    }

    #[test]
    fn the_most_specific_rule_wins_and_then_the_later() {
        let rules =
            ["*=http://a/", "*:f=http://b/", "*=http://c/"].map(|r| Rule::parse(r).unwrap());
        let url = |arn| best(&rules, arn).map(|rule| rule.target.shown());
        assert_eq!(url("x:f").as_deref(), Some("http://b/"));
        assert_eq!(url("x:g").as_deref(), Some("http://c/"));
    }

    #[test]
    fn kinds_are_told_by_the_url() {
        let kind = |text| Rule::parse(text).map(|rule| rule.target.kind());
        let rie = "*=http://h:8080/2015-03-31/functions/function/invocations";
        assert_eq!(kind(rie), Ok("invoke"));
        let Target::Invoke(place) = Rule::parse(rie).unwrap().target else {
            panic!("not the Invoke API");
        };
        assert!(place.one_at_a_time() && !place.is_shared());
        assert_eq!(kind("*=lambda:http://h:3001"), Ok("invoke"));
        assert_eq!(kind("*=https://h/hook?x=1"), Ok("webhook"));
        for bad in [
            "*",
            "*=ftp://h/",
            "=http://h/",
            "*=http://u:p@h/",
            "*=http://h/#x",
        ] {
            assert!(kind(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_call_reaches_this_machine_only() {
        let listed = ["handlers".to_owned()];
        let reach = |text: &str| Rule::parse(text).unwrap().check_reach(&listed);
        for here in [
            "*=http://127.0.0.1/",
            "*=http://[::1]:1/",
            "*=http://localhost/",
            "*=http://handlers/",
        ] {
            assert!(reach(here).is_ok(), "{here}");
        }
        for there in [
            "*=http://169.254.169.254/latest/meta-data/",
            "*=http://10.0.0.1/",
            "*=http://0.0.0.0/",
            "*=http://[::ffff:10.0.0.1]/",
            "*=http://localhost.example.com/",
            "*=http://2852039166/",
            "*=lambda:https://lambda.us-east-1.amazonaws.com",
        ] {
            assert!(reach(there).is_err(), "{there}");
        }
        let command = Rule {
            arn: "*".into(),
            target: Target::Command(vec!["x".into()]),
        };
        assert!(command.check_reach(&listed).is_err());
    }

    #[test]
    fn files() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            let file = folder.path().join("map.json");
            std::fs::write(&file, text).unwrap();
            read_file(&file).map_err(|error| format!("{error:#}"))
        };
        let good = r#"{"allow_commands": true, "map": [
            {"arn": "*:a", "url": "http://h/hook", "secret": "s"},
            {"arn": "*:b", "endpoint": "http://h:3001", "function": "B"},
            {"arn": "*:c", "command": ["node", "c.mjs"]}]}"#;
        let kinds: Vec<_> = read(good)
            .unwrap()
            .iter()
            .map(|r| r.target.kind())
            .collect();
        assert_eq!(kinds, ["webhook", "invoke", "command"]);
        let refused = read(&good.replace("true", "false")).unwrap_err();
        assert!(refused.contains("allow_commands"), "{refused}");
        for bad in [
            "",
            "[]",
            r#"{"map": [{"arn": "*"}]}"#,
            r#"{"map": [{"arn": "*", "url": "http://h/", "endpoint": "http://h/"}]}"#,
            r#"{"map": [{"arn": "*", "url": "http://h/", "function": "f"}]}"#,
            r#"{"map": [{"arn": "*", "endpoint": "http://h/", "secret": "s"}]}"#,
            r#"{"map": [{"arn": "*", "link": "http://h/"}]}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
