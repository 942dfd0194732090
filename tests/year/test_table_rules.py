"""Rows of the opening's tables: classes, subjects, bells, load; every bad row says what is wrong with it."""

import pytest

from school.files.person_names import people_named
from school.files.plan import SourceRow
from school.files.rows import ID
from school.files.spellings import abbreviated, class_key
from school.records import PersonName
from school.year.records import ClassRecord, LoadRecord, LoadState, SubjectRecord
from school.year.rules.school_tables import check_bells, check_classes, check_subjects, time_of
from school.year.rules.teaching_load import check_load, subgroup_title

STAFF = {
    1: PersonName("Орлова", "Вера", "Павловна"),
    2: PersonName("Орлова", "Валентина", "Юрьевна"),
    3: PersonName("Стрельцов", "Глеб"),
}
SUBJECTS = {
    1: "Алгебра",
    2: "Физическая культура",
    3: "Иностранный язык (английский)",
    4: "Литература",
    5: "Основы безопасности и защиты Родины",
}


def rows(*texts: dict[str, str]) -> list[SourceRow]:
    """Return rows of a table, numbered from 1."""
    return [SourceRow(number, text) for number, text in enumerate(texts, start=1)]


@pytest.mark.parametrize("name", ["7А", "7 а", "7-А", "7 «А»", "7A", " 7a ", "07а"])
def test_a_class_is_the_same_in_any_spelling(name: str) -> None:
    assert class_key(name) == "7А"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("алгебра", [1]),
        ("алг", [1]),
        ("физ-ра", [2]),
        ("англ. яз.", [3]),
        ("лит-ра", [4]),
        ("ОБЗР", [5]),
        ("химия", []),
    ],
)
def test_a_subject_may_be_shortened(text: str, found: list[int]) -> None:
    assert abbreviated(text, SUBJECTS.items()) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Орлова Вера Павловна", [1]),
        ("Орлова В. П.", [1]),
        ("орлова", [1, 2]),
        ("Стрельцов", [3]),
        ("Глеб", []),
    ],
)
def test_a_person_is_known_by_a_full_name_or_initials(text: str, found: list[int]) -> None:
    assert people_named(text, STAFF) == found


def test_classes_take_their_grade_level_from_the_name_and_a_homeroom_teacher_by_initials() -> None:
    plan = check_classes(
        rows(
            {"name": "7 а", "homeroom": "Орлова В. П."}, {"name": "10-1"}, {"name": "Б", "grade_level": "3"}
        ),
        [],
        STAFF,
        is_whole=False,
    )
    assert [row.record for row in plan.new] == [
        ClassRecord("7А", 7, 1),
        ClassRecord("10-1", 10),
        ClassRecord("Б", 3),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"name": ""}, "название класса"),
        ({"name": "Кружок"}, "параллель"),
        ({"name": "8Б", "homeroom": "Орлова"}, "это кто из них"),
        ({"name": "8Б", "homeroom": "Неизвестная"}, "среди сотрудников нет"),
        ({"name": "7 а"}, "повторяет строку 1"),
    ],
)
def test_a_class_that_cannot_be_taken_says_why(row: dict[str, str], reason: str) -> None:
    plan = check_classes(rows({"name": "7А"}, row), [], STAFF, is_whole=False)
    assert [each.number for each in plan.refused] == [2]
    assert reason in plan.refused[0].reason


def test_a_file_adds_and_changes_while_a_typed_table_also_removes() -> None:
    present = [ClassRecord("7А", 7, 1, record_id=70), ClassRecord("7Б", 7, None, record_id=71)]
    from_file = check_classes(rows({"name": "7а", "homeroom": "Стрельцов"}), present, STAFF, is_whole=False)
    assert [row.record for row in from_file.changed] == [ClassRecord("7А", 7, 3, record_id=70)]
    assert from_file.removed == ()
    renamed = {"name": "7В", "homeroom": "Орлова Вера Павловна", ID: "70"}
    typed = check_classes(rows(renamed), present, STAFF, is_whole=True)
    assert [row.record.name for row in typed.changed] == ["7В"]
    assert [each.name for each in typed.removed] == ["7Б"]


def test_loading_the_same_table_again_changes_nothing() -> None:
    present = [SubjectRecord("Алгебра", "Математика", 5)]
    plan = check_subjects(
        rows({"name": " алгебра ", "area": "Математика"}),
        [SubjectRecord("алгебра", "Математика", 5)],
        is_whole=False,
    )
    assert not plan.brings_anything
    assert check_subjects(rows({"name": "АЛГЕБРА"}), present, is_whole=False).changed[0].record.record_id == 5


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"number": "2", "starts_at": "9.00", "ends_at": "9.45"}, "раньше, чем кончается"),
        ({"number": "2", "starts_at": "10:00", "ends_at": "9:45"}, "раньше, чем начинается"),
        ({"number": "второй", "starts_at": "9:30", "ends_at": "10:15"}, "целое число"),
        ({"number": "2", "starts_at": "после", "ends_at": "10:15"}, "время пишется так"),
    ],
)
def test_bells_follow_one_another(row: dict[str, str], reason: str) -> None:
    plan = check_bells(
        rows({"number": "1", "starts_at": "8:30", "ends_at": "09:15:00"}, row), [], is_whole=True
    )
    assert [each.record.number for each in plan.new] == [1]
    assert reason in plan.refused[0].reason


