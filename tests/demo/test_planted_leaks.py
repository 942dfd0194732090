"""The demonstration plants a leak of each kind, and the signals find them (п. 8.5): twenty schools in ``benchmarks``."""

from datetime import datetime

from made_up_school import quiet

from benchmarks.account_signals import compare
from demo.build import make_school
from school.account_signals.rules import SignalKind
from school.store.connection import Store

NOW = datetime(2026, 11, 23, 10, 0)


def test_each_planted_leak_is_found_and_little_else(empty_store: Store) -> None:
    make_school(empty_store, pupils=60, years=1, seed=3, now=NOW, say=quiet)
    found = compare(empty_store, NOW)
    assert set(found["hits"]) == set(SignalKind)
    assert not found["missed"]
    assert sum(found["others"].values()) <= 1
