"""Grading findings in words: what differs, from what, of how many cases; never what follows from it (п. 2.5, 6.3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np

from pipelines.fair.grading_consistency import Control
from pipelines.fair.unusual import Usual
from pipelines.figures.columns import FigureColumn, measure_column
from school.numbers import change_text, counted, number_text, percent_text

Row = Mapping[str, Any]
DAYS_NAMED = 4


@dataclass(frozen=True)
class ValueAxis:
    """How far an axis reaches at least, what is added at each end, and plotly's settings of its ticks."""

    ends: tuple[float, float]
    margin: float
    ticks: dict[str, Any]


MARK_AXIS = ValueAxis((-0.3, 0.3), 0.02, {"tickformat": "+.2~f"})
SHARE_AXIS = ValueAxis((0.0, 0.2), 0.005, {"tickformat": ".0%"})
_TIMES = (0.25, 0.5, 1, 2, 4, 8, 16, 32)
TIMES_AXIS = ValueAxis(
    (float(np.log(0.5)), float(np.log(4))),
    0.05,
    {"tickvals": np.log(_TIMES), "ticktext": [number_text(times, 2 if times < 1 else 0) for times in _TIMES]},
)


@dataclass(frozen=True)
class ControlWords:
    """A control on the screen: its title, the question it answers, what its cases are, how its value and its rows are written."""

    title: str
    question: str
    cases: tuple[str, str, str]
    value_title: str
    value_text: Callable[[Any], str]
    axis: ValueAxis
    text: Callable[[Row], str]
    columns: tuple[FigureColumn, ...]


def _marks(value: Any) -> str:
    return change_text(value, 2, "") or "—"


def _times(value: Any) -> str:
    return f"в {number_text(exp(value), 1)} раза"


def _than(value: float) -> str:
    return f"{'выше' if value > 0 else 'ниже'} на {number_text(abs(value), 2)}"


def _other_subjects(row: Row) -> str:
    return (
        f"отметки в среднем {number_text(row['actual_mean'], 2)}, а по другим отметкам этих же учеников ожидалось "
        f"{number_text(row['expected_mean'], 2)}: {_than(row['disagreement'])}"
    )


def _control_works(row: Row) -> str:
    return (
        f"контрольные работы в среднем {number_text(row['control_mean'], 2)}, остальные отметки тех же учеников "
        f"{number_text(row['current_mean'], 2)}: контрольные {_than(row['disagreement'])}"
    )


def _term_marks(row: Row) -> str:
    higher, lower = int(row["higher"]), int(row["lower"])
    favour = {True: "чаще в пользу ученика", False: "чаще не в пользу ученика"}.get(higher > lower, "")
    return (
        f"отметка за период не следует из средневзвешенного балла у {number_text(higher + lower)} из "
        f"{number_text(row['cases'])}: выше — {higher}, ниже — {lower}"
        + (f", {favour}" if higher != lower else "")
    )


def _last_week(row: Row) -> str:
    marks = percent_text(100 * row["last_marks"] / row["all_marks"], 0)
    lessons = percent_text(100 * row["cases"] / row["all_lessons"], 0)
    return (
        f"в последнюю неделю — {marks} отметок ({number_text(row['last_marks'])} из {number_text(row['all_marks'])}) на "
        f"{lessons} уроков: отметок за урок больше {_times(row['disagreement'])}, чем до неё"
    )


def _external_tests(row: Row) -> str:
    return (
        f"отметки в среднем {number_text(row['current_mean'], 2)}, результаты {number_text(row['control_mean'], 2)}: отметки "
        f"{_than(row['disagreement'])}; на балл и больше выше у {number_text(row['higher'])}, ниже у {number_text(row['lower'])}"
    )


