"""Every page × every role: it opens for those whose role has it and refuses the others in words."""

from pathlib import Path

import pytest
from readable_table import read_table
from screens import open_page, screen, texts
from small_school import NAMES, ROLE_OF, People

from school import __version__
from school.store.connection import Store
from server.menu import PAGES, PageRow, existing_rows, first_row, menu_rows
from server.session import NOT_FOR_YOU

# + opens, · is refused
OPENS = read_table("""
                        teacher homeroom deputy head admin secretary guardian pupil
register/today.py          +       ·       ·     ·     ·       ·        ·      ·
register/week.py           +       +       +     +     +       ·        ·      ·
register/grid.py           +       +       +     +     +       ·        ·      ·
councils/exams.py          +       +       +     +     +       ·        ·      ·
councils/councils.py       ·       +       +     +     +       +        ·      ·
term_marks/term_marks.py     +       +       +     +     +       ·        ·      ·
lesson_plans/lesson_plan.py    +       +       +     +     +       ·        ·      ·
substitutions/substitution_log.py +     ·       ·     ·     ·       ·        ·      ·
tasks/tasks.py             +       ·       ·     ·     ·       ·        ·      ·
materials/materials.py     +       +       +     +     +       ·        ·      ·
attendance/absences.py       ·       +       +     +     ·       ·        ·      ·
control/control.py        ·       +       +     +     ·       ·        ·      ·
control/requests.py       ·       +       +     +     ·       ·        ·      ·
families/remarks.py        +       +       +     +     ·       ·        ·      ·
announcements/announcements.py +      +       +     +     +       +        ·      ·
families/family_work.py    ·       +       +     +     ·       ·        ·      ·
correspondence/messages.py    +      +       +     +     +       +        ·      ·
correspondence/help.py        +      +       +     +     +       +        ·      ·
correspondence/letter_order.py ·     ·       +     +     ·       ·        ·      ·
consultations/consultations.py + +      +     +     ·       ·        ·      ·
occasions/occasions.py     +       +       +     +     +       +        ·      ·
analytics/overview.py        +       +       +     +     ·       ·        ·      ·
analytics/quality.py         +       +       +     +     ·       ·        ·      ·
analytics/classes.py         +       +       +     +     ·       ·        ·      ·
analytics/school_class.py    +       +       +     +     ·       ·        ·      ·
analytics/subjects.py        +       +       +     +     ·       ·        ·      ·
analytics/teacher.py         ·       ·       +     +     +       ·        ·      ·
analytics/pupils.py          +       +       +     +     ·       ·        ·      ·
analytics/pupil.py           +       +       +     +     ·       ·        ·      ·
analytics/side_by_side.py    +       +       +     +     ·       ·        ·      ·
analytics/teachers.py        ·       ·       +     +     +       ·        ·      ·
analytics/fair_comparison.py +     +       +     +     ·       ·        ·      ·
analytics/consistency.py     +       +       +     +     ·       ·        ·      ·
external_tests/external_tests.py   ·       ·       +     +     ·       ·        ·      ·
analytics/register_work.py   +       +       +     +     +       ·        ·      ·
analytics/curriculum.py      +       +       +     +     +       ·        ·      ·
analytics/attendance.py      +       +       +     +     ·       ·        ·      ·
inspections/inspections.py      ·       ·       +     +     ·       ·        ·      ·
inspections/control_state.py    ·       ·       +     +     ·       ·        ·      ·
year_plan/year_plan.py     ·       ·       +     +     +       +        ·      ·
waiting/waiting.py         ·       ·       +     +     +       +        ·      ·
inspections/inspection_reports.py + ·     ·     ·     ·       ·        ·      ·
forecasts/forecasts.py       +       +       +     +     ·       ·        ·      ·
forecasts/at_risk.py         +       +       +     +     ·       ·        ·      ·
forecasts/forecast_record.py +       +       +     +     ·       ·        ·      ·
search/whole_school.py     +       +       +     +     +       +        ·      ·
year/year_opening.py     ·       ·       +     +     +       ·        ·      ·
year/load.py             ·       ·       +     +     +       ·        ·      ·
year/timetable.py        ·       ·       +     +     +       ·        ·      ·
reports/reports.py          +       +       +     +     +       ·        ·      ·
certificates/secretary_day.py ·     ·       ·     ·     ·       +        ·      ·
certificates/certificates.py ·      ·       +     +     +       +        ·      ·
certificates/report_cards.py ·      +       +     +     ·       +        ·      ·
people/class_lists.py      ·       +       +     +     +       +        ·      ·
people/pupil_list.py       ·       +       +     +     +       +        ·      ·
people/pupil_card.py       ·       +       +     +     +       +        ·      ·
people/staff.py            ·       ·       ·     +     +       ·        ·      ·
invitations/invitations.py      ·       +       ·     ·     +       ·        ·      ·
people/users.py            ·       ·       ·     +     +       ·        ·      ·
sign_in/own_sign_ins.py    +       +       +     +     +       +        ·      ·
sign_in/sign_in_rules.py   ·       ·       ·     ·     +       ·        ·      ·
pushes/phone_pushes.py     ·       ·       ·     ·     +       ·        ·      ·
account_signals/account_signals.py · ·     ·     ·     +       ·        ·      ·
audit/events.py           ·       ·       +     +     +       ·        ·      ·
privacy/privacy.py        ·       ·       ·     +     +       ·        ·      ·
terms/terms.py            ·       ·       +     +     ·       ·        ·      ·
notices/school_mail.py     ·       ·       ·     ·     +       ·        ·      ·
backup/state.py           ·       ·       ·     +     +       ·        ·      ·
substitutions/substitutions.py    ·       ·       +     +     ·       ·        ·      ·
data_checks/data_checks.py      ·       ·       +     +     +       ·        ·      ·
term_marks/marking.py          ·       ·       +     +     +       ·        ·      ·
forecasts/forecast_model.py   ·       ·       +     +     +       ·        ·      ·
imports/imports.py          ·       ·       +     ·     +       +        ·      ·
regulations/documents.py   +       +       +     +     +       +        ·      ·
discipline/measures.py     ·       ·       ·     +     ·       ·        ·      ·
discipline/own_measures.py +       +       +     +     +       +        ·      ·
paper/printing.py         ·       +       +     +     +       +        ·      ·
archive/archive.py           ·       ·       +     +     +       +        ·      ·
imports/exchange_profiles.py ·       ·       ·     ·     +       +        ·      ·
my_school/my_school.py     ·       ·       ·     ·     +       ·        ·      ·
extracts/exchange.py         ·       ·       ·     ·     +       +        ·      ·
""")
# A homeroom teacher comes to the requests from the control of the class; one class, teacher or pupil is opened from its list.
OPENED_FROM_LISTS = (
    "analytics/school_class.py",
    "analytics/teacher.py",
    "analytics/pupil.py",
    "people/pupil_card.py",
    # From beside one's own name at the foot of the menu.
    "sign_in/own_sign_ins.py",
    "discipline/own_measures.py",
)
# Where the pages of the office are for a role.
NOT_IN_MENU = (
    {("control/requests.py", "homeroom")}
    | {("search/whole_school.py", role) for role in ("teacher", "homeroom")}
    | {("waiting/waiting.py", role) for role in ("admin", "secretary")}
    | {("register/week.py", "admin")}
    | {(page, role) for page in OPENED_FROM_LISTS for role in ROLE_OF.values()}
)
FIRST = {
    "teacher": "register/today.py",
    "homeroom": "analytics/overview.py",
    "deputy": "analytics/overview.py",
    "head": "waiting/waiting.py",
    "admin": "year/year_opening.py",
    "secretary": "certificates/secretary_day.py",
}
FAMILY, LED_AWAY = frozenset({"guardian", "pupil"}), "открыть дневник"
pytestmark = pytest.mark.usefixtures("school_screens")


