"""The table of roles: read it as «role — with whose rows — may do»."""

from dataclasses import dataclass, replace

from school.access.action import Action
from school.access.scopes import Scope
from school.records import Role

Grants = tuple[tuple[Action, Scope], ...]


@dataclass(frozen=True)
class RoleRow:
    """A role in words, its clause, and its grants."""

    title: str
    duty: str
    grants: Grants


def _over(scope: Scope, actions: str) -> Grants:
    """Grant actions, by the names of ``Action``, over the rows of a scope."""
    return tuple((Action[name], scope) for name in actions.split())


_WHOLE_SCHOOL_READING = _over(
    Scope.WHOLE_SCHOOL,
    """READ_REGISTER READ_LESSON_PLANS READ_QUALITY READ_PUPIL_HISTORY READ_TEACHER_ACTIVITY
    READ_ATTENDANCE READ_REGISTER_WORK READ_CONSISTENCY READ_EXTERNAL_TESTS READ_FORECASTS
    READ_ABSENCES READ_CLASS_CONTROL READ_REMARKS READ_FAMILY_WORK READ_CLASS_LISTS READ_DIARY READ_CONSULTATIONS
    READ_COUNCILS READ_CERTIFICATES READ_REPORT_CARDS""",
)

_OWN_ACCOUNT = _over(Scope.OWN_ACCOUNT, "KEEP_OWN_ACCOUNT CORRESPOND")
# What a school holds concerns all who work there (п. 3.6).
_OF_STAFF = _over(Scope.OWN_ACCOUNT, "READ_ANNOUNCEMENTS READ_DOCUMENTS READ_OWN_MEASURES") + _over(
    Scope.WHOLE_SCHOOL, "READ_OCCASIONS"
)
# Whoever teaches, leads a class or the school receives families (п. 2.9, 4.7).
_RECEIVES_FAMILIES = _over(Scope.OWN_ACCOUNT, "HOLD_CONSULTATIONS")
# Whoever has something in the plan of the year says when it is done.
_PLANNED_FOR = _over(Scope.OWN_ACCOUNT, "TICK_YEAR_PLAN")

