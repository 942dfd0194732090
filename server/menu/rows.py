"""The table of the menu: its places, the pages that are their views, and whom they are shown to."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from school.access.action import Action
from school.access.checks import may_somewhere
from school.access.writing import STAFF
from school.records import Role, User

PAGES = Path(__file__).resolve().parents[2] / "pages"
LEADERS = frozenset({Role.HEAD, Role.DEPUTY})


@dataclass(frozen=True)
class Place:
    """An entry of the menu. ``leads``: it stands first for those who lead the school."""

    title: str
    icon: str
    leads: bool = False


# In the order of the menu. The pages of a place are its views, in the order of ``MENU``; the menu opens the first of them.
PLACES: dict[str, Place] = {
    "today": Place("Сегодня", "today", leads=True),
    "desk": Place("Канцелярия", "work"),
    "register": Place("Журнал", "grid_on"),
    "marks": Place("Оценки за период", "grade"),
    "plans": Place("Планы и задания", "format_list_numbered"),
    "homeroom": Place("Класс", "meeting_room"),
    "pupils": Place("Учащиеся", "school"),
    "talk": Place("Общение", "forum"),
    "insight": Place("Качество", "insights", leads=True),
    "forecast": Place("Прогнозы", "trending_up", leads=True),
    "control": Place("Контроль", "fact_check", leads=True),
    "substitutions": Place("Замены", "swap_horiz"),
    "timetable": Place("Расписание", "calendar_view_week"),
    "papers": Place("Документы", "description"),
    "staff": Place("Сотрудники", "badge"),
    "office": Place("Школа", "home_work"),
}
# Of no place: beside one's own name at the foot of the menu.
NOWHERE = ""


@dataclass(frozen=True)
class PageRow:
    """A page: where it is, what it is called, what it takes to open it, and the place of the menu that it is a view of.

    ``menu_roles`` narrows the menu to some roles; others who may open the page come by a link. ``heading`` stands over the
    page where it says more than ``title``, None where the page draws its own. Views of a ``group`` are shown beside each other
    only; the place's first page leads to all groups. ``is_wide``: a grid, which has the width of the menu too.
    """

    path: str
    title: str
    icon: str
    action: Action
    place: str
    menu_roles: frozenset[Role] = frozenset(Role)
    heading: str | None = ""
    group: str = ""
    is_wide: bool = False

    @property
    def file(self) -> Path:
        """The page's script."""
        return PAGES / self.path

    @property
    def url_path(self) -> str:
        """The page's address under the root of the site."""
        return Path(self.path).stem


@dataclass(frozen=True)
class OwnPlace:
    """A place as one person has it: the views that they may open, in order."""

    code: str
    place: Place
    views: tuple[PageRow, ...]

    def beside(self, row: PageRow) -> tuple[PageRow, ...]:
        """Return the views that stand in a row over a page of the place: those of its group."""
        return tuple(view for view in self.views if view.group == row.group)


# What waits for somebody stands in the menu: absences that families announce, answers to tasks, announcements, letters, calls for help, complaints,
# certificates that families ask for.
ABSENCES = "attendance/absences.py"
TASKS = "tasks/tasks.py"
ANNOUNCEMENTS = "announcements/announcements.py"
OFFICE = "certificates/secretary_day.py"
MESSAGES, HELP, LETTER_ORDER = (f"correspondence/{name}.py" for name in ("messages", "help", "letter_order"))
# Documents of the year that ends, to be printed, signed and sewn by 30 June.
ARCHIVE = "archive/archive.py"
# Where the groups of what is done once a year begin.
WHOLE_SCHOOL = "search/whole_school.py"
# Documents to be acquainted with, or to be approved by the head.
DOCUMENTS = "regulations/documents.py"
# What is due of the plan of the year.
YEAR_PLAN = "year_plan/year_plan.py"
# The address that leads on to a person's first page.
HOME = "home"
OPENED_BY_LINK: frozenset[Role] = frozenset()
# Whose day has lessons in it, or is about them.
TEACHES_OR_LEADS = LEADERS | {Role.TEACHER, Role.HOMEROOM}
# Whom so many pages are for that they are found in groups.
IN_OFFICE = LEADERS | {Role.ADMIN, Role.SECRETARY}
YEAR, DATA, PROGRAM = "Учебный год", "Данные и обмен", "Доступ и работа программы"

