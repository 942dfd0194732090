"""Who may read which document of the school (п. 4.1, 4.2)."""

from datetime import date

from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.errors import AccessRefused
from school.records import User
from school.regulations import store as stored
from school.regulations.records import Acquaintance, Regulation
from school.store.reading import Reader

REFUSED = ("Документ не открывается.", "Его нет, или он не для вас.", "Вернитесь к списку документов.")


def reads_documents(user: User) -> bool:
    """Whether the user reads documents of the school as an employee."""
    return may(user, Action.READ_DOCUMENTS, Rows(user_id=user.user_id))


def own_acquaintance(reader: Reader, user: User, regulation_id: int) -> Acquaintance | None:
    """Return the user's own row of a document, or None where it is not for them."""
    if user.staff_id is None:
        return None
    rows = stored.acquaintances_of(reader, [user.staff_id]).get(user.staff_id, ())
    return next((each for each in rows if each.regulation_id == regulation_id), None)


def is_open_to(user: User, regulation: Regulation, own: Acquaintance | None) -> bool:
    """Whether an employee reads a document: drafts those who prepare them, acts and the like of others their readers alone.

    What is meant for the families or for the whole staff everybody may look up; a list of people by name is theirs.
    """
    if may(user, Action.DRAFT_DOCUMENTS):
        return True
    if not regulation.is_approved:
        return False
    is_personal = regulation.target == "staff" and not regulation.is_for_families
    return own is not None or not is_personal or may(user, Action.FOLLOW_DOCUMENTS)


def check_reads(reader: Reader, user: User, regulation_id: int, today: date) -> Regulation:
    """Return a document that the user may read, as an employee or of a family. Raises AccessRefused, in the same words for none."""
    found = stored.regulations_by_id(reader, [regulation_id]).get(regulation_id)
    if found is not None:
        own = own_acquaintance(reader, user, regulation_id)
        if reads_documents(user) and is_open_to(user, found, own):
            return found
        if found.is_for_families and found.is_in_force(today) and of_family(user):
            return found
    raise AccessRefused(*REFUSED)


def of_family(user: User) -> bool:
    """Whether the user reads a diary as a pupil or a guardian."""
    return any(may(user, Action.READ_DIARY, Rows(pupil_id=each)) for each in user.pupil_ids)