@pytest.fixture
def school_store(common_store: Store) -> Store:
    """The small school, at which all these tests only look."""
    return common_store


# The ways in are no pages of the menu.
WAYS_IN = {"code_entry.py", "factor_picture.py", "own_password.py", "second_step.py", "sign_in.py"}


def _is_screen(path: Path) -> bool:
    is_way_in = path.parent.name == "sign_in" and path.name in WAYS_IN
    return path.parent.name not in {"ui", "grid"} and path.name != "routes.py" and not is_way_in


def test_the_table_and_the_menu_name_every_page() -> None:
    scripts = {str(path.relative_to(PAGES)) for path in PAGES.glob("*/*.py") if _is_screen(path)}
    assert {page for page, _ in OPENS} == {row.path for row in existing_rows()} == scripts


@pytest.mark.parametrize("row", existing_rows(), ids=lambda row: row.path)
def test_a_page_opens_for_its_roles_and_refuses_the_others(row: PageRow, people: People) -> None:
    for name in NAMES:
        page = open_page(row.path, getattr(people, name))
        assert not page.exception, f"{name}: {[problem.message for problem in page.exception]}"
        # A family is led to its diary wherever it comes.
        is_led_away = name in FAMILY and LED_AWAY in texts(page)
        is_refused = NOT_FOR_YOU in texts(page) or is_led_away
        assert is_refused == (OPENS[row.path, ROLE_OF[name]] == "·"), f"{name}: {texts(page)}"


@pytest.mark.parametrize("row", existing_rows(), ids=lambda row: row.path)
def test_a_page_opened_without_signing_in_shows_nothing(row: PageRow) -> None:
    alone, in_the_app = screen(f"pages/{row.path}").run(), open_page(row.path)
    assert not alone.exception
    assert texts(alone) == "Войдите, чтобы открыть эту страницу."
    assert not in_the_app.exception
    version = f":small[:gray[Версия {__version__}]]"
    view = ":small[[Крупнее, контрастнее](/family/view)]  "
    shown = ["Школа у реки", "Вход", ":small[Электронный журнал]", view, version]
    assert texts(in_the_app).splitlines() == shown


def test_the_menu_shows_the_pages_that_open(people: People) -> None:
    for name in NAMES:
        role = ROLE_OF[name]
        shown = {row.path for row in menu_rows(getattr(people, name))}
        opening = {page for page, of_role in OPENS if of_role == role and OPENS[page, role] == "+"}
        assert shown == {page for page in opening if (page, role) not in NOT_IN_MENU}, name


def test_everybody_starts_where_their_work_is(people: People) -> None:
    for name in NAMES:
        row = first_row(getattr(people, name))
        assert (row.path if row else None) == FIRST.get(ROLE_OF[name])
