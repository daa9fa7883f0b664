"""The commands about one document, run as a user runs them: exit codes, output, one sentence on errors."""

from __future__ import annotations

import json
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest

from docs.office import Authority, seal, write_document
from gongwen_client.cli import main
from gongwen_docs.ofd.container import Package
from ofd_builder import OfdBuilder, filled


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "文件.ofd"
    path.write_bytes(OfdBuilder().page(filled("M 0 0 L 9 9 L 0 9")).page("").build())
    return path


def png_size(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_render(capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path) -> None:
    assert run(capsys, "render", file, "--page", 2, "--dpi", 25.4, "--out", tmp_path / "a.png")[0] == 0
    assert png_size(tmp_path / "a.png") == (100, 100)
    code, out, _ = run(capsys, "render", file, "--all", "--dpi", 50.8, "--out", tmp_path / "all")
    assert code == 0
    assert [Path(line).name for line in out.splitlines()] == ["文件-1.png", "文件-2.png"]
    assert png_size(tmp_path / "all" / "文件-2.png") == (200, 200)
    assert run(capsys, "render", file, "--all", "--out", tmp_path / "a.pdf")[0] == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_text_and_info(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = write_document(tmp_path / "a.ofd")
    code, out, _ = run(capsys, "text", path)
    assert code == 0
    assert out.count("\f") == 1
    assert out.replace("\n", "").startswith("会议定于9月1日召开")
    code, out, _ = run(capsys, "info", path, "--json")
    facts = json.loads(out)
    assert (code, facts["title"], facts["page_count"], facts["kind"]) == (0, "关于会议的通知", 2, "ofd")
    code, out, _ = run(capsys, "info", path)
    assert "标题：关于会议的通知" in out


def test_verify_by_exit_code(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    now = datetime.now(UTC)
    authority = Authority.found()
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "root.cer").write_bytes(authority.root.certificate_der)
    plain = write_document(tmp_path / "plain.ofd")
    assert run(capsys, "verify", plain)[0] == 6
    sealed = seal(plain, tmp_path / "sealed.ofd", authority.unit(), at=now) if _in_period(now) else None
    if sealed is not None:
        code, out, _ = run(capsys, "verify", sealed, "--json", "--trust", tmp_path / "trust")
        assert code == {"valid": 0, "warning": 3, "unknown": 4}[json.loads(out)["verdict"]]
        with Package.open(sealed) as package:
            page = package.read("Doc_0/Pages/Page_0/Content.xml").replace(
                "9月1日".encode(), "9月2日".encode()
            )
            (tmp_path / "bad.ofd").write_bytes(package.with_parts({"Doc_0/Pages/Page_0/Content.xml": page}))
        code, out, _ = run(capsys, "verify", tmp_path / "bad.ofd", "--json")
        report = json.loads(out)
        assert (code, report["verdict"]) == (5, "invalid")
        assert "seal.content.changed_part" in report["codes"]


def _in_period(now: datetime) -> bool:
    """The demonstration seals are valid around the end of 2026."""
    return datetime(2025, 12, 1, tzinfo=UTC) < now < datetime(2027, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("command", [["render", "--out", "x.png"], ["text"], ["info"], ["verify"]])
@pytest.mark.parametrize(("data", "code"), [(b"no OFD", "not_zip"), (None, "unreadable")])
def test_unreadable_files_end_with_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str], data: bytes | None, code: str
) -> None:
    path = tmp_path / "a.ofd"
    if data is not None:
        path.write_bytes(data)
    exit_code, out, err = run(capsys, command[0], path, *command[1:])
    assert exit_code == 2
    assert len(err.splitlines()) == 1
    assert code in err
    assert "。" in err
    assert "Traceback" not in out + err


def test_a_manipulated_package_is_invalid(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    parts = OfdBuilder(files={"Doc_0/doc.xml": b"", "Doc_0/DOC.xml": b""}).page("")
    (tmp_path / "a.ofd").write_bytes(parts.build())
    code, _, err = run(capsys, "verify", tmp_path / "a.ofd")
    assert code == 5
    assert "重名" in err


def test_unwritable_output(capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    code, _, err = run(capsys, "render", file, "--out", tmp_path / "taken" / "a.png")
    assert code == 2
    assert "无法写入" in err
