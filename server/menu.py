"""The menu: which pages there are, in which room, and whom they are shown to."""

from collections.abc import Callable, Collection
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import streamlit as st

from school.access.action import Action
from school.access.checks import may_somewhere
from school.access.writing import STAFF
from school.announcements.lookups.staff import waiting_announcements
from school.archive.lookups import waiting_papers
from school.calendar import school_year_of
from school.certificates.lookups.papers import waiting_for_office
from school.correspondence.lookups.order import waiting_complaints
from school.correspondence.lookups.threads import unread_of_staff, waiting_calls
from school.excuses.lookups import waiting_count
from school.records import Role, User
from school.tasks.lookups import waiting_answers
from school.year_plan.lookups import waiting_plan
from server.session import school

PAGES = Path(__file__).resolve().parents[1] / "pages"

ROOMS: dict[str, str] = {
    "register": "Уроки",
    "homeroom": "Класс",
    "talk": "Общение",
    "insight": "Анализ",
    "control": "Контроль",
    "forecast": "Прогнозы",
    "office": "Школа",
}

ANALYSIS = frozenset({"insight", "control", "forecast"})
LEADERS = frozenset({Role.HEAD, Role.DEPUTY})


@dataclass(frozen=True)
class PageRow:
    """A page: where it is, what the menu calls it, what it takes to open it.

    ``menu_roles`` narrows the menu to some roles; others who may open the page come by a link.
    """

    path: str
    title: str
    icon: str
    action: Action
    room: str
    menu_roles: frozenset[Role] = frozenset(Role)

    @property
    def file(self) -> Path:
        """The page's script."""
        return PAGES / self.path

    @property
    def url_path(self) -> str:
        """The page's address under the root of the site."""
        return Path(self.path).stem


# What waits for somebody stands in the menu: absences that families announce, answers to tasks, announcements, letters, calls for help, complaints,
# certificates that families ask for.
ABSENCES = "attendance/absences.py"
TASKS = "tasks/tasks.py"
ANNOUNCEMENTS = "announcements/announcements.py"
OFFICE = "certificates/secretary_day.py"
MESSAGES, HELP, LETTER_ORDER = (f"correspondence/{name}.py" for name in ("messages", "help", "letter_order"))
# Documents of the year that ends, to be printed, signed and sewn by 30 June.
ARCHIVE = "archive/archive.py"
# What is due of the plan of the year.
YEAR_PLAN = "year_plan/year_plan.py"
# The address that leads on to a person's first page.
HOME = "home"
OPENED_BY_LINK: frozenset[Role] = frozenset()

