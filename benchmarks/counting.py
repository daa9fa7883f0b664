"""How long the exchange counts: 93 units over a year, 10,000 units over a month.

python benchmarks/counting.py [--units 93 --days 365 --per-day 60]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from fakes.history import History  # noqa: E402
from gongwen_protocol.messages import Role, Unit  # noqa: E402
from gongwen_server.services import administration, duty_map, statistics  # noqa: E402
from gongwen_server.services.directory import enter_units  # noqa: E402
from gongwen_server.services.sessions import Caller  # noqa: E402
from gongwen_server.services.statistics import Period  # noqa: E402

CASES = ((93, 365, 60, 5), (10_000, 30, 800, 20))
RUNS = 5


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--per-day", type=int, default=100)
    parser.add_argument("--receivers", type=int, default=10)
    options = parser.parse_args()
    chosen = (options.units, options.days, options.per_day, options.receivers)
    head = ("units", "days", "deliveries", "figures ms", "map ms", "figures JSON MB", "map JSON MB", "rows")
    print(" | ".join(head))
    for case in CASES if options.units is None else (chosen,):
        print(" | ".join(measure(*case)))
    return 0


def measure(units: int, days: int, per_day: int, receivers: int) -> tuple[str, ...]:
    """One exchange that lived so long; processor time of the best of some runs."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        administration.set_up(home, name="测算交换中心", profile_id="ordos-2018")
        with administration.opened(home) as exchange:
            known = [
                Unit(code=f"U{number:05}", name=f"第{number}单位", rank=number) for number in range(units)
            ]
            with exchange.writing() as session:
                enter_units(exchange, session, known)
            last = date.today() - timedelta(days=1)
            period = Period(last - timedelta(days=days - 1), last)
            history = History(exchange, [(unit.code, unit.name) for unit in known])
            deliveries = history.live(period.first, period.last, per_day, receivers)
            caller = Caller(
                "a", "U00000", "", "i", "督查人员", frozenset({Role.INSPECT}), True, False, "", None
            )
            figures = statistics.figures(exchange, caller, period, None)
            found = duty_map.duty_map(exchange, caller, period, None)
            return (
                str(units),
                str(days),
                f"{deliveries:,}",
                f"{best(lambda: statistics.figures(exchange, caller, period, None)):.0f}",
                f"{best(lambda: duty_map.duty_map(exchange, caller, period, None)):.0f}",
                f"{len(figures.model_dump_json()) / 1e6:.2f}",
                f"{len(found.model_dump_json()) / 1e6:.2f}",
                f"{sum(len(unit.months) for unit in figures.units):,}",
            )


def best(call: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    times = []
    for _ in range(RUNS):
        begin = time.process_time()
        call()
        times.append(time.process_time() - begin)
    return 1000 * min(times)


if __name__ == "__main__":
    raise SystemExit(main())
