"""A file brings term marks of the former school as a newcomer's card does: seen, loaded once, taken back (п. 4.6, 5.4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from loading import WISH, counts, look, look_at, reasons, rows_of, state_of, take, workbook_of
from small_school import CHILD, CLASS_7A, CLASS_8B, MATHS, NOW, QUARTER_1, SCHOOL, People

from pages.imports.parts.preview import plan_preview, record_text
from pages.term_marks.parts.term_marks_view import column_id, term_marks_grid
from school.errors import RuleRefused
from school.families.lookups.marks import diary_marks
from school.files.plan import ImportKind, SourceRow
from school.files.source import SourceTable
from school.imports.actions.loads import undo
from school.people.actions.former_marks import save_former_marks
from school.people.lookups.pupils import pupil_card
from school.records import YEAR, RegisterKey
from school.store.connection import Store
from school.term_marks.lookups.term_marks import term_marks_page

NEWCOMER, REGISTER, FACTS = 57, RegisterKey(CLASS_7A, MATHS), ImportKind.FACTS
FIELDS = ("full_name", "school_class", "subject", "term", "term_mark")


@pytest.fixture
def with_newcomer(school_store: Store, change: Callable[[str], None]) -> Store:
    """A pupil who came in the second quarter; the first is closed, as it is by then."""
    change(
        f"""INSERT INTO pupils (pupil_id, school_id, last_name, first_name) VALUES ({NEWCOMER}, {SCHOOL}, 'Новикова', 'Ия');
            INSERT INTO enrolments VALUES (990, {NEWCOMER}, {CLASS_7A}, '2026-11-09', NULL);
            UPDATE terms SET closed_at = '2026-10-30' WHERE term_id = {QUARTER_1}"""
    )
    return school_store


def brought(mark: str = "5", term: str = "1 четверть", school_class: str = "7А") -> list[SourceRow]:
    return rows_of(FIELDS, ("Новикова Ия", school_class, "Математика", term, mark))


def held(store: Store) -> list[tuple[int, ...]]:
    return store.read("SELECT pupil_id, subject_id, term_id, value FROM former_school_marks ORDER BY ALL")


def test_it_is_on_the_card_the_sheet_and_in_the_diary_as_a_typed_one(
    with_newcomer: Store, people: People
) -> None:
    take(with_newcomer, people.admin, FACTS, brought())
    assert held(with_newcomer) == [(NEWCOMER, MATHS, QUARTER_1, 5)]
    assert with_newcomer.read(f"SELECT count(*) FROM term_marks WHERE pupil_id = {NEWCOMER}") == [(0,)]
    card = pupil_card(with_newcomer, people.deputy, NEWCOMER, NOW.date())
    assert card.former_marks == {(MATHS, QUARTER_1): 5}
    (final,) = diary_marks(with_newcomer, people.homeroom, NEWCOMER, today=NOW.date()).final_marks
    assert (final.by_term, final.of_former_school) == ({QUARTER_1: 5}, {QUARTER_1})
    page = term_marks_page(with_newcomer, people.owner, REGISTER, YEAR, now=datetime(2026, 12, 28, 12))
    assert page is not None
    assert page.basis(YEAR, NEWCOMER).count == 1
    sheet = term_marks_grid(page, people.owner, None, version=1)
    place = f"{column_id(REGISTER, QUARTER_1)}:{NEWCOMER}"
    assert (sheet["cells"][place]["text"], sheet["blocked"][place]) == ("5", "Отметка из прежней школы")


def test_the_preview_says_what_it_is_and_its_event_too(with_newcomer: Store, people: People) -> None:
    plan = look(with_newcomer, people.admin, FACTS, brought())
    shown = plan_preview(FACTS, plan, SourceTable(brought()))
    assert shown.tables["new"]["Запишется"].tolist() == ["5, оценка прежней школы"]
    take(with_newcomer, people.admin, FACTS, brought())
    events = with_newcomer.read(
        """SELECT pupil_id, record_id, old_value, new_value, reason, class_id, subject_id FROM events
           WHERE kind = 'former_mark'"""
    )
    assert events == [(NEWCOMER, QUARTER_1, None, "5", "загрузка: файл.xlsx", CLASS_7A, MATHS)]


def test_the_same_file_again_brings_nothing(with_newcomer: Store, people: People) -> None:
    take(with_newcomer, people.admin, FACTS, brought())
    assert counts(look(with_newcomer, people.admin, FACTS, brought())) == {"unchanged": 1}


def test_it_is_taken_back_as_a_whole_though_the_term_is_closed(with_newcomer: Store, people: People) -> None:
    before = state_of(with_newcomer)
    batch = take(with_newcomer, people.admin, FACTS, brought())
    assert state_of(with_newcomer) != before
    undo(with_newcomer, people.admin, batch, now=NOW)
    assert state_of(with_newcomer) == before


def typed(store: Store, people: People, value: int | None) -> None:
    save_former_marks(store, people.deputy, NEWCOMER, CLASS_7A, {(MATHS, QUARTER_1): value}, now=NOW)


def test_it_is_not_taken_back_once_the_card_was_corrected(with_newcomer: Store, people: People) -> None:
    batch = take(with_newcomer, people.admin, FACTS, brought())
    typed(with_newcomer, people, 4)
    with pytest.raises(RuleRefused, match="отметки прежней школы — 1"):
        undo(with_newcomer, people.admin, batch, now=NOW)


def test_a_mark_typed_on_the_card_is_not_overwritten_unless_asked(
    with_newcomer: Store, people: People
) -> None:
    typed(with_newcomer, people, 4)
    assert reasons(look(with_newcomer, people.admin, FACTS, brought())) == {
        2: "В карточке ученика стоит оценка прежней школы «4», в файле «5»."
    }
    assert counts(look(with_newcomer, people.admin, FACTS, brought("4"))) == {"unchanged": 1}
    choices = replace(WISH, may_replace=True)
    plan = look(with_newcomer, people.admin, FACTS, brought(), choices)
    ((old, new),) = [(record_text(row.before), record_text(row.record)) for row in plan.changed]
    assert (old, new) == ("4, оценка прежней школы", "5, оценка прежней школы")
    batch = take(with_newcomer, people.admin, FACTS, brought(), choices)
    assert held(with_newcomer) == [(NEWCOMER, MATHS, QUARTER_1, 5)]
    undo(with_newcomer, people.admin, batch, now=NOW)
    assert held(with_newcomer) == [(NEWCOMER, MATHS, QUARTER_1, 4)]


def test_rows_that_differ_load_neither(with_newcomer: Store, people: People) -> None:
    rows = rows_of(FIELDS, *(("Новикова Ия", "7А", "Математика", "1 четверть", mark) for mark in "54"))
    assert set(reasons(look(with_newcomer, people.admin, FACTS, rows)).values()) == {
        "В файле за этот период разные отметки."
    }


def test_two_classes_of_the_year_name_the_same_mark(
    with_newcomer: Store, people: People, change: Callable[[str], None]
) -> None:
    """She came to 8Б and moved to 7А: a mark of the former school is the pupil's, whichever class a row names."""
    change(
        f"""INSERT INTO enrolments VALUES (991, {NEWCOMER}, {CLASS_8B}, '2026-11-02', '2026-11-09');
            INSERT INTO class_terms SELECT {CLASS_8B}, {QUARTER_1} WHERE NOT EXISTS (SELECT 1 FROM class_terms
                WHERE class_id = {CLASS_8B} AND term_id = {QUARTER_1})"""
    )
    rows = rows_of(FIELDS, *(("Новикова Ия", name, "Математика", "1 четверть", "5") for name in ("7А", "8Б")))
    take(with_newcomer, people.admin, FACTS, rows)
    assert held(with_newcomer) == [(NEWCOMER, MATHS, QUARTER_1, 5)]
    assert counts(look(with_newcomer, people.admin, FACTS, rows)) == {"unchanged": 2}


