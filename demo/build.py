"""Makes a school: plan it, write its structure, fill the register day by day, close the terms."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain

import numpy as np

from demo.days.absences import draw_absences
from demo.days.certificates import live_certificates
from demo.days.control.inspections import inspect_this_quarter
from demo.days.control.year_plan import keep_year_plan
from demo.days.councils import hold_councils
from demo.days.exchange import live_exchange
from demo.days.external_tests import load_national_tests
from demo.days.extra_help import take_some_up
from demo.days.families import live_families
from demo.days.forecasts import replay_forecasts
from demo.days.head.documents import live_documents
from demo.days.head.measures import live_measures
from demo.days.homeroom import live_homerooms
from demo.days.homework import hand_out_homework, homework_times
from demo.days.inspections import inspect_last_quarter
from demo.days.marking import Abilities, TermLessons, TypedCells, checked_later, term_entries, typed_cells
from demo.days.sign_ins import live_sign_ins
from demo.days.substitutions import plant_certificate, substitution_rows
from demo.days.talk.announcements import live_announcements
from demo.days.talk.consultations import live_consultations
from demo.days.talk.letters import live_letters
from demo.days.tasks import live_tasks
from demo.days.term_marking import Gradebook, JustifiedMark
from demo.plan.lesson_plans import (
    LAGGING_PACE,
    PlanRows,
    lagging_load,
    plan_saved_at,
    taught_topics,
    year_counts,
)
from demo.plan.lessons import (
    DatedLesson,
    Substitutions,
    dated_lessons,
    ill_days,
    lesson_rows,
    open_school_day,
    set_filling,
    set_works,
)
from demo.plan.load import Load
from demo.plan.reference import work_kinds
from demo.plan.structure_rows import Founded, founded, members
from demo.plan.whole_school import PlannedYear, SchoolPlan, plan_school
from school.errors import StoreFault
from school.records import Role, User
from school.register.actions.batch import CellEdit, EntryStatus
from school.register.actions.entries import enter_cells
from school.store.connection import Store
from school.store.rows import LessonRow, TermMarkRow, YearMarkRow
from school.substitutions.actions import write_past_substitutions
from school.year.actions.founding import (
    close_terms,
    reserve_ids,
    write_homework,
    write_lesson_plans,
    write_lessons,
    write_structure,
    write_term_marks,
)
from school.year.records import ONE_DAY, TermSpan

IDS_AT_ONCE = 10_000
EDITS_AT_ONCE = 20_000
DAYS_UNTIL_A_TERM_CLOSES = 3
# The teacher with this habit has made no lesson plans.
WITHOUT_PLANS = "marks_late_in_term"

Say = Callable[[str], None]


@dataclass
class Past:
    """What has happened up to now: typed cells by staff id, marks for terms and years."""

    typed: dict[int, TypedCells] = field(default_factory=dict)
    term_marks: list[TermMarkRow] = field(default_factory=list)
    year_marks: list[YearMarkRow] = field(default_factory=list)
    lessons: int = 0


def make_school(
    store: Store, *, pupils: int, years: int, seed: int, now: datetime, say: Say
) -> dict[str, int]:
    """Fill an empty store with a made-up school that ends yesterday; return counts of what was written.

    The same arguments make the same school. Raises RuleRefused when there is a school already.
    """
    ids = _identifiers(store)
    plan = plan_school(ids, pupils=pupils, years=years, seed=seed, today=now.date())
    school = founded(ids, plan, now.date())
    say("Классы, учителя, ученики, расписание…")
    write_structure(store, None, school.structure, now=now)
    admin = school.user_with(Role.ADMIN)
    past, abilities = Past(), Abilities(np.random.default_rng([seed, 2]))
    for year in plan.years:
        say(f"Уроки {year.calendar.school_year}/{year.calendar.school_year + 1} учебного года…")
        YearWriter(ids, plan, year, school, past, abilities, now).write_lessons(store, admin)
    _enter(store, school, past, now, say)
    hand_out_homework(store, plan, school, now)
    say("Отметки за учебные периоды…")
    write_term_marks(store, admin, past.term_marks, past.year_marks)
    close_terms(store, admin, _terms_to_close(plan, school, now))
    hold_councils(store, plan, school, now)
    live_homerooms(store, plan, school, now)
    live_families(store, plan, school, now)
    live_announcements(store, plan, school, now)
    live_letters(store, school, plan.seed, now)
    live_consultations(store, plan, school, now)
    live_tasks(store, plan, school, now)
    live_exchange(store, plan, school, now)
    live_certificates(store, plan, school, now)
    inspect_last_quarter(store, plan, school, now)
    inspect_this_quarter(store, plan, school, now)
    keep_year_plan(store, plan, school, now)
    plant_certificate(store, plan.years[-1], school, now)
    load_national_tests(store, plan, school, abilities, now)
    _live_head(store, school, now)
    live_sign_ins(store, plan, school, now)
    replay_forecasts(store, now)
    take_some_up(store, now, plan.seed)
    return _counts(plan, past)


def _live_head(store: Store, school: Founded, now: datetime) -> None:
    shown = [int(row.value) for row in school.structure.settings if row.name.startswith("demo.user.")]
    head = school.user_with(Role.HEAD)
    live_documents(store, head, school.user_with(Role.DEPUTY), school.users, shown, now)
    live_measures(store, head, school.users, now)


def _identifiers(store: Store) -> Iterator[int]:
    while True:
        yield from reserve_ids(store, IDS_AT_ONCE)


@dataclass
class YearWriter:
    """Writes one school year up to ``now``."""

    ids: Iterator[int]
    plan: SchoolPlan
    year: PlannedYear
    school: Founded
    past: Past
    abilities: Abilities
    now: datetime

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng([self.plan.seed, 3, self.year.calendar.school_year])
        self.plan_rng = np.random.default_rng([self.plan.seed, 5, self.year.calendar.school_year])
        self.plans, self.year_counts = PlanRows(), year_counts(self.year)
        self.lagging = lagging_load(self.year.loads, self.plan.planted.get("fills_late"))
        calendar = self.year.calendar
        self.past_days = calendar.school_days(
            calendar.starts_on, min(calendar.ends_on, self.now.date() - ONE_DAY)
        )
        self.day_places = {day: place for place, day in enumerate(self.past_days)}
        self.weights = {kind.code: kind.weight for kind in work_kinds()} | {"": 1.0}
        self.gradebook = Gradebook(self.rng)
        self.missed = {
            each.class_id: draw_absences(self.rng, len(each.stays), self.past_days, self.now.date())
            for each in self.year.classes
        }

    def write_lessons(self, store: Store, admin: User) -> None:
        """Write the year's lessons; collect typed cells, term marks and year marks in ``past`` for later."""
        today = self.now.date()
        by_load = dated_lessons(self.ids, self.year, self._substitutions(), today)
        open_day = open_school_day(self.year.calendar, today)
        rows = []
        for load in self.year.loads:
            lessons = by_load.get(load.load_id, [])
            for term in self.year.calendar.terms_of(load.school_class.term_kind):
                term_id = self.year.term_ids[term.kind, term.number]
                of_term = [lesson for lesson in lessons if lesson.term_id == term_id]
                self._fill_term(load, term, of_term, open_day)
            if lessons:
                rows += self._filled_by_plan(load, lessons)
        self.past.lessons += len(rows)
        write_lessons(store, admin, sorted(rows, key=lambda row: row.lesson_id), now=self.now)
        write_lesson_plans(store, admin, self.plans.plans, self.plans.topics)
        write_homework(
            store,
            admin,
            self.plans.due_days,
            self.plans.tasks,
            self.plans.task_pupils,
            homework_times(rows),
            now=self.now,
        )
        write_past_substitutions(
            store,
            admin,
            substitution_rows(
                self.ids,
                chain.from_iterable(by_load.values()),
                self.school.catalogue.subject_ids,
                self.school,
                self.school.user_with(Role.DEPUTY),
                today,
            ),
        )
        self._give_year_marks()

    def _filled_by_plan(self, load: Load, lessons: Sequence[DatedLesson]) -> list[LessonRow]:
        total = self.year_counts[load.load_id]
        is_lagging = self.lagging is load
        taught = taught_topics(load, lessons, total, LAGGING_PACE if is_lagging else 1)
        rows = lesson_rows(self.rng, lessons, taught, self.plan.habits, self.school.catalogue)
        if load.teacher_id != self.plan.planted.get(WITHOUT_PLANS):
            saved = (plan_saved_at(self.year.calendar.starts_on), self.school.users[load.teacher_id].user_id)
            self.plans.add_plan(self.ids, load, total, saved, self.school.catalogue)
        self.plans.add_homework(self.plan_rng, self.ids, load, rows, self.school.users, self.now.date())
        return rows

    def _substitutions(self) -> Substitutions:
        teachers = [each for each in self.plan.staff if each.speciality]
        colleagues = {
            one.staff_id: [
                each.staff_id for each in teachers if each.speciality == one.speciality and each is not one
            ]
            for one in teachers
        }
        ill = ill_days(self.rng, [each.staff_id for each in teachers], self.past_days)
        busy = {(load.teacher_id, slot) for slot, load in self.year.slots}
        return Substitutions(colleagues, ill, busy)

    def _fill_term(
        self, load: Load, span: TermSpan, lessons: list[DatedLesson], open_day: date | None
    ) -> None:
        held = [lesson for lesson in lessons if not lesson.is_cancelled]
        if not held:
            return
        set_works(held)
        set_filling(self.rng, held, self.plan.habits, self.now, open_day)
        filled = [lesson for lesson in held if lesson.filled_at]
        if not filled:
            return
        term = self._term_lessons(load, span, filled, len(held))
        levels = self.abilities.of(term.pupil_ids, load.subject.name)
        entries = term_entries(self.rng, term, levels, self.plan.habits[load.teacher_id])
        for teacher_id, cells in typed_cells(self.rng, term, entries, self.now).items():
            past = self.past.typed.setdefault(teacher_id, TypedCells([], []))
            past.entries.extend(cells.entries)
            past.corrections.extend(cells.corrections)
        if span.ends_on < self.now.date():
            self._give_term_marks(term, span, self.gradebook.term_marks(term, entries, self.weights))

    def _term_lessons(
        self, load: Load, span: TermSpan, filled: list[DatedLesson], planned: int
    ) -> TermLessons:
        stays = members(load.school_class, load.subgroup)
        rows = {stay.pupil_id: place for place, stay in enumerate(load.school_class.stays)}
        codes = self.missed[load.school_class.class_id]
        days = [self.day_places[lesson.held_on] for lesson in filled]
        return TermLessons(
            load,
            filled,
            checked_later(self.rng, filled, self.now),
            planned,
            span.ends_on,
            [stay.pupil_id for stay in stays],
            [stay.covers(span.ends_on) for stay in stays],
            np.array([[stay.covers(lesson.held_on) for stay in stays] for lesson in filled]),
            codes[np.ix_([rows[stay.pupil_id] for stay in stays], days)].T,
        )

    def _give_term_marks(self, term: TermLessons, span: TermSpan, marks: dict[int, JustifiedMark]) -> None:
        load, user = term.load, self.school.users[term.load.teacher_id]
        given_at = datetime.combine(span.ends_on, time(14, 20)) - int(self.rng.integers(3)) * ONE_DAY
        given_at += timedelta(minutes=int(self.rng.integers(90)))
        self.past.term_marks += [
            TermMarkRow(
                load.school_class.class_id,
                self.school.catalogue.subject_ids[load.subject.name],
                self.year.term_ids[span.kind, span.number],
                pupil_id,
                mark.value,
                load.teacher_id,
                mark.reason,
                given_at,
                user.user_id,
            )
            for pupil_id, mark in marks.items()
        ]

    def _give_year_marks(self) -> None:
        if self.year.calendar.ends_on >= self.now.date():
            return
        kinds = {each.class_id: each.term_kind for each in self.year.classes}
        teachers = {
            (load.school_class.class_id, load.subject.name): load.teacher_id for load in self.year.loads
        }
        given_at = datetime.combine(self.year.calendar.ends_on, time(15, 20))
        self.past.year_marks += [
            YearMarkRow(
                class_id,
                self.school.catalogue.subject_ids[subject],
                self.year.calendar.school_year,
                pupil_id,
                mark.value,
                mark.reason,
                given_at,
                self.school.users[teachers[class_id, subject]].user_id,
            )
            for (class_id, subject, pupil_id), mark in self.gradebook.year_marks(kinds).items()
        ]


