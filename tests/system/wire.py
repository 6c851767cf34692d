"""The API without a client library: fast enough to race with, plain enough to fuzz with."""

from __future__ import annotations

import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

PREFIX = "AWSCognitoIdentityProviderService"
KMS = "TrentService"


class Lost(Exception):
    """The server went away before it answered."""


class Wire:
    """One connection to a server. Not for several threads at once."""

    def __init__(self, url: str, prefix: str = PREFIX):
        self.prefix = prefix
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self._connection: http.client.HTTPConnection | None = None

    def connect(self) -> None:
        """Opens the connection now, so that a race does not start with handshakes."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
            self._connection.connect()

    def send(self, method: str, path: str, body: bytes, headers: dict) -> tuple[int, dict, bytes]:
        try:
            self.connect()
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection = None
            raise Lost(str(error)) from error

    def call(self, operation: str, **given) -> tuple[int, dict]:
        """Status and JSON (or {}) of an API call."""
        return self.raw(operation, json.dumps(given).encode())

    def raw(self, operation: str, body: bytes) -> tuple[int, dict]:
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{self.prefix}.{operation}"}
        status, _, content = self.send("POST", "/", body, headers)
        return status, json.loads(content) if content else {}

    def form(self, path: str, **given) -> tuple[int, dict]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, content = self.send("POST", path, urlencode(given).encode(), headers)
        return status, json.loads(content) if content else {}

    def must(self, operation: str, **given) -> dict:
        status, answer = self.call(operation, **given)
        assert status == 200, (operation, status, answer)
        return answer

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None


def race(urls: list[str], count: int, attempt) -> list[tuple[int, dict]]:
    """`attempt(wire, number)` from `count` threads at once, spread over the servers; what each was answered."""
    barrier = threading.Barrier(count)

    def run(number: int):
        wire = Wire(urls[number % len(urls)])
        wire.connect()
        barrier.wait(timeout=60)
        try:
            return attempt(wire, number)
        finally:
            wire.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
