"""The rows of the school of each kind that is exchanged, by the fields that a profile has (п. 4.6)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from school.calendar import WEEKDAYS, term_title
from school.files.plan import ImportKind
from school.imports.records import OutChoices
from school.imports.rules.outgoing import OutRow
from school.imports.rules.profile_files import MARK_OF_SUBJECT
from school.imports.store.outgoing import (
    entries_out,
    graduates_out,
    graduation_marks,
    pupils_out,
    term_marks_out,
)
from school.people.records import Guardian
from school.people.rules.sex import Sex, sex_of
from school.people.store.pupils import guardians_of
from school.people.store.staff import staff_members
from school.records import ABSENCE_LETTERS, AbsenceReason, PersonName, Role
from school.store.reading import Reader
from school.year.store.states import load_state, timetable_state

ROLE_WORDS: dict[Role, str] = {
    Role.HEAD: "директор",
    Role.DEPUTY: "завуч",
    Role.ADMIN: "администратор",
    Role.SECRETARY: "секретарь",
    Role.HOMEROOM: "классный руководитель",
    Role.TEACHER: "учитель",
}
_LETTERS = {reason: letter for letter, reason in ABSENCE_LETTERS.items()}
YEAR_WORD = "год"


def rows_of_kind(
    reader: Reader, kind: ImportKind, given: frozenset[str], choices: OutChoices
) -> list[OutRow]:
    """Return the rows of a kind: field → text or day; of the fields at least those in ``given``."""
    return list(_ROWS[kind](reader, given, choices))


def _name(parts: Sequence[str]) -> dict[str, str]:
    last, first, middle = parts
    names = {"last_name": last, "first_name": first, "middle_name": middle}
    return {"full_name": PersonName(last, first, middle).full, **names}


def _days(**days: date | None) -> dict[str, date]:
    return {name: day for name, day in days.items() if day is not None}


def _pupils(reader: Reader, given: frozenset[str], choices: OutChoices) -> Iterator[OutRow]:
    rows = pupils_out(reader, choices.key.school_id, choices.key.school_year)
    families = guardians_of(reader, [row[0] for row in rows]) if given & _FAMILY.keys() else {}
    for pupil_id, *name, born_on, class_name, starts_on in rows:
        days = _days(born_on=born_on, starts_on=starts_on)
        family = _family(families.get(pupil_id, ()), given)
        yield {**_name(name), "school_class": class_name, **days, **family}


# A relation's own cell and the cell of its phone.
_FAMILY: dict[str, tuple[str, str]] = {
    "mother": ("мать", "mother_phone"),
    "father": ("отец", "father_phone"),
    "guardian": ("", "phone"),
}


def _family(guardians: Sequence[Guardian], given: frozenset[str]) -> dict[str, str]:
    """Return the cells of a pupil's parents: each in the cell of the relation, others in «Родитель» with it in brackets."""
    cells: dict[str, str] = {}
    others: list[str] = []
    for each in guardians:
        own = next((name for name, (word, _) in _FAMILY.items() if word and word == each.relation), "")
        if own in given and own not in cells:
            cells[own] = each.name.full
            phone_cell = _FAMILY[own][1]
            if phone_cell in given:
                cells[phone_cell] = each.phone
            elif each.phone:
                cells[own] += f", {each.phone}"
        elif "guardian" in given:
            words = f"{each.name.full} ({each.relation})" if each.relation else each.name.full
            others.append(f"{words} {each.phone}".strip())
    return cells | ({"guardian": "; ".join(others)} if others else {})


def _staff(reader: Reader, _given: frozenset[str], choices: OutChoices) -> Iterator[OutRow]:
    for each in staff_members(reader):
        if each.works_on(choices.today):
            roles = ", ".join(word for role, word in ROLE_WORDS.items() if role in each.roles)
            texts = {"position": each.position, "roles": roles}
            yield {**_name(each.name.parts), **texts, **_days(hired_on=each.hired_on)}


