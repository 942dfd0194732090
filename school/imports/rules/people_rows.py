"""Pupils and employees of a file against those the school has: who is new, who is known, which row is whom (п. 4.3, 4.6)."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from school.errors import RuleRefused
from school.files.person_names import (
    birthday_beside,
    is_shortened,
    may_be_one_person,
    name_in,
    name_key,
    new_name,
    people_named,
    refuse_namesakes,
)
from school.files.plan import ImportKind, Plan, PlannedRow, SourceRow, plan_of, read_each
from school.files.spellings import class_key, clean, plain, words_of
from school.files.values.days import check_no_day, parse_day
from school.imports.rules.guardian_cells import compare_guardians, read_guardians
from school.imports.rules.journal_texts import day_in
from school.people.records import GuardianDraft, PupilDraft, StaffDraft
from school.people.rules.people import check_pupil, check_staff, is_same_pupil
from school.records import Role

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
# What a column of leaving or of states says of somebody who is no longer there; a day there says it too.
_HAS_LEFT = re.compile(r"(?<!не )(?:выбы|убыл|отчисл|увол)|^(?:да|\+)$")
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

    ``is_moving_in``: the pupil is known, but in no class of the year. ``new_guardians`` are not in the card yet; of
    ``fuller_guardians`` (before, after) the file says more than the card.
    """

    draft: PupilDraft
    class_id: int
    starts_on: date
    pupil_id: int | None = None
    is_moving_in: bool = False
    is_namesake: bool = False
    new_guardians: tuple[GuardianDraft, ...] = ()
    fuller_guardians: tuple[tuple[GuardianDraft, GuardianDraft], ...] = ()


@dataclass(frozen=True)
class PupilsState:
    """Classes of the school year (id → name), its first and last day, and everybody in the school's books."""

    class_names: Mapping[int, str]
    first_day: date
    last_day: date | None = None
    pupils: tuple[KnownPupil, ...] = ()


def plan_pupils(rows: Sequence[SourceRow], state: PupilsState, made_from: str = "") -> Plan[PupilRecord]:
    """Return what a list of pupils would bring.

    Fields: ``full_name`` or ``last_name``, ``first_name``, ``middle_name``; ``school_class``, ``born_on``,
    ``starts_on``; ``mother``, ``father``, ``guardian``, ``phone``, ``mother_phone``, ``father_phone``. Somebody who is in another class is not moved by a list.
    """
    known: dict[tuple[str, ...], list[KnownPupil]] = defaultdict(list)
    classmates: dict[int | None, list[KnownPupil]] = defaultdict(list)
    for pupil in state.pupils:
        known[name_key(pupil.draft.name.full)].append(pupil)
        classmates[pupil.class_id].append(pupil)
    rows_of_name: dict[tuple[str, ...], list[SourceRow]] = defaultdict(list)
    for row in rows:
        rows_of_name[name_key(name_in(row).name.full)].append(row)

    def read(row: SourceRow) -> tuple[PupilRecord, PupilRecord | None]:
        written, record = name_in(row), _pupil(row, state)
        if is_shortened(record.draft.name):
            return _in_initials(record, classmates[record.class_id])
        key = name_key(record.draft.name.full)
        same = _meant(record, known[key]) or _meant(record, classmates[record.class_id])
        if len(same) > 1:
            same = [each for each in same if each.class_id == record.class_id] or same
        if len(same) == 1 and same[0].draft.born_on is None:
            _check_is_one_child(rows_of_name[key])
        if not same:
            new_name(written)
        return _matched(replace(record, is_namesake=bool(known[key]) or len(rows_of_name[key]) > 1), same)

    return _plan(ImportKind.PUPILS, rows, read, _is_repeated_pupil, made_from)


def _meant(record: PupilRecord, pupils: Sequence[KnownPupil]) -> list[KnownPupil]:
    """Return whom of some pupils a row means by name and birthday."""
    names = {place: each.draft.name for place, each in enumerate(pupils)}
    birthdays = {place: each.draft.born_on for place, each in enumerate(pupils)}
    found = people_named(record.draft.name.full, names, birthdays, record.draft.born_on)
    return [pupils[place] for place in found]


