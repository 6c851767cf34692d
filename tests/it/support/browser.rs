//! A small browser without JavaScript: keeps cookies by path, reads forms, follows redirects on
//! the server and stops at its border. Every page it sees must carry the headers of a page.

use std::collections::BTreeMap;

use reqwest::Method;
use reqwest::header::HeaderMap;
use url::form_urlencoded::Serializer;

use super::Server;

/// Its jar and the server it talks to.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    home: String,
    jar: Vec<Cookie>,
}

/// One cookie as the server set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    pub name: String,
    pub value: String,
    pub path: String,
    /// The whole header.
    pub header: String,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Page {
    pub url: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    /// Cookies that this answer set.
    pub set: Vec<Cookie>,
}

/// A form of a page, with the values that its fields have.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub fields: BTreeMap<String, String>,
    from: String,
}

impl Browser {
    pub fn new(server: &Server) -> Self {
        Self {
            http: server.http.clone(),
            home: server.url.clone(),
            jar: Vec::new(),
        }
    }

    /// One GET, no redirect followed. A path is taken on the server.
    pub async fn get(&mut self, url: &str) -> Page {
        self.send(Method::GET, url, None).await
    }

    /// A GET and the redirects after it, as long as they stay on the server.
    pub async fn open(&mut self, url: &str) -> Page {
        let page = self.get(url).await;
        self.follow(page).await
    }

    /// Follows the redirects of an answer, as long as they stay on the server.
    pub async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..10 {
            match page.location() {
                Some(to) if to.starts_with(&self.home) => page = self.get(&to).await,
                _ => return page,
            }
        }
        panic!("redirected in circles at {}", page.url);
    }

    /// Sends a form; no redirect followed.
    pub async fn submit(&mut self, form: &Form) -> Page {
        let body = Serializer::new(String::new())
            .extend_pairs(&form.fields)
            .finish();
        let url = absolute(&form.from, &form.action);
        self.post(&url, &body).await
    }

    /// Posts a form body; no redirect followed.
    pub async fn post(&mut self, url: &str, body: &str) -> Page {
        self.send(Method::POST, url, Some(body.to_owned())).await
    }

    async fn send(&mut self, method: Method, url: &str, body: Option<String>) -> Page {
        let url = absolute(&format!("{}/", self.home), url);
        let path = path_of(&self.home, &url).to_owned();
        let mut request = self.http.request(method, &url);
        let cookies = self.cookies_for(&path);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        if let Some(body) = body {
            let kind = "application/x-www-form-urlencoded";
            request = request.header("content-type", kind).body(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.text().await.unwrap();
        let set: Vec<_> = headers
            .get_all("set-cookie")
            .iter()
            .map(Cookie::read)
            .collect();
        for cookie in &set {
            self.keep(cookie.clone());
        }
        let page = Page {
            url,
            status,
            headers,
            body,
            set,
        };
        page.check_headers();
        page
    }

    fn cookies_for(&self, path: &str) -> String {
        let fits = |cookie: &&Cookie| {
            cookie.path == "/"
                || path == cookie.path
                || path.starts_with(&format!("{}/", cookie.path))
        };
        let mut cookies: Vec<_> = self.jar.iter().filter(fits).collect();
        cookies.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs = cookies.iter().map(|c| format!("{}={}", c.name, c.value));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, cookie: Cookie) {
        self.jar
            .retain(|known| (&known.name, &known.path) != (&cookie.name, &cookie.path));
        if !cookie.value.is_empty() {
            self.jar.push(cookie);
        }
    }

    /// The cookies of a name.
    pub fn cookies(&self, name: &str) -> Vec<&Cookie> {
        self.jar
            .iter()
            .filter(|cookie| cookie.name == name)
            .collect()
    }

    /// Puts a cookie into the jar, as somebody else might have.
    pub fn plant(&mut self, name: &str, value: &str, path: &str) {
        self.keep(Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            path: path.to_owned(),
            header: String::new(),
        });
    }
}

impl Cookie {
    fn read(header: &reqwest::header::HeaderValue) -> Self {
        let header = header.to_str().unwrap().to_owned();
        let mut parts = header.split("; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let path = parts
            .find_map(|part| part.strip_prefix("Path="))
            .unwrap_or("/");
        Self {
            name: name.to_owned(),
            value: value.to_owned(),
            path: path.to_owned(),
            header: header.clone(),
        }
    }
}

impl Page {
    /// Where it redirects to, in full.
    pub fn location(&self) -> Option<String> {
        let location = self.headers.get("location")?.to_str().unwrap();
        Some(absolute(&self.url, location))
    }

    /// Parameters of the URL it redirects to, query and fragment.
    #[track_caller]
    pub fn sent(&self) -> BTreeMap<String, String> {
        let location = self
            .location()
            .unwrap_or_else(|| panic!("no redirect: {} {}", self.status, self.body));
        let url = url::Url::parse(&location).unwrap();
        let fragment = url.fragment().unwrap_or_default().to_owned();
        let mut pairs: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        pairs.extend(url::form_urlencoded::parse(fragment.as_bytes()).into_owned());
        pairs
    }

    /// The authorization code it brings to the client.
    #[track_caller]
    pub fn code(&self) -> String {
        let mut sent = self.sent();
        sent.remove("code")
            .unwrap_or_else(|| panic!("no code: {sent:?}"))
    }

