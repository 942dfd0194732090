"""The table of who may write to whom (п. 2.9, 4.7): read it as «sender — recipient — what must hold between them»."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from school.records import Role


class Relation(StrEnum):
    """What an employee is to a pupil on a day; of the family's people it is that of their pupil."""

    ANYBODY = "anybody"
    TEACHES = "teaches"
    LEADS = "leads"


RELATION_TITLES: dict[Relation, str] = {
    Relation.ANYBODY: "любому",
    Relation.TEACHES: "учитель учит этого ученика",
    Relation.LEADS: "ведёт класс ученика",
}

FAMILY = frozenset({Role.PUPIL, Role.GUARDIAN})
STAFF = frozenset(Role) - FAMILY
Pair = tuple[Role, Role]
# Whatever a school sets: neither children among themselves nor families among themselves write here, and a family talks at home.
NEVER: frozenset[Pair] = frozenset((sender, recipient) for sender in FAMILY for recipient in FAMILY)


@dataclass(frozen=True)
class WritingRow:
    """To whom a role may write first, and by which clause; who is written to may always answer in the thread."""

    recipients: Mapping[Role, Relation]
    clause: str


_COLLEAGUES = dict.fromkeys((*sorted(STAFF - {Role.ADMIN}),), Relation.ANYBODY)
_FAMILIES = dict.fromkeys((Role.PUPIL, Role.GUARDIAN), Relation.ANYBODY)
_OFFICES = dict.fromkeys((Role.DEPUTY, Role.HEAD, Role.SECRETARY), Relation.ANYBODY)

# To the administrator everybody comes by «Помощь» (п. 8.1).
WRITING: dict[Role, WritingRow] = {
    Role.PUPIL: WritingRow({Role.TEACHER: Relation.TEACHES, Role.HOMEROOM: Relation.LEADS}, "п. 2.9, 4.7"),
    Role.GUARDIAN: WritingRow(
        {Role.TEACHER: Relation.TEACHES, Role.HOMEROOM: Relation.LEADS} | _OFFICES, "п. 2.9, 4.7"
    ),
    Role.TEACHER: WritingRow(
        {Role.PUPIL: Relation.TEACHES, Role.GUARDIAN: Relation.TEACHES} | _COLLEAGUES, "п. 2.9, 4.5"
    ),
    Role.HOMEROOM: WritingRow(
        {Role.PUPIL: Relation.LEADS, Role.GUARDIAN: Relation.LEADS} | _COLLEAGUES, "п. 2.9, 4.3"
    ),
    Role.DEPUTY: WritingRow(_FAMILIES | _COLLEAGUES, "п. 2.9, 4.2"),
    Role.HEAD: WritingRow(_FAMILIES | _COLLEAGUES, "п. 2.9, 4.1"),
    Role.SECRETARY: WritingRow(_FAMILIES | _COLLEAGUES | {Role.ADMIN: Relation.ANYBODY}, "п. 2.9, 4.6"),
    Role.ADMIN: WritingRow(_FAMILIES | _COLLEAGUES | {Role.ADMIN: Relation.ANYBODY}, "п. 2.9, 4.3"),
}

PAIRS: frozenset[Pair] = frozenset((sender, to) for sender, row in WRITING.items() for to in row.recipients)


def may_write(
    senders: Collection[Role],
    recipients: Collection[Role],
    relations: Collection[Relation],
    closed: Collection[Pair] = (),
) -> bool:
    """Whether somebody of these roles may begin to write to somebody of those; ``relations`` hold between them today.

    ``closed``: the pairs that the school has closed. What the table does not hold nothing opens.
    """
    return any(
        (sender, recipient) in PAIRS
        and (sender, recipient) not in closed
        and WRITING[sender].recipients[recipient] in relations
        for sender in senders
        for recipient in recipients
    )


def may_answer(
    senders: Collection[Role],
    recipients: Collection[Role],
    relations: Collection[Relation],
    closed: Collection[Pair] = (),
) -> bool:
    """Whether a thread between them may go on: while either may write to the other."""
    return may_write(senders, recipients, relations, closed) or may_write(
        recipients, senders, relations, closed
    )


def closed_pairs(text: str | None) -> frozenset[Pair]:
    """Return the pairs that a setting closes, «guardian>teacher,pupil>teacher»; words that are no pair of the table close nothing."""
    named = {f"{sender}>{recipient}": (sender, recipient) for sender, recipient in PAIRS}
    return frozenset(named[each] for each in (text or "").split(",") if each in named)


def closed_text(closed: Collection[Pair]) -> str:
    """Return closed pairs as the setting holds them; what is not of the table is left out."""
    return ",".join(sorted(f"{sender}>{recipient}" for sender, recipient in PAIRS.intersection(closed)))
