"""Fixtures of the system tests: servers on databases of their own, singly and in pairs."""

from __future__ import annotations

import contextlib
import os

import pytest

from poolhouse import Server, new_database


@pytest.fixture(scope="session")
def cluster() -> str:
    given = os.environ.get("RIG_CLUSTER")
    assert given, "RIG_CLUSTER is not set: run tests/system/run"
    return given


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, cluster):
    """None (SQLite) or the URL of an empty PostgreSQL database."""
    return new_database(cluster) if request.param == "postgres" else None


@pytest.fixture
def twins(cluster, tmp_path):
    """Two server processes on one PostgreSQL database, with one master key."""
    database = new_database(cluster)
    with contextlib.ExitStack() as running:
        first = running.enter_context(Server(database, data_dir=tmp_path / "data", args=["--no-demo"]))
        public = ["--no-demo", "--public-url", first.url]
        second = running.enter_context(Server(database, data_dir=tmp_path / "data", args=public))
        yield first, second
