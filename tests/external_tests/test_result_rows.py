"""Which rows of a file with results are taken, and what is said of the others (п. 2.5, 6.3)."""

from dataclasses import replace
from datetime import date

import pytest

from school.external_tests.records import EnrolledName, ExternalResult, ExternalTestKey, ExternalTestKind
from school.external_tests.rules import FIELDS, ResultRosters, plan_results
from school.files.column_mapping import columns_beginning
from school.files.plan import SourceRow
from school.records import PersonName

TODAY = date(2027, 5, 20)
MATHS, ENGLISH, RUSSIAN = 21, 22, 23
SUBJECTS = {MATHS: "Математика", ENGLISH: "Иностранный язык (английский)", RUSSIAN: "Русский язык"}
LEFT_ON = date(2027, 4, 1)


def pupil(pupil_id: int, full: str, class_name: str = "7А", ends_on: date | None = None) -> EnrolledName:
    return EnrolledName(pupil_id, PersonName(*full.split()), class_name, 2026, (date(2026, 9, 1), ends_on))


ENROLLED = [
    pupil(51, "Алёшин Пётр Ильич"),
    pupil(52, "Ёлкина Анна Львовна"),
    pupil(53, "Иванов Иван Иванович"),
    pupil(54, "Иванов Илья Петрович"),
    pupil(55, "Ушёл Олег Олегович", ends_on=LEFT_ON),
    pupil(56, "Алёшин Пётр Ильич", "7Б"),
    replace(pupil(57, "Ким Анна Ивановна"), born_on=date(2014, 3, 12)),
    replace(pupil(58, "Ким Анна Ивановна"), born_on=date(2013, 8, 1)),
    replace(pupil(59, "Мамедов Руслан"), name=PersonName("Мамедов", "Руслан", "Али оглы")),
]
ROW = {
    "class": "7А",
    "pupil": "Алёшин Пётр Ильич",
    "kind": "ВПР",
    "subject": "Математика",
    "held_on": "15.04.2027",
}
KNOWN = ExternalResult(ExternalTestKey(ExternalTestKind.VPR, MATHS, date(2027, 4, 15)), 52, 4)
ROSTERS = ResultRosters(ENROLLED, SUBJECTS, [KNOWN])


def planned(*rows: dict[str, str]):
    return plan_results([SourceRow(number, row) for number, row in enumerate(rows, start=2)], ROSTERS, TODAY)


TAKEN = {
    "as the list writes it": ({"mark": "4", "score": "17"}, (51, 4, 17.0)),
    "with a decimal comma": ({"mark": "5", "score": "17,5"}, (51, 5, 17.5)),
    "another spelling of class and name": (
        {"class": "7 а", "pupil": "алешин петр", "mark": "3"},
        (51, 3, None),
    ),
    "initials": ({"pupil": "Ёлкина А. Л.", "mark": "3"}, (52, 3, None)),
    "a subject shortened": ({"subject": "англ. яз.", "mark": "3"}, (51, 3, None)),
    "a day of a workbook": ({"held_on": "2027-04-15", "mark": "3"}, (51, 3, None)),
    "a score of the ЕГЭ": ({"kind": "ЕГЭ", "score": "72"}, (51, None, 72.0)),
    "a birthday in its column": (
        {"pupil": "Ким Анна Ивановна", "born_on": "12.03.2014", "mark": "3"},
        (57, 3, None),
    ),
    "a birthday beside the name": ({"pupil": "Ким Анна (01.08.2013)", "mark": "3"}, (58, 3, None)),
    "son of, a number and a note": ({"pupil": "7. Мамедов Руслан Алиоглы (7А)", "mark": "3"}, (59, 3, None)),
    "the day before leaving": ({"pupil": "Ушёл Олег", "held_on": "31.03.2027", "mark": "2"}, (55, 2, None)),
}


