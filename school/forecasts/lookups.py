"""What forecasts are made of, which of them the signed-in user may see, and how they came true."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import pandas as pd

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere
from school.analytics.lookups.tables import scope_of
from school.analytics.store import frames
from school.analytics.store.frames import ClassTerm, ReadScope
from school.forecasts import store as remembered
from school.forecasts.store import FittedModel, ModelFit, Snapshot
from school.records import Term, User
from school.register.rules.marks import is_graded
from school.register.store.registers import class_terms, subject_names
from school.store.connection import Relation, Store
from school.term_marks.rules.year_needed import YearNeeded, needed_in_terms
from school.term_marks.store import held_marks_of_terms, marks_elsewhere

__all__ = ["ClassTerm", "FittedModel", "ModelFit"]

# Below that many closed term marks nothing can be told from chance: fixed constants forecast.
ENOUGH_TO_LEARN = 30
MODELS_FOLDER = "models"
WHOLE_SCHOOL = ReadScope(is_whole_school=True)
PUPIL_IN_SUBJECT = ["class_id", "subject_id", "pupil_id"]
Prepared = TypeVar("Prepared")
TERM_TABLES = frozenset({"classes", "class_terms", "terms"})
JOURNAL_TABLES = TERM_TABLES | frozenset(
    {"marks", "lessons", "work_types", "term_marks", "year_marks", "enrolments", "teaching_load"}
)
# All that decides what a forecast says and who may read it.
FORECAST_TABLES = JOURNAL_TABLES | {"subgroup_members"}
OUTCOME_TABLES = frozenset({"forecast_snapshots", "forecast_snapshot_rows", "terms", "term_marks"})
COLUMNS: Mapping[str, str] = {
    "marks": "lesson_id, class_id, subject_id, teacher_id, term_id, pupil_id, given_on, value, weight",
    "term_marks": "class_id, subject_id, teacher_id, term_id, pupil_id, value",
    "terms": "term_id, school_id, school_year, kind, number, starts_on, ends_on",
    "enrolments": "class_id, pupil_id, starts_on, ends_on",
    "class_terms": "class_id, term_id",
    "teaching_load": "class_id, subject_id, teacher_id",
    "classes": "class_id, grade_level",
    "year_marks": "class_id, subject_id, school_year, pupil_id, value",
}


def journal_in_memory(
    store: Store,
    user: User,
    prepare: Callable[[Mapping[str, pd.DataFrame]], Prepared],
    with_marks: Callable[[Prepared, Collection[int], pd.DataFrame], Prepared | None],
) -> Prepared:
    """Return the whole journal of the newest data as ``prepare`` makes it of ``whole_journal``, for whoever may see a forecast.

    A forecast rests on all that the school knows, whoever asks; what a reader gets to see of the answer is narrowed by
    ``keep_readable``. Never show it. After marks were entered ``with_marks`` is given the lessons and all marks of these; where
    it returns None, everything is read again. Raises AccessRefused.
    """
    check_may_somewhere(user, Action.READ_FORECASTS)

    def refreshed(before: Prepared, lessons: frozenset[int]) -> Prepared:
        marks = frames.mark_table(store.cursor(), WHOLE_SCHOOL).filter(
            f"lesson_id IN ({frames.ids_text(lessons)})"
        )
        now = with_marks(before, lessons, marks.select(*COLUMNS["marks"].split(", ")).df())
        return prepare(whole_journal(store)) if now is None else now

    return store.derived("journal", JOURNAL_TABLES, lambda: prepare(whole_journal(store)), refreshed)


def whole_journal(store: Store) -> dict[str, pd.DataFrame]:
    """Return the whole journal for the server's own jobs, which show it to nobody: fitting, remembering forecasts.

    Classes taught without marks have no terms here: nothing is forecast for them.
    """
    return {name: table.df() for name, table in _journal_tables(store).items()}


def write_journal(store: Store, folder: Path) -> None:
    """Write ``whole_journal`` for a process of its own, a Parquet file a table; the engine does it beside the interpreter."""
    for name, table in _journal_tables(store).items():
        table.write_parquet(str(folder / f"{name}.parquet"))


def _journal_tables(store: Store) -> dict[str, Relation]:
    cursor = store.cursor()
    classes = frames.class_table(cursor)
    ungraded = [
        class_id
        for class_id, level in classes.select("class_id, grade_level").fetchall()
        if not is_graded(level)
    ]
    is_graded_class = f"NOT list_contains({ungraded}::BIGINT[], class_id)"
    tables: dict[str, Relation] = {
        "marks": frames.mark_table(cursor, WHOLE_SCHOOL),
        "term_marks": frames.term_mark_table(cursor, WHOLE_SCHOOL),
        "terms": frames.term_table(cursor),
        "enrolments": frames.enrolment_table(cursor, WHOLE_SCHOOL),
        "class_terms": frames.class_term_table(cursor, WHOLE_SCHOOL).filter(is_graded_class),
        "teaching_load": frames.load_table(cursor, WHOLE_SCHOOL),
        "classes": classes,
        "year_marks": frames.year_mark_table(cursor),
    }
    return {name: table.select(*COLUMNS[name].split(", ")) for name, table in tables.items()}


def terms_in_question(store: Store, user: User, today: date) -> list[ClassTerm]:
    """Return the term that each class in the user's scope is in, or the last one begun; raises AccessRefused.

    Classes taught without marks are left out.
    """
    return _graded(store, frames.terms_begun(store.cursor(), scope_of(user, Action.READ_FORECASTS), today))


def school_terms_in_question(store: Store, today: date) -> list[ClassTerm]:
    """Return the term that each class of the school is in: what forecasts are worked out for, whoever asks."""
    return _graded(store, frames.terms_begun(store.cursor(), WHOLE_SCHOOL, today))


def _graded(store: Store, terms: list[ClassTerm]) -> list[ClassTerm]:
    levels = dict(frames.class_table(store.cursor()).select("class_id, grade_level").fetchall())
    return [row for row in terms if is_graded(levels.get(row.class_id))]


def keep_readable(store: Store, user: User, rows: pd.DataFrame) -> pd.DataFrame:
    """Return those rows of class_id × subject_id × pupil_id that the user may see; raises AccessRefused."""
    scope = scope_of(user, Action.READ_FORECASTS)
    if scope.is_whole_school:
        return rows
    own = frames.own_pairs(store.cursor(), scope).df()
    whole = own[own["pupil_id"].isna()]
    is_own_class = rows["class_id"].isin(scope.class_ids)
    is_own_lesson = _are_in(rows, whole, PUPIL_IN_SUBJECT[:2]) | _are_in(rows, own, PUPIL_IN_SUBJECT)
    return rows[is_own_class | is_own_lesson]


def _are_in(rows: pd.DataFrame, listed: pd.DataFrame, columns: list[str]) -> pd.Series:
    wanted = pd.MultiIndex.from_frame(listed[columns])
    return pd.Series(pd.MultiIndex.from_frame(rows[columns]).isin(wanted), index=rows.index)


def models_folder(store: Store) -> Path:
    """Return the folder of the school's fitted models, beside its database."""
    return store.path.parent / MODELS_FOLDER


