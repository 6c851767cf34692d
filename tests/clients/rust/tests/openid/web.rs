//! HTTP as plain as it can be: for the crate, and for a browser that fills in a form.

use std::collections::BTreeMap;
use std::io;

use openidconnect::http::{HeaderName, HeaderValue, Response};
use openidconnect::url::Url;
use openidconnect::url::form_urlencoded::Serializer;
use openidconnect::{HttpRequest, HttpResponse};
use poolhouse_client_rust::PASSWORD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends a request and reads the answer, whose length the server always tells.
pub async fn send(request: HttpRequest) -> io::Result<HttpResponse> {
    let uri = request.uri();
    let host = uri.authority().expect("an absolute address").as_str();
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let mut head = format!(
        "{} {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n",
        request.method()
    );
    for (name, value) in request.headers() {
        head += &format!("{name}: {}\r\n", value.to_str().expect("plain text"));
    }
    head += &format!("content-length: {}\r\n\r\n", request.body().len());
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(request.body()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .expect("a status");
    let mut answer = Response::new(bytes[end + 4..].to_vec());
    *answer.status_mut() = status.parse().expect("a status");
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let name: HeaderName = name.parse().expect("a header");
        let value: HeaderValue = value.parse().expect("a header");
        answer.headers_mut().append(name, value);
    }
    Ok(answer)
}

/// Signs in through the page; gives the address that the app is called back on.
pub async fn through_the_page(address: &Url, username: &str) -> Url {
    let mut jar = BTreeMap::new();
    let mut at = address.clone();
    let mut answer = visit(&at, None, &mut jar).await;
    let mut filled = false;
    loop {
        if let Some(location) = answer.headers().get("location") {
            at = at.join(location.to_str().unwrap()).unwrap();
            if at.host() != address.host() || at.port() != address.port() {
                return at;
            }
            answer = visit(&at, None, &mut jar).await;
            continue;
        }
        let page = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(
            answer.status() == 200 && !filled,
            "{} {page}",
            answer.status()
        );
        filled = true;
        let token = page
            .split("name=\"_csrf\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let form = Serializer::new(String::new())
            .append_pair(
                "_csrf",
                token.unwrap_or_else(|| panic!("no form in {page}")),
            )
            .append_pair("username", username)
            .append_pair("password", PASSWORD)
            .append_pair("cognitoAsfData", "")
            .finish();
        answer = visit(&at, Some(form), &mut jar).await;
    }
}

async fn visit(at: &Url, form: Option<String>, jar: &mut BTreeMap<String, String>) -> HttpResponse {
    let cookies: Vec<String> = jar
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let request = openidconnect::http::Request::builder()
        .method(if form.is_some() { "POST" } else { "GET" })
        .uri(at.as_str())
        .header("cookie", cookies.join("; "))
        .header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(form.unwrap_or_default().into_bytes()).unwrap();
    let answer = send(request).await.unwrap();
    for line in answer.headers().get_all("set-cookie") {
        let pair = line.to_str().unwrap().split(';').next().unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        jar.insert(name.to_owned(), value.to_owned());
    }
    answer
}
