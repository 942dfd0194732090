"""A pupil moves to the parallel class in the middle of a term: the new teacher gives the mark, of all the marks (п. 5.2, 5.4)."""

from datetime import date, datetime

import pytest
from small_school import (
    CHILD,
    CLASS_7A,
    CLASS_8B,
    MATHS,
    NOW,
    QUARTER_1,
    QUARTER_2,
    STRANGERS_LESSON_TODAY,
    People,
)

from pages.term_marks.parts.term_marks_answer import state_words
from pages.term_marks.parts.term_marks_view import column_id, term_marks_grid
from school.control.lookups.gaps import class_control
from school.errors import AccessRefused
from school.families.lookups.marks import diary_marks
from school.people.actions.movements import MoveOrder, transfer
from school.records import YEAR, MarkElsewhere, RegisterKey, Term
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.register.lookups.registers import cell_history, register_page
from school.register.store.registers import class_terms
from school.store.connection import Store
from school.term_marks.actions.entries import TermMarkEdit, enter_term_marks
from school.term_marks.lookups.term_marks import TermMarksPage, term_marks_page
from school.term_marks.rules.term_marks import marks_of_year, year_basis

OLD, NEW = RegisterKey(CLASS_7A, MATHS), RegisterKey(CLASS_8B, MATHS)
END = datetime(2026, 12, 28, 12)


@pytest.fixture
def moved(end_store: Store, people: People, change) -> Store:
    """Six marks in 7А; from today on the child is in the other class and has a «3» there."""
    change("UPDATE lessons SET held_on = held_on - 30 WHERE lesson_id BETWEEN 300 AND 304")
    transfer(end_store, people.secretary, CHILD, CLASS_7A, CLASS_8B, MoveOrder(NOW.date(), "№ 45"), now=NOW)
    (result,) = enter_cells(
        end_store, people.stranger, [CellEdit(STRANGERS_LESSON_TODAY, CHILD, "3")], now=NOW
    )
    assert result.status == "saved"
    return end_store


def sheet(store: Store, people: People, key: RegisterKey, term_id: int) -> TermMarksPage:
    page = term_marks_page(store, people.deputy, key, term_id, now=END)
    assert page is not None
    return page


def test_the_new_teacher_is_offered_the_mark_of_all_the_pupils_marks(moved: Store, people: People) -> None:
    page = sheet(moved, people, NEW, QUARTER_2)
    basis = page.basis(QUARTER_2, CHILD)
    # 4 4(×2) 4 4 4 5 of 7А and the 3 of the new class.
    assert (basis.count, basis.proposed, basis.has_too_few) == (7, 4, False)
    assert basis.mean == pytest.approx((4 + 4 * 2 + 4 + 4 + 4 + 5 + 3) / 8)
    term = class_terms(moved, CLASS_8B)[1]
    register = register_page(moved, people.stranger, NEW, term, today=NOW.date())
    assert (register.summaries[CHILD].count, register.summaries[CHILD].mean) == (7, pytest.approx(basis.mean))
    diary = diary_marks(moved, people.guardian, CHILD, today=NOW.date())
    (maths,) = [each for each in diary.subjects if each.subject_id == MATHS]
    assert (maths.count, maths.mean) == (7, pytest.approx(basis.mean))


def test_the_sheet_says_whose_marks_they_are(moved: Store, people: People) -> None:
    page = term_marks_page(moved, people.stranger, NEW, QUARTER_2, now=END)
    assert page is not None
    words = next(each for each in state_words(page) if each.startswith("учтены"))
    assert words == "учтены прежние отметки: Алёшин П. — из 7А: 4 4 4 4 5 4"
    (info,) = [
        row["info"]
        for row in term_marks_grid(page, people.stranger, None, version=1)["pupils"]
        if row["id"] == str(CHILD)
    ]
    assert info["mean"]["side"] == "7/6"
    assert info["mean"]["title"] == "из 7А: 4 4 4 4 5 4"


def test_the_former_register_stays_closed_to_the_new_teacher(moved: Store, people: People) -> None:
    with pytest.raises(AccessRefused):
        term_marks_page(moved, people.stranger, OLD, QUARTER_2, now=END)
    with pytest.raises(AccessRefused):
        cell_history(moved, people.stranger, 300, CHILD)


def test_the_first_terms_mark_of_the_old_class_counts_in_the_year(moved: Store, people: People) -> None:
    edit = TermMarkEdit(NEW, QUARTER_2, CHILD, "4")
    (result,) = enter_term_marks(moved, people.stranger, [edit], now=END)
    assert result.status == "saved", result
    page = sheet(moved, people, NEW, YEAR)
    given = moved.read(f"SELECT value FROM term_marks WHERE pupil_id = {CHILD} AND term_id = {QUARTER_1}")
    basis = page.basis(YEAR, CHILD)
    assert (basis.count, basis.mean) == (2, (given[0][0] + 4) / 2)
    data = term_marks_grid(page, people.stranger, None, version=1)
    place = f"{column_id(NEW, QUARTER_1)}:{CHILD}"
    assert data["cells"][place]["text"] == str(given[0][0])
    assert data["blocked"][place] == "Отметка из 7А"


