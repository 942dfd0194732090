"""A newcomer brings term marks of the former school: they count in the year, and as nobody's here (п. 5.4)."""

from datetime import date, datetime

import pandas as pd
import pytest
from small_school import CHILD, CLASS_7A, MATHS, NOW, OWNER_STAFF, QUARTER_1, QUARTER_2, SCHOOL, People

from pages.people.parts.former_marks import SUBJECT, typed_marks
from pages.term_marks.parts.term_marks_answer import state_words
from pages.term_marks.parts.term_marks_view import column_id, term_marks_grid
from school.analytics.lookups.pupil_history import pupil_history
from school.errors import AccessRefused, RuleRefused
from school.families.lookups.marks import diary_marks
from school.people.actions.former_marks import save_former_marks
from school.people.lookups.pupils import pupil_card
from school.people.records import ClassOfYear, Stay
from school.people.rules.former_marks import terms_before
from school.records import YEAR, RegisterKey, Term
from school.store.connection import Store
from school.term_marks.actions.entries import TermMarkEdit, enter_term_marks
from school.term_marks.lookups.term_marks import TermMarksPage, term_marks_page

NEWCOMER, REGISTER = 57, RegisterKey(CLASS_7A, MATHS)
TODAY, END = NOW.date(), datetime(2026, 12, 28, 12)


@pytest.fixture
def with_newcomer(school_store: Store, change) -> Store:
    change(
        f"""INSERT INTO pupils (pupil_id, school_id, last_name, first_name) VALUES ({NEWCOMER}, {SCHOOL}, 'Новикова', 'Ия');
            INSERT INTO enrolments VALUES (990, {NEWCOMER}, {CLASS_7A}, '2026-11-09', NULL)"""
    )
    return school_store


def sheet(store: Store, people: People, term_id: int) -> TermMarksPage:
    page = term_marks_page(store, people.owner, REGISTER, term_id, now=END)
    assert page is not None
    return page


def test_a_brought_mark_counts_in_the_year_and_is_shown_as_brought(
    with_newcomer: Store, people: People
) -> None:
    assert save_former_marks(
        with_newcomer, people.secretary, NEWCOMER, CLASS_7A, {(MATHS, QUARTER_1): 5}, now=NOW
    )
    edit = TermMarkEdit(REGISTER, QUARTER_2, NEWCOMER, "4", reason="пришла в ноябре")
    (result,) = enter_term_marks(with_newcomer, people.owner, [edit], now=END)
    assert result.status == "saved"
    page = sheet(with_newcomer, people, YEAR)
    basis = page.basis(YEAR, NEWCOMER)
    assert (basis.count, basis.mean, basis.proposed) == (2, 4.5, 5)
    data = term_marks_grid(page, people.owner, None, version=1)
    place = f"{column_id(REGISTER, QUARTER_1)}:{NEWCOMER}"
    assert data["cells"][place]["text"] == "5"
    assert data["blocked"][place] == "Отметка из прежней школы"
    assert "учтены прежние отметки: Новикова И. — из прежней школы: 1-я четверть 5" in state_words(page)
    # A term of this school neither counts nor shows it among its current marks.
    assert sheet(with_newcomer, people, QUARTER_2).basis(QUARTER_2, NEWCOMER).count == 0


def test_the_diary_and_the_history_say_where_it_is_from(with_newcomer: Store, people: People) -> None:
    save_former_marks(with_newcomer, people.homeroom, NEWCOMER, CLASS_7A, {(MATHS, QUARTER_1): 5}, now=NOW)
    (final,) = diary_marks(with_newcomer, people.homeroom, NEWCOMER, today=TODAY).final_marks
    assert (final.by_term, final.of_former_school) == ({QUARTER_1: 5}, {QUARTER_1})
    history = pupil_history(with_newcomer, people.deputy, NEWCOMER, today=TODAY)
    assert [(row.class_name, row.value) for row in history.final_marks] == [("прежняя школа", 5)]
    # It is no teacher's: quality is made of the marks given here.
    assert with_newcomer.read(f"SELECT count(*) FROM term_mark_rows WHERE pupil_id = {NEWCOMER}") == [(0,)]
    assert with_newcomer.read(f"SELECT count(*) FROM term_marks WHERE teacher_id = {OWNER_STAFF}") != [(0,)]


