"""The README does what it says: every `sh`, `python` and `js` block is run, in order, against a fresh server.

Blocks address http://localhost:9229 (the test server is put in its place). `sh` blocks that start or install
something (cargo, docker, git, curl to somewhere else) and `console`, `text`, `yaml`... blocks are for readers only.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from browser import Browser, Landing
from world import Person

DEMO = Person("demo", "Demo-Password-1")
ROOT = Path(__file__).resolve().parents[3]
NODE = ROOT / "tests" / "clients" / "node"
FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
STARTS = ("cargo ", "docker ", "git ", "npm ", "pip ", "./target/", "poolhouse ")
LANGUAGES = {"sh": ["bash", "-euo", "pipefail"], "python": [sys.executable], "js": ["node", "--input-type=module"]}


def blocks():
    """(language, text) of the README blocks that are run."""
    for language, text in FENCE.findall((ROOT / "README.md").read_text()):
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if language in LANGUAGES and not (language == "sh" and any(line.startswith(STARTS) for line in lines)):
            yield language, text


def test_every_example_is_there():
    text = "\n".join(body for _, body in blocks())
    for client in (
        "aws cognito-idp",
        "boto3",
        "@aws-sdk/client-cognito-identity-provider",
        "amazon-cognito-identity-js",
        "openid-client",
    ):
        assert client in text, f"the README has no example that runs {client}"


def environment(home):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "HOME": str(home), "AWS_PAGER": ""}


@pytest.fixture
def run(private_server, tmp_path):
    """Runs one block; what it printed."""
    server = private_server()

    def run(language, text):
        script = text.replace("http://localhost:9229", server.url)
        where = {"cwd": NODE if language == "js" else tmp_path, "env": environment(tmp_path), "text": True}
        if "createServer" in text:
            return as_application(script, where)
        done = subprocess.run(
            LANGUAGES[language], input=script, capture_output=True, timeout=60, check=False, **where
        )
        failed = done.returncode != 0 or done.stderr or not done.stdout
        assert not failed, f"this block of the README fails:\n{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


def as_application(script, where):
    """A block that prints a link, waits for a browser to come back, says who signed in and ends."""
    with subprocess.Popen(
        LANGUAGES["js"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **where
    ) as process:
        try:
            process.stdin.write(script)
            process.stdin.close()
            line = process.stdout.readline()
            assert line.startswith("open http"), (line, process.stderr.read())
            browser = Browser("http://localhost:3000/")
            landing = browser.sign_in(browser.get(line.removeprefix("open ").strip()), DEMO)
            assert isinstance(landing, Landing), landing.text
            assert requests.get(landing.url, timeout=20).status_code == 200
            said = process.stdout.read()
            assert process.wait(timeout=20) == 0, process.stderr.read()
            return said
        finally:
            process.kill()


def test_the_readme_works_when_pasted(run):
    printed = "\n".join(run(language, text) for language, text in blocks())
    assert "signed in as demo@example.com" in printed
    assert '"UserStatus": "CONFIRMED"' in printed
