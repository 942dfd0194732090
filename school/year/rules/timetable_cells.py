"""A cell of a class's timetable as people write it: «Алгебра, 204», «Английский (1), 12; Информатика (2), 14»."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from school.errors import RuleRefused
from school.files.person_names import people_named, person_name
from school.files.spellings import abbreviated, plain
from school.year.records import TaughtLoad
from school.year.rules.school_tables import several_teachers
from school.year.rules.teaching_load import subgroup_title

_PARTS = re.compile(r"\s*(?:;|\n|\s/\s)\s*")
_SUBGROUP = re.compile(r"\(([^()]*)\)(?=[^()]*$)")
_LAST_ROOM = re.compile(r"^(.*?\S)\s+((?:каб\.?\s*)?№?\s*\d[\w/.-]*)$", re.IGNORECASE)
_CABINET = re.compile(r"^(?:каб(?:инет)?\.?)?\s*№?\s*", re.IGNORECASE)


def lessons_in_cell(text: str, loads: Sequence[TaughtLoad]) -> list[tuple[TaughtLoad, str]]:
    """Return the loads that a cell of their class names, each with its room.

    A subject that is divided and named without a subgroup means all its subgroups at once; their rooms may stand
    after one another, «Английский, 12/14». Raises RuleRefused with the reason for a cell that is empty or unclear.
    """
    parts = [part for part in _PARTS.split(text.strip()) if part]
    if not parts:
        raise RuleRefused("не указан предмет")
    found = [lesson for part in parts for lesson in _lessons_in_part(part, loads)]
    for load, group in groupby(sorted(load.load_id for load, _ in found)):
        if len(list(group)) > 1:
            raise RuleRefused(f"{next(each.title for each, _ in found if each.load_id == load)} стоит дважды")
    return found


def _lessons_in_part(part: str, loads: Sequence[TaughtLoad]) -> list[tuple[TaughtLoad, str]]:
    subject, room = (part, "") if _of_subject(part, loads) else _room_apart(part)
    match = None if _of_subject(subject, loads) else _SUBGROUP.search(subject)
    if match:
        return named_lessons(subject[: match.start()], match[1], room, "", loads)
    return named_lessons(subject, "", room, "", loads)


def named_lessons(
    subject: str, subgroup: str, room: str, teacher: str, loads: Sequence[TaughtLoad]
) -> list[tuple[TaughtLoad, str]]:
    """Return the loads of a class that a subject, a subgroup and a teacher name, with their rooms.

    Subgroup, room and teacher may be empty. Raises RuleRefused with the reason.
    """
    own = _of_subject(subject, loads)
    if not own:
        raise RuleRefused(
            f"у класса нет нагрузки «{subject.strip()[:60]}»" if subject.strip() else "не указан предмет"
        )
    if len({load.subject_id for load in own}) > 1:
        titles = ", ".join(sorted({load.subject_name for load in own}))
        raise RuleRefused(f"«{subject.strip()[:60]}» — это какой предмет: {titles}?")
    return _with_rooms(_of_teacher(_of_subgroup(own, subgroup_title(subgroup)), teacher), room.strip())


def _of_teacher(loads: Sequence[TaughtLoad], teacher: str) -> list[TaughtLoad]:
    if not teacher.strip():
        return list(loads)
    names = {load.teacher_id: person_name(load.teacher_name) for load in loads if load.teacher_id}
    found = people_named(teacher, names)
    if not found:
        raise RuleRefused(f"{loads[0].title} у класса ведёт не {teacher.strip()[:60]}")
    if len(found) > 1:
        raise RuleRefused(several_teachers(teacher, [names[each].full for each in found]))
    return [load for load in loads if load.teacher_id in found]


def _of_subject(text: str, loads: Sequence[TaughtLoad]) -> list[TaughtLoad]:
    """Return the loads of a class in the subject that a text names: in full, or shortened so that one fits."""
    names = {load.subject_id: load.subject_name for load in loads}
    wanted = set(abbreviated(text, names.items()))
    return [load for load in loads if load.subject_id in wanted]


def _of_subgroup(loads: Sequence[TaughtLoad], subgroup: str) -> list[TaughtLoad]:
    if not subgroup:
        return list(loads)
    found = [load for load in loads if plain(load.subgroup) == plain(subgroup)]
    if not found:
        raise RuleRefused(f"у предмета {loads[0].subject_name} нет подгруппы «{subgroup}»")
    return found


def _room_apart(part: str) -> tuple[str, str]:
    subject, comma, room = part.rpartition(",")
    if not comma:
        match = _LAST_ROOM.match(part)
        subject, room = (match[1], match[2]) if match else (part, "")
    return subject, _CABINET.sub("", room.strip())


def _with_rooms(loads: Sequence[TaughtLoad], room: str) -> list[tuple[TaughtLoad, str]]:
    rooms = [each.strip() for each in room.split("/")]
    if len(loads) == 1 or len(rooms) != len(loads):
        rooms = [room] * len(loads)
    return list(zip(sorted(loads, key=lambda load: load.subgroup), rooms, strict=True))


def cell_text(lessons: Sequence[tuple[TaughtLoad, str]], loads: Sequence[TaughtLoad]) -> str:
    """Return the lessons of an hour as a cell that reads back as the same; ``loads`` are those of the class."""
    by_subject: dict[int, list[tuple[TaughtLoad, str]]] = {}
    for lesson in sorted(lessons, key=lambda lesson: (lesson[0].subject_name, lesson[0].subgroup)):
        by_subject.setdefault(lesson[0].subject_id, []).append(lesson)
    return "; ".join(part for group in by_subject.values() for part in _subject_texts(group, loads))


def _subject_texts(lessons: Sequence[tuple[TaughtLoad, str]], loads: Sequence[TaughtLoad]) -> Iterator[str]:
    subject_id, rooms = lessons[0][0].subject_id, [room for _, room in lessons]
    is_whole = len(lessons) == sum(load.subject_id == subject_id for load in loads)
    if (
        is_whole
        and len(lessons) > 1
        and not any("/" in room for room in rooms)
        and (all(rooms) or not any(rooms))
    ):
        yield ", ".join(filter(None, (lessons[0][0].subject_name, "/".join(filter(None, rooms)))))
        return
    for load, room in lessons:
        yield f"{load.title}, {room}" if room else load.title