    /// The form with this id.
    #[track_caller]
    pub fn form(&self, id: &str) -> Form {
        self.find_form(id).unwrap_or_else(|| {
            panic!(
                "no form {id} at {} ({}): {}",
                self.url, self.status, self.body
            )
        })
    }

    /// The form with this id, if the page has it.
    pub fn find_form(&self, id: &str) -> Option<Form> {
        let forms = self.body.split("<form").skip(1);
        let form = forms
            .map(|form| form.split("</form>").next().unwrap())
            .find(|form| attribute(form.split('>').next().unwrap(), "id").as_deref() == Some(id))?;
        let head = form.split('>').next().unwrap();
        let inputs = form
            .split("<input")
            .skip(1)
            .map(|input| input.split('>').next().unwrap());
        let fields = inputs
            .filter(|input| {
                attribute(input, "type").is_none_or(|t| !t.eq_ignore_ascii_case("submit"))
            })
            // A box that is not ticked is not sent.
            .filter(|input| {
                attribute(input, "type").as_deref() != Some("checkbox")
                    || input.ends_with(" checked")
            })
            .filter_map(|input| {
                let name = attribute(input, "name")?;
                Some((name, attribute(input, "value").unwrap_or_default()))
            });
        Some(Form {
            action: attribute(head, "action").unwrap_or_default(),
            fields: fields.collect(),
            from: self.url.clone(),
        })
    }

    /// The value of the first attribute of this name.
    #[track_caller]
    pub fn data(&self, name: &str) -> String {
        let named = format!(" {name}=");
        let tag = self.body.split('<').find(|tag| tag.contains(&named));
        tag.and_then(|tag| attribute(tag, name))
            .unwrap_or_else(|| panic!("no {name} at {}: {}", self.url, self.body))
    }

    /// The page as its reader sees it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for part in self.body.split('<') {
            let inside = part.split_once('>').map_or(part, |(_, text)| text).trim();
            if !inside.is_empty() {
                text.push_str(inside);
                text.push('\n');
            }
        }
        unescape(&text)
    }

    /// Whether the page has a check box of this name.
    pub fn has_box(&self, name: &str) -> bool {
        let mut inputs = self.body.split("<input").skip(1);
        inputs.any(|input| {
            let input = input.split('>').next().unwrap();
            attribute(input, "type").as_deref() == Some("checkbox")
                && attribute(input, "name").as_deref() == Some(name)
        })
    }

    /// Target of the first link with this text.
    #[track_caller]
    pub fn link(&self, label: &str) -> String {
        let links = self.body.split("<a ").skip(1);
        let found = links
            .filter_map(|link| link.split_once("</a>"))
            .find(|(link, _)| unescape(link.split_once('>').unwrap().1) == label)
            .unwrap_or_else(|| panic!("no link {label}: {}", self.body));
        absolute(&self.url, &attribute(found.0, "href").unwrap())
    }

    /// Headers that everything on a domain carries (security.md C10).
    fn check_headers(&self) {
        let header = |name: &str| {
            let value = self.headers.get(name);
            value
                .map(|v| v.to_str().unwrap().to_owned())
                .unwrap_or_default()
        };
        if !header("content-type").starts_with("text/html") {
            return;
        }
        let policy = header("content-security-policy");
        for part in [
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self' data:",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{} lacks {part}: {policy}", self.url);
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(header(name), value, "{name} at {}", self.url);
        }
        assert!(header("cache-control").contains("no-store"), "{}", self.url);
        assert!(self.headers.get("access-control-allow-origin").is_none());
        let scripts = self.body.split("<script").skip(1);
        for script in scripts.clone() {
            let ours = ["passkey-", "password-"]
                .iter()
                .any(|name| script.starts_with(&format!(" src=\"/_assets/{name}")));
            assert!(ours && script.contains("></script>"), "{}", self.url);
        }
        let scripted = policy.contains("; script-src 'self'");
        assert_eq!(scripted, scripts.count() > 0, "{policy}");
        assert!(!self.body.contains(" style="), "{}", self.url);
    }
}

impl Form {
    /// The same form with a field filled in; the field must be there.
    #[must_use]
    #[track_caller]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        let field = self.fields.get_mut(name);
        value.clone_into(field.unwrap_or_else(|| panic!("no field {name}")));
        self
    }

    /// The same form with a field that the page does not have, or another value than it allows.
    #[must_use]
    pub fn forge(mut self, name: &str, value: &str) -> Self {
        self.fields.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same form without a field.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.remove(name);
        self
    }
}

fn absolute(base: &str, url: &str) -> String {
    url::Url::parse(base)
        .unwrap()
        .join(url)
        .unwrap()
        .to_string()
}

fn path_of<'a>(home: &str, url: &'a str) -> &'a str {
    let path = url.strip_prefix(home).unwrap_or("/");
    path.split(['?', '#']).next().unwrap()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let quoted = format!(" {name}=\"");
    let (_, rest) = format!(" {tag}")
        .replace('\n', " ")
        .split_once(&quoted)
        .map(|(a, b)| (a.to_owned(), b.to_owned()))?;
    Some(unescape(rest.split('"').next().unwrap()))
}

fn unescape(text: &str) -> String {
    let mut plain = text.to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&#60;", "<"),
        ("&gt;", ">"),
        ("&#62;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(entity, character);
    }
    plain
}
