"""The table of roles: read it as «role — may do — with whose rows»."""

from dataclasses import dataclass

from school.access.action import Action
from school.access.scopes import Scope
from school.records import Role


@dataclass(frozen=True)
class RoleRow:
    """A role in words, its clause, and its grants."""

    title: str
    duty: str
    grants: tuple[tuple[Action, Scope], ...]


_ANALYTICS = (
    Action.READ_QUALITY,
    Action.READ_PUPIL_HISTORY,
    Action.READ_TEACHER_ACTIVITY,
    Action.READ_ATTENDANCE,
    Action.READ_REGISTER_WORK,
    Action.READ_CONSISTENCY,
    Action.READ_EXTERNAL_TESTS,
    Action.READ_FORECASTS,
)
_CLASS_READING = (Action.READ_ABSENCES, Action.READ_CLASS_CONTROL, Action.READ_REMARKS)
_WHOLE_SCHOOL_READING = tuple(
    (action, Scope.WHOLE_SCHOOL)
    for action in (
        Action.READ_REGISTER,
        Action.READ_LESSON_PLANS,
        *_ANALYTICS,
        *_CLASS_READING,
        Action.READ_CLASS_LISTS,
        Action.READ_DIARY,
    )
)

ROLES: dict[Role, RoleRow] = {
    Role.HEAD: RoleRow(
        "Директор",
        "имеет доступ ко всем страницам без права редактирования (п. 4.1)",
        (
            *_WHOLE_SCHOOL_READING,
            (Action.READ_REPORTS, Scope.WHOLE_SCHOOL),
            (Action.READ_INSPECTIONS, Scope.WHOLE_SCHOOL),
            (Action.INSPECT, Scope.WHOLE_SCHOOL),
            (Action.READ_EVENTS, Scope.WHOLE_SCHOOL),
            (Action.READ_USERS, Scope.WHOLE_SCHOOL),
            (Action.READ_TERM_CLOSING, Scope.WHOLE_SCHOOL),
            (Action.READ_SUBSTITUTIONS, Scope.WHOLE_SCHOOL),
            (Action.READ_DATA_CHECKS, Scope.WHOLE_SCHOOL),
            (Action.READ_FORECAST_MODEL, Scope.WHOLE_SCHOOL),
            (Action.READ_MARKING, Scope.WHOLE_SCHOOL),
            (Action.READ_YEAR_OPENING, Scope.WHOLE_SCHOOL),
        ),
    ),
    Role.DEPUTY: RoleRow(
        "Заместитель директора по УВР",
        "следит за ведением журнала и качеством обучения (п. 4.2)",
        (
            *_WHOLE_SCHOOL_READING,
            (Action.READ_REPORTS, Scope.WHOLE_SCHOOL),
            (Action.MAKE_REPORTS, Scope.WHOLE_SCHOOL),
            (Action.READ_INSPECTIONS, Scope.WHOLE_SCHOOL),
            (Action.INSPECT, Scope.WHOLE_SCHOOL),
            (Action.READ_EVENTS, Scope.WHOLE_SCHOOL),
            (Action.READ_TERM_CLOSING, Scope.WHOLE_SCHOOL),
            (Action.CLOSE_TERMS, Scope.WHOLE_SCHOOL),
            (Action.CLOSE_GAP_REQUEST, Scope.WHOLE_SCHOOL),
            (Action.READ_SUBSTITUTIONS, Scope.WHOLE_SCHOOL),
            (Action.ASSIGN_SUBSTITUTIONS, Scope.WHOLE_SCHOOL),
            (Action.READ_DATA_CHECKS, Scope.WHOLE_SCHOOL),
            (Action.READ_FORECAST_MODEL, Scope.WHOLE_SCHOOL),
            (Action.READ_MARKING, Scope.WHOLE_SCHOOL),
            (Action.EDIT_MARKING, Scope.WHOLE_SCHOOL),
            (Action.READ_YEAR_OPENING, Scope.WHOLE_SCHOOL),
            (Action.EDIT_LOAD, Scope.WHOLE_SCHOOL),
            (Action.EDIT_TIMETABLE, Scope.WHOLE_SCHOOL),
            (Action.LOAD_FILES, Scope.WHOLE_SCHOOL),
            (Action.LOAD_EXTERNAL_TESTS, Scope.WHOLE_SCHOOL),
        ),
    ),
    Role.ADMIN: RoleRow(
        "Администратор",
        "обеспечивает работу журнала, ведёт пользователей (п. 4.3, 6.1)",
        (
            (Action.READ_REGISTER, Scope.WHOLE_SCHOOL),
            (Action.READ_LESSON_PLANS, Scope.WHOLE_SCHOOL),
            (Action.READ_TEACHER_ACTIVITY, Scope.WHOLE_SCHOOL),
            (Action.READ_REGISTER_WORK, Scope.WHOLE_SCHOOL),
            (Action.READ_CLASS_LISTS, Scope.WHOLE_SCHOOL),
            (Action.READ_REPORTS, Scope.WHOLE_SCHOOL),
            (Action.MAKE_REPORTS, Scope.WHOLE_SCHOOL),
            (Action.READ_EVENTS, Scope.WHOLE_SCHOOL),
            (Action.READ_USERS, Scope.WHOLE_SCHOOL),
            (Action.EDIT_STAFF, Scope.WHOLE_SCHOOL),
            (Action.EDIT_PUPILS, Scope.WHOLE_SCHOOL),
            (Action.MOVE_PUPILS, Scope.WHOLE_SCHOOL),
            (Action.ISSUE_FAMILY_CODES, Scope.WHOLE_SCHOOL),
            (Action.EXPORT_JOURNAL, Scope.WHOLE_SCHOOL),
            (Action.IMPORT_JOURNAL, Scope.WHOLE_SCHOOL),
            (Action.LOAD_FILES, Scope.WHOLE_SCHOOL),
            (Action.LOAD_ENTRIES, Scope.WHOLE_SCHOOL),
            (Action.READ_DATA_CHECKS, Scope.WHOLE_SCHOOL),
            (Action.READ_FORECAST_MODEL, Scope.WHOLE_SCHOOL),
            (Action.FIT_FORECASTS, Scope.WHOLE_SCHOOL),
            (Action.READ_MARKING, Scope.WHOLE_SCHOOL),
            (Action.EDIT_MARKING, Scope.WHOLE_SCHOOL),
            (Action.READ_YEAR_OPENING, Scope.WHOLE_SCHOOL),
            (Action.EDIT_LOAD, Scope.WHOLE_SCHOOL),
            (Action.EDIT_TIMETABLE, Scope.WHOLE_SCHOOL),
            (Action.OPEN_YEAR, Scope.WHOLE_SCHOOL),
        ),
    ),
    Role.HOMEROOM: RoleRow(
        "Классный руководитель",
        "отвечает за сведения о своём классе и его успеваемость (п. 4.3)",
        (
            (Action.READ_REGISTER, Scope.OWN_CLASS),
            (Action.READ_LESSON_PLANS, Scope.OWN_CLASS),
            (Action.READ_QUALITY, Scope.OWN_CLASS),
            (Action.READ_ATTENDANCE, Scope.OWN_CLASS),
            (Action.READ_REGISTER_WORK, Scope.OWN_CLASS),
            (Action.READ_CONSISTENCY, Scope.OWN_CLASS),
            (Action.READ_PUPIL_HISTORY, Scope.OWN_CLASS),
            (Action.READ_FORECASTS, Scope.OWN_CLASS),
            (Action.READ_REPORTS, Scope.OWN_CLASS),
            (Action.MAKE_REPORTS, Scope.OWN_CLASS),
            (Action.READ_CLASS_LISTS, Scope.OWN_CLASS),
            (Action.EDIT_PUPILS, Scope.OWN_CLASS),
            (Action.ISSUE_FAMILY_CODES, Scope.OWN_CLASS),
            (Action.READ_DIARY, Scope.OWN_CLASS),
            *((action, Scope.OWN_CLASS) for action in _CLASS_READING),
            (Action.EDIT_ABSENCES, Scope.OWN_CLASS),
            (Action.SEND_GAP_REQUEST, Scope.OWN_CLASS),
            (Action.WRITE_REMARK, Scope.OWN_CLASS),
        ),
    ),
    Role.TEACHER: RoleRow(
        "Учитель-предметник",
        "ведёт журнал своих уроков (п. 4.5)",
        (
            (Action.READ_DAY, Scope.OWN_LESSONS),
            (Action.READ_REGISTER, Scope.OWN_LESSONS),
            (Action.ENTER_CELLS, Scope.OWN_LESSONS),
            (Action.EDIT_LESSON, Scope.OWN_LESSONS),
            (Action.ENTER_TERM_MARKS, Scope.OWN_LESSONS),
            (Action.ASK_CORRECTION, Scope.OWN_LESSONS),
            (Action.READ_SUBSTITUTION_LOG, Scope.OWN_LESSONS),
            (Action.SIGN_SUBSTITUTIONS, Scope.OWN_LESSONS),
            (Action.READ_LESSON_PLANS, Scope.OWN_LESSONS),
            (Action.EDIT_LESSON_PLAN, Scope.OWN_LESSONS),
            (Action.READ_QUALITY, Scope.OWN_LESSONS),
            (Action.READ_ATTENDANCE, Scope.OWN_LESSONS),
            (Action.READ_REGISTER_WORK, Scope.OWN_LESSONS),
            (Action.READ_CONSISTENCY, Scope.OWN_LESSONS),
            (Action.READ_PUPIL_HISTORY, Scope.OWN_LESSONS),
            (Action.READ_FORECASTS, Scope.OWN_LESSONS),
            (Action.READ_REPORTS, Scope.OWN_LESSONS),
            (Action.MAKE_REPORTS, Scope.OWN_LESSONS),
            (Action.ANSWER_INSPECTION, Scope.OWN_LESSONS),
            (Action.READ_REMARKS, Scope.OWN_LESSONS),
            (Action.WRITE_REMARK, Scope.OWN_LESSONS),
        ),
    ),
    Role.SECRETARY: RoleRow(
        "Секретарь",
        "ведёт движение учащихся, выгрузку и архив (п. 4.6)",
        (
            (Action.READ_CLASS_LISTS, Scope.WHOLE_SCHOOL),
            (Action.EDIT_PUPILS, Scope.WHOLE_SCHOOL),
            (Action.MOVE_PUPILS, Scope.WHOLE_SCHOOL),
            (Action.EXPORT_JOURNAL, Scope.WHOLE_SCHOOL),
            (Action.LOAD_FILES, Scope.WHOLE_SCHOOL),
            (Action.LOAD_ENTRIES, Scope.WHOLE_SCHOOL),
        ),
    ),
    Role.GUARDIAN: RoleRow(
        "Родитель (законный представитель)",
        "видит только своего ребёнка (п. 3.6, 4.7)",
        ((Action.READ_DIARY, Scope.OWN_CHILD), (Action.CONFIRM_REMARK, Scope.OWN_CHILD)),
    ),
    Role.PUPIL: RoleRow(
        "Ученик", "видит только свой дневник (п. 2.8)", ((Action.READ_DIARY, Scope.OWN_CHILD),)
    ),
}
