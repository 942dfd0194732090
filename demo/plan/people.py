"""Pupils, families and staff with Russian names that agree in gender, and the movement of pupils."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

from demo.plan.reference import names
from school.calendar import first_of_september
from school.records import PersonName

Item = TypeVar("Item")
UNIQUE_NAME_TRIES = 20
SIBLING_SHARE = 0.12
MOTHER_SHARE = 0.75
WOMEN_AMONG_STAFF = 0.82
FIRST_GRADE_AGE = 7


@dataclass(frozen=True)
class DemoFamily:
    """What siblings share: the pair of last names, the row of the father's patronymics, the guardian."""

    family_id: int
    last: tuple[str, str]
    patronymic: tuple[str, str, str]
    guardian: PersonName


@dataclass
class Pupil:
    """A pupil; ``first_grade_year`` is the school year in which the cohort was in grade 1."""

    pupil_id: int
    name: PersonName
    born_on: date
    first_grade_year: int
    family: DemoFamily


@dataclass
class Register:
    """Everybody invented so far, so that no two people share a full name."""

    rng: np.random.Generator
    ids: Iterator[int]
    taken: set[str] = field(default_factory=set)
    pupils: dict[int, Pupil] = field(default_factory=dict)
    lone_pupils: list[int] = field(default_factory=list)

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[int(self.rng.integers(len(items)))]

    def new_pupil(self, first_grade_year: int) -> Pupil:
        """Invent a pupil, sometimes a brother or sister of one who is at the school."""
        family = self._family(first_grade_year)
        gender = "female" if self.rng.random() < 0.5 else "male"
        name = self._unique(lambda: self._name(gender, family.last, family.patronymic))
        # The class year runs from September, so most first-graders are seven on its first day.
        born_on = first_of_september(first_grade_year - FIRST_GRADE_AGE) - timedelta(
            days=int(self.rng.integers(-60, 300))
        )
        pupil = Pupil(next(self.ids), name, born_on, first_grade_year, family)
        self.pupils[pupil.pupil_id] = pupil
        self.lone_pupils.append(pupil.pupil_id)
        return pupil

    def _family(self, first_grade_year: int) -> DemoFamily:
        if self.lone_pupils and self.rng.random() < SIBLING_SHARE:
            place = int(self.rng.integers(len(self.lone_pupils)))
            sibling = self.pupils[self.lone_pupils[place]]
            if sibling.first_grade_year != first_grade_year:
                del self.lone_pupils[place]
                return sibling.family
        last, patronymic = self.pick(names().last), self.pick(names().patronymics)
        return DemoFamily(
            next(self.ids), last, patronymic, self._unique(lambda: self._guardian(last, patronymic))
        )

    def _guardian(self, last: tuple[str, str], patronymic: tuple[str, str, str]) -> PersonName:
        own = self.pick(names().patronymics)
        if self.rng.random() < MOTHER_SHARE:
            return PersonName(last[1], self.pick(names().first["female"]), own[2])
        return PersonName(last[0], patronymic[0], own[1])

    def new_employee(self) -> PersonName:
        """Invent an employee."""
        gender = "female" if self.rng.random() < WOMEN_AMONG_STAFF else "male"
        return self._unique(
            lambda: self._name(gender, self.pick(names().last), self.pick(names().patronymics))
        )

    def _name(self, gender: str, last: tuple[str, str], patronymic: tuple[str, str, str]) -> PersonName:
        form = 1 if gender == "female" else 0
        return PersonName(last[form], self.pick(names().first[gender]), patronymic[form + 1])

    def _unique(self, invent: Callable[[], PersonName]) -> PersonName:
        name = invent()
        for _ in range(UNIQUE_NAME_TRIES):
            if name.full not in self.taken:
                break
            name = invent()
        self.taken.add(name.full)
        return name
