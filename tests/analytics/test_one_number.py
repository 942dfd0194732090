"""One figure, one number: what is called the same is the same on every screen, or says of whom it speaks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from diary_pages import diary_page
from screens import open_page, show_school, texts
from shown_figures import Figures, catch_files
from small_school import CLASS_7A, STRANGER_STAFF, People
from small_school import NOW as SMALL_NOW
from streamlit.testing.v1 import AppTest

from demo.build import make_school
from pages.inspections.parts.inspection_words import Names
from pages.inspections.parts.report import report_of
from pages.ui.export import CSV_DECIMALS
from pipelines.reports.inspection import inspection_document
from pipelines.reports.periodic.build import report_document
from school.inspections.lookups import inspection_page
from school.records import User
from school.reports.records import ReportKind, ReportOrder, Span
from school.sign_in.store.users import users_by_id
from school.store.connection import DATABASE_NAME, Store
from school.store.names import staff_initials
from school.substitutions.lookups import own_log
from server.menu import menu_rows

# A Wednesday in the third quarter and the second half-year; the first grade is given no marks.
NOW = datetime(2027, 2, 10, 12, 0)
QUARTER, HALF = "2026-quarter-3", "2026-half-2"
Look = Callable[..., AppTest]


@pytest.fixture(scope="module")
def school_of_a_year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A school of 80 pupils with grades 1, 5, 7 and 10."""
    store = Store(tmp_path_factory.mktemp("one") / DATABASE_NAME, lambda: NOW)
    make_school(store, pupils=80, years=1, seed=3, now=NOW, say=lambda _: None)
    yield store
    store.close()


def user_of(store: Store, role: str) -> User:
    query = "SELECT value::BIGINT FROM settings WHERE name = 'demo.user.' || $role"
    ((user_id,),) = store.read(query, {"role": role})
    return users_by_id(store, [user_id])[user_id]