# Stays in 7А and 8Б by their first day and the day of leaving; whether a mark for the first quarter is the former school's.
STAYS = {
    "came on the day after the quarter": ("'2026-10-26', NULL", None, True),
    "came on its last day": ("'2026-10-25', NULL", None, False),
    "was here from its beginning": ("NULL, NULL", None, False),
    "came back after it": ("'2026-11-09', NULL", "'2026-09-01', '2026-09-20'", False),
    "was written in by mistake before": ("'2026-11-09', NULL", "'2026-09-01', '2026-09-01'", True),
}


@pytest.mark.parametrize(("here", "there", "is_former"), STAYS.values(), ids=STAYS)
def test_the_first_day_over_all_classes_of_the_year_decides(
    with_newcomer: Store,
    people: People,
    change: Callable[[str], None],
    here: str,
    there: str | None,
    is_former: bool,
) -> None:
    change(
        f"""DELETE FROM enrolments WHERE pupil_id = {NEWCOMER};
            INSERT INTO enrolments VALUES (992, {NEWCOMER}, {CLASS_7A}, {here});
            UPDATE terms SET closed_at = NULL"""
    )
    if there:
        change(f"INSERT INTO enrolments VALUES (993, {NEWCOMER}, {CLASS_8B}, {there})")
    take(with_newcomer, people.admin, FACTS, brought())
    assert bool(held(with_newcomer)) is is_former
    card = pupil_card(with_newcomer, people.deputy, NEWCOMER, NOW.date())
    assert (QUARTER_1 in {term.term_id for term in card.former_terms}) is is_former


