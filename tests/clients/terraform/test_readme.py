"""The README's configuration does what it says, against the server of the tests."""

import json
import re
import urllib.request
from pathlib import Path

import terraform

README = Path(__file__).resolve().parents[3] / "README.md"
BLOCK = re.compile(r"^```hcl\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_configuration_works_when_pasted(url, tmp_path):
    (text,) = BLOCK.findall(README.read_text())
    assert "http://localhost:9229" in text
    here = terraform.Terraform(tmp_path / "app", url)
    (here.folder / "main.tf").write_text(text.replace("http://localhost:9229", url))
    here.init().apply()
    here.assert_nothing_to_do()

    said = {name: value["value"] for name, value in here.state()["outputs"].items()}
    with urllib.request.urlopen(f"{said['issuer']}/.well-known/openid-configuration", timeout=20) as answer:
        assert json.load(answer)["issuer"] == said["issuer"]
    assert said["client_id"] == here.resources()["aws_cognito_user_pool_client.web"]["id"]
    here.run("destroy", "-auto-approve")
    assert here.resources() == {}
