"""Every action and lookup × everybody, asked about rows that are not theirs: refused, or answered with nothing of them.

Everybody else belongs to 7А; every question is about 8Б, which the stranger teaches and the leader leads, or about
the school.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import Any

import duckdb
import pandas as pd
import pytest
from small_school import (
    CLASS_8B,
    MATHS,
    NAMES,
    NOW,
    ORDINARY_WORK,
    OWNER_STAFF,
    QUARTER_1,
    QUARTER_2,
    SCHOOL,
    STRANGE_CHILD,
    STRANGER_STAFF,
    STRANGERS_LESSON_TODAY,
    STRANGERS_LESSON_YESTERDAY,
    UNMARKED_STRANGE_CHILD,
    USER_IDS,
    People,
    people_of,
)
from streamlit_authenticator import Hasher

import school
from school.access.action import Action
from school.analytics.lookups import consistency, curriculum, pupil_history, register_work
from school.analytics.lookups import tables as analytics
from school.analytics.store.frames import PeriodRow
from school.attendance import actions as absences
from school.attendance import lookups as absence_lookups
from school.audit import lookups as audit_lookups
from school.audit.store import EventFilter
from school.control import actions as control
from school.control.lookups import classes as homeroom
from school.control.lookups import gaps as control_lookups
from school.data_checks import lookups as data_checks
from school.errors import AccessRefused, RuleRefused
from school.external_tests import actions as external_test_actions
from school.external_tests import lookups as external_test_lookups
from school.extracts import actions as journal
from school.extracts import lookups as extract_lookups
from school.families import actions as remarks
from school.families.lookups import diary
from school.families.lookups import remarks as remark_lookups
from school.files.plan import ImportKind, Plan, SourceRow
from school.forecasts import actions as forecast_actions
from school.forecasts import lookups as forecasts
from school.homework import actions as homework
from school.homework import lookups as homework_lookup
from school.imports import lookups as import_lookups
from school.imports.actions import loads as imports
from school.imports.actions.file_kinds import LoadChoices
from school.inspections import actions as inspections
from school.inspections import lookups as inspection_lookups
from school.invitations import actions as invitations
from school.invitations import lookups as invitation_lookups
from school.lesson_plans import actions as lesson_plan
from school.lesson_plans import lookups as plan_lookup
from school.people.actions import accounts, movements, pupils, staff
from school.people.lookups import class_lists as office
from school.people.lookups import pupils as pupil_lookups
from school.people.lookups import staff as staff_lookups
from school.people.records import ClassOfYear, GuardianDraft, Invitee, PersonKind, PupilDraft, StaffDraft
from school.records import (
    AbsenceReason,
    HomeworkState,
    InspectionScope,
    Lesson,
    PersonName,
    PlanTopic,
    RegisterFinding,
    RegisterKey,
    RegisterRow,
    RemarkKind,
    Role,
    Substitution,
    SubstitutionKind,
    Term,
    User,
    WorkType,
)
from school.register.actions import batch, entries
from school.register.lookups import registers as register
from school.register.lookups import today
from school.register.store.lessons import lessons_by_id
from school.reports import actions as report_actions
from school.reports import lookups as report_lookups
from school.reports.records import ReportKind, ReportOrder, Span
from school.sign_in.actions.attempts import SignInRefused
from school.sign_in.lookups import accounts as account_lookups
from school.sign_in.store.users import users_by_id
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.rows import SchoolStructure
from school.substitutions import actions as substitutions
from school.substitutions import lookups as substitution_lookups
from school.substitutions.store import save_substitution
from school.term_marks.actions import entries as term_marks
from school.term_marks.actions import settings as marking
from school.term_marks.lookups import settings as marking_lookups
from school.term_marks.lookups import term_marks as term_mark_lookups
from school.term_marks.lookups import whom_to_ask
from school.term_marks.rules.term_marks import Rounding
from school.terms import actions as terms
from school.terms import lookups as term_lookups
from school.year import lookups as opening_lookups
from school.year.actions import founding, opening, teaching_load, timetable
from school.year.records import YearKey
from school.year.store.calendars import calendar_of

TODAY = NOW.date()
REGISTER_8B = RegisterKey(CLASS_8B, MATHS)
TERM = Term(QUARTER_2, 2026, "quarter", 2, date(2026, 11, 2), date(2026, 12, 29))
PERIOD = PeriodRow(2026, "quarter", 2, TERM.starts_on, TERM.ends_on, (QUARTER_2,), 2, True, True)
YEAR_KEY = YearKey(SCHOOL, 2026)
NAMES_OF_8B = ("8Б", "Яковлев", "Борисова", "Щукин", "Стрельцов")

INSPECTION_DRAFT = inspections.InspectionDraft(
    "Проверка", 2026, TERM.starts_on, TERM.ends_on, InspectionScope((QUARTER_2,), ("marks",))
)

NOBODY: Set[str] = frozenset()
INSPECTORS = {"head", "deputy"}
TEACHER = {"stranger"}
LEADER = {"leader"}
REGISTER_READERS = {"stranger", "leader", "head", "deputy", "admin"}
ANALYSTS = {"stranger", "leader", "head", "deputy"}
OVERSEERS = {"leader", "head", "deputy"}
CONTROLLERS = {"head", "deputy", "admin"}


def everybody(people: People) -> dict[str, User]:
    """Return the people of the small school and the homeroom teacher of 8Б."""
    leader = User(
        people.homeroom.user_id, "leader", "", frozenset({Role.HOMEROOM}), None, frozenset({CLASS_8B})
    )
    return {name: getattr(people, name) for name in NAMES} | {"leader": leader}


def names_8b(answer: Any) -> bool:
    """Whether an answer names the class, its pupils or its teacher."""
    return any(name in repr(answer) for name in NAMES_OF_8B)


def holds_8b(frame: pd.DataFrame) -> bool:
    return bool((frame["class_id"] == CLASS_8B).any())


LOADERS_OF_ENTRIES, LOADERS = {"admin", "secretary"}, {"deputy", "admin", "secretary"}
LOADERS_OF_SETS = {"admin"}
ROW_OF_8B = [
    SourceRow(
        2,
        {
            "full_name": "Борисова Юлия",
            "school_class": "8Б",
            "subject": "Математика",
            "lesson_date": "17.11.2026",
            "mark": "5",
        },
    )
]
WISH, FILE = LoadChoices(SCHOOL, 2026, date(2026, 11, 20)), imports.SourceFile("8Б.xlsx", "0")
NOTHING: Plan[Any] = Plan(ImportKind.FACTS)


def _preview_of_8b(store: Store, user: User) -> Plan[Any]:
    return imports.preview(store, user, ImportKind.FACTS, ROW_OF_8B, WISH, now=NOW)


def _undo_of_8b(store: Store, user: User) -> None:
    loader = people_of(store).admin
    plan = _preview_of_8b(store, loader)
    batch = imports.load(store, loader, ImportKind.FACTS, ROW_OF_8B, WISH, plan, FILE, now=NOW)
    try:
        imports.undo(store, user, batch, now=NOW)
    except AccessRefused:
        imports.undo(store, loader, batch, now=NOW)
        raise


def was_done(_answer: Any) -> bool:
    return True


def passed(call: Callable[[], object]) -> bool:
    """Whether the call came past the door; a rule may still stop it behind."""
    with suppress(RuleRefused):
        call()
    return True


def was_saved(results: Sequence[batch.CellResult | term_marks.TermMarkResult]) -> bool:
    return any(result.status is batch.EntryStatus.SAVED for result in results)


@dataclass(frozen=True)
class Question:
    """A call about 8Б, who may make it, and whether an answer tells anything of 8Б."""

    ask: Callable[[Store, User], Any]
    allowed: Set[str]
    tells: Callable[[Any], bool] = names_8b


def _keep_calendar(store: Store, user: User) -> None:
    calendar = calendar_of(store, SCHOOL, 2026)
    assert calendar is not None
    opening.save_year_calendar(store, user, SCHOOL, calendar, now=NOW)


def _loading(store: Store, user: User) -> None:
    with suppress(duckdb.Error):  # nothing is staged: whoever may load is told so by the database
        journal.import_journal(store, user, "nothing_staged", now=NOW)


def _preview(store: Store, user: User) -> None:
    with suppress(duckdb.Error):
        journal.preview_journal(store, user, "nothing_staged")


def _load_set(store: Store, user: User) -> None:
    with suppress(duckdb.Error):  # as above
        imports.load_extract(store, user, "nothing_staged", ({}, {}), FILE, refused_before=0, now=NOW)


def _exported_tables(store: Store, user: User) -> int:
    with journal.journal_tables(store, user, TODAY) as (_, tables):
        return len(tables)


def _the_deputy(store: Store) -> User:
    return users_by_id(store, [USER_IDS["deputy"]])[USER_IDS["deputy"]]


def _inspection_of_8b(store: Store, *, is_published: bool) -> int:
    """An inspection that names the stranger's lessons in 8Б."""
    deputy, found = _the_deputy(store), [RegisterFinding("not_filled", CLASS_8B, MATHS, STRANGER_STAFF, 1, 2)]
    inspection_id = inspections.start_inspection(store, deputy, INSPECTION_DRAFT, found, {}, now=NOW)
    if is_published:
        inspections.write_conclusion(store, deputy, inspection_id, "Вывод", "", now=NOW)
        inspections.publish_inspection(store, deputy, inspection_id, now=NOW)
    return inspection_id


