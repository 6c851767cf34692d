//! The request's host name: one of ours, or a pool's domain, or misdirected.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::Url;

use crate::app::App;
use crate::domain::oauth::sites;
use crate::error::Error;
use crate::ids::PoolId;

/// Whose name a request uses.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// The server's.
    Ours,
    /// A pool's domain, by its name.
    Pool(PoolId, String),
}

/// Why a request goes no further.
pub(super) enum Refused {
    /// No name, several, or one that is not ours: a page elsewhere may have rebound its name to
    /// this machine (security.md A4).
    Misdirected,
    /// Our fault.
    Failed(Error),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Misdirected => {
                let text = "This server does not answer to that host name. \
                            If it should, start it with --allow-host NAME.\n";
                (StatusCode::MISDIRECTED_REQUEST, text).into_response()
            }
            Self::Failed(error) => {
                tracing::error!(?error, "the host name could not be looked up");
                (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong\n").into_response()
            }
        }
    }
}

/// Judges the name that [`asked`] read.
pub(super) async fn judge(app: &App, asked: Option<String>) -> Result<Name, Refused> {
    let name = asked.ok_or(Refused::Misdirected)?;
    if is_ours(app, &name) {
        return Ok(Name::Ours);
    }
    match sites::of_host(app, &name).await {
        Ok(Some((pool, name))) => Ok(Name::Pool(pool, name)),
        // Browsers and resolvers keep the names below localhost on this machine.
        Ok(None) if name.ends_with(".localhost") => Ok(Name::Ours),
        Ok(None) => Err(Refused::Misdirected),
        Err(error) => Err(Refused::Failed(error)),
    }
}

/// The one host that the request names, in lower case, without port and final dot.
pub(super) fn asked(request: &Request) -> Option<String> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let header = hosts.next().map(|value| value.to_str().ok());
    if hosts.next().is_some() || header == Some(None) {
        return None;
    }
    let header = header
        .flatten()
        .map(without_port)
        .map(Option::unwrap_or_default);
    let in_uri = request.uri().authority().map(|a| a.host().to_owned());
    let name = match (header, in_uri) {
        (Some(header), Some(uri)) if !header.eq_ignore_ascii_case(&uri) => return None,
        (Some(name), _) | (None, Some(name)) => name,
        (None, None) => return None,
    };
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    (!name.is_empty()).then(|| name.to_owned())
}

fn without_port(host: &str) -> Option<String> {
    let (name, port) = match host.strip_prefix('[').and_then(|h| h.split_once(']')) {
        Some((inside, port)) => (format!("[{inside}]"), port),
        None => match host.split_once(':') {
            Some((name, _)) => (name.to_owned(), host.get(name.len()..)?),
            None => (host.to_owned(), ""),
        },
    };
    let digits = |port: &str| port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit());
    (port.is_empty() || port.strip_prefix(':').is_some_and(digits)).then_some(name)
}

fn is_ours(app: &App, name: &str) -> bool {
    let config = &app.config;
    let public = Url::parse(&app.public_url).ok();
    let public = public.as_ref().and_then(Url::host_str);
    name == "localhost"
        || address(name).is_some_and(|ip| ip.is_loopback() || ip == config.bind)
        || public.is_some_and(|host| host.eq_ignore_ascii_case(name))
        || config
            .allow_hosts
            .iter()
            .any(|host| host.eq_ignore_ascii_case(name))
        || is_aws_api(name)
}

fn address(name: &str) -> Option<IpAddr> {
    let inside = name.strip_prefix('[').and_then(|n| n.strip_suffix(']'));
    inside.unwrap_or(name).parse().ok()
}

/// The names of the AWS endpoints that this server stands in for.
fn is_aws_api(name: &str) -> bool {
    let services = [
        "cognito-idp",
        "issuer-cognito-idp",
        "cognito-identity",
        "kms",
    ];
    name.strip_suffix(".amazonaws.com")
        .and_then(|name| name.split_once('.'))
        .is_some_and(|(service, region)| {
            let service = service.strip_suffix("-fips").unwrap_or(service);
            services.contains(&service) && !region.contains('.')
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn name(host: &str) -> Option<String> {
        let request = Request::builder().uri("/").header("host", host);
        asked(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn the_name_is_read_once_and_strictly() {
        assert_eq!(name("LocalHost:9229").as_deref(), Some("localhost"));
        assert_eq!(name("example.test.").as_deref(), Some("example.test"));
        assert_eq!(name("[::1]:9229").as_deref(), Some("[::1]"));
        for bad in ["", ":80", "a:b", "a:80:80", "[::1]x"] {
            assert_eq!(name(bad), None, "{bad}");
        }
        let two = Request::builder()
            .uri("/")
            .header("host", "localhost")
            .header("host", "localhost");
        assert_eq!(asked(&two.body(Body::empty()).unwrap()), None);
        let absolute = Request::builder()
            .uri("http://evil.test/")
            .header("host", "localhost");
        assert_eq!(asked(&absolute.body(Body::empty()).unwrap()), None);
    }

    #[test]
    fn aws_names() {
        assert!(is_aws_api("cognito-idp.eu-west-1.amazonaws.com"));
        assert!(is_aws_api("cognito-identity-fips.us-east-1.amazonaws.com"));
        assert!(is_aws_api("kms.us-east-1.amazonaws.com"));
        assert!(!is_aws_api("s3.us-east-1.amazonaws.com"));
        assert!(!is_aws_api("cognito-idp.x.y.amazonaws.com"));
    }
}
