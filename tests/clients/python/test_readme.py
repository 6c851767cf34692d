"""The README does what it says: every `sh`, `python` and `js` block is run, in order, against a fresh server.

Blocks address http://localhost:9229 (the test server is put in its place). `sh` blocks that start or install
something (cargo, docker, git, curl to somewhere else) and `console`, `text`, `yaml`... blocks are for readers only.
A block that prints `open URL` waits for a browser: the demo user signs in there. ```js browser blocks are apps, which
tests/clients/node/amplify-browser.test.mjs opens in Chromium.
"""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from browser import Browser, Page

ROOT = Path(__file__).resolve().parents[3]
NODE = ROOT / "tests" / "clients" / "node"
FENCE = re.compile(r"^```([^\n]+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
STARTS = ("cargo ", "docker ", "git ", "npm ", "pip ", "./target/", "poolhouse ")
LANGUAGES = {"sh": ["bash", "-euo", "pipefail"], "python": [sys.executable], "js": ["node", "--input-type=module"]}
SECONDS = 60


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
        "aws-amplify",
        "openid-client",
    ):
        assert client in text, f"the README has no example that runs {client}"


def run(command, script, **options):
    """Runs a script from its standard input: (exit code, what it printed)."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    ) as process:
        watchdog = threading.Timer(SECONDS, process.kill)
        watchdog.start()
        try:
            process.stdin.write(script)
            process.stdin.close()
            output = ""
            for line in process.stdout:
                output += line
                if line.startswith("open http"):
                    browser = Browser()
                    landed = browser.submit(browser.get(line.split()[1]), username="demo", password="Demo-Password-1")
                    assert isinstance(landed, Page) and landed.status == 200, landed
            return process.wait(), output
        finally:
            watchdog.cancel()
            process.kill()


def test_the_readme_works_when_pasted(private_server, tmp_path):
    server = private_server()
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "AWS_PAGER": "",
    }
    printed = []
    for language, text in blocks():
        script = text.replace("http://localhost:9229", server.url).replace("http://127.0.0.1:9229", server.url)
        code, output = run(LANGUAGES[language], script, cwd=NODE if language == "js" else tmp_path, env=environment)
        if code != 0:
            pytest.fail(f"this block of the README fails ({code}):\n{text}\n{output}", pytrace=False)
        printed.append(output)
    assert len(printed) >= 5 and all(printed)
    said = "\n".join(printed)
    assert "signed in as demo@example.com" in said and '"UserStatus": "CONFIRMED"' in said