def _publish_inspection(store: Store, user: User) -> None:
    inspection_id = _inspection_of_8b(store, is_published=False)
    inspections.write_conclusion(store, _the_deputy(store), inspection_id, "Вывод", "", now=NOW)
    inspections.publish_inspection(store, user, inspection_id, now=NOW)


def _edit_inspection(store: Store, user: User) -> None:
    inspection_id = _inspection_of_8b(store, is_published=False)
    (finding,) = inspection_lookups.inspection_page(store, _the_deputy(store), inspection_id).findings
    edit = inspections.FindingEdit(finding.finding_id, is_kept=True, note="Заполнить")
    inspections.edit_findings(store, user, [edit], now=NOW)


def _about_inspection(ask: Callable[[Store, User], Any]) -> Callable[[Store, User], Any]:
    """Ask once an inspection of 8Б was made known."""

    def question(store: Store, user: User) -> Any:
        _inspection_of_8b(store, is_published=True)
        return ask(store, user)

    return question


def _remark_of_8b(store: Store) -> int:
    stranger = users_by_id(store, [USER_IDS["stranger"]])[USER_IDS["stranger"]]
    return remarks.write_remark(store, stranger, REMARK_OF_8B, now=NOW)


def _leave_of_8b(store: Store) -> int:
    leader = User(0, "leader", "", frozenset({Role.HOMEROOM}), None, frozenset({CLASS_8B}))
    absences.give_reason(store, leader, LEAVE_OF_8B, now=NOW)
    return int(store.read("SELECT max(leave_id) FROM leaves")[0][0])


def _substitution_of_8b(store: Store) -> int:
    """Let the stranger give a lesson of 8Б in place of a colleague."""

    def work(change: Transaction) -> None:
        row = Substitution(
            SUBSTITUTION_OF_8B,
            STRANGERS_LESSON_TODAY,
            SubstitutionKind.SUBJECT,
            OWNER_STAFF,
            STRANGER_STAFF,
            None,
            "болезнь",
        )
        save_substitution(change, row, at=NOW, user_id=None)
        change.record(Event(NOW, None, "substitution"))

    store.write(work)
    return SUBSTITUTION_OF_8B


def _with_leave(store: Store, user: User, lookup: Callable[..., Any]) -> Any:
    _leave_of_8b(store)
    return lookup(store, user, [STRANGERS_LESSON_TODAY])


SUBSTITUTION_OF_8B = 501
MARK_OF_8B = batch.CellEdit(STRANGERS_LESSON_TODAY, STRANGE_CHILD, "5")
HEAD_OF_8B = entries.LessonHead("Корни", None, HomeworkState.NONE)
QUARTER_2_STRETCH = consistency.TermSpan((QUARTER_2,), (QUARTER_1,), date(2026, 9, 1))
RESULT_OF_8B = SourceRow(
    2,
    {
        "class": "8Б",
        "pupil": "Яковлев Олег",
        "kind": "ВПР",
        "subject": "Математика",
        "held_on": "10.11.2026",
        "mark": "4",
    },
)
FIGURE_OF_8B = pd.DataFrame({"class_id": [CLASS_8B], "teacher_id": [STRANGER_STAFF]})
FORECAST_OF_8B = pd.DataFrame({"class_id": [CLASS_8B], "subject_id": [MATHS], "pupil_id": [STRANGE_CHILD]})


def _remembered_8b(store: Store) -> Store:
    """Forecasts of the closed quarter, remembered in its second week."""
    row = {"class_id": CLASS_8B, "subject_id": MATHS, "pupil_id": STRANGE_CHILD, "term_id": QUARTER_1}
    rows = pd.DataFrame([row | {"p2": 0.1, "p3": 0.2, "p4": 0.4, "p5": 0.3, "rounded_mean": None}])
    forecast_actions.remember_forecasts(store, rows, as_of=date(2026, 9, 13), model_id=None, now=NOW)
    return store


PLAN_OF_8B = lesson_plan.PlanChange([PlanTopic("Корни 8Б", 2)], (), "проверка")


def _lesson_of_8b(store: Store) -> Lesson:
    return lessons_by_id(store, [STRANGERS_LESSON_TODAY])[STRANGERS_LESSON_TODAY]


def _save_plan_of_8b(store: Store, user: User) -> None:
    lesson_plan.save_plan(store, user, REGISTER_8B, PLAN_OF_8B, now=NOW)


def _task_of_8b(store: Store, user: User) -> int:
    task = homework.NewTask("Доклад", [STRANGE_CHILD])
    return homework.add_task(store, user, STRANGERS_LESSON_TODAY, task, now=NOW)


def _add_file_of_8b(store: Store, user: User) -> None:
    homework.add_file(store, user, STRANGERS_LESSON_TODAY, "Задание.txt", b"8", now=NOW)


def _file_of_8b(store: Store) -> int:
    if not store.read("SELECT 1 FROM homework_files"):
        _add_file_of_8b(store, _stranger(store))
    return store.read("SELECT max(file_id) FROM homework_files")[0][0]


def _stranger(store: Store) -> User:
    return users_by_id(store, [USER_IDS["stranger"]])[USER_IDS["stranger"]]


def _remove_task(store: Store, user: User) -> None:
    task_id = _task_of_8b(store, _stranger(store))
    homework.remove_task(store, user, STRANGERS_LESSON_TODAY, task_id, now=NOW)


ABSENCE_OF_8B = batch.CellEdit(STRANGERS_LESSON_YESTERDAY, UNMARKED_STRANGE_CHILD, "Б", reason="справка")
LEAVE_OF_8B = absences.LeaveOrder(
    CLASS_8B, (STRANGE_CHILD,), TODAY, TODAY, AbsenceReason.VALID, note="олимпиада"
)
REQUEST_OF_8B = control.RequestDraft(
    CLASS_8B, MATHS, STRANGER_STAFF, QUARTER_2, (STRANGERS_LESSON_TODAY,), TODAY
)
REMARK_OF_8B = remarks.RemarkDraft(STRANGE_CHILD, RemarkKind.REMARK, "Нет тетради")
WORK_TYPE = WorkType(marking.NEW, "Диктант", "Дикт", 1.0, True)
TERM_MARK_OF_8B = term_marks.TermMarkEdit(REGISTER_8B, QUARTER_2, STRANGE_CHILD, "3", reason="мало отметок")
ROW_8B = RegisterRow(
    REGISTER_8B, 2026, "8Б", 8, "Математика", "", frozenset({STRANGER_STAFF}), "Стрельцов Г.", 5.0
)

