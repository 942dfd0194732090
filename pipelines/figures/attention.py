"""What needs the deputy's attention now: each a finding of a real measure, and a link to where it is seen (п. 4.2).

A source of findings looks at one thing over the periods that run at the same time (quarters and half-years) and says at
most one sentence: the worst case and how many there are. A source is asked only of whoever may see its page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd

from pipelines.figures.figures import coverage_by, previous_period, same_pupils_by, standings_by, wholly_seen
from pipelines.figures.inspection_due import due_words, quarter_due
from pipelines.figures.work import attendance_of, curriculum_by, lessons_filled_by
from pipelines.measures.tables import records
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader, choices_of, period_key, remembered
from school.analytics.lookups.tables import Choices, PeriodRow, Selection, period_code
from school.calendar import term_title
from school.numbers import counted, number_text, percent_text

# п. 5.2 asks for marks by the end of a term: before a third of it has passed nobody can be behind.
SETTLED_SHARE = 3
# A register in which half of the class lacks the marks due by today.
LOW_COVERAGE = 50.0
FEWEST_PUPILS = 5
# An hour or two of a plan is made up for by the next lessons.
HOURS_BEHIND = 3
MOST_CONCERNS = 5


@dataclass(frozen=True)
class Concern:
    """A finding in a sentence, and the page where it is seen with its filters."""

    text: str
    icon: str
    path: str
    codes: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Now:
    """What findings are made of: who reads, the moment, the periods that run together, all periods, what is counted."""

    reader: FigureReader
    moment: datetime
    running: Sequence[PeriodRow]
    periods: list[PeriodRow]
    basis: str
    selection: Selection

    @property
    def today(self) -> date:
        """The day."""
        return self.moment.date()

    @property
    def settled(self) -> list[PeriodRow]:
        """The periods that have gone on long enough for their figures to say something."""
        return [
            row
            for row in self.running
            if SETTLED_SHARE * (self.today - row.starts_on).days >= (row.ends_on - row.starts_on).days
        ]

    def choices(self) -> Choices:
        """The names of all that the running periods have."""
        return choices_of(self.reader, tuple(sorted({term for row in self.running for term in row.term_ids})))

    def class_name(self, class_id: int, nameless: str = "класс") -> str:
        """Return a class's name, or a word where it is not known."""
        names = {row.class_id: row.name for row in self.choices().classes}
        return names.get(int(class_id), nameless)

    def asking(self, action: Action) -> FigureReader:
        """The same reader by another right."""
        return FigureReader(self.reader.school, self.reader.user, action)


def running_together(periods: Sequence[PeriodRow], period: PeriodRow) -> list[PeriodRow]:
    """Return a period and those of other kinds that go on at the same time: half-years beside a quarter."""
    if period.is_whole_year:
        return [period]
    others = [
        row
        for row in periods
        if row.kind != period.kind
        and not row.is_whole_year
        and row.school_year == period.school_year
        and row.starts_on <= period.ends_on
        and row.ends_on >= period.starts_on
    ]
    return [period, *others]


def quality_shifts(now: Now) -> pd.DataFrame:
    """Return how the quality of the same pupils changed in each class since its period before, by class."""
    pieces = []
    for period in now.running:
        before = previous_period(now.periods, period)
        if before is not None:
            basis = comparable_basis(now.basis, period, before)
            pieces.append(same_pupils_by(now.reader, basis, before, period, now.selection, ("class_id",)))
    columns = ["class_id", "quality_before", "quality_now", "quality_shift", "is_beyond_chance"]
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=columns)


def comparable_basis(basis: str, period: PeriodRow, before: PeriodRow) -> str:
    """Return what is counted in both periods: final marks only where both have them."""
    if basis != "term" or (period.has_term_marks and before.has_term_marks):
        return basis
    return "marks" if period.is_whole_year else "today"


def fallen_classes(now: Now) -> Concern | None:
    """Return the class whose quality fell most, of those whose fall is beyond chance."""
    rows = quality_shifts(now)
    fallen = rows[rows["is_beyond_chance"].astype(bool) & (rows["quality_shift"] < 0)]
    if fallen.empty:
        return None
    worst = records(fallen.sort_values("quality_shift"))[0]
    text = (
        f"Качество упало: {now.class_name(worst['class_id'])} — у тех же учеников "
        f"{percent_text(worst['quality_before'], 0)} «4» и «5» прежде, {percent_text(worst['quality_now'], 0)} сейчас; "
        f"хуже стало у {number_text(worst['pupils_fallen'])} из {number_text(worst['pupils_in_both_terms'])}"
    )
    return Concern(
        text + _and_more(len(fallen), "класс", "класса", "классов"),
        ":material/trending_down:",
        "analytics/school_class.py",
        {"class": int(worst["class_id"])},
    )


