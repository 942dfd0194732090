"""The weekly timetable: cells as people write them, and nobody in two places at once (п. 4.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.errors import RuleRefused
from school.files.plan import SourceRow
from school.year.records import SlotRecord, TaughtLoad, TimetableState
from school.year.rules.timetable import check_timetable, hours_gaps, present_clashes, weekday_of
from school.year.rules.timetable_cells import cell_text, lessons_in_cell, named_lessons

ORLOVA, STRELTSOV, ENGLISH_1, ENGLISH_2 = (
    (5, "Орлова Вера"),
    (6, "Стрельцов Глеб"),
    (7, "Ли Анна"),
    (8, "Ким Яна"),
)
LOADS = {
    load.load_id: load
    for load in (
        TaughtLoad(1, 70, "7А", 1, "Алгебра", None, "", *ORLOVA, 4),
        TaughtLoad(2, 70, "7А", 2, "Английский язык", 21, "1-я подгруппа", *ENGLISH_1, 3),
        TaughtLoad(3, 70, "7А", 2, "Английский язык", 22, "2-я подгруппа", *ENGLISH_2, 3),
        TaughtLoad(4, 70, "7А", 3, "Информатика", 31, "1-я подгруппа", *STRELTSOV, 1),
        TaughtLoad(5, 70, "7А", 3, "Информатика", 32, "2-я подгруппа", *STRELTSOV, 1),
        TaughtLoad(6, 70, "7А", 4, "Физическая культура", None, "", *STRELTSOV, 2),
        TaughtLoad(7, 71, "7Б", 1, "Алгебра", None, "", *ORLOVA, 4),
        TaughtLoad(8, 71, "7Б", 4, "Физическая культура", None, "", *STRELTSOV, 2),
    )
}
OF_7A = [load for load in LOADS.values() if load.class_id == 70]
CLASSES = {70: "7А", 71: "7Б"}


def state(*slots: SlotRecord, **more: object) -> TimetableState:
    """Return the timetable of two classes with six lessons a day."""
    return TimetableState(LOADS, slots, frozenset(range(1, 7)), 5, CLASSES, **more)  # type: ignore[arg-type]


def row(number: int, school_class: str, weekday: str, hour: str, lesson: str) -> SourceRow:
    """Return a row of a timetable."""
    return SourceRow(
        number, {"school_class": school_class, "weekday": weekday, "number": hour, "lesson": lesson}
    )


@pytest.mark.parametrize(
    ("cell", "lessons"),
    [
        ("Алгебра, 204", [(1, "204")]),
        ("алг 204", [(1, "204")]),
        ("алг каб. 204", [(1, "204")]),
        ("физ-ра, спортзал", [(6, "спортзал")]),
        ("Английский язык", [(2, ""), (3, "")]),
        ("англ 12/14", [(2, "12"), (3, "14")]),
        ("инф (2), 14", [(5, "14")]),
        ("Английский язык (1-я подгруппа), 12; Информатика (2-я подгруппа), 14", [(2, "12"), (5, "14")]),
        ("англ (1) 12 / инф (2) 14", [(2, "12"), (5, "14")]),
    ],
)
def test_a_cell_reads_as_people_write_it(cell: str, lessons: list[tuple[int, str]]) -> None:
    read = lessons_in_cell(cell, OF_7A)
    assert [(load.load_id, room) for load, room in read] == lessons
    again = lessons_in_cell(cell_text(read, OF_7A), OF_7A)
    assert {(load.load_id, room) for load, room in again} == set(lessons)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "не указан предмет"),
        ("Химия, 301", "нет нагрузки"),
        ("Информатика (3)", "нет подгруппы"),
        ("Алгебра; Алгебра", "стоит дважды"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(cell: str, reason: str) -> None:
    with pytest.raises(RuleRefused, match=reason):
        lessons_in_cell(cell, OF_7A)


rooms = st.sampled_from(["", "204", "12", "спортзал"])


@given(st.dictionaries(st.sampled_from(OF_7A), rooms, min_size=1))
def test_any_hour_of_a_class_reads_back_from_its_cell(hour: dict[TaughtLoad, str]) -> None:
    read = lessons_in_cell(cell_text(list(hour.items()), OF_7A), OF_7A)
    assert {load.load_id: room for load, room in read} == {load.load_id: room for load, room in hour.items()}


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (row(2, "7А", "пн", "1", "Физическая культура, спортзал"), "у класса 7А в это время Алгебра"),
        (row(2, "7Б", "понедельник", "1", "Алгебра, 205"), "Орлова Вера в это время ведёт 7А"),
        (row(2, "7Б", "1", "1.", "физ-ра, 204"), "кабинет 204 в это время занят: 7А"),
        (row(2, "7Б", "сб", "1", "физ-ра"), "учебная неделя — 5"),
        (row(2, "7Б", "пн", "9", "физ-ра"), "нет урока 9"),
        (row(2, "7В", "пн", "1", "физ-ра"), "класса «7В» в этом году нет"),
        (row(2, "7Б", "завтра", "1", "физ-ра"), "день недели"),
    ],
)
def test_a_row_that_clashes_says_with_what(second: SourceRow, reason: str) -> None:
    plan = check_timetable([row(1, "7А", "пн", "1", "Алгебра, 204"), second], state())
    assert [each.number for each in plan.new] == [1]
    assert [each.number for each in plan.refused] == [2]
    assert reason in plan.refused[0].reason


def test_subgroups_are_taught_at_once_and_a_hall_holds_two_classes() -> None:
    plan = check_timetable(
        [
            row(1, "7А", "пн", "1", "англ 12/14"),
            row(2, "7А", "пн", "2", "англ (1) 12; инф (2) 14"),
            row(3, "7А", "пн", "3", "физ-ра, спортзал"),
            row(4, "7Б", "пн", "3", "физ-ра, спортзал"),
        ],
        state(),
    )
    assert [each.number for each in plan.new] == [1, 2, 3, 4]


def test_subgroups_of_different_subjects_with_a_pupil_in_common_clash() -> None:
    lesson = [row(1, "7А", "пн", "2", "англ (1) 12; инф (2) 14")]
    shared = {21: frozenset({1, 2}), 32: frozenset({2, 3})}
    apart = {21: frozenset({1, 2}), 32: frozenset({3, 4})}
    assert "у класса 7А в это время" in check_timetable(lesson, state(members=shared)).refused[0].reason
    assert not check_timetable(lesson, state(members=apart)).refused


def test_a_week_replaces_that_of_the_classes_it_names_and_of_no_other() -> None:
    there = (SlotRecord(1, 1, 1, "204", 101), SlotRecord(6, 1, 2, "", 102), SlotRecord(7, 2, 1, "205", 103))
    plan = check_timetable(
        [row(1, "7А", "пн", "1", "Алгебра, 301"), row(2, "7А", "вт", "2", "физ-ра")], state(*there)
    )
    assert [each.record[0].room for each in plan.changed] == ["301"]
    assert [each.record[0].load_id for each in plan.new] == [6]
    assert [slots[0].record_id for slots in plan.removed] == [102]


def test_a_class_whose_typed_week_is_empty_has_no_lessons_left() -> None:
    there = (SlotRecord(1, 1, 1, "204", 101), SlotRecord(7, 2, 1, "205", 103))
    assert [slots[0].record_id for slots in check_timetable([], state(*there), 70).removed] == [101]


def test_loading_the_same_week_again_changes_nothing() -> None:
    there = (SlotRecord(2, 1, 1, "12", 101), SlotRecord(3, 1, 1, "14", 102))
    plan = check_timetable([row(1, "7А", "пн", "1", "англ 12/14")], state(*there))
    assert not plan.brings_anything
    assert len(plan.unchanged) == 1


@pytest.mark.parametrize(
    ("teacher", "loads"),
    [
        ("Мамедова Севда Ариф кызы", [1]),
        ("Мамедова С. А.", [1]),
        ("Мамедова Севда Арифкызы", [1]),
        ("де Бур А.", [2]),
        ("Анна де Бур", [2]),
        ("Ким Я.", [3]),
        ("Ким", []),
    ],
)
def test_a_teacher_of_a_subgroup_is_known_by_any_name_and_never_guessed(
    teacher: str, loads: list[int]
) -> None:
    teachers = ("Мамедова Севда Ариф кызы", "де Бур Анна", "Ким Яна", "Ким Олег")
    taught = [
        TaughtLoad(number, 70, "7А", 2, "Английский язык", number, str(number), number, name)
        for number, name in enumerate(teachers, start=1)
    ]
    if not loads:
        with pytest.raises(RuleRefused, match="кто из них: Ким Олег, Ким Яна"):
            named_lessons("англ", "", "", teacher, taught)
        return
    assert [load.load_id for load, _ in named_lessons("англ", "", "", teacher, taught)] == loads


def test_a_list_may_name_subject_subgroup_room_and_teacher_apart() -> None:
    texts = {"school_class": "7 а", "weekday": "Вторник", "number": "3", "subject": "инф"}
    given_apart = SourceRow(1, texts | {"subgroup": "2", "room": "14", "teacher": "Стрельцов Г."})
    (planned,) = check_timetable([given_apart], state()).new
    assert planned.record == (SlotRecord(5, 2, 3, "14"),)
    stranger = SourceRow(1, texts | {"teacher": "Орлова"})
    assert "ведёт не Орлова" in check_timetable([stranger], state()).refused[0].reason


def test_what_stands_there_already_is_checked_too() -> None:
    clashing = state(SlotRecord(1, 1, 1, "204", 1), SlotRecord(7, 1, 1, "205", 2))
    assert present_clashes(clashing) == ["7Б, пн, 1-й урок: Орлова Вера в это время ведёт 7А, Алгебра"]
    gaps = {(gap.load.load_id, gap.slots) for gap in hours_gaps(clashing)}
    assert (1, 1) in gaps
    assert (6, 0) in gaps


@pytest.mark.parametrize("text", ["понедельник", "Пн", "пн.", "1", "понед"])
def test_a_weekday_in_words_or_short(text: str) -> None:
    assert weekday_of(text) == 1


THERE = (
    SlotRecord(1, 1, 1, "204", 101),
    SlotRecord(6, 2, 3, "спортзал", 102),
    SlotRecord(7, 3, 1, "205", 103),
)


@pytest.mark.parametrize(
    "bad",
    [
        row(2, "7А", "вт", "1²", "Алгебра"),
        row(2, "7А", "вт", "1 урок", "Алгебра"),
        row(2, "7А", "вт", "99", "Алгебра"),
        row(2, "7А", "завтра", "1", "Алгебра"),
        row(2, "7А", "вт", "1", "Химия"),
        SourceRow(2, {"school_class": "7А", "weekday": "вт", "number": "1", "lesson": "#Н/Д"}, "ошибка #Н/Д"),
        row(2, "#Н/Д", "вт", "1", "Алгебра"),
    ],
)
def test_a_class_with_an_unread_row_keeps_what_the_other_rows_do_not_replace(bad: SourceRow) -> None:
    alone = check_timetable([bad], state(*THERE))
    assert not alone.brings_anything, "a file of which nothing was read takes nothing away"
    plan = check_timetable([row(1, "7А", "пн", "1", "физ-ра"), bad], state(*THERE))
    assert [each.number for each in plan.new] == [1]
    assert [each.number for each in plan.refused] == [2]
    assert [slots[0].record_id for slots in plan.removed] == [101], "the hour that is said anew"
    assert [slots[0].record_id for slots in plan.kept] == [102]


def test_a_row_that_clashes_with_what_stays_is_refused_too() -> None:
    rows = [
        row(1, "7А", "пн", "2", "Алгебра, 204"),
        row(2, "7А", "ср", "9", "Алгебра"),
        row(3, "7Б", "вт", "3", "физ-ра, 12"),
    ]
    plan = check_timetable(rows, state(*THERE))
    assert {each.number for each in plan.refused} == {2, 3}
    assert "Стрельцов Глеб в это время ведёт 7А" in plan.refused[1].reason
    assert {slots[0].record_id for slots in plan.kept} == {101, 102, 103}
    assert plan.removed == ()


@pytest.mark.parametrize("number", ["1", "1.", "1.0", "1,0", "1-й"])
def test_the_number_of_a_lesson_is_read_as_programs_and_people_write_it(number: str) -> None:
    assert len(check_timetable([row(1, "7А", "пн", number, "Алгебра")], state()).new) == 1


def test_a_list_without_rooms_leaves_the_rooms_as_they_are() -> None:
    listed = SourceRow(1, {"school_class": "7А", "weekday": "пн", "number": "1", "subject": "Алгебра"})
    assert [each.record[0].room for each in check_timetable([listed], state(*THERE[:1])).unchanged] == ["204"]


def test_a_room_too_long_is_refused_and_never_cut() -> None:
    listed = SourceRow(
        1, {"school_class": "7А", "weekday": "пн", "number": "1", "subject": "Алгебра", "room": "к" * 31}
    )
    assert "длиннее 30 знаков" in check_timetable([listed], state()).refused[0].reason


@given(
    st.lists(
        st.builds(
            row,
            st.integers(1, 9),
            st.sampled_from(["7А", "7Б", "7В", "#Н/Д"]),
            st.sampled_from(["пн", "вт", "нет"]),
            st.sampled_from(["1", "3", "x"]),
            st.sampled_from(["Алгебра, 204", "физ-ра, спортзал", "Химия"]),
        ),
        max_size=6,
    )
)
def test_whatever_a_file_holds_nothing_unread_is_taken_away(rows: list[SourceRow]) -> None:
    plan = check_timetable(rows, state(*THERE))
    gone = {slots[0].record_id for slots in plan.removed}
    stay = {slots[0].record_id for slots in plan.kept}
    said = {slot.record_id for each in (*plan.changed, *plan.unchanged) for slot in each.record}
    assert not gone & (stay | said)
    parts = (plan.new, plan.changed, plan.unchanged, plan.refused)
    assert sum(map(len, parts)) == len(rows)
    if len(plan.refused) == len(rows):
        assert not plan.brings_anything