def _check_is_one_child(rows: Sequence[SourceRow]) -> None:
    """Raise RuleRefused where rows name several children, and nobody knows which of them is in the books."""
    days, _ = read_each(rows, lambda row: birthday_beside(name_in(row), day_in(row, "born_on")))
    if len({*days} - {None}) > 1:
        raise RuleRefused(
            "В файле под этим именем несколько детей, а в карточке ученика нет даты рождения.",
            next_step="Сначала впишите её в карточку.",
        )


def _pupil(row: SourceRow, state: PupilsState) -> PupilRecord:
    written = name_in(row)
    class_id = _class_of(row["school_class"], state)
    _check_is_here(row)
    starts_on = _first_day_in(row, state)
    cells = {relation: row[field] for field, relation in _RELATIONS.items() if row[field]}
    born_on = birthday_beside(written, day_in(row, "born_on"))
    phones = {relation: row[f"{field}_phone"] for field, relation in _RELATIONS.items()}
    draft = PupilDraft(written.name, born_on, read_guardians(cells, row["phone"], phones))
    return PupilRecord(check_pupil(draft, starts_on), class_id, starts_on)


def _first_day_in(row: SourceRow, state: PupilsState) -> date:
    """Return from which day a pupil is in the class: not before its year, since lists name the day of coming to the school."""
    day = max(day_in(row, "starts_on") or state.first_day, state.first_day)
    if state.last_day and day > state.last_day:
        raise RuleRefused(
            f"{day:%d.%m.%Y} — после учебного года, который кончается {state.last_day:%d.%m.%Y}.",
            next_step="Загрузите ученика в следующем году или исправьте день.",
        )
    return day


def _check_is_here(row: SourceRow) -> None:
    """Raise RuleRefused for somebody of whom the row says that they have left: a list of those who are there adds nobody else."""
    said = row["left"]
    if parse_day(said) or _HAS_LEFT.search(plain(said)):
        raise RuleRefused(
            f"В строке сказано: «{clean(said)[:40]}».",
            next_step="Кто выбыл или уволен, списком не загружается: выбытие оформляют в карточке.",
        )


def _class_of(text: str, state: PupilsState) -> int:
    found = [class_id for class_id, name in state.class_names.items() if class_key(name) == class_key(text)]
    if len(found) == 1:
        return found[0]
    if not text:
        raise RuleRefused("Класс не указан.")
    check_no_day(text, "-")
    raise RuleRefused(f"Классов «{text}» несколько." if found else f"Класса «{text}» в этом году нет.")


def _in_initials(
    record: PupilRecord, classmates: Sequence[KnownPupil]
) -> tuple[PupilRecord, PupilRecord | None]:
    """A shortened name may point at a pupil of the class, but nobody is written down by it."""
    found = _meant(record, classmates)
    if len(found) != 1:
        raise RuleRefused("Имя сокращено: нужно полностью.")
    full = replace(record.draft, name=found[0].draft.name)
    return _matched(replace(record, draft=full), found)


def _matched(record: PupilRecord, same: Sequence[KnownPupil]) -> tuple[PupilRecord, PupilRecord | None]:
    """Return a record with the pupil it means, and what is known of that pupil, None for a newcomer."""
    if not same:
        return record, None
    if len(same) > 1:
        several = f"Учеников с таким именем в школе {len(same)}."
        raise refuse_namesakes(several, [each.draft.name for each in same], record.draft.born_on)
    pupil = same[0]
    if pupil.class_id not in (None, record.class_id):
        raise RuleRefused(f"Ученик уже в классе {pupil.class_name}: перевод оформляют в его карточке.")
    if pupil.class_id is None and pupil.left_on and record.starts_on < pupil.left_on:
        raise RuleRefused(f"Ученик выбыл {pupil.left_on:%d.%m.%Y}: укажите день возвращения не раньше.")
    before = PupilRecord(pupil.draft, record.class_id, record.starts_on, pupil.pupil_id)
    new_guardians, fuller = compare_guardians(record.draft.guardians, pupil.draft.guardians)
    name = replace(pupil.draft.name, middle=pupil.draft.name.middle or record.draft.name.middle)
    draft = replace(
        pupil.draft,
        name=name,
        born_on=pupil.draft.born_on or record.draft.born_on,
        guardians=pupil.draft.guardians,
    )
    after = replace(
        before,
        draft=draft,
        is_moving_in=pupil.class_id is None,
        new_guardians=tuple(new_guardians),
        fuller_guardians=tuple(fuller),
    )
    return after, before