MENU: tuple[PageRow, ...] = (
    PageRow("waiting/waiting.py", "Что меня ждёт", ":material/inbox:", Action.READ_YEAR_PLAN, "today", LEADERS),
    PageRow("register/today.py", "Сегодня", ":material/today:", Action.READ_DAY, "today"),
    PageRow("register/week.py", "Неделя", ":material/calendar_view_week:", Action.READ_REGISTER, "today", TEACHES_OR_LEADS),
    PageRow("substitutions/substitution_log.py", "Журнал замен", ":material/published_with_changes:", Action.READ_SUBSTITUTION_LOG, "today"),
    PageRow("certificates/secretary_day.py", "Канцелярия", ":material/work:", Action.ISSUE_CERTIFICATES, "desk"),
    PageRow("register/grid.py", "Журнал", ":material/grid_on:", Action.READ_REGISTER, "register", is_wide=True),
    PageRow("term_marks/term_marks.py", "Оценки за период", ":material/grade:", Action.READ_REGISTER, "marks", is_wide=True),
    PageRow("councils/exams.py", "Экзамены и итог", ":material/workspace_premium:", Action.READ_REGISTER, "marks", is_wide=True),
    PageRow("terms/terms.py", "Учебные периоды", ":material/event_available:", Action.READ_TERM_CLOSING, "marks"),
    PageRow("lesson_plans/lesson_plan.py", "Планирование (КТП)", ":material/format_list_numbered:", Action.READ_LESSON_PLANS, "plans"),
    PageRow("tasks/tasks.py", "Задания", ":material/assignment:", Action.EDIT_LESSON, "plans", heading="Индивидуальные задания"),
    PageRow("materials/materials.py", "Материалы", ":material/folder_open:", Action.READ_REGISTER, "plans"),
    PageRow("attendance/absences.py", "Пропуски", ":material/event_busy:", Action.READ_ABSENCES, "homeroom", is_wide=True),
    PageRow("control/control.py", "Контроль класса", ":material/fact_check:", Action.READ_CLASS_CONTROL, "homeroom"),
    PageRow("control/requests.py", "Обращения", ":material/outgoing_mail:", Action.READ_CLASS_CONTROL, "homeroom", frozenset({Role.DEPUTY, Role.HEAD})),
    PageRow("families/family_work.py", "Семьи", ":material/family_restroom:", Action.READ_FAMILY_WORK, "homeroom"),
    PageRow("people/pupil_list.py", "Учащиеся", ":material/school:", Action.READ_CLASS_LISTS, "pupils"),
    PageRow("people/class_lists.py", "Списки классов", ":material/list_alt:", Action.READ_CLASS_LISTS, "pupils"),
    PageRow("people/pupil_card.py", "Карточка ученика", ":material/person:", Action.READ_CLASS_LISTS, "pupils", OPENED_BY_LINK),
    PageRow("councils/councils.py", "Решения педсовета", ":material/how_to_vote:", Action.READ_COUNCILS, "pupils"),
    PageRow("invitations/invitations.py", "Коды приглашения", ":material/key:", Action.ISSUE_FAMILY_CODES, "pupils"),
    PageRow("correspondence/messages.py", "Сообщения", ":material/mail:", Action.CORRESPOND, "talk", STAFF),
    PageRow("announcements/announcements.py", "Объявления", ":material/campaign:", Action.READ_ANNOUNCEMENTS, "talk"),
    PageRow("families/remarks.py", "Замечания", ":material/rate_review:", Action.READ_REMARKS, "talk", heading="Замечания и рекомендации"),
    PageRow("consultations/consultations.py", "Консультации", ":material/forum:", Action.HOLD_CONSULTATIONS, "talk"),
    PageRow("occasions/occasions.py", "События", ":material/event:", Action.READ_OCCASIONS, "talk"),
    PageRow("correspondence/help.py", "Помощь", ":material/help:", Action.CORRESPOND, "talk", STAFF),
    PageRow("correspondence/letter_order.py", "Порядок переписки", ":material/gavel:", Action.READ_COMPLAINTS, "talk"),
    PageRow("analytics/overview.py", "Обзор", ":material/dashboard:", Action.READ_QUALITY, "insight"),
    PageRow("analytics/quality.py", "Качество обучения", ":material/insights:", Action.READ_QUALITY, "insight"),
    PageRow("analytics/classes.py", "Классы", ":material/meeting_room:", Action.READ_QUALITY, "insight"),
    PageRow("analytics/school_class.py", "Класс", ":material/meeting_room:", Action.READ_QUALITY, "insight", OPENED_BY_LINK, heading=None),
    PageRow("analytics/subjects.py", "Предметы", ":material/menu_book:", Action.READ_QUALITY, "insight"),
    PageRow("analytics/teachers.py", "Учителя", ":material/groups:", Action.READ_TEACHER_ACTIVITY, "insight"),
    PageRow("analytics/teacher.py", "Учитель", ":material/person:", Action.READ_TEACHER_ACTIVITY, "insight", OPENED_BY_LINK, heading=None),
    PageRow("analytics/pupils.py", "Ученики", ":material/person_search:", Action.READ_PUPIL_HISTORY, "insight"),
    PageRow("analytics/pupil.py", "Ученик", ":material/person:", Action.READ_PUPIL_HISTORY, "insight", OPENED_BY_LINK, heading=None),
    PageRow("analytics/side_by_side.py", "Сравнение", ":material/compare:", Action.READ_QUALITY, "insight"),
    PageRow("analytics/fair_comparison.py", "С учётом учеников", ":material/balance:", Action.READ_CONSISTENCY, "insight", heading="Сравнение с учётом учеников"),
    PageRow("forecasts/forecasts.py", "Прогнозы", ":material/trending_up:", Action.READ_FORECASTS, "forecast"),
    PageRow("forecasts/at_risk.py", "Кому помочь", ":material/volunteer_activism:", Action.READ_FORECASTS, "forecast"),
    PageRow("forecasts/forecast_record.py", "Сбылось ли", ":material/rule:", Action.READ_FORECASTS, "forecast"),
    PageRow("analytics/register_work.py", "Работа с журналом", ":material/edit_note:", Action.READ_REGISTER_WORK, "control"),
    PageRow("analytics/curriculum.py", "Прохождение программ", ":material/checklist:", Action.READ_LESSON_PLANS, "control"),
    PageRow("analytics/attendance.py", "Посещаемость", ":material/event_available:", Action.READ_ATTENDANCE, "control"),
    PageRow("analytics/consistency.py", "Объективность", ":material/rule:", Action.READ_CONSISTENCY, "control"),
    PageRow("external_tests/external_tests.py", "ВПР, ОГЭ, ЕГЭ", ":material/school:", Action.READ_EXTERNAL_TESTS, "control"),
    PageRow("inspections/inspections.py", "Проверки журнала", ":material/policy:", Action.INSPECT, "control"),
    PageRow("inspections/inspection_reports.py", "Справки о проверке", ":material/policy:", Action.ANSWER_INSPECTION, "control"),
    PageRow("inspections/control_state.py", "Состояние контроля", ":material/fact_check:", Action.READ_INSPECTIONS, "control"),
    PageRow(YEAR_PLAN, "План года и контроля", ":material/calendar_month:", Action.READ_YEAR_PLAN, "control"),
    PageRow("discipline/measures.py", "Меры", ":material/balance:", Action.KEEP_MEASURES, "control"),
    PageRow("substitutions/substitutions.py", "Замены", ":material/swap_horiz:", Action.READ_SUBSTITUTIONS, "substitutions"),
    PageRow("year/timetable.py", "Расписание", ":material/calendar_view_week:", Action.READ_YEAR_OPENING, "timetable"),
    PageRow("year/load.py", "Нагрузка", ":material/work_history:", Action.READ_YEAR_OPENING, "timetable"),
    PageRow("regulations/documents.py", "Документы школы", ":material/gavel:", Action.READ_DOCUMENTS, "papers"),
    PageRow("reports/reports.py", "Отчёты", ":material/summarize:", Action.READ_REPORTS, "papers"),
    PageRow("certificates/certificates.py", "Справки и выписки", ":material/approval:", Action.READ_CERTIFICATES, "papers"),
    PageRow("certificates/report_cards.py", "Табели", ":material/assignment_ind:", Action.READ_REPORT_CARDS, "papers", heading="Табели и личные карты"),
    PageRow("paper/printing.py", "Печать журналов", ":material/print:", Action.READ_PAPERS, "papers"),
    PageRow("archive/archive.py", "Архив", ":material/inventory_2:", Action.READ_ARCHIVE, "papers"),
    PageRow("people/staff.py", "Сотрудники", ":material/badge:", Action.READ_USERS, "staff"),
    PageRow("people/users.py", "Пользователи", ":material/manage_accounts:", Action.READ_USERS, "staff"),
    PageRow("sign_in/own_sign_ins.py", "Мой вход", ":material/passkey:", Action.KEEP_OWN_ACCOUNT, NOWHERE, OPENED_BY_LINK),
    PageRow("discipline/own_measures.py", "Меры ко мне", ":material/person:", Action.READ_OWN_MEASURES, NOWHERE, OPENED_BY_LINK),
    PageRow("search/whole_school.py", "Школа", ":material/home_work:", Action.KEEP_OWN_ACCOUNT, "office", IN_OFFICE),
    PageRow("year/year_opening.py", "Открытие года", ":material/flag:", Action.READ_YEAR_OPENING, "office", heading="Открытие учебного года", group=YEAR),
    PageRow("term_marks/marking.py", "Веса и округление", ":material/tune:", Action.READ_MARKING, "office", group=YEAR),
    PageRow("forecasts/forecast_model.py", "Модель прогноза", ":material/model_training:", Action.READ_FORECAST_MODEL, "office", group=YEAR),
    PageRow("data_checks/data_checks.py", "Проверка данных", ":material/rule:", Action.READ_DATA_CHECKS, "office", group=DATA),
    PageRow("imports/imports.py", "Загрузка данных", ":material/upload_file:", Action.LOAD_FILES, "office", group=DATA),
    PageRow("imports/exchange_profiles.py", "Обмен по профилям", ":material/swap_vert:", Action.EXPORT_JOURNAL, "office", group=DATA),
    PageRow("extracts/exchange.py", "Обмен данными", ":material/sync_alt:", Action.EXPORT_JOURNAL, "office", group=DATA),
    PageRow("my_school/my_school.py", "Моя школа", ":material/hub:", Action.EDIT_STAFF, "office", group=DATA),
    PageRow("audit/events.py", "Журнал изменений", ":material/history:", Action.READ_EVENTS, "office", group=PROGRAM),
    PageRow("privacy/privacy.py", "Персональные данные", ":material/shield_person:", Action.READ_PRIVACY, "office", group=PROGRAM),
    PageRow("sign_in/sign_in_rules.py", "Вход и защита", ":material/shield_lock:", Action.EDIT_STAFF, "office", group=PROGRAM),
    PageRow("account_signals/account_signals.py", "Признаки чужого входа", ":material/person_alert:", Action.CHECK_ACCOUNT_SIGNALS, "office", group=PROGRAM),
    PageRow("notices/school_mail.py", "Почта школы", ":material/mail:", Action.KEEP_MAIL, "office", group=PROGRAM),
    PageRow("pushes/phone_pushes.py", "Уведомления на телефон", ":material/notifications:", Action.EDIT_STAFF, "office", group=PROGRAM),
    PageRow("backup/state.py", "Состояние", ":material/monitor_heart:", Action.READ_STATE, "office", group=PROGRAM),
)  # fmt: skip