def _load(reader: Reader, _given: frozenset[str], choices: OutChoices) -> Iterator[OutRow]:
    state = load_state(reader, choices.key, choices.today)
    for each in state.loads:
        known = state.staff.get(each.teacher_id) if each.teacher_id is not None else None
        teacher = known.full if known else "вакансия"
        yield {
            "teacher": teacher,
            "school_class": state.class_names[each.class_id],
            "subject": state.subject_names[each.subject_id],
            "subgroup": each.subgroup,
            "hours_a_week": f"{each.hours_a_week:g}",
        }


def _timetable(reader: Reader, _given: frozenset[str], choices: OutChoices) -> Iterator[OutRow]:
    state = timetable_state(reader, choices.key, choices.today)
    for slot in sorted(
        state.slots, key=lambda slot: (state.loads[slot.load_id].class_name, slot.weekday, slot.number)
    ):
        load = state.loads[slot.load_id]
        yield {
            "weekday": WEEKDAYS[slot.weekday - 1],
            "number": str(slot.number),
            "school_class": load.class_name,
            "subject": load.subject_name,
            "subgroup": load.subgroup,
            "teacher": load.teacher_name,
            "room": slot.room,
        }


def _facts(reader: Reader, given: frozenset[str], choices: OutChoices) -> Iterator[OutRow]:
    place = choices.key.school_id, choices.key.school_year
    if "lesson_date" in given:
        entries = entries_out(reader, *place, choices.span)
        for _, cell in groupby(entries, key=lambda row: (row[8], row[7])):
            yield from _cell_rows(list(cell), given)
    if "term" in given and given & {"term_mark", "mark"}:
        column = "term_mark" if "term_mark" in given else "mark"
        for *name, born_on, class_name, subject, kind, number, value in term_marks_out(
            reader, *place, choices.span
        ):
            term = term_title(kind, number) if kind else YEAR_WORD
            texts = {"school_class": class_name, "subject": subject, "term": term, column: str(value)}
            yield {**_name(name), **_days(born_on=born_on), **texts}


def _cell_rows(cell: Sequence[Sequence[Any]], given: frozenset[str]) -> Iterator[OutRow]:
    """Yield a row for each mark and absence of a pupil's lesson; without a column of absences they stand with the marks."""
    last, first, middle, born_on, class_name, subject, day, _, _, nth, *_ = cell[0]
    common: OutRow = {
        **_name((last, first, middle)),
        **_days(born_on=born_on, lesson_date=day),
        "school_class": class_name,
        "subject": subject,
        "nth": str(nth),
    }
    for *_, value, weight, reason in cell:
        if reason is not None:
            column = "absence" if "absence" in given else "mark"
            yield {**common, column: _LETTERS[AbsenceReason(reason)]}
        elif "mark" in given:
            yield {**common, "mark": str(value), "weight": f"{weight:g}"}


# As a patronymic tells; the school's books keep none.
_SEXES = {Sex.MALE: "мужской", Sex.FEMALE: "женский", Sex.UNKNOWN: ""}


def _graduates(reader: Reader, given: frozenset[str], choices: OutChoices) -> Iterator[OutRow]:
    """Yield a row a pupil with columns of subjects, or, where the profile has the subject as a field, a row a mark."""
    year = choices.key.school_year
    leaving = choices.key.school_id, year, choices.grade
    marks = graduation_marks(reader, *leaving)
    for pupil_id, *name, born_on, class_name, file_number in graduates_out(reader, *leaving):
        common = {
            **_name(name),
            **_days(born_on=born_on),
            "school_class": class_name,
            "school_year": f"{year}/{year + 1}",
            "file_number": file_number,
            "sex": _SEXES[sex_of(PersonName(*name))],
        }
        own = marks.get(pupil_id, {})
        if "subject" in given:
            for subject, value in own.items():
                yield {**common, "subject": subject, "final_mark": str(value)}
        else:
            yield {**common, **{f"{MARK_OF_SUBJECT}{subject}": str(value) for subject, value in own.items()}}


_ROWS: dict[ImportKind, Callable[[Reader, frozenset[str], OutChoices], Iterator[OutRow]]] = {
    ImportKind.PUPILS: _pupils,
    ImportKind.STAFF: _staff,
    ImportKind.LOAD: _load,
    ImportKind.TIMETABLE: _timetable,
    ImportKind.FACTS: _facts,
    ImportKind.GRADUATES: _graduates,
}
