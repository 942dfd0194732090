"""Compute a measure over one journal extract or a lake of many schools, on the embedded engine or on Spark.

    python -m pipelines.run MEASURE --source FOLDER --by class_id,subject_id,term_id --out FILE.csv|FILE.parquet
                            [--engine duckdb|spark] [--of term_marks|marks|year_marks|so_far] [--inside] [--pupils]
                            [--refused FILE.csv] [--now 2026-11-23T10:00] [--memory 4GB]

The answer goes to FILE, what was passed over or refused to the standard error.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.catalogue.measures import CATALOGUE
from pipelines.extract.engines import ENGINES, Engine
from pipelines.extract.lake_tables import MARK_SUMS, MARKS, with_sources
from pipelines.extract.measures import BY_MEASURE, MeasureFamily, Question
from pipelines.extract.refused_rows import refused_lines, refused_rows
from pipelines.extract.sources import BadSource, ExtractSource, damaged, open_source
from pipelines.extract.tables import DIMENSIONS, ExtractTables, MissingTable, disowned
from pipelines.extract.withholding import (
    FEWEST_PUPILS,
    PUPILS,
    WITHHELD,
    pupils_at_least,
    pupils_behind,
    withheld,
)
from pipelines.measures.tables import collected, read
from school.clock import school_clock
from school.errors import Refusal
from school.extracts.format import IDS_WITHIN_A_SCHOOL

REFUSED_REQUEST = 2
# What rows are checked against.
REFERENCES = ("terms", "classes", "subjects", "enrolments")
OUTPUTS = (".csv", ".parquet")
_AT_LEAST = "pupils_at_least"


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    measure: str
    source: Path
    by: tuple[str, ...]
    out: Path
    engine: str
    of: str | None
    is_inside: bool
    refused: Path | None
    now: datetime
    memory: str | None
    has_pupils: bool = False


@dataclass(frozen=True)
class Answer:
    """``rows``: the answer; ``refused``: bad rows by table, file, line and reason; ``basis``: what was measured."""

    rows: pd.DataFrame
    refused: pd.DataFrame
    source: ExtractSource
    basis: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when FILE is written, 2 when the request cannot be fulfilled."""
    try:
        request = _request(arguments)
        answer = run(request)
        write_table(answer.rows, request.out)
        if request.refused:
            write_table(answer.refused, request.refused)
    except Refusal as refusal:
        _say(str(refusal))
        return REFUSED_REQUEST
    for line in _report(answer, request):
        _say(line)
    return 0


def run(request: Request) -> Answer:
    """Return the measure over all sound partitions. Raises Refusal."""
    family = BY_MEASURE[request.measure]
    needed = needed_tables(family, request)
    with tempfile.TemporaryDirectory(prefix="register-") as scratch:
        source = open_source(request.source, needed, Path(scratch))
        with ENGINES[request.engine](Path(scratch), request.memory) as engine:
            return _answer(engine, family, request, source, needed)


def needed_tables(family: MeasureFamily, request: Request) -> set[str]:
    """Return the tables to read; partitions whose rows are to be checked are read as a whole."""
    of = [request.of] if request.of in family.bases else [*family.bases]
    tables = {name for basis in of for name in family.bases[basis]}
    # The first of the bases that a source has is never one that needs more than those before it.
    places = family.places.get(of[0], ())
    if family.takes_sums:
        dimensions = {DIMENSIONS[name] for name in request.by if name in DIMENSIONS}
        return (tables - {MARKS}).union({MARK_SUMS}, places, dimensions)
    needed = tables.union(REFERENCES, places)
    return needed - {MARKS} if MARK_SUMS in places else needed


def _answer(
    engine: Engine, family: MeasureFamily, request: Request, source: ExtractSource, needed: set[str]
) -> Answer:
    """Compute; where the engine stumbles over a file, look which ones are damaged and compute without them."""
    try:
        return computed(engine, family, request, source)
    except engine.faults as fault:
        faults = damaged(source.partitions, with_sources(needed.union(REFERENCES)))
        if not faults:
            raise
        left = source.without(faults)
        if not left.partitions:
            raise BadSource(
                f"В {request.source} нет ни одной годной выгрузки.", " ".join(faults.values())
            ) from fault
        return computed(engine, family, request, left)


