"""Who has seen and confirmed an announcement, by child: for its author, for who leads a class of theirs, for the deputy and the head."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from school.access.action import Action
from school.access.checks import check_may_somewhere, scopes_of
from school.access.scopes import Scope
from school.announcements import store as stored
from school.announcements.access import checked_rows, follows_all, rows_followed
from school.announcements.rules import Answer, Wanted, answer_of, missing
from school.announcements.store import Announcement, AnnouncementFile, Recipient
from school.audiences.rules import Part
from school.audiences.store import audience_words, class_names, people_with_sign_in
from school.records import User
from school.store.connection import Store
from school.store.names import tell_apart
from school.store.reading import Reader

__all__ = ["Announcement"]

FOLLOWED_DAYS = 300
MOST_LISTED = 30


@dataclass(frozen=True)
class Answerer:
    """A person of a report; ``is_missing``: their confirmation is still wanted."""

    row: Recipient
    name: str
    has_sign_in: bool
    is_missing: bool


@dataclass(frozen=True)
class ReportRow:
    """A child, or an employee, with whom the announcement reached about them; ``is_late``: came to the audience later."""

    owner_id: int
    is_of_staff: bool
    name: str
    class_name: str
    answer: Answer
    people: tuple[Answerer, ...]
    is_late: bool


@dataclass(frozen=True)
class ChildRow(ReportRow):
    """A child: who takes its list out of the register is noted."""

    @property
    def pupil_id(self) -> int:
        """Whose row it is."""
        return self.owner_id


@dataclass(frozen=True)
class Report:
    """Who has answered. ``rows``: whom it was sent to, ``late``: who came later; only those whom the reader may follow.

    ``is_whole``: the reader sees all of them. ``audience``: whom it is for, in words.
    """

    announcement: Announcement
    audience: str
    rows: tuple[ReportRow, ...]
    late: tuple[ReportRow, ...]
    files: tuple[AnnouncementFile, ...]
    is_whole: bool

    @property
    def counts(self) -> Counter[Answer]:
        """How many children and employees stand how, without those who came later."""
        return Counter(each.answer for each in self.rows)

    @property
    def without_sign_in(self) -> list[tuple[ReportRow, Answerer]]:
        """Who cannot confirm in the register and has not signed on paper yet: nobody for whom the family has confirmed."""
        return [
            (row, person)
            for row in (*self.rows, *self.late)
            for person in row.people
            if not person.has_sign_in and person.row.confirmed_at is None and self._is_to_sign(row, person)
        ]

    def _is_to_sign(self, row: ReportRow, person: Answerer) -> bool:
        is_asked = self.announcement.wanted != Wanted.NOBODY
        return person.is_missing or not is_asked or row.answer == Answer.NOT_POSSIBLE


@dataclass(frozen=True)
class Followed:
    """An announcement in a list: whom it is for, of how many children and employees how many have seen and confirmed it."""

    announcement: Announcement
    audience: str
    total: int
    seen: int
    confirmed: int


def followed_announcements(store: Store, user: User, *, today: date) -> list[Followed]:
    """Return the newest of what the user wrote and of what reached those whom they follow. Raises AccessRefused."""
    check_may_somewhere(user, Action.WRITE_ANNOUNCEMENT)
    since, scopes = today - timedelta(FOLLOWED_DAYS), scopes_of(user, Action.FOLLOW_ANNOUNCEMENTS)
    if Scope.WHOLE_SCHOOL in scopes:
        found = stored.written_since(store, since, None)
    else:
        classes = user.homeroom_class_ids if Scope.OWN_CLASS in scopes else frozenset()
        found = stored.written_since(store, since, user.user_id, classes)
    found = found[:MOST_LISTED]
    rows: dict[int, list[Recipient]] = defaultdict(list)
    for row in stored.recipients_of(store, [each.announcement_id for each in found]) if found else []:
        rows[row.announcement_id].append(row)
    return [_followed(store, user, each, rows[each.announcement_id]) for each in found]


def _followed(
    reader: Reader, user: User, announcement: Announcement, rows: Collection[Recipient]
) -> Followed:
    groups = _by_owner(rows_followed(user, announcement, rows))
    answers = Counter(answer_of(announcement.wanted, of_owner) for of_owner in groups.values())
    seen = sum(any(row.seen_at or row.confirmed_at for row in of_owner) for of_owner in groups.values())
    confirmed = answers[Answer.CONFIRMED]
    return Followed(announcement, audience_words(reader, announcement.audience), len(groups), seen, confirmed)


def _by_owner(rows: Collection[Recipient]) -> dict[tuple[bool, int], list[Recipient]]:
    groups: dict[tuple[bool, int], list[Recipient]] = defaultdict(list)
    for row in rows:
        groups[row.part == Part.STAFF, row.owner_id].append(row)
    return groups


def announcement_report(store: Store, user: User, announcement_id: int) -> Report:
    """Return who has answered an announcement. Raises AccessRefused where the user may follow nobody of it."""
    announcement, rows = checked_rows(store, user, announcement_id)
    people = {
        part: {row.person_id for row in rows if row.part == part} | _owners_of(rows, part) for part in Part
    }
    names, sign_ins = stored.names_of(store, people), people_with_sign_in(store)
    shorts = {
        Part.PUPIL: tell_apart(store, _shorts(names, Part.PUPIL)),
        Part.STAFF: tell_apart(store, _shorts(names, Part.STAFF), "staff"),
    }
    classes = class_names(store)
    found: list[tuple[tuple[object, ...], ReportRow]] = []
    for (is_staff, owner), of_owner in _by_owner(rows).items():
        wanted = missing(announcement.wanted, of_owner)
        grade, class_name = classes.get(of_owner[0].class_id or 0, (0, ""))
        name = shorts[Part.STAFF if is_staff else Part.PUPIL].get(owner, "")
        row = (ReportRow if is_staff else ChildRow)(
            owner,
            is_staff,
            name,
            class_name,
            answer_of(announcement.wanted, of_owner),
            tuple(
                Answerer(
                    each,
                    names[each.part, each.person_id].full if (each.part, each.person_id) in names else "",
                    each.person_id in sign_ins[each.part],
                    (each.part, each.person_id) in wanted,
                )
                for each in sorted(of_owner, key=lambda each: (each.part != Part.PUPIL, each.person_id))
            ),
            all(each.joined_at for each in of_owner),
        )
        found.append(((is_staff, grade, class_name, name.casefold(), owner), row))
    ordered = [row for _, row in sorted(found, key=lambda pair: pair[0])]
    return Report(
        announcement,
        audience_words(store, announcement.audience),
        tuple(row for row in ordered if not row.is_late),
        tuple(row for row in ordered if row.is_late),
        tuple(stored.files_of(store, [announcement_id])[announcement_id]),
        follows_all(user, announcement),
    )


def _owners_of(rows: Collection[Recipient], part: Part) -> set[int]:
    """Return the children themselves: an announcement to guardians names them too."""
    return {row.owner_id for row in rows if row.part != Part.STAFF} if part == Part.PUPIL else set()


def _shorts(names: dict[tuple[Part, int], stored.PersonName], part: Part) -> dict[int, str]:
    return {person: name.short for (of_part, person), name in names.items() if of_part == part}
