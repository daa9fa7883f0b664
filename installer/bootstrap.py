"""Set up a checkout and run one of its commands. Needs nothing but Python 3.11 and its standard library.

    bootstrap.py test [pytest arguments]     whole suite: ruff, mypy, import contracts, pytest
    bootstrap.py setup                       set up only
    bootstrap.py COMMAND …                   any command of the program (demo, serve, verify, render, …)

What it does, each step only when needed: installs missing system libraries (apt, as root or through sudo;
prints the line for other systems), makes ``.venv`` with the hash-locked dependencies, and takes the Fandol
typefaces out of Debian's package without installing TeX.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from ctypes.util import find_library
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("GONGWEN_VENV", ROOT / ".venv"))
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
FONTS = VENV / "share" / "gongwen" / "fonts"
FONT_PACKAGE = "texlive-lang-chinese"

#: Debian package → why it is wanted, and how to see that it is there.
LIBRARIES = {
    "libegl1": ("windows: OpenGL entry points", "EGL"),
    "libgl1": ("windows: OpenGL", "GL"),
    "libxkbcommon0": ("windows: keyboard", "xkbcommon"),
    "libdbus-1-3": ("windows: desktop notices", "dbus-1"),
    "libfontconfig1": ("windows: typefaces", "fontconfig"),
    "libxcb-cursor0": ("windows on X11", "xcb-cursor"),
    "libxkbcommon-x11-0": ("windows on X11: keyboard", "xkbcommon-x11"),
    "libxcb-icccm4": ("windows on X11", "xcb-icccm"),
    "libxcb-keysyms1": ("windows on X11", "xcb-keysyms"),
    "libxcb-shape0": ("windows on X11", "xcb-shape"),
}


def say(text: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(f"gongwen: {text}", file=sys.stderr, flush=True)


def missing_system_packages(for_tests: bool) -> dict[str, str]:
    """Debian packages that are missing here, with the reason each is wanted."""
    wanted: dict[str, str] = {}
    if importlib.util.find_spec("ensurepip") is None:
        wanted["python3-venv"] = "the program's own Python environment"
    for package, (reason, library) in LIBRARIES.items():
        if find_library(library) is None:
            wanted[package] = reason
    if not has_chinese_ui_font():
        wanted["fonts-noto-cjk"] = "Chinese text in windows"
    if for_tests and not Path("/usr/lib/softhsm/libsofthsm2.so").exists():
        wanted["softhsm2"] = "tests: a PKCS#11 key in software"
    if for_tests and shutil.which("gcc") is None and shutil.which("cc") is None:
        wanted["gcc"] = "tests: key libraries of our own that lock, hang and crash on demand"
        wanted["libc6-dev"] = "tests: the compiler's headers"
    if for_tests and shutil.which("pdftoppm") is None:
        wanted["poppler-utils"] = "tests: an independent reader of the exported PDF"
    return wanted


def has_chinese_ui_font() -> bool:
    """Whether a Chinese sans-serif typeface is installed where fontconfig looks."""
    names = ("NotoSansCJK", "SourceHanSans", "wqy-microhei", "msyh", "DroidSansFallback")
    roots = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
    return any(path.name.startswith(names) for root in roots if root.is_dir() for path in root.rglob("*.*"))


def privileged() -> list[str] | None:
    """The words in front of a command that needs root, or None when there is no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        return ["sudo"]
    return None


def install_system_packages(for_tests: bool) -> None:
    """Install what is missing through apt; elsewhere print what to install and go on."""
    if WINDOWS or sys.platform == "darwin":
        return
    wanted = missing_system_packages(for_tests)
    if not wanted:
        return
    for package, reason in wanted.items():
        say(f"missing: {package} ({reason})")
    prefix = privileged()
    if shutil.which("apt-get") is None or prefix is None:
        say("please install the packages above with your system's package manager, for example:")
        say(f"    sudo apt-get install -y --no-install-recommends {' '.join(wanted)}")
        say(
            "    (Fedora: mesa-libEGL mesa-libGL libxkbcommon-x11 xcb-util-cursor google-noto-sans-cjk-fonts)"
        )
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, "apt-get", "update", "-q"], check=True, env=environment, stdout=sys.stderr)
    command = [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *wanted]
    say(" ".join(command))
    subprocess.run(command, check=True, env=environment, stdout=sys.stderr)


