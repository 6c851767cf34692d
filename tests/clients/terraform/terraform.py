"""Terraform with the AWS provider, as this machine has them: no network, no state elsewhere, no checkpoint."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROVIDER = "registry*/hashicorp/aws"
# Where a mirror usually is; POOLHOUSE_TF_PLUGINS names another place.
USUAL = ["~/.terraform.d/plugins", "~/.local/share/terraform/plugins", "/usr/local/share/terraform/plugins",
         "/usr/share/terraform/plugins", "/opt/*/", "/opt/*/plugins/"]  # fmt: skip
SECONDS = 120


def find_mirror() -> Path | None:
    """The filesystem mirror with the AWS provider: POOLHOUSE_TF_PLUGINS, else one in the usual places."""
    given = os.environ.get("POOLHOUSE_TF_PLUGINS")
    for place in [given] if given else USUAL:
        root, pattern = (Path(place).expanduser(), "") if "*" not in place else (Path("/"), place.strip("/") + "/")
        for found in sorted(root.glob(pattern + PROVIDER)) if root.is_dir() else []:
            return found.parents[2]
    return None


def missing() -> str | None:
    """What is not on this machine, if anything."""
    if not shutil.which("terraform"):
        return "there is no terraform on this machine"
    if not find_mirror():
        return "there is no filesystem mirror with hashicorp/aws on this machine (POOLHOUSE_TF_PLUGINS may name one)"
    return None


class Terraform:
    """One working directory with its own state."""

    def __init__(self, folder: Path, url: str, **variables: str):
        folder.mkdir()
        self.folder = folder
        mirror = find_mirror()
        assert mirror, missing()
        settings = folder / "settings.tfrc"
        settings.write_text(
            f"disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(str(mirror))}\n  }}\n}}\n"
        )
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))},
            "AWS_EC2_METADATA_DISABLED": "true",
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": str(settings),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "TF_VAR_url": url,
            **{f"TF_VAR_{name}": value for name, value in variables.items()},
        }

    def use(self, *files: Path) -> Terraform:
        """Puts files into the directory, in place of those with their names."""
        for file in files:
            shutil.copy(file, self.folder / file.name)
        return self

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess:
        done = subprocess.run(
            ["terraform", arguments[0], "-no-color", *arguments[1:]],
            cwd=self.folder, env=self.environment, text=True, timeout=SECONDS, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert done.returncode in codes, f"terraform {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def init(self) -> Terraform:
        self.run("init")
        return self

    def apply(self, *what: str) -> Terraform:
        self.run("apply", "-auto-approve", *what)
        return self

    def plan(self) -> tuple[dict[str, int], str]:
        """Writes a plan to `plan`: how many resources it would add, change, remove and import, and what it says of them."""
        told = [json.loads(line) for line in self.run("plan", "-json", "-out=plan").stdout.splitlines()]
        (changes,) = (line["changes"] for line in told if line["type"] == "change_summary")
        say = "" if not changes["add"] + changes["change"] + changes["remove"] else self.run("show", "plan").stdout
        return {name: count for name, count in changes.items() if isinstance(count, int)}, say

    def assert_nothing_to_do(self) -> None:
        """A plan finds no difference between the configuration, the state and the server."""
        done = self.run("plan", "-detailed-exitcode", codes=(0, 2))
        assert done.returncode == 0, f"the plan is not empty:\n{done.stdout}"

    def resources(self) -> dict[str, dict]:
        """Everything in the state: the attributes of each address."""
        listed = [made for made in self.state()["resources"] if made["mode"] == "managed"]
        return {f"{made['type']}.{made['name']}": made["instances"][0]["attributes"] for made in listed}

    def state(self) -> dict:
        return json.loads((self.folder / "terraform.tfstate").read_text())