def unfilled_registers(now: Now) -> Concern | None:
    """Return the teacher with most lessons unfilled past the deadline (п. 5.5)."""
    reader = now.asking(Action.READ_TEACHER_ACTIVITY)
    rows = _of_running(
        now, lambda row: lessons_filled_by(reader, row, now.selection, now.moment, ("teacher_id",))
    )
    # Of an import that brought marks alone it is not known when lessons were filled.
    unfilled = rows[(rows["lessons_not_filled"] > 0) & (rows["lessons_filled"].sum() > 0)]
    if unfilled.empty:
        return None
    worst = records(unfilled.sort_values("lessons_not_filled", ascending=False))[0]
    lessons = counted(int(worst["lessons_not_filled"]), "урок", "урока", "уроков")
    name = now.choices().teachers.get(int(worst["teacher_id"]), "учитель")
    text = f"Журнал не заполнен: {name} — {lessons} без единой записи (п. 5.5)"
    total = counted(int(unfilled["lessons_not_filled"].sum()), "урок", "урока", "уроков")
    teacher_count = unfilled["teacher_id"].nunique()
    teachers = counted(teacher_count, "учителя", "учителей", "учителей")
    split = _by_period(unfilled, "lessons_not_filled", now)
    several = f"; всего {total} у {teachers}{split}" if teacher_count > 1 else ""
    return Concern(
        text + several,
        ":material/edit_off:",
        "analytics/teacher.py",
        {"teacher": int(worst["teacher_id"]), "part": "work", "period": worst["period"]},
    )


def failing_pupils(now: Now) -> Concern | None:
    """Return how many pupils have a «2» for the period or would have it today."""
    rows = _of_running(
        now, lambda row: standings_by(now.reader, now.basis, row, now.selection, ("class_id",))
    )
    failing = rows[rows["failing"] > 0].sort_values("failing", ascending=False)
    if failing.empty:
        return None
    worst = records(failing)[0]
    pupils = counted(int(failing["failing"].sum()), "ученика", "учеников", "учеников")
    words = "«2» за период" if now.basis == "term" else "сегодня выходит «2»"
    most = f"больше всего в {now.class_name(worst['class_id'], 'классе')} — {number_text(worst['failing'])}"
    is_over = all(row.ends_on < now.today for row in now.running)
    # While lessons are left there is a list of whom to help; afterwards only the result.
    path = "analytics/classes.py" if is_over else "forecasts/at_risk.py"
    text = f"У {pupils} {words}{_by_period(failing, 'failing', now)}: {most}"
    return Concern(text, ":material/volunteer_activism:", path, {} if is_over else {"risk": "today"})


def short_of_marks(now: Now) -> Concern | None:
    """Return the register in which fewest pupils have the marks due by today (п. 5.2)."""
    reader = now.asking(Action.READ_TEACHER_ACTIVITY)
    by = ("class_id", "subject_id")
    pieces = [coverage_by(reader, row, now.selection, now.today, by) for row in now.settled]
    if not pieces:
        return None
    rows = pd.concat(pieces)
    short = rows[(rows["pairs"] >= FEWEST_PUPILS) & (rows["coverage_on_pace"] < LOW_COVERAGE)]
    # A first grade is given no marks at all.
    marked = rows[rows["pairs_without_marks"] < rows["pairs"]]
    short = short[short["class_id"].isin(set(marked["class_id"]))]
    if short.empty:
        return None
    worst = records(short.sort_values(["coverage_on_pace", "pairs"], ascending=[True, False]))[0]
    choices = now.choices()
    class_id, subject_id = int(worst["class_id"]), int(worst["subject_id"])
    text = (
        f"Мало отметок: {now.class_name(class_id)}, {choices.subjects.get(subject_id, 'предмет')} — на сегодня хватает у "
        f"{number_text(worst['pairs_on_pace'])} из {number_text(worst['pairs'])} учеников (п. 5.2)"
    )
    registers = counted(len(short), "журнале", "журналах", "журналах")
    more = f"; меньше чем у половины учеников — в {registers}" if len(short) > 1 else ""
    return Concern(
        text + more,
        ":material/exposure_plus_1:",
        "analytics/quality.py",
        {"class": class_id, "subject": subject_id, "view": "pupils"},
    )