def test_marks_of_the_running_term_and_of_others_stay_the_class_s_own(
    with_newcomer: Store, people: People
) -> None:
    take(with_newcomer, people.admin, FACTS, [*brought(term="2 четверть"), *brought("4", "год")])
    assert held(with_newcomer) == []
    assert with_newcomer.read(f"SELECT value FROM term_marks WHERE pupil_id = {NEWCOMER}") == [(5,)]
    assert with_newcomer.read(f"SELECT value FROM year_marks WHERE pupil_id = {NEWCOMER}") == [(4,)]
    rows = rows_of(FIELDS, ("Алёшин Пётр", "7А", "Математика", "1 четверть", "2"))
    (refusal,) = reasons(look(with_newcomer, people.admin, FACTS, rows)).values()
    assert refusal.startswith("Учебный период закрыт"), CHILD


def test_a_mark_that_was_entered_as_the_class_s_own_stays_its_own(
    with_newcomer: Store, people: People, change: Callable[[str], None]
) -> None:
    change(
        f"""UPDATE terms SET closed_at = NULL;
            INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value)
            VALUES ({CLASS_7A}, {MATHS}, {QUARTER_1}, {NEWCOMER}, 4)"""
    )
    assert reasons(look(with_newcomer, people.admin, FACTS, brought())) == {
        2: "В журнале за период уже стоит «4», в файле «5»."
    }


def test_a_journal_and_a_report_card_bring_it_too(with_newcomer: Store, people: People) -> None:
    card = [
        ["Отчёт об успеваемости"],
        ["Учебный год:", "2026/2027"],
        ["Класс:", "7А"],
        ["Ученик:", "Новикова Ия"],
        ["Предмет", "1 четверть"],
        ["Математика", 5],
    ]
    journal = [
        ["", "Предмет: Математика"],
        ["", "Класс: 7А"],
        ["", "", "ноябрь", "1 четверть"],
        ["№", "ФИО", 17, ""],
        ["1", "Новикова Ия", "", 5],
    ]
    for sheet in (card, journal):
        plan = look_at(with_newcomer, people.admin, ImportKind.JOURNAL, workbook_of({"Лист": sheet}))
        assert [record_text(row.record) for row in plan.new] == ["5, оценка прежней школы"], plan.refused