@pytest.mark.parametrize(("texts", "result"), TAKEN.values(), ids=list(TAKEN))
def test_a_row_is_taken(texts: dict[str, str], result: tuple[object, ...]) -> None:
    plan = planned(ROW | texts)
    assert plan.refused == ()
    (row,) = (*plan.new, *plan.changed)
    assert (row.record.pupil_id, row.record.mark, row.record.score) == result


REFUSED = {
    "another test": ({"kind": "НИКО", "mark": "4"}, "бывают ВПР, ОГЭ и ЕГЭ"),
    "no such subject": ({"subject": "Астрономия", "mark": "4"}, "Предмета «Астрономия» нет"),
    "two subjects fit": ({"subject": "яз.", "mark": "4"}, "подходит несколько предметов"),
    "no such class": ({"class": "9Я", "mark": "4"}, "Класса «9Я»"),
    "nobody of that name": ({"pupil": "Сидоров Сидор", "mark": "4"}, "не было в классе 7А"),
    "gone by then": ({"pupil": "Ушёл Олег", "mark": "4"}, "не было в классе 7А"),
    "two of that name": ({"pupil": "Иванов И.", "mark": "4"}, "подходит несколько учеников"),
    "two namesakes": ({"pupil": "Ким Анна Ивановна", "mark": "4"}, "Укажите дату рождения"),
    "a birthday of nobody": ({"pupil": "Ким Анна (02.08.2013)", "mark": "4"}, "другая дата рождения"),
    "a birthday that is none": ({"born_on": "весной", "mark": "4"}, "Дата рождения «весной» не читается"),
    "not a mark": ({"mark": "6"}, "не от 2 до 5"),
    "a mark with a plus": ({"mark": "4+"}, "не от 2 до 5"),
    "no mark in a ВПР": ({"score": "17"}, "Нет отметки"),
    "no score in an ЕГЭ": ({"kind": "ЕГЭ", "mark": "4"}, "Нет балла"),
    "a score beyond 100": ({"kind": "ЕГЭ", "score": "101"}, "не от 0 до 100"),
    "a day to come": ({"held_on": "21.05.2027", "mark": "4"}, "ещё не наступила"),
    "no day": ({"held_on": "весной", "mark": "4"}, "не читается"),
}


@pytest.mark.parametrize(("texts", "reason"), REFUSED.values(), ids=list(REFUSED))
def test_a_row_is_refused_with_its_reason(texts: dict[str, str], reason: str) -> None:
    plan = planned(ROW | texts)
    assert [row.number for row in plan.refused] == [2]
    assert reason in plan.refused[0].reason
    assert not plan.brings_anything


def test_a_pupil_without_a_result_wrote_no_test() -> None:
    plan = planned(ROW)
    assert [*plan.new, *plan.changed, *plan.unchanged, *plan.refused] == []


def test_known_results_change_or_stay_and_bad_rows_stop_nobody() -> None:
    same, other = ROW | {"pupil": "Ёлкина Анна", "mark": "4"}, ROW | {"pupil": "Ёлкина Анна", "mark": "5"}
    assert [row.number for row in planned(same).unchanged] == [2]
    assert [row.before for row in planned(other).changed] == [KNOWN]
    plan = planned(ROW | {"mark": "7"}, ROW | {"mark": "4"}, ROW | {"mark": "5"})
    assert [row.record.mark for row in plan.new] == [4]
    assert [(row.number, "в строке 3" in row.reason) for row in plan.refused] == [(2, False), (4, True)]


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (
            ("Класс", "Ученик", "Тест", "Предмет", "Дата", "Балл", "Отметка"),
            {"class", "pupil", "kind", "subject", "held_on", "score", "mark"},
        ),
        (("№", "ФИО участника", "Класс", "Оценка"), {"pupil", "class", "mark"}),
        (("Участник", "Дата рождения", "Дата"), {"pupil", "born_on", "held_on"}),
        (("Всего", ""), set()),
    ],
)
def test_columns_are_known_by_their_headers(header: tuple[str, ...], fields: set[str]) -> None:
    assert columns_beginning(header, FIELDS).keys() == fields
