"""How a made-up school signs in: offices and homes, telephones, a computer for everybody; and a leaked password of each kind.

What is planted stands in the settings under ``PLANTED``: by kind of signal the subjects that it should name, so that the
signals can be measured (``python -m benchmarks.account_signals``).
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np

from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.account_signals.rules import SignalKind
from school.records import Role
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.sign_in.actions.past_sign_ins import PastSignIn, write_past_sign_ins
from school.sign_in.rules.sessions import secret_hash
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.settings import save_setting

PLANTED = "demo.planted_signals"
DAYS = 40
OFFICE, LAPTOPS = "Windows, Chrome", ("Windows, Яндекс Браузер", "Windows, Edge", "Mac, Safari")
TELEPHONES = ("Android, Chrome", "iPhone, Safari", "Android, Яндекс Браузер")
CORRECTED, NIGHT_ENTRIES = 6, 4


@dataclass(frozen=True)
class Person:
    """Whose sign-ins are made up, with the devices they are used to; each family has a network at home."""

    user_id: int
    login: str
    role: Role
    home: int
    telephone: str
    laptop: str


@dataclass
class Story:
    """Sign-ins made up so far, and what was planted among them."""

    rng: np.random.Generator
    days: list[date]
    past: list[PastSignIn] = field(default_factory=list)
    planted: dict[str, list[str]] = field(default_factory=dict)

    def sign_in(
        self, who: Person, day: date, at: time, minutes: int, address: str, device: str, browser: str
    ) -> None:
        """Add a session."""
        began = datetime.combine(day, at) + timedelta(minutes=int(self.rng.integers(0, 12)))
        ended = began + timedelta(minutes=minutes)
        self.past.append(PastSignIn(who.user_id, who.login, who.role, began, ended, address, device, browser))

    def school_address(self) -> str:
        """Return some computer's address in the school's network."""
        return f"10.20.30.{self.rng.integers(2, 250)}"

    def mobile_address(self) -> str:
        """Return a telephone's address in a mobile network."""
        return f"176.59.{self.rng.integers(0, 12)}.{self.rng.integers(2, 250)}"

    def home_address(self, who: Person) -> str:
        """Return the address of a family's network at home."""
        return f"95.{24 + who.home // 200}.{who.home % 200}.{self.rng.integers(2, 9)}"

    def on_telephone(self, who: Person, day: date, at: time, *, share_at_home: float = 0.6) -> None:
        """Add a short session on a telephone, at home or on the way."""
        at_home = self.rng.random() < share_at_home
        address = self.home_address(who) if at_home else self.mobile_address()
        self.sign_in(
            who, day, at, int(self.rng.integers(1, 15)), address, who.telephone, who_browser(who, TELEPHONES)
        )


def who_browser(who: Person, among: Sequence[str]) -> str:
    """Return the browser of somebody's device, always the same."""
    return among[who.user_id % len(among)]