def test_the_old_class_keeps_its_marks_and_sees_nothing_of_the_new_one(moved: Store, people: People) -> None:
    page = sheet(moved, people, OLD, QUARTER_2)
    assert page.basis(QUARTER_2, CHILD).count == 6
    edit = TermMarkEdit(NEW, QUARTER_2, CHILD, "4")
    enter_term_marks(moved, people.stranger, [edit], now=END)
    assert sheet(moved, people, OLD, YEAR).marks_elsewhere(CHILD) == []


def test_the_old_class_gives_no_mark_for_the_term_that_ends_in_the_new_one(
    moved: Store, people: People
) -> None:
    page = sheet(moved, people, OLD, QUARTER_2)
    own = len(page.pupils) - 1
    assert f"выставлено 0 из {own}" in state_words(page)
    assert "перешли в другой класс: 1" in state_words(page)
    data = term_marks_grid(page, people.owner, None, version=1)
    titles = {column: title for column, title in data["blocked"].items() if column.endswith(f":{CHILD}")}
    assert titles[f"{column_id(OLD, QUARTER_2)}:{CHILD}"].startswith("Ученик перешёл в другой класс")
    assert f"{column_id(OLD, QUARTER_1)}:{CHILD}" not in titles, "the first quarter ended here"
    assert (QUARTER_2, CHILD) not in page.fillable
    (result,) = enter_term_marks(moved, people.owner, [TermMarkEdit(OLD, QUARTER_2, CHILD, "4")], now=END)
    assert (result.status, result.message.split(".")[0]) == ("refused", "Ученик перешёл в другой класс")


def test_a_mark_given_before_the_move_can_be_taken_back(moved: Store, people: People, change) -> None:
    change(
        f"""INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value)
            VALUES ({CLASS_7A}, {MATHS}, {QUARTER_2}, {CHILD}, 4)"""
    )
    edit = TermMarkEdit(OLD, QUARTER_2, CHILD, "", reason="ставят в новом классе")
    (result,) = enter_term_marks(moved, people.owner, [edit], now=END)
    assert result.status == "saved", result
    assert sheet(moved, people, OLD, QUARTER_2).has_left(QUARTER_2, CHILD)


def test_control_counts_all_the_marks_of_the_pupil(moved: Store, people: People) -> None:
    control = class_control(moved, people.deputy, CLASS_8B, now=NOW)
    assert control is not None
    (row,) = [each for each in control.rows if each.subject_id == MATHS]
    # Three of the class have one mark or none; the one who came has seven.
    assert (row.short_pupils, row.pupils) == (3, 4)


Q1 = Term(1, 2026, "quarter", 1, date(2026, 9, 1), date(2026, 10, 25))
Q2 = Term(2, 2026, "quarter", 2, date(2026, 11, 2), date(2026, 12, 29))
T1 = Term(11, 2026, "trimester", 1, date(2026, 9, 1), date(2026, 11, 15))
T2 = Term(12, 2026, "trimester", 2, date(2026, 11, 23), date(2027, 2, 26))
T3 = Term(13, 2026, "trimester", 3, date(2027, 3, 1), date(2027, 5, 31))


@pytest.mark.parametrize(
    ("terms", "own", "elsewhere", "counted"),
    [
        ([Q1, Q2], [4, 5], [], [4, 5]),
        ([Q1, Q2], [None, 5], [MarkElsewhere(Q1, 3, "7А")], [3, 5]),
        # The class's own mark counts where there are two.
        ([Q1, Q2], [4, 5], [MarkElsewhere(Q1, 3, "7А")], [4, 5]),
        # A class's mark counts before the former school's.
        ([Q1, Q2], [None, 5], [MarkElsewhere(Q1, 3, "7А"), MarkElsewhere(Q1, 5)], [3, 5]),
        # Quarters before, trimesters now: the quarter's mark stands where no trimester has one.
        ([T1, T2, T3], [None, 4, 5], [MarkElsewhere(Q1, 3, "7А")], [3, None, 4, 5]),
        ([T1, T2, T3], [4, 4, 5], [MarkElsewhere(Q1, 3, "7А")], [4, 4, 5]),
    ],
)
def test_the_year_stands_on_the_marks_of_all_terms_wherever_given(
    terms: list[Term], own: list[int | None], elsewhere: list[MarkElsewhere], counted: list[int | None]
) -> None:
    found = marks_of_year(terms, own, elsewhere)
    assert found == counted
    assert year_basis(found).count == sum(mark is not None for mark in counted)
