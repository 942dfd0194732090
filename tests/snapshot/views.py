"""Which pages are opened, by whom and with which address: every page of the menu as everybody, then views by link."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import product
from .moment import PEOPLE


@dataclass(frozen=True)
class View:
    """A page opened by somebody; ``name`` is that of the view's file."""

    page: str
    person: str | None
    name: str
    address: Mapping[str, str] = field(default_factory=dict)


# The second year and the term before this one, where the filters of all dashboards know them.
PAST = "2026-quarter-1"
LAST_YEAR = "2025-quarter-4"


def all_views(facts: Mapping[str, Any]) -> Iterator[View]:
    """Yield what is opened, in the order of the files."""
    for page in product.PAGE_PATHS:
        for person in PEOPLE:
            yield View(page, person, person)
        yield View(page, None, "nobody")
    yield from (View("", person, f"home.{person}") for person in (*PEOPLE, None))
    yield from _by_link(facts)


def _views(page: str, people: str, **address: str) -> Iterator[View]:
    words = ",".join(f"{name}={value}" for name, value in sorted(address.items()))
    yield from (View(page, person, f"{person}?{words}", address) for person in people.split())


def _by_link(facts: Mapping[str, Any]) -> Iterator[View]:
    chosen = {name: str(value) for name, value in facts.items()}
    register = {"class": chosen["lesson_class"], "subject": chosen["lesson_subject"]}
    class_id, subject_id, group_id = map(str, facts["group"])
    group = {"class": class_id, "subject": subject_id, "group": group_id}
    one_class = {"class": chosen["class"]}
    for page in ("grid", "term_marks", "lesson_plan"):
        yield from _views(page, "teacher deputy homeroom", **register)
        yield from _views(page, "deputy", **group)
        yield from _views(page, "teacher", **{"class": "1000000", "subject": "7"})
    yield from _views("grid", "teacher deputy", **register, lesson=chosen["lesson"])
    yield from _views("grid", "teacher", **register, term=chosen["first_term"])
    yield from _views("term_marks", "teacher deputy", **register, term="year")
    yield from _views("term_marks", "teacher", **register, term=chosen["first_term"])
    yield from _views("grid", "deputy", year="2025")
    for view in ("lessons", "topics", "load", "replan"):
        yield from _views("lesson_plan", "teacher deputy", **register, plan_view=view)
    yield from _dashboards(chosen, one_class)
    yield from _office(chosen, one_class)


# Page, who opens it, and each value of one part of its address.
_PERIODS = ("overview", "quality", "classes", "subjects", "teachers", "pupils", "side_by_side")
_CONTROLS = ("control_works", "term_marks", "last_week", "same_marks", "other_subjects", "external_tests")
DASHBOARDS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    *((page, "deputy", "period", (PAST, "2025-year-1", "2026-year-1")) for page in _PERIODS),
    *((page, "head", "period", (LAST_YEAR,)) for page in _PERIODS),
    ("quality", "deputy teacher homeroom", "view", ("groups", "map", "terms", "pupils")),
    ("quality", "deputy", "by", ("grade", "subject", "teacher", "class")),
    ("quality", "deputy", "measure", ("pass_rate", "attainment_index", "mean_mark")),
    ("quality", "deputy", "basis", ("marks", "term")),
    ("register_work", "deputy teacher", "work_view", ("filling", "unfilled", "homework", "users")),
    ("register_work", "deputy", "by", ("class", "subject", "teacher")),
    ("curriculum", "deputy teacher", "curriculum_view", ("behind", "groups", "map", "none")),
    ("attendance", "deputy homeroom", "attendance_view", ("groups", "weeks", "times", "pupils")),
    ("consistency", "deputy", "control", _CONTROLS),
    ("consistency", "deputy head", "span", ("term",)),
    ("fair_comparison", "deputy", "compare", ("class", "teacher", "grade", "subject")),
    ("fair_comparison", "head deputy", "span", ("term",)),
)


def _dashboards(chosen: Mapping[str, str], one_class: Mapping[str, str]) -> Iterator[View]:
    for page, people, name, values in DASHBOARDS:
        for value in values:
            yield from _views(page, people, **{name: value})
    for view in ("map", "terms", "pupils"):
        yield from _views("quality", "deputy", view=view, period=PAST, measure="mean_mark")
    yield from _views("register_work", "deputy", work_view="users", step="month_starts_on")
    for part in ("subjects", "pupils", "terms", "fair", "registers", "work"):
        yield from _views("school_class", "deputy homeroom", **one_class, part=part)
        yield from _views("teacher", "deputy", teacher=chosen["staff"], part=part)
    for part in ("classes", "teachers", "terms"):
        yield from _views("subjects", "deputy", subject=chosen["lesson_subject"], part=part)
    for part in ("final", "current", "dynamics", "missed", "forecast", "remarks"):
        yield from _views("pupil", "deputy homeroom", pupil=chosen["pupil"], pupil_part=part)
    yield from _views("pupil", "teacher", pupil=chosen["pupil"], pupil_year="2025")
    for page in ("forecasts", "at_risk"):
        yield from _views(page, "deputy homeroom", **one_class)
    yield from _views("forecasts", "deputy", **one_class, pupil=chosen["pupil"])


def _office(chosen: Mapping[str, str], one_class: Mapping[str, str]) -> Iterator[View]:
    yield from _views("pupil_card", "secretary admin deputy homeroom", pupil=chosen["pupil"])
    yield from _views("inspections", "deputy head", inspection=chosen["inspection"])
    yield from _views("absences", "homeroom deputy", week="2026-11-09")
    yield from _views("absences", "deputy", **one_class)
    for page in ("class_lists", "pupil_list", "control", "load", "timetable", "invitations"):
        yield from _views(page, "admin deputy homeroom", **one_class)
    for view in ("day", "unsigned", "sheet"):
        yield from _views("substitutions", "deputy", substitution_view=view)
    yield from _views("substitutions", "deputy", absent=chosen["absent"], day="2026-11-24")
    for step in ("calendar", "classes", "subjects", "bells"):
        yield from _views("year_opening", "admin deputy", step=step)
    yield from _views("year_opening", "admin", opening_year="2027")
    for period in (PAST, LAST_YEAR):
        yield from _views("terms", "deputy", period=period)
    for kind in ("performance", "homeroom", "subject_teacher", "user_activity"):
        yield from _views("reports", "deputy", report=kind, made_kind=kind)
    yield from _views("data_checks", "deputy", year="2025")
    yield from _views("forecast_record", "deputy", record=PAST)
