"""How much waits for somebody, page by page: it stands in the menu."""

from collections.abc import Callable, Collection

from school.announcements.lookups.staff import waiting_announcements
from school.archive.lookups import waiting_papers
from school.calendar import school_year_of
from school.certificates.lookups.papers import waiting_for_office
from school.correspondence.lookups.order import waiting_complaints
from school.correspondence.lookups.threads import unread_of_staff, waiting_calls
from school.excuses.lookups import waiting_count
from school.records import User
from school.regulations.lookups import waiting_for_head, waiting_to_read
from school.tasks.lookups import waiting_answers
from school.year_plan.lookups import waiting_plan
from server.menu.rows import (
    ABSENCES,
    ANNOUNCEMENTS,
    ARCHIVE,
    DOCUMENTS,
    HELP,
    LETTER_ORDER,
    MESSAGES,
    OFFICE,
    TASKS,
    YEAR_PLAN,
    PageRow,
)
from server.session import school


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
        DOCUMENTS: lambda: (
            len(waiting_to_read(here.store, user, today=today))
            + len(waiting_for_head(here.store, user, today=today))
        ),
    }
    return {path: count() for path, count in counts.items() if path in paths}
