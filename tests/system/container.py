"""What Dockerfile and docker-compose.yml say, as far as the server notices it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


class Image:
    """The last stage of a Dockerfile."""

    def __init__(self, text: str):
        lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", text)).splitlines()
        instructions = [line.split(maxsplit=1) for line in lines if line.strip()]
        first = max(number for number, (name, *_) in enumerate(instructions) if name == "FROM")
        self.environment: dict[str, str] = {}
        self.health: list[str] = []
        self.entrypoint: list[str] = []
        self.command: list[str] = []
        for name, rest in instructions[first:]:
            match name:
                case "ENV":
                    self.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
                case "HEALTHCHECK":
                    self.health = json.loads(rest.split("CMD", 1)[1])
                case "ENTRYPOINT":
                    self.entrypoint = json.loads(rest)
                case "CMD":
                    self.command = json.loads(rest)


IMAGE = Image((ROOT / "Dockerfile").read_text())
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
