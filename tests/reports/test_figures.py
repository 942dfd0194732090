"""Numbers of a report are those of the screens: the same measure of the same rows."""

import pytest
from end_of_term import add_marks
from orders import FIRST_QUARTER, SECOND_QUARTER, YEAR, made, order
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASS_8B,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_TODAY,
    QUARTER_1,
    STRANGER_STAFF,
    People,
)

from pipelines.figures import figures
from pipelines.figures import work as figures_work
from pipelines.reports.document import Document, DocumentTable
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from school.analytics.lookups.tables import PeriodRow, readable_periods
from school.records import Substitution, SubstitutionKind
from school.reports.records import ReportKind
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.school import School
from school.substitutions.lookups import month_sheet
from school.substitutions.store import save_substitution


@pytest.fixture
def school(school_store: Store) -> School:
    school_store.write(add_marks)
    return School(school_store, lambda: NOW)


def period_of(school: School, people: People, number: int) -> PeriodRow:
    periods = readable_periods(school.store, people.deputy, Action.READ_QUALITY)
    return next(row for row in periods if (row.kind, row.number) == ("quarter", number))


def column(table: DocumentTable, title: str, *, totals: bool = False) -> dict[str, object]:
    place = [each.title for each in table.columns].index(title)
    return {str(row[0]): row[place] for row in (table.totals if totals else table.rows)}


def on_screen(rows, key: str, names: dict[int, str], figure: str) -> dict[str, float]:
    return {names[int(row[key])]: row[figure] for row in rows.to_dict("records")}


CLASSES = {CLASS_7A: "7А", CLASS_8B: "8Б"}
SPANS = {1: FIRST_QUARTER, 2: SECOND_QUARTER}


@pytest.mark.parametrize(("number", "basis"), [(1, "term"), (2, "today")])
def test_the_summary_has_the_figures_of_the_quality_page(
    school: School, people: People, number: int, basis: str
) -> None:
    reader, period = (
        FigureReader(school, people.deputy, Action.READ_QUALITY),
        period_of(school, people, number),
    )
    standings = figures.standings_by(reader, basis, period, {}, ("class_id",))
    quality = figures.quality_by(reader, basis, [period], {}, ("class_id",))
    report = made(school.store, people.deputy, order(ReportKind.PERFORMANCE, SPANS[number])).tables[0]
    for title, rows, figure in (
        ("На «4» и «5», % учеников", standings, "pupil_quality_rate"),
        ("Успевают, % учеников", standings, "pupil_pass_rate"),
        ("Неуспевают", standings, "failing"),
        ("СОУ, %", quality, "attainment_index"),
        ("Средний балл", quality, "mean_mark"),
    ):
        shown = on_screen(rows, "class_id", CLASSES, figure)
        assert column(report, title) == pytest.approx(shown), title


def test_a_total_is_measured_over_all_pupils_not_over_classes(school: School, people: People) -> None:
    reader, period = FigureReader(school, people.deputy, Action.READ_QUALITY), period_of(school, people, 1)
    whole = figures.quality_by(reader, "term", [period], {}, ()).iloc[0]
    report = made(school.store, people.deputy, order(ReportKind.PERFORMANCE)).tables[0]
    assert column(report, "Средний балл", totals=True)["Всего по школе"] == pytest.approx(whole["mean_mark"])


def test_the_homeroom_report_has_the_lessons_missed_of_the_attendance_page(
    school: School, people: People
) -> None:
    reader, period = FigureReader(school, people.homeroom, Action.READ_QUALITY), period_of(school, people, 2)
    missed = figures.pupil_attendance_of(reader, period, {"class_id": (CLASS_7A,)}, NOW.date())
    names = figures.class_list(reader, CLASS_7A, period)
    report = table_of(
        made(school.store, people.homeroom, order(ReportKind.HOMEROOM, SECOND_QUARTER)), "Ученики"
    )
    assert column(report, "Пропусков") == on_screen(missed, "pupil_id", names, "missed_lessons")
    assert sum(column(report, "Причина не выяснена").values()) == 1


def table_of(document: Document, title: str) -> DocumentTable:
    return next(table for table in document.tables if table.title == title)