# The first role of a person's in this order decides which page opens after sign-in.
FIRST_PAGES: dict[Role, str] = {
    Role.HEAD: "waiting/waiting.py",
    Role.DEPUTY: "analytics/overview.py",
    Role.ADMIN: "year/year_opening.py",
    Role.TEACHER: "register/today.py",
    Role.HOMEROOM: "analytics/overview.py",
    Role.SECRETARY: OFFICE,
}


@cache
def existing_rows() -> tuple[PageRow, ...]:
    """Return the pages whose script is there."""
    return tuple(row for row in MENU if row.file.is_file())


def menu_rows(user: User) -> list[PageRow]:
    """Return the pages that are views of the places in the user's menu."""
    return list(_rows_of(user.roles))


def own_places(user: User) -> tuple[OwnPlace, ...]:
    """Return the entries of the user's menu, in order: those with a view that the user may open."""
    return _places_of(user.roles)


def may_open(user: User, path: str) -> bool:
    """Whether the user may open a page, by its path under ``pages``."""
    return any(row.path == path and may_somewhere(user, row.action) for row in existing_rows())


def first_row(user: User) -> PageRow | None:
    """Return the page that opens after sign-in, or None where the user's menu is empty."""
    rows = {row.path: row for row in menu_rows(user)}
    wanted = [FIRST_PAGES[role] for role in FIRST_PAGES if user.has(role)]
    return next((rows[path] for path in [*wanted, *rows] if path in rows), None)


@cache
def _rows_of(roles: frozenset[Role]) -> tuple[PageRow, ...]:
    someone = User(0, "", "", roles)
    return tuple(
        row for row in existing_rows() if may_somewhere(someone, row.action) and row.menu_roles & roles
    )


@cache
def _places_of(roles: frozenset[Role]) -> tuple[OwnPlace, ...]:
    order = list(PLACES)
    if roles & LEADERS:
        order.sort(key=lambda code: not PLACES[code].leads)
    views: dict[str, list[PageRow]] = {code: [] for code in order}
    for row in _rows_of(roles):
        views[row.place].append(row)
    return tuple(OwnPlace(code, PLACES[code], tuple(views[code])) for code in order if views[code])


def in_groups(rows: Iterable[PageRow]) -> list[tuple[str, tuple[PageRow, ...]]]:
    """Return the views of a place that stand in groups, group by group."""
    return [(group, tuple(each)) for group, each in groupby(rows, lambda row: row.group) if group]
