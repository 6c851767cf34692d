"""Power cuts: the data folder is on a file system of its own that stops, in the middle of everything, with nothing
flushed; what its device holds at that moment is all there is afterwards.

FS_IOC_SHUTDOWN with NOLOGFLUSH is what file systems' own tests cut the power with: from then on nothing reaches the
device, neither what the kernel keeps for it nor its journal. The image is then copied, mounted elsewhere (the journal
recovers) and served again. Needs root and loop devices; without them the rig says so and proves nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import random
import shutil
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest

from ledger import Ledger, missing, place, work
from poolhouse import Server
from wire import Lost, Wire

CUTS = int(os.environ.get("RIG_CUTS", "20"))
WRITERS = 8
SHUTDOWN, NOLOGFLUSH = 0x8004587D, 2
SIZE = 192 << 20


def run(*command) -> None:
    subprocess.run([str(part) for part in command], check=True, timeout=60, capture_output=True)


class Disk:
    """An image, and where it is mounted."""

    def __init__(self, folder: Path, name: str):
        self.image = folder / f"{name}.img"
        self.mount = folder / name
        self.mount.mkdir()

    def format(self) -> Disk:
        with open(self.image, "wb") as image:
            image.truncate(SIZE)
        run("mkfs.ext4", "-q", "-F", self.image)
        return self

    @contextlib.contextmanager
    def mounted(self):
        run("mount", "-o", "loop,noatime", self.image, self.mount)
        try:
            yield self.mount
        finally:
            run("umount", self.mount)

    def cut(self) -> None:
        """The power is gone."""
        folder = os.open(self.mount, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", NOLOGFLUSH))
        finally:
            os.close(folder)

    def copy(self, folder: Path, name: str) -> Disk:
        other = Disk(folder, name)
        run("cp", "--sparse=always", self.image, other.image)
        return other

    def remove(self) -> None:
        self.image.unlink(missing_ok=True)
        self.mount.rmdir()  # only ever an empty folder


def why_not(folder: Path) -> str | None:
    """What is missing for the rig on this machine."""
    if os.geteuid() != 0:
        return "only root can mount an image"
    if not Path("/dev/loop-control").exists() or not shutil.which("mkfs.ext4"):
        return "there are no loop devices, or no mkfs.ext4"
    disk = Disk(folder, "trial")
    try:
        with disk.format().mounted():
            disk.cut()
    except (subprocess.CalledProcessError, OSError) as error:
        return f"an image cannot be mounted and cut: {error}"
    finally:
        disk.remove()
    return None


def under_load(url: str, pool: str, client: str, ledger: Ledger, names) -> tuple[list[threading.Thread], list]:
    refused: list = []
    writers = [
        threading.Thread(target=work, args=(url, pool, client, ledger, names, refused)) for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    return writers, refused


def one_cut(disk: Disk, durability: str, state: tuple | None, ledger: Ledger, names, chance) -> tuple:
    """Load, cut, kill. The pool and client, and what was refused."""
    args = ["--no-demo", "--durability", durability]
    with disk.mounted() as folder:
        server = Server(data_dir=folder / "data", args=args)
        with server:
            state = state or place(Wire(server.url))
            writers, refused = under_load(server.url, *state, ledger, names)
            # Let them work; this is load, not a wait for something to have happened.
            time.sleep(chance.uniform(0.3, 1.5))
            # An answer while the power goes was never given by a machine without power; a file system
            # that is being shut down may still call a flush done.
            ledger.close(True)
            disk.cut()
            server.kill()
            for writer in writers:
                writer.join(timeout=60)
                assert not writer.is_alive()
            ledger.close(False)
    return state, refused


@pytest.mark.timeout(1800)
def test_what_was_answered_survives_a_power_cut(tmp_path):
    reason = why_not(tmp_path)
    if reason:
        print(f"\nNOTICE: no power was cut: {reason}")
        return
    chance = random.Random(CUTS)
    ledger, names, state, refusals = Ledger(), itertools.count(1), None, 0
    disk = Disk(tmp_path, "disk0").format()
    for number in range(1, CUTS + 1):
        state, refused = one_cut(disk, "full", state, ledger, names, chance)
        refusals += len(refused)
        assert all(status == 500 for _, status, _ in refused), refused
        copied = disk.copy(tmp_path, f"disk{number}")
        disk.remove()
        disk = copied
        with disk.mounted() as folder, Server(data_dir=folder / "data", args=["--no-demo"]) as server:
            everything = number == CUTS
            lost = missing(Wire(server.url), *state, ledger, everything=everything)
            assert lost == [], (number, lost)
    disk.remove()
    print(
        f"\npower cuts with FULL: {CUTS} cuts, {ledger.acknowledged} acknowledged writes, 0 lost; "
        f"{refusals} writes answered as failures while the power went"
    )
    assert ledger.acknowledged > CUTS * 10


@pytest.mark.timeout(600)
def test_the_rig_shows_what_is_lost_without_full(tmp_path):
    reason = why_not(tmp_path)
    if reason:
        print(f"\nNOTICE: no power was cut: {reason}")
        return
    chance = random.Random(CUTS)
    acknowledged, lost, cuts = 0, 0, 3
    for number in range(cuts):
        ledger = Ledger()
        disk = Disk(tmp_path, f"disk{number}").format()
        with disk.mounted() as folder, Server(data_dir=folder / "data", args=["--no-demo"]) as server:
            state = place(Wire(server.url))
        # What is there before the load is safely on the disk.
        one_cut(disk, "normal", state, ledger, itertools.count(1), chance)
        copied = disk.copy(tmp_path, f"copy{number}")
        disk.remove()
        with copied.mounted() as folder, Server(data_dir=folder / "data", args=["--no-demo"]) as server:
            with contextlib.suppress(Lost):
                lost += len(missing(Wire(server.url), *state, ledger, everything=True))
        copied.remove()
        acknowledged += ledger.acknowledged
    print(f"\npower cuts with NORMAL: {cuts} cuts, {acknowledged} acknowledged writes, {lost} losses seen")
    assert lost > 0
