"""A real exchange for tests: the server's own code on a loopback port, in a thread of the test process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests

from gongwen_protocol.messages import LoginRequest, PasswordChange, Role, SessionGrant
from gongwen_server.api import serving
from gongwen_server.api.admission import ROOMS, Kind, Room
from gongwen_server.services import administration
from gongwen_server.services.exchange import Clock, Exchange
from gongwen_server.services.passwords import Passwords

INITIAL_PASSWORD = "initial secret 1"
PASSWORD = "own secret 2"
QUICK = Passwords(memory_kib=1024, passes=1)  # real argon2id, at a cost that tests can bear
ALL_ROLES = frozenset({Role.COMPOSE, Role.SEAL, Role.SEND, Role.RECEIVE, Role.PRINT, Role.ARCHIVE})
UNITS = {"001": "东胜区人民政府办公室", "002": "康巴什区人民政府办公室", "003": "市水利局"}


class RunningExchange:
    """An exchange with a home of its own. ``stop`` is graceful, ``kill`` drops all connections;
    ``start`` after either serves the same home on the same port."""

    def __init__(
        self,
        home: Path,
        *,
        profile_id: str = "ordos-2018",
        database_url: str | None = None,
        blobs: str = "blobs",
        clock: Clock | None = None,
        tls: serving.TlsFiles | None = None,
    ) -> None:
        self._tls = tls
        administration.set_up(
            home, name="测试电子公文交换中心", profile_id=profile_id, database_url=database_url, blobs=blobs
        )
        self._serve(home, clock)

    @classmethod
    def of_home(cls, home: Path, port: int = 0, clock: Clock | None = None) -> RunningExchange:
        """Serve an exchange that is there already."""
        running = cls.__new__(cls)
        running._serve(home, clock, port)
        return running

    def _serve(self, home: Path, clock: Clock | None, port: int = 0) -> None:
        self.home = home
        self._clock = clock
        self._port = port
        self.adapt: Callable[[Exchange], Exchange] = lambda exchange: exchange
        """Another setting from the next start on, e.g. a rule that no profile of ours has."""
        self.rooms: dict[Kind, Room] = dict(ROOMS)
        """What it takes in hand at once; may be changed while it runs."""
        self._resources = ExitStack()
        self._thread: threading.Thread | None = None
        self.start()

    _tls: serving.TlsFiles | None = None

    @property
    def port(self) -> int:
        """The port that stays the same over restarts."""
        return self._port

    def start(self) -> None:
        """Serve; returns when clients may connect."""
        self._resources = ExitStack()
        self.exchange: Exchange = self.adapt(
            self._resources.enter_context(
                administration.opened(self.home, clock=self._clock, passwords=QUICK)
            )
        )
        listener = self._resources.enter_context(serving.bind("127.0.0.1", self._port, tls=bool(self._tls)))
        self._port = listener.getsockname()[1]
        self.url = serving.url_of(listener, tls=bool(self._tls))
        self._server = serving.make_server(self.exchange, self._tls, rooms=self.rooms)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="exchange", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End after the requests under way."""
        if self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(15)
        assert not self._thread.is_alive(), "the exchange did not stop"
        self._thread = None
        self._resources.close()

    def kill(self) -> None:
        """End at once; requests under way get no answer."""
        self._server.force_exit = True
        self.stop()

    # -- people -------------------------------------------------------------------------------------------

    def add_unit(self, code: str, name: str, **more: object) -> None:
        """Enter a unit."""
        administration.add_unit(self.exchange, code, name, **more)

    def add_account(
        self,
        unit_code: str,
        account: str = "clerk",
        *,
        post: str = "收发员",
        roles: frozenset[Role] = ALL_ROLES,
        initial_password: str = INITIAL_PASSWORD,
    ) -> None:
        """Open an account; its holder must change ``initial_password`` first."""
        administration.add_account(
            self.exchange, unit_code, account, post=post, roles=roles, initial_password=initial_password
        )

    def populate(self, units: dict[str, str] | None = None) -> None:
        """Enter units, each with an account ``clerk`` that has all roles of daily work."""
        for rank, (code, name) in enumerate((units or UNITS).items()):
            self.add_unit(code, name, rank=rank)
            self.add_account(code)

    def log_in(self, unit_code: str, account: str = "clerk") -> Caller:
        """A caller with a session; at the first time the initial password is changed to ``PASSWORD``."""
        return self.caller_at(self.url, unit_code, account)

    @staticmethod
    def caller_at(url: str, unit_code: str, account: str = "clerk") -> Caller:
        """``log_in`` at an address of its own, e.g. a proxy's."""
        caller = Caller(url)
        for password in (PASSWORD, INITIAL_PASSWORD):
            answer = caller.post(
                "/v1/session", LoginRequest(unit_code=unit_code, account=account, password=password)
            )
            if answer.status_code == 200:
                break
        caller.use(SessionGrant.model_validate_json(answer.content))
        if caller.grant is not None and caller.grant.must_change_password:
            change = PasswordChange(old_password=INITIAL_PASSWORD, new_password=PASSWORD)
            answer = caller.post("/v1/session/password", change)
            caller.use(SessionGrant.model_validate_json(answer.content))
        return caller


class Caller:
    """Plain HTTP with a bearer token: what a client would put on the wire, without its engine."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.grant: SessionGrant | None = None
        self._http = requests.Session()
        self._http.trust_env = False

    def use(self, grant: SessionGrant) -> None:
        """Send this session's token from now on."""
        self.grant = grant
        self.authorize(f"Bearer {grant.token}")

    def authorize(self, credentials: str) -> None:
        """Send this as ``Authorization`` from now on."""
        self._http.headers["Authorization"] = credentials

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Any request."""
        return self._http.request(method, self.url + path, timeout=30, **more)

    def get(self, path: str, **more: Any) -> requests.Response:
        """GET."""
        return self.call("GET", path, **more)

    def post(self, path: str, message: Any = None, *, key: str | None = None) -> requests.Response:
        """POST a message, with an idempotency key where one is given."""
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        body = message.model_dump_json() if message is not None else None
        return self.call("POST", path, data=body, headers=headers)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
