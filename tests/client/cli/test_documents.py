"""The commands about one document, run as a user runs them: exit codes, output, one sentence on errors."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from docs.office import Authority, seal, write_document
from fakes.units import authority, circular
from gongwen_client.cli import main
from gongwen_client.practice.cast import SENDER
from gongwen_docs.ofd.container import Package
from ofd_builder import OfdBuilder, filled, with_parts

PAGE = "Doc_0/Pages/Page_0/Content.xml"


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
            page = package.read(PAGE).replace("9月1日".encode(), "9月2日".encode())
        (tmp_path / "bad.ofd").write_bytes(with_parts(sealed.read_bytes(), {PAGE: page}))
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


@pytest.mark.parametrize("dpi", ["0", "nan", "100000", "fein"])
def test_an_impossible_resolution_is_refused(
    capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path, dpi: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["render", str(file), "--dpi", dpi, "--out", str(tmp_path / "a.png")])
    assert "每英寸像素数应为10至600" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes and links of Unix")
@pytest.mark.parametrize("kind", ["folder", "pipe", "loop", "device"])
def test_what_is_no_file_is_refused_at_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / kind
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path)
        case _:
            path = Path("/dev/zero")
    code, _, err = run(capsys, "verify", path)
    assert code == 2
    assert "无法读取文件" in err


SMALL_DISK = """
mount -t tmpfs -o size=64k tmpfs "$1" || exit 77
printf "an earlier one" > "$1/$2"
cd "$1"; kept=$2; shift 2
"$@"; code=$?
ls -A; cat "$kept"; exit $code
"""


@pytest.mark.parametrize("name", ["a.png", "a.pdf", "a.ofd"])
def test_a_full_disk_leaves_no_half_written_output(tmp_path: Path, name: str) -> None:
    """On a real file system of 64 KB, in a mount namespace of its own."""
    document, disk = tmp_path / "公文.ofd", tmp_path / "disk"
    document.write_bytes(circular())
    disk.mkdir()
    command: tuple[object, ...] = ("render", document, "--out", name)
    if name == "a.ofd":
        key = authority().make_key(SENDER, tmp_path / "keys")
        command = ("seal", document, "--key", key, "--pin-stdin", "--out", name)
    if (unshare := shutil.which("unshare")) is None:
        pytest.skip("no unshare(1) to make a small disk with")
    ran = subprocess.run(
        [
            *(unshare, "--map-root-user", "--mount", "sh", "-c", SMALL_DISK, "-", str(disk), name),
            *(sys.executable, "-m", "gongwen_client.cli", *(str(part) for part in command)),
        ],
        input=f"{SENDER.pin}\n",
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    if ran.returncode in (1, 77):
        pytest.skip(f"no small disk can be made here: {ran.stderr}")
    assert ran.returncode == 2
    assert "磁盘" in ran.stderr.splitlines()[-1]
    assert "Traceback" not in ran.stderr
    assert ran.stdout == f"{name}\nan earlier one"
