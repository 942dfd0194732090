"""Which results of a OneRoster set are marks: scales, statuses, weights, days (п. 4.6, 5.3)."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from roster_reading import Files, marks_of, read, refused, result, said, session
from roster_set import csv_texts, packed, small_set

from school.imports.one_roster.tables import OneRosterTables


def scaled(**works: str) -> Callable[[Files], None]:
    return lambda files: [line.update(works) for line in files["lineItems"]] and None


def scored(*scores: str) -> Callable[[Files], None]:
    return lambda files: files.update(
        results=[result("w1", f"p{n}", text) for n, text in enumerate(scores, 1)]
    )


def with_scale(values: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files["scoreScales"] = [{"sourcedId": "sc", "title": "Своя", "scoreScaleValue": values}]
        files["lineItemScoreScales"] = [
            {"sourcedId": "l", "lineItemSourcedId": "w1", "scoreScaleSourcedId": "sc"}
        ]

    return change


SCALES: dict[str, tuple[Callable[[Files], None], str]] = {
    "2 to 5": (scaled(resultValueMin="2", resultValueMax="5"), ""),
    "1 to 5 with points": (scaled(resultValueMin="1.0", resultValueMax="5.0"), ""),
    "not said": (scaled(), ""),
    "ten points": (scaled(resultValueMin="0", resultValueMax="10"), "работа со шкалой 0–10, а в журнале 2–5"),
    "0 to 5": (scaled(resultValueMin="0", resultValueMax="5"), ""),
    "a scale of words from nought": (
        with_scale("{5:отлично},{4:хорошо},{3:удовл.},{2:неуд.},{1:плохо},{0:нет}"),
        "",
    ),
    "a hundred": (scaled(resultValueMax="100"), "работа со шкалой …–100, а в журнале 2–5"),
    "not said, and a 9": (scored("9", "5"), "в работе есть балл 9: шкала не 2–5"),
    "not said, and a nought": (scored("0", "5"), "в работе есть балл 0: шкала не 2–5"),
    "a scale of words": (with_scale("{5:отлично},{4:хорошо},{3:удовл.},{2:неуд.}"), ""),
    "a scale of letters": (with_scale("{90-100:A},{80-89:B}"), "работа со шкалой «Своя», а в журнале 2–5"),
    "a scale of ten": (with_scale("1:1;5:5;10:10"), "работа со шкалой «Своя», а в журнале 2–5"),
}


@pytest.mark.parametrize(("change", "reason"), SCALES.values(), ids=SCALES)
def test_a_work_of_another_scale_is_refused_as_a_whole(change: Callable[[Files], None], reason: str) -> None:
    files = small_set()
    change(files)
    tables = said(files)
    if not reason:
        assert len(marks_of(tables)) == 3
        return
    assert ("lineItems.csv", 2, reason) in refused(tables)
    assert not [mark for mark in marks_of(tables) if mark[0] in ("p1", "p2")]
    assert [row[2] for row in refused(tables) if row[0] == "results.csv"][:2] == [reason] * 2


def test_noughts_and_ones_of_a_scale_from_nought_are_no_marks_and_the_rest_is() -> None:
    files = small_set()
    scaled(resultValueMin="0", resultValueMax="5")(files)
    scored("0", "1", "4")(files)
    tables = said(files)
    assert [mark[:3] for mark in marks_of(tables)] == [("p3", "2025-09-15", "4")]
    below = "отметки ниже 2 в журнале нет"
    assert refused(tables) == [("results.csv", 2, f"балл 0: {below}"), ("results.csv", 3, f"балл 1: {below}")]
    (note,) = tables.notes
    assert note.startswith(
        "Работ со шкалой 0–5: 2. Баллы от 2 до 5 взяты как отметки; 0 и 1 не взяты и двойками не стали"
    )


def test_marks_without_one_teacher_and_of_another_period_are_said() -> None:
    files = small_set()
    second = {"sourcedId": "t2", "role": "teacher", "familyName": "Второй", "givenName": "Олег"}
    files["users"].append(second)
    files["enrollments"].append({**files["enrollments"][-1], "sourcedId": "x", "userSourcedId": "t2"})
    files["lineItems"][0]["gradingPeriodSourcedId"] = "q2"
    no_teacher, other_period = said(files).notes
    assert no_teacher.startswith("Отметок без учителя: 3.")
    assert other_period.startswith("Отметок, день которых не входит в период, названный их работой: 2.")


NOT_MARKS: dict[str, tuple[Mapping[str, str], str]] = {
    "exempt": ({"scoreStatus": "exempt"}, "нет отметки: освобождён (exempt)"),
    "exempt with a score": ({"scoreStatus": "Exempt", "score": "5"}, "нет отметки: освобождён (exempt)"),
    "not submitted": (
        {"scoreStatus": "not_submitted", "score": "2"},
        "нет отметки: работа не сдана (not submitted)",
    ),
    "submitted": ({"scoreStatus": "submitted"}, "нет отметки: работа сдана, но не проверена (submitted)"),
    "partially": (
        {"scoreStatus": "partially graded", "score": "4"},
        "нет отметки: работа проверена не до конца (partially graded)",
    ),
    "missing": ({"score": "2", "missing": "true"}, "нет отметки: работы нет (missing)"),
    "missing as a number": ({"score": "2", "missing": "1"}, "нет отметки: работы нет (missing)"),
    "incomplete": ({"score": "3", "incomplete": "TRUE"}, "нет отметки: работа не закончена (incomplete)"),
    "a letter": ({"scoreStatus": "fully graded", "textScore": "B+"}, "нет отметки: отметка словом «B+»"),
    "nothing": ({"scoreStatus": "fully graded"}, "нет отметки: score пуст"),
    "unknown": ({"scoreStatus": "lost", "score": "5"}, "scoreStatus: «lost» — такого в OneRoster нет"),
}


@pytest.mark.parametrize(("line", "reason"), NOT_MARKS.values(), ids=NOT_MARKS)
def test_what_was_not_graded_is_no_mark(line: Mapping[str, str], reason: str) -> None:
    tables = said(small_set() | {"results": [result("w1", "p1") | dict(line)]})
    assert marks_of(tables) == []
    assert refused(tables) == [("results.csv", 2, reason)]


@pytest.mark.parametrize(
    "line",
    [
        {"score": "4", "late": "true"},
        {"score": "4,0"},
        {"textScore": "4"},
        {"score": "4", "scoreStatus": "fullyGraded"},
    ],
)
def test_a_late_work_has_its_mark_and_so_has_any_spelling(line: Mapping[str, str]) -> None:
    (mark,) = marks_of(said(small_set() | {"results": [result("w1", "p1") | dict(line)]}))
    assert float(mark[2]) == 4


@pytest.mark.parametrize(
    ("weights", "read_weights", "notes"),
    [(("2", ""), ["2", ""], 0), (("30", "20"), ["10", "6.66667"], 1), (("0.5", "1,5"), ["0.5", "1.5"], 0)],
)
def test_weights_of_categories_are_read(
    weights: tuple[str, ...], read_weights: list[str], notes: int
) -> None:
    files = small_set()
    files["categories"] = [
        {"sourcedId": f"c{number}", "title": f"Вид {number}", "weight": weight}
        for number, weight in enumerate(weights)
    ]
    files["lineItems"] = [
        {**files["lineItems"][0], "sourcedId": f"w{n}", "categorySourcedId": f"c{n}"} for n in range(2)
    ]
    files["results"] = [result(f"w{n}", "p1", "4") for n in range(2)]
    tables = said(files)
    assert [row["weight"] for _, row in tables.rows["marks"]] == read_weights
    assert len(tables.notes) == notes


def test_a_day_outside_all_terms_is_refused_by_its_day() -> None:
    files = small_set()
    files["results"][0]["scoreDate"] = "2025-11-01"
    assert refused(said(files))[0] == (
        "results.csv",
        2,
        "01.11.2025 не входит ни в один учебный период набора",
    )


def test_a_work_of_1_2_names_its_session_otherwise() -> None:
    files: dict[str, Any] = small_set()
    files["academicSessions"] += [session("h1", "2025-09-01", "2025-12-28", "gradingPeriod")]
    members = csv_texts(files)
    members["lineItems.csv"] = members["lineItems.csv"].replace(
        "gradingPeriodSourcedId", "academicSessionSourcedId"
    )
    members["lineItems.csv"] = members["lineItems.csv"].replace(",q1,", ",h1,")
    _, tables = read(packed({name: text.encode() for name, text in members.items()}))
    assert [mark[4] for mark in marks_of(tables)] == ["h1", "h1", "q2"]


def of_category(title: str, session_of_work: str = "q1") -> OneRosterTables:
    files: dict[str, Any] = small_set()
    files["academicSessions"] += [session("h1", "2025-09-01", "2025-12-28", "semester")]
    files["categories"] = [{"sourcedId": "cat", "title": title}]
    files["lineItems"][0] |= {"gradingPeriodSourcedId": session_of_work, "dueDate": "2025-10-26"}
    files["results"] = [result("w1", "p1", "5"), result("w1", "p2", "", scoreStatus="exempt")]
    return said(files)


FINALS: dict[str, tuple[str, str, str]] = {
    "our own": ("Отметка за период: 1-я четверть", "term_marks", "q1"),
    "a quarter's": ("четвертная  отметка", "term_marks", "q1"),
    "a half's": ("Оценка за полугодие", "term_marks", "q1"),
    "the year's": ("Годовая оценка", "year_marks", "2025"),
    "our own, the year's": ("Отметка за год", "year_marks", "2025"),
    "a work": ("Четвертная контрольная", "marks", "q1"),
    "a work of the year": ("Итоговая работа за год", "marks", "q1"),
}


@pytest.mark.parametrize(("title", "table", "period"), FINALS.values(), ids=FINALS)
def test_a_category_says_that_its_results_are_for_a_term_or_the_year(
    title: str, table: str, period: str
) -> None:
    tables = of_category(title)
    found = {name: rows for name in ("marks", "term_marks", "year_marks") if (rows := tables.rows.get(name))}
    assert list(found) == [table]
    ((_, mark),) = found[table]
    assert (mark["pupil_id"], mark["class_id"], mark["value"]) == ("p1", "h6", "5")
    assert mark.get("school_year", mark.get("term_id")) == period
    assert [row[2] for row in refused(tables)] == ["нет отметки: освобождён (exempt)"]


def test_a_mark_for_a_half_is_not_one_for_its_quarter() -> None:
    tables = of_category("Отметка за полугодие", "h1")
    assert not tables.rows.get("term_marks")
    assert refused(tables)[0][2].startswith("отметка за период «h1», а классы набора получают")
