"""Records of people: employees, pupils, guardians, where pupils were when, and codes that let people in."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from school.records import AbsenceReason, Cell, PersonName, Role

FormerMarkPlace = tuple[int, int]  # subject_id, term_id


@dataclass(frozen=True)
class StaffDraft:
    """An employee as a form or a file gives them."""

    name: PersonName
    position: str = ""
    roles: frozenset[Role] = frozenset()
    hired_on: date | None = None


@dataclass(frozen=True)
class GuardianDraft:
    """A parent or other lawful representative as a form or a file gives them; ``relation`` is what they are to the child."""

    name: PersonName
    relation: str = ""
    phone: str = ""


@dataclass(frozen=True)
class PupilDraft:
    """A pupil as a form or a file gives them; ``file_number`` is that of the personal file (личное дело)."""

    name: PersonName
    born_on: date | None = None
    guardians: tuple[GuardianDraft, ...] = ()
    file_number: str = ""


@dataclass(frozen=True)
class StaffMember:
    """An employee with their account, if they have one; ``has_password`` is False until a code was accepted."""

    staff_id: int
    name: PersonName
    position: str
    hired_on: date | None
    dismissed_on: date | None
    user_id: int | None
    login: str
    roles: frozenset[Role]
    has_password: bool
    blocked_at: datetime | None

    def works_on(self, day: date) -> bool:
        """Whether the employee is not dismissed by that day."""
        return self.dismissed_on is None or day < self.dismissed_on


@dataclass(frozen=True)
class Guardian:
    """A guardian of a pupil, with the account, if there is one."""

    guardian_id: int
    name: PersonName
    relation: str
    phone: str
    user_id: int | None = None
    login: str = ""


@dataclass(frozen=True)
class ClassOfYear:
    """A class with the days of its school year, None where the calendar does not say them."""

    class_id: int
    name: str
    school_id: int
    school_year: int
    first_day: date | None = None
    last_day: date | None = None
    grade_level: int | None = None


@dataclass(frozen=True)
class Stay:
    """A pupil in a class: the first day (None: from the start) and the day of leaving (None: staying)."""

    enrolment_id: int
    place: ClassOfYear
    starts_on: date | None
    ends_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the pupil was in the class on that day."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day < self.ends_on
        )


class MovementKind(StrEnum):
    """What happened to a pupil."""

    ARRIVAL = "arrival"
    DEPARTURE = "departure"
    TRANSFER = "transfer"


@dataclass(frozen=True)
class Movement:
    """A movement of a pupil: ``happened_on`` is the first day in the new class, or the first day out of the school.

    ``from_where``: the school that who arrives came from, ``to_where``: where who departs goes.
    """

    movement_id: int
    pupil_id: int
    kind: MovementKind
    happened_on: date
    from_class_id: int | None
    to_class_id: int | None
    order_title: str
    reason: str
    recorded_at: datetime
    recorded_by: int | None
    from_where: str = ""
    to_where: str = ""


@dataclass(frozen=True)
class JointMovement:
    """Pupils who were moved from class to class together; ``members`` are (movement id, pupil id)."""

    from_class: str
    to_class: str
    happened_on: date
    order_title: str
    members: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class LaterEntry:
    """What the register says of a pupil at a lesson on or after a day."""

    lesson_id: int
    held_on: date
    subject: str
    cell: Cell
    term_is_closed: bool

    @property
    def tells_presence(self) -> bool:
        """Whether the pupil was surely there: a mark, or late."""
        return bool(self.cell.marks) or self.cell.absence is AbsenceReason.LATE


@dataclass(frozen=True)
class Division:
    """A subgroup of a class, and since when the pupil is in it (``is_member`` on the day asked for)."""

    subject_id: int
    subject: str
    subgroup_id: int
    subgroup: str
    is_member: bool


class PersonKind(StrEnum):
    """Whom a code lets in."""

    STAFF = "staff"
    GUARDIAN = "guardian"
    PUPIL = "pupil"


@dataclass(frozen=True)
class Invitee:
    """A person whom a code is for."""

    kind: PersonKind
    person_id: int


@dataclass(frozen=True)
class Invitation:
    """A code that was issued, without the code itself."""

    invitation_id: int
    invitee: Invitee
    issued_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class IssuedCode:
    """A code at the moment of its issue, the only one at which it is known; ``purpose`` says what it opens, in words."""

    invitee: Invitee
    name: PersonName
    purpose: str
    expires_at: datetime
    is_new_password: bool
    code: str = field(repr=False)
