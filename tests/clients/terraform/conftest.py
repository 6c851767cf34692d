"""Fixtures of the Terraform suite; see tests/clients/run for how a server comes to be."""

from __future__ import annotations

import os

import pytest

import terraform
from world import World


@pytest.fixture(scope="session")
def url() -> str:
    given = os.environ.get("POOLHOUSE_URL")
    assert given, "POOLHOUSE_URL is not set: run tests/clients/run --suite terraform"
    return given


@pytest.fixture
def world(url):
    here = World(url)
    yield here
    here.close()


@pytest.fixture
def workplace(url, tmp_path):
    """A function that makes an initialised working directory from files of this folder."""

    def make(name: str, *files: str, **variables: str) -> terraform.Terraform:
        sources = [terraform.HERE / file for file in ("provider.tf", *files)]
        return terraform.Terraform(tmp_path / name, url, **variables).use(*sources).init()

    return make
