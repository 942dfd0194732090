"""Questions about 8Б to papers of pupils: the secretary issues, the office reads, a family asks for its own child."""

from asking import CONTROLLERS, LEADER, NOBODY, TODAY, Question, past_the_door, was_done
from small_school import CLASS_8B, NOW, STRANGE_CHILD, USER_IDS

from school.certificates import actions
from school.certificates.lookups import papers, report_cards
from school.certificates.records import PaperKind, PaperOrder
from school.people.lookups import class_lists, school_counts
from school.records import Role, User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store

ORDER = PaperOrder(PaperKind.STUDY, STRANGE_CHILD, "Стрельцову")
EXTRACT = PaperOrder(
    PaperKind.EXTRACT, STRANGE_CHILD, basis="приказ № 1", first=NOW.date().replace(day=1), last=TODAY
)
SECRETARY = {"secretary"}
READERS = CONTROLLERS | SECRETARY
PRINTERS = LEADER | {"head", "deputy"} | SECRETARY
LIST_READERS = CONTROLLERS | SECRETARY


def the_secretary(store: Store) -> User:
    return users_by_id(store, [USER_IDS["secretary"]])[USER_IDS["secretary"]]


def _issued(store: Store) -> int:
    return actions.issue_paper(store, the_secretary(store), ORDER, now=NOW)


def _asked(store: Store) -> int:
    """Let the guardian of 8Б's pupil have asked for a certificate that waits."""
    waiting = store.read("SELECT min(request_id) FROM certificate_requests WHERE decided_at IS NULL")[0][0]
    if waiting is not None:
        return int(waiting)
    mother = User(999, "mother", "", frozenset({Role.GUARDIAN}), pupil_ids=frozenset([STRANGE_CHILD]))
    return actions.ask_for_certificate(
        store, mother, STRANGE_CHILD, PaperKind.STUDY, "Стрельцову", "", now=NOW
    )


def _cancel(store: Store, user: User) -> bool:
    return past_the_door(actions.cancel_paper, _issued(store), "ошибка в 8Б")(store, user)


def _decline(store: Store, user: User) -> bool:
    return past_the_door(actions.decline_request, _asked(store), "нет в школе")(store, user)


def _waiting(store: Store, user: User) -> object:
    _asked(store)
    return papers.waiting_requests(store, user)


def _week(store: Store, user: User) -> object:
    _asked(store)
    return papers.office_week(store, user, TODAY)


def _count(store: Store, user: User) -> object:
    _asked(store)
    return papers.waiting_for_office(store, user)


def _register(store: Store, user: User) -> object:
    _issued(store)
    return papers.issued_papers(store, user, NOW.year)


def _read(store: Store, user: User) -> object:
    return papers.read_certificate(
        store, user, actions.issue_paper(store, the_secretary(store), EXTRACT, now=NOW)
    )


def _numbers(store: Store, user: User) -> object:
    _issued(store)
    return papers.given_numbers(store, user, NOW.year)


QUESTIONS: dict[str, Question] = {
    "certificates.actions.issue_paper": Question(
        past_the_door(actions.issue_paper, ORDER), SECRETARY, was_done
    ),
    "certificates.actions.cancel_paper": Question(_cancel, SECRETARY, was_done),
    "certificates.actions.decline_request": Question(_decline, SECRETARY, was_done),
    "certificates.actions.ask_for_certificate": Question(
        past_the_door(actions.ask_for_certificate, STRANGE_CHILD, PaperKind.STUDY, "", ""), NOBODY, was_done
    ),
    "certificates.actions.save_letterhead": Question(
        past_the_door(actions.save_letterhead, "г. Речной"), SECRETARY, was_done
    ),
    "certificates.lookups.papers.issued_papers": Question(_register, READERS),
    "certificates.lookups.papers.read_certificate": Question(_read, READERS),
    "certificates.lookups.papers.waiting_requests": Question(_waiting, READERS),
    "certificates.lookups.papers.office_week": Question(_week, SECRETARY),
    "certificates.lookups.papers.waiting_for_office": Question(_count, SECRETARY, lambda count: count == 1),
    "certificates.lookups.papers.given_numbers": Question(_numbers, READERS, bool),
    "certificates.lookups.papers.paper_years": Question(
        lambda store, user: papers.paper_years(store, user, TODAY), READERS, bool
    ),
    "certificates.lookups.papers.letterhead": Question(
        lambda store, user: ("8Б", papers.letterhead(store, user)), READERS
    ),
    "certificates.lookups.papers.family_certificates": Question(
        lambda store, user: papers.family_certificates(store, user, STRANGE_CHILD), NOBODY
    ),
    "certificates.lookups.report_cards.card_classes": Question(report_cards.card_classes, PRINTERS),
    "certificates.lookups.report_cards.card_pupils": Question(
        lambda store, user: report_cards.card_pupils(store, user, CLASS_8B, TODAY), PRINTERS
    ),
    "certificates.lookups.report_cards.report_cards": Question(
        lambda store, user: report_cards.report_cards(store, user, CLASS_8B, TODAY), PRINTERS
    ),
    "certificates.lookups.report_cards.personal_card": Question(
        lambda store, user: report_cards.personal_card(store, user, STRANGE_CHILD, TODAY), PRINTERS
    ),
    "people.lookups.class_lists.listed_pupils": Question(
        lambda store, user: class_lists.listed_pupils(store, user, CLASS_8B, TODAY), LIST_READERS | LEADER
    ),
    "people.lookups.school_counts.movement_report": Question(
        lambda store, user: school_counts.movement_report(store, user, 2026, TODAY.replace(day=1), TODAY),
        LIST_READERS,
    ),
    "people.lookups.school_counts.movement_spans": Question(
        lambda store, user: school_counts.movement_spans(store, user, TODAY), LIST_READERS, bool
    ),
    "people.lookups.school_counts.school_counts": Question(
        lambda store, user: school_counts.school_counts(store, user, 2026),
        LIST_READERS,
        lambda counts: bool(counts.grades),
    ),
}