def live_sign_ins(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Make up the sign-ins of the last weeks up to yesterday, plant one leak of each kind, write all of it."""
    yesterday = now.date() - timedelta(days=1)
    calendar = plan.years[-1].calendar
    days = calendar.school_days(
        max(calendar.starts_on, yesterday - timedelta(days=DAYS)), min(calendar.ends_on, yesterday)
    )
    if len(days) < 10:
        return
    story = Story(np.random.default_rng([plan.seed, 9]), list(days))
    staff, families = _people(school)
    teachers = [each for each in staff if each.role is Role.TEACHER]
    owl, rest = teachers[0], teachers[1:]
    victims = [rest[place] for place in story.rng.permutation(len(rest))]
    leaks = Leaks(story, store, school, victims, owl, now)
    for person in staff:
        _live_at_work(story, person, is_owl=person is owl, strange_days=leaks.away_days(person))
    used = _live_at_home(story, families, spared=leaks.spared(families))
    _share_a_computer(story, [each for each in used if each.role is Role.PUPIL], teachers)
    leaks.plant(families)
    story.past.sort(key=lambda each: (each.began, each.user_id))
    write_past_sign_ins(store, story.past, now=now)

    def keep(transaction: Transaction) -> None:
        save_setting(transaction, PLANTED, json.dumps(story.planted, ensure_ascii=False, sort_keys=True))
        transaction.record(Event(now, None, "school"))

    store.write(keep)


@dataclass(frozen=True)
class Family:
    """A child old enough for a way in of their own, and the parents with accounts."""

    child: Person
    parents: tuple[Person, ...]


def _people(school: Founded) -> tuple[list[Person], list[Family]]:
    roles: dict[int, list[Role]] = {}
    for row in school.structure.user_roles:
        roles.setdefault(row.user_id, []).append(Role(row.role))
    people: dict[int, Person] = {}
    by_guardian: dict[int, Person] = {}
    for number, user in enumerate(school.structure.users):
        own = roles[user.user_id]
        role = Role.TEACHER if Role.TEACHER in own else own[0]
        # Whoever has a child in the school is made up as the parent of a family below.
        person = Person(
            user.user_id, user.login, role, number, f"phone {user.user_id}", f"laptop {user.user_id}"
        )
        people[user.user_id] = person
        if user.guardian_id is not None and user.password_hash:
            by_guardian[user.guardian_id] = person
    staff = [people[user.user_id] for user in school.structure.users if user.staff_id is not None]
    parents: dict[int, list[Person]] = {}
    for pair in school.structure.guardian_pupils:
        if pair.guardian_id in by_guardian:
            parents.setdefault(pair.pupil_id, []).append(by_guardian[pair.guardian_id])
    families = [
        Family(people[user.user_id], tuple(parents.get(user.pupil_id, ())))
        for user in school.structure.users
        if user.pupil_id is not None
    ]
    return staff, families


def _live_at_work(story: Story, who: Person, *, is_owl: bool, strange_days: frozenset[date]) -> None:
    """A working day on the computer of the room, evenings at home, a telephone in between."""
    rng, has_telephone = story.rng, story.rng.random() < 0.6
    bought_on = story.days[len(story.days) // 2] if rng.random() < 0.15 else None
    for day in story.days:
        if day in strange_days:
            continue
        if rng.random() < 0.9:
            length = int(rng.integers(240, 380))
            story.sign_in(
                who, day, time(8, 5), length, story.school_address(), f"office {who.user_id}", OFFICE
            )
        if has_telephone and rng.random() < 0.4:
            is_new = bought_on is not None and day >= bought_on
            telephone = f"{who.telephone} new" if is_new else who.telephone
            hour = int(rng.integers(7, 22)) if not is_new else int(rng.integers(16, 22))
            browser = who_browser(who, TELEPHONES)
            story.sign_in(who, day, time(hour, 20), 8, story.mobile_address(), telephone, browser)
        if is_owl or rng.random() < 0.35:
            begins, length = (time(22, 40), 150) if is_owl else (time(int(rng.integers(17, 21)), 15), 60)
            browser = who_browser(who, LAPTOPS)
            story.sign_in(who, day, begins, length, story.home_address(who), who.laptop, browser)


def _live_at_home(story: Story, families: Sequence[Family], spared: frozenset[int]) -> list[Person]:
    """Families look into the diary in the evenings, some never, children at breaks too; return who did."""
    rng, used = story.rng, []
    for family in families:
        parents_come = rng.random() < 0.8 and bool(family.parents)
        for parent in family.parents:
            if (
                parent.user_id in spared
                or not parents_come
                or (parent is not family.parents[0] and rng.random() < 0.5)
            ):
                continue
            used.append(parent)
            for day in story.days:
                if rng.random() < 0.25:
                    # Half a dozen parents look in from work, during the lessons.
                    hour = int(rng.integers(9, 22)) if parent.user_id % 5 == 0 else int(rng.integers(17, 22))
                    story.on_telephone(parent, day, time(hour, 10))
        if family.child.user_id in spared or rng.random() < 0.4:
            continue
        used.append(family.child)
        share = 0.3 if parents_come else 0.05
        for day in story.days:
            if rng.random() < share:
                hour = int(rng.choice([10, 12, 15, 18, 20]))
                story.on_telephone(family.child, day, time(hour, 30))
    return used


def _share_a_computer(story: Story, pupils: Sequence[Person], teachers: Sequence[Person]) -> None:
    """The computer class: many pupils and a teacher on the same device, which is nobody's own."""
    for number, pupil in enumerate(pupils[:14]):
        day = story.days[number % len(story.days)]
        story.sign_in(pupil, day, time(11, 0), 10, story.school_address(), "computer class", OFFICE)
    for day in story.days[1:6:2]:
        story.sign_in(teachers[-1], day, time(11, 20), 10, story.school_address(), "computer class", OFFICE)


@dataclass
class Leaks:
    """One leak of each kind; ``victims`` are teachers in a random order."""

    story: Story
    store: Store
    school: Founded
    victims: list[Person]
    owl: Person
    now: datetime

    def __post_init__(self) -> None:
        """Choose whose lessons somebody else fills in from elsewhere: a teacher and a day with entries in lessons."""
        first, last = self.story.days[len(self.story.days) // 2], self.story.days[-1]
        rows = self.store.read(
            """SELECT e.user_id, e.happened_at::DATE AS day FROM events e JOIN users u USING (user_id)
                JOIN lessons l ON l.teacher_id = u.staff_id AND l.held_on = e.happened_at::DATE AND l.status <> 'cancelled'
                JOIN bell_times b ON b.number = l.number
            WHERE e.kind = 'cell' AND e.happened_at::DATE BETWEEN $first AND $last
                AND e.happened_at BETWEEN l.held_on + b.starts_at AND l.held_on + b.ends_at
            GROUP BY ALL HAVING count(*) >= 5 ORDER BY ALL""",
            {"first": first, "last": last},
        )
        able = {user_id for user_id, _ in rows}
        self.away = next((each for each in self.victims[5:] if each.user_id in able), None)
        own = [day for user_id, day in rows if self.away and user_id == self.away.user_id]
        self.on_days = frozenset(own[-2:])

    def away_days(self, who: Person) -> frozenset[date]:
        """The days on which somebody does not sign in at school, since somebody else does elsewhere."""
        return self.on_days if self.away is who else frozenset()

    def spared(self, families: Sequence[Family]) -> frozenset[int]:
        """Whose own sign-ins are made up here alone."""
        children = Counter(parent.user_id for each in families for parent in each.parents)
        # With a brother or sister in the school the same parents would be asked about twice.
        with_parents = [
            each
            for each in families
            if each.parents and all(children[parent.user_id] == 1 for parent in each.parents)
        ]
        self.used_by_child, self.without_parents = with_parents[-1], with_parents[-2]
        people = (*self.used_by_child.parents, *self.without_parents.parents, self.without_parents.child)
        return frozenset(each.user_id for each in people)

    def plant(self, families: Sequence[Family]) -> None:
        """Plant each leak."""
        self._two_places(self.victims[0])
        self._own_lesson()
        self._at_night(self.victims[1])
        self._raise_marks(self.victims[2])
        self._share_device(self.victims[3], families)
        self._parents()

    def _note(self, kind: SignalKind, subject: object) -> None:
        self.story.planted.setdefault(kind, []).append(str(subject))

    def _stranger(self, who: Person, day: date, at: time, minutes: int) -> None:
        device = f"stranger of {who.user_id}"
        self.story.sign_in(who, day, at, minutes, "85.140.7.12", device, "Windows, Opera")

    def _two_places(self, who: Person) -> None:
        for day in self.story.days[-6:-1:3]:
            self.story.sign_in(who, day, time(9, 0), 200, "10.20.30.77", f"office {who.user_id}", OFFICE)
            self._stranger(who, day, time(10, 30), 25)
        self._note(SignalKind.TWO_PLACES, who.user_id)

    def _own_lesson(self) -> None:
        if self.away is not None:
            for day in self.on_days:
                self._stranger(self.away, day, time(7, 40), 450)
            self._note(SignalKind.OWN_LESSON, self.away.user_id)

    def _at_night(self, who: Person) -> None:
        day = self.story.days[-2]
        if self._enter_at_night(who, day + timedelta(days=1)):
            self._stranger(who, day + timedelta(days=1), time(1, 50), 60)
            self._note(SignalKind.NIGHT, who.user_id)
        self._enter_at_night(self.owl, day + timedelta(days=1), time(0, 20))

    def _enter_at_night(self, who: Person, day: date, at: time = time(2, 20)) -> bool:
        """Mark some pupils who have no mark at a lesson of the last days; return whether there was such a lesson."""
        rows = self.store.read(
            """SELECT l.lesson_id, n.pupil_id FROM lessons l JOIN users u ON u.staff_id = l.teacher_id
                JOIN enrolments n ON n.class_id = l.class_id AND n.ends_on IS NULL AND n.starts_on <= l.held_on
                JOIN classes c ON c.class_id = l.class_id
                ANTI JOIN marks m ON m.lesson_id = l.lesson_id AND m.pupil_id = n.pupil_id
                ANTI JOIN absences a ON a.lesson_id = l.lesson_id AND a.pupil_id = n.pupil_id
            WHERE u.user_id = $user AND l.held_on BETWEEN $day - 8 AND $day - 1 AND l.subgroup_id IS NULL
                AND l.status <> 'cancelled' AND c.grade_level > 1
            ORDER BY l.held_on DESC, l.lesson_id, n.pupil_id LIMIT $most""",
            {"user": who.user_id, "day": day, "most": NIGHT_ENTRIES},
        )
        moment = datetime.combine(day, at)
        edits = [CellEdit(lesson, pupil, "5", at=moment) for lesson, pupil in rows]
        return self._enter(who, edits) == NIGHT_ENTRIES

    def _raise_marks(self, who: Person) -> None:
        day = self.story.days[-3]
        rows = self.store.read(
            """WITH fit AS (SELECT m.lesson_id, m.pupil_id, m.value FROM marks m JOIN lessons l USING (lesson_id)
                JOIN users u ON u.staff_id = l.teacher_id JOIN terms t ON t.term_id = l.term_id
                WHERE u.user_id = $user AND l.held_on < $day AND t.closed_at IS NULL AND m.value IN (3, 4)
                QUALIFY count(*) OVER (PARTITION BY m.lesson_id, m.pupil_id) = 1)
            SELECT * FROM fit QUALIFY dense_rank() OVER (ORDER BY -(SELECT count(*) FROM fit f WHERE f.pupil_id = fit.pupil_id),
                pupil_id) <= 2 ORDER BY pupil_id, lesson_id LIMIT $most""",
            {"user": who.user_id, "day": day, "most": CORRECTED},
        )
        moment = datetime.combine(day, time(20, 40))
        edits = [
            CellEdit(lesson, pupil, str(value + 1), reason="ошибка при вводе", at=moment)
            for lesson, pupil, value in rows
        ]
        if self._enter(who, edits) >= CORRECTED - 1:
            self._stranger(who, day, time(20, 25), 45)
            self._note(SignalKind.CORRECTIONS, who.user_id)

    def _enter(self, who: Person, edits: Sequence[CellEdit]) -> int:
        users = {user.user_id: user for user in self.school.users.values()}
        results = enter_cells(self.store, users[who.user_id], edits, now=self.now) if edits else []
        return sum(result.status == "saved" for result in results)

    def _share_device(self, who: Person, families: Sequence[Family]) -> None:
        child, device = families[-4].child, f"office {who.user_id}"
        for day in self.story.days[-8:-2:4]:
            self.story.sign_in(child, day, time(13, 50), 12, "10.20.30.91", device, OFFICE)
        self._note(SignalKind.SHARED_DEVICE, f"{who.user_id}-{child.user_id}-{secret_hash(device)[:12]}")

    def _parents(self) -> None:
        story, family = self.story, self.used_by_child
        parent, telephone = family.parents[0], family.child.telephone
        for day in story.days[-12::2]:
            browser = who_browser(family.child, TELEPHONES)
            story.sign_in(parent, day, time(10, 15), 5, story.school_address(), telephone, browser)
        self._note(SignalKind.PARENT_AT_SCHOOL, parent.user_id)
        child = self.without_parents.child
        for day in story.days[-14::2]:
            story.on_telephone(child, day, time(18, 30))
        self._note(SignalKind.PARENT_NEVER, child.user_id)
