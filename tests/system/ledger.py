"""What a server acknowledged, and whether it is still so: the book that falls and cuts are held against."""

from __future__ import annotations

import random
import threading

from wire import Lost, Wire

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
        self.looked_at: set[str] = set()
        self.closed = False

    def note(self, change) -> None:
        with self.lock:
            if not self.closed:
                change()
                self.acknowledged += 1

    def close(self, closed: bool) -> None:
        """From here on nothing is taken for acknowledged: the power is going."""
        with self.lock:
            self.closed = closed


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
            ledger.note(lambda: ledger.users.get(name, {}).update(status="CONFIRMED"))
            call("AdminUpdateUserAttributes", **who, UserAttributes=[{"Name": "name", "Value": name.upper()}])
            ledger.note(lambda: ledger.users.get(name, {}).update(name=name.upper()))
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
                held = ledger.refresh.pop(name, tokens["RefreshToken"])
                call("RevokeToken", ClientId=client, Token=held)
                ledger.note(lambda: ledger.revoked.add(held))
            if number % 5 == 0:
                ledger.users.pop(name, None)
                ledger.refresh.pop(name, None)
                call("AdminDeleteUser", **who)
                ledger.note(lambda: ledger.deleted.add(name))
    except Lost:
        pass
    finally:
        wire.close()


def place(wire: Wire) -> tuple[str, str]:
    """A pool and a client to work on."""
    pool = wire.must("CreateUserPool", PoolName="ledger")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = wire.must("CreateUserPoolClient", UserPoolId=pool, ClientName="ledger", ExplicitAuthFlows=flows)
    return pool, client["UserPoolClient"]["ClientId"]


def missing(wire: Wire, pool: str, client: str, ledger: Ledger, *, everything: bool) -> list[str]:
    """What was acknowledged and is not so: of everything, or of what is new and a sample of the rest."""
    lost = []
    seen = ledger.looked_at
    picked = random.Random(len(seen))

    def asked(entries):
        for entry in sorted(entries):
            key = str(entry)
            if everything or key not in seen or picked.random() < 0.02:
                seen.add(key)
                yield entry

    def refresh(token):
        return wire.call(
            "InitiateAuth", ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
        )

    for name in asked(ledger.users):
        expected = ledger.users[name]
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
    for name in asked(ledger.deleted):
        if wire.call("AdminGetUser", UserPoolId=pool, Username=name)[0] == 200:
            lost.append(f"{name} is back")
    for group in asked(ledger.groups):
        if wire.call("GetGroup", UserPoolId=pool, GroupName=group)[0] != 200:
            lost.append(f"{group} is gone")
    for token in asked(ledger.refresh.values()):
        if refresh(token)[0] != 200:
            lost.append(f"a session is gone: {token[:12]}")
    lost += [f"a revoked token lives: {token[:12]}" for token in asked(ledger.revoked) if refresh(token)[0] == 200]
    return lost