_ROLES: dict[Role, RoleRow] = {
    Role.HEAD: RoleRow(
        "Директор",
        "имеет доступ ко всем страницам без права редактирования (п. 4.1)",
        _WHOLE_SCHOOL_READING
        + _over(
            Scope.WHOLE_SCHOOL,
            """READ_REPORTS READ_INSPECTIONS INSPECT READ_EVENTS READ_USERS READ_TERM_CLOSING
            READ_SUBSTITUTIONS READ_DATA_CHECKS READ_FORECAST_MODEL READ_MARKING
            READ_YEAR_OPENING READ_PRIVACY READ_CHILD_RECORD READ_STATE READ_PAPERS READ_ARCHIVE WRITE_ANNOUNCEMENT
            FOLLOW_ANNOUNCEMENTS READ_COMPLAINTS DECIDE_COMPLAINTS READ_BY_REQUEST PLAN_OCCASIONS DRAFT_DOCUMENTS
            FOLLOW_DOCUMENTS APPROVE_DOCUMENTS KEEP_MEASURES READ_YEAR_PLAN EDIT_YEAR_PLAN TICK_YEAR_PLAN""",
        )
        + _RECEIVES_FAMILIES,
    ),
    Role.DEPUTY: RoleRow(
        "Заместитель директора по УВР",
        "следит за ведением журнала и качеством обучения (п. 4.2)",
        _WHOLE_SCHOOL_READING
        + _over(
            Scope.WHOLE_SCHOOL,
            """READ_REPORTS MAKE_REPORTS READ_INSPECTIONS INSPECT READ_EVENTS READ_TERM_CLOSING
            CLOSE_TERMS CLOSE_GAP_REQUEST READ_SUBSTITUTIONS ASSIGN_SUBSTITUTIONS
            READ_DATA_CHECKS READ_FORECAST_MODEL READ_MARKING EDIT_MARKING READ_YEAR_OPENING
            EDIT_LOAD EDIT_TIMETABLE LOAD_FILES LOAD_EXTERNAL_TESTS ENTER_FORMER_MARKS WRITE_ANNOUNCEMENT
            FOLLOW_ANNOUNCEMENTS READ_COMPLAINTS DECIDE_COMPLAINTS SET_LETTER_ORDER PLAN_PARENTS_EVENINGS
            PLAN_OCCASIONS PLAN_EXAMS ENTER_EXAM_MARKS RECORD_DECISIONS READ_PAPERS PRINT_PAPERS READ_ARCHIVE
            DRAFT_DOCUMENTS FOLLOW_DOCUMENTS READ_YEAR_PLAN EDIT_YEAR_PLAN TICK_YEAR_PLAN GIVE_EXTRA_HELP""",
        )
        + _RECEIVES_FAMILIES,
    ),
    Role.ADMIN: RoleRow(
        "Администратор",
        "обеспечивает работу журнала, ведёт пользователей (п. 4.3, 6.1)",
        _over(
            Scope.WHOLE_SCHOOL,
            """READ_REGISTER READ_LESSON_PLANS READ_TEACHER_ACTIVITY READ_REGISTER_WORK
            READ_CLASS_LISTS READ_REPORTS MAKE_REPORTS READ_EVENTS READ_USERS EDIT_STAFF CHECK_ACCOUNT_SIGNALS
            EDIT_PUPILS MOVE_PUPILS ENTER_FORMER_MARKS ISSUE_FAMILY_CODES EXPORT_JOURNAL IMPORT_JOURNAL LOAD_FILES
            LOAD_ENTRIES READ_DATA_CHECKS READ_FORECAST_MODEL FIT_FORECASTS READ_MARKING
            EDIT_MARKING READ_YEAR_OPENING EDIT_LOAD EDIT_TIMETABLE OPEN_YEAR
            READ_PRIVACY KEEP_PRIVACY READ_CHILD_RECORD READ_STATE KEEP_BACKUPS KEEP_MAIL WRITE_ANNOUNCEMENT
            ANSWER_HELP PLAN_OCCASIONS PLAN_EXAMS READ_COUNCILS RECORD_DECISIONS READ_PAPERS
            PRINT_PAPERS READ_CERTIFICATES READ_ARCHIVE READ_YEAR_PLAN""",
        )
        + _PLANNED_FOR,
    ),
    Role.HOMEROOM: RoleRow(
        "Классный руководитель",
        "отвечает за сведения о своём классе и его успеваемость (п. 4.3)",
        _over(
            Scope.OWN_CLASS,
            """READ_REGISTER READ_LESSON_PLANS READ_QUALITY READ_ATTENDANCE READ_REGISTER_WORK
            READ_CONSISTENCY READ_PUPIL_HISTORY READ_FORECASTS READ_REPORTS MAKE_REPORTS
            READ_CLASS_LISTS EDIT_PUPILS ENTER_FORMER_MARKS ISSUE_FAMILY_CODES READ_DIARY READ_ABSENCES
            READ_CLASS_CONTROL READ_REMARKS READ_FAMILY_WORK EDIT_ABSENCES SEND_GAP_REQUEST WRITE_REMARK
            WRITE_ANNOUNCEMENT FOLLOW_ANNOUNCEMENTS READ_CONSULTATIONS PLAN_OCCASIONS READ_COUNCILS
            PROPOSE_DECISIONS READ_PAPERS PRINT_PAPERS READ_REPORT_CARDS GIVE_EXTRA_HELP""",
        )
        + _RECEIVES_FAMILIES,
    ),
    Role.TEACHER: RoleRow(
        "Учитель-предметник",
        "ведёт журнал своих уроков (п. 4.5)",
        _over(
            Scope.OWN_LESSONS,
            """READ_DAY READ_REGISTER ENTER_CELLS EDIT_LESSON ENTER_TERM_MARKS ENTER_EXAM_MARKS ASK_CORRECTION
            READ_SUBSTITUTION_LOG SIGN_SUBSTITUTIONS READ_LESSON_PLANS EDIT_LESSON_PLAN
            READ_QUALITY READ_ATTENDANCE READ_REGISTER_WORK READ_CONSISTENCY READ_PUPIL_HISTORY
            READ_FORECASTS READ_REPORTS MAKE_REPORTS ANSWER_INSPECTION READ_REMARKS WRITE_REMARK
            WRITE_ANNOUNCEMENT GIVE_EXTRA_HELP""",
        )
        + _RECEIVES_FAMILIES,
    ),
    Role.SECRETARY: RoleRow(
        "Секретарь",
        "ведёт движение учащихся, выгрузку и архив (п. 4.6)",
        _over(
            Scope.WHOLE_SCHOOL,
            """READ_CLASS_LISTS EDIT_PUPILS MOVE_PUPILS ENTER_FORMER_MARKS EXPORT_JOURNAL LOAD_FILES LOAD_ENTRIES
            READ_CHILD_RECORD WRITE_ANNOUNCEMENT READ_COUNCILS RECORD_DECISIONS READ_PAPERS PRINT_PAPERS
            READ_CERTIFICATES ISSUE_CERTIFICATES READ_REPORT_CARDS READ_ARCHIVE MAKE_ARCHIVE FOLLOW_DOCUMENTS
            READ_YEAR_PLAN""",
        )
        + _PLANNED_FOR,
    ),
    Role.GUARDIAN: RoleRow(
        "Родитель (законный представитель)",
        "видит только своего ребёнка (п. 3.6, 4.7)",
        _over(
            Scope.OWN_CHILD,
            """READ_DIARY CONFIRM_REMARK CONFIRM_WEEK ANNOUNCE_ABSENCE READ_CHILD_RECORD KEEP_NOTICES CONFIRM_ANNOUNCEMENT
            BOOK_CONSULTATION ANSWER_TASK ANSWER_OCCASION ASK_CERTIFICATE""",
        ),
    ),
    Role.PUPIL: RoleRow(
        "Ученик",
        "видит только свой дневник (п. 2.8)",
        _over(
            Scope.OWN_CHILD,
            "READ_DIARY TICK_HOMEWORK KEEP_NOTICES CONFIRM_ANNOUNCEMENT ANSWER_TASK ANSWER_OCCASION",
        ),
    ),
}

# Everybody keeps their own way in (п. 3.2), and writes as far as the table of `writing.py` goes; the staff read what is
# announced to them (п. 2.9).
_FAMILY = {Role.GUARDIAN, Role.PUPIL}
ROLES: dict[Role, RoleRow] = {
    role: replace(row, grants=row.grants + _OWN_ACCOUNT + (() if role in _FAMILY else _OF_STAFF))
    for role, row in _ROLES.items()
}
