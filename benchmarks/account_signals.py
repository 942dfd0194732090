"""``python -m benchmarks.account_signals``: how many of the leaks that the demonstration plants are found, and how much else is."""

import argparse
import json
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from demo.build import make_school
from demo.days.sign_ins import PLANTED
from school.account_signals.lookups import facts
from school.account_signals.rules import SignalKind, signals
from school.store.connection import DATABASE_NAME, Store
from school.store.settings import setting

NOW = datetime(2026, 11, 23, 10, 0)


def compare(store: Store, now: datetime) -> dict[str, Counter[SignalKind]]:
    """Return by kind how many signals were planted and found, planted and missed, found without being planted."""
    planted = {
        (SignalKind(kind), subject)
        for kind, subjects in json.loads(setting(store, PLANTED) or "{}").items()
        for subject in subjects
    }
    found = {(signal.kind, signal.subject) for signal in signals(facts(store, now))}
    return {
        "hits": Counter(kind for kind, _ in planted & found),
        "missed": Counter(kind for kind, _ in planted - found),
        "others": Counter(kind for kind, _ in found - planted),
    }


def measure(seeds: int, pupils: int) -> dict[str, Counter[SignalKind]]:
    """Return the comparison over so many made-up schools."""
    total: dict[str, Counter[SignalKind]] = {}
    for seed in range(1, seeds + 1):
        with TemporaryDirectory() as folder:
            store = Store(Path(folder) / DATABASE_NAME, lambda: NOW)
            make_school(store, pupils=pupils, years=1, seed=seed, now=NOW, say=lambda _: None)
            for name, counts in compare(store, NOW).items():
                total[name] = total.get(name, Counter()) + counts
                if name != "hits" and counts:
                    print(f"seed {seed}: {name} {dict(counts)}")
            store.close()
    return total


def main(arguments: list[str] | None = None) -> int:
    """Measure and print precision and recall of each kind and of all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.account_signals")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--pupils", type=int, default=100)
    options = parser.parse_args(arguments)
    total = measure(options.seeds, options.pupils)
    print(f"{'kind':18} planted  found  others  precision  recall")
    for kind in (*SignalKind, None):
        hits, missed, others = (
            sum(total[name].values()) if kind is None else total[name][kind]
            for name in ("hits", "missed", "others")
        )
        precision = hits / (hits + others) if hits + others else float("nan")
        recall = hits / (hits + missed) if hits + missed else float("nan")
        print(f"{kind or 'all':18} {hits + missed:7} {hits:6} {others:7} {precision:10.2f} {recall:7.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
