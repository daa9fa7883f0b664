"""An exchange with everybody who may ever call it: all roles in all units, office systems, ended sessions."""

from __future__ import annotations

import base64
from itertools import count
from pathlib import Path

from fakes.clock import FakeClock
from fakes.exchange import ALL_ROLES, INITIAL_PASSWORD, UNITS, Caller, RunningExchange
from fakes.registered_pc import RegisteredPc, logged_in, registered
from fakes.secrecy import KeyCabinet
from gongwen_protocol.messages import LoginRequest, Role, SessionGrant
from gongwen_protocol.oa import OaScope
from gongwen_server.services import administration, oa, time_stamps

SENDER, RECEIVER, STRANGER, ADMINISTERED = "001", "002", "003", "004"
ALL_UNITS = frozenset({SENDER, RECEIVER, STRANGER, ADMINISTERED})
PARTIES = frozenset({SENDER, RECEIVER})
PLATFORM = "platform"
_numbers = count()


class World:
    """Unit 001 sends to 002; 003 is no party; 004 has its PCs and accounts administered."""

    def __init__(self, home: Path) -> None:
        self.clock = FakeClock()
        administration.set_up(home, name="测试电子公文交换中心", profile_id="ordos-2018")
        time_stamps.set_up(home)
        self.exchange = RunningExchange.of_home(home, clock=self.clock)
        self.exchange.populate({**UNITS, ADMINISTERED: "市财政局", "005": "市教育局", "006": "市卫健委"})
        self.cabinet = KeyCabinet(self.exchange)
        for code in PARTIES:
            self.cabinet.equip(code, UNITS[code])
        self._callers: list[Caller] = []
        self.pcs: dict[str, RegisteredPc] = {}
        self.expired = self.log_in(STRANGER)
        self.clock.advance(hours=13)
        self.ended = self.log_in(STRANGER)
        self.ended.call("DELETE", "/v1/session")
        self.closed = self.log_in("006")
        administration.enable_unit(self.exchange.exchange, "006", enabled=False)
        self.newcomer = self.initial(STRANGER, ALL_ROLES | {Role.ADMIN, Role.INSPECT})
        self.pcs = {unit: self._pc(unit) for unit in (ADMINISTERED, "005")}
        self.clerks = {unit: self.log_in(unit) for unit in sorted(ALL_UNITS)}
        self.by_role = {
            (unit, role): self.somebody(unit, frozenset({role}))
            for unit in sorted(ALL_UNITS)
            for role in Role
        }
        self.platform = self.somebody(STRANGER, frozenset({Role.ADMIN}), platform=True)
        self.offices = {
            (unit, scope): self.office(unit, scope) for unit in sorted(ALL_UNITS) for scope in OaScope
        }

    def close(self) -> None:
        """Everybody leaves."""
        for caller in self._callers:
            caller.close()
        self.exchange.stop()

    def log_in(self, unit: str, account: str = "clerk") -> Caller:
        """A session that is closed in the end; from its registered PC where the unit has one."""
        pc = self.pcs.get(unit)
        caller = self.exchange.log_in(unit, account) if pc is None else logged_in(pc, unit, account)
        self._callers.append(caller)
        return caller

    def nobody(self) -> Caller:
        """A caller without a session."""
        caller = Caller(self.exchange.url)
        self._callers.append(caller)
        return caller

    def account(self, unit: str, roles: frozenset[Role], *, platform: bool = False) -> str:
        """A fresh account with its first password."""
        name = f"person{next(_numbers)}"
        administration.add_account(
            self.exchange.exchange,
            *(unit, name),
            post="收发员",
            roles=roles,
            initial_password=INITIAL_PASSWORD,
            platform=platform,
        )
        return name

    def somebody(self, unit: str, roles: frozenset[Role], *, platform: bool = False) -> Caller:
        """A session of a fresh account with an own password."""
        return self.log_in(unit, self.account(unit, roles, platform=platform))

    def initial(self, unit: str, roles: frozenset[Role]) -> Caller:
        """A session that still has to change its first password."""
        caller, name = self.nobody(), self.account(unit, roles)
        login = LoginRequest(unit_code=unit, account=name, password=INITIAL_PASSWORD)
        caller.use(SessionGrant.model_validate_json(caller.post("/v1/session", login).content))
        return caller

    def office(self, unit: str, *scopes: OaScope) -> Caller:
        """An office system with these scopes."""
        client_id, secret = oa.register(self.exchange.exchange, unit, "协同办公", scopes, per_minute=100_000)
        return self.office_with(client_id, secret)

    def office_with(self, client_id: str, secret: str) -> Caller:
        """A caller with these credentials, right or wrong."""
        caller = self.nobody()
        caller.authorize("Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode())
        return caller

    def _pc(self, unit: str) -> RegisteredPc:
        administration.add_account(
            self.exchange.exchange,
            *(unit, "pc"),
            post="收发员",
            roles=frozenset(Role),
            initial_password=INITIAL_PASSWORD,
        )
        machine = registered(self.exchange, self.clock, unit, "pc")
        self._callers.append(machine)
        return machine
