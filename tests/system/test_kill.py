"""kill -9 in the middle of everything: what was acknowledged is there afterwards, every time."""

import itertools
import os
import random
import threading
import time

from ledger import Ledger, missing, place, work
from poolhouse import Server
from wire import Wire

KILLS = int(os.environ.get("RIG_KILLS", "20"))
WRITERS = 6


def test_nothing_acknowledged_is_lost(database, tmp_path):
    ledger, faults, names = Ledger(), [], itertools.count(1)
    args = {"data_dir": tmp_path / "data", "args": ["--no-demo"]}
    with Server(database, **args) as server:
        pool, client = place(Wire(server.url))
    starts, chance = [], random.Random(KILLS)
    for number in range(1, KILLS + 1):
        with Server(database, **args) as server:
            writers = [
                threading.Thread(target=work, args=(server.url, pool, client, ledger, names, faults))
                for _ in range(WRITERS)
            ]
            for writer in writers:
                writer.start()
            # Let them work; this is load, not a wait for something to have happened.
            time.sleep(chance.uniform(0.2, 1.0))
            server.kill()
            for writer in writers:
                writer.join(timeout=60)
                assert not writer.is_alive()
        began = time.monotonic()
        with Server(database, **args) as server:
            starts.append(time.monotonic() - began)
            everything = number == KILLS
            assert missing(Wire(server.url), pool, client, ledger, everything=everything) == []
        assert faults == []
    kind = "PostgreSQL" if database else "SQLite"
    print(
        f"\nkill -9 on {kind}: {KILLS} kills, {ledger.acknowledged} acknowledged writes, 0 lost; "
        f"back after {max(starts) * 1000:.0f} ms at most"
    )
    assert ledger.acknowledged > KILLS * 10
