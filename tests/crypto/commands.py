"""The OpenSSL command line as a second, independent implementation."""

from __future__ import annotations

import shutil
import subprocess

import pytest

_PROGRAM = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(_PROGRAM is None, reason="the OpenSSL command line is not installed")


def openssl(*arguments: str) -> bytes:
    """Standard output of one command; raises CalledProcessError when it fails."""
    assert _PROGRAM is not None
    return subprocess.run([_PROGRAM, *arguments], check=True, capture_output=True, timeout=60).stdout