REPORT_ON_8B = ReportOrder(ReportKind.HOMEROOM, Span(2026, "quarter", 1), CLASS_8B)


def _keep_report_on_8b(store: Store, user: User) -> int:
    content = report_actions.ReportContent(b"{}", "8Б класс", "")
    return report_actions.keep_report(store, user, REPORT_ON_8B, content, now=NOW)


def _about_report(ask: Callable[[Store, User, int], Any]) -> Callable[[Store, User], Any]:
    """Ask about a report on 8Б that the deputy has made."""
    return lambda store, user: ask(store, user, _keep_report_on_8b(store, _the_deputy(store)))


QUESTIONS: dict[str, Question] = {
    "reports.actions.keep_report": Question(_keep_report_on_8b, {"deputy"} | LEADER, was_done),
    "reports.actions.switch_schedule": Question(
        lambda store, user: report_actions.switch_schedule(store, user, is_on=False, now=NOW),
        {"deputy", "admin"},
        was_done,
    ),
    "reports.lookups.shelf": Question(
        _about_report(lambda store, user, _: report_lookups.shelf(store, user)), {"head", "deputy"} | LEADER
    ),
    "reports.lookups.report_content": Question(
        _about_report(report_lookups.report_content), {"head", "deputy"} | LEADER
    ),
    "reports.lookups.kinds_to_make": Question(
        lambda _, user: report_lookups.kinds_to_make(user),
        {"owner", "stranger", "homeroom", "deputy", "admin"} | LEADER,
        bool,
    ),
    "reports.lookups.periods_for": Question(
        lambda store, user: report_lookups.periods_for(store, user, ReportKind.PERFORMANCE), {"deputy"}, bool
    ),
    "reports.lookups.subjects_of_report": Question(
        lambda store, user: report_lookups.subjects_of_report(store, user, ReportKind.HOMEROOM, PERIOD),
        {"deputy"} | LEADER,
    ),
    "reports.lookups.may_switch_schedule": Question(
        lambda _, user: report_lookups.may_switch_schedule(user), {"deputy", "admin"}, bool
    ),
    "inspections.actions.start_inspection": Question(
        lambda store, user: inspections.start_inspection(store, user, INSPECTION_DRAFT, [], {}, now=NOW),
        INSPECTORS,
        was_done,
    ),
    "inspections.actions.edit_findings": Question(
        _edit_inspection,
        INSPECTORS,
        was_done,
    ),
    "inspections.actions.add_finding": Question(
        lambda store, user: inspections.add_finding(
            store,
            user,
            _inspection_of_8b(store, is_published=False),
            "Задания велики",
            (CLASS_8B, MATHS, STRANGER_STAFF),
            now=NOW,
        ),
        INSPECTORS,
        was_done,
    ),
    "inspections.actions.write_conclusion": Question(
        lambda store, user: inspections.write_conclusion(
            store, user, _inspection_of_8b(store, is_published=False), "Вывод", "", now=NOW
        ),
        INSPECTORS,
        was_done,
    ),
    "inspections.actions.publish_inspection": Question(
        _publish_inspection,
        INSPECTORS,
        was_done,
    ),
    "inspections.actions.discard_inspection": Question(
        lambda store, user: inspections.discard_inspection(
            store, user, _inspection_of_8b(store, is_published=False), now=NOW
        ),
        INSPECTORS,
        was_done,
    ),
    "inspections.actions.confirm_inspection": Question(
        lambda store, user: inspections.confirm_inspection(
            store, user, _inspection_of_8b(store, is_published=True), now=NOW
        ),
        TEACHER,
        was_done,
    ),
    "inspections.actions.answer_inspection": Question(
        lambda store, user: inspections.answer_inspection(
            store, user, _inspection_of_8b(store, is_published=True), "Заполнено", now=NOW
        ),
        TEACHER,
        was_done,
    ),
    "inspections.lookups.inspections": Question(
        _about_inspection(inspection_lookups.inspections),
        INSPECTORS,
        bool,
    ),
    "inspections.lookups.inspection_page": Question(
        lambda store, user: inspection_lookups.inspection_page(
            store, user, _inspection_of_8b(store, is_published=True)
        ),
        INSPECTORS,
        bool,
    ),
    "inspections.lookups.own_reports": Question(
        _about_inspection(inspection_lookups.own_reports),
        TEACHER,
        bool,
    ),
    "inspections.lookups.unread_reports": Question(
        _about_inspection(inspection_lookups.unread_reports),
        TEACHER,
        bool,
    ),
    "inspections.lookups.gaps_of_lessons": Question(
        lambda store, user: inspection_lookups.gaps_of_lessons(store, user, [QUARTER_2], NOW),
        INSPECTORS,
        bool,
    ),
    "inspections.lookups.inspection_before": Question(
        _about_inspection(inspection_lookups.inspection_before),
        INSPECTORS,
        bool,
    ),
    "inspections.lookups.inspection_due": Question(
        lambda store, user: inspection_lookups.inspection_due(
            store, user, [("2-я четверть", TERM.starts_on, TERM.ends_on)], TERM.ends_on
        ),
        INSPECTORS,
        bool,
    ),
    "register.actions.entries.lesson_to_describe": Question(
        lambda store, user: store.write(
            lambda change: entries.lesson_to_describe(change, user, STRANGERS_LESSON_TODAY, NOW)
        ),
        TEACHER,
        was_done,
    ),
    "register.actions.entries.write_head": Question(
        lambda store, user: store.write(
            lambda change: entries.write_head(change, user, STRANGERS_LESSON_TODAY, HEAD_OF_8B, NOW)
        ),
        TEACHER,
        was_done,
    ),
    "lesson_plans.actions.save_plan": Question(_save_plan_of_8b, TEACHER, was_done),
    "homework.actions.write_lesson": Question(
        lambda store, user: homework.write_lesson(
            store, user, STRANGERS_LESSON_TODAY, homework.LessonEntry(HEAD_OF_8B), now=NOW
        ),
        TEACHER,
        was_done,
    ),
    "homework.actions.add_file": Question(_add_file_of_8b, TEACHER, was_done),
    "homework.actions.remove_file": Question(
        lambda store, user: homework.remove_file(store, user, _file_of_8b(store), now=NOW),
        TEACHER,
        was_done,
    ),
    "homework.actions.add_task": Question(_task_of_8b, TEACHER, was_done),
    "homework.actions.remove_task": Question(_remove_task, TEACHER, was_done),
    "lesson_plans.lookups.plan_years": Question(
        plan_lookup.plan_years, REGISTER_READERS | {"owner", "homeroom"}, bool
    ),
    "lesson_plans.lookups.plan_registers": Question(
        lambda store, user: plan_lookup.plan_registers(store, user, 2026, today=TODAY), REGISTER_READERS
    ),
    "lesson_plans.lookups.plan_page": Question(
        lambda store, user: plan_lookup.plan_page(store, user, REGISTER_8B, today=TODAY), REGISTER_READERS
    ),
    "lesson_plans.lookups.copy_sources": Question(
        lambda store, user: plan_lookup.copy_sources(store, user, REGISTER_8B), TEACHER, was_done
    ),
    "lesson_plans.lookups.topics_to_copy": Question(
        lambda store, user: plan_lookup.topics_to_copy(store, user, REGISTER_8B, REGISTER_8B),
        NOBODY,
        was_done,
    ),
    "lesson_plans.lookups.lesson_topics": Question(
        lambda store, user: plan_lookup.lesson_topics(store, user, _lesson_of_8b(store)),
        REGISTER_READERS,
        was_done,
    ),
    "homework.lookups.lesson_homework": Question(
        lambda store, user: homework_lookup.lesson_homework(store, user, _lesson_of_8b(store)),
        REGISTER_READERS,
        was_done,
    ),
    "homework.lookups.task_recipients_of": Question(
        lambda store, user: homework_lookup.task_recipients_of(store, user, _lesson_of_8b(store), TERM),
        TEACHER,
    ),
    "homework.lookups.read_file": Question(
        lambda store, user: homework_lookup.read_file(store, user, _file_of_8b(store)),
        REGISTER_READERS,
        was_done,
    ),
    "register.actions.entries.enter_cells": Question(
        lambda store, user: entries.enter_cells(store, user, [MARK_OF_8B], now=NOW), TEACHER, was_saved
    ),
    "register.actions.entries.confirm_attendance": Question(
        lambda store, user: entries.confirm_attendance(store, user, [STRANGERS_LESSON_TODAY], now=NOW),
        TEACHER,
        was_done,
    ),
    "year.actions.founding.check_may_found": Question(
        lambda store, user: store.write(lambda transaction: founding.check_may_found(transaction, user)),
        {"admin"},
        was_done,
    ),
    "year.actions.founding.write_structure": Question(
        lambda store, user: founding.write_structure(store, user, SchoolStructure(), now=NOW),
        {"admin"},
        was_done,
    ),
    "year.actions.founding.write_lessons": Question(
        lambda store, user: founding.write_lessons(store, user, [], now=NOW), {"admin"}, was_done
    ),
    "year.actions.founding.write_term_marks": Question(
        lambda store, user: founding.write_term_marks(store, user, []), {"admin"}, was_done
    ),
    "year.actions.founding.write_lesson_plans": Question(
        lambda store, user: founding.write_lesson_plans(store, user, [], []), {"admin"}, was_done
    ),
    "year.actions.founding.write_homework": Question(
        lambda store, user: founding.write_homework(store, user, [], [], [], now=NOW), {"admin"}, was_done
    ),
    "year.actions.founding.close_terms": Question(
        lambda store, user: founding.close_terms(store, user, [(QUARTER_2, NOW, user.user_id)]),
        {"admin"},
        was_done,
    ),
    "extracts.actions.check_may_import": Question(
        lambda _, user: journal.check_may_import(user), {"admin"}, was_done
    ),
    "extracts.actions.check_may_export": Question(
        lambda _, user: journal.check_may_export(user), {"admin", "secretary"}, was_done
    ),
    "extracts.actions.preview_journal": Question(_preview, {"admin"}, was_done),
    "extracts.actions.import_journal": Question(_loading, {"admin"}, was_done),
    "extracts.actions.journal_tables": Question(_exported_tables, {"admin", "secretary"}, bool),
    "extracts.actions.note_export": Question(
        lambda store, user: journal.note_export(store, user, {}, now=NOW), {"admin", "secretary"}, was_done
    ),
    "imports.actions.loads.check_may_load": Question(
        lambda _, user: imports.check_may_load(user, ImportKind.FACTS), LOADERS_OF_ENTRIES, was_done
    ),
    "imports.actions.loads.preview": Question(
        _preview_of_8b, LOADERS_OF_ENTRIES, lambda plan: bool(plan.new)
    ),
    "imports.actions.loads.load": Question(
        lambda store, user: passed(
            lambda: imports.load(store, user, ImportKind.FACTS, ROW_OF_8B, WISH, NOTHING, FILE, now=NOW)
        ),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.actions.loads.load_extract": Question(_load_set, LOADERS_OF_SETS, was_done),
    "imports.actions.loads.undo": Question(_undo_of_8b, LOADERS_OF_ENTRIES, was_done),
    "imports.actions.loads.keep_profile": Question(
        lambda store, user: imports.keep_profile(store, user, ImportKind.FACTS, "свой", "{}", now=NOW),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.actions.loads.drop_profile": Question(
        lambda store, user: imports.drop_profile(store, user, ImportKind.FACTS, 1, now=NOW),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.lookups.loading_frame": Question(import_lookups.loading_frame, LOADERS, was_done),
    "imports.lookups.class_names": Question(
        lambda store, user: import_lookups.class_names(store, user, SCHOOL, 2026), LOADERS
    ),
    "imports.lookups.earlier_loads": Question(import_lookups.earlier_loads, LOADERS, was_done),
    "imports.lookups.loading_profiles": Question(
        lambda store, user: import_lookups.loading_profiles(store, user, ImportKind.FACTS), LOADERS, was_done
    ),
    "term_marks.actions.settings.save_work_type": Question(
        lambda store, user: passed(lambda: marking.save_work_type(store, user, WORK_TYPE, now=NOW)),
        {"deputy", "admin"},
        was_done,
    ),
    "term_marks.actions.settings.retire_work_type": Question(
        lambda store, user: marking.retire_work_type(store, user, ORDINARY_WORK, is_retired=True, now=NOW),
        {"deputy", "admin"},
        was_done,
    ),
    "term_marks.actions.settings.set_rounding": Question(
        lambda store, user: marking.set_rounding(store, user, MATHS, Rounding.FROM_65, now=NOW),
        {"deputy", "admin"},
        was_done,
    ),
    "term_marks.actions.entries.enter_term_marks": Question(
        lambda store, user: term_marks.enter_term_marks(store, user, [TERM_MARK_OF_8B], now=NOW),
        TEACHER,
        was_saved,
    ),
    "term_marks.actions.entries.explain_term_marks": Question(
        lambda store, user: passed(
            lambda: term_marks.explain_term_marks(
                store, user, REGISTER_8B, QUARTER_2, {STRANGE_CHILD: "мало отметок"}, now=NOW
            )
        ),
        TEACHER,
        was_done,
    ),
    "terms.actions.ask_correction": Question(
        lambda store, user: passed(
            lambda: terms.ask_correction(store, user, REGISTER_8B, QUARTER_1, "описка", now=NOW)
        ),
        TEACHER,
        was_done,
    ),
    "terms.actions.grant_correction": Question(
        lambda store, user: passed(lambda: terms.grant_correction(store, user, 0, 3, now=NOW)),
        {"deputy"},
        was_done,
    ),
    "terms.actions.decline_correction": Question(
        lambda store, user: passed(lambda: terms.decline_correction(store, user, 0, "поздно", now=NOW)),
        {"deputy"},
        was_done,
    ),
    "terms.actions.close_term": Question(
        lambda store, user: passed(lambda: terms.close_term(store, user, 2026, "quarter", 2, now=NOW)),
        {"deputy"},
        was_done,
    ),
    "terms.actions.reopen_term": Question(
        lambda store, user: passed(
            lambda: terms.reopen_term(store, user, 2026, "quarter", 2, "ошибка", now=NOW)
        ),
        {"deputy"},
        was_done,
    ),
    "term_marks.lookups.settings.marking_settings": Question(
        marking_lookups.marking_settings, CONTROLLERS, lambda settings: bool(settings.work_types)
    ),
    "term_marks.lookups.term_marks.term_marks_page": Question(
        lambda store, user: term_mark_lookups.term_marks_page(store, user, REGISTER_8B, QUARTER_1, now=NOW),
        REGISTER_READERS,
    ),
    "term_marks.lookups.term_marks.term_mark_history": Question(
        lambda store, user: term_mark_lookups.term_mark_history(
            store, user, REGISTER_8B, QUARTER_1, STRANGE_CHILD
        ),
        REGISTER_READERS,
        was_done,
    ),
    "term_marks.lookups.term_marks.correction_state": Question(
        lambda store, user: passed(
            lambda: term_mark_lookups.correction_state(store, user, REGISTER_8B, QUARTER_1)
        ),
        REGISTER_READERS,
        was_done,
    ),
    "term_marks.lookups.term_marks.fillable_marks": Question(
        lambda store, user: term_mark_lookups.fillable_marks(
            store, user, REGISTER_8B, [STRANGE_CHILD], now=NOW
        ),
        REGISTER_READERS,
        bool,
    ),
    "terms.lookups.known_terms": Question(term_lookups.known_terms, {"head", "deputy"}, bool),
    "terms.lookups.term_lines": Question(
        lambda store, user: term_lookups.term_lines(store, user, (2026, "quarter", 2)), {"head", "deputy"}
    ),
    "terms.lookups.correction_requests": Question(
        lambda store, user: term_lookups.correction_requests(store, user, 2026), {"head", "deputy"}, was_done
    ),
    "term_marks.lookups.whom_to_ask.pupils_to_ask": Question(
        lambda store, user: whom_to_ask.pupils_to_ask(store, user, ROW_8B, TERM, today=TODAY),
        REGISTER_READERS,
        was_done,
    ),
    "register.lookups.registers.readable_register": Question(
        lambda store, user: register.readable_register(store, user, REGISTER_8B), REGISTER_READERS
    ),
    "attendance.actions.enter_absences": Question(
        lambda store, user: absences.enter_absences(store, user, [ABSENCE_OF_8B], now=NOW), LEADER, was_saved
    ),
    "attendance.actions.give_reason": Question(
        lambda store, user: absences.give_reason(store, user, LEAVE_OF_8B, now=NOW), LEADER, was_done
    ),
    "attendance.actions.withdraw_reason": Question(
        lambda store, user: passed(
            lambda: absences.withdraw_reason(store, user, _leave_of_8b(store), now=NOW)
        ),
        LEADER,
        was_done,
    ),
    "control.actions.send_request": Question(
        lambda store, user: passed(lambda: control.send_request(store, user, REQUEST_OF_8B, now=NOW)),
        LEADER,
        was_done,
    ),
    "control.actions.close_gap_request": Question(
        lambda store, user: passed(lambda: control.close_gap_request(store, user, 0, "решено", now=NOW)),
        {"deputy"},
        was_done,
    ),
    "substitutions.actions.assign_substitutions": Question(
        lambda store, user: substitutions.assign_substitutions(
            store, user, [substitutions.Assignment(STRANGERS_LESSON_TODAY)], "болезнь", now=NOW
        ),
        {"deputy"},
        was_done,
    ),
    "substitutions.actions.withdraw_substitution": Question(
        lambda store, user: substitutions.withdraw_substitution(
            store, user, _substitution_of_8b(store), now=NOW
        ),
        {"deputy"},
        was_done,
    ),
    "substitutions.actions.sign_substitutions": Question(
        lambda store, user: substitutions.sign_substitutions(
            store, user, [_substitution_of_8b(store)], now=NOW
        ),
        TEACHER,
        was_done,
    ),
    "substitutions.actions.write_past_substitutions": Question(
        lambda store, user: substitutions.write_past_substitutions(store, user, []), {"admin"}, was_done
    ),
    "substitutions.lookups.possible_absentees": Question(
        lambda store, user: substitution_lookups.possible_absentees(store, user, TODAY), {"head", "deputy"}
    ),
    "substitutions.lookups.absent_lessons": Question(
        lambda store, user: substitution_lookups.absent_lessons(store, user, STRANGER_STAFF, TODAY, TODAY),
        {"head", "deputy"},
    ),
    "substitutions.lookups.unsigned_substitutions": Question(
        lambda store, user: (
            _substitution_of_8b(store),
            substitution_lookups.unsigned_substitutions(store, user, TODAY),
        )[-1],
        {"head", "deputy"},
    ),
    "substitutions.lookups.month_sheet": Question(
        lambda store, user: (
            _substitution_of_8b(store),
            substitution_lookups.month_sheet(store, user, TODAY, TODAY),
        )[-1],
        {"head", "deputy"},
    ),
    "substitutions.lookups.own_log": Question(
        lambda store, user: (
            _substitution_of_8b(store),
            substitution_lookups.own_log(store, user, TODAY),
        )[-1],
        TEACHER,
    ),
    "substitutions.lookups.own_substituted_lessons": Question(
        lambda store, user: (
            _substitution_of_8b(store),
            substitution_lookups.own_substituted_lessons(store, user, [STRANGERS_LESSON_TODAY]),
        )[-1],
        TEACHER,
        bool,
    ),
    "data_checks.lookups.checked_years": Question(data_checks.checked_years, CONTROLLERS, bool),
    "data_checks.lookups.check_counts": Question(
        lambda store, user: data_checks.check_counts(store, user, 2026, TODAY), CONTROLLERS, bool
    ),
    "data_checks.lookups.check_findings": Question(
        lambda store, user: data_checks.check_findings(store, user, "terms_without_marks", 2026, TODAY),
        CONTROLLERS,
        was_done,
    ),
    "families.actions.write_remark": Question(
        lambda store, user: remarks.write_remark(store, user, REMARK_OF_8B, now=NOW),
        TEACHER | LEADER,
        bool,
    ),
    "families.actions.withdraw_own_remark": Question(
        lambda store, user: remarks.withdraw_own_remark(store, user, _remark_of_8b(store), now=NOW),
        TEACHER,
        was_done,
    ),
    "families.actions.confirm_remark": Question(
        lambda store, user: remarks.confirm_remark(store, user, _remark_of_8b(store), now=NOW),
        NOBODY,
        was_done,
    ),
    "attendance.lookups.absence_week": Question(
        lambda store, user: absence_lookups.absence_week(
            store, user, CLASS_8B, date(2026, 11, 16), today=TODAY
        ),
        OVERSEERS,
    ),
    "attendance.lookups.absences_of_pupils": Question(
        lambda store, user: absence_lookups.absences_of_pupils(
            store, user, [STRANGERS_LESSON_YESTERDAY], [STRANGE_CHILD], today=TODAY
        ),
        OVERSEERS,
        bool,
    ),
    "attendance.lookups.absence_history": Question(
        lambda store, user: absence_lookups.absence_history(
            store, user, [STRANGERS_LESSON_YESTERDAY], STRANGE_CHILD
        ),
        REGISTER_READERS,
        was_done,
    ),
    "attendance.lookups.expected_leaves": Question(
        lambda store, user: _with_leave(store, user, absence_lookups.expected_leaves),
        REGISTER_READERS,
        bool,
    ),
    "attendance.lookups.cells_of_leaves": Question(
        lambda store, user: _with_leave(store, user, absence_lookups.cells_of_leaves),
        REGISTER_READERS,
        bool,
    ),
    "control.lookups.gaps.class_control": Question(
        lambda store, user: control_lookups.class_control(store, user, CLASS_8B, now=NOW), OVERSEERS
    ),
    "control.lookups.gaps.requests": Question(
        lambda store, user: control_lookups.requests(store, user, now=NOW), OVERSEERS | {"homeroom"}, was_done
    ),
    "control.lookups.gaps.open_requests_to": Question(
        control_lookups.open_requests_to, TEACHER | {"owner"}, was_done
    ),
    "control.lookups.classes.led_classes": Question(
        lambda store, user: homeroom.led_classes(store, user, Action.READ_ABSENCES, TODAY), OVERSEERS
    ),
    "families.lookups.remarks.readable_remarks": Question(
        lambda store, user: (
            _remark_of_8b(store),
            remark_lookups.readable_remarks(store, user, TODAY),
        )[-1],
        TEACHER | OVERSEERS,
        bool,
    ),
    "families.lookups.remarks.diary_remarks": Question(
        lambda store, user: (
            _remark_of_8b(store),
            remark_lookups.diary_remarks(store, user, STRANGE_CHILD, now=NOW),
        )[-1],
        OVERSEERS,
        bool,
    ),
    "families.lookups.remarks.pupils_to_write_of": Question(
        lambda store, user: remark_lookups.pupils_to_write_of(store, user, TODAY), TEACHER | LEADER
    ),
    "families.lookups.remarks.own_subjects": Question(
        lambda store, user: remark_lookups.own_subjects(store, user, CLASS_8B), TEACHER, bool
    ),
    "register.lookups.registers.readable_years": Question(
        register.readable_years, REGISTER_READERS | {"owner", "homeroom"}, bool
    ),
    "register.lookups.registers.readable_registers": Question(
        lambda store, user: register.readable_registers(store, user, 2026), REGISTER_READERS
    ),
    "register.lookups.registers.register_terms": Question(
        lambda store, user: register.register_terms(store, user, REGISTER_8B), REGISTER_READERS, bool
    ),
    "register.lookups.registers.register_page": Question(
        lambda store, user: register.register_page(store, user, REGISTER_8B, TERM, today=TODAY),
        REGISTER_READERS,
    ),
    "register.lookups.registers.cell_history": Question(
        lambda store, user: register.cell_history(store, user, STRANGERS_LESSON_YESTERDAY, STRANGE_CHILD),
        REGISTER_READERS,
        was_done,
    ),
    "register.lookups.registers.entered_summaries": Question(
        lambda store, user: register.entered_summaries(
            store, user, [STRANGERS_LESSON_YESTERDAY], [STRANGE_CHILD]
        ),
        REGISTER_READERS,
        bool,
    ),
    "register.lookups.today.teacher_day": Question(
        lambda store, user: today.teacher_day(store, user, NOW), TEACHER
    ),
    "families.lookups.diary.children_of": Question(diary.children_of, NOBODY),
    "families.lookups.diary.diary": Question(
        lambda store, user: diary.diary(store, user, STRANGE_CHILD, today=TODAY), OVERSEERS
    ),
    "analytics.lookups.pupil_history.search_pupils": Question(
        lambda store, user: pupil_history.search_pupils(
            store, user, "", {"class_id": [CLASS_8B]}, today=TODAY, limit=10
        ),
        ANALYSTS,
    ),
    "analytics.lookups.pupil_history.pupil_history": Question(
        lambda store, user: pupil_history.pupil_history(store, user, STRANGE_CHILD, today=TODAY), ANALYSTS
    ),
    "analytics.lookups.pupil_history.pupil_tables": Question(
        lambda store, user: (
            pupil_history.pupil_tables(store, user, STRANGE_CHILD, today=TODAY)
            .marks({"pupil_id": [STRANGE_CHILD]})
            .df()
        ),
        ANALYSTS,
        holds_8b,
    ),
    "analytics.lookups.tables.reach_of": Question(
        lambda _, user: analytics.reach_of(user, Action.READ_QUALITY),
        ANALYSTS,
        lambda reach: (
            reach.is_whole_school or CLASS_8B in reach.class_ids or reach.teacher_id == STRANGER_STAFF
        ),
    ),
    "analytics.lookups.tables.tables": Question(
        lambda store, user: analytics.tables(store, user, Action.READ_QUALITY).marks().df(),
        ANALYSTS,
        holds_8b,
    ),
    "analytics.lookups.tables.readable_periods": Question(
        lambda store, user: analytics.readable_periods(store, user, Action.READ_QUALITY),
        ANALYSTS | {"owner", "homeroom"},
        bool,
    ),
    "analytics.lookups.tables.state_of_periods": Question(
        lambda store, user: analytics.state_of_periods(store, user, Action.READ_QUALITY),
        ANALYSTS | {"owner", "homeroom"},
        bool,
    ),
    "analytics.lookups.tables.choices": Question(
        lambda store, user: analytics.choices(store, user, Action.READ_QUALITY, [QUARTER_2]), ANALYSTS
    ),
    "analytics.lookups.tables.pupils_in_subjects": Question(
        lambda store, user: analytics.pupils_in_subjects(
            store, user, Action.READ_QUALITY, PERIOD, {"class_id": [CLASS_8B], "subject_id": [MATHS]}
        ),
        ANALYSTS,
    ),
    "analytics.lookups.tables.class_pupils": Question(
        lambda store, user: analytics.class_pupils(
            store, user, Action.READ_QUALITY, CLASS_8B, TERM.starts_on, TERM.ends_on
        ),
        ANALYSTS,
    ),
    "analytics.lookups.tables.lessons_not_filled": Question(
        lambda store, user: analytics.lessons_not_filled(store, user, STRANGER_STAFF, PERIOD, TODAY),
        CONTROLLERS,
        bool,
    ),
    "external_tests.lookups.loaded_results": Question(
        external_test_lookups.loaded_results, {"head", "deputy"}, was_done
    ),
    "external_tests.lookups.tested_subjects": Question(
        external_test_lookups.tested_subjects, {"head", "deputy"}, bool
    ),
    "external_tests.lookups.tested_classes": Question(external_test_lookups.tested_classes, {"deputy"}),
    "external_tests.lookups.pupil_titles": Question(external_test_lookups.pupil_titles, {"deputy"}),
    "external_tests.lookups.pupils_to_test": Question(
        lambda store, user: external_test_lookups.pupils_to_test(store, user, [CLASS_8B], TODAY), {"deputy"}
    ),
    "external_tests.lookups.preview_results": Question(
        lambda store, user: external_test_lookups.preview_results(store, user, [RESULT_OF_8B], TODAY),
        {"deputy"},
        lambda plan: plan.brings_anything,
    ),
    "external_tests.actions.load_results": Question(
        lambda store, user: passed(
            lambda: external_test_actions.load_results(
                store, user, [RESULT_OF_8B], Plan(ImportKind.EXTERNAL_TESTS), now=NOW
            )
        ),
        {"deputy"},
        was_done,
    ),
    "external_tests.actions.delete_results": Question(
        lambda store, user: passed(lambda: external_test_actions.delete_results(store, user, 1, now=NOW)),
        {"deputy"},
        was_done,
    ),
    # So it is with comparisons: what is expected of a pupil rests on the whole school.
    "analytics.lookups.consistency.all_periods": Question(
        consistency.all_periods, ANALYSTS | {"owner", "homeroom"}, bool
    ),
    "analytics.lookups.consistency.school_tables": Question(
        lambda store, user: consistency.school_tables(store, user, QUARTER_2_STRETCH).reached.marks().df(),
        ANALYSTS | {"owner", "homeroom"},
        holds_8b,
    ),
    "analytics.lookups.consistency.keep_readable": Question(
        lambda _, user: consistency.keep_readable(user, FIGURE_OF_8B), ANALYSTS, holds_8b
    ),
    "analytics.lookups.curriculum.curriculum_tables": Question(
        lambda store, user: curriculum.curriculum_tables(
            store, user, 2026, (QUARTER_2,), today=TODAY
        ).registers.df(),
        ANALYSTS | {"admin"},
        holds_8b,
    ),
    "analytics.lookups.register_work.homework_tables": Question(
        lambda store, user: register_work.homework_tables(store, user).lessons.df(),
        ANALYSTS | {"admin"},
        holds_8b,
    ),
    "analytics.lookups.register_work.lessons_unfilled": Question(
        lambda store, user: [
            lesson
            for lesson in register_work.lessons_unfilled(store, user, {}, TODAY)
            if lesson.class_id == CLASS_8B
        ],
        ANALYSTS | {"admin"},
        bool,
    ),
    "analytics.lookups.register_work.pupils_in_classes": Question(
        lambda store, user: register_work.pupils_in_classes(
            store, user, [CLASS_8B], TERM.starts_on, TERM.ends_on
        ),
        ANALYSTS,
        bool,
    ),
    # Everybody sees their own work, a homeroom teacher that of the families of the class.
    "analytics.lookups.register_work.work_tables": Question(
        lambda store, user: register_work.work_tables(store, user, TERM.starts_on, TODAY).users.df(),
        CONTROLLERS | TEACHER,
        lambda users: holds_8b(users) or STRANGER_STAFF in set(users["staff_id"]),
    ),
    # The material of forecasts is the whole journal whoever asks; what they may see of it is keep_readable's affair.
    "forecasts.lookups.journal_frames": Question(
        forecasts.journal_frames, ANALYSTS | {"owner", "homeroom"}, lambda frames: holds_8b(frames["marks"])
    ),
    "forecasts.lookups.keep_readable": Question(
        lambda store, user: forecasts.keep_readable(store, user, FORECAST_OF_8B), ANALYSTS, holds_8b
    ),
    "forecasts.lookups.terms_in_question": Question(
        lambda store, user: forecasts.terms_in_question(store, user, TODAY),
        ANALYSTS,
        lambda terms: any(term.class_id == CLASS_8B for term in terms),
    ),
    "forecasts.lookups.outcomes": Question(
        lambda store, user: forecasts.outcomes(_remembered_8b(store), user), ANALYSTS, holds_8b
    ),
    "forecasts.lookups.lessons_left": Question(
        lambda store, user: forecasts.lessons_left(store, user, date(2026, 11, 18)), ANALYSTS, holds_8b
    ),
    "forecasts.lookups.model_page": Question(
        lambda store, user: forecasts.model_page(store, user, TODAY), {"head", "deputy", "admin"}, was_done
    ),
    "forecasts.lookups.open_fits": Question(forecasts.open_fits, {"head", "deputy", "admin"}, was_done),
    "forecasts.actions.ask_fit": Question(
        lambda store, user: passed(lambda: forecast_actions.ask_fit(store, user, now=NOW)),
        {"admin"},
        was_done,
    ),
    "year.actions.opening.name_school": Question(
        lambda store, user: opening.name_school(store, user, SCHOOL, "Школа за рекой", now=NOW),
        {"admin"},
        was_done,
    ),
    "year.actions.opening.save_year_calendar": Question(_keep_calendar, {"admin"}, was_done),
    "year.actions.opening.save_classes": Question(
        lambda store, user: passed(
            lambda: opening.save_classes(store, user, YEAR_KEY, [], "", now=NOW, is_whole=False)
        ),
        {"admin"},
        was_done,
    ),
    "year.actions.opening.save_subjects": Question(
        lambda store, user: passed(
            lambda: opening.save_subjects(store, user, SCHOOL, [], "", now=NOW, is_whole=False)
        ),
        {"admin"},
        was_done,
    ),
    "year.actions.opening.save_bell_times": Question(
        lambda store, user: passed(
            lambda: opening.save_bell_times(store, user, [], "", now=NOW, is_whole=False)
        ),
        {"admin"},
        was_done,
    ),
    "year.actions.opening.promote_classes": Question(
        lambda store, user: opening.promote_classes(
            store, user, YEAR_KEY, [], first_day=TODAY, copies_load=False, now=NOW
        ),
        {"admin"},
        was_done,
    ),
    "year.actions.teaching_load.save_load": Question(
        lambda store, user: passed(
            lambda: teaching_load.save_load(store, user, YEAR_KEY, [], "", first_day=TODAY, now=NOW)
        ),
        {"deputy", "admin"},
        was_done,
    ),
    "year.actions.teaching_load.divide_class": Question(
        lambda store, user: teaching_load.divide_class(
            store, user, YEAR_KEY, CLASS_8B, MATHS, {}, first_day=TODAY, now=NOW
        ),
        {"deputy", "admin"},
        was_done,
    ),
    "year.actions.timetable.save_timetable": Question(
        lambda store, user: passed(
            lambda: timetable.save_timetable(store, user, YEAR_KEY, [], "", first_day=TODAY, now=NOW)
        ),
        {"deputy", "admin"},
        was_done,
    ),
    "year.actions.timetable.remake_lessons": Question(
        lambda store, user: passed(
            lambda: timetable.remake_lessons(store, user, YEAR_KEY, first_day=TODAY, now=NOW)
        ),
        {"deputy", "admin"},
        was_done,
    ),
    "year.lookups.schools": Question(opening_lookups.schools, CONTROLLERS, bool),
    "year.lookups.years_to_choose": Question(
        lambda store, user: opening_lookups.years_to_choose(store, user, TODAY), CONTROLLERS, bool
    ),
    "year.lookups.year_setup": Question(
        lambda store, user: opening_lookups.year_setup(store, user, YEAR_KEY, TODAY), CONTROLLERS
    ),
    "year.lookups.opening_steps": Question(
        lambda store, user: opening_lookups.opening_steps(store, user, YEAR_KEY, TODAY), CONTROLLERS, bool
    ),
    "year.lookups.load_to_edit": Question(
        lambda store, user: opening_lookups.load_to_edit(store, user, YEAR_KEY, TODAY), CONTROLLERS
    ),
    "year.lookups.timetable_to_edit": Question(
        lambda store, user: opening_lookups.timetable_to_edit(store, user, YEAR_KEY, TODAY), CONTROLLERS
    ),
    "year.lookups.first_day_offered": Question(
        lambda store, user: opening_lookups.first_day_offered(store, user, YEAR_KEY, TODAY),
        CONTROLLERS,
        was_done,
    ),
    "year.lookups.divided_subjects": Question(
        lambda store, user: opening_lookups.divided_subjects(store, user, YEAR_KEY, CLASS_8B, TODAY),
        CONTROLLERS,
        was_done,
    ),
    "year.lookups.may_edit": Question(
        lambda _, user: opening_lookups.may_edit(user, Action.OPEN_YEAR), {"admin"}, bool
    ),
    "people.lookups.class_lists.readable_classes": Question(
        office.readable_classes, CONTROLLERS | LEADER | {"secretary"}
    ),
    "people.lookups.class_lists.class_list": Question(
        lambda store, user: office.class_list(store, user, CLASS_8B, TODAY),
        CONTROLLERS | LEADER | {"secretary"},
    ),
    "sign_in.lookups.accounts.all_accounts": Question(account_lookups.all_accounts, {"head", "admin"}),
    "audit.lookups.event_page": Question(
        lambda store, user: audit_lookups.event_page(store, user, EventFilter(), number=0, size=10),
        CONTROLLERS,
        was_done,
    ),
    "audit.lookups.authors_of_events": Question(audit_lookups.authors_of_events, CONTROLLERS, was_done),
    "extracts.lookups.journal_size": Question(
        lambda store, user: extract_lookups.journal_size(store, user, TODAY), {"admin", "secretary"}, bool
    ),
}


EMPLOYEE = StaffDraft(PersonName("Стрельцов", "Глеб"), "учитель", frozenset({Role.TEACHER}))
PARENT = GuardianDraft(PersonName("Яковлева", "Дина"))
CHILD_OF_8B = PupilDraft(PersonName("Яковлев", "Олег"))
ARRIVAL_IN_8B = pupils.Arrival(
    PupilDraft(PersonName("Белкин", "Егор")), CLASS_8B, TODAY, is_another_child=True
)
ORDER = movements.MoveOrder(date(2026, 11, 20), reason="переезд")
PLACE_8B = ClassOfYear(CLASS_8B, "8Б", SCHOOL, 2026)
PUPIL_OF_8B = Invitee(PersonKind.PUPIL, STRANGE_CHILD)
WRONG_PASSWORD = accounts.NewPassword("не тот", "новый пароль", "новый пароль")
CLERKS = {"admin", "secretary"}
CARD_KEEPERS = CLERKS | LEADER
CARD_READERS = CARD_KEEPERS | {"head", "deputy"}


def _try_wrong_password(store: Store, user: User) -> None:
    with suppress(SignInRefused):
        accounts.change_own_password(store, user, WRONG_PASSWORD, address="10.0.0.1", now=NOW, hasher=Hasher)


def _past_the_door(work: Callable[..., Any], *rows: Any) -> Callable[[Store, User], bool]:
    """Return a question whether somebody comes past the door of an action; a rule may still stop them behind."""
    return lambda store, user: passed(lambda: work(store, user, *rows, now=NOW))


QUESTIONS |= {
    "people.actions.staff.add_staff": Question(
        _past_the_door(staff.add_staff, [EMPLOYEE]), {"admin"}, was_done
    ),
    "people.actions.staff.change_staff": Question(
        _past_the_door(staff.change_staff, STRANGER_STAFF, EMPLOYEE), {"admin"}, was_done
    ),
    "people.actions.staff.dismiss": Question(
        _past_the_door(staff.dismiss, STRANGER_STAFF, date(2026, 12, 30)), {"admin"}, was_done
    ),
    "people.actions.staff.restore": Question(
        _past_the_door(staff.restore, STRANGER_STAFF), {"admin"}, was_done
    ),
    "people.actions.accounts.close_account": Question(
        _past_the_door(accounts.close_account, USER_IDS["stranger"]), {"admin"}, was_done
    ),
    "people.actions.accounts.open_account": Question(
        _past_the_door(accounts.open_account, USER_IDS["stranger"]), {"admin"}, was_done
    ),
    "people.actions.accounts.change_own_password": Question(
        _try_wrong_password,
        set(NAMES) | LEADER,
        was_done,
    ),
    "people.actions.pupils.admit_pupils": Question(
        _past_the_door(pupils.admit_pupils, [ARRIVAL_IN_8B]), CLERKS, was_done
    ),
    "people.actions.pupils.change_pupil": Question(
        _past_the_door(pupils.change_pupil, STRANGE_CHILD, CHILD_OF_8B), CARD_KEEPERS, was_done
    ),
    "people.actions.pupils.check_may_edit_card": Question(
        lambda store, user: store.write(
            lambda change: pupils.check_may_edit_card(change, user, STRANGE_CHILD, TODAY)
        ),
        CARD_KEEPERS,
        was_done,
    ),
    "people.actions.pupils.add_guardian": Question(
        _past_the_door(pupils.add_guardian, STRANGE_CHILD, PARENT), CARD_KEEPERS, was_done
    ),
    "people.actions.pupils.change_guardian": Question(
        _past_the_door(pupils.change_guardian, STRANGE_CHILD, 0, PARENT), CARD_KEEPERS, was_done
    ),
    "people.actions.pupils.remove_guardian": Question(
        _past_the_door(pupils.remove_guardian, STRANGE_CHILD, 0), CARD_KEEPERS, was_done
    ),
    "people.actions.movements.depart": Question(
        _past_the_door(movements.depart, STRANGE_CHILD, CLASS_8B, ORDER), CLERKS, was_done
    ),
    "people.actions.movements.transfer": Question(
        _past_the_door(movements.transfer, STRANGE_CHILD, CLASS_8B, CLASS_8B, ORDER), CLERKS, was_done
    ),
    "people.actions.movements.return_pupil": Question(
        _past_the_door(movements.return_pupil, STRANGE_CHILD, CLASS_8B, ORDER), CLERKS, was_done
    ),
    "people.actions.movements.take_back_movement": Question(
        lambda store, user: passed(
            lambda: movements.take_back_movement(store, user, 0, STRANGE_CHILD, now=NOW)
        ),
        CLERKS,
        was_done,
    ),
    "people.actions.movements.change_subgroup": Question(
        _past_the_door(movements.change_subgroup, STRANGE_CHILD, CLASS_8B, MATHS, None, ORDER),
        {"deputy", "admin"},
        was_done,
    ),
    "invitations.actions.issue_codes": Question(
        lambda store, user: invitations.issue_codes(store, user, [PUPIL_OF_8B], now=NOW),
        {"admin"} | LEADER,
        bool,
    ),
    "invitations.actions.set_invitation_days": Question(
        _past_the_door(invitations.set_invitation_days, 7), {"admin"}, was_done
    ),
    "invitations.lookups.classes_to_invite": Question(
        lambda store, user: invitation_lookups.classes_to_invite(store, user, TODAY), {"admin"} | LEADER
    ),
    "invitations.lookups.family_lines": Question(
        lambda store, user: invitation_lookups.family_lines(store, user, PLACE_8B, NOW), {"admin"} | LEADER
    ),
    "invitations.lookups.staff_lines": Question(
        lambda store, user: invitation_lookups.staff_lines(store, user, NOW), {"admin"}
    ),
    "people.lookups.staff.all_staff": Question(staff_lookups.all_staff, {"head", "admin"}),
    "people.lookups.staff.duties_left": Question(
        lambda store, user: staff_lookups.duties_left(store, user, STRANGER_STAFF, TODAY), {"head", "admin"}
    ),
    "people.lookups.pupils.readable_pupils": Question(
        lambda store, user: pupil_lookups.readable_pupils(store, user, TODAY), CARD_READERS
    ),
    "people.lookups.pupils.pupil_card": Question(
        lambda store, user: pupil_lookups.pupil_card(store, user, STRANGE_CHILD, TODAY), CARD_READERS
    ),
    "people.lookups.pupils.movement_lines": Question(
        lambda store, user: pupil_lookups.movement_lines(store, user, TODAY, TODAY),
        CARD_READERS - LEADER,
        was_done,
    ),
    "people.lookups.pupils.classes_to_enter": Question(
        lambda store, user: pupil_lookups.classes_to_enter(store, user, TODAY),
        CARD_READERS | {"homeroom"},
        was_done,
    ),
}


# Composes an event for whoever was let in already.
NO_DOORS = {"people.actions.pupils.movement_event"}


def _doors() -> Iterator[ModuleType]:
    """The modules of actions and lookups of every subject."""
    for found in pkgutil.walk_packages(school.__path__, "school."):
        if not found.ispkg and {"actions", "lookups"} & set(found.name.split(".")):
            yield importlib.import_module(found.name)


def _functions_for_users() -> set[str]:
    found = set()
    for module in _doors():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_own = function.__module__ == module.__name__ and not name.startswith("_")
            if is_own and "user" in inspect.signature(function).parameters:
                found.add(f"{module.__name__.removeprefix('school.')}.{name}")
    return found - NO_DOORS


def test_every_action_and_lookup_for_a_user_is_asked() -> None:
    functions = _functions_for_users()
    assert sorted(functions - QUESTIONS.keys()) == [], "these take a user: ask each about 8Б in QUESTIONS"
    assert sorted(QUESTIONS.keys() - functions) == [], "these are gone"


@pytest.mark.parametrize("name", QUESTIONS)
def test_rows_of_others_stay_with_them(name: str, school_store: Store, people: People) -> None:
    question = QUESTIONS[name]
    for person, user in everybody(people).items():
        if person in question.allowed:
            assert question.tells(question.ask(school_store, user)), f"{person} may, and is answered"
            continue
        with suppress(AccessRefused):
            answer = question.ask(school_store, user)
            assert question.tells is not was_done, f"{person} may not, and was let through"
            assert not question.tells(answer), f"{person} may not, and was told of 8Б"