MENU: tuple[PageRow, ...] = (
    PageRow("register/today.py", "Сегодня", ":material/today:", Action.READ_DAY, "register"),
    PageRow("register/grid.py", "Журнал", ":material/grid_on:", Action.READ_REGISTER, "register"),
    PageRow("term_marks/term_marks.py", "Оценки за период", ":material/grade:", Action.READ_REGISTER, "register"),
    PageRow("councils/exams.py", "Экзамены и итог", ":material/workspace_premium:", Action.READ_REGISTER, "register"),
    PageRow("lesson_plans/lesson_plan.py", "Планирование (КТП)", ":material/format_list_numbered:", Action.READ_LESSON_PLANS, "register"),
    PageRow("tasks/tasks.py", "Задания", ":material/assignment:", Action.EDIT_LESSON, "register"),
    PageRow("materials/materials.py", "Материалы", ":material/folder_open:", Action.READ_REGISTER, "register"),
    PageRow("substitutions/substitution_log.py", "Журнал замен", ":material/published_with_changes:", Action.READ_SUBSTITUTION_LOG, "register"),
    PageRow("inspections/inspection_reports.py", "Справки о проверке", ":material/policy:", Action.ANSWER_INSPECTION, "register"),
    PageRow("attendance/absences.py", "Пропуски", ":material/event_busy:", Action.READ_ABSENCES, "homeroom"),
    PageRow("control/control.py", "Контроль класса", ":material/fact_check:", Action.READ_CLASS_CONTROL, "homeroom"),
    PageRow("control/requests.py", "Обращения", ":material/outgoing_mail:", Action.READ_CLASS_CONTROL, "homeroom", frozenset({Role.DEPUTY, Role.HEAD})),
    PageRow("families/family_work.py", "Семьи", ":material/family_restroom:", Action.READ_FAMILY_WORK, "homeroom"),
    PageRow("families/remarks.py", "Замечания", ":material/rate_review:", Action.READ_REMARKS, "homeroom"),
    PageRow("announcements/announcements.py", "Объявления", ":material/campaign:", Action.READ_ANNOUNCEMENTS, "talk"),
    PageRow("correspondence/messages.py", "Сообщения", ":material/mail:", Action.CORRESPOND, "talk", STAFF),
    PageRow("correspondence/help.py", "Помощь", ":material/help:", Action.CORRESPOND, "talk", STAFF),
    PageRow("correspondence/letter_order.py", "Порядок переписки", ":material/gavel:", Action.READ_COMPLAINTS, "talk"),
    PageRow("consultations/consultations.py", "Консультации", ":material/forum:", Action.HOLD_CONSULTATIONS, "talk"),
    PageRow("occasions/occasions.py", "События", ":material/event:", Action.READ_OCCASIONS, "talk"),
    PageRow("waiting/waiting.py", "Что меня ждёт", ":material/inbox:", Action.READ_YEAR_PLAN, "insight", LEADERS),
    PageRow("analytics/overview.py", "Обзор", ":material/dashboard:", Action.READ_QUALITY, "insight"),
    PageRow("analytics/quality.py", "Качество обучения", ":material/insights:", Action.READ_QUALITY, "insight"),
    PageRow("analytics/classes.py", "Классы", ":material/meeting_room:", Action.READ_QUALITY, "insight"),
    PageRow("analytics/school_class.py", "Класс", ":material/meeting_room:", Action.READ_QUALITY, "insight", OPENED_BY_LINK),
    PageRow("analytics/subjects.py", "Предметы", ":material/menu_book:", Action.READ_QUALITY, "insight"),
    PageRow("analytics/teachers.py", "Учителя", ":material/groups:", Action.READ_TEACHER_ACTIVITY, "insight"),
    PageRow("analytics/teacher.py", "Учитель", ":material/person:", Action.READ_TEACHER_ACTIVITY, "insight", OPENED_BY_LINK),
    PageRow("analytics/pupils.py", "Ученики", ":material/person_search:", Action.READ_PUPIL_HISTORY, "insight"),
    PageRow("analytics/pupil.py", "Ученик", ":material/person:", Action.READ_PUPIL_HISTORY, "insight", OPENED_BY_LINK),
    PageRow("analytics/side_by_side.py", "Сравнение", ":material/compare:", Action.READ_QUALITY, "insight"),
    PageRow("analytics/fair_comparison.py", "С учётом учеников", ":material/balance:", Action.READ_CONSISTENCY, "insight"),
    PageRow("analytics/register_work.py", "Работа с журналом", ":material/edit_note:", Action.READ_REGISTER_WORK, "control"),
    PageRow("analytics/curriculum.py", "Прохождение программ", ":material/checklist:", Action.READ_LESSON_PLANS, "control"),
    PageRow("analytics/attendance.py", "Посещаемость", ":material/event_available:", Action.READ_ATTENDANCE, "control"),
    PageRow("analytics/consistency.py", "Объективность", ":material/rule:", Action.READ_CONSISTENCY, "control"),
    PageRow("external_tests/external_tests.py", "ВПР, ОГЭ, ЕГЭ", ":material/school:", Action.READ_EXTERNAL_TESTS, "control"),
    PageRow("inspections/inspections.py", "Проверки журнала", ":material/policy:", Action.INSPECT, "control"),
    PageRow("inspections/control_state.py", "Состояние контроля", ":material/fact_check:", Action.READ_INSPECTIONS, "control"),
    PageRow(YEAR_PLAN, "План года и контроля", ":material/calendar_month:", Action.READ_YEAR_PLAN, "control"),
    PageRow("reports/reports.py", "Отчёты", ":material/summarize:", Action.READ_REPORTS, "insight"),
    PageRow("forecasts/forecasts.py", "Прогнозы", ":material/trending_up:", Action.READ_FORECASTS, "forecast"),
    PageRow("forecasts/at_risk.py", "Кому помочь", ":material/volunteer_activism:", Action.READ_FORECASTS, "forecast"),
    PageRow("forecasts/forecast_record.py", "Сбылось ли", ":material/rule:", Action.READ_FORECASTS, "forecast"),
    PageRow("year/year_opening.py", "Открытие года", ":material/flag:", Action.READ_YEAR_OPENING, "office"),
    PageRow("year/load.py", "Нагрузка", ":material/work_history:", Action.READ_YEAR_OPENING, "office"),
    PageRow("year/timetable.py", "Расписание", ":material/calendar_view_week:", Action.READ_YEAR_OPENING, "office"),
    PageRow("certificates/secretary_day.py", "Канцелярия", ":material/work:", Action.ISSUE_CERTIFICATES, "office"),
    PageRow("certificates/certificates.py", "Справки и выписки", ":material/approval:", Action.READ_CERTIFICATES, "office"),
    PageRow("certificates/report_cards.py", "Табели", ":material/assignment_ind:", Action.READ_REPORT_CARDS, "office"),
    PageRow("people/class_lists.py", "Списки классов", ":material/list_alt:", Action.READ_CLASS_LISTS, "office"),
    PageRow("people/pupil_list.py", "Учащиеся", ":material/school:", Action.READ_CLASS_LISTS, "office"),
    PageRow("people/pupil_card.py", "Карточка ученика", ":material/person:", Action.READ_CLASS_LISTS, "office", OPENED_BY_LINK),
    PageRow("people/staff.py", "Сотрудники", ":material/badge:", Action.READ_USERS, "office"),
    PageRow("invitations/invitations.py", "Коды приглашения", ":material/key:", Action.ISSUE_FAMILY_CODES, "office"),
    PageRow("people/users.py", "Пользователи", ":material/manage_accounts:", Action.READ_USERS, "office"),
    PageRow("sign_in/own_sign_ins.py", "Мой вход", ":material/passkey:", Action.KEEP_OWN_ACCOUNT, "office", OPENED_BY_LINK),
    PageRow("sign_in/sign_in_rules.py", "Вход и защита", ":material/shield_lock:", Action.EDIT_STAFF, "office"),
    PageRow("pushes/phone_pushes.py", "Уведомления на телефон", ":material/notifications:", Action.EDIT_STAFF, "office"),
    PageRow("account_signals/account_signals.py", "Признаки чужого входа", ":material/person_alert:", Action.CHECK_ACCOUNT_SIGNALS, "office"),
    PageRow("audit/events.py", "Журнал изменений", ":material/history:", Action.READ_EVENTS, "office"),
    PageRow("privacy/privacy.py", "Персональные данные", ":material/shield_person:", Action.READ_PRIVACY, "office"),
    PageRow("terms/terms.py", "Учебные периоды", ":material/event_available:", Action.READ_TERM_CLOSING, "office"),
    PageRow("councils/councils.py", "Решения педсовета", ":material/how_to_vote:", Action.READ_COUNCILS, "office"),
    PageRow("substitutions/substitutions.py", "Замены", ":material/swap_horiz:", Action.READ_SUBSTITUTIONS, "office"),
    PageRow("data_checks/data_checks.py", "Проверка данных", ":material/rule:", Action.READ_DATA_CHECKS, "office"),
    PageRow("term_marks/marking.py", "Веса и округление", ":material/tune:", Action.READ_MARKING, "office"),
    PageRow("forecasts/forecast_model.py", "Модель прогноза", ":material/model_training:", Action.READ_FORECAST_MODEL, "office"),
    PageRow("imports/imports.py", "Загрузка данных", ":material/upload_file:", Action.LOAD_FILES, "office"),
    PageRow("imports/exchange_profiles.py", "Обмен по профилям", ":material/swap_vert:", Action.EXPORT_JOURNAL, "office"),
    PageRow("my_school/my_school.py", "Моя школа", ":material/hub:", Action.EDIT_STAFF, "office"),
    PageRow("notices/school_mail.py", "Почта школы", ":material/mail:", Action.KEEP_MAIL, "office"),
    PageRow("backup/state.py", "Состояние", ":material/monitor_heart:", Action.READ_STATE, "office"),
    PageRow("paper/printing.py", "Печать журналов", ":material/print:", Action.READ_PAPERS, "office"),
    PageRow("archive/archive.py", "Архив", ":material/inventory_2:", Action.READ_ARCHIVE, "office"),
    PageRow("extracts/exchange.py", "Обмен данными", ":material/sync_alt:", Action.EXPORT_JOURNAL, "office"),
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
    """Return the pages that the user's menu shows."""
    return [row for row in existing_rows() if may_somewhere(user, row.action) and row.menu_roles & user.roles]


def may_open(user: User, path: str) -> bool:
    """Whether the user may open a page, by its path under ``pages``."""
    return any(row.path == path and may_somewhere(user, row.action) for row in existing_rows())


def first_row(user: User) -> PageRow | None:
    """Return the page that opens after sign-in, or None where the user's menu is empty."""
    rows = {row.path: row for row in menu_rows(user)}
    wanted = [FIRST_PAGES[role] for role in FIRST_PAGES if user.has(role)]
    return next((rows[path] for path in [*wanted, *rows] if path in rows), None)


def rooms_of(user: User | None) -> list[str]:
    """Return the rooms in the order of the user's menu: first those that the user's own work is in."""
    leads = user is not None and bool(user.roles & LEADERS)
    return sorted(ROOMS, key=lambda room: room not in ANALYSIS) if leads else list(ROOMS)


def navigation(user: User | None) -> st.Page:
    """Declare every page, so that an address leads to its page or its refusal; the menu shows only the user's.

    Returns the page that the address names; the bare address leads to the user's first page.
    """
    shown = frozenset(menu_rows(user)) if user else frozenset()
    # Copies: Streamlit notes in the page that it runs, and each visitor's thread runs its own.
    waiting = waiting_in_menu(user, shown)
    pages = {row.path: copy(_page(row, row in shown, waiting.get(row.path, 0))) for row in existing_rows()}
    first = first_row(user) if user else None

    def home() -> None:
        if first is None:
            st.info("Для вашей роли здесь пока нет страниц. Обратитесь к администратору журнала.")
        else:
            st.switch_page(pages[first.path])

    hidden = [st.Page(home, title="Журнал", url_path=HOME, default=True, visibility="hidden")]
    hidden += [pages[row.path] for row in existing_rows() if row not in shown]
    rooms = {
        ROOMS[room]: [pages[row.path] for row in existing_rows() if row in shown and row.room == room]
        for room in rooms_of(user)
    }
    sections = {"": hidden} | {title: rows for title, rows in rooms.items() if rows}
    return st.navigation(sections, position="sidebar" if user else "hidden", expanded=True)


def waiting_in_menu(user: User | None, shown: Collection[PageRow]) -> dict[str, int]:
    """Return the pages on which something waits for the user's answer, with how much."""
    if user is None:
        return {}
    here, paths = school(), {row.path for row in shown}
    today = here.clock().date()
    counts: dict[str, Callable[[], int]] = {
        ABSENCES: lambda: waiting_count(here.store, user),
        TASKS: lambda: waiting_answers(here.store, user, school_year_of(today), today=today),
        ANNOUNCEMENTS: lambda: waiting_announcements(here.store, user, today=today),
        MESSAGES: lambda: unread_of_staff(here.store, user, now=here.clock()),
        HELP: lambda: waiting_calls(here.store, user, now=here.clock()),
        LETTER_ORDER: lambda: waiting_complaints(here.store, user),
        ARCHIVE: lambda: waiting_papers(here.store, user, today=today),
        OFFICE: lambda: waiting_for_office(here.store, user),
        YEAR_PLAN: lambda: waiting_plan(here.store, user, today=today),
    }
    return {path: count() for path, count in counts.items() if path in paths}


@cache
def _page(row: PageRow, is_shown: bool, waiting: int) -> st.Page:
    visibility: Literal["visible", "hidden"] = "visible" if is_shown else "hidden"
    title = f"{row.title} · {waiting}" if waiting else row.title
    return st.Page(row.file, title=title, icon=row.icon, url_path=row.url_path, visibility=visibility)
