"""PostgreSQL goes away and comes back under load: nothing acknowledged is lost, and nobody restarts the server."""

import itertools
import os
import threading
import time

from cluster import Cluster
from ledger import Ledger, missing, place, work
from poolhouse import Server
from wire import Lost, Wire

RESTARTS = int(os.environ.get("RIG_RESTARTS", "6"))
WRITERS = 6


def write_on(url: str, pool: str, client: str, ledger: Ledger, names, refused: list, over: threading.Event) -> None:
    """A writer that goes on after what it was refused."""
    while not over.is_set():
        work(url, pool, client, ledger, names, refused)


def back_after(url: str, pool: str) -> float:
    """How long it takes until a request is answered again."""
    began = time.monotonic()
    while True:
        wire = Wire(url)
        try:
            status, _ = wire.call("DescribeUserPool", UserPoolId=pool)
        except Lost:
            status = 0
        finally:
            wire.close()
        waited = time.monotonic() - began
        if status == 200:
            return waited
        assert waited < 30, "the server did not come back"


def test_postgresql_restarts_are_survived(tmp_path):
    with Cluster() as cluster, Server(cluster.url, data_dir=tmp_path / "data", args=["--no-demo"]) as server:
        pid = server.process.pid
        pool, client = place(Wire(server.url))
        ledger, names, refused, over, waits = Ledger(), itertools.count(1), [], threading.Event(), []
        given = (server.url, pool, client, ledger, names, refused, over)
        writers = [threading.Thread(target=write_on, args=given) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        for number in range(RESTARTS):
            # Let them work; this is load, not a wait for something to have happened.
            time.sleep(0.7)
            if number % 3 == 2:
                cluster.kill_a_backend()
            else:
                cluster.stop(["immediate", "fast"][number % 3])
                cluster.start()
            waits.append(back_after(server.url, pool))
        time.sleep(0.7)
        over.set()
        # A writer ends with its next refusal; a fall makes sure that there is one.
        cluster.stop("immediate")
        for writer in writers:
            writer.join(timeout=90)
            assert not writer.is_alive()
        cluster.start()
        back_after(server.url, pool)
        kinds = {(status, answer.get("__type")) for _, status, answer in refused}
        # A conflict may be lost too; everything else says that it is the server's fault.
        assert kinds <= {(500, "InternalErrorException"), (400, "ConcurrentModificationException")}, kinds
        assert server.process.poll() is None and server.process.pid == pid
        assert missing(Wire(server.url), pool, client, ledger, everything=True) == []
        log = server.log.read_text(errors="replace")
        assert "panicked" not in log, server.tail()
    print(
        f"\nPostgreSQL restarts under load: {RESTARTS + 1} ({RESTARTS // 3} by killing a backend), "
        f"{ledger.acknowledged} acknowledged writes, 0 lost, {len(refused)} refused; "
        f"served again {max(waits) * 1000:.0f} ms after it was back at most"
    )
    assert ledger.acknowledged > 100
