"""Starts and stops Poolhouse servers, for the client suites and the system tests. Standard library only."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 30


def binary() -> Path:
    """The server to test: POOLHOUSE_BIN, else the dev build of this checkout."""
    given = os.environ.get("POOLHOUSE_BIN")
    if given:
        return Path(given).resolve()
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "poolhouse"


def new_database(cluster: str | None) -> str | None:
    """An empty database in the PostgreSQL cluster that `cluster` (a postgres:// URL) names; None stays None (SQLite)."""
    if cluster is None:
        return None
    name = f"rig_{secrets.token_hex(6)}"
    subprocess.run(["psql", "-qX", cluster, "-c", f"CREATE DATABASE {name}"], check=True, timeout=60)
    parts = urllib.parse.urlsplit(cluster)
    return urllib.parse.urlunsplit(parts._replace(path=f"/{name}"))


class Server:
    """One `poolhouse dev` process on a free port; a context manager that stops it.

    `database` is a postgres:// URL. Without one the server keeps SQLite in `data_dir` if that is given
    (so that it can be killed and started again), else in a private file of its own (`--ephemeral`).
    With `--https-port` in `args`, `https_url` and `ca` (a PEM file) are set.
    Two servers that share a PostgreSQL database must share `data_dir`: the master key is there.
    """

    def __init__(self, database=None, data_dir=None, args=(), env=None, log=None):
        self.command = [str(binary()), "dev", "--port", "0", "--hash", "dev"]
        self._scratch = tempfile.TemporaryDirectory(prefix="poolhouse-rig.")
        self.ready_file = Path(self._scratch.name) / "ready.json"
        self.log = Path(log) if log else Path(self._scratch.name) / "server.log"
        self.command += ["--ready-file", str(self.ready_file)]
        if database:
            self.command += ["--database", database, "--data-dir", str(data_dir or Path(self._scratch.name) / "data")]
        elif data_dir:
            self.command += ["--data-dir", str(data_dir)]
        else:
            self.command += ["--ephemeral"]
        self.command += [str(part) for part in args]
        self.env = {**os.environ, **(env or {})}
        self.process: subprocess.Popen | None = None
        self.url = ""
        self.https_url: str | None = None
        self.ca: str | None = None

    def start(self) -> Server:
        self.ready_file.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env, cwd=self._scratch.name
            )
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.tail()}")
            try:
                ready = json.loads(self.ready_file.read_text())
            except (FileNotFoundError, json.JSONDecodeError):
                time.sleep(0.005)
                continue
            self.url = ready["url"].rstrip("/")
            self.https_url = f"https://localhost:{ready['https_port']}" if "https_port" in ready else None
            self.ca = ready.get("ca")
            return self
        self.kill()
        raise RuntimeError(f"the server was not ready after {READY_SECONDS} s:\n{self.tail()}")

    def stop(self) -> int:
        """A polite end; the exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise RuntimeError(f"the server ignored SIGTERM:\n{self.tail()}") from None
        return self.process.returncode

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=20)

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_):
        self.stop()
        self._scratch.cleanup()


class Mailbox:
    """What the server sent, read through its test controls (`/_poolhouse/messages`)."""

    def __init__(self, url: str):
        self.url = url

    def wait(self, timeout: float = 10, **query) -> dict | None:
        """The newest message that fits `query` (to, pool, username, kind, after); None when there is none in time."""
        asked = urllib.parse.urlencode({**query, "timeout": timeout})
        try:
            with urllib.request.urlopen(f"{self.url}/_poolhouse/messages/wait?{asked}", timeout=timeout + 20) as answer:
                return json.load(answer)["message"]
        except urllib.error.HTTPError as refused:
            if refused.code == 404:
                return None
            raise

    def newest_id(self, **query) -> str:
        """The id to give as `after`, so that only later messages count; "" when there is none yet."""
        message = self.wait(timeout=0, **query)
        return message["id"] if message else ""

    def code(self, to: str, **query) -> str:
        message = self.wait(to=to, **query)
        assert message, f"nothing was sent to {to}"
        assert message["code"], f"the message has no code: {message}"
        return message["code"]
