"""How long a seal key takes, through the broker, for each kind of key.

    python benchmarks/seal_key.py [--rounds 50]

Prints milliseconds. Bars: P2 (a signature, without the key's own time, <= 50 ms), K5 (a dead broker is
replaced within 1 s). The key file's time is scrypt and its durable count of tries, by intention. (The name is
not ``token.py``: a script of that name would hide the standard library's module.)
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from fakes.seal_keys import write_key_file  # noqa: E402
from fakes.softhsm import LIBRARY, SoftHsm, new_keys  # noqa: E402
from gongwen_client.token.profiles import ModuleConfig  # noqa: E402
from gongwen_client.token.proxy import TokenBroker  # noqa: E402
from gongwen_client.token.wire import BrokerConfig  # noqa: E402
from gongwen_crypto.certificates import Certificate  # noqa: E402

PIN = "Training-482"
MESSAGE = os.urandom(60_000)  # a TBS_Sign with a seal inside


def measure(name: str, work: Callable[[], object], rounds: int) -> None:
    """Run ``work`` and print a row of the table."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    times.sort()
    row = (statistics.median(times), times[int(0.95 * (len(times) - 1))], times[-1])
    print(f"{name:<44}" + "".join(f"{value:>10.1f}" for value in row))


def measure_broker(name: str, config: BrokerConfig, rounds: int) -> None:
    """All rows of one kind of token."""
    broker = TokenBroker(config)
    try:
        measure(f"{name}: start and list keys", broker.list_keys, 1)
        measure(f"{name}: list keys", broker.list_keys, rounds)
        for key in broker.list_keys():
            kind = Certificate.load(key.certificate_der).public_key.kind.value
            measure(f"{name}: sign {kind}", lambda key=key: broker.sign(key.key_id, PIN, MESSAGE), rounds)

        def replace() -> None:
            pid = broker.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            while broker.pid is not None:
                time.sleep(0)
            broker.list_keys()

        measure(f"{name}: replace a killed broker", replace, min(rounds, 5))
    finally:
        broker.stop()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=50)
    rounds = parser.parse_args().rounds
    print(f"{'ms':<44}{'median':>10}{'p95':>10}{'max':>10}")
    with tempfile.TemporaryDirectory() as folder:
        slot = Path(folder) / "slot"
        slot.mkdir()
        write_key_file(slot / "one.gwkey", PIN)
        measure_broker("key file", BrokerConfig(keyfile_folders=(slot,)), rounds)
        if not LIBRARY.is_file():
            print(f"SoftHSM2 is not installed ({LIBRARY}): its rows are left out")
            return
        hsm = SoftHsm(Path(folder) / "hsm")
        hsm.prepare()
        os.environ["SOFTHSM2_CONF"] = str(hsm.configuration)
        hsm.make_token(PIN, new_keys())
        measure_broker("SoftHSM2", BrokerConfig(modules=(ModuleConfig(LIBRARY),)), rounds)


if __name__ == "__main__":
    main()
