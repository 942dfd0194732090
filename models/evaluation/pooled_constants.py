"""Constants learned from other schools for one that has none of its own: is its first term forecast better than by the fixed ones?

Each school in turn is held out: the constants come of the closed terms of all others, alike many rows of each and no names, and are
held against the fixed ones on the school's later terms, as if it had closed none before. An extract of one school is
taken apart by subject: its courses stand for schools.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from models.evaluation.small_schools import CUTS, first_term_of, mean_interval
from models.evaluation.spans import SpanError, spans
from models.evaluation.training import Examples, concatenated, examples_at, teaching_examples, thinned
from models.features.tables import Journal, JournalTables, prepare
from models.forecasters.empirical_bayes import Constants, EmpiricalBayes
from models.forecasters.pool import unlearned_pool
from models.metrics import row_log_loss

# As many of each school: a large one must not speak for all.
ROWS_OF_A_SCHOOL = 1_000


@dataclass(frozen=True)
class AgainstFixed:
    """A held-out school at a cut: log loss (nats) with pooled and with fixed constants, and the 95 % interval of the difference."""

    school: str
    cut: float
    n: int
    pooled: float
    fixed: float
    low: float
    high: float

    @property
    def is_better(self) -> bool:
        """Whether the pooled constants err less beyond chance."""
        return self.high < 0


@dataclass(frozen=True)
class _School:
    tables: JournalTables
    learned: Examples
    train: list[object]
    judged: list[object]


def against_fixed(schools: Mapping[str, JournalTables], *, seed: int) -> list[AgainstFixed]:
    """Hold each school out in turn; one that cannot be divided by time is passed over. SpanError where fewer than two are left."""
    usable: dict[str, _School] = {}
    for name, tables in schools.items():
        try:
            usable[name] = _usable(tables, seed)
        except SpanError:
            continue
    if len(usable) < 2:
        raise SpanError(
            "Pooled constants need two schools at the least, each with a term after the terms to learn from."
        )
    found = []
    for name, school in usable.items():
        others = [other.learned for key, other in usable.items() if key != name]
        found += _compared(name, school, pooled_constants(others), seed)
    return found


def pooled_constants(learned: Sequence[Examples]) -> Constants:
    """Constants of the closed terms of several schools, each given as many examples."""
    together = concatenated(learned)
    return EmpiricalBayes().fit(together.features, together.y).constants


def constants_of_schools(schools: Mapping[str, JournalTables], *, seed: int) -> Constants:
    """Constants of all schools of a lake: what a district may publish. SpanError where none has closed terms to learn from."""
    learned = []
    for tables in schools.values():
        try:
            learned.append(_usable(tables, seed).learned)
        except SpanError:
            continue
    if not learned:
        raise SpanError("No school of the lake has closed terms to learn from.")
    return pooled_constants(learned)


def write_constants(path: Path, constants: Constants) -> None:
    """Write constants as JSON: numbers of the model alone, nothing of a person or a school."""
    path.write_text(json.dumps(asdict(constants), indent=1), encoding="utf-8")


def parts_of(tables: JournalTables) -> dict[str, JournalTables]:
    """An extract's schools by their ids; of one school its subjects, each as a school of its own."""
    terms = tables.terms
    if "school_id" in terms and terms["school_id"].nunique() > 1:
        ids = {str(key): set(rows["term_id"]) for key, rows in terms.groupby("school_id")}
        return {name: _of_terms(tables, of_school) for name, of_school in ids.items()}
    return {str(key): _of_subject(tables, key) for key in tables.term_marks["subject_id"].unique()}


def _of_terms(tables: JournalTables, terms: set[object]) -> JournalTables:
    held = tables.class_terms[tables.class_terms["term_id"].isin(terms)]
    return _cut(tables, held, tables.marks["term_id"].isin(terms), tables.term_marks["term_id"].isin(terms))


def _of_subject(tables: JournalTables, subject: object) -> JournalTables:
    of_marks, of_term_marks = (table["subject_id"] == subject for table in (tables.marks, tables.term_marks))
    held = tables.class_terms[
        tables.class_terms["class_id"].isin(set(tables.term_marks.loc[of_term_marks, "class_id"]))
    ]
    return _cut(tables, held, of_marks, of_term_marks)


def _cut(tables: JournalTables, held: pd.DataFrame, marks: pd.Series, term_marks: pd.Series) -> JournalTables:
    classes = set(held["class_id"])
    return replace(
        tables,
        marks=tables.marks[marks],
        term_marks=tables.term_marks[term_marks],
        terms=tables.terms[tables.terms["term_id"].isin(set(held["term_id"]))],
        class_terms=held,
        enrolments=tables.enrolments[tables.enrolments["class_id"].isin(classes)],
        teaching_load=None,
        classes=None if tables.classes is None else tables.classes[tables.classes["class_id"].isin(classes)],
        year_marks=None,
    )


def _usable(tables: JournalTables, seed: int) -> _School:
    journal = prepare(tables)
    divided = spans(journal)
    learned = thinned(teaching_examples(journal, divided.train), seed, ROWS_OF_A_SCHOOL)
    train, judged = (list(journal.term_ids[codes]) for codes in (divided.train, divided.test))
    return _School(tables, learned, train, judged)


def _compared(name: str, school: _School, constants: Constants, seed: int) -> list[AgainstFixed]:
    journal: Journal = prepare(first_term_of(school.tables, school.train, school.judged, seed))
    terms = np.flatnonzero(journal.term_ids.isin(school.judged))
    models = {"pooled": unlearned_pool(constants), "fixed": unlearned_pool()}
    found = []
    for cut in CUTS:
        at = examples_at(journal, terms, cut)
        losses = {key: row_log_loss(at.y, model.predict_proba(at.features)) for key, model in models.items()}
        low, high = mean_interval(losses["pooled"] - losses["fixed"], at.rows.pupil, seed)
        means = {key: float(each.mean()) for key, each in losses.items()}
        found.append(AgainstFixed(name, cut, len(at), means["pooled"], means["fixed"], low, high))
    return found