def _same_marks(row: Row) -> str:
    days = [f"{day:%d.%m.%Y}" for day in row["days"]]
    more = f" и ещё {len(days) - DAYS_NAMED}" if len(days) > DAYS_NAMED else ""
    return (
        f"весь класс ({number_text(row['pupils_alike'])} или больше) получил «{int(row['mark'])}»: "
        f"{', '.join(days[:DAYS_NAMED])}{more} — реже, чем бывает случайно"
    )


_PUPILS, _RESULTS = ("ученик", "ученика", "учеников"), ("результат", "результата", "результатов")
CONTROL_WORDS: dict[Control, ControlWords] = {
    Control.OTHER_SUBJECTS: ControlWords(
        "Те же ученики у других учителей",
        "Такие же отметки эти ученики получают у других?",
        _PUPILS,
        "Разница с ожидаемым, балл",
        _marks,
        MARK_AXIS,
        _other_subjects,
        (
            measure_column("actual_mean", "В среднем", 2),
            measure_column("expected_mean", "Ожидалось", 2),
            measure_column("disagreement", "Разница", 2, signed=True),
        ),
    ),
    Control.CONTROL_WORKS: ControlWords(
        "Контрольные работы и остальные отметки",
        "Сходятся ли контрольные работы с остальными отметками?",
        _PUPILS,
        "Контрольные − остальные, балл",
        _marks,
        MARK_AXIS,
        _control_works,
        (
            measure_column("control_mean", "Контрольные", 2),
            measure_column("current_mean", "Остальные", 2),
            measure_column("disagreement", "Разница", 2, signed=True),
        ),
    ),
    Control.TERM_MARKS: ControlWords(
        "Отметка за период и среднее",
        "Следует ли отметка за период из средневзвешенного балла?",
        ("отметка за период", "отметки за период", "отметок за период"),
        "Не следует из среднего, %",
        lambda value: percent_text(100 * value),
        SHARE_AXIS,
        _term_marks,
        (measure_column("higher", "Выше среднего"), measure_column("lower", "Ниже среднего")),
    ),
    Control.LAST_WEEK: ControlWords(
        "Последняя неделя периода",
        "Копятся ли отметки к концу периода?",
        ("урок в последнюю неделю", "урока в последнюю неделю", "уроков в последнюю неделю"),
        "Отметок за урок, чаще в … раз",
        _times,
        TIMES_AXIS,
        _last_week,
        (
            measure_column("last_marks", "Отметок в посл. неделю"),
            measure_column("all_marks", "Отметок всего"),
            measure_column("all_lessons", "Уроков всего"),
        ),
    ),
    Control.EXTERNAL_TESTS: ControlWords(
        "ВПР, ОГЭ, ЕГЭ и отметки",
        "Сходятся ли отметки с результатами ВПР, ОГЭ и ЕГЭ?",
        _RESULTS,
        "Отметка − тест, балл",
        _marks,
        MARK_AXIS,
        _external_tests,
        (
            measure_column("current_mean", "Отметки", 2),
            measure_column("control_mean", "Тест", 2),
            measure_column("disagreement", "Разница", 2, signed=True),
            measure_column("higher", "Выше на балл"),
            measure_column("lower", "Ниже на балл"),
        ),
    ),
    Control.SAME_MARKS: ControlWords(
        "Одна отметка всему классу",
        "Получал ли весь класс одну и ту же отметку?",
        ("урок", "урока", "уроков"),
        "Уроков",
        number_text,
        MARK_AXIS,
        _same_marks,
        (),
    ),
}


def cases_text(control: Control, cases: int) -> str:
    """Return of how many cases a row is: «103 ученика»."""
    return counted(cases, *CONTROL_WORDS[control].cases)


def usual_text(control: Control, usual: Usual | None) -> str:
    """Return what is usual in the school, in the words of a row's value; empty where there are too few to say.

    Against other subjects the expected mean is in the row itself.
    """
    if usual is None or control is Control.OTHER_SUBJECTS:
        return ""
    return f"обычно в школе {CONTROL_WORDS[control].value_text(usual.centre)}"


# END