def model_in_use(store: Store) -> FittedModel | None:
    """Return the model fitted last; None: fixed constants answer. It holds nothing of a pupil."""
    return remembered.newest_model(store)


@dataclass(frozen=True)
class ModelPage:
    """The model in use and what became of the last fittings; ``closed_marks``: term marks to learn from now."""

    model: FittedModel | None
    fits: list[ModelFit]
    snapshots: list[Snapshot]
    closed_marks: int
    subjects: Mapping[int, str]


def model_page(store: Store, user: User, today: date) -> ModelPage:
    """Return what is known of the school's model; raises AccessRefused."""
    check_may(user, Action.READ_FORECAST_MODEL)
    return ModelPage(
        remembered.newest_model(store),
        remembered.newest_fits(store),
        remembered.remembered_snapshots(store),
        remembered.closed_span(store, today)[2],
        subject_names(store),
    )


def open_fits(store: Store, user: User) -> list[ModelFit]:
    """Return the fittings that wait or run; raises AccessRefused."""
    check_may(user, Action.READ_FORECAST_MODEL)
    return remembered.open_fits(store)


def last_snapshot_day(store: Store) -> date | None:
    """Return the day as of which forecasts were remembered last."""
    return remembered.last_snapshot_day(store)


def wants_fitting(store: Store, today: date, *, is_broken: bool) -> bool:
    """Whether a model should be fitted unasked: there is enough to learn from, and no model or none that opens.

    After a failed fitting the school waits for a closed term or a person.
    """
    last = next(iter(remembered.newest_fits(store, 1)), None)
    if last and (last.is_open or last.state == remembered.FAILED):
        return False
    has_model = remembered.newest_model(store) is not None
    return (is_broken or not has_model) and remembered.closed_span(store, today)[2] >= ENOUGH_TO_LEARN