def _is_repeated_pupil(record: PupilRecord, earlier: PupilRecord) -> bool:
    """Two rows of one name are two children only where both have birthdays, and different ones."""
    if record.pupil_id and earlier.pupil_id:
        return record.pupil_id == earlier.pupil_id
    if record.class_id != earlier.class_id:
        return is_same_pupil(record.draft, earlier.draft)
    days = {record.draft.born_on, earlier.draft.born_on} - {None}
    return len(days) < 2 and may_be_one_person(record.draft.name, earlier.draft.name)


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
        if len(found) > 1:
            found = [each for each in found if draft.position and _is_post(present[each], draft.position)]
            if len(found) != 1:
                raise RuleRefused(
                    "Под это имя подходят несколько сотрудников.",
                    next_step="Напишите имя полностью и должность так, как в карточке.",
                )
        if not found and is_shortened(draft.name):
            raise RuleRefused("Имя сокращено: нужно полностью.")
        if not found:
            new_name(name_in(row))
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
    return may_be_one_person(record.draft.name, earlier.draft.name)


def _is_post(draft: StaffDraft, position: str) -> bool:
    return words_of(draft.position) == words_of(position)


def _employee(row: SourceRow) -> StaffDraft:
    _check_is_here(row)
    position = clean(row["position"])
    roles = roles_of(row["roles"]) if row["roles"] else _ROLES_OF_POSITIONS & roles_of(position, strict=False)
    return StaffDraft(name_in(row).name, position, frozenset(roles), day_in(row, "hired_on"))


def roles_of(text: str, *, strict: bool = True) -> frozenset[Role]:
    """Return the roles that words name: «учитель, классный руководитель»; raises RuleRefused for unknown words."""
    found = {part: _role(part) for part in _role_parts(text)}
    strange = [part.strip() for part, role in found.items() if role is None]
    if strict and strange:
        known = ", ".join(
            ("директор", "завуч", "администратор", "секретарь", "классный руководитель", "учитель")
        )
        raise RuleRefused(f"Роль «{strange[0]}» неизвестна; бывают: {known}.")
    return frozenset(role for role in found.values() if role)


def _role_parts(text: str) -> Iterator[str]:
    """Yield the roles of a text apart; «и» stands between two only where each is one: not in «языка и литературы»."""
    for part in re.split(r"[,;/+\n]", plain(text)):
        several = re.split(r"\s+и\s+", part.strip())
        yield from several if all(map(_role, several)) else filter(None, [part.strip()])


def _role(part: str) -> Role | None:
    words = " ".join(words_of(part))
    return next((role for start, role in _ROLE_WORDS if words.startswith(start)), None)


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
    by_name: dict[tuple[str, ...], list[PlannedRow[Any]]] = defaultdict(list)

    def planned_row(row: SourceRow) -> PlannedRow[Any]:
        record, before = read(row)
        # In whichever order the last and the first name stand.
        namesakes = by_name[tuple(sorted(name_key(record.draft.name.short)))]
        if first := next((each for each in namesakes if is_repeated(record, each.record)), None):
            raise RuleRefused(f"Повторяет строку {first.number}.")
        namesakes.append(PlannedRow(row.number, record, before))
        return namesakes[-1]

    planned, refused = read_each(sorted(rows, key=lambda row: -len(name_in(row).name.full)), planned_row)
    return plan_of(kind, sorted(planned, key=lambda each: each.number), refused, made_from)
