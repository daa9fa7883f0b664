"""Workers: what they answer, and that nothing a document does to one harms the client."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from docs.office import Authority, write_document
from gongwen_client.domain.drafts import StampPlace
from gongwen_client.render import RenderPool, TimeLimits
from gongwen_client.render.process import WorkerProcess
from gongwen_crypto.errors import BugError, GongwenError, KnownError, RefusedError
from gongwen_docs.draw import SealView
from gongwen_docs.ofd.values import Box
from gongwen_docs.sign import Placement
from gongwen_docs.verify import Expectation, ExpectedSeal
from ofd_builder import OfdBuilder, filled

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
QUICK = TimeLimits(start=30, page=30, document=30, whole_file=60)


@pytest.fixture(scope="module")
def pool() -> Iterator[RenderPool]:
    pool = RenderPool(1, limits=QUICK)
    yield pool
    pool.stop()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_document(tmp_path_factory.mktemp("files") / "a.ofd")


def liar(script: str) -> tuple[str, ...]:
    """A worker that was taken over: it says that it is ready and then does what ``script`` does."""
    preamble = (
        "import sys, struct, json, time, os\n"
        "def say(value):\n"
        "    body = json.dumps(value).encode()\n"
        "    sys.stdout.buffer.write(struct.pack('>I', len(body)) + body)\n"
        "    sys.stdout.buffer.flush()\n"
        "say({'ready': []})\n"
        "sys.stdin.buffer.read(4)\n"
    )
    return sys.executable, "-c", preamble + script


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(GongwenError) as caught:
        call()
    return caught.value.code


def test_facts_about_a_document(pool: RenderPool, file: Path) -> None:
    facts = pool.open(file)
    assert (facts.kind, facts.title, facts.page_count) == ("ofd", "关于会议的通知", 2)
    assert facts.page_sizes_mm == ((210.0, 297.0),) * 2
    assert [(item.name, item.size) for item in facts.attachments] == [("参会名单", 21)]
    assert facts.signatures == 0
    assert facts.permissions.copies == -1


def test_pixels_come_through_shared_memory(pool: RenderPool, tmp_path: Path) -> None:
    path = tmp_path / "red.ofd"
    path.write_bytes(OfdBuilder().page(filled("M 50 0 L 100 0 L 100 100 L 50 100 C")).build())
    page = pool.render(path, 0, 25.4)
    assert (page.pixels.width, page.pixels.height) == (100, 100)
    assert page.pixels.samples[:3] == b"\xff\xff\xff"
    assert page.pixels.samples[-3:] == b"\xff\x00\x00"
    part = pool.render(path, 0, 25.4, (60, 0, 10, 5), seals=SealView.GREY)
    assert part.pixels.samples == b"\xff\x00\x00" * 50


def test_a_file_that_changed_is_another_document(pool: RenderPool, tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    path.write_bytes(OfdBuilder().page("").build())
    assert pool.open(path).page_count == 1
    path.write_bytes(OfdBuilder().page("").page("").build())
    assert pool.open(path).page_count == 2
    pool.forget(path)
    path.unlink()
    assert code_of(lambda: pool.open(path)) == "ofd.container.unreadable"


def test_text_attachments_and_pdf(pool: RenderPool, file: Path, tmp_path: Path) -> None:
    assert pool.text(file, 0).text.replace("\n", "").startswith("会议")
    pool.save_attachment(file, "600", tmp_path / "list.txt")
    assert (tmp_path / "list.txt").read_text("utf-8") == "各旗区人民政府"
    assert code_of(lambda: pool.save_attachment(file, "1", tmp_path / "x")) == "draw.no_such_attachment"
    pool.export_pdf(file, tmp_path / "a.pdf", [1])
    assert pool.open(tmp_path / "a.pdf").kind == "pdf"


def test_sealing_and_verifying(pool: RenderPool, file: Path, tmp_path: Path) -> None:
    authority = Authority.found()
    unit = authority.unit()
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "root.cer").write_bytes(authority.root.certificate_der)
    for number, place in enumerate((StampPlace(0, 120, 220, 42, 42), (Placement(1, Box(10, 10, 42, 42)),))):
        target = tmp_path / f"{number}.ofd"
        prepared = pool.prepare_seal(
            file, target, unit.seal, unit.signer.certificate_der, unit.signer.algorithm_oid, place, NOW
        )
        pool.complete_seal(target, prepared, unit.signer.sign(prepared.to_sign))
        report = pool.verify(target, trust, NOW)
        assert report["signatures"][0]["stamps"][0]["page"] == number + 1
        assert report["verdict"] in ("valid", "warning", "unknown")
    assert pool.verify(file, None, NOW)["verdict"] == "unsigned"
    sealed_once = Expectation((ExpectedSeal("东胜区人民政府"),))
    assert pool.verify(file, None, NOW, expected=sealed_once)["verdict"] == "invalid"
    (tmp_path / "no.ofd").write_bytes(b"no OFD at all")
    assert pool.verify(tmp_path / "no.ofd", None, NOW)["opened"] is False


def test_inspection_crosses_the_pipe_whole(pool: RenderPool, file: Path) -> None:
    inspection = pool.inspect(file)
    assert len(inspection.pages) == 2
    place = inspection.suggest_stamp(42, 42)
    assert (place.width, place.height) == (42, 42)


def test_refusals_keep_their_kind(pool: RenderPool, file: Path, tmp_path: Path) -> None:
    unit = Authority.found().unit()
    late = datetime(2099, 1, 1, tzinfo=UTC)
    with pytest.raises(RefusedError):
        pool.prepare_seal(
            file,
            tmp_path / "x.ofd",
            unit.seal,
            unit.signer.certificate_der,
            unit.signer.algorithm_oid,
            StampPlace(0, 10, 10, 42, 42),
            late,
        )


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_killed_worker_is_replaced(file: Path) -> None:
    pool = RenderPool(1, limits=QUICK)
    try:
        for _ in range(3):
            pool.open(file)
            (pid,) = pool.pids
            os.kill(pid, signal.SIGKILL)
            os_wait(pool)
            assert pool.open(file).page_count == 2
            assert pool.pids != (pid,)
    finally:
        pool.stop()


def os_wait(pool: RenderPool) -> None:
    """Until the system has ended the idle worker."""
    for seat in pool._seats._free:
        if seat._worker is not None:
            seat._worker._process.wait(10)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("os._exit(3)", "render.worker_died"),
        ("os.kill(os.getpid(), 11)", "render.worker_died"),
        (
            "sys.stdout.buffer.write(b'\\xff' * 99); sys.stdout.buffer.flush(); time.sleep(60)",
            "render.worker_died",
        ),
        (
            "sys.stdout.buffer.write(b'\\0\\0\\0\\2[]'); sys.stdout.buffer.flush(); time.sleep(60)",
            "render.worker_died",
        ),
        ("say({'result': {'kind': 7}}); time.sleep(60)", "render.worker_died"),
        ("say({'error': 'known', 'code': 'x', 'facts': 7}); time.sleep(60)", "render.worker_died"),
        ("say({'error': 'known', 'code': 'render.out_of_memory', 'facts': {}})", "render.out_of_memory"),
    ],
)
def test_what_a_worker_may_do_in_a_call(file: Path, script: str, code: str) -> None:
    pool = RenderPool(1, limits=QUICK, command=liar(script))
    try:
        assert code_of(lambda: pool.open(file)) == code
        assert code_of(lambda: pool.open(file)) == code, "the seat is free again and starts a new worker"
    finally:
        pool.stop()


def test_a_hanging_worker_is_ended(file: Path) -> None:
    limits = TimeLimits(start=30, page=0.2, document=0.2, whole_file=0.2)
    pool = RenderPool(1, limits=limits, command=liar("time.sleep(600)"))
    try:
        assert code_of(lambda: pool.open(file)) == "render.timeout"
        assert pool.pids == ()
    finally:
        pool.stop()


@pytest.mark.parametrize(("width", "height"), [(-1, -1), (0, 5), (1 << 20, 1 << 20)])
def test_a_picture_larger_than_the_memory_is_not_believed(file: Path, width: int, height: int) -> None:
    result = {"width": width, "height": height, "remarks": []}
    pool = RenderPool(1, limits=QUICK, command=liar(f"say({{'result': {result}}}); time.sleep(60)"))
    try:
        assert code_of(lambda: pool.render(file, 0, 30)) == "render.worker_died"
    finally:
        pool.stop()


def test_stopping_ends_workers_at_work(file: Path) -> None:
    pool = RenderPool(1, limits=TimeLimits(document=600), command=liar("time.sleep(600)"))
    codes: list[str] = []
    reader = threading.Thread(target=lambda: codes.append(code_of(lambda: pool.open(file))))
    reader.start()
    while not any(seat.pid for seat in tuple(pool._seats._busy)):
        pass
    pool.stop()
    reader.join(60)
    assert codes in (["render.worker_died"], ["render.stopped"])
    assert not pool._seats._busy


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_forgetting_minds_no_dead_worker(file: Path) -> None:
    pool = RenderPool(1, limits=QUICK)
    try:
        pool.open(file)
        os.kill(pool.pids[0], signal.SIGKILL)
        os_wait(pool)
        pool.forget(file)
        assert pool.open(file).page_count == 2, "its seat is free again"
    finally:
        pool.stop()


def test_a_worker_that_cannot_start(file: Path) -> None:
    pool = RenderPool(1, limits=QUICK, command=("/nonexistent/python",))
    assert code_of(lambda: pool.open(file)) == "render.worker_died"
    pool.stop()
    assert code_of(lambda: pool.open(file)) == "render.stopped"


def test_several_threads_share_few_workers(file: Path) -> None:
    pool = RenderPool(2, limits=QUICK)
    results: list[object] = []

    def work() -> None:
        results.extend(pool.render(file, index % 2, 30).pixels.width for index in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert results == [248] * 20
        assert len(pool.pids) <= 2
    finally:
        pool.stop()
    assert pool.pids == ()


def test_unknown_operations_and_wrong_arguments_are_bugs() -> None:
    worker = WorkerProcess()
    try:
        answer = worker.call({"operation": "system", "arguments": {}}, 30, 30)
        assert (answer["error"], answer["code"]) == ("bug", "render.unknown_operation")
        answer = worker.call({"operation": "text", "arguments": {"path": "a", "page": "1"}}, 30, 30)
        assert (answer["error"], answer["code"]) == ("bug", "render.wrong_arguments")
        assert "result" in worker.call({"operation": "ping", "arguments": {}}, 30, 30)
    finally:
        worker.end()
    assert BugError("x").code == "x"
    assert not worker.alive


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("RLIMIT_AS", 2 * 1024**3),
        ("RLIMIT_NOFILE", 128),
        ("RLIMIT_FSIZE", 512 * 1024**2),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_CPU", 300),
    ],
)
def test_what_a_worker_may_use_is_bounded(name: str, most: int) -> None:
    import resource

    worker = WorkerProcess()
    try:
        worker.call({"operation": "ping", "arguments": {}}, 30, 30)
        soft, _ = resource.prlimit(worker.pid, getattr(resource, name))
        assert 0 <= soft <= most
    finally:
        worker.end()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_page_whose_worker_dies_can_be_drawn_again(tmp_path: Path) -> None:
    """What the viewer does on its button: the error names itself, the same call then succeeds."""
    path = tmp_path / "red.ofd"
    path.write_bytes(OfdBuilder().page(filled("M 0 0 L 100 0 L 100 100 L 0 100 C")).build())
    pool = RenderPool(1, limits=TimeLimits(start=30, page=60, document=30))
    try:
        pool.open(path)
        (pid,) = pool.pids
        os.kill(pid, signal.SIGSTOP)  # at work on the page and not answering, until it is killed
        codes: list[str] = []
        reader = threading.Thread(target=lambda: codes.append(code_of(lambda: pool.render(path, 0, 25.4))))
        reader.start()
        while not pool._seats._busy:
            pass
        time.sleep(0.5)  # nothing tells that the call lies in the pipe; an idle worker may die unseen
        os.kill(pid, signal.SIGKILL)
        reader.join(60)
        assert codes == ["render.worker_died"]
        assert pool.render(path, 0, 25.4).pixels.samples[:3] == b"\xff\x00\x00"
        assert pool.pids != (pid,)
    finally:
        pool.stop()


def test_known_errors_keep_code_and_facts(pool: RenderPool, file: Path) -> None:
    with pytest.raises(KnownError) as caught:
        pool.render(file, 7, 50)
    assert (caught.value.code, caught.value.facts) == ("draw.no_such_page", {"page": 8, "pages": 2})
