"""Hours of correspondence, the norm of answering, texts and limits, as tables (п. 2.9, 4.7, 8.1)."""

from datetime import date, datetime, time, timedelta

import pytest

from school.correspondence.rules import hours, letters, order
from school.correspondence.rules.hours import LetterOrder, SaidAt, answer_due, delivery_of, questions_of
from school.correspondence.rules.letters import HelpState, days_open, help_state
from school.errors import RuleRefused

# Thursday; the week after next has holidays from Monday to Wednesday.
THURSDAY = date(2026, 11, 19)
HOLIDAYS = {date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)}


def is_working(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in HOLIDAYS


@pytest.mark.parametrize(
    ("written", "delivered"),
    [
        ("2026-11-19 08:00", "2026-11-19 08:00"),
        ("2026-11-19 18:59", "2026-11-19 18:59"),
        ("2026-11-19 19:00", "2026-11-20 08:00"),
        ("2026-11-19 07:59", "2026-11-19 08:00"),
        ("2026-11-19 00:05", "2026-11-19 08:00"),
        ("2026-11-20 21:30", "2026-11-23 08:00"),
        ("2026-11-22 12:00", "2026-11-23 08:00"),
        ("2026-11-29 23:59", "2026-12-03 08:00"),
    ],
)
def test_what_is_written_past_the_hours_comes_at_the_next_opening(written: str, delivered: str) -> None:
    at = datetime.fromisoformat(written)
    assert delivery_of(at, LetterOrder(), is_working) == datetime.fromisoformat(delivered)


def test_a_letter_of_the_summer_waits_no_longer_than_the_longest_break() -> None:
    at = datetime(2027, 6, 1, 12)
    delivered = delivery_of(at, LetterOrder(), lambda _day: False)
    assert at < delivered <= at + timedelta(hours.LONGEST_BREAK_DAYS + 4)
    assert delivered.isoweekday() <= 5


@pytest.mark.parametrize(
    ("delivered", "days", "due"),
    [
        ("2026-11-19 10:00", 2, "2026-11-23"),
        ("2026-11-20 08:00", 1, "2026-11-23"),
        ("2026-11-27 12:00", 2, "2026-12-04"),
    ],
)
def test_an_answer_is_due_in_school_days(delivered: str, days: int, due: str) -> None:
    assert answer_due(datetime.fromisoformat(delivered), days, is_working) == date.fromisoformat(due)


def test_of_questions_in_a_row_the_first_counts_and_an_answer_ends_them() -> None:
    def at(hour: int, day: int = 19) -> datetime:
        return datetime(2026, 11, day, hour)

    said = [
        SaidAt(1, 7, False, at(9), at(9)),
        SaidAt(1, 7, False, at(10), at(10)),
        SaidAt(2, 8, False, at(20), at(8, 20)),
        SaidAt(1, 41, True, at(12), at(12)),
        SaidAt(1, 41, True, at(13), at(13)),
        SaidAt(1, 7, False, at(14), at(14)),
    ]
    found = questions_of(said, lambda thread: {1: 41, 2: 42}[thread])
    assert [(each.user_id, each.asked_at, each.answered_at) for each in found] == [
        (41, at(9), at(12)),
        (42, at(8, 20), None),
        (41, at(14), None),
    ]
    late = date(2026, 11, 25)
    assert [each.is_in_time(2, is_working) for each in found] == [True, False, False]
    assert [each.is_late(2, is_working, late) for each in found] == [False, True, True]
    assert [each.is_late(2, is_working, THURSDAY) for each in found] == [False, False, False]


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: letters.check_title("  "), "Нет темы"),
        (lambda: letters.check_title("т" * 121), "Тема длиннее"),
        (lambda: letters.check_text(" \n "), "пустое"),
        (lambda: letters.check_text("т" * 4001), "длиннее 4000"),
        (lambda: letters.check_files([("a.txt", b"a")] * 6), "больше 5"),
        (lambda: letters.check_files([("a.exe", b"MZ")]), "такого вида"),
        (lambda: letters.check_files([("a.pdf", b"MZ")]), "содержание — не pdf"),
        (lambda: letters.check_files([("a.svg", b"<svg/>")]), "такого вида"),
        (lambda: letters.check_files([("a.html", b"<script>1</script>")]), "такого вида"),
        # Renamed: the content says what it is.
        (
            lambda: letters.check_files([("Фото.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>")]),
            "содержание — не png",
        ),
        (lambda: letters.check_files([("Письмо.pdf", b"<html><script>1</script>")]), "содержание — не pdf"),
        (lambda: letters.check_files([("Игра.txt", b"MZ\x90\x00\x03\x00\x00")]), "содержание — не txt"),
        (lambda: letters.check_files([("Отчёт.docx", b"PK\x03\x04")]), "содержание — не docx"),
        (lambda: letters.check_new_threads(10), "начато 10"),
        (
            lambda: letters.check_pace(datetime(2026, 11, 19, 9), datetime(2026, 11, 19, 9, 0, 4)),
            "слишком часто",
        ),
        (
            lambda: letters.check_pace(
                datetime(2026, 11, 19, 9), datetime(2026, 11, 19, 9, 0, 1), is_repeated=True
            ),
            "уже отправлено",
        ),
        (lambda: letters.check_recipients(0), "кому письмо"),
        (
            lambda: letters.check_withdrawal(datetime(2026, 11, 19, 9), None, datetime(2026, 11, 19, 9, 6)),
            "нельзя",
        ),
        (lambda: order.check_reason(" да "), "Причина"),
        (lambda: order.check_number(" "), "Нет номера"),
        (lambda: order.check_mute_days(31), "31 дн."),
        (lambda: hours.check_order(LetterOrder(time(19), time(8))), "не раньше конца"),
        (lambda: hours.check_order(LetterOrder(norm_days=0)), "Срок ответа"),
    ],
)
def test_what_may_not_be_is_refused_in_words(refused, words: str) -> None:
    with pytest.raises(RuleRefused, match=words):
        refused()


def test_what_is_just_within_the_limits_passes() -> None:
    assert letters.check_title(" Вопрос \n об уроке ") == "Вопрос об уроке"
    assert letters.check_text("", has_files=True) == ""
    letters.check_new_threads(9)
    letters.check_pace(datetime(2026, 11, 19, 9), datetime(2026, 11, 19, 9, 0, 5))
    letters.check_pace(None, datetime(2026, 11, 19, 9))
    letters.check_withdrawal(datetime(2026, 11, 19, 9), None, datetime(2026, 11, 19, 9, 5))
    assert order.muted_until(1, THURSDAY) == THURSDAY


def test_a_call_for_help_has_states_and_days() -> None:
    began, later = datetime(2026, 11, 19, 9), datetime(2026, 11, 21, 8)
    assert help_state(None, None) is HelpState.NEW
    assert help_state(began, None) is HelpState.TAKEN
    assert help_state(began, later) is HelpState.DONE
    assert days_open(began, None, THURSDAY) == 0
    assert days_open(began, later, date(2026, 12, 1)) == 2
