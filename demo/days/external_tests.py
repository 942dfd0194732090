"""National tests of a made-up school: results follow the pupils, not the generosity of their teachers (п. 2.5)."""

from collections.abc import Iterator
from datetime import date, datetime, time

import numpy as np

from demo.days.marking import DAY_SD, LEVEL_BOUNDS, Abilities
from demo.plan.classes import SchoolClass
from demo.plan.structure_rows import Founded
from demo.plan.whole_school import PlannedYear, SchoolPlan
from school.external_tests.actions import load_results
from school.external_tests.lookups import preview_results
from school.files.plan import SourceRow
from school.records import PersonName, Role
from school.register.rules.cells import LOWEST_MARK
from school.store.connection import Store
from school.year.records import ONE_DAY

TESTED_GRADES = range(4, 9)
TESTED_SUBJECTS = ("Русский язык", "Математика", "Алгебра", "Иностранный язык (английский)", "Биология")
# A test is a little harder than a lesson, and some pupils are away.
HARDNESS, WROTE_SHARE = 0.15, 0.93
TESTED_FROM, DAYS_BETWEEN, DAYS_UNTIL_RESULTS = (4, 13), 2, 14


def load_national_tests(
    store: Store, plan: SchoolPlan, school: Founded, abilities: Abilities, now: datetime
) -> None:
    """Load the ВПР of each spring that is over, as the deputy head would: from rows with the pupils' names."""
    deputy = school.user_with(Role.DEPUTY)
    rng = np.random.default_rng([plan.seed, 7])
    names = {
        row.pupil_id: PersonName(row.last_name, row.first_name, row.middle_name)
        for row in school.structure.pupils
    }
    for year in plan.years:
        texts = list(_texts(rng, year, abilities, names))
        loaded_at = datetime.combine(max(_days(year).values()) + DAYS_UNTIL_RESULTS * ONE_DAY, time(15))
        if texts and loaded_at <= now:
            rows = [SourceRow(number, row) for number, row in enumerate(texts, start=2)]
            seen = preview_results(store, deputy, rows, loaded_at.date())
            load_results(store, deputy, rows, seen, now=loaded_at)


def _days(year: PlannedYear) -> dict[str, date]:
    first = date(year.calendar.school_year + 1, *TESTED_FROM)
    days = year.calendar.school_days(first, year.calendar.ends_on)[::DAYS_BETWEEN]
    return dict(zip(TESTED_SUBJECTS, days, strict=False))


def _texts(
    rng: np.random.Generator, year: PlannedYear, abilities: Abilities, names: dict[int, PersonName]
) -> Iterator[dict[str, str]]:
    taught = {(load.school_class.class_id, load.subject.name) for load in year.loads}
    for subject, day in _days(year).items():
        for each in year.classes:
            if each.grade_level in TESTED_GRADES and (each.class_id, subject) in taught:
                yield from _of_class(rng, each, subject, day, abilities, names)


def _of_class(
    rng: np.random.Generator,
    school_class: SchoolClass,
    subject: str,
    day: date,
    abilities: Abilities,
    names: dict[int, PersonName],
) -> Iterator[dict[str, str]]:
    pupils = [stay.pupil_id for stay in school_class.stays if stay.covers(day)]
    levels = abilities.of(pupils, subject) - HARDNESS + rng.normal(0, DAY_SD, len(pupils))
    marks = LOWEST_MARK + np.searchsorted(LEVEL_BOUNDS, levels)
    for pupil_id, mark, wrote in zip(pupils, marks, rng.random(len(pupils)) < WROTE_SHARE, strict=True):
        yield {
            "class": school_class.name,
            "pupil": names[pupil_id].full,
            "kind": "ВПР",
            "subject": subject,
            "held_on": f"{day:%d.%m.%Y}",
            "mark": str(mark) if wrote else "",
        }
