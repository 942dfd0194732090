"""Rules of term marks as tables: rounding, п. 5.2, reasons, closed terms, permissions."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.errors import ReasonRequired, RuleRefused
from school.records import (
    YEAR,
    Cell,
    CellState,
    CorrectionPermission,
    GivenMark,
    RegisterKey,
    Term,
    TermMarkState,
)
from school.register.rules.corrections import (
    check_nothing_asked_yet,
    check_reason_is_written,
    check_waits,
    expiry,
)
from school.register.rules.entry import check_reason, check_term_takes_entries, is_overwritten
from school.register.rules.marks import round_half_up
from school.term_marks.rules.term_marks import (
    Ground,
    Rounding,
    TermBasis,
    bases,
    check_reason_given,
    check_term_has_begun,
    check_term_may_be_closed,
    closing_term,
    grounds,
    is_unexplained,
    may_be_filled,
    parse_term_mark,
    proposed_mark,
    telling_mean_text,
    term_basis,
    with_year,
    year_basis,
)

HALF_UP, FROM_60, FROM_65 = Rounding
QUARTER = Term(1, 2026, "quarter", 2, date(2026, 11, 2), date(2026, 12, 29))
CLOSED_QUARTER = Term(1, 2026, "quarter", 2, date(2026, 11, 2), date(2026, 12, 29), is_closed=True)
END = date(2026, 12, 28)
NOW = datetime(2026, 12, 28, 12)
EARLIER = datetime(2026, 12, 25, 12)
FOUR = TermBasis(mean=4.2, proposed=4, count=6, control_count=2, minimum=6)
FOUR_OF_TOO_FEW = TermBasis(mean=4.2, proposed=4, count=5, control_count=2, minimum=6)
NOTHING = TermMarkState()


@pytest.mark.parametrize(
    ("mean", "half_up", "from_60", "from_65"),
    [
        (5.0, 5, 5, 5),
        (4.65, 5, 5, 5),
        (4.649, 5, 5, 4),
        (4.6, 5, 5, 4),
        (4.599, 5, 4, 4),
        (4.5, 5, 4, 4),
        (4.499, 4, 4, 4),
        (3.65, 4, 4, 4),
        (3.649, 4, 4, 3),
        (3.6, 4, 4, 3),
        (3.5, 4, 3, 3),
        (2.65, 3, 3, 3),
        (2.649, 3, 3, 2),
        (2.6, 3, 3, 2),
        (2.5, 3, 2, 2),
        (2.49, 2, 2, 2),
        (2.0, 2, 2, 2),
        (sum([0.1 * 5] * 65 + [0.1 * 4] * 35) / 10, 5, 5, 5),  # 4.65 up to the last bits of a float
        (None, None, None, None),
    ],
)
def test_the_proposed_mark_follows_the_schools_rounding(
    mean: float | None, half_up: int | None, from_60: int | None, from_65: int | None
) -> None:
    assert [proposed_mark(mean, rounding) for rounding in Rounding] == [half_up, from_60, from_65]


@given(st.floats(2, 5))
def test_half_up_is_the_rounding_of_every_other_screen(mean: float) -> None:
    assert proposed_mark(mean) == round_half_up(mean)


@pytest.mark.parametrize(
    ("mean", "rounding", "text"),
    [
        (4.65, FROM_65, "4,65"),
        (4.649, FROM_65, "4,649"),  # «4,65» beside a proposed «4» would look like a mistake
        (4.649, HALF_UP, "4,65"),
        (4.4999, HALF_UP, "4,4999"),
        (13 / 3, HALF_UP, "4,33"),
        (None, HALF_UP, "—"),
    ],
)
def test_a_mean_is_written_so_that_its_side_of_the_bound_is_seen(
    mean: float | None, rounding: Rounding, text: str
) -> None:
    assert telling_mean_text(mean, rounding) == text


def marks(*values: int, weight: float = 1.0, control: bool = False) -> list[GivenMark]:
    return [GivenMark(value, weight, control) for value in values]


@pytest.mark.parametrize(
    ("given_marks", "hours", "basis"),
    [
        ([], 2, TermBasis(None, None, 0, 0, 5)),
        (marks(5, 4, 4), 1, TermBasis(13 / 3, 4, 3, 0, 3)),
        (marks(4, 4) + marks(5, weight=3, control=True), 2, TermBasis(4.6, 5, 3, 1, 5)),
        (marks(5), None, TermBasis(5.0, 5, 1, 0, None)),  # an import without load: no minimum to ask for
    ],
)
def test_what_a_term_mark_stands_on(
    given_marks: list[GivenMark], hours: float | None, basis: TermBasis
) -> None:
    assert term_basis(given_marks, hours, HALF_UP) == basis


@pytest.mark.parametrize(
    ("count", "minimum", "too_few"), [(2, 3, True), (3, 3, False), (5, 6, True), (0, None, False)]
)
def test_too_few_marks_for_a_term_mark(count: int, minimum: int | None, too_few: bool) -> None:
    assert TermBasis(count=count, minimum=minimum).has_too_few is too_few


@pytest.mark.parametrize(
    ("term_marks", "mean", "proposed"),
    [
        ((4, 4, 5, 5), 4.5, 5),
        ((4, 4, 4, 5), 4.25, 4),
        ((3, 4), 3.5, 4),
        ((None, None, 4, 5), 4.5, 5),  # came in the third quarter
        ((5, 5, 5, None), 5.0, None),  # the last quarter has no mark yet
        ((None, None), None, None),
        ((), None, None),
    ],
)
def test_the_year_mark_is_the_rounded_mean_of_the_term_marks(
    term_marks: tuple[int | None, ...], mean: float | None, proposed: int | None
) -> None:
    basis = year_basis(term_marks)
    assert (basis.mean, basis.proposed) == (mean, proposed)


def test_every_pupil_of_a_register_has_a_basis_for_the_year() -> None:
    first = Term(7, 2026, "half", 1, date(2026, 9, 1), date(2026, 12, 29))
    second = Term(8, 2026, "half", 2, date(2027, 1, 11), date(2027, 5, 31))
    held = {(7, 1): TermMarkState(4), (8, 1): TermMarkState(5)}
    found = bases([first, second], [1, 2], {(8, 2): marks(3, 3, 3)}, held, {}, {7: 1, 8: 1}, HALF_UP)
    assert found[YEAR, 1].proposed == 5
    assert found[YEAR, 2].proposed is None
    assert found[8, 2].proposed == 3
    assert found[7, 2].has_too_few  # none at all is too few as well


@pytest.mark.parametrize(
    ("what", "old", "new", "basis", "today", "asked"),
    [
        ("the proposed mark", NOTHING, 4, FOUR, END, ()),
        ("not the proposed mark", NOTHING, 5, FOUR, END, (Ground.DIFFERS,)),
        ("too few marks", NOTHING, 4, FOUR_OF_TOO_FEW, END, (Ground.TOO_FEW,)),
        ("both", NOTHING, 3, FOUR_OF_TOO_FEW, END, (Ground.TOO_FEW, Ground.DIFFERS)),
        ("no marks at all", NOTHING, 3, TermBasis(minimum=3), END, (Ground.TOO_FEW, Ground.DIFFERS)),
        ("fifteen days before the end", NOTHING, 4, FOUR, date(2026, 12, 14), (Ground.EARLY,)),
        ("fourteen days before the end", NOTHING, 4, FOUR, date(2026, 12, 15), ()),
        ("a slip of today", TermMarkState(5, "", NOW), 4, FOUR, END, ()),
        ("a mark of last week", TermMarkState(5, "", EARLIER), 4, FOUR, END, (Ground.CORRECTION,)),
        ("an imported mark", TermMarkState(5), 4, FOUR, END, (Ground.CORRECTION,)),
        ("taken back on the day", TermMarkState(5, "", NOW), None, FOUR, END, ()),
        ("taken back later", TermMarkState(5, "", EARLIER), None, FOUR, END, (Ground.CORRECTION,)),
        ("the same mark again", TermMarkState(3, "", EARLIER), 3, FOUR, END, ()),
    ],
)
def test_when_a_term_mark_needs_a_reason(
    what: str, old: TermMarkState, new: int | None, basis: TermBasis, today: date, asked: tuple[Ground, ...]
) -> None:
    assert grounds(old, new, basis, QUARTER, today) == asked, what


def test_any_change_in_a_closed_term_needs_a_reason() -> None:
    assert grounds(NOTHING, 4, FOUR, CLOSED_QUARTER, END) == (Ground.CLOSED,)
    assert grounds(TermMarkState(4, "", NOW), None, FOUR, CLOSED_QUARTER, END) == (Ground.CLOSED,)


def test_a_reason_is_asked_for_in_words_and_blanks_are_none() -> None:
    check_reason_given((), "")
    check_reason_given((Ground.DIFFERS,), "сильная контрольная в конце")
    with pytest.raises(ReasonRequired, match=r"отличается от предложенной\. Напишите причину"):
        check_reason_given((Ground.DIFFERS,), "  ")


@pytest.mark.parametrize(
    ("held", "basis", "unexplained"),
    [
        (NOTHING, FOUR_OF_TOO_FEW, False),
        (TermMarkState(4), FOUR, False),
        (TermMarkState(4), FOUR_OF_TOO_FEW, True),
        (TermMarkState(4, "болел"), FOUR_OF_TOO_FEW, False),
        (TermMarkState(5), FOUR, True),
    ],
)
def test_which_given_marks_lack_a_reason(held: TermMarkState, basis: TermBasis, unexplained: bool) -> None:
    assert is_unexplained(held, basis) is unexplained


@pytest.mark.parametrize(
    ("what", "held", "basis", "term", "fills"),
    [
        ("an empty place with enough marks", NOTHING, FOUR, QUARTER, True),
        ("a given mark stays", TermMarkState(5, "", NOW), FOUR, QUARTER, False),
        ("too few marks", NOTHING, FOUR_OF_TOO_FEW, QUARTER, False),
        ("nothing to propose", NOTHING, TermBasis(), QUARTER, False),
        ("a closed term", NOTHING, FOUR, CLOSED_QUARTER, False),
    ],
)
def test_accepting_proposed_marks_fills_only_what_needs_no_reason(
    what: str, held: TermMarkState, basis: TermBasis, term: Term, fills: bool
) -> None:
    assert may_be_filled(held, basis, term, END) is fills, what


@pytest.mark.parametrize(("typed", "mark"), [("5", 5), (" 2 ", 2), ("", None), ("  ", None)])
def test_a_term_mark_is_one_mark(typed: str, mark: int | None) -> None:
    assert parse_term_mark(typed) == mark


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("осв", "не допускается"),
        ("н/а", "не допускается"),
        ("не аттестован", "не допускается"),
        ("н", "Пропуск не ставят за период"),
        ("5 н", "не отметка"),
        ("5/4", "одну отметку"),
        ("1", "Отметки «1» нет"),
        ("зач", "не отметка"),
    ],
)
def test_nothing_else_is_a_term_mark(typed: str, why: str) -> None:
    """П. 5.3."""
    with pytest.raises(RuleRefused, match=why):
        parse_term_mark(typed)


def test_the_year_ends_and_closes_with_the_last_term() -> None:
    year = with_year([QUARTER, CLOSED_QUARTER])[-1]
    assert (year.term_id, year.ends_on, year.is_closed) == (YEAR, CLOSED_QUARTER.ends_on, True)
    assert closing_term([QUARTER], YEAR) == QUARTER.term_id
    assert closing_term([QUARTER], 5) == 5


def test_a_yearly_term_is_the_year_itself() -> None:
    yearly = Term(9, 2026, "year", 1, date(2026, 9, 1), date(2027, 5, 31))
    assert with_year([yearly]) == [yearly]
    assert with_year([]) == []


def test_a_term_takes_marks_from_its_first_day_until_it_is_closed() -> None:
    check_term_has_begun(QUARTER, QUARTER.starts_on)
    with pytest.raises(RuleRefused, match="не начался"):
        check_term_has_begun(QUARTER, QUARTER.starts_on - timedelta(days=1))
    check_term_takes_entries(is_closed=False, may_correct=False)
    check_term_takes_entries(is_closed=True, may_correct=True)
    with pytest.raises(RuleRefused, match=r"закрыт\. Попросите заместителя"):
        check_term_takes_entries(is_closed=True, may_correct=False)


def test_a_term_is_closed_once_and_not_before_its_last_day() -> None:
    check_term_may_be_closed(QUARTER, QUARTER.ends_on)
    with pytest.raises(RuleRefused, match=r"ещё идёт\. Закрыть его можно с 29\.12\.2026"):
        check_term_may_be_closed(QUARTER, QUARTER.ends_on - timedelta(days=1))
    with pytest.raises(RuleRefused, match="уже закрыт"):
        check_term_may_be_closed(CLOSED_QUARTER, QUARTER.ends_on)


@pytest.mark.parametrize(
    ("old", "new", "asks"),
    [((4,), (5,), True), ((), (5,), True), ((4,), (), True), ((4,), (4,), False), ((), (), False)],
)
def test_a_current_mark_of_a_closed_term_changes_with_a_reason(
    old: tuple[int, ...], new: tuple[int, ...], asks: bool
) -> None:
    state = CellState(Cell(None, old), NOW)
    check_reason(state, Cell(None, new), END, "пересдача", term_is_closed=True)
    if asks:
        with pytest.raises(ReasonRequired, match="закрыт"):
            check_reason(state, Cell(None, new), END, "", term_is_closed=True)
    else:
        check_reason(state, Cell(None, new), END, "", term_is_closed=True)


@pytest.mark.parametrize(
    ("what", "base", "current", "new", "own_last", "overwritten"),
    [
        ("nobody came between", "4", "4", "5", None, False),
        ("somebody did", "4", "3", "5", None, True),
        ("and entered the same", "4", "5", "5", None, False),
        ("it was this very tab", "4", "3", "5", "3", False),
        ("the person insists", None, "3", "5", None, False),
    ],
)
def test_nobody_is_overwritten_silently(
    what: str, base: str | None, current: str, new: str, own_last: str | None, overwritten: bool
) -> None:
    assert is_overwritten(base, current, new, own_last) is overwritten, what


def request(is_granted: bool | None, expires_at: datetime | None = None) -> CorrectionPermission:
    key = RegisterKey(1, 2)
    return CorrectionPermission(5, key, 1, 41, "пересдача", EARLIER, is_granted, expires_at=expires_at)


@pytest.mark.parametrize(
    ("what", "permission", "in_force"),
    [
        ("it waits", request(None), False),
        ("it was declined", request(False), False),
        ("it lasts", request(True, NOW), True),
        ("it is over", request(True, NOW - timedelta(seconds=1)), False),
    ],
)
def test_when_a_permission_is_in_force(what: str, permission: CorrectionPermission, in_force: bool) -> None:
    assert permission.is_in_force(NOW) is in_force, what


def test_one_request_at_a_time() -> None:
    check_nothing_asked_yet(None, NOW)
    check_nothing_asked_yet(request(False), NOW)
    check_nothing_asked_yet(request(True, EARLIER), NOW)
    with pytest.raises(RuleRefused, match="уже запрошено"):
        check_nothing_asked_yet(request(None), NOW)
    with pytest.raises(RuleRefused, match="уже есть"):
        check_nothing_asked_yet(request(True, NOW), NOW)


def test_a_request_is_decided_once() -> None:
    assert check_waits(request(None)) == request(None)
    for decided in (None, request(True, NOW), request(False)):
        with pytest.raises(RuleRefused, match="уже рассмотрен"):
            check_waits(decided)


@pytest.mark.parametrize("days", [0, 15, -1])
def test_a_permission_lasts_one_to_fourteen_days(days: int) -> None:
    assert expiry(NOW, 1) == datetime(2026, 12, 29, 23, 59, 59)  # the whole of tomorrow
    assert expiry(NOW, 14) == datetime(2027, 1, 11, 23, 59, 59)
    with pytest.raises(RuleRefused, match="1–14 дней"):
        expiry(NOW, days)


def test_a_request_says_why_in_a_few_words() -> None:
    check_reason_is_written("пересдача контрольной")
    with pytest.raises(RuleRefused, match="не написана"):
        check_reason_is_written(" ")
    with pytest.raises(RuleRefused, match="длиннее"):
        check_reason_is_written("а" * 201)
