"""Every page × every role: it opens for those whose role has it and refuses the others in words."""

import pytest
from readable_table import read_table
from screens import open_page, screen, texts
from small_school import NAMES, ROLE_OF, People

from pages.shared.menu import PAGES, PageRow, existing_rows, first_row, menu_rows
from pages.shared.session import NOT_FOR_YOU

# + opens, · is refused
OPENS = read_table("""
                        teacher homeroom deputy head admin secretary guardian pupil
register/today.py          +       ·       ·     ·     ·       ·        ·      ·
register/grid.py           +       +       +     +     +       ·        ·      ·
register/term_marks.py     +       +       +     +     +       ·        ·      ·
register/lesson_plan.py    +       +       +     +     +       ·        ·      ·
register/substitution_log.py +     ·       ·     ·     ·       ·        ·      ·
homeroom/absences.py       ·       +       +     +     ·       ·        ·      ·
homeroom/control.py        ·       +       +     +     ·       ·        ·      ·
homeroom/requests.py       ·       +       +     +     ·       ·        ·      ·
homeroom/remarks.py        +       +       +     +     ·       ·        ·      ·
insight/overview.py        +       +       +     +     ·       ·        ·      ·
insight/quality.py         +       +       +     +     ·       ·        ·      ·
insight/classes.py         +       +       +     +     ·       ·        ·      ·
insight/school_class.py    +       +       +     +     ·       ·        ·      ·
insight/subjects.py        +       +       +     +     ·       ·        ·      ·
insight/teacher.py         ·       ·       +     +     +       ·        ·      ·
insight/pupils.py          +       +       +     +     ·       ·        ·      ·
insight/pupil.py           +       +       +     +     ·       ·        ·      ·
insight/side_by_side.py    +       +       +     +     ·       ·        ·      ·
insight/teachers.py        ·       ·       +     +     +       ·        ·      ·
insight/fair_comparison.py +     +       +     +     ·       ·        ·      ·
insight/consistency.py     +       +       +     +     ·       ·        ·      ·
office/external_tests.py   ·       ·       +     +     ·       ·        ·      ·
insight/register_work.py   +       +       +     +     +       ·        ·      ·
insight/curriculum.py      +       +       +     +     +       ·        ·      ·
insight/attendance.py      +       +       +     +     ·       ·        ·      ·
office/inspections.py      ·       ·       +     +     ·       ·        ·      ·
register/inspection_reports.py + ·     ·     ·     ·       ·        ·      ·
insight/forecasts.py       +       +       +     +     ·       ·        ·      ·
insight/at_risk.py         +       +       +     +     ·       ·        ·      ·
insight/forecast_record.py +       +       +     +     ·       ·        ·      ·
family/diary.py            ·       +       +     +     ·       ·        +      +
office/year_opening.py     ·       ·       +     +     +       ·        ·      ·
office/load.py             ·       ·       +     +     +       ·        ·      ·
office/timetable.py        ·       ·       +     +     +       ·        ·      ·
office/reports.py          +       +       +     +     +       ·        ·      ·
office/class_lists.py      ·       +       +     +     +       +        ·      ·
office/pupil_list.py       ·       +       +     +     +       +        ·      ·
office/pupil_card.py       ·       +       +     +     +       +        ·      ·
office/staff.py            ·       ·       ·     +     +       ·        ·      ·
office/invitations.py      ·       +       ·     ·     +       ·        ·      ·
office/users.py            ·       ·       ·     +     +       ·        ·      ·
office/events.py           ·       ·       +     +     +       ·        ·      ·
office/terms.py            ·       ·       +     +     ·       ·        ·      ·
office/substitutions.py    ·       ·       +     +     ·       ·        ·      ·
office/data_checks.py      ·       ·       +     +     +       ·        ·      ·
office/marking.py          ·       ·       +     +     +       ·        ·      ·
office/forecast_model.py   ·       ·       +     +     +       ·        ·      ·
office/imports.py          ·       ·       +     ·     +       +        ·      ·
office/exchange.py         ·       ·       ·     ·     +       +        ·      ·
""")
# The diary stands in the menu of families, the staff opens a pupil's by a link from a class; a homeroom teacher comes
# to the requests from the control of the class; one class, teacher or pupil is opened from its list.
OPENED_FROM_LISTS = (
    "insight/school_class.py",
    "insight/teacher.py",
    "insight/pupil.py",
    "office/pupil_card.py",
)
NOT_IN_MENU = (
    {("family/diary.py", role) for role in ("homeroom", "deputy", "head")}
    | {("homeroom/requests.py", "homeroom")}
    | {(page, role) for page in OPENED_FROM_LISTS for role in ROLE_OF.values()}
)
FIRST = {
    "teacher": "register/today.py",
    "homeroom": "insight/overview.py",
    "deputy": "insight/overview.py",
    "head": "insight/overview.py",
    "admin": "office/year_opening.py",
    "secretary": "office/class_lists.py",
    "guardian": "family/diary.py",
    "pupil": "family/diary.py",
}
pytestmark = pytest.mark.usefixtures("school_screens")


def test_the_table_and_the_menu_name_every_page() -> None:
    scripts = {str(path.relative_to(PAGES)) for path in PAGES.glob("*/*.py") if path.parent.name != "shared"}
    assert {page for page, _ in OPENS} == {row.path for row in existing_rows()} == scripts


@pytest.mark.parametrize("row", existing_rows(), ids=lambda row: row.path)
def test_a_page_opens_for_its_roles_and_refuses_the_others(row: PageRow, people: People) -> None:
    for name in NAMES:
        page = open_page(row.path, getattr(people, name))
        assert not page.exception, f"{name}: {[problem.message for problem in page.exception]}"
        is_refused = NOT_FOR_YOU in texts(page)
        assert is_refused == (OPENS[row.path, ROLE_OF[name]] == "·"), f"{name}: {texts(page)}"


@pytest.mark.parametrize("row", existing_rows(), ids=lambda row: row.path)
def test_a_page_opened_without_signing_in_shows_nothing(row: PageRow) -> None:
    alone, in_the_app = screen(f"pages/{row.path}").run(), open_page(row.path)
    assert not alone.exception
    assert texts(alone) == "Войдите, чтобы открыть эту страницу."
    assert not in_the_app.exception
    assert texts(in_the_app).splitlines() == ["Школа у реки", "Вход", "Электронный журнал"]


def test_the_menu_shows_the_pages_that_open(people: People) -> None:
    for name in NAMES:
        role = ROLE_OF[name]
        shown = {row.path for row in menu_rows(getattr(people, name))}
        opening = {page for page, of_role in OPENS if of_role == role and OPENS[page, role] == "+"}
        assert shown == {page for page in opening if (page, role) not in NOT_IN_MENU}, name


def test_everybody_starts_where_their_work_is(people: People) -> None:
    for name in NAMES:
        row = first_row(getattr(people, name))
        assert row is not None
        assert row.path == FIRST[ROLE_OF[name]]