def test_it_can_be_corrected_and_taken_back(with_newcomer: Store, people: People) -> None:
    for value in (5, 4, None):
        assert save_former_marks(
            with_newcomer, people.deputy, NEWCOMER, CLASS_7A, {(MATHS, QUARTER_1): value}, now=NOW
        )
        card = pupil_card(with_newcomer, people.deputy, NEWCOMER, TODAY)
        assert card.former_marks == ({} if value is None else {(MATHS, QUARTER_1): value})
    assert [term.term_id for term in card.former_terms] == [QUARTER_1]
    events = with_newcomer.read(
        "SELECT old_value, new_value FROM events WHERE kind = 'former_mark' ORDER BY event_id"
    )
    assert events == [(None, "5"), ("5", "4"), ("4", None)]


@pytest.mark.parametrize(
    ("pupil", "place", "value", "words"),
    [
        (NEWCOMER, (MATHS, QUARTER_2), 4, "уже учился здесь"),  # in the running term the class gives the mark
        (CHILD, (MATHS, QUARTER_1), 4, "уже учился здесь"),  # here since September
        (NEWCOMER, (999, QUARTER_1), 4, "предмета нет"),
        (NEWCOMER, (MATHS, QUARTER_1), 6, "одну отметку"),
    ],
)
def test_only_marks_of_terms_before_the_pupil_came_are_taken(
    with_newcomer: Store, people: People, pupil: int, place: tuple[int, int], value: int, words: str
) -> None:
    with pytest.raises(RuleRefused, match=words):
        save_former_marks(with_newcomer, people.deputy, pupil, CLASS_7A, {place: value}, now=NOW)


def test_a_subject_teacher_does_not_write_them(with_newcomer: Store, people: People) -> None:
    with pytest.raises(AccessRefused):
        save_former_marks(with_newcomer, people.owner, NEWCOMER, CLASS_7A, {(MATHS, QUARTER_1): 5}, now=NOW)


FIRST = Term(1, 2026, "quarter", 1, date(2026, 9, 1), date(2026, 10, 25))
SECOND = Term(2, 2026, "quarter", 2, date(2026, 11, 2), date(2026, 12, 29))


@pytest.mark.parametrize(
    ("came_on", "before"),
    [
        (None, []),
        (date(2026, 9, 1), []),
        (date(2026, 10, 25), []),  # the last day of the quarter is spent here
        (date(2026, 10, 26), [1]),
        (date(2026, 12, 30), [1, 2]),
    ],
)
def test_the_terms_before_are_those_that_ended_before_the_first_day_here(
    came_on: date | None, before: list[int]
) -> None:
    place = ClassOfYear(CLASS_7A, "7А", SCHOOL, 2026, date(2026, 9, 1), date(2027, 5, 31))
    stay = Stay(1, place, came_on, None)
    assert [term.term_id for term in terms_before([FIRST, SECOND], [stay])] == before


@pytest.mark.parametrize("typed", ["6", "45", "н", "пять", "4,5", "²"])
def test_what_is_no_mark_is_refused_by_its_cell_and_nothing_is_written(
    with_newcomer: Store, people: People, typed: str
) -> None:
    card = pupil_card(with_newcomer, people.secretary, NEWCOMER, TODAY)
    rows = pd.DataFrame([{SUBJECT: name, str(QUARTER_1): ""} for name in card.subjects.values()])
    name = next(iter(card.subjects.values()))
    rows.loc[0, str(QUARTER_1)] = typed
    with pytest.raises(RuleRefused, match=f"{name}, 1-я четверть: «{typed}» — не отметка за период"):
        typed_marks(card, rows)


@pytest.mark.parametrize(("text", "mark"), [("4", 4), (" 5 ", 5), ("", None), (None, None)])
def test_an_emptied_cell_takes_the_mark_back(
    with_newcomer: Store, people: People, text: str | None, mark: int | None
) -> None:
    card = pupil_card(with_newcomer, people.secretary, NEWCOMER, TODAY)
    rows = pd.DataFrame({SUBJECT: list(card.subjects.values()), str(QUARTER_1): [text]})
    assert typed_marks(card, rows) == {(MATHS, QUARTER_1): mark}