def computed(engine: Engine, family: MeasureFamily, request: Request, source: ExtractSource) -> Answer:
    """Return the answer on this engine; ``family`` is that of the request's measure."""
    basis = _basis(family, request, source)
    source = _with_tables(source, family.bases[basis])
    _check_inside(request, source)
    tables = ExtractTables(engine, source.partitions)
    by = _with_school(request.by)
    question = Question(request.measure, by, basis, request.now)
    measured, pupils = family.measured(tables, question)
    rows = _with_n(measured, question)
    if request.has_pupils:
        rows = _with_pupils(rows, pupils_behind(pupils, by), by, PUPILS)
    if not request.is_inside:
        rows = _with_pupils(rows, pupils_at_least(pupils, by), by, _AT_LEAST)
    if basis not in family.plain_bases:
        rows = disowned(rows)
    rows = rows.sort_values([*by], ignore_index=True) if by else rows
    rows = rows if request.is_inside else _without_small(rows, request.measure, by)
    refused = refused_rows(tables, source, dict.fromkeys((*REFERENCES, *family.bases[basis])))
    return Answer(_as_asked(rows, request.by), refused, source, basis)


def _check_inside(request: Request, source: ExtractSource) -> None:
    if request.is_inside and any(each.keys for each in source.partitions):
        raise Refusal(
            "--inside — для выгрузки своей школы.",
            "В озере — ученики других школ: малые группы скрываются всегда.",
            "Уберите --inside или укажите папку выгрузки.",
        )


def _basis(family: MeasureFamily, request: Request, source: ExtractSource) -> str:
    """Return what is measured: what was asked for, otherwise the first basis that the source has."""
    if request.of is not None and request.of not in family.bases:
        raise Refusal(
            f"{request.measure} не считается по {request.of}.",
            next_step=f"Возможно: {', '.join(family.bases)}.",
        )
    present = {name for partition in source.partitions for name in partition.names}
    possible = [basis for basis, needs in family.bases.items() if present.issuperset(needs)]
    return request.of or next(iter([*possible, *family.bases]))


def _with_tables(source: ExtractSource, needed: Sequence[str]) -> ExtractSource:
    """Pass over the partitions that lack a table. Raises MissingTable where all do."""
    lacking = {
        each.shown: f"нет таблиц {', '.join(missing)}, без них показатель не считается"
        for each in source.partitions
        if (missing := [name for name in needed if name not in each.names])
    }
    left = source.without(lacking)
    if not left.partitions:
        raise MissingTable(
            f"В источнике нет таблиц {', '.join(needed)} сразу.",
            "Без них этот показатель не считается.",
            "Добавьте их в выгрузку или выберите другой показатель.",
        )
    return left


def _with_school(by: Sequence[str]) -> tuple[str, ...]:
    """Put the school before ids that another school may use for something else."""
    needs_school = set(by).intersection(IDS_WITHIN_A_SCHOOL) and "school_id" not in by
    return ("school_id", *by) if needs_school else tuple(by)


def _with_n(measured: Any, question: Question) -> pd.DataFrame:
    """Return the columns of ``by``, n and the measure; what a measure has beside them is not computed."""
    n_column = CATALOGUE[question.measure].n_column
    asked = dict.fromkeys((*question.by, n_column, question.measure))
    rows = collected(read(measured).select(*asked))
    figures = {"n": rows[n_column].astype("Int64"), question.measure: rows[question.measure]}
    return rows[list(question.by)].assign(**figures)


def _with_pupils(rows: pd.DataFrame, pupils: pd.DataFrame, by: Sequence[str], name: str) -> pd.DataFrame:
    counts = pupils.rename(columns={PUPILS: name})
    found = rows.merge(counts, on=list(by), how="left") if by else rows.assign(**{name: counts[name]})
    return found.assign(**{name: found[name].fillna(0).astype("Int64")})


def _without_small(rows: pd.DataFrame, measure: str, by: Sequence[str]) -> pd.DataFrame:
    """Empty the figures of withheld groups; the groups stay, marked."""
    hidden = withheld(rows[_AT_LEAST], rows[list(by)])
    figures = {name: rows[name].mask(hidden) for name in ("n", measure, PUPILS) if name in rows}
    return rows.drop(columns=_AT_LEAST).assign(**figures, **{WITHHELD: hidden})


