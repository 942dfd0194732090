"""Pupils and employees of a file against those the school has: who is new, who is known, which row is whom (п. 4.3, 4.6)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from school.errors import RuleRefused
from school.files.plan import ImportKind, Plan, PlannedRow, SourceRow, plan_of, read_each
from school.files.spellings import class_key, clean, people_named, plain, words_of
from school.files.texts import person_name
from school.imports.rules.journal_texts import day_in
from school.people.records import GuardianDraft, PupilDraft, StaffDraft
from school.people.rules.people import check_pupil, check_staff, is_same_guardian, is_same_pupil, name_key
from school.records import PersonName, Role

# How a role begins in people's words; the first that fits.
_ROLE_WORDS: tuple[tuple[str, Role], ...] = (
    ("зам", Role.DEPUTY),
    ("завуч", Role.DEPUTY),
    ("директор", Role.HEAD),
    ("классный", Role.HOMEROOM),
    ("кл рук", Role.HOMEROOM),
    ("администратор", Role.ADMIN),
    ("секретарь", Role.SECRETARY),
    ("делопроизводитель", Role.SECRETARY),
    ("учитель", Role.TEACHER),
    ("педагог", Role.TEACHER),
    ("преподаватель", Role.TEACHER),
)
# A position alone gives only the role that its holder cannot work without.
_ROLES_OF_POSITIONS = frozenset({Role.TEACHER, Role.SECRETARY})
_RELATIONS = {"mother": "мать", "father": "отец", "guardian": ""}


@dataclass(frozen=True)
class KnownPupil:
    """A pupil in the school's books with the class of the year, None where in none.

    ``left_on``: the last day of leaving a class of the year, the first day without it.
    """

    pupil_id: int
    draft: PupilDraft
    class_id: int | None = None
    class_name: str = ""
    left_on: date | None = None


@dataclass(frozen=True)
class PupilRecord:
    """A pupil to be in a class from a day on; ``pupil_id`` is None for a newcomer.

    ``is_moving_in``: the pupil is known, but in no class of the year. ``new_guardians`` are not in the card yet.
    """

    draft: PupilDraft
    class_id: int
    starts_on: date
    pupil_id: int | None = None
    is_moving_in: bool = False
    is_namesake: bool = False
    new_guardians: tuple[GuardianDraft, ...] = ()


@dataclass(frozen=True)
class PupilsState:
    """Classes of the school year (id → name), its first day, and everybody in the school's books."""

    class_names: Mapping[int, str]
    first_day: date
    pupils: tuple[KnownPupil, ...] = ()


def plan_pupils(rows: Sequence[SourceRow], state: PupilsState, made_from: str = "") -> Plan[PupilRecord]:
    """Return what a list of pupils would bring.

    Fields: ``full_name`` or ``last_name``, ``first_name``, ``middle_name``; ``school_class``, ``born_on``,
    ``starts_on``; ``mother``, ``father``, ``guardian``, ``phone``. Somebody who is in another class is not moved by a list.
    """
    known: dict[str, list[KnownPupil]] = defaultdict(list)
    classmates: dict[int | None, list[KnownPupil]] = defaultdict(list)
    for pupil in state.pupils:
        known[name_key(pupil.draft.name)].append(pupil)
        classmates[pupil.class_id].append(pupil)
    counts = Counter(name_key(_name(row)) for row in rows)

    def read(row: SourceRow) -> tuple[PupilRecord, PupilRecord | None]:
        record = _pupil(row, state)
        key = name_key(record.draft.name)
        if len(record.draft.name.first.strip(".")) == 1:
            return _in_initials(record, state)
        same = [each for each in known[key] if is_same_pupil(each.draft, record.draft)]
        same = same or [
            each for each in classmates[record.class_id] if _may_be_same(each.draft, record.draft)
        ]
        if len(same) > 1:
            same = [each for each in same if each.class_id == record.class_id] or same
        return _matched(replace(record, is_namesake=bool(known[key]) or counts[key] > 1), same)

    return _plan(ImportKind.PUPILS, rows, read, _is_repeated_pupil, made_from)