@pytest.fixture
def look(school_of_a_year: Store, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Return ``look(path, role="deputy", **address)``: the page as that person sees it."""
    show_school(school_of_a_year, NOW, monkeypatch)

    def opened(path: str, role: str | User = "deputy", **address: str) -> AppTest:
        user = user_of(school_of_a_year, role) if isinstance(role, str) else role
        page = open_page(path, user, **address)
        assert not page.exception
        return page

    return opened


def metric(page: AppTest, label: str) -> str:
    return next(str(each.value) for each in page.metric if each.label == label)


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def column_sum(page: AppTest, title: str) -> int:
    table = next(each.value for each in page.dataframe if title in each.value)
    return int(table[title].fillna(0).sum())


def concern(page: AppTest, start: str) -> str:
    return next(label for each in page.get("page_link") if (label := each.proto.label).startswith(start))


def of_period(text: str, title: str) -> int:
    """The part of a finding that is of one period."""
    found = re.search(rf"(\d+) — «{title}»", text)
    assert found, text
    return int(found[1])


@pytest.mark.parametrize(("code", "title"), [(QUARTER, "3-я четверть"), (HALF, "2-е полугодие")])
def test_lessons_not_filled_are_as_many_wherever_they_are_counted(look: Look, code: str, title: str) -> None:
    work = look("analytics/register_work.py", period=code)
    listed = look("analytics/register_work.py", period=code, work_view="unfilled")
    (words,) = re.findall(r"Нет ни одной записи: \*\*(\d+)", texts(listed))
    numbers = {
        "overview": of_period(concern(look("analytics/overview.py"), "Журнал не заполнен"), title),
        "headline": number(metric(work, "Не заполнено")),
        "by teacher": column_sum(work, "Не заполн."),
        "teachers": column_sum(look("analytics/teachers.py", period=code), "Не заполн."),
        "list": int(words),
        "list by teacher": column_sum(listed, "Не заполн."),
    }
    assert len(set(numbers.values())) == 1, numbers
    assert numbers["list"] > 0


def test_who_fails_today_is_as_many_on_the_overview_by_class_and_in_the_list(look: Look) -> None:
    overview = look("analytics/overview.py")
    said = concern(overview, "У ")
    by_class = {
        title: column_sum(look("analytics/classes.py", period=code), "Неусп.")
        for code, title in ((QUARTER, "3-я четверть"), (HALF, "2-е полугодие"))
    }
    assert (
        number(metric(overview, "Неуспевающих"))
        == by_class["3-я четверть"]
        == of_period(said, "3-я четверть")
    )
    assert by_class["2-е полугодие"] == of_period(said, "2-е полугодие")
    listed = look("forecasts/at_risk.py", risk="today")
    (words,) = re.findall(r"\*\*(\d+) учени", texts(listed))
    buttons = listed.button_group(key="filter_risk").options
    named = next(each for each in buttons if each.startswith("Сегодня выходит"))
    assert {int(words), number(named.replace("«2»", "")), sum(by_class.values())} == {sum(by_class.values())}


def test_registers_that_lag_are_as_many_on_the_overview_in_the_curriculum_and_in_the_plans(
    look: Look,
) -> None:
    pages = [look("analytics/curriculum.py", period=code) for code in (QUARTER, HALF)]
    behind = [
        hours
        for page in pages
        for table in page.dataframe
        if "Отстаёт, ч" in table.value
        for hours in table.value["Отстаёт, ч"]
    ]
    lagging = sum(number(metric(page, "Журналов отстаёт")) for page in pages)
    assert len([hours for hours in behind if hours > 0]) == lagging > 0
    (planned,) = re.findall(r"отстают: \*\*(\d+)", texts(look("lesson_plans/lesson_plan.py")))
    assert int(planned) == lagging
    said = concern(look("analytics/overview.py"), "Отстаёт программа")
    (most, least, registers) = map(
        int, re.findall(r"на (\d+) час\w*; на (\d+) час\w* и больше — всего (\d+)", said)[0]
    )
    assert (most, registers) == (max(behind), len([hours for hours in behind if hours >= least]))


def test_one_screen_of_the_head_says_what_the_deputy_s_says(look: Look) -> None:
    pages = {
        "analytics/overview.py": {},
        "analytics/register_work.py": {"work_view": "unfilled"},
        "forecasts/at_risk.py": {"risk": "today"},
        "forecasts/forecasts.py": {},
    }
    for path, address in pages.items():
        deputy, head = (look(path, role, **address) for role in ("deputy", "head"))
        words = [
            [
                str(each.value)
                for each in (*page.main.markdown, *page.main.caption)
                # Their first steps differ, and stand on the first page of each.
                if "Первые шаги" not in str(each.value)
            ]
            for page in (deputy, head)
        ]
        assert words[0] == words[1], path
        shown = [[(str(each.label), str(each.value)) for each in page.metric] for page in (deputy, head)]
        assert shown[0] == shown[1], path
        tables = [[table.value.to_dict("list") for table in page.dataframe] for page in (deputy, head)]
        assert str(tables[0]) == str(tables[1]), path


def test_who_studies_is_as_many_in_forecasts_as_in_the_lists(look: Look, school_of_a_year: Store) -> None:
    by_class = next(
        each.value for each in look("forecasts/forecasts.py").dataframe if "Учеников" in each.value
    )
    listed = dict(
        school_of_a_year.read(
            """SELECT c.name, count(DISTINCT e.pupil_id) FROM enrolments e JOIN classes c USING (class_id)
               WHERE e.starts_on <= $today AND (e.ends_on IS NULL OR e.ends_on > $today) GROUP BY c.name""",
            {"today": NOW.date()},
        )
    )
    shown = dict(zip(by_class["Класс"], by_class["Учеников"], strict=True))
    assert shown == {name: listed[name] for name in shown}
    assert len(shown) > 1


def test_who_misses_much_is_as_many_on_every_screen(look: Look) -> None:
    pages = look("analytics/attendance.py", period=QUARTER), look("analytics/classes.py", period=QUARTER)
    counts = {
        number(metric(pages[0], "Пропускают много")),
        *(column_sum(page, "Много проп.") for page in pages),
    }
    assert len(counts) == 1, counts


def test_pupils_of_today_are_as_many_in_every_list(look: Look, school_of_a_year: Store) -> None:
    cards = texts(look("people/pupil_list.py", "secretary"))
    (study,) = re.findall(r"(\d+) учени\w+ уч[аи]тся", cards)
    classes = school_of_a_year.read("SELECT class_id FROM classes")
    lists = 0
    for (class_id,) in classes:
        lists += int(
            re.findall(
                r"(\d+) учени", texts(look("people/class_lists.py", "secretary", **{"class": str(class_id)}))
            )[0]
        )
    found = re.findall(r"учатся сейчас (\d+)", texts(look("analytics/pupils.py")))
    assert [int(study), lists] == [int(found[0])] * 2


def test_families_are_as_many_by_class_and_in_the_class_and_one_for_each_pupil(
    look: Look, school_of_a_year: Store
) -> None:
    by_class = next(each.value for each in look("families/family_work.py").dataframe)
    study = re.findall(r"учатся сейчас (\d+)", texts(look("analytics/pupils.py")))
    assert int(by_class["Семей"].sum()) == int(study[0])
    row = by_class[by_class["Класс"] == CLASS].iloc[0]
    ((class_id,),) = school_of_a_year.read(f"SELECT class_id FROM classes WHERE name = '{CLASS}'")
    said = texts(look("families/family_work.py", **{"class": str(class_id)}))
    (counts,) = re.findall(r"Семей: \*\*(\d+)\*\*, могут войти: \*\*(\d+)\*\*.*?: \*\*(\d+)\*\*", said)
    assert [int(each) for each in counts] == [row["Семей"], row["Могут войти"], row["Читали"]]


def test_marks_given_are_as_many_on_every_dashboard(look: Look) -> None:
    pages = ("overview", "quality", "classes", "subjects")
    counts = {page: metric(look(f"analytics/{page}.py", period=QUARTER), "Отметок") for page in pages}
    assert len(set(counts.values())) == 1, counts


def test_what_is_filled_in_time_is_the_same_share_on_both_screens(look: Look) -> None:
    shares = {
        metric(look(f"analytics/{page}.py", period=QUARTER), "Заполнено вовремя")
        for page in ("overview", "register_work")
    }
    assert len(shares) == 1


def test_what_an_inspection_found_is_named_in_full(look: Look, school_of_a_year: Store) -> None:
    page = look("inspections/inspections.py")
    next(each for each in page.button if each.label == "Начать проверку").click()
    page.run()
    assert not page.exception
    tab = next(each.label for each in page.tabs if each.label.startswith("Замечания"))
    (state,) = [line for line in texts(page).splitlines() if "составляется" in line and "—" in line]
    assert sum(map(int, re.findall(r"— (\d+)(?:,|$)", state))) == number(tab) > 0
    deputy = user_of(school_of_a_year, "deputy")
    ((inspection_id,),) = school_of_a_year.read("SELECT max(inspection_id) FROM inspections")
    opened = inspection_page(school_of_a_year, deputy, inspection_id)
    kept = replace(opened, findings=[replace(row, is_kept=True) for row in opened.findings])
    report = inspection_document(report_of(kept, Names(), deputy, NOW))
    counts, *lists = report.tables
    found = [each for each in lists if "Выявлено" in [column.title for column in each.columns]]
    assert sum(int(row[1]) for row in counts.rows) == sum(len(each.rows) for each in found) == number(tab)


GIVEN = f"""INSERT INTO substitutions SELECT 9100 + row_number() OVER (), lesson_id, class_id, subject_id, subgroup_id,
    CASE WHEN class_id = {CLASS_7A} THEN 'subject' ELSE 'supervision' END, teacher_id, {STRANGER_STAFF}, NULL, 'болезнь',
    '2026-11-18', NULL, CASE WHEN class_id = {CLASS_7A} THEN TIMESTAMP '2026-11-18 15:00' END, NULL, NULL FROM lessons"""


def test_the_report_of_substitutions_counts_what_its_log_lists(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(GIVEN)
    order = ReportOrder(ReportKind.SUBSTITUTIONS, Span(2026, "quarter", 2))
    document = report_document(school_store, people.deputy, order, now=SMALL_NOW)
    hours, log = document.tables
    of_hours, of_log = ([column.title for column in each.columns] for each in (hours, log))
    lines = [dict(zip(of_log, row, strict=True)) for row in log.rows]
    sums = [dict(zip(of_hours, row, strict=True)) for row in hours.rows]
    (name,) = {line["Кто заменял"] for line in lines}
    (own,) = [row for row in sums if row["Кто заменял"] == name]
    assert int(own["Всего часов"]) == len(lines) > 1
    waiting = sum(line["Подпись"] == "не подписано" for line in lines)
    own_page = own_log(school_store, people.stranger, SMALL_NOW.date())
    assert int(own["Не подписано"]) == waiting == sum(not line.signed_at for line in own_page) > 0
    assert len(own_page) == len(lines)


# Of every page of the deputy's menu how many numbers it shows at least; a new page takes its place here.
FLOORS: dict[str, int] = {
    "analytics/overview.py": 20,
    "analytics/quality.py": 20,
    "analytics/classes.py": 25,
    "analytics/subjects.py": 100,
    "analytics/teachers.py": 80,
    "analytics/side_by_side.py": 5,
    "analytics/fair_comparison.py": 50,
    "analytics/register_work.py": 60,
    "analytics/curriculum.py": 200,
    "analytics/attendance.py": 25,
    "analytics/consistency.py": 20,
    "analytics/pupils.py": 40,
    "lesson_plans/lesson_plan.py": 300,
    "forecasts/forecasts.py": 20,
    "forecasts/at_risk.py": 5,
    "forecasts/forecast_record.py": 5,
    "terms/terms.py": 50,
    "families/family_work.py": 12,
}
# Lists, forms and registers: what they count in words is compared above.
WITHOUT_FIGURES = {
    *(
        "register/week.py",
        "register/grid.py",
        "term_marks/term_marks.py",
        "attendance/absences.py",
        "control/control.py",
    ),
    *(
        "control/requests.py",
        "families/remarks.py",
        "announcements/announcements.py",
        "external_tests/external_tests.py",
        "reports/reports.py",
    ),
    *("inspections/control_state.py", "waiting/waiting.py", "year_plan/year_plan.py"),
    *("inspections/inspections.py", "year/year_opening.py", "year/load.py", "year/timetable.py"),
    "search/whole_school.py",
    *("people/class_lists.py", "people/pupil_list.py", "audit/events.py", "substitutions/substitutions.py"),
    *("data_checks/data_checks.py", "term_marks/marking.py", "forecasts/forecast_model.py"),
    *("imports/imports.py", "regulations/documents.py", "materials/materials.py", "occasions/occasions.py"),
    *("correspondence/messages.py", "correspondence/help.py", "correspondence/letter_order.py"),
    "consultations/consultations.py",
    *("paper/printing.py", "archive/archive.py", "councils/exams.py", "councils/councils.py"),
    *("certificates/certificates.py", "certificates/report_cards.py"),
}
CLASS = "7А"
# Views of those pages and of a class, with the part of their address.
VIEWS: tuple[tuple[str, dict[str, str], int], ...] = (
    ("analytics/quality.py", {"by": "subject"}, 100),
    ("analytics/quality.py", {"by": "teacher"}, 80),
    ("analytics/quality.py", {"view": "map"}, 150),
    ("analytics/quality.py", {"view": "terms"}, 20),
    ("analytics/quality.py", {"view": "pupils", "class": CLASS}, 500),
    ("analytics/school_class.py", {"class": CLASS}, 80),
    ("analytics/school_class.py", {"class": CLASS, "part": "pupils"}, 100),
    ("analytics/school_class.py", {"class": CLASS, "part": "terms"}, 20),
    ("analytics/register_work.py", {"by": "class"}, 20),
    ("analytics/register_work.py", {"by": "subject"}, 100),
    ("analytics/register_work.py", {"work_view": "homework"}, 20),
    ("analytics/curriculum.py", {"curriculum_view": "groups"}, 30),
    ("analytics/attendance.py", {"attendance_view": "pupils"}, 30),
)
# The numbers of a report's tables at least.
REPORTS = {
    ReportKind.PERFORMANCE: 200,
    ReportKind.HOMEROOM: 200,
    ReportKind.MARK_COVERAGE: 200,
    ReportKind.CURRICULUM: 150,
    ReportKind.USER_ACTIVITY: 5,
}
# Pages about one teacher, and what the report about them says.
OF_TEACHER = (("analytics/teacher.py", {}, 20), ("analytics/teacher.py", {"part": "work"}, 10))
# The subject teacher's own pages: whoever reads only their own lessons reads of the same population.
OWN_LESSONS = (
    ("analytics/quality.py", {}, 10),
    ("analytics/quality.py", {"by": "subject"}, 3),
    ("analytics/curriculum.py", {}, 5),
    ("analytics/register_work.py", {}, 5),
)
# Who else reads the same names: only rows of the own class are of the same population, the page says so of the others.
ROLES = (
    ("head", "analytics/classes.py", {}, None, 25),
    ("homeroom", "analytics/quality.py", {"view": "map"}, "own", 10),
    ("homeroom", "analytics/attendance.py", {}, "own", 5),
    ("homeroom", "analytics/curriculum.py", {}, "own", 50),
)


def teacher_without_class(store: Store) -> User:
    """Return the teacher of most lessons who leads no class: of a class of one's own one reads everybody's lessons."""
    ((user_id,),) = store.read(
        """SELECT u.user_id FROM users u JOIN lessons l ON l.teacher_id = u.staff_id
           WHERE u.staff_id NOT IN (SELECT homeroom_id FROM classes WHERE homeroom_id IS NOT NULL)
               AND u.user_id IN (SELECT user_id FROM user_roles GROUP BY user_id HAVING count(*) = 1 AND min(role) = 'teacher')
           GROUP BY u.user_id ORDER BY count(*) DESC, u.user_id LIMIT 1"""
    )
    return users_by_id(store, [user_id])[user_id]


def of_one_teacher(look: Look, store: Store, figures: Figures) -> dict[str, object]:
    """Note what the deputy, the teacher and the report say of one teacher; return the places that show too little."""
    teacher, too_few = teacher_without_class(store), {}
    assert teacher.staff_id is not None
    picks = {"Учитель": staff_initials(store)[teacher.staff_id]}
    pages: list[tuple[Any, ...]] = [
        ("deputy", *each, {"teacher": str(teacher.staff_id)}) for each in OF_TEACHER
    ]
    pages += [(teacher, *each, {}) for each in OWN_LESSONS]
    for role, path, address, floor, codes in pages:
        place = f"{path} {address or ''} {role if isinstance(role, str) else 'teacher'}"
        page = look(path, role, period=QUARTER, **address, **codes)
        if (count := figures.screen(page, QUARTER, picks, place)) < floor:
            too_few[place] = (count, [])
    order = ReportOrder(ReportKind.SUBJECT_TEACHER, Span(2026, "quarter", 3), teacher.staff_id)
    document = report_document(store, user_of(store, "deputy"), order, now=NOW)
    if (count := figures.document(document, QUARTER, picks, "Отчёт учителя")) < 20:
        too_few["Отчёт учителя"] = (count, [])
    return too_few


def of_one_family(look: Look, store: Store, figures: Figures) -> dict[str, object]:
    """Note what the deputy and the family read of one pupil; return the places that show too little."""
    guardian, too_few = user_of(store, "guardian"), {}
    (pupil_id, *_) = sorted(guardian.pupil_ids)
    picks = {"Ученик": "один"}
    pages = {
        part: look("analytics/pupil.py", pupil=str(pupil_id), part=part) for part in ("current", "missed")
    }
    count = figures.screen(pages["current"], QUARTER, picks, "analytics/pupil.py")
    term = store.read(
        """SELECT t.term_id FROM terms t JOIN class_terms k USING (term_id) JOIN enrolments e USING (class_id)
           WHERE e.pupil_id = $pupil AND t.kind = 'quarter' AND t.number = 3""",
        {"pupil": pupil_id},
    )[0][0]
    marks, absences = (
        diary_page(guardian, f"/{pupil_id}/{part}?term={term}") for part in ("marks", "absences")
    )
    own = figures.diary(marks, absences, QUARTER, picks, "/family")
    if min(count, own) < 8:
        too_few["/family"] = (count, own)
    return too_few


def test_equal_names_carry_equal_numbers_on_every_screen_in_files_and_documents(
    look: Look, school_of_a_year: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    deputy, files, figures = user_of(school_of_a_year, "deputy"), catch_files(monkeypatch), Figures()
    classes = dict(school_of_a_year.read("SELECT name, class_id FROM classes"))
    menu = {row.path for row in menu_rows(deputy)}
    assert menu == FLOORS.keys() | WITHOUT_FIGURES
    pages = [(path, {}, floor) for path, floor in FLOORS.items()]
    too_few = {}
    for path, address, floor in (*pages, *VIEWS):
        picks = {"Класс": address["class"]} if "class" in address else {}
        codes = {name: str(classes.get(value, value)) for name, value in address.items()}
        place = f"{path} {address or ''}"
        count = figures.screen(look(path, period=QUARTER, **codes), QUARTER, picks, place)
        taken = [
            figures.table(table, QUARTER, picks, f"{place} {name}", CSV_DECIMALS)
            for name, table in files.taken()
        ]
        if count < floor or not all(taken):
            too_few[place] = (count, taken)
    for role, path, address, seen, floor in ROLES:
        user = user_of(school_of_a_year, role)
        only = {name for name, key in classes.items() if key in user.homeroom_class_ids} if seen else None
        page = look(path, role, period=QUARTER, **address)
        place = f"{path} {address or ''} {role}"
        if (count := figures.screen(page, QUARTER, {}, place, only)) < floor:
            too_few[place] = (count, [])
    too_few |= of_one_teacher(look, school_of_a_year, figures)
    too_few |= of_one_family(look, school_of_a_year, figures)
    for kind, floor in REPORTS.items():
        about = classes[CLASS] if kind is ReportKind.HOMEROOM else None
        order = ReportOrder(kind, Span(2026, "quarter", 3), about)
        document = report_document(school_of_a_year, deputy, order, now=NOW)
        picks = {"Класс": CLASS} if about else {}
        if (count := figures.document(document, QUARTER, picks, f"Отчёт {kind}")) < floor:
            too_few[str(kind)] = (count, [])
    assert not too_few
    disagreements = figures.disagreements()
    assert not disagreements, "\n".join(disagreements)
    assert figures.compared > 1000
