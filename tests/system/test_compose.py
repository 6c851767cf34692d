"""The server as docker-compose.yml runs it, without a container engine (tests/rig/image.sh has one if the machine does):
its environment is read from the compose file and the Dockerfile, and PostgreSQL is not there yet when it starts."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
import urllib.parse

import pytest

from cluster import Cluster
from container import IMAGE, SERVICES
from poolhouse import binary

PATIENCE = 60
SERVICE = SERVICES["poolhouse"]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def own_address() -> str:
    """An address of this machine that is not loopback, as a container has one; loopback where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # sends nothing
            return asked.getsockname()[0]
        except OSError:
            return "127.0.0.1"


def call(address: str, port: int, host: str, operation: str, body: dict) -> tuple[int, str]:
    """One API call to an address, with whatever Host."""
    connection = http.client.HTTPConnection(address, port, timeout=20)
    headers = {
        "Host": host,
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        "Content-Type": "application/x-amz-json-1.1",
    }
    connection.request("POST", "/", json.dumps(body), headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


class Container:
    """One process with the environment of the image and the service, and nothing else of ours."""

    def __init__(self, folder, database: str):
        self.port = free_port()
        self.log = folder / "server.log"
        moved = {
            "POOLHOUSE_PORT": str(self.port),  # 9229 may be somebody else's here
            "POOLHOUSE_DATA_DIR": str(folder / "data"),
            "POOLHOUSE_DATABASE": database,
        }
        given = IMAGE.environment | SERVICE["environment"] | moved
        self.environment = {"PATH": f"{binary().parent}:{os.environ['PATH']}", "HOME": str(folder)} | given
        with open(self.log, "ab") as log:
            command = IMAGE.entrypoint + SERVICE.get("command", IMAGE.command)
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment)

    def says(self, text: str) -> bool:
        return text in self.log.read_text(errors="replace")

    def healthy(self) -> bool:
        """The image's own health check."""
        url = {"POOLHOUSE_HEALTH_URL": f"http://127.0.0.1:{self.port}"}
        done = subprocess.run(IMAGE.health, env=self.environment | url, capture_output=True, timeout=PATIENCE, check=False)
        return done.returncode == 0

    def until(self, condition) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, self.log.read_text(errors="replace")
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")
            time.sleep(0.05)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)


@pytest.fixture
def container(tmp_path):
    """Gives (a function that starts the server, the cluster, which is not started)."""
    cluster, running = Cluster(), []
    written = urllib.parse.urlsplit(SERVICE["environment"]["POOLHOUSE_DATABASE"])
    assert written.hostname == "postgres" and SERVICES["postgres"]
    database = written._replace(netloc=f"{written.username}:{written.password}@127.0.0.1:{cluster.port}").geturl()

    def start() -> Container:
        running.append(Container(tmp_path, database))
        return running[-1]

    try:
        yield start, cluster, written.path.lstrip("/")
    finally:
        for process in (each.process for each in running):
            process.kill()
            process.wait()
        cluster.__exit__()


def test_the_server_of_the_compose_file_waits_for_postgresql_and_can_be_reached(container):
    start, cluster, name = container
    first = start()
    first.until(lambda: first.says("waiting for PostgreSQL"))
    assert not first.healthy()
    cluster.start()
    subprocess.run(["psql", "-qX", cluster.url, "-c", f"CREATE DATABASE {name}"], check=True, timeout=PATIENCE)
    first.until(first.healthy)

    address = own_address()
    sign_in = {
        "ClientId": "demopublic0000000000000000",
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "demo", "PASSWORD": "Demo-Password-1"},
    }
    # The published port, and another container of the project.
    for host in ("localhost:9229", "127.0.0.1:9229", "poolhouse:9229", "poolhouse"):
        status, answer = call(address, first.port, host, "InitiateAuth", sign_in)
        assert status == 200, (host, answer)
        assert json.loads(answer)["AuthenticationResult"]["AccessToken"]
    # DNS rebinding finds no door (security.md A4).
    assert call(address, first.port, "evil.example:9229", "InitiateAuth", sign_in)[0] == 421
    # The published address is what tokens name, not the port inside.
    assert first.says("http://localhost:9229")

    # A new container finds the same data and keys in its volume and database.
    assert first.stop() == 0
    second = start()
    second.until(second.healthy)
    assert call(address, second.port, "localhost:9229", "InitiateAuth", sign_in)[0] == 200
    assert second.stop() == 0


def test_a_server_that_found_no_postgresql_ends_so_that_it_is_started_again(container):
    """`restart: unless-stopped` mends what outlasts the server's patience; it must end, not hang."""
    assert SERVICE["restart"] == "unless-stopped"
    start, _, _ = container
    lost = start()
    assert lost.process.wait(timeout=PATIENCE) == 1
    assert lost.says("cannot open the PostgreSQL database"), lost.log.read_text()
