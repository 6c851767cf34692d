"""Functions that hang or are slow, two hundred calls at once: the others are served all the same."""

import contextlib
import json
import os
import socket
import statistics
import threading
import time
from collections import Counter

from poolhouse import Server
from test_limits import answered
from wire import PREFIX, Wire
from world import PASSWORD, World

CALLS = 200
ROUNDS = 300
ARN = "arn:aws:lambda:us-east-1:123456789012:function:hung"


class Hung:
    """A webhook that takes calls and answers none until it is told to."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=2 * CALLS)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/hook"
        self.calls: list[socket.socket] = []
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        with contextlib.suppress(OSError):
            while True:
                call, _ = self.socket.accept()
                self.calls.append(call)

    def wait(self, count: int):
        deadline = time.monotonic() + 60
        while len(self.calls) < count:
            assert time.monotonic() < deadline, f"{len(self.calls)} of {count} calls came"
            time.sleep(0.01)

    def answer(self):
        """Lets every sign-up go on."""
        calls, self.calls = self.calls, []
        for call in calls:
            call.recv(1 << 16)
            call.sendall(b'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 15\r\n\r\n{"response":{}}')
            call.close()


def sign_up(client: str, number: int) -> bytes:
    body = json.dumps({"ClientId": client, "Username": f"hung-{number}", "Password": PASSWORD}).encode()
    head = (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: {PREFIX}.SignUp\r\n"
        f"Content-Type: application/x-amz-json-1.1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Others:
    """What other people do meanwhile."""

    def __init__(self, server: Server, pool):
        self.wire = Wire(server.url)
        self.pool, self.client, self.person = pool, pool.client()["ClientId"], pool.person()
        signed_in = self.sign_in()[1]["AuthenticationResult"]
        self.access, self.refresh_token = signed_in["AccessToken"], signed_in["RefreshToken"]
        self.groups = 0

    def initiate(self, flow: str, **parameters):
        return self.wire.call("InitiateAuth", ClientId=self.client, AuthFlow=flow, AuthParameters=parameters)

    def sign_in(self):
        return self.initiate("USER_PASSWORD_AUTH", USERNAME=self.person.username, PASSWORD=PASSWORD)

    def refresh(self):
        return self.initiate("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=self.refresh_token)

    def get_user(self):
        return self.wire.call("GetUser", AccessToken=self.access)

    def create_group(self):
        self.groups += 1
        return self.wire.call("CreateGroup", UserPoolId=self.pool.id, GroupName=f"g{self.groups}")

    def p99s(self) -> dict[str, float]:
        """Milliseconds of each, taken in turns."""
        times: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            for ask in (self.sign_in, self.refresh, self.get_user, self.create_group):
                began = time.perf_counter()
                status, body = ask()
                times.setdefault(ask.__name__, []).append((time.perf_counter() - began) * 1000)
                assert status == 200, body
        return {name: statistics.quantiles(all_times, n=100)[98] for name, all_times in times.items()}


def best(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Of each operation the least: whoever else uses the machine only adds to it."""
    return {name: min(times[name] for times in rounds) for name in rounds[0]}


def test_hung_and_slow_functions_hold_nobody_up(database, tmp_path):
    cycles = int(os.environ.get("RIG_HUNG", "1"))
    hung = Hung()
    args = ["--no-demo", "--trigger", f"{ARN}={hung.url}", "--trigger-concurrency", CALLS, "--trigger-timeout-ms", 60_000]
    answers: Counter = Counter()
    quiet, beside = [], []
    with Server(database, data_dir=tmp_path / "data", args=args) as server:
        world = World(server.url)
        others = Others(server, world.pool())
        waiting = world.pool(LambdaConfig={"PreSignUp": ARN})
        client = waiting.client()["ClientId"]
        made = lambda: world.idp.describe_user_pool(UserPoolId=waiting.id)["UserPool"]["EstimatedNumberOfUsers"]  # noqa: E731
        others.p99s()
        for cycle in range(cycles):
            quiet.append(others.p99s())
            flood = [socket.create_connection((others.wire.host, others.wire.port), timeout=120) for _ in range(CALLS)]
            for number, connection in enumerate(flood):
                connection.sendall(sign_up(client, cycle * CALLS + number))
            hung.wait(CALLS)
            beside.append(others.p99s())
            assert made() == cycle * CALLS, "an account was made before its function spoke"
            # They were slow, and no worse.
            hung.answer()
            answers.update(answered(connection) for connection in flood)
            assert made() == (cycle + 1) * CALLS
    hung.socket.close()
    alone, crowded = best(quiet), best(beside)
    kind = "PostgreSQL" if database else "SQLite"
    print(f"\n{kind}, p99 in ms, the best of {cycles}: alone, and beside {CALLS} hung calls")
    for name, time_alone in alone.items():
        print(f"  {name:14}{time_alone:8.1f}{crowded[name]:8.1f}   x {crowded[name] / time_alone:.2f}")
    assert answers == {(200, None): CALLS * cycles}
