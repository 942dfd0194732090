"""A school year as a OneRoster 1.1 set: right by an independent reading of the specification, and true to the register."""

import io
import zipfile
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from extracts import NOW, lesson_row, opened, small_extract, write_extract
from roster_specification import faults_of, read_roster
from small_school import CHILD, CLASS_7A, CLASS_8B, People
from small_school import NOW as SCHOOL_NOW

from school.errors import Refusal
from school.extracts.load import import_extract
from school.extracts.lookups import export_years
from school.extracts.one_roster import one_roster_archive
from school.imports.actions.loads import SourceFile
from school.imports.one_roster.loading import load_one_roster, preview_one_roster
from school.store.connection import Store

MARKS = """SELECT p.last_name, p.first_name, c.name, b.name, t.kind, t.number, t.starts_on, t.ends_on, l.held_on, m.value,
        k.name, coalesce(m.weight, k.weight, 1), s.last_name
    FROM marks m JOIN lessons l USING (lesson_id) JOIN pupils p USING (pupil_id) JOIN classes c ON c.class_id = l.class_id
        JOIN subjects b ON b.subject_id = l.subject_id JOIN terms t ON t.term_id = l.term_id
        LEFT JOIN staff s ON s.staff_id = l.teacher_id
        LEFT JOIN work_types k ON k.work_type_id = coalesce(m.work_type_id, l.work_type_id)
    WHERE c.school_year = $year"""
STAYS = """SELECT p.last_name, p.first_name, c.name, c.grade_level, e.starts_on, e.ends_on
    FROM enrolments e JOIN pupils p USING (pupil_id) JOIN classes c USING (class_id) WHERE c.school_year = $year"""


TERM_MARKS = """SELECT p.last_name, c.name, b.name, t.kind, t.number, m.value, s.last_name
    FROM term_marks m JOIN pupils p USING (pupil_id) JOIN classes c USING (class_id) JOIN subjects b USING (subject_id)
        JOIN terms t USING (term_id) LEFT JOIN staff s ON s.staff_id = m.teacher_id WHERE c.school_year = $year"""
YEAR_MARKS = """SELECT p.last_name, c.name, b.name, m.school_year, m.value
    FROM year_marks m JOIN pupils p USING (pupil_id) JOIN classes c USING (class_id) JOIN subjects b USING (subject_id)
    WHERE c.school_year = $year"""
FORMER_MARKS = """SELECT p.last_name, b.name, t.number, m.value FROM former_school_marks m JOIN pupils p USING (pupil_id)
        JOIN subjects b USING (subject_id) JOIN terms t USING (term_id) WHERE t.school_year = $year"""


def exported(store: Store, people: People | None = None, year: int = 2026) -> bytes:
    user = people.admin if people else None
    return one_roster_archive(store, user, year, now=SCHOOL_NOW, progress=lambda _: None)


def of_year(store: Store, sql: str, year: int = 2026) -> Counter[tuple[object, ...]]:
    return Counter(store.read(sql, {"year": year}))


def busy_extract() -> dict[str, list[dict[str, object]]]:
    """Two quarters and two halves, pupils who move and come, two teachers of one class, two marks of a lesson, weights.

    Marks for terms and years: in a class left in mid-term, in a class without lessons, of the former school.
    """
    extract = small_extract()
    half = extract["terms"][0] | {"term_id": "h1", "kind": "half", "ends_on": date(2026, 12, 29)}
    extract["terms"] += [half]
    extract["classes"] += [extract["classes"][0] | {"class_id": "10a", "name": "10А", "grade_level": 10}]
    extract["enrolments"] += [
        {
            "school_id": "s",
            "class_id": "8b",
            "pupil_id": "p2",
            "starts_on": date(2026, 10, 10),
            "ends_on": None,
        },
        {
            "school_id": "s",
            "class_id": "10a",
            "pupil_id": "p5",
            "starts_on": None,
            "ends_on": date(2026, 12, 1),
        },
        *(
            {"school_id": "s", "class_id": name, "pupil_id": "p9", "starts_on": starts_on, "ends_on": ends_on}
            for name, starts_on, ends_on in (
                ("7a", date(2026, 11, 9), date(2026, 12, 1)),
                ("8b", date(2026, 12, 1), None),
            )
        ),
    ]
    physics = {"class_id": "10a", "subject_id": "f", "teacher_id": None, "pupil_id": "p5"}
    extract["term_marks"] += [
        lesson_row(pupil_id="p9", value=4),
        lesson_row(class_id="8b", term_id="q2", teacher_id="t2", pupil_id="p9", value=5),
        lesson_row(class_id="8b", teacher_id=None, pupil_id="p4", value=3),
        lesson_row(**physics, term_id="h1", value=2),
    ]
    extract["year_marks"] += [
        {"school_id": "s", "school_year": 2026, "value": 4} | ids
        for ids in (
            {"class_id": "8b", "subject_id": "m", "pupil_id": "p9"},
            {"class_id": "10a", "subject_id": "f", "pupil_id": "p5"},
        )
    ]
    extract["subjects"] += [{"subject_id": "f", "school_id": "s", "name": 'Физика, «основы"', "area": None}]
    new = {"given_on": date(2026, 10, 20), "value": 5, "work_type": "Ответ", "weight": 1.5}
    extract["marks"] += [
        lesson_row(class_id="8b", teacher_id="t2", pupil_id="p2", **new),
        lesson_row(teacher_id="t2", pupil_id="p1", **new),
        lesson_row(class_id="10a", subject_id="f", term_id="h1", teacher_id=None, pupil_id="p5", **new),
        lesson_row(
            class_id="10a", subject_id="f", term_id="h1", teacher_id=None, pupil_id="p5", **new | {"value": 2}
        ),
    ]
    return extract


