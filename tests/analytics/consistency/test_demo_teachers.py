"""The teachers whose habits the demonstration plants are found, each by the right control, and nobody else."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest

from demo.build import make_school
from pipelines.fair.grading_consistency import Control
from pipelines.figures.fair import ConsistencyFinding, findings
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, periods_of
from school.records import Role, User
from school.store.connection import DATABASE_NAME, Store
from school.store.school import School

# The end of a school year; by then every term had its last week and the spring its ВПР.
NOW = datetime(2027, 5, 30, 12, 0)
PUPILS, SEED = 200, 3
DEPUTY = User(1, "deputy", "", frozenset({Role.DEPUTY}))
# What a habit may show in; whoever marks control works by another measure is stricter or milder all in all, too.
SHOWS_IN = {
    "strict": {Control.OTHER_SUBJECTS, Control.EXTERNAL_TESTS},
    "lenient": {Control.OTHER_SUBJECTS, Control.EXTERNAL_TESTS},
    "control_disagrees": {Control.CONTROL_WORKS, Control.OTHER_SUBJECTS, Control.EXTERNAL_TESTS},
    "marks_late_in_term": {Control.LAST_WEEK},
}


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A made-up school at the end of its year."""
    store = Store(tmp_path_factory.mktemp("planted") / DATABASE_NAME, lambda: NOW)
    make_school(store, pupils=PUPILS, years=1, seed=SEED, now=NOW, say=lambda _: None)
    yield School(store, lambda: NOW)
    store.close()


@pytest.fixture(scope="module")
def found(school: School) -> list[ConsistencyFinding]:
    """What the deputy head is shown of the year."""
    reader = FigureReader(school, DEPUTY, Action.READ_CONSISTENCY)
    last = max(periods_of(reader), key=lambda period: (period.ends_on, period.kind == "quarter"))
    return findings(reader, last)


@pytest.fixture(scope="module")
def planted(school: School) -> dict[str, int]:
    """Who has which habit."""
    return json.loads(school.store.read("SELECT value FROM settings WHERE name = 'demo.planted'")[0][0])


@pytest.mark.parametrize(
    ("habit", "control"),
    [
        ("strict", Control.OTHER_SUBJECTS),
        ("lenient", Control.OTHER_SUBJECTS),
        ("lenient", Control.EXTERNAL_TESTS),
        ("control_disagrees", Control.CONTROL_WORKS),
        ("marks_late_in_term", Control.LAST_WEEK),
    ],
)
def test_a_planted_habit_is_found(
    found: list[ConsistencyFinding], planted: dict[str, int], habit: str, control: Control
) -> None:
    assert planted[habit] in {each.teacher_id for each in found if each.control is control}


def test_nobody_else_is_named(found: list[ConsistencyFinding], planted: dict[str, int]) -> None:
    expected = {(planted[habit], control) for habit, shown in SHOWS_IN.items() for control in shown}
    assert {(each.teacher_id, each.control) for each in found} <= expected
    assert not [each for each in found if each.is_few]


def test_a_finding_says_of_how_many_cases_it_is(found: list[ConsistencyFinding]) -> None:
    assert all(each.cases[0].isdigit() and each.text and each.teacher_name != "—" for each in found)
