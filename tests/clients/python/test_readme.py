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


def test_the_readme_works_when_pasted(private_server, tmp_path):
    server = private_server()
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "AWS_PAGER": "",
    }
    ran = 0
    for language, text in blocks():
        script = text.replace("http://localhost:9229", server.url).replace("http://127.0.0.1:9229", server.url)
        done = subprocess.run(
            LANGUAGES[language],
            input=script,
            text=True,
            capture_output=True,
            cwd=NODE if language == "js" else tmp_path,
            env=environment,
            timeout=60,
            check=False,
        )
        if done.returncode != 0:
            pytest.fail(f"this block of the README fails:\n{text}\n{done.stdout}\n{done.stderr}", pytrace=False)
        ran += 1
    assert ran >= 5