def test_times_are_read_with_a_colon_or_a_point() -> None:
    assert time_of("8.30") == time_of("08:30") == time_of("08:30:00")


STATE = LoadState({70: "7А", 71: "7Б"}, SUBJECTS, STAFF, [LoadRecord(70, 1, "", 1, 4.0, record_id=90)])


def load_row(**more: str) -> dict[str, str]:
    return {"school_class": "7а", "subject": "Алгебра", "teacher": "Орлова Вера", "hours_a_week": "4"} | more


def test_a_line_of_the_load_is_new_changed_or_unchanged_by_its_register() -> None:
    plan = check_load(
        rows(
            load_row(),
            load_row(subject="англ яз", subgroup="1 гр.", hours_a_week="3"),
            load_row(subject="англ яз", subgroup="2", teacher="", hours_a_week="0,5"),
        ),
        STATE,
        is_whole=False,
    )
    assert [row.record.record_id for row in plan.unchanged] == [90]
    assert [(row.record.subgroup, row.record.teacher_id, row.record.hours_a_week) for row in plan.new] == [
        ("1-я подгруппа", 1, 3.0),
        ("2-я подгруппа", None, 0.5),
    ]
    (changed,) = check_load(rows(load_row(teacher="Стрельцов")), STATE, is_whole=False).changed
    assert (changed.before, changed.record.teacher_id) == (STATE.loads[0], 3)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (load_row(school_class="7В"), "в этом году нет"),
        (load_row(subject="Химия"), "в списке нет"),
        (load_row(teacher="Орлова"), "это кто из них"),
        (load_row(hours_a_week="много"), "число"),
        (load_row(hours_a_week="0"), "от 0,25"),
        (load_row(hours_a_week=""), "не указаны часы"),
    ],
)
def test_a_line_of_the_load_that_cannot_be_taken_says_why(row: dict[str, str], reason: str) -> None:
    plan = check_load(rows(row), STATE, is_whole=False)
    assert reason in plan.refused[0].reason
    assert not plan.brings_anything


@pytest.mark.parametrize("text", ["1", "1 гр", "1-я подгруппа", "1 подгруппа", "1-я гр."])
def test_a_numbered_subgroup_has_one_name(text: str) -> None:
    assert subgroup_title(text) == "1-я подгруппа"


def test_a_named_subgroup_keeps_its_name() -> None:
    assert subgroup_title(" девочки ") == "девочки"


CLASSES = [ClassRecord("7А", 7, 1, 70), ClassRecord("7Б", 7, 3, 71)]


def test_a_file_without_a_column_says_nothing_of_it() -> None:
    plan = check_classes(rows({"name": "7А"}, {"name": "7Б", "homeroom": ""}), CLASSES, STAFF, is_whole=False)
    assert [each.number for each in plan.unchanged] == [1], "no column of homeroom teachers"
    assert [each.record.homeroom_id for each in plan.changed] == [None], "a column that is empty here"


def test_an_unread_row_of_a_whole_table_takes_nothing_away() -> None:
    unread = SourceRow(1, {"name": "#Н/Д"}, "клетка A2: ошибка #Н/Д")
    plan = check_classes([unread], CLASSES, STAFF, is_whole=True)
    assert [each.number for each in plan.refused] == [1]
    assert plan.removed == ()


@pytest.mark.parametrize(("text", "hours"), [("4", 4), ("4 ч", 4), ("0,5", 0.5), ("1/2", 0.5), ("4.0", 4)])
def test_hours_of_the_load_are_read_with_their_word(text: str, hours: float) -> None:
    state = LoadState({70: "7А"}, SUBJECTS, STAFF, [])
    load = {"school_class": "7А", "subject": "Алгебра", "hours_a_week": text}
    assert [each.record.hours_a_week for each in check_load(rows(load), state, is_whole=False).new] == [hours]


@pytest.mark.parametrize("number", ["1²", "²", "٣", "x", "99"])
def test_a_bell_with_no_plain_number_is_refused(number: str) -> None:
    bell = {"number": number, "starts_at": "8:30", "ends_at": "9:15"}
    assert check_bells(rows(bell), [], is_whole=False).refused


def test_a_name_too_long_is_refused_and_never_cut() -> None:
    plan = check_subjects(rows({"name": "Алгебра", "area": "о" * 101}), [], is_whole=False)
    assert "длиннее 100" in plan.refused[0].reason