def _pupil(row: SourceRow, state: PupilsState) -> PupilRecord:
    name = _name(row)
    class_id = _class_of(row["school_class"], state)
    starts_on = day_in(row, "starts_on") or state.first_day
    guardians = tuple(
        GuardianDraft(person_name(row[field]), relation, row["phone"] if field == first else "")
        for first in [next((each for each in _RELATIONS if row[each]), "")]
        for field, relation in _RELATIONS.items()
        if row[field]
    )
    draft = check_pupil(PupilDraft(name, day_in(row, "born_on"), guardians), starts_on)
    return PupilRecord(draft, class_id, starts_on)


def _class_of(text: str, state: PupilsState) -> int:
    found = [class_id for class_id, name in state.class_names.items() if class_key(name) == class_key(text)]
    if len(found) == 1:
        return found[0]
    if not text:
        raise RuleRefused("Класс не указан.")
    raise RuleRefused(f"Классов «{text}» несколько." if found else f"Класса «{text}» в этом году нет.")


def _in_initials(record: PupilRecord, state: PupilsState) -> tuple[PupilRecord, PupilRecord | None]:
    """A shortened name may point at a pupil of the class, but nobody is written down by it."""
    names = {each: each.draft.name for each in state.pupils if each.class_id == record.class_id}
    found = people_named(record.draft.name.full, names)
    if len(found) != 1:
        raise RuleRefused("Имя сокращено: нужно полностью.")
    full = replace(record.draft, name=found[0].draft.name)
    return _matched(replace(record, draft=full), found)


def _matched(record: PupilRecord, same: Sequence[KnownPupil]) -> tuple[PupilRecord, PupilRecord | None]:
    """Return a record with the pupil it means, and what is known of that pupil, None for a newcomer."""
    if not same:
        return record, None
    if len(same) > 1:
        raise RuleRefused(f"Учеников с таким именем в школе {len(same)}: укажите дату рождения.")
    pupil = same[0]
    if pupil.class_id not in (None, record.class_id):
        raise RuleRefused(f"Ученик уже в классе {pupil.class_name}: перевод оформляют в его карточке.")
    if pupil.class_id is None and pupil.left_on and record.starts_on < pupil.left_on:
        raise RuleRefused(f"Ученик выбыл {pupil.left_on:%d.%m.%Y}: укажите день возвращения не раньше.")
    before = PupilRecord(pupil.draft, record.class_id, record.starts_on, pupil.pupil_id)
    new_guardians = [
        each
        for each in record.draft.guardians
        if not any(_is_known(each, other) for other in pupil.draft.guardians)
    ]
    name = replace(pupil.draft.name, middle=pupil.draft.name.middle or record.draft.name.middle)
    draft = replace(
        pupil.draft,
        name=name,
        born_on=pupil.draft.born_on or record.draft.born_on,
        guardians=pupil.draft.guardians,
    )
    return (
        replace(before, draft=draft, is_moving_in=pupil.class_id is None, new_guardians=tuple(new_guardians)),
        before,
    )


def _may_be_same(one: PupilDraft, other: PupilDraft) -> bool:
    """Whether two records of one class differ in no more than a patronymic that one of them leaves out."""
    days = {one.born_on, other.born_on} - {None}
    return len(days) < 2 and _lacks_middle(one.name, other.name)


def _lacks_middle(one: PersonName, other: PersonName) -> bool:
    same = plain(f"{one.last} {one.first}") == plain(f"{other.last} {other.first}")
    return same and not (one.middle and other.middle)


def _is_known(one: GuardianDraft, other: GuardianDraft) -> bool:
    """A row without a phone says nothing against the one in the card."""
    return name_key(one.name) == name_key(other.name) and (not one.phone or is_same_guardian(one, other))


def _is_repeated_pupil(record: PupilRecord, earlier: PupilRecord) -> bool:
    """Two rows of one name are two children only where both have birthdays, and different ones."""
    if record.pupil_id and earlier.pupil_id:
        return record.pupil_id == earlier.pupil_id
    is_classmate = record.class_id == earlier.class_id
    return is_same_pupil(record.draft, earlier.draft) or (
        is_classmate and _may_be_same(record.draft, earlier.draft)
    )


@dataclass(frozen=True)
class StaffRecord:
    """An employee as they would stand in the books; ``staff_id`` is None for a new one."""

    draft: StaffDraft
    staff_id: int | None = None