@pytest.fixture
def busy_store(empty_store: Store, tmp_path: Path) -> Store:
    report = import_extract(empty_store, None, write_extract(tmp_path / "in", busy_extract()), now=NOW)
    assert report.refused == []
    return empty_store


def test_a_small_school_makes_a_good_set(school_store: Store, people: People) -> None:
    content = exported(school_store, people)
    assert faults_of(content) == []
    files = read_roster(content)
    names = {(row["familyName"], row["givenName"], row["role"]) for row in files["users.csv"]}
    pupils = school_store.read(
        """SELECT DISTINCT last_name, first_name, 'student' FROM pupils JOIN enrolments USING (pupil_id)
           WHERE class_id IN ($a, $b)""",
        {"a": CLASS_7A, "b": CLASS_8B},
    )
    assert set(pupils) <= names
    assert ("Орлова", "Вера", "teacher") in names
    tables = ("mark_rows", "term_mark_rows", "year_marks")
    values = " UNION ALL ".join(f"SELECT value FROM {table} WHERE school_year = 2026" for table in tables)
    marks = school_store.read(f"SELECT count(*), sum(value) FROM ({values})")[0]
    scores = [int(row["score"]) for row in files["results.csv"]]
    assert (len(scores), sum(scores)) == marks
    homerooms = [row["title"] for row in files["classes.csv"] if row["classType"] == "homeroom"]
    assert sorted(homerooms) == ["7А", "8Б"]


def test_a_busy_school_makes_a_good_set_that_says_what_the_register_says(busy_store: Store) -> None:
    content = exported(busy_store)
    assert faults_of(content) == []
    files = read_roster(content)
    assert Counter(row["type"] for row in files["academicSessions.csv"]) == {
        "gradingPeriod": 3,
        "schoolYear": 1,
    }
    assert {row["title"] for row in files["academicSessions.csv"]} == {
        "2026/27", "1-я четверть", "2-я четверть", "1-е полугодие",
    }  # fmt: skip
    days = {row["title"]: (row["startDate"], row["endDate"]) for row in files["academicSessions.csv"]}
    assert days["1-я четверть"] == ("2026-09-01", "2026-10-26"), "endDate is the day after"
    titles = {row["sourcedId"]: row["title"] for row in files["lineItems.csv"]}
    assert Counter(titles[row["lineItemSourcedId"]] for row in files["results.csv"]) == {
        "Текущая отметка": 2,
        "Контрольная работа": 2,
        "Ответ": 4,
        "Отметка за период: 1-я четверть": 4,
        "Отметка за период: 2-я четверть": 1,
        "Отметка за период: 1-е полугодие": 1,
        "Отметка за год": 3,
    }
    weights = {
        (row["title"].startswith("Отметка за"), row["metadata.weight"]) for row in files["lineItems.csv"]
    }
    assert weights == {(True, "0"), *((False, weight) for weight in ("1", "1.5", "2", "3"))}
    assert {row["resultValueMin"] + row["resultValueMax"] for row in files["lineItems.csv"]} == {"25"}