def test_mark_coverage_and_filling_are_those_of_the_deputys_screens(school: School, people: People) -> None:
    period = period_of(school, people, 2)
    reader = FigureReader(school, people.deputy, Action.READ_TEACHER_ACTIVITY)
    covered = figures.coverage_by(reader, period, {}, NOW.date(), ("class_id",))
    report = made(school.store, people.deputy, order(ReportKind.MARK_COVERAGE, SECOND_QUARTER)).tables[0]
    assert column(report, "Накопл. за период, %") == pytest.approx(
        on_screen(covered, "class_id", CLASSES, "mark_coverage")
    )
    filled = figures_work.filling_by(reader, period, {"teacher_id": (OWNER_STAFF,)}, NOW, ("class_id",))
    own = made(school.store, people.owner, order(ReportKind.SUBJECT_TEACHER, SECOND_QUARTER)).tables[-1]
    assert column(own, "Не заполнено") == {"7А Математика": filled.iloc[0]["lessons_not_filled"]}


def test_curriculum_is_that_of_its_page(school: School, people: People) -> None:
    reader, period = (
        FigureReader(school, people.deputy, Action.READ_LESSON_PLANS),
        period_of(school, people, 2),
    )
    planned = figures_work.curriculum_by(reader, period, {}, NOW.date(), ("class_id",))
    report = made(school.store, people.deputy, order(ReportKind.CURRICULUM, SECOND_QUARTER)).tables[0]
    assert column(report, "Без КТП") == on_screen(planned, "class_id", CLASSES, "registers_without_plan")


def test_activity_counts_what_the_page_counts(school: School, people: People) -> None:
    owner = people.owner.user_id
    entries = [Event(NOW, owner, "cell", new_value="5"), Event(NOW, owner, "topic", new_value="Дроби")]
    school.store.write(lambda change: change.record(*entries))
    reader, period = (
        FigureReader(school, people.deputy, Action.READ_REGISTER_WORK),
        period_of(school, people, 2),
    )
    done = figures_work.work_of_users(reader, period, NOW.date(), ("user_id",))
    of_owner = done[done["user_id"] == owner].iloc[0]
    roles, staff, _ = made(
        school.store, people.deputy, order(ReportKind.USER_ACTIVITY, SECOND_QUARTER)
    ).tables
    assert column(staff, "Всего записей")["Орлова Вера"] == of_owner["entries"] == 2
    assert column(staff, "Отметки")["Орлова Вера"] == of_owner["mark_entries"] == 1
    assert column(roles, "Заходили")["Учитель-предметник"] == 1


def test_a_pupil_without_a_final_mark_is_named(school: School, people: People) -> None:
    def lose(change: Transaction) -> None:
        change.change(f"DELETE FROM term_marks WHERE pupil_id = {ABSENTEE} AND term_id = {QUARTER_1}")
        change.record(Event(NOW, None, "school"))

    school.store.write(lose)
    document = made(school.store, people.deputy, order(ReportKind.HOMEROOM))
    unmarked = next(section for section in document.sections if section.title == "Не аттестованы")
    assert unmarked.tables[0].rows == (("Жуков Иван", "Математика"),)
    assert column(
        made(school.store, people.deputy, order(ReportKind.PERFORMANCE)).tables[0], "Не аттестованы"
    ) == {"7А": 1, "8Б": 0}


def test_substitutions_are_those_of_the_sheet(school: School, people: People) -> None:
    def substitute(change: Transaction) -> None:
        row = Substitution(
            501, OWNERS_LESSON_TODAY, SubstitutionKind.SUBJECT, OWNER_STAFF, STRANGER_STAFF, None, "болезнь"
        )
        save_substitution(change, row, at=NOW, user_id=None)
        change.record(Event(NOW, None, "substitution"))

    school.store.write(substitute)
    period = period_of(school, people, 2)
    sheet = month_sheet(school.store, people.deputy, period.starts_on, NOW.date())
    wanted = order(ReportKind.SUBSTITUTIONS, SECOND_QUARTER)
    hours, log = made(school.store, people.deputy, wanted).tables
    assert (
        column(hours, "Всего часов")
        == {row.name: row.hours.total for row in sheet.rows}
        == {"Стрельцов Г.": 1}
    )
    assert column(hours, "Не подписано", totals=True) == {"Всего": 1}
    assert [(row[0], row[4], row[5], row[7]) for row in log.rows] == [
        (NOW.date(), "Орлова В.", "Стрельцов Г.", "болезнь")
    ]


def test_a_two_at_a_lesson_is_no_failed_year(school: School, people: People) -> None:
    """Of a year without year marks nobody is said to have failed it for a «2» on some day."""

    def enter_a_two(change: Transaction) -> None:
        change.change(f"UPDATE marks SET value = 2 WHERE pupil_id = {CHILD}")
        change.record(Event(NOW, None, "school"))

    school.store.write(enter_a_two)
    document = made(school.store, people.deputy, order(ReportKind.SUBJECT_TEACHER, YEAR))
    weak = document.sections[1].tables[0]
    assert {row[-1] for row in weak.rows} == {"нет отметки"}
