"""Thousands who only sit there, and a flood of passwords: the others are served all the same."""

import contextlib
import json
import resource
import selectors
import socket
import statistics
import time
from collections import Counter

from poolhouse import Server
from wire import PREFIX, Wire
from world import PASSWORD, World

IDLE = 4000
FLOOD = 2000


def more_files() -> int:
    """Raises what this process, and the servers that it starts, may open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * IDLE + 1000
    most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    return max(soft, most)


def sign_in(wire: Wire, client: str, name: str, password: str = PASSWORD) -> tuple[int, dict]:
    return wire.call(
        "InitiateAuth",
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )


def took(url: str, ask) -> float:
    """Milliseconds of one request, over a connection of its own."""
    wire = Wire(url)
    began = time.perf_counter()
    assert ask(wire)[0] == 200
    milliseconds = (time.perf_counter() - began) * 1000
    wire.close()
    return milliseconds


def percentile(times: list[float]) -> float:
    """The 99th."""
    return statistics.quantiles(times, n=100)[98]


def p99(url: str, ask, count: int = 150) -> float:
    """Milliseconds, one request after the other."""
    return percentile([took(url, ask) for _ in range(count)])


def test_idle_and_half_open_connections_stop_nobody(tmp_path):
    files = more_files()
    idle = min(IDLE, files - 500)
    with Server(data_dir=tmp_path / "data", args=["--no-demo"]) as server, contextlib.ExitStack() as held:
        world = World(server.url)
        pool = world.pool()
        client, person = pool.client()["ClientId"], pool.person()
        ask = lambda wire: sign_in(wire, client, person.username)  # noqa: E731
        quiet = p99(server.url, ask)
        address = (Wire(server.url).host, Wire(server.url).port)
        for number in range(idle):
            connection = held.enter_context(socket.create_connection(address, timeout=10))
            if number % 2:
                connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        crowded = p99(server.url, ask)
    print(f"\nsign-in p99: {quiet:.1f} ms alone, {crowded:.1f} ms beside {idle} idle and half-open connections")
    assert crowded < max(2 * quiet, 100)


def guess(client: str, name: str) -> bytes:
    """A sign-in as it goes over the wire."""
    parameters = {"USERNAME": name, "PASSWORD": PASSWORD}
    body = json.dumps({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}).encode()
    head = (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: {PREFIX}.InitiateAuth\r\n"
        f"Content-Type: application/x-amz-json-1.1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def answered(connection: socket.socket) -> tuple[int, str]:
    """Status and kind of the one answer on a connection."""
    with connection, connection.makefile("rb") as stream:
        head, _, body = stream.read().partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body).get("__type")


def test_a_flood_of_passwords_is_answered_and_the_rest_goes_on(tmp_path):
    more_files()
    with Server(data_dir=tmp_path / "data", args=["--no-demo"], hash_profile="owasp") as server:
        world = World(server.url)
        pool = world.pool()
        # Whoever asks for a user who does not exist waits for a hash all the same.
        client = pool.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
        ask = lambda wire: wire.call("DescribeUserPool", UserPoolId=pool.id)  # noqa: E731
        quiet = p99(server.url, ask)
        flood = [socket.create_connection((Wire(server.url).host, Wire(server.url).port), timeout=120) for _ in range(FLOOD)]
        for number, connection in enumerate(flood):
            connection.sendall(guess(client, f"nobody{number}"))
        beside = [took(server.url, ask) for _ in range(60)]
        begins = percentile(beside)
        waiting = selectors.DefaultSelector()
        for connection in flood:
            waiting.register(connection, selectors.EVENT_READ)
        while waiting.get_map():
            for key, _ in waiting.select(timeout=0.01):
                waiting.unregister(key.fileobj)
            beside.append(took(server.url, ask))
        answers = Counter(answered(connection) for connection in flood)
        again = ask(Wire(server.url))[0]
    print(
        f"\n{FLOOD} sign-ins at once: {dict(answers)}; DescribeUserPool p99 {quiet:.1f} ms alone, "
        f"{percentile(beside):.1f} ms beside them ({len(beside)} requests; {begins:.1f} ms as they come)"
    )
    assert set(answers) <= {(400, "NotAuthorizedException"), (400, "TooManyRequestsException")}
    # How many are refused depends on how fast they come; that the queue ends is shown in src/hashing/tests.rs.
    assert again == 200
