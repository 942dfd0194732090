"""Who may make and read which report: the right to reports, and the right to the figures that it is made of."""

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import ALL_ROWS, Rows
from school.records import User
from school.reports.records import About, ReportKind, ReportOrder
from school.reports.rules import REPORTS

# Whose figures a report shows; without this right the right to reports is not enough.
FIGURES_OF: dict[ReportKind, Action] = {
    ReportKind.PERFORMANCE: Action.READ_QUALITY,
    ReportKind.HOMEROOM: Action.READ_QUALITY,
    ReportKind.SUBJECT_TEACHER: Action.READ_QUALITY,
    ReportKind.MARK_COVERAGE: Action.READ_TEACHER_ACTIVITY,
    ReportKind.CURRICULUM: Action.READ_LESSON_PLANS,
    ReportKind.SUBSTITUTIONS: Action.READ_SUBSTITUTIONS,
    ReportKind.USER_ACTIVITY: Action.READ_REGISTER_WORK,
}


def rows_of(order: ReportOrder) -> Rows:
    """Return whose rows a report is about."""
    about = REPORTS[order.kind].about
    if order.about_id is None or about is About.SCHOOL:
        return ALL_ROWS
    if about is About.CLASS:
        return Rows(class_id=order.about_id)
    return Rows(teacher_ids=frozenset([order.about_id]))


def may_read_report(user: User, order: ReportOrder) -> bool:
    """Whether the user may read this report."""
    return _may(user, Action.READ_REPORTS, order)


def may_make_report(user: User, order: ReportOrder) -> bool:
    """Whether the user may make this report."""
    return _may(user, Action.MAKE_REPORTS, order)


def check_may_read_report(user: User, order: ReportOrder) -> None:
    """Raise AccessRefused unless the user may read this report."""
    _check(user, Action.READ_REPORTS, order)


def check_may_make_report(user: User, order: ReportOrder) -> None:
    """Raise AccessRefused unless the user may make this report."""
    _check(user, Action.MAKE_REPORTS, order)


def kinds_for(user: User, action: Action) -> list[ReportKind]:
    """Return the kinds of report that the user may read or make, about somebody at least."""
    return [kind for kind in ReportKind if _may_somewhere(user, action, kind)]


def _may_somewhere(user: User, action: Action, kind: ReportKind) -> bool:
    own = {
        About.SCHOOL: [],
        About.CLASS: [Rows(class_id=class_id) for class_id in user.homeroom_class_ids],
        About.TEACHER: [Rows(teacher_ids=frozenset([user.staff_id or 0]))],
    }
    return any(_may_with(user, action, kind, rows) for rows in (ALL_ROWS, *own[REPORTS[kind].about]))


def _may(user: User, action: Action, order: ReportOrder) -> bool:
    return _may_with(user, action, order.kind, rows_of(order))


def _may_with(user: User, action: Action, kind: ReportKind, rows: Rows) -> bool:
    return may(user, action, rows) and may(user, FIGURES_OF[kind], rows)


def _check(user: User, action: Action, order: ReportOrder) -> None:
    check_may(user, action, rows_of(order))
    check_may(user, FIGURES_OF[order.kind], rows_of(order))
