"""Who teaches what to whom: subgroups, the staff of a school of this size, the teaching load (п. 4.2)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from demo.plan.classes import SchoolClass
from demo.plan.reference import LAST_PRIMARY_GRADE, Subject, subjects

TEACHERS_A_CLASS = 1.5
HIGHEST_MEAN_LOAD = 25
DIVIDED_FROM = 25
PRIMARY_SPECIALITY = "начальные классы"
LANGUAGE_SPECIALITY = "иностранный язык"
SUBGROUP_NAMES = ("1-я подгруппа", "2-я подгруппа")
COMFORTABLE_LOAD = 1.15


@dataclass(frozen=True)
class Subgroup:
    """A subgroup of a class in one subject."""

    subgroup_id: int
    name: str
    pupil_ids: frozenset[int]


@dataclass
class Load:
    """A subject taught to a class or a subgroup by one teacher."""

    load_id: int
    school_class: SchoolClass
    subject: Subject
    hours: int
    subgroup: Subgroup | None = None
    teacher_id: int = 0


@dataclass
class Bundle:
    """Loads of one class that one teacher takes: all subjects of a speciality, or a second subgroup's."""

    school_class: SchoolClass
    speciality: str
    place: int
    loads: list[Load] = field(default_factory=list)

    @property
    def hours(self) -> int:
        """Weekly hours together."""
        return sum(load.hours for load in self.loads)

    @property
    def key(self) -> tuple[tuple[int, str], str, int]:
        """What stays the same over the years: the stream, the speciality, the place of the subgroup."""
        return self.school_class.stream, self.speciality, self.place


def division_threshold(classes: Sequence[SchoolClass]) -> int:
    """Return the size from which a class is divided: 25, in a small school its biggest class."""
    return min(DIVIDED_FROM, max(len(each.stays) for each in classes))


def year_loads(
    rng: np.random.Generator, ids: Iterator[int], classes: Sequence[SchoolClass], teachers: dict[str, int]
) -> list[Load]:
    """Return the loads of a year without teachers; ``teachers`` counts them by speciality.

    Classes from the threshold up are divided in the subjects that are taught so, where two teachers can take them.
    """
    threshold = division_threshold(classes)
    loads = []
    for school_class in classes:
        for subject in subjects():
            hours = subject.hours.get(school_class.grade_level, 0)
            if not hours:
                continue
            can_divide = teachers[subject.speciality] > 1 and len(school_class.stays) >= threshold
            if subject.is_divided and can_divide:
                for subgroup in _subgroups(rng, ids, school_class):
                    loads.append(Load(next(ids), school_class, subject, hours, subgroup))
            else:
                loads.append(Load(next(ids), school_class, subject, hours))
    return loads


def _subgroups(rng: np.random.Generator, ids: Iterator[int], school_class: SchoolClass) -> list[Subgroup]:
    pupil_ids = rng.permutation([stay.pupil_id for stay in school_class.stays])
    return [
        Subgroup(next(ids), name, frozenset(int(pupil_id) for pupil_id in pupil_ids[place::2]))
        for place, name in enumerate(SUBGROUP_NAMES)
    ]


def teacher_counts(counts: dict[int, int]) -> dict[str, int]:
    """Return how many teachers of each speciality a school with these classes employs; 40 classes make 60."""
    hours: Counter[str] = Counter()
    for subject in subjects():
        for grade, classes in counts.items():
            if grade_hours := subject.hours.get(grade, 0):
                # Divided subjects are taught twice over in most classes.
                times = 1.6 if subject.is_divided else 1
                hours[subject.speciality_in(grade)] += int(grade_hours * classes * times)
    primary = sum(count for grade, count in counts.items() if grade <= LAST_PRIMARY_GRADE)
    teachers = {speciality: 1 for speciality in hours if speciality != PRIMARY_SPECIALITY}
    if LANGUAGE_SPECIALITY in teachers:
        teachers[LANGUAGE_SPECIALITY] = 2
    wanted = round(TEACHERS_A_CLASS * sum(counts.values())) - primary
    while teachers:
        busiest = max(teachers, key=lambda speciality: hours[speciality] / teachers[speciality])
        if sum(teachers.values()) >= wanted and hours[busiest] / teachers[busiest] <= HIGHEST_MEAN_LOAD:
            break
        teachers[busiest] += 1
    return {PRIMARY_SPECIALITY: primary, **teachers} if primary else teachers


@dataclass
class Staffing:
    """Gives loads to teachers, year after year the same ones where their hours allow."""

    teachers: dict[str, list[int]]
    usual: dict[tuple[tuple[int, str], str, int], int] = field(default_factory=dict)

    def assign(self, loads: Sequence[Load]) -> None:
        """Set the teacher of every load of one year."""
        bundles = sorted(
            self._bundles(loads), key=lambda each: (each.place, each.key not in self.usual, -each.hours)
        )
        hours: Counter[int] = Counter()
        for speciality, free in self.teachers.items():
            of_speciality = [bundle for bundle in bundles if bundle.speciality == speciality]
            fair = sum(bundle.hours for bundle in of_speciality) / len(free) * COMFORTABLE_LOAD
            for bundle in of_speciality:
                teacher_id = self._choose(bundle, free, hours, fair)
                hours[teacher_id] += bundle.hours
                self.usual[bundle.key] = teacher_id
                for load in bundle.loads:
                    load.teacher_id = teacher_id

    def _bundles(self, loads: Sequence[Load]) -> list[Bundle]:
        bundles: dict[tuple[int, str, int], Bundle] = {}
        for load in loads:
            speciality = load.subject.speciality_in(load.school_class.grade_level)
            place = SUBGROUP_NAMES.index(load.subgroup.name) if load.subgroup else 0
            key = (load.school_class.class_id, speciality, place)
            bundles.setdefault(key, Bundle(load.school_class, speciality, place)).loads.append(load)
        return list(bundles.values())

    def _choose(self, bundle: Bundle, free: Sequence[int], hours: Counter[int], fair: float) -> int:
        first_teacher = self.usual.get((*bundle.key[:2], 0)) if bundle.place else None
        able = [teacher for teacher in free if teacher != first_teacher]
        usual = self.usual.get(bundle.key)
        if usual in able and hours[usual] + bundle.hours <= max(fair, bundle.hours):
            return usual
        return min(able, key=lambda teacher: hours[teacher])


def homeroom_teachers(
    classes: Sequence[SchoolClass], loads: Sequence[Load], usual: dict[tuple[int, str], int]
) -> dict[int, int]:
    """Return the homeroom teacher of each class: last year's, or who teaches it most and has no class yet."""
    hours: dict[int, Counter[int]] = defaultdict(Counter)
    for load in loads:
        hours[load.school_class.class_id][load.teacher_id] += load.hours
    found: dict[int, int] = {}
    for school_class in classes:
        teaching = [teacher for teacher, _ in hours[school_class.class_id].most_common()]
        free = [teacher for teacher in teaching if teacher not in found.values()] or teaching
        last_year = usual.get(school_class.stream)
        found[school_class.class_id] = last_year if last_year in free else free[0]
        usual[school_class.stream] = found[school_class.class_id]
    return found
