"""Several processes on one port: one that dies is replaced, and none outlives the one that started them."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from fakes.documents import accept, send, sync
from fakes.exchange import Caller, RunningExchange
from fakes.exchange_process import ServedProcess
from gongwen_server import cli

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
COUNT = 2


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedProcess]:
    home = tmp_path / "home"
    running = RunningExchange(home)
    running.populate()
    for code in ("001", "002"):
        running.log_in(code).close()
    running.stop()
    served = ServedProcess(home, {}, "--workers", str(COUNT))
    served.start()
    eventually(lambda: len(workers(served.process_id)) == COUNT)
    yield served
    served.stop()


def workers(parent: int) -> set[int]:
    """Processes below ``parent`` that serve (multiprocessing has a tracker of its own beside them)."""
    found = set()
    for folder in Path("/proc").iterdir():
        try:
            status = (folder / "stat").read_text("utf-8").rpartition(") ")[2].split()
            command = (folder / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if int(status[1]) == parent and b"spawn_main" in command and status[0] != "Z":
            found.add(int(folder.name))
    return found


def eventually(happened: Callable[[], bool]) -> None:
    for _ in range(300):
        if happened():
            return
        time.sleep(0.1)  # another program's processes announce nothing
    raise AssertionError("it never happened")


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/v1/health", timeout=5, headers={"Connection": "close"}).ok
    except requests.ConnectionError:
        return False


def fresh_callers(url: str) -> tuple[Caller, Caller]:
    return RunningExchange.caller_at(url, "001"), RunningExchange.caller_at(url, "002")


def test_one_that_dies_is_replaced(served: ServedProcess) -> None:
    before = workers(served.process_id)
    os.kill(min(before), signal.SIGKILL)
    eventually(lambda: len(workers(served.process_id) - {min(before)}) == COUNT)
    for _ in range(4):  # connections of their own: whichever process gets them
        sender, receiver = fresh_callers(served.url)
        document = send(sender, ("002", 1))
        accept(receiver, document)
        assert document.document_id in {one.document_id for one in sync(receiver).documents}
        sender.close()
        receiver.close()


def test_all_end_with_the_first_however_it_ends(served: ServedProcess) -> None:
    below = workers(served.process_id)
    served.kill()
    eventually(lambda: not any(alive(one) for one in below))
    assert not answers(served.url)
    served.start()  # the port is free again
    below = workers(served.process_id)
    served.stop()
    assert not any(alive(one) for one in below)
    served.start()


def test_figures_of_one_among_several_are_refused(
    tmp_path: Path, served: ServedProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "token").write_text("secret")
    home = str(tmp_path / "home")
    options = ("--workers", "2", "--port", "0", "--metrics-token-file", str(tmp_path / "token"))
    assert cli.main(["serve", "--home", home, *options]) == 2
    assert "其中一个进程" in capsys.readouterr().err
    taken = served.url.rpartition(":")[2]
    assert cli.main(["serve", "--home", home, "--workers", "2", "--port", taken]) == 2