def lagging_registers(now: Now) -> Concern | None:
    """Return the register furthest behind its lesson plan (п. 6.3)."""
    reader, by = now.asking(Action.READ_LESSON_PLANS), ("class_id", "subject_id")
    pieces = [curriculum_by(reader, row, now.selection, now.today, by) for row in now.running]
    rows = pd.concat(pieces)
    behind = rows[rows["hours_behind"] >= HOURS_BEHIND].sort_values("hours_behind", ascending=False)
    if behind.empty:
        return None
    worst, choices = records(behind)[0], now.choices()
    class_id, subject_id = int(worst["class_id"]), int(worst["subject_id"])
    hours = counted(int(worst["hours_behind"]), "час", "часа", "часов")
    text = f"Отстаёт программа: {now.class_name(class_id)}, {choices.subjects.get(subject_id, 'предмет')} — на {hours}"
    # The page behind counts every hour: here only what lessons to come will not make up for.
    least = counted(HOURS_BEHIND, "час", "часа", "часов")
    registers = counted(len(behind), "журнал", "журнала", "журналов")
    more = f"; на {least} и больше — всего {registers}" if len(behind) > 1 else ""
    return Concern(
        text + more,
        ":material/checklist:",
        "analytics/curriculum.py",
        {"class": class_id, "subject": subject_id},
    )


def missing_pupils(now: Now) -> Concern | None:
    """Return how many pupils miss a tenth of their lessons or more (п. 4.3)."""
    by = ("class_id",)
    # A teacher's own lessons are too few to say that a pupil misses many.
    seen = wholly_seen(now.reader, now.selection)
    if not now.settled:
        return None
    rows = _of_running(now, lambda row: attendance_of(now.reader, row, seen, now.today, by), now.settled)
    chronic = rows[rows["chronic_pupils"] > 0].sort_values("chronic_pupils", ascending=False)
    if chronic.empty:
        return None
    worst = records(chronic)[0]
    class_id = int(worst["class_id"])
    pupils = counted(
        int(chronic["chronic_pupils"].sum()), "ученик пропускает", "ученика пропускают", "учеников пропускают"
    )
    text = (
        f"{pupils} десятую часть уроков и больше{_by_period(chronic, 'chronic_pupils', now)}: больше всего в {now.class_name(class_id, 'классе')} — "
        f"{number_text(worst['chronic_pupils'])} из {number_text(worst['pupils_with_lessons'])}"
    )
    codes: dict[str, object] = {"class": class_id, "part": "pupils"}
    return Concern(text, ":material/event_busy:", "analytics/school_class.py", codes)


def uninspected_quarter(now: Now) -> Concern | None:
    """Return the quarter that passes without an inspection of the registers (п. 6.2)."""
    due = quarter_due(now.reader, now.today)
    if due is None:
        return None
    return Concern(due_words(due, now.today), ":material/policy:", "inspections/inspections.py")


def _by_period(rows: pd.DataFrame, name: str, now: Now) -> str:
    """Return how a total comes together of periods, each with the number that its own screens show; empty where one has it all."""
    added = rows.groupby("period", sort=False)[name].sum()
    parts = [
        f"{number_text(int(added[code]))} — «{term_title(row.kind, row.number)}»"
        for row in now.running
        if added.get(code := period_code(row), 0)
    ]
    return f" ({', '.join(parts)})" if len(parts) > 1 else ""


def _of_running(
    now: Now, figure: Callable[[PeriodRow], pd.DataFrame], periods: Sequence[PeriodRow] | None = None
) -> pd.DataFrame:
    """Return the rows of a figure of each running period, one below another, with the code of their ``period``."""
    asked = now.running if periods is None else periods
    return pd.concat([figure(row).assign(period=period_code(row)) for row in asked])


def _and_more(count: int, one: str, few: str, many: str) -> str:
    return f"; всего таких {counted(count, one, few, many)}" if count > 1 else ""


# In the order of urgency: what can still be put right today stands first.
SOURCES: tuple[tuple[Action, Callable[[Now], Concern | None]], ...] = (
    (Action.INSPECT, uninspected_quarter),
    (Action.READ_TEACHER_ACTIVITY, unfilled_registers),
    (Action.READ_QUALITY, fallen_classes),
    (Action.READ_FORECASTS, failing_pupils),
    (Action.READ_TEACHER_ACTIVITY, short_of_marks),
    (Action.READ_LESSON_PLANS, lagging_registers),
    (Action.READ_QUALITY, missing_pupils),
)


def concerns(now: Now) -> list[Concern]:
    """Return up to MOST_CONCERNS findings, the most urgent first; they may be a minute old, unlike figures."""
    minute = now.moment.replace(second=0, microsecond=0)
    running = tuple(period_key(row, now.selection) for row in now.running)
    arguments = (now.reader.user.user_id, running, now.basis)
    return remembered(now.reader, "concerns", arguments, lambda: _found(now), minute, cache="tables")


def _found(now: Now) -> list[Concern]:
    found = [source(now) for action, source in SOURCES if may_somewhere(now.reader.user, action)]
    return [concern for concern in found if concern is not None][:MOST_CONCERNS]
