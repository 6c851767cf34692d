"""Fixtures of the Python client suite; see tests/clients/run for how a server comes to be."""

from __future__ import annotations

import os

import pytest

pytest.register_assert_rewrite("strict", "world", "browser")

from poolhouse import Server, new_database  # noqa: E402
from world import World  # noqa: E402


@pytest.fixture(scope="session")
def url() -> str:
    given = os.environ.get("POOLHOUSE_URL")
    assert given, "POOLHOUSE_URL is not set: run tests/clients/run --suite python"
    return given


@pytest.fixture
def world(url):
    """The shared server. Tests leave other tests' pools alone."""
    here = World(url)
    yield here
    here.close()


@pytest.fixture
def private_server():
    """A function that starts a server of the test's own, on the database kind of the run."""
    started: list[Server] = []

    def start(*args, **settings) -> Server:
        server = Server(new_database(os.environ.get("RIG_CLUSTER") or None), args=args, **settings)
        started.append(server.start())
        return server

    yield start
    for server in started:
        server.__exit__()
