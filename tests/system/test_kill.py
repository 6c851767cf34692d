"""kill -9 in the middle of everything: what was acknowledged is there afterwards, every time."""

import itertools
import threading
import time

from poolhouse import Server
from wire import Lost, Wire

KILLS = 20
WRITERS = 6
SECONDS = 0.7
PASSWORD = "Correct-Horse1!"


class Ledger:
    """What the server acknowledged, to be asked for after each fall."""

    def __init__(self):
        self.lock = threading.Lock()
        self.users: dict[str, dict] = {}
        self.groups: set[str] = set()
        self.deleted: set[str] = set()
        self.refresh: dict[str, str] = {}
        self.revoked: set[str] = set()
        self.acknowledged = 0

    def note(self, change) -> None:
        with self.lock:
            change()
            self.acknowledged += 1


def work(url: str, pool: str, client: str, ledger: Ledger, names, faults: list) -> None:
    """One writer: a life of a user, over and over, until the server falls."""
    wire = Wire(url)

    def call(operation, **given):
        status, answer = wire.call(operation, **given)
        if status != 200:
            faults.append((operation, status, answer))
            raise Lost(operation)
        return answer

    try:
        while True:
            name = f"user{next(names)}"
            who = {"UserPoolId": pool, "Username": name}
            call("SignUp", ClientId=client, Username=name, Password=PASSWORD)
            ledger.note(lambda: ledger.users.update({name: {"status": "UNCONFIRMED", "name": None}}))
            call("AdminConfirmSignUp", **who)
            ledger.note(lambda: ledger.users[name].update(status="CONFIRMED"))
            call("AdminUpdateUserAttributes", **who, UserAttributes=[{"Name": "name", "Value": name.upper()}])
            ledger.note(lambda: ledger.users[name].update(name=name.upper()))
            tokens = call(
                "InitiateAuth",
                ClientId=client,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
            )["AuthenticationResult"]
            ledger.note(lambda: ledger.refresh.update({name: tokens["RefreshToken"]}))
            call("CreateGroup", UserPoolId=pool, GroupName=f"group-{name}")
            ledger.note(lambda: ledger.groups.add(f"group-{name}"))
            number = int(name.removeprefix("user"))
            if number % 3 == 0:
                # From here on the token may be dead before that is acknowledged.
                held = ledger.refresh.pop(name)
                call("RevokeToken", ClientId=client, Token=held)
                ledger.note(lambda: ledger.revoked.add(held))
            if number % 5 == 0:
                ledger.users.pop(name)
                ledger.refresh.pop(name, None)
                call("AdminDeleteUser", **who)
                ledger.note(lambda: ledger.deleted.add(name))
    except Lost:
        pass
    finally:
        wire.close()


def missing(wire: Wire, pool: str, client: str, ledger: Ledger) -> list[str]:
    """Everything acknowledged that is not so."""
    lost = []

    def refresh(token):
        return wire.call(
            "InitiateAuth", ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
        )

    for name, expected in ledger.users.items():
        status, answer = wire.call("AdminGetUser", UserPoolId=pool, Username=name)
        if status != 200:
            lost.append(f"{name} is gone")
            continue
        attributes = {item["Name"]: item["Value"] for item in answer["UserAttributes"]}
        # The change after the last acknowledged one may have been made too.
        if expected["status"] == "CONFIRMED" and answer["UserStatus"] != "CONFIRMED":
            lost.append(f"{name} is {answer['UserStatus']}")
        if expected["name"] and attributes.get("name") != expected["name"]:
            lost.append(f"{name} lost an attribute")
    for name in ledger.deleted:
        if wire.call("AdminGetUser", UserPoolId=pool, Username=name)[0] == 200:
            lost.append(f"{name} is back")
    for group in ledger.groups:
        if wire.call("GetGroup", UserPoolId=pool, GroupName=group)[0] != 200:
            lost.append(f"{group} is gone")
    for name, token in ledger.refresh.items():
        if refresh(token)[0] != 200:
            lost.append(f"the session of {name} is gone")
    lost += [f"a revoked token lives: {token[:12]}" for token in ledger.revoked if refresh(token)[0] == 200]
    return lost


def test_nothing_acknowledged_is_lost(database, tmp_path):
    ledger, faults, names = Ledger(), [], itertools.count(1)
    args = {"data_dir": tmp_path / "data", "args": ["--no-demo"]}
    with Server(database, **args) as server:
        wire = Wire(server.url)
        pool = wire.must("CreateUserPool", PoolName="ledger")["UserPool"]["Id"]
        client = wire.must(
            "CreateUserPoolClient",
            UserPoolId=pool,
            ClientName="ledger",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )["UserPoolClient"]["ClientId"]
    starts = []
    for _ in range(KILLS):
        with Server(database, **args) as server:
            writers = [
                threading.Thread(target=work, args=(server.url, pool, client, ledger, names, faults))
                for _ in range(WRITERS)
            ]
            for writer in writers:
                writer.start()
            # Let them work; this is load, not a wait for something to have happened.
            time.sleep(SECONDS)
            server.kill()
            for writer in writers:
                writer.join(timeout=60)
                assert not writer.is_alive()
        began = time.monotonic()
        with Server(database, **args) as server:
            starts.append(time.monotonic() - began)
            assert missing(Wire(server.url), pool, client, ledger) == []
        assert faults == []
    kind = "PostgreSQL" if database else "SQLite"
    print(
        f"\nkill -9 on {kind}: {KILLS} kills, {ledger.acknowledged} acknowledged writes, 0 lost; "
        f"back after {max(starts) * 1000:.0f} ms at most"
    )
    assert ledger.acknowledged > KILLS * 10
