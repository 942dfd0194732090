"""Signs that credentials are shared or leaked: questions with their evidence, never accusations (п. 8.5, 8.7).

Every rule is a pure function of ``Facts`` and gives the signals of its kind. All of them lean on two notions: a device is a
user's habit once it was used on several days, and a network is the school's own when many of the staff use it in lesson hours.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import combinations

from school.numbers import counted

DAYS_OF_A_HABIT = 3
# A session is taken to be in use for so long after its last action.
STILL_THERE = timedelta(minutes=2)
AT_ONCE = timedelta(minutes=5)
LESSONS_FROM, LESSONS_UNTIL = time(8, 0), time(15, 0)
NIGHT_FROM, NIGHT_UNTIL = time(23, 30), time(5, 0)
STAFF_OF_A_SCHOOL_NETWORK, SHARE_OF_A_SCHOOL_NETWORK = 3, 0.25
FEWEST_ENTRIES, FEWEST_CORRECTIONS = 3, 5
FEW_PUPILS, SHARE_OF_FEW_PUPILS = 3, 0.8
# More people on one device: it stands in a class for everybody.
MOST_ON_ONES_OWN_DEVICE = 4
FEWEST_VISITS, FEWEST_DAYS, FEWEST_PUPIL_DAYS = 4, 3, 5
MOST_LINES = 5
TELEPHONES = ("iPhone", "Android", "iPad")


class SignalKind(StrEnum):
    """What a signal asks about."""

    TWO_PLACES = "two_places"
    OWN_LESSON = "own_lesson"
    NIGHT = "night"
    SHARED_DEVICE = "shared_device"
    PARENT_AT_SCHOOL = "parent_at_school"
    CORRECTIONS = "corrections"
    PARENT_NEVER = "parent_never"


QUESTIONS = {
    SignalKind.TWO_PLACES: "Входом пользуются двое? Он был открыт в двух местах сразу.",
    SignalKind.OWN_LESSON: "Кто вёл журнал, пока учитель вёл урок? Записи сделаны не из школы.",
    SignalKind.NIGHT: "Кто вёл журнал ночью? Устройство для учителя необычное.",
    SignalKind.SHARED_DEVICE: "Ученик знает пароль сотрудника? Оба входили с одного устройства.",
    SignalKind.PARENT_AT_SCHOOL: "Входом родителя пользуется ребёнок? Входят только из школы и во время уроков.",
    SignalKind.CORRECTIONS: "Кто исправил отметки? Их повысили немногим ученикам с необычного устройства.",
    SignalKind.PARENT_NEVER: "Ребёнок не отдал родителю код? Родители не входили ни разу, а ребёнок входит.",
}
WHAT_TO_DO = {
    SignalKind.TWO_PLACES: "Спросите владельца, его ли это устройства; если нет, пусть завершит чужие сеансы и сменит пароль.",
    SignalKind.OWN_LESSON: "Спросите учителя, кто делал записи; проверьте их в журнале изменений.",
    SignalKind.NIGHT: "Спросите учителя, его ли это записи; если нет, смените пароль и проверьте отметки.",
    SignalKind.SHARED_DEVICE: "Спросите сотрудника, кто садится за это устройство; предложите ему второй фактор.",
    SignalKind.PARENT_AT_SCHOOL: "Спросите родителя, входит ли он сам; ребёнку выдайте код на свой вход.",
    SignalKind.CORRECTIONS: "Покажите учителю исправления в журнале изменений и спросите, его ли они.",
    SignalKind.PARENT_NEVER: "Передайте код родителю лично или на собрании.",
}


@dataclass(frozen=True)
class AccountFacts:
    """Whose account it is: of the staff, a pupil's (``pupil_id``), a parent's of ``children``; a colleague may be a parent."""

    user_id: int
    name: str
    is_staff: bool = False
    pupil_id: int | None = None
    children: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Visit:
    """A session: from when to its last action, from which network (an address cut short), on which device."""

    user_id: int
    began: datetime
    ended: datetime
    network: str
    device: str
    browser: str

    def is_at(self, moment: datetime) -> bool:
        """Whether it was in use at a moment."""
        return self.began <= moment <= self.ended + STILL_THERE

    @property
    def is_telephone(self) -> bool:
        """Whether it was on a telephone or a tablet."""
        return self.browser.startswith(TELEPHONES)

    @property
    def words(self) -> str:
        """«12.11 10:41, Windows, Chrome, 10.0.0.x»."""
        return f"{self.began:%d.%m %H:%M}, {self.browser}, {self.network}"


@dataclass(frozen=True)
class EntryFacts:
    """Entries that a user made within one minute, in the register of one pupil where it is a mark put up."""

    user_id: int
    at: datetime
    count: int = 1
    raised_pupil: int | None = None


@dataclass(frozen=True)
class Signal:
    """A question about accounts, with evidence in lines; ``subject`` names whom it is about, ``until`` its newest evidence."""

    kind: SignalKind
    subject: str
    people: tuple[str, ...]
    evidence: tuple[str, ...]
    until: datetime


@dataclass(frozen=True)
class Facts:
    """What the rules look at: accounts by user, sessions, entries, when each teacher had lessons, days with lessons."""

    accounts: Mapping[int, AccountFacts]
    visits: Sequence[Visit]
    entries: Sequence[EntryFacts] = ()
    lessons: Mapping[int, Sequence[tuple[datetime, datetime]]] = field(default_factory=dict)
    school_days: Collection[date] = frozenset()

    @cached_property
    def by_user(self) -> Mapping[int, list[Visit]]:
        """The sessions of each user in their order."""
        found: dict[int, list[Visit]] = defaultdict(list)
        for visit in sorted(self.visits, key=lambda each: each.began):
            found[visit.user_id].append(visit)
        return found

    @cached_property
    def days_of_device(self) -> Mapping[tuple[int, str], list[date]]:
        """The days on which a user used a device, each once, in their order."""
        days: dict[tuple[int, str], set[date]] = defaultdict(set)
        for visit in self.visits:
            days[visit.user_id, visit.device].add(visit.began.date())
        return {key: sorted(of_device) for key, of_device in days.items()}

    @cached_property
    def devices_of(self) -> Mapping[int, list[str]]:
        """The devices of each user."""
        found: dict[int, list[str]] = defaultdict(list)
        for user_id, device in self.days_of_device:
            found[user_id].append(device)
        return found

    @cached_property
    def school_networks(self) -> frozenset[str]:
        """The networks that many of the staff use in lesson hours; none where everybody seems to come from one."""
        if len({visit.network for visit in self.visits}) < 2:
            return frozenset()
        people: dict[str, set[int]] = defaultdict(set)
        for visit in self.visits:
            if self.accounts[visit.user_id].is_staff and self.is_lesson_time(visit.began):
                people[visit.network].add(visit.user_id)
        everybody = len(set().union(*people.values())) if people else 0
        fewest = max(STAFF_OF_A_SCHOOL_NETWORK, SHARE_OF_A_SCHOOL_NETWORK * everybody)
        return frozenset(network for network, users in people.items() if len(users) >= fewest)

    def is_lesson_time(self, moment: datetime) -> bool:
        """Whether the school has lessons at a moment."""
        return moment.date() in self.school_days and LESSONS_FROM <= moment.time() < LESSONS_UNTIL

    def is_habit(self, user_id: int, device: str, day: date) -> bool:
        """Whether a user had used a device on several days before."""
        return bisect_left(self.days_of_device.get((user_id, device), []), day) >= DAYS_OF_A_HABIT

    def is_unusual(self, visit: Visit) -> bool:
        """Whether a session was on a device that is no habit of somebody who has another one."""
        day = visit.began.date()
        return not self.is_habit(visit.user_id, visit.device, day) and any(
            self.is_habit(visit.user_id, device, day) for device in self.devices_of[visit.user_id]
        )

    def open_at(self, user_id: int, moment: datetime) -> list[Visit]:
        """Return the sessions of a user that were in use at a moment."""
        return [visit for visit in self.by_user.get(user_id, []) if visit.is_at(moment)]


def two_places(facts: Facts) -> Iterator[Signal]:
    """Ask about a user who worked from two networks within minutes, one of the devices unusual for them.

    A telephone is in its owner's pocket, on a network of its own: an accustomed one proves nothing beside a computer, a new one
    only when it was in use elsewhere on each of its first days.
    """
    for user_id, visits in facts.by_user.items():
        pairs = [pair for pair in combinations(visits, 2) if _are_apart(*pair) and _is_strange(facts, *pair)]
        by_computer = [pair for pair in pairs if not any(visit.is_telephone for visit in pair)]
        days = {other.began.date() for _, other in pairs}
        if by_computer or len(days) >= DAYS_OF_A_HABIT:
            lines = (f"{one.words} — и {other.words}" for one, other in pairs)
            yield _of_user(
                facts, SignalKind.TWO_PLACES, user_id, lines, max(other.began for _, other in pairs)
            )


def _are_apart(one: Visit, other: Visit) -> bool:
    """Whether two sessions, the earlier first, were in use within minutes on two devices in two networks."""
    return one.network != other.network and one.device != other.device and other.began <= one.ended + AT_ONCE


def _is_strange(facts: Facts, one: Visit, other: Visit) -> bool:
    """Whether one of two sessions is unusual, and the other is not just a telephone that its owner carries."""
    return any(
        facts.is_unusual(strange) and not (usual.is_telephone and not strange.is_telephone)
        for strange, usual in ((one, other), (other, one))
    )


def entries_in_own_lesson(facts: Facts) -> Iterator[Signal]:
    """Ask about entries made from outside the school while their author had a lesson."""

    def is_strange(entry: EntryFacts) -> bool:
        if not facts.school_networks or not _is_within(facts.lessons.get(entry.user_id, ()), entry.at):
            return False
        found = facts.open_at(entry.user_id, entry.at)
        # A teacher's own telephone may be in the class and on its mobile network.
        return any(not visit.is_telephone or facts.is_unusual(visit) for visit in found) and all(
            visit.network not in facts.school_networks for visit in found
        )

    yield from _about_entries(facts, SignalKind.OWN_LESSON, is_strange)


def entries_at_night(facts: Facts) -> Iterator[Signal]:
    """Ask about entries at night on a device that is unusual for their author; who works late at home is left alone."""

    def is_strange(entry: EntryFacts) -> bool:
        if NIGHT_UNTIL <= entry.at.time() < NIGHT_FROM:
            return False
        found = facts.open_at(entry.user_id, entry.at)
        return bool(found) and all(facts.is_unusual(visit) for visit in found)

    yield from _about_entries(facts, SignalKind.NIGHT, is_strange)


def _about_entries(
    facts: Facts, kind: SignalKind, is_strange: Callable[[EntryFacts], bool]
) -> Iterator[Signal]:
    found: dict[int, list[EntryFacts]] = defaultdict(list)
    for entry in facts.entries:
        if is_strange(entry):
            found[entry.user_id].append(entry)
    for user_id, entries in found.items():
        if sum(entry.count for entry in entries) >= FEWEST_ENTRIES:
            by_day = Counter[date]()
            for entry in entries:
                by_day[entry.at.date()] += entry.count
            lines = (
                f"{day:%d.%m}: {counted(count, 'запись', 'записи', 'записей')}"
                for day, count in sorted(by_day.items())
            )
            yield _of_user(facts, kind, user_id, lines, max(entry.at for entry in entries))


def shared_devices(facts: Facts) -> Iterator[Signal]:
    """Ask about a device on which a pupil and a member of the staff signed in, who is not the pupil's parent.

    A device of many people stands in a class for everybody and says nothing.
    """
    people: dict[str, dict[int, Visit]] = defaultdict(dict)
    for visit in facts.visits:
        if visit.device:
            people[visit.device][visit.user_id] = visit
    for device, last in people.items():
        if len(last) > MOST_ON_ONES_OWN_DEVICE:
            continue
        accounts = [facts.accounts[user_id] for user_id in last]
        for pupil in (each for each in accounts if each.pupil_id is not None):
            for staff in (each for each in accounts if each.is_staff and pupil.pupil_id not in each.children):
                visits = sorted((last[pupil.user_id], last[staff.user_id]), key=lambda each: each.began)
                yield Signal(
                    SignalKind.SHARED_DEVICE,
                    f"{staff.user_id}-{pupil.user_id}-{device[:12]}",
                    (staff.name, pupil.name),
                    tuple(f"{facts.accounts[each.user_id].name}: {each.words}" for each in visits),
                    visits[-1].began,
                )


def parents_at_school(facts: Facts) -> Iterator[Signal]:
    """Ask about a parent who signs in from the school alone, in lesson hours alone: it may be the child (п. 3.2)."""
    for user_id, visits in facts.by_user.items():
        account = facts.accounts[user_id]
        if account.is_staff or not account.children or len(visits) < FEWEST_VISITS:
            continue
        days = {visit.began.date() for visit in visits}
        if len(days) >= FEWEST_DAYS and all(
            visit.network in facts.school_networks and facts.is_lesson_time(visit.began) for visit in visits
        ):
            lines = (visit.words for visit in reversed(visits))
            yield _of_user(facts, SignalKind.PARENT_AT_SCHOOL, user_id, lines, visits[-1].began)


def raised_marks(facts: Facts) -> Iterator[Signal]:
    """Ask about marks put up on an unusual device, nearly all of them of few pupils."""
    found: dict[int, list[EntryFacts]] = defaultdict(list)
    for entry in facts.entries:
        if entry.raised_pupil is None:
            continue
        visits = facts.open_at(entry.user_id, entry.at)
        if visits and all(facts.is_unusual(visit) for visit in visits):
            found[entry.user_id].append(entry)
    for user_id, entries in found.items():
        pupils = Counter(entry.raised_pupil for entry in entries)
        few = sum(count for _, count in pupils.most_common(FEW_PUPILS))
        if len(entries) >= FEWEST_CORRECTIONS and few >= SHARE_OF_FEW_PUPILS * len(entries):
            last = max(entry.at for entry in entries)
            line = (
                f"{counted(len(entries), 'отметка повышена', 'отметки повышены', 'отметок повышено')}, учеников: "
                f"{len(pupils)}, последняя {last:%d.%m %H:%M}"
            )
            yield _of_user(facts, SignalKind.CORRECTIONS, user_id, [line], last)


def parents_who_never_came(facts: Facts) -> Iterator[Signal]:
    """Ask about parents with an account none of whom ever signs in, while the child does."""
    parents: dict[int, list[int]] = defaultdict(list)
    for account in facts.accounts.values():
        for child in account.children:
            parents[child].append(account.user_id)
    for account in facts.accounts.values():
        visits = facts.by_user.get(account.user_id, [])
        own = parents.get(account.pupil_id, []) if account.pupil_id is not None else []
        days = {visit.began.date() for visit in visits}
        if own and len(days) >= FEWEST_PUPIL_DAYS and not any(facts.by_user.get(each) for each in own):
            line = f"ребёнок входил {counted(len(days), 'день', 'дня', 'дней')}, родители — ни разу"
            names = tuple(facts.accounts[each].name for each in own)
            yield Signal(
                SignalKind.PARENT_NEVER,
                str(account.user_id),
                (account.name, *names),
                (line,),
                visits[-1].began,
            )


RULES: tuple[Callable[[Facts], Iterator[Signal]], ...] = (
    two_places,
    entries_in_own_lesson,
    entries_at_night,
    shared_devices,
    parents_at_school,
    raised_marks,
    parents_who_never_came,
)


def signals(facts: Facts) -> list[Signal]:
    """Return all signals of the facts, those with the newest evidence first."""
    found = [signal for rule in RULES for signal in rule(facts)]
    return sorted(found, key=lambda each: (-each.until.timestamp(), each.kind, each.subject))


def _of_user(facts: Facts, kind: SignalKind, user_id: int, lines: Iterable[str], until: datetime) -> Signal:
    evidence = list(lines)
    if len(evidence) > MOST_LINES:
        evidence = [*evidence[:MOST_LINES], f"и ещё {len(evidence) - MOST_LINES}"]
    return Signal(kind, str(user_id), (facts.accounts[user_id].name,), tuple(evidence), until)


def _is_within(spans: Sequence[tuple[datetime, datetime]], moment: datetime) -> bool:
    """Whether a moment lies in one of these spans, which are in their order and do not overlap."""
    place = bisect_left(spans, moment, key=lambda span: span[1])
    return place < len(spans) and spans[place][0] <= moment