def _enter(store: Store, school: Founded, past: Past, now: datetime, say: Say) -> None:
    total = sum(len(cells.entries) + len(cells.corrections) for cells in past.typed.values())
    done = 0
    for staff_id, cells in past.typed.items():
        for edits in (*_pieces(cells.entries), *_pieces(cells.corrections)):
            results = enter_cells(store, school.users[staff_id], edits, now=now)
            if refused := [result for result in results if result.status is not EntryStatus.SAVED]:
                raise StoreFault(f"The register refused {len(refused)} made-up entries: {refused[0].message}")
            done += len(edits)
        say(f"Отметки и пропуски: {100 * done // total} % из {total}…")


def _pieces(edits: Sequence[CellEdit]) -> list[Sequence[CellEdit]]:
    return [edits[start : start + EDITS_AT_ONCE] for start in range(0, len(edits), EDITS_AT_ONCE)]


def _terms_to_close(plan: SchoolPlan, school: Founded, now: datetime) -> list[tuple[int, datetime, int]]:
    deputy = school.user_with(Role.DEPUTY).user_id
    closing = [
        (
            year.term_ids[term.kind, term.number],
            datetime.combine(term.ends_on, time(17)) + DAYS_UNTIL_A_TERM_CLOSES * ONE_DAY,
        )
        for year in plan.years
        for term in year.calendar.terms
    ]
    return [(term_id, at, deputy) for term_id, at in closing if at <= now]


def _counts(plan: SchoolPlan, past: Past) -> dict[str, int]:
    last = plan.years[-1]
    edits = Counter(
        bool(edit.text[-1].isdecimal()) for cells in past.typed.values() for edit in cells.entries
    )
    return {
        "учебных лет": len(plan.years),
        "классов": len(last.classes),
        "учеников": sum(stay.ends_on is None for each in last.classes for stay in each.stays),
        "учителей": sum(bool(each.speciality) for each in plan.staff),
        "уроков": past.lessons,
        "клеток с отметками": edits[True],
        "клеток с пропусками": edits[False],
        "отметок за периоды": len(past.term_marks),
        "отметок за год": len(past.year_marks),
    }