def plan_staff(
    rows: Sequence[SourceRow], present: Mapping[int, StaffDraft], today: date, made_from: str = ""
) -> Plan[StaffRecord]:
    """Return what a list of employees would bring.

    Fields: names as of pupils, ``position``, ``roles``, ``hired_on``. A file adds roles and never takes one away.
    """
    names = {staff_id: draft.name for staff_id, draft in present.items()}

    def read(row: SourceRow) -> tuple[StaffRecord, StaffRecord | None]:
        draft = _employee(row)
        found = people_named(draft.name.full, names)
        found = found or [each for each, name in names.items() if _lacks_middle(name, draft.name)]
        if len(found) > 1:
            raise RuleRefused(f"Сотрудников с таким именем {len(found)}: напишите имя полностью.")
        if not found and len(draft.name.first.strip(".")) == 1:
            raise RuleRefused("Имя сокращено: нужно полностью.")
        if not found:
            return StaffRecord(check_staff(draft, today)), None
        before = present[found[0]]
        after = StaffDraft(
            replace(before.name, middle=before.name.middle or draft.name.middle),
            draft.position or before.position,
            before.roles | draft.roles,
            draft.hired_on or before.hired_on,
        )
        return StaffRecord(check_staff(after, today), found[0]), StaffRecord(before, found[0])

    return _plan(ImportKind.STAFF, rows, read, _is_repeated_employee, made_from)


def _is_repeated_employee(record: StaffRecord, earlier: StaffRecord) -> bool:
    if record.staff_id and earlier.staff_id:
        return record.staff_id == earlier.staff_id
    one, other = record.draft.name, earlier.draft.name
    return name_key(one) == name_key(other) or _lacks_middle(one, other)


def _employee(row: SourceRow) -> StaffDraft:
    position = clean(row["position"])
    roles = roles_of(row["roles"]) if row["roles"] else _ROLES_OF_POSITIONS & roles_of(position, strict=False)
    return StaffDraft(_name(row), position, frozenset(roles), day_in(row, "hired_on"))


def roles_of(text: str, *, strict: bool = True) -> frozenset[Role]:
    """Return the roles that words name: «учитель, классный руководитель»; raises RuleRefused for unknown words."""
    parts = [part for part in plain(text).replace(";", ",").replace("/", ",").split(",") if part.strip()]
    found = {part: _role(part) for part in parts}
    strange = [part.strip() for part, role in found.items() if role is None]
    if strict and strange:
        known = ", ".join(
            ("директор", "завуч", "администратор", "секретарь", "классный руководитель", "учитель")
        )
        raise RuleRefused(f"Роль «{strange[0]}» неизвестна; бывают: {known}.")
    return frozenset(role for role in found.values() if role)


def _role(part: str) -> Role | None:
    words = " ".join(words_of(part))
    return next((role for start, role in _ROLE_WORDS if words.startswith(start)), None)


def _name(row: SourceRow) -> PersonName:
    if row["full_name"]:
        return person_name(row["full_name"])
    return person_name(row["last_name"], row["first_name"], row["middle_name"])


def _plan(
    kind: ImportKind,
    rows: Iterable[SourceRow],
    read: Callable[[SourceRow], tuple[Any, Any]],
    is_repeated: Callable[[Any, Any], bool],
    made_from: str,
) -> Plan[Any]:
    """Sort rows into the parts of a plan; ``read`` gives a record and what is known of it, or refuses.

    Fuller names come first: of two rows of one person (``is_repeated``) the one that says more is taken.
    """
    by_surname: dict[str, list[PlannedRow[Any]]] = defaultdict(list)

    def planned_row(row: SourceRow) -> PlannedRow[Any]:
        record, before = read(row)
        namesakes = by_surname[plain(record.draft.name.last)]
        if first := next((each for each in namesakes if is_repeated(record, each.record)), None):
            raise RuleRefused(f"Повторяет строку {first.number}.")
        namesakes.append(PlannedRow(row.number, record, before))
        return namesakes[-1]

    planned, refused = read_each(sorted(rows, key=lambda row: -len(_name(row).full)), planned_row)
    return plan_of(kind, sorted(planned, key=lambda each: each.number), refused, made_from)