def _as_asked(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Leave the school out again where it was not asked for and there is but one."""
    is_one_school = "school_id" in rows and "school_id" not in by and rows["school_id"].nunique() <= 1
    return rows.drop(columns="school_id") if is_one_school else rows


def _report(answer: Answer, request: Request) -> Iterator[str]:
    """Yield what people should know: what was measured, what was passed over, refused and withheld."""
    yield f"{request.measure} по {answer.basis}, разделов: {len(answer.source.partitions)}, строк: {len(answer.rows)}."
    yield from (f"Пропущено: {each}" for each in answer.source.passed_over)
    yield from refused_lines(answer.refused)
    if len(answer.refused) and not request.refused:
        yield "Все отклонённые строки запишет --refused FILE.csv."
    if WITHHELD in answer.rows and (hidden := int(answer.rows[WITHHELD].sum())):
        yield f"Скрыто групп: {hidden} (меньше {FEWEST_PUPILS} учеников и те, по которым их можно вычислить)."


def write_table(rows: pd.DataFrame, path: Path) -> None:
    """Write rows as CSV or Parquet, by the ending of the name, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    if path.suffix == ".csv":
        rows.to_csv(unfinished, index=False)
    else:
        rows.to_parquet(unfinished, index=False)
    unfinished.replace(path)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _request(arguments: Sequence[str] | None) -> Request:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.run", description="Показатель по выгрузке журнала или по озеру выгрузок."
    )
    parser.add_argument("measure", metavar="MEASURE", help=f"показатель: {', '.join(BY_MEASURE)}")
    parser.add_argument("--source", type=Path, required=True, help="папка выгрузки или озера")
    parser.add_argument("--by", type=_words, default=(), help="столбцы групп через запятую")
    parser.add_argument("--out", type=Path, required=True, help="файл ответа, .csv или .parquet")
    parser.add_argument("--engine", choices=list(ENGINES), default="duckdb", help="где считать")
    parser.add_argument("--of", help="по каким отметкам: term_marks, marks, year_marks, so_far")
    parser.add_argument(
        "--inside", dest="is_inside", action="store_true", help="для самой школы: не скрывать малые группы"
    )
    parser.add_argument(
        "--pupils", dest="has_pupils", action="store_true", help="и сколько учеников за каждой группой"
    )
    parser.add_argument("--refused", type=Path, help="куда записать отклонённые строки")
    parser.add_argument(
        "--now", type=datetime.fromisoformat, default=None, help="на какой момент, ГГГГ-ММ-ДДTЧЧ:ММ"
    )
    parser.add_argument("--memory", help="сколько памяти дать движку, например 4GB (у Spark 4g)")
    options = vars(parser.parse_args(arguments))
    request = Request(**options | {"now": options["now"] or school_clock()()})
    _check(request)
    return request


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _check(request: Request) -> None:
    """Raise Refusal for a measure, column or file that cannot be."""
    if request.measure not in BY_MEASURE:
        why = (
            "Он считается только внутри школы." if request.measure in CATALOGUE else "Такого показателя нет."
        )
        raise Refusal(f"Показатель {request.measure}: {why}", next_step=f"Есть: {', '.join(BY_MEASURE)}.")
    known = ("school_id", *IDS_WITHIN_A_SCHOOL, *DIMENSIONS)
    if unknown := [name for name in request.by if name not in known]:
        raise Refusal(f"Столбца {', '.join(unknown)} для --by нет.", next_step=f"Есть: {', '.join(known)}.")
    if "pupil_id" in request.by and not request.is_inside:
        raise Refusal(
            "По ученикам наружу ничего не выдаётся.",
            f"Группы меньше {FEWEST_PUPILS} учеников скрываются.",
            "Уберите pupil_id или, если файл остаётся в школе, добавьте --inside.",
        )
    for path in filter(None, (request.out, request.refused)):
        if path.suffix not in OUTPUTS:
            raise Refusal(f"{path.name}: неизвестный вид файла.", next_step="Назовите его .csv или .parquet.")


if __name__ == "__main__":
    sys.exit(main())
