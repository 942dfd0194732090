"""A school's roster in the international format comes in with its results, and goes out again as one load."""

import pytest
from loading import FILE, state_of
from roster_set import manifest, small_set, zipped
from small_school import NOW, People

from school.errors import Refusal
from school.extracts.actions import ImportReport
from school.files.source import FileCounts
from school.imports.actions.loads import undo
from school.imports.lookups.frame import earlier_loads
from school.imports.one_roster.loading import load_one_roster, preview_one_roster
from school.records import User
from school.store.connection import Store


def take(store: Store, user: User, content: bytes) -> ImportReport:
    return load_one_roster(store, user, content, FILE, now=NOW, progress=lambda _: None)


def test_a_preview_tells_what_comes_and_leaves_everything_alone(school_store: Store, people: People) -> None:
    before = state_of(school_store)
    report = preview_one_roster(school_store, people.admin, zipped(small_set()))
    added = {table: count.added for table, count in report.counts.items() if count.added}
    assert added == {"schools": 1, "terms": 4, "classes": 2, "subjects": 2, "enrolments": 4, "marks": 3}
    assert [(row.file, row.line, row.reason) for row in report.refused] == [
        ("results.csv", 4, "нет отметки: работа не сдана (not submitted)")
    ]
    assert report.rows == FileCounts(read=29, left_out=2)
    assert state_of(school_store) == before


def test_marks_go_to_the_homeroom_class_and_people_get_their_names(
    school_store: Store, people: People
) -> None:
    take(school_store, people.admin, zipped(small_set()))
    marks = school_store.read(
        """SELECT c.name, b.name, p.last_name, p.first_name, m.value, t.kind, t.number, s.last_name
           FROM marks m JOIN lessons l USING (lesson_id) JOIN classes c USING (class_id) JOIN subjects b USING (subject_id)
           JOIN terms t ON t.term_id = l.term_id JOIN pupils p USING (pupil_id) LEFT JOIN staff s ON s.staff_id = l.teacher_id
           WHERE t.school_year = 2025 ORDER BY p.external_id"""
    )
    assert marks == [
        ("6В", "Алгебра", "Петров", "Пётр", 5, "quarter", 1, "Учителева"),
        ("6В", "Алгебра", "Ветрова", "Вера", 4, "quarter", 1, "Учителева"),
        ("Химия, кружок", "Химия", "Гость", "Глеб", 3, "quarter", 2, None),
    ]


def test_the_same_set_again_adds_nothing_and_makes_no_load(school_store: Store, people: People) -> None:
    take(school_store, people.admin, zipped(small_set()))
    after = state_of(school_store)
    assert take(school_store, people.admin, zipped(small_set())).added == 0
    assert state_of(school_store) == after
    assert len(earlier_loads(school_store, people.admin)) == 1


def test_a_loaded_set_is_taken_back_as_a_whole(school_store: Store, people: People) -> None:
    before = state_of(school_store)
    take(school_store, people.admin, zipped(small_set()))
    undo(school_store, people.admin, earlier_loads(school_store, people.admin)[0].batch_id, now=NOW)
    assert state_of(school_store) == before


def test_lines_marked_for_deletion_are_passed_over(school_store: Store, people: People) -> None:
    files = small_set()
    files["results"][0]["status"] = "tobedeleted"
    assert preview_one_roster(school_store, people.admin, zipped(files)).counts["marks"].added == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "не открывается"),
        (b"PK\x03\x04 and no more", "не открывается"),
        (zipped({"orgs": []}), "нет файлов academicSessions.csv"),
    ],
)
def test_what_is_no_set_is_refused_in_words(
    school_store: Store, people: People, content: bytes, words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        preview_one_roster(school_store, people.admin, content)


def test_a_set_of_changes_stands_on_what_was_loaded_before(school_store: Store, people: People) -> None:
    take(school_store, people.admin, zipped(small_set()))
    whole = small_set()
    changes = {
        "manifest": manifest("1.1", classes="delta", lineItems="delta", results="delta"),
        "classes": whole["classes"][1:2],
        "lineItems": [{**whole["lineItems"][0], "sourcedId": "w7", "dueDate": "2025-12-01"}],
        "results": [
            {**whole["results"][1], "sourcedId": "new", "lineItemSourcedId": "w7", "score": "2"},
            {**whole["results"][0], "status": "tobedeleted"},
            {**whole["results"][0], "sourcedId": "strange", "lineItemSourcedId": "w9"},
        ],
    }
    report = take(school_store, people.admin, zipped(changes))
    assert {table: count.added for table, count in report.counts.items() if count.added} == {"marks": 1}
    assert [(row.file, row.line, row.reason) for row in report.refused] == [
        ("results.csv", 4, "lineItemSourcedId: работы «w9» в наборе нет")
    ]
    assert report.rows == FileCounts(read=3, left_out=2)
    assert school_store.read(
        """SELECT c.name, p.last_name, m.value, t.number FROM marks m JOIN lessons l USING (lesson_id)
           JOIN classes c USING (class_id) JOIN pupils p USING (pupil_id) JOIN terms t ON t.term_id = l.term_id
           WHERE l.held_on = DATE '2025-12-01'"""
    ) == [("6В", "Ветрова", 2, 2)]
