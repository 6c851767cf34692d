"""A PostgreSQL cluster of a test's own, to be stopped and started again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path


def programs() -> Path:
    """The folder of the newest installed server; Debian keeps it off PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    assert initdb, "PostgreSQL is not installed"
    return Path(initdb).resolve().parent


class Cluster:
    """Loopback, a free port, no fsync (what is killed here is the process, not the machine)."""

    def __init__(self):
        self.bin = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="poolhouse-cluster."))
        # PostgreSQL refuses to run as root, so root runs it as the account that the package made.
        self.account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.run("initdb", "--username=poolhouse", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    @property
    def url(self) -> str:
        return f"postgres://poolhouse@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        owner = {"user": self.account.pw_uid, "group": self.account.pw_gid} if self.account else {}
        command = [str(self.bin / program), f"--pgdata={self.folder / 'data'}", *arguments]
        done = subprocess.run(
            command, cwd="/", timeout=90, check=False, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **owner,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync=off -c max_connections=200"
        log = f"--log={self.folder / 'log'}"
        self.run("pg_ctl", "start", "--silent", "--wait", "--timeout=60", log, f"--options={options}")

    def stop(self, mode: str) -> None:
        self.run("pg_ctl", "stop", "--silent", "--wait", "--timeout=60", f"--mode={mode}")

    def backends(self) -> list[int]:
        """The processes that serve connections."""
        query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        done = subprocess.run(["psql", "-qXAt", self.url, "-c", query], check=True, timeout=30, capture_output=True)
        return [int(line) for line in done.stdout.split()]

    def kill_a_backend(self) -> None:
        """kill -9 of one process; PostgreSQL then restarts them all."""
        for pid in self.backends()[:1]:
            os.kill(pid, signal.SIGKILL)

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(self, *_):
        try:
            if (self.folder / "data" / "postmaster.pid").exists():
                self.stop("immediate")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
