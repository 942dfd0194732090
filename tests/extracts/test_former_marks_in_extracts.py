"""Term marks of terms that ended before a pupil came are the former school's in whole registers too (п. 4.6, 5.4)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from extracts import NOW, Extract, lesson_row, opened, small_extract, write_extract
from loading_extracts import load

from school.extracts.load import export_extract, import_extract, preview_extract
from school.store.connection import Store

HELD = """SELECT p.first_name, t.number, f.value FROM former_school_marks f JOIN pupils p USING (pupil_id)
    JOIN terms t USING (term_id) ORDER BY ALL"""
CAME_IN_NOVEMBER = {"school_id": "s", "class_id": "7a", "pupil_id": "p9", "starts_on": date(2026, 11, 9)}


def with_newcomer(*marks: dict[str, Any]) -> Extract:
    extract = small_extract()
    extract["enrolments"].append(CAME_IN_NOVEMBER)
    extract["term_marks"] += [
        lesson_row(**{"pupil_id": "p9", "teacher_id": "far away"} | mark) for mark in marks
    ]
    return extract


def test_a_mark_of_a_term_before_the_pupil_came_is_of_the_former_school(
    empty_store: Store, tmp_path: Path
) -> None:
    extract = with_newcomer({"value": 4}, {"value": 5, "term_id": "q2", "teacher_id": "t1"})
    folder = write_extract(tmp_path / "in", extract)
    (note,) = preview_extract(empty_store, None, folder, now=NOW).notes
    assert note.startswith("Оценок прежней школы среди отметок за период: 1.")
    assert import_extract(empty_store, None, folder, now=NOW).refused == []
    assert empty_store.read(HELD) == [("p9", 1, 4)]
    own = "SELECT p.first_name, t.number FROM term_marks JOIN pupils p USING (pupil_id) JOIN terms t USING (term_id) ORDER BY ALL"
    assert empty_store.read(own) == [("p1", 1), ("p2", 1), ("p9", 2)]
    assert empty_store.read("SELECT first_name FROM staff") == [("t1",)], "its teacher is nobody here"
    assert empty_store.read("SELECT new_value FROM events WHERE kind = 'former_mark'") == [("4",)]
    again = import_extract(empty_store, None, folder, now=NOW)
    assert (again.added, again.refused, again.notes) == (0, [], [])


@pytest.mark.parametrize("value", [4, 5])
def test_a_mark_typed_on_the_card_stays(empty_store: Store, tmp_path: Path, value: int) -> None:
    load(empty_store, tmp_path / "before", with_newcomer())
    empty_store.connection.execute(
        """INSERT INTO former_school_marks SELECT p.pupil_id, b.subject_id, t.term_id, 4, '2026-11-10', NULL
           FROM pupils p, subjects b, terms t WHERE p.first_name = 'p9' AND t.number = 1"""
    )
    report = load(empty_store, tmp_path / "in", with_newcomer({"value": value}))
    assert report.added == 0
    assert [row.reason for row in report.refused] == (
        [] if value == 4 else ["в журнале за этот период уже стоит другая отметка"]
    )
    assert empty_store.read(HELD) == [("p9", 1, 4)]


@pytest.mark.parametrize("value", [4, 5])
def test_rows_of_two_classes_mean_one_mark(empty_store: Store, tmp_path: Path, value: int) -> None:
    extract = with_newcomer({"value": 4}, {"value": value, "class_id": "8b"})
    extract["enrolments"].append(CAME_IN_NOVEMBER | {"class_id": "8b", "starts_on": date(2026, 12, 1)})
    report = load(empty_store, tmp_path / "in", extract)
    assert len(report.refused) == (0 if value == 4 else 2)
    assert empty_store.read(HELD) == ([("p9", 1, 4)] if value == 4 else [])


def test_who_was_here_in_the_term_already_has_the_mark_of_the_class(
    empty_store: Store, tmp_path: Path
) -> None:
    """The register knows an earlier stay than the file does."""
    early = with_newcomer()
    early["enrolments"][-1] = CAME_IN_NOVEMBER | {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 9, 10)}
    load(empty_store, tmp_path / "before", early)
    load(empty_store, tmp_path / "in", with_newcomer({"value": 4}))
    assert empty_store.read(HELD) == []


def test_marks_of_the_former_school_travel_with_the_register(empty_store: Store, tmp_path: Path) -> None:
    load(empty_store, tmp_path / "before", with_newcomer({"value": 4}))
    counts = export_extract(empty_store, None, tmp_path / "out", now=NOW)
    assert counts["former_school_marks"] == 1
    with opened(tmp_path / "elsewhere") as elsewhere:
        report = import_extract(elsewhere, None, tmp_path / "out", now=NOW)
        assert (report.refused, report.counts["former_school_marks"].added) == ([], 1)
        assert elsewhere.read(HELD) == [("p9", 1, 4)]
        assert elsewhere.read(
            "SELECT c.name FROM events JOIN classes c USING (class_id) WHERE kind = 'former_mark'"
        ) == [("7А",)]
        assert import_extract(elsewhere, None, tmp_path / "out", now=NOW).added == 0
        assert export_extract(elsewhere, None, tmp_path / "again", now=NOW) == counts


BROUGHT = {"school_id": "s", "subject_id": "m", "term_id": "q1", "pupil_id": "p9", "value": 4}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (BROUGHT, ""),
        (BROUGHT | {"term_id": "q2"}, "к концу этого периода ученик уже учился здесь"),
        (BROUGHT | {"pupil_id": "p1"}, "к концу этого периода ученик уже учился здесь"),
        (BROUGHT | {"pupil_id": "nobody"}, "не числится в школе"),
        (BROUGHT | {"value": 7}, "нужна отметка от 2 до 5"),
    ],
)
def test_a_brought_mark_is_of_a_term_before_the_pupil_came(
    empty_store: Store, tmp_path: Path, row: dict[str, Any], reason: str
) -> None:
    report = load(empty_store, tmp_path / "in", with_newcomer() | {"former_school_marks": [row]})
    assert [reason in each.reason for each in report.refused] == [True] * bool(reason)
    assert empty_store.read(HELD) == ([] if reason else [("p9", 1, 4)])


@pytest.mark.parametrize("value", [4, 5])
def test_a_brought_mark_among_term_marks_too_is_one(empty_store: Store, tmp_path: Path, value: int) -> None:
    extract = with_newcomer({"value": value}) | {"former_school_marks": [BROUGHT]}
    report = load(empty_store, tmp_path / "in", extract)
    assert len(report.refused) == (value != 4)
    assert empty_store.read(HELD) == [("p9", 1, value)]
