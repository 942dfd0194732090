"""Substitutions in a few words: the badge at a lesson, the name of a lesson, the signature."""

from collections.abc import Iterable

from pages.ui.typed_text import Markdown, as_typed
from school.calendar import MONTHS_SHORT, WEEKDAYS_SHORT
from school.records import SubstitutionKind, User
from school.substitutions.lookups import LogRow, NamedLesson, own_substituted_lessons
from school.substitutions.rules import KIND_TITLES
from server.session import school

KIND_COLOURS = {
    SubstitutionKind.SUBJECT: "blue",
    SubstitutionKind.SUPERVISION: "violet",
    SubstitutionKind.JOINED: "blue",
    SubstitutionKind.CANCELLED: "gray",
}


def substitution_badges(user: User, lesson_ids: Iterable[int]) -> dict[int, Markdown]:
    """Return a badge «замена» for those lessons that the user gives in place of another teacher."""
    found = own_substituted_lessons(school().store, user, list(lesson_ids))
    titles = {SubstitutionKind.SUBJECT: "замена"}
    return {
        lesson_id: Markdown(f" :{KIND_COLOURS[kind]}-badge[{titles.get(kind, KIND_TITLES[kind])}]")
        for lesson_id, kind in found.items()
    }


def kind_badge(line: LogRow) -> Markdown:
    """Return what became of a lesson as a badge, with what it is joined with."""
    joined = f" с {as_typed(line.joined_with)}" if line.joined_with else ""
    return Markdown(f":{KIND_COLOURS[line.kind]}-badge[{KIND_TITLES[line.kind]}{joined}]")


def lesson_words(lesson: NamedLesson) -> Markdown:
    """Return «7А Математика · 1-я группа»."""
    group = f" · {as_typed(lesson.subgroup_name)}" if lesson.subgroup_name else ""
    return Markdown(f"{as_typed(lesson.class_name)} {as_typed(lesson.subject_name)}{group}")


def hour_words(lesson: NamedLesson) -> Markdown:
    """Return «пн, 23 ноя · 3-й урок»."""
    day = lesson.held_on
    return Markdown(
        f"{WEEKDAYS_SHORT[day.weekday()]}, {day.day} {MONTHS_SHORT[day.month - 1]} · {lesson.number}-й урок"
    )


def signature_words(line: LogRow) -> Markdown:
    """Return when a line was signed, or that it was not."""
    if line.kind is SubstitutionKind.CANCELLED:
        return Markdown("")
    return Markdown(f"подписано {line.signed_at:%d.%m %H:%M}" if line.signed_at else "не подписано")


def register_codes(lesson: NamedLesson) -> dict[str, object]:
    """Return the lesson's place in the register as the filters of a page's address."""
    return {
        "class": lesson.class_id,
        "subject": lesson.subject_id,
        "group": lesson.subgroup_id,
        "lesson": lesson.lesson_id,
    }
