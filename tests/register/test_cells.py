"""What may stand in a cell of the register (п. 5.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.errors import RuleRefused
from school.records import AbsenceReason, Cell
from school.register.rules.cells import LOOK_ALIKES, parse_cell

N, B, U, O = AbsenceReason.UNKNOWN, AbsenceReason.ILLNESS, AbsenceReason.VALID, AbsenceReason.LATE  # noqa: E741


@pytest.mark.parametrize(
    ("typed", "absence", "marks"),
    [
        ("", None, ()),
        ("   ", None, ()),
        ("5", None, (5,)),
        ("2", None, (2,)),
        ("5/4", None, (5, 4)),
        ("4 5", None, (4, 5)),
        (" 3 / 3 ", None, (3, 3)),
        ("н", N, ()),
        ("Н", N, ()),
        ("б", B, ()),
        ("у", U, ()),
        ("о", O, ()),
        ("о 4", O, (4,)),  # came late and answered
        ("н5", N, (5,)),  # missed the work and wrote it later
        ("н 5/4", N, (5, 4)),
        ("y", N, ()),  # the key of «н» with the Latin layout on
        ("Y", N, ()),
        (",", B, ()),
        ("e", U, ()),
        ("j", O, ()),
        ("h", N, ()),  # looks like «н»
        ("o", O, ()),
        ("o 5", O, (5,)),
    ],
)
def test_an_entry_is_read(typed: str, absence: AbsenceReason | None, marks: tuple[int, ...]) -> None:
    assert parse_cell(typed) == Cell(absence, marks)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("осв", "п. 5.3"),
        ("Освобождён", "п. 5.3"),
        ("освобожден", "п. 5.3"),
        ("н/а", "п. 5.3"),
        ("Н/А", "п. 5.3"),
        ("на", "п. 5.3"),
        ("н.а.", "п. 5.3"),
        ("не аттестован", "п. 5.3"),
        ("неаттестован", "п. 5.3"),
        ("1", "Отметки «1» нет"),
        ("6", "Отметки «6» нет"),
        ("0", "Отметки «0» нет"),
        ("5/1", "Отметки «1» нет"),
        ("55", "не отметка"),  # a slip of the finger, not two marks
        ("5+", "не отметка"),
        ("пять", "не отметка"),
        ("нн", "не отметка"),
        ("5 н", "не отметка"),
        ("4.5", "не отметка"),
        ("²", "не отметка"),
        ("5/4/3", "не больше двух"),
    ],
)
def test_what_is_no_entry_is_refused_with_the_reason(typed: str, said: str) -> None:
    with pytest.raises(RuleRefused, match=said):
        parse_cell(typed)


@given(
    st.builds(
        Cell, st.none() | st.sampled_from(AbsenceReason), st.lists(st.integers(2, 5), max_size=2).map(tuple)
    )
)
def test_a_cell_reads_back_as_it_is_written(cell: Cell) -> None:
    assert parse_cell(cell.text) == cell


@given(st.text(max_size=12))
def test_any_text_is_either_an_entry_or_refused_in_words(typed: str) -> None:
    try:
        cell = parse_cell(typed)
    except RuleRefused as refusal:
        assert refusal.next_step
    else:
        assert all(2 <= mark <= 5 for mark in cell.marks)
        assert len(cell.marks) <= 2


def test_every_look_alike_stands_for_an_absence() -> None:
    assert {parse_cell(key).absence for key in LOOK_ALIKES} == set(AbsenceReason)