def make_environment(locks: list[Path]) -> None:
    """Create or refresh ``.venv`` from the hash-locked requirement files."""
    stamp = VENV / "gongwen.stamp"
    state = hashlib.sha256(
        b"".join(path.read_bytes() for path in [*locks, ROOT / "pyproject.toml"]) + sys.version.encode()
    ).hexdigest()
    known = set(stamp.read_text().split()) if stamp.exists() else set()
    if PYTHON.exists() and state in known:
        return
    say(f"setting up {VENV.name} with the locked dependencies (about 250 MB, once)")
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for lock in locks:
        subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True, stdout=sys.stderr)
    subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True, stdout=sys.stderr
    )
    # Worker processes start often; without byte code each would compile the sources again.
    subprocess.run([str(PYTHON), "-m", "compileall", "-q", str(ROOT / "src")], check=False)
    stamp.write_text("\n".join(sorted(known | {state})))


def fetch_fonts() -> None:
    """Take the Fandol typefaces (宋 黑 楷 仿宋) out of Debian's TeX package into the environment."""
    if WINDOWS or any(FONTS.glob("FandolFang*.otf")):
        return
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        say(f"typefaces: put the Fandol .otf files into {FONTS} (documents use a substitute until then)")
        return
    say(f"taking the Fandol typefaces out of {FONT_PACKAGE} (49 MB, once)")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        download = ["apt-get", "download", "-q", FONT_PACKAGE]
        if subprocess.run(download, cwd=folder, stdout=sys.stderr, check=False).returncode:
            prefix = privileged()
            if prefix is not None:
                subprocess.run([*prefix, "apt-get", "update", "-q"], stdout=sys.stderr, check=False)
            if subprocess.run(download, cwd=folder, stdout=sys.stderr, check=False).returncode:
                say("the package could not be fetched; documents use substitute typefaces until next time")
                return
        package = next(Path(folder).glob("*.deb"))
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as archive:
            subprocess.run(
                ["tar", "-x", "--wildcards", "-C", folder, "*/opentype/public/fandol/*.otf"],
                stdin=archive.stdout,
                check=True,
            )
        FONTS.mkdir(parents=True, exist_ok=True)
        for font in Path(folder).rglob("Fandol*.otf"):
            if "Braille" not in font.name:
                shutil.move(font, FONTS / font.name)


def run_checks(arguments: list[str]) -> int:
    """Run linters and the type checker, then pytest (only pytest when arguments choose a part)."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if not arguments:
        for name, command in (
            ("ruff check", ["-m", "ruff", "check", "."]),
            ("ruff format", ["-m", "ruff", "format", "--check", "--quiet", "."]),
            ("mypy", ["-m", "mypy"]),
            ("import contracts", ["-c", "from importlinter.cli import lint_imports_command as c; c()"]),
        ):
            say(name)
            code = subprocess.run([str(PYTHON), *command], cwd=ROOT, check=False).returncode
            if code:
                say(f"{name} failed")
                return code
        say("pytest")
        # A file stays in one process: its windows share one town, and towns do not pile up in one process.
        arguments = ["-n", "2", "--dist", "loadfile"]
    command = [str(PYTHON), "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    """Set up what the command needs and run it; return its exit code."""
    command = arguments[0] if arguments else "--help"
    testing = command == "test"
    install_system_packages(for_tests=testing)
    locks = [ROOT / "requirements.lock"]
    if testing:
        locks.append(ROOT / "requirements-dev.lock")
    make_environment(locks)
    fetch_fonts()
    if command == "setup":
        return 0
    if testing:
        return run_checks(arguments[1:])
    return subprocess.run([str(PYTHON), "-m", "gongwen_client.cli", *arguments], check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        say(f"a set-up step failed (exit {error.returncode}): {' '.join(map(str, error.cmd))}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
