"""练习模式: a second program on this PC, with an exchange of its own that nothing else can reach.

The windows know the training exchange only by the line that its process writes (``gongwen_client.practice``):
no code of the server, and no engine of documents, is loaded beside the windows.
"""

from __future__ import annotations

import queue
import shutil
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from gongwen_client.children import NO_WINDOW, command, environment
from gongwen_client.host.places import Places
from gongwen_client.host.printing import PdfPrinter
from gongwen_client.services.office import Office, OfficeSettings, device_secrets
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_protocol.addresses import is_loopback
from gongwen_protocol.messages import Message

FOLDER = "practice"
_START_SECONDS = 180.0
_END_SECONDS = 15.0
_POLL_SECONDS = 2.0
_LONGEST_LINE = 100_000


class TrainingTicket(Message):
    """Where the training exchange is, and as whom the trainee works there. All of it is invented."""

    server_url: str
    home: str
    slot: str
    trust: str
    parcel: str
    printed: str
    unit_code: str
    unit_name: str
    account: str
    password: str
    pin: str
    counterpart: str


class TrainingProblem(Message):
    """Why there is none."""

    code: str


class Training:
    """The process of the training exchange; ``stop`` ends it."""

    def __init__(self, places: Places) -> None:
        self.folder = places.data / FOLDER
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> TrainingTicket:
        """Slow (half a minute the first time). Raises KnownError("training.failed"), RefusedError
        ("training.not_local")."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            (*command("gongwen_client.practice"), str(self.folder)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            creationflags=NO_WINDOW,
        )
        line = self._first_line()
        try:
            ticket = TrainingTicket.model_validate_json(line)
        except ValidationError as error:
            self.stop()
            raise KnownError("training.failed") from error
        require_local(ticket.server_url)
        return ticket

    def stop(self) -> None:
        """End the process; it ends its own children."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None, "started with a pipe"
        assert process.stdout is not None, "started with a pipe"
        process.stdin.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def forget(self) -> None:
        """Slow. Everything done in training is removed; the next time begins anew. Only while stopped."""
        assert self._process is None, "the training exchange is stopped first"
        shutil.rmtree(self.folder, ignore_errors=True)

    def _first_line(self) -> bytes:
        process = self._process
        assert process is not None, "just started"
        assert process.stdout is not None, "started with a pipe"
        stream = process.stdout
        answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        reader = threading.Thread(
            target=lambda: answers.put(stream.readline(_LONGEST_LINE)), name="practice-line", daemon=True
        )
        reader.start()
        try:
            return answers.get(timeout=_START_SECONDS)
        except queue.Empty:
            process.kill()
            return b""


def require_local(server_url: str) -> None:
    """Training speaks with this machine only. Raises RefusedError("training.not_local")."""
    if not is_loopback(urlsplit(server_url).hostname or ""):
        raise RefusedError("training.not_local")


def training_office(ticket: TrainingTicket) -> Office:
    """The trainee's office: own folders, own secrets in a file, own key in its own slot, prints to files.

    Real seal keys, printers, settings and key rings are out of its reach. Raises RefusedError
    ("training.not_local") and the errors of the store.
    """
    require_local(ticket.server_url)
    printed = Path(ticket.printed)
    settings = OfficeSettings(
        server_url=ticket.server_url,
        key_folders=(Path(ticket.slot),),
        token_modules=(),
        trust_dir=Path(ticket.trust),
        print_folder=printed,
        poll_seconds=_POLL_SECONDS,
    )
    places = Places.below(Path(ticket.home))
    office = Office(places, settings, printer=PdfPrinter(printed), secrets=device_secrets(places))
    try:
        office.unit_keys.keep(Path(ticket.parcel), ticket.pin)
    except GongwenError:
        office.stop()
        raise
    return office