def test_the_register_reads_its_own_set_as_it_was(busy_store: Store, people: People, tmp_path: Path) -> None:
    """The new register has the same marks, of the same pupils, days, teachers, terms, work types and weights; also for terms."""
    _name_everybody(busy_store)
    busy_store.connection.execute("UPDATE pupils SET born_on = '2013-02-01' WHERE external_id = 'p9'")
    content = exported(busy_store)
    with opened(tmp_path / "there") as there:
        file = SourceFile("roster.zip", "0" * 64)
        report = load_one_roster(there, people.admin, content, file, now=SCHOOL_NOW, progress=lambda _: None)
        assert report.refused == []
        assert of_year(there, MARKS) == of_year(busy_store, MARKS)
        for marks in (TERM_MARKS, YEAR_MARKS, FORMER_MARKS):
            assert of_year(busy_store, marks)
            assert of_year(there, marks) == of_year(busy_store, marks)
        assert of_year(there, STAYS) == of_year(busy_store, STAYS)
        born = "SELECT last_name, born_on FROM pupils WHERE born_on IS NOT NULL"
        assert there.read(born) == busy_store.read(born) == [("Фамилия p9", date(2013, 2, 1))]
        assert preview_one_roster(there, people.admin, content).added == 0


def _name_everybody(store: Store) -> None:
    """Nobody is called by an id of this register."""
    for table in ("pupils", "staff"):
        store.connection.execute(
            f"UPDATE {table} SET last_name = 'Фамилия ' || external_id, first_name = 'Имя ' || external_id"
        )


def test_birthdays_are_told_of_those_who_have_one(school_store: Store, people: People) -> None:
    school_store.connection.execute(
        "UPDATE pupils SET born_on = '2013-02-01' WHERE pupil_id = $pupil", {"pupil": CHILD}
    )
    content = exported(school_store, people)
    assert faults_of(content) == []
    files = read_roster(content)
    pupils = {row["sourcedId"]: row["familyName"] for row in files["users.csv"] if row["role"] == "student"}
    told = {pupils[row["sourcedId"]]: row["birthDate"] for row in files["demographics.csv"]}
    born = school_store.read(
        """SELECT last_name, born_on::VARCHAR FROM pupils WHERE born_on IS NOT NULL
           AND pupil_id IN (SELECT pupil_id FROM enrolments JOIN classes USING (class_id) WHERE school_year = 2026)"""
    )
    assert told == dict(born)
    assert {row["sex"] for row in files["demographics.csv"]} == {""}, "the register does not know it"


def test_the_same_record_has_the_same_id_in_every_set(busy_store: Store) -> None:
    first, second = read_roster(exported(busy_store)), read_roster(exported(busy_store))
    assert first == second


def test_another_register_has_other_ids(empty_store: Store, busy_store: Store, tmp_path: Path) -> None:
    with opened(tmp_path / "there") as there:
        there.connection.execute("UPDATE migrations SET applied_at = $at", {"at": datetime(2020, 1, 1)})
        import_extract(there, None, write_extract(tmp_path / "again", busy_extract()), now=NOW)
        ids = [
            {row["sourcedId"] for row in read_roster(exported(store))["users.csv"]}
            for store in (busy_store, there)
        ]
    assert not ids[0] & ids[1]


def test_an_export_is_recorded_and_counts_what_it_took(school_store: Store, people: People) -> None:
    exported(school_store, people)
    ((words, user_id),) = school_store.read(
        "SELECT new_value, user_id FROM events WHERE kind = 'export' ORDER BY event_id DESC LIMIT 1"
    )
    assert words.startswith("OneRoster, 2026/27: учебные периоды — ")
    assert user_id == people.admin.user_id


def test_a_year_without_classes_is_refused(school_store: Store, people: People) -> None:
    assert export_years(school_store, people.admin) == [2026]
    with pytest.raises(Refusal, match="В 2031/32 учебном году классов нет"):
        exported(school_store, people, 2031)


def test_the_reader_of_the_specification_sees_what_is_wrong(school_store: Store, people: People) -> None:
    content = exported(school_store, people)
    assert faults_of(_changed(content, "results.csv", "fully graded", "done"))
    assert faults_of(_changed(content, "users.csv", "student", "pupil"))
    assert faults_of(_changed(content, "classes.csv", "classCode", "code"))
    assert faults_of(_changed(content, "manifest.csv", "file.results,bulk", "file.results,absent"))


def _changed(content: bytes, file: str, old: str, new: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(buffer, "w") as made:
        for name in given.namelist():
            text = given.read(name).decode()
            made.writestr(name, text.replace(old, new, 1) if name == file else text)
    return buffer.getvalue()