def outcomes(store: Store, user: User) -> pd.DataFrame:
    """Return remembered forecasts of closed terms, each with the mark that came, limited to the user's scope.

    Raises AccessRefused.
    """
    check_may_somewhere(user, Action.READ_FORECASTS)
    return keep_readable(store, user, remembered.remembered_forecasts(store.cursor()))


def school_outcomes(store: Store) -> pd.DataFrame:
    """Return ``outcomes`` of the whole school, for what is said of its forecasts as a whole; never show a row of it."""
    return remembered.remembered_forecasts(store.cursor())


@dataclass(frozen=True)
class YearSoFar:
    """A pupil's term marks of the year in a subject, in the order of the terms, and what those left must bring."""

    marks: tuple[int, ...]
    needed: YearNeeded | None


def years_so_far(store: Store, user: User, class_id: int) -> dict[tuple[int, int], YearSoFar]:
    """Return ``YearSoFar`` by subject and pupil of a class, of those whose forecasts the user may read (п. 5.4).

    Marks that other classes or the former school gave are among them. Raises AccessRefused.
    """
    check_may_somewhere(user, Action.READ_FORECASTS)
    terms = class_terms(store, class_id)
    days = {term.term_id: term.ends_on for term in terms}
    by_place: dict[tuple[int, int], dict[int, int]] = {}
    for (_, subject_id, pupil_id), marks in marks_elsewhere(store, class_id).items():
        for each in marks:
            days[each.term.term_id] = each.term.ends_on
            by_place.setdefault((subject_id, pupil_id), {})[each.term.term_id] = each.value
    held = held_marks_of_terms(store, [term.term_id for term in terms], [])
    for (of_class, subject_id, term_id, pupil_id), state in held.items():
        if of_class == class_id and state.value is not None:
            by_place.setdefault((subject_id, pupil_id), {})[term_id] = state.value
    rows = pd.DataFrame(
        [(class_id, *place) for place in by_place], columns=["class_id", "subject_id", "pupil_id"]
    )
    readable = keep_readable(store, user, rows)
    places = zip(readable["subject_id"].astype(int), readable["pupil_id"].astype(int), strict=True)
    return {place: _year_so_far(terms, by_place[place], days) for place in places}


def _year_so_far(terms: list[Term], marks: Mapping[int, int], days: Mapping[int, date]) -> YearSoFar:
    in_order = sorted(marks, key=lambda term_id: days[term_id])
    return YearSoFar(tuple(marks[term_id] for term_id in in_order), needed_in_terms(terms, marks))


def lessons_left(store: Store, user: User, today: date) -> pd.DataFrame:
    """Return for class × subject × term how many lessons are planned after a day, for whoever may see a forecast."""
    check_may_somewhere(user, Action.READ_FORECASTS)
    left, scope = remembered.lessons_left(store.cursor(), today), scope_of(user, Action.READ_FORECASTS)
    if scope.is_whole_school:
        return left
    own = frames.own_pairs(store.cursor(), scope).df()
    return left[left["class_id"].isin(scope.class_ids) | _are_in(left, own, PUPIL_IN_SUBJECT[:2])]
