"""A class made up to be as hard to print as a class can be: long names, long homework, many lessons, moves, corrections."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from pipelines.reports.class_register.sheets import (
    ClassSheets,
    MovementRow,
    Note,
    PrintedLesson,
    PupilFacts,
    Remark,
    SubjectSheet,
)
from pipelines.reports.summary.sheet import summary_sheet
from school.attendance.store import PupilLesson
from school.councils.records import ClassYear, PupilYear, SubjectYear
from school.councils.rules import SheetLook
from school.records import YEAR, AbsenceReason, ListedPupil, PersonName, Term, WorkType

FIRST_DAY, LAST_DAY = date(2025, 9, 1), date(2026, 5, 29)
MADE_AT = datetime(2026, 6, 10, 11, 30)
TERMS = tuple(
    Term(number, 2025, "quarter", number, first, last, True)
    for number, first, last in (
        (1, FIRST_DAY, date(2025, 10, 24)),
        (2, date(2025, 11, 3), date(2025, 12, 26)),
        (3, date(2026, 1, 12), date(2026, 3, 20)),
        (4, date(2026, 3, 30), LAST_DAY),
    )
)
LEFT_ON, CAME_ON = date(2025, 11, 12), date(2026, 2, 2)
LEAVER, NEWCOMER, LONG_NAMED = 1, 2, 3
LONG_NAME = PersonName("Константинопольская-Преображенская-Верхотурская", "Александрина", "Вениаминовна")
LONG_HOMEWORK = ("Прочитать параграф, выписать определения, решить задачи с объяснением; " * 8)[:400]
LONG_TOPIC = ("Обобщающее повторение изученного за год и подготовка к итоговой работе; " * 3)[:200]
WORK_TYPES = (
    WorkType(1, "Ответ на уроке", "отв", 1, False),
    WorkType(2, "Контрольная работа", "к/р", 2, True),
)


def pupils_of(count: int) -> tuple[ListedPupil, ...]:
    """Pupils of a class: one who left in November, one who came in February, one with a long name, and others."""
    spans = {LEAVER: ((None, LEFT_ON),), NEWCOMER: ((CAME_ON, None),)}
    return tuple(
        ListedPupil(
            number,
            LONG_NAME if number == LONG_NAMED else PersonName(f"Ученикова{number:02d}", "Анна"),
            spans.get(number, ((None, None),)),
        )
        for number in range(1, count + 1)
    )


def subject_of(title: str, *, pupils: int, lessons_a_term: int, is_long: bool = False) -> SubjectSheet:
    """A subject with so many lessons in each term, marks in most cells, marks for terms and the year."""
    listed = pupils_of(pupils)
    lessons = tuple(
        PrintedLesson(
            term.term_id * 1000 + number,
            term.term_id,
            min(term.starts_on + timedelta(days=number * 50 // lessons_a_term), term.ends_on),
            LONG_TOPIC if is_long and number % 5 == 0 else f"Тема {number}",
            LONG_HOMEWORK if is_long and number % 3 == 0 else f"§ {number}",
            "Заменова Л. П." if number == 7 else "",
        )
        for term in TERMS
        for number in range(lessons_a_term)
    )
    texts = ("", "5", "4", "н", "б", "5/4", "о 4", "", "3", "о 5/4/3")
    cells = {
        (lesson.lesson_id, pupil.pupil_id): texts[(lesson.lesson_id + pupil.pupil_id) % len(texts)]
        for lesson in lessons
        for pupil in listed
        if pupil.is_listed_on(lesson.held_on)
    }
    marks = {
        (term_id, pupil.pupil_id): 3 + pupil.pupil_id % 3
        for term_id in (1, 2, 3, 4, YEAR)
        for pupil in listed
        if pupil.pupil_id not in (LEAVER, NEWCOMER)
    }
    note = Note(date(2025, 11, 20), "3", "4", "приказ № 7")
    return SubjectSheet(
        title=title,
        teachers="Учителева Мария Ивановна",
        pupils=listed,
        terms=TERMS,
        lessons=lessons,
        cells=cells,
        marks=marks,
        cell_notes={(1001, 4): (note,), (1002, 5): (note, replace(note, old_text="4", new_text="5"))},
        mark_notes={(1, 6): (note,)},
        departures={LEAVER: "выб. 12.11.2025, приказ № 5 от 11.11.2025"},
    )


def marks_of(subjects: tuple[SubjectSheet, ...]) -> ClassYear:
    """The year of the class as its summary sheet shows it: everybody has a 4 in each subject."""
    titles = {place: each.title for place, each in enumerate(subjects, start=1)}
    held = {place: SubjectYear((4, 4, 4, 4), 4, None, 4, 4, is_owed=True) for place in titles}
    pupils = [PupilYear(each.pupil_id, each.name, held) for each in subjects[0].pupils]
    return ClassYear(1, "9А", 9, 2025, "Школа № 1", "Руководила К. П.", TERMS, titles, frozenset(), pupils)


def class_of(*subjects: SubjectSheet) -> ClassSheets:
    """A class with these subjects."""
    pupils = subjects[0].pupils
    reasons = (None, None, None, AbsenceReason.ILLNESS, AbsenceReason.UNKNOWN, AbsenceReason.LATE)
    return ClassSheets(
        school_name="Школа № 1",
        class_id=1,
        class_name="9А",
        school_year=2025,
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        homeroom="Классная Руководила Петровна",
        terms=TERMS,
        subjects=subjects,
        pupils=tuple(
            PupilFacts(
                each.pupil_id, each.name, date(2010, 5, 1), "Родителева Ольга Петровна", "8 900 000-00-00"
            )
            for each in pupils
        ),
        marks=summary_sheet(marks_of(subjects), SheetLook()),
        attendance=tuple(
            PupilLesson(
                each.pupil_id,
                term.term_id,
                term.starts_on + timedelta(day),
                reasons[(each.pupil_id + day) % 6],
            )
            for each in pupils
            for term in TERMS
            for day in range(20)
        ),
        movements=(MovementRow(LEFT_ON, "Ученикова01 Анна", "выбытие из 9А", "приказ № 5", "переезд"),),
        substitutions=(),
        remarks=(Remark(date(2025, 12, 1), "Завучева Инна", "Нет тем: уроков 3 из 20", "устранено"),),
        work_types=WORK_TYPES,
        rounding="с половины",
        made_at=MADE_AT,
        made_by="Секретарева Майя",
        made_from=12345,
        program="1.0",
    )
