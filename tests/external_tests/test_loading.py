"""From a list to fill in to results beside marks: nothing is loaded unseen, and loading again changes nothing."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from screens import open_page, texts
from small_school import CHILD, CLASS_7A, CLASSMATE, NOW, OWNER_STAFF, People

from school.analytics.lookups.consistency import TermSpan, school_tables
from school.errors import AccessRefused, Refusal, RuleRefused
from school.external_tests.actions import delete_results, load_results
from school.external_tests.lookups import loaded_results, preview_results, pupils_to_test
from school.external_tests.records import ExternalTestKind
from school.external_tests.workbook import results_of_file, results_workbook
from school.files.plan import SourceRow
from school.store.connection import Store
from school.store.events import Event

# Between the quarters: the first quarter's marks are given.
HELD_ON = date(2026, 11, 3)


def filled(content: bytes, *marks: object) -> bytes:
    """Return a list with these marks written down its last column."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    for line, mark in enumerate(marks, start=2):
        sheet.cell(line, sheet.max_column, mark)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rows_of(store: Store, people: People, *marks: object) -> list[SourceRow]:
    pupils = pupils_to_test(store, people.deputy, [CLASS_7A], HELD_ON)
    content = results_workbook(pupils, ExternalTestKind.VPR, "Математика", f"{HELD_ON:%d.%m.%Y}")
    return list(results_of_file(filled(content, *marks)).rows)


def loaded(store: Store, people: People, *marks: object, now: datetime = NOW):
    rows = rows_of(store, people, *marks)
    return load_results(
        store, people.deputy, rows, preview_results(store, people.deputy, rows, now.date()), now=now
    )


def results(store: Store) -> list[tuple[int, int]]:
    return store.read("SELECT pupil_id, mark FROM external_test_results ORDER BY pupil_id")


def test_a_list_filled_in_comes_back_as_results(school_store: Store, people: People) -> None:
    plan = loaded(school_store, people, 3, 5)
    assert (len(plan.new), len(plan.refused)) == (2, 0)
    assert results(school_store) == [(CHILD, 3), (CLASSMATE, 5)]
    (test,) = loaded_results(school_store, people.head)
    assert (test.subject_name, test.result_count, test.compared_count) == ("Математика", 2, 2)


def test_the_list_to_fill_in_tells_namesakes_apart_and_comes_back(
    school_store: Store, people: People
) -> None:
    def write(change):
        for pupil, day in ((CHILD, "2014-03-12"), (CLASSMATE, "2013-08-01")):
            change.change(
                "UPDATE pupils SET last_name = 'Ким', first_name = 'Анна', born_on = $day WHERE pupil_id = $pupil",
                {"day": day, "pupil": pupil},
            )
        change.record(Event(NOW, None, "pupil"))

    school_store.write(write)
    marks = {"Ким Анна (12.03.2014)": 3, "Ким Анна (01.08.2013)": 5}
    listed = [row.name.full for row in pupils_to_test(school_store, people.deputy, [CLASS_7A], HELD_ON)]
    loaded(school_store, people, *(marks.get(name) for name in listed))
    assert results(school_store) == [(CHILD, 3), (CLASSMATE, 5)]


def test_a_preview_loads_nothing(school_store: Store, people: People) -> None:
    preview_results(school_store, people.deputy, rows_of(school_store, people, 3, 5), NOW.date())
    assert results(school_store) == []


def test_loading_again_changes_nothing_and_a_new_mark_replaces_the_old(
    school_store: Store, people: People
) -> None:
    loaded(school_store, people, 3, 5)
    version = school_store.version
    assert not loaded(school_store, people, 3, 5).brings_anything
    assert school_store.version == version
    assert len(loaded(school_store, people, 4, 5).changed) == 1
    assert results(school_store) == [(CHILD, 4), (CLASSMATE, 5)]
    assert len(loaded_results(school_store, people.head)) == 1


def test_what_changed_since_the_preview_is_shown_again(school_store: Store, people: People) -> None:
    rows = rows_of(school_store, people, 3, 5)
    seen = preview_results(school_store, people.deputy, rows, NOW.date())
    loaded(school_store, people, 2)
    with pytest.raises(RuleRefused, match="изменились"):
        load_results(school_store, people.deputy, rows, seen, now=NOW)
    assert results(school_store) == [(CHILD, 2)]


def test_a_test_is_deleted_as_a_whole_and_leaves_its_event(school_store: Store, people: People) -> None:
    loaded(school_store, people, 3, 5)
    (test,) = loaded_results(school_store, people.deputy)
    delete_results(school_store, people.deputy, test.test_id, now=NOW)
    assert results(school_store) == []
    kinds = school_store.read("SELECT kind FROM events WHERE kind LIKE 'external%' ORDER BY event_id")
    assert kinds == [("external_test",), ("external_test_deleted",)]
    with pytest.raises(RuleRefused):
        delete_results(school_store, people.deputy, test.test_id, now=NOW)


def test_results_stand_beside_the_term_mark_before_the_test(school_store: Store, people: People) -> None:
    loaded(school_store, people, 3, 5)
    span = TermSpan((), (), date(2026, 9, 1))
    compared = school_tables(school_store, people.head, span).test_results()
    given = dict(school_store.read("SELECT pupil_id, value FROM term_marks"))
    assert sorted(compared.project("pupil_id, test_mark, mark, teacher_id").fetchall()) == [
        (CHILD, 3, given[CHILD], OWNER_STAFF),
        (CLASSMATE, 5, given[CLASSMATE], OWNER_STAFF),
    ]


@pytest.mark.parametrize("part", ["head", "admin", "owner", "homeroom", "secretary", "guardian", "pupil"])
def test_only_the_deputy_loads(school_store: Store, people: People, part: str) -> None:
    rows = rows_of(school_store, people, 3)
    seen = preview_results(school_store, people.deputy, rows, NOW.date())
    with pytest.raises(AccessRefused):
        load_results(school_store, getattr(people, part), rows, seen, now=NOW)
    assert results(school_store) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Файл пуст"),
        ("Класс;Ученик;Предмет\n7А;Алёшин;Математика\n".encode(), "нет нужных столбцов"),
        (b"PK\x03\x04 no workbook", "не читается"),
        (b"<html><table><tr><td>5</td></tr></table></html>", "не таблица"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        results_of_file(content)


def test_a_table_of_ones_own_with_a_title_above_it_is_read() -> None:
    lines = "Результаты ВПР;;;;;\n;;;;;\nКласс;ФИО;Вид работы;Предмет;Дата проведения;Отметка\n7А;Алёшин П.;ВПР;Матем.;03.11.2026;4\n"
    (row,) = results_of_file(lines.encode("cp1251")).rows
    assert (row.number, row["pupil"], row["mark"]) == (4, "Алёшин П.", "4")


@pytest.mark.usefixtures("school_screens")
def test_the_head_sees_what_is_loaded_and_loads_nothing(school_store: Store, people: People) -> None:
    assert "Результаты ещё не загружены" in texts(open_page("external_tests/external_tests.py", people.head))
    loaded(school_store, people, 3, 5)
    page = open_page("external_tests/external_tests.py", people.head)
    assert list(page.dataframe[0].value["Результатов"]) == [2]
    assert "Загрузить результаты" not in texts(page)
    assert "Загрузить результаты" in texts(open_page("external_tests/external_tests.py", people.deputy))
