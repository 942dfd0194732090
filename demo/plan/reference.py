"""The committed tables that a demonstration is made from."""

from dataclasses import dataclass
from functools import cache

from school.reference import reference_rows

GRADE_LEVELS = range(1, 12)
LAST_PRIMARY_GRADE = 4


@dataclass(frozen=True)
class Subject:
    """A subject of the curriculum; ``hours`` are weekly hours by grade level.

    ``primary_speciality`` teaches it in grades 1 to 4; ``written_work`` is the code of its usual written work.
    """

    name: str
    area: str
    speciality: str
    primary_speciality: str
    is_divided: bool
    written_work: str
    hours: dict[int, int]

    def speciality_in(self, grade_level: int) -> str:
        """Return the speciality of whoever teaches it at this grade level."""
        return self.primary_speciality if grade_level <= LAST_PRIMARY_GRADE else self.speciality


@dataclass(frozen=True)
class WorkKind:
    """A work type with the code by which subjects name it."""

    code: str
    name: str
    short_name: str
    weight: float
    is_written_control: bool


@dataclass(frozen=True)
class NameLists:
    """Lists of names; last names are pairs of the male and the female form, patronymics follow the father."""

    last: tuple[tuple[str, str], ...]
    first: dict[str, tuple[str, ...]]
    patronymics: tuple[tuple[str, str, str], ...]


@cache
def subjects() -> tuple[Subject, ...]:
    """Return the curriculum."""
    return tuple(
        Subject(
            row["name"],
            row["area"],
            row["speciality"],
            row["primary_speciality"],
            row["is_divided"] == "1",
            row["written_work"],
            {grade: int(row[f"grade_{grade}"]) for grade in GRADE_LEVELS if row[f"grade_{grade}"]},
        )
        for row in reference_rows("subjects")
    )


@cache
def work_kinds() -> tuple[WorkKind, ...]:
    """Return the work types (п. 5.2)."""
    return tuple(
        WorkKind(
            row["code"],
            row["name"],
            row["short_name"],
            float(row["weight"]),
            row["is_written_control"] == "1",
        )
        for row in reference_rows("work_types")
    )


@cache
def names() -> NameLists:
    """Return the lists of names."""
    first: dict[str, list[str]] = {}
    for row in reference_rows("first_names"):
        first.setdefault(row["gender"], []).append(row["name"])
    return NameLists(
        tuple((row["male"], row["female"]) for row in reference_rows("last_names")),
        {gender: tuple(listed) for gender, listed in first.items()},
        tuple((row["father"], row["male"], row["female"]) for row in reference_rows("patronymics")),
    )


@cache
def topics(subject: str, grade_level: int) -> tuple[str, ...]:
    """Return the topics of a subject at a grade level in their order."""
    return tuple(
        row["topic"]
        for row in reference_rows("topics")
        if row["subject"] == subject and int(row["grade_from"]) <= grade_level <= int(row["grade_to"])
    )
