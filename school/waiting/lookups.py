"""What awaits somebody: to approve, to sign, to decide, to read, each with the page where it is done (п. 4.1, 4.2)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from school.access.action import Action
from school.access.checks import check_may, may, may_somewhere
from school.announcements.lookups.staff import waiting_announcements
from school.archive.lookups import due_paper
from school.calendar import school_year_of
from school.correspondence.lookups.order import waiting_complaints
from school.correspondence.lookups.threads import unread_of_staff, waiting_calls
from school.discipline.lookups import next_steps
from school.inspections.lookups import inspections, unread_reports
from school.numbers import counted
from school.records import User
from school.register.store.corrections import permissions_asked
from school.regulations.lookups import waiting_for_head, waiting_to_read
from school.store.connection import Store


class Deed(StrEnum):
    """What is to be done with what waits, in the order of the page."""

    APPROVE = "approve"
    SIGN = "sign"
    DECIDE = "decide"
    READ = "read"


DEED_TITLES: dict[Deed, str] = {
    Deed.APPROVE: "Утвердить",
    Deed.SIGN: "Подписать",
    Deed.DECIDE: "Решить",
    Deed.READ: "Прочитать",
}


@dataclass(frozen=True)
class Waiting:
    """Something that waits: in words with its count, and the page where it is done, with the codes of its address."""

    deed: Deed
    words: str
    page: str
    icon: str
    codes: Mapping[str, object] = field(default_factory=dict)
    is_late: bool = False


Source = Callable[[Store, User, datetime], Sequence[Waiting]]


def what_waits(store: Store, user: User, *, now: datetime) -> list[Waiting]:
    """Return what awaits the user, by what is to be done with it. Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_PLAN)
    found = [each for source in SOURCES for each in source(store, user, now)]
    order = list(Deed)
    return sorted(found, key=lambda each: order.index(each.deed))


def _papers(store: Store, user: User, now: datetime) -> list[Waiting]:
    due = due_paper(store, user, today=now.date())
    if due is None:
        return []
    return [
        Waiting(Deed.SIGN, due.words, "archive/archive.py", ":material/inventory_2:", is_late=due.is_late)
    ]


def _corrections(store: Store, user: User, now: datetime) -> list[Waiting]:
    if not may(user, Action.CLOSE_TERMS):
        return []
    asked = permissions_asked(store, school_year_of(now.date()))
    return _some(
        Deed.DECIDE,
        sum(each.is_granted is None for each in asked),
        (
            "просьба исправить закрытый период",
            "просьбы исправить закрытый период",
            "просьб исправить закрытый период",
        ),
        "terms/terms.py",
        ":material/edit_calendar:",
    )


def _complaints(store: Store, user: User, _now: datetime) -> list[Waiting]:
    if not may(user, Action.READ_COMPLAINTS):
        return []
    deed = Deed.DECIDE if may(user, Action.DECIDE_COMPLAINTS) else Deed.READ
    count = waiting_complaints(store, user)
    forms = ("жалоба на переписку", "жалобы на переписку", "жалоб на переписку")
    return _some(deed, count, forms, "correspondence/letter_order.py", ":material/gavel:")


def _own_inspections(store: Store, user: User, _now: datetime) -> list[Waiting]:
    if not may(user, Action.INSPECT):
        return []
    return [
        Waiting(
            Deed.DECIDE,
            f"Закончить справку: {each.title}",
            "inspections/inspections.py",
            ":material/policy:",
            {"inspection": each.inspection_id},
        )
        for each in inspections(store, user)
        if each.published_at is None and each.started_by == user.user_id
    ]


def _to_approve(store: Store, user: User, now: datetime) -> list[Waiting]:
    return [
        Waiting(
            Deed.APPROVE,
            each.title,
            "regulations/documents.py",
            ":material/gavel:",
            {"document": each.regulation_id},
        )
        for each in waiting_for_head(store, user, today=now.date())
    ]


def _to_read(store: Store, user: User, now: datetime) -> list[Waiting]:
    count = len(waiting_to_read(store, user, today=now.date()))
    forms = ("документ школы", "документа школы", "документов школы")
    return _some(Deed.READ, count, forms, "regulations/documents.py", ":material/gavel:")


def _measures(store: Store, user: User, now: datetime) -> list[Waiting]:
    steps = next_steps(store, user, today=now.date())
    forms = ("шаг по мерам", "шага по мерам", "шагов по мерам")
    found = _some(Deed.DECIDE, len(steps), forms, "discipline/measures.py", ":material/balance:")
    return [replace(each, is_late=any(step.is_late for step in steps)) for each in found]


def _letters(store: Store, user: User, now: datetime) -> list[Waiting]:
    count = unread_of_staff(store, user, now=now)
    forms = ("непрочитанное письмо", "непрочитанных письма", "непрочитанных писем")
    return _some(Deed.READ, count, forms, "correspondence/messages.py", ":material/mail:")


def _calls(store: Store, user: User, now: datetime) -> list[Waiting]:
    count = waiting_calls(store, user, now=now)
    forms = ("ответ в «Помощи»", "ответа в «Помощи»", "ответов в «Помощи»")
    return _some(Deed.READ, count, forms, "correspondence/help.py", ":material/help:")


def _announcements(store: Store, user: User, now: datetime) -> list[Waiting]:
    count = waiting_announcements(store, user, today=now.date())
    forms = ("новое объявление", "новых объявления", "новых объявлений")
    return _some(Deed.READ, count, forms, "announcements/announcements.py", ":material/campaign:")


def _reports(store: Store, user: User, _now: datetime) -> list[Waiting]:
    if not may_somewhere(user, Action.ANSWER_INSPECTION):
        return []
    forms = ("справка о проверке журнала", "справки о проверке журнала", "справок о проверке журнала")
    count = unread_reports(store, user)
    return _some(Deed.READ, count, forms, "inspections/inspection_reports.py", ":material/policy:")


def _some(deed: Deed, count: int, forms: tuple[str, str, str], page: str, icon: str) -> list[Waiting]:
    return [Waiting(deed, counted(count, *forms), page, icon)] if count else []


SOURCES: tuple[Source, ...] = (
    _to_approve,
    _papers,
    _corrections,
    _complaints,
    _own_inspections,
    _measures,
    _to_read,
    _letters,
    _calls,
    _announcements,
    _reports,
)
