"""A browser without JavaScript: cookies, redirects up to the application, forms found by what is in them."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

APPLICATION = "https://app.example.com/back"
GOODBYE = "https://app.example.com/bye"


class Page(HTMLParser):
    """The forms and the text of a page."""

    def __init__(self, answer):
        super().__init__()
        self.url, self.status, self.headers = answer.url, answer.status_code, answer.headers
        self.forms: list[dict] = []
        self.links: list[tuple[str, str]] = []
        self.html = answer.text
        self._text: list[str] = []
        self._quiet = 0
        self.feed(answer.text)

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "method": given.get("method", "get"), "fields": {}})
        elif tag in ("input", "textarea", "select", "button") and self.forms and given.get("name"):
            self.forms[-1]["fields"].setdefault(given["name"], given.get("value", ""))
        elif tag == "a":
            self.links.append((given.get("href", ""), given.get("id", "")))
        elif tag in ("script", "style"):
            self._quiet += 1

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self._quiet -= 1

    def handle_data(self, data):
        if not self._quiet:
            self._text.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._text).split())

    def form(self, *names: str) -> dict:
        """The form that has all these fields."""
        for form in self.forms:
            if set(names) <= set(form["fields"]):
                return form
        raise AssertionError(f"no form with {names} on {self.url}: {self.forms}\n{self.text}")


class Landing:
    """Where the application was called back."""

    def __init__(self, url: str):
        self.url = url
        parts = urlsplit(url)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.fragment = {name: values[0] for name, values in parse_qs(parts.fragment).items()}


class Browser:
    """`applications` are the beginnings of addresses that are not followed but handed back as a Landing."""

    def __init__(self, *applications: str):
        self.session = requests.Session()
        self.applications = applications or ("https://app.example.com/",)

    def follow(self, answer):
        """Follows redirects until a page comes or the application is called."""
        for _ in range(10):
            if answer.status_code not in (301, 302, 303, 307, 308):
                return Page(answer)
            target = urljoin(answer.url, answer.headers["location"])
            if target.startswith(self.applications):
                return Landing(target)
            answer = self.session.get(target, allow_redirects=False, timeout=20)
        raise AssertionError(f"too many redirects: {answer.url}")

    def get(self, url: str, **query):
        return self.follow(self.session.get(url, params=query or None, allow_redirects=False, timeout=20))

    def submit(self, page: Page, **values: str):
        """Fills in and sends the form of the page that has these fields, with what else is in it."""
        names = {name.replace("__", "."): value for name, value in values.items()}
        form = page.form(*names)
        answer = self.session.post(
            urljoin(page.url, form["action"]) if form["action"] else page.url,
            data={**form["fields"], **names},
            allow_redirects=False,
            timeout=20,
        )
        assert answer.status_code not in (307, 308), "a password would be sent on"
        return self.follow(answer)

    def sign_in(self, page: Page, person):
        return self.submit(page, username=person.username, password=person.password)
