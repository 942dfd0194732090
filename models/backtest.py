"""Measure the forecasts on any journal extract, earlier terms teaching and later ones judging.

    python -m models.backtest EXTRACT [--train-years 2021] [--test-years 2022] [--cuts 0,0.2,0.4,0.6,0.8]
                              [--train-terms ID,…] [--test-terms ID,…] [--by subject|grade_level] [--json FILE] [--seed N]
                              [--closed 0,50,200,500] [--pooled] [--constants FILE]

With --closed, schools of so many closed term marks are drawn from the extract and held against the rounded mean instead. With
--pooled, each school of a lake (of one school: each subject) is forecast in its first term by constants of the others and by the fixed
ones; --constants writes those of all schools, numbers of the model alone.
EXTRACT may be a lake of many schools (`school_id=…/school_year=…`): each is measured by its own past, a line a school.
The report goes to the standard output, progress and what was left out of the extract to the standard error.
"""

import argparse
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.evaluation.backtest_lake import backtest_lake, schools_of
from models.evaluation.judging import (
    JudgedForecasts,
    class_coverage,
    group_rows,
    judged_rows,
    mark_shares,
    set_rows,
)
from models.evaluation.pooled_constants import (
    AgainstFixed,
    against_fixed,
    constants_of_schools,
    parts_of,
    write_constants,
)
from models.evaluation.rolling import choose_model
from models.evaluation.small_schools import Against, against_rounded_mean
from models.evaluation.spans import SpanError, Spans, spans
from models.evaluation.training import (
    BASELINES,
    JUDGED_CUTS,
    Choice,
    Examples,
    examples_at,
    fitted_family,
    silent,
    teaching_examples,
)
from models.features.extract import Extract, ExtractError, Problem, read_extract
from models.features.tables import Ints, Journal, prepare
from models.forecasters.forecaster import Forecaster
from models.forecasters.year_mark import YearExamples, fitted_year_family, year_examples
from models.metrics import calibration_table

PRINTED_PROBLEMS = 3
YEAR_CHOICE = "ordinal"
MEASURES = ["accuracy", "log_loss", "brier", "rps", "macro_f1", "auc_3_or_lower", "ece"]

Say = Callable[[str], None]


@dataclass(frozen=True)
class BacktestRequest:
    """What was asked for on the command line."""

    extract: Path
    train_years: list[int]
    test_years: list[int]
    train_terms: list[str]
    test_terms: list[str]
    cuts: list[float]
    by: str | None
    json: Path | None
    seed: int
    closed: list[int]
    pooled: bool
    constants: Path | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the backtest; 0 when it was measured, 2 when the extract or the terms cannot be used."""
    request = _request(arguments)
    say, report = _progress(time.monotonic()), _line
    try:
        rows = _measured(request, say=say, report=report)
    except (ExtractError, SpanError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if request.json:
        request.json.write_text(json.dumps(_plain(rows), ensure_ascii=False, indent=1), encoding="utf-8")
        say(f"figures written to {request.json}")
    return 0


def _measured(request: BacktestRequest, *, say: Say, report: Say) -> list[dict[str, object]]:
    schools = schools_of(request.extract)
    if request.pooled or request.constants:
        return _pooled_part(request, schools, say=say, report=report)
    if not schools:
        return backtest(request, say=say, report=report)
    report(
        f"# {request.extract.name}: {len(schools)} schools; accuracy/log loss of the chosen model and the baselines"
    )

    def one_school(folder: Path) -> list[dict[str, object]]:
        return backtest(replace(request, extract=folder), say=say, report=silent)

    return backtest_lake(schools, one_school, say=say, report=report)


def backtest(request: BacktestRequest, *, say: Say, report: Say) -> list[dict[str, object]]:
    """Every figure as a row (see `judging.judged_rows`); the report in words goes to `report`."""
    extract = read_extract(request.extract)
    for line in _problem_lines(extract.problems):
        say(line)
    journal = prepare(extract.tables)
    divided = spans(
        journal,
        train_years=request.train_years,
        test_years=request.test_years,
        train_terms=request.train_terms,
        test_terms=request.test_terms,
    )
    report(
        f"# {request.extract.name}: {len(journal.marks.pupil)} marks, {len(journal.term_marks.pupil)} term marks"
    )
    report(f"learned from: {_term_names(journal, divided.train)}")
    report(f"judged on:    {_term_names(journal, divided.test)}")
    if request.closed:
        return _small_part(request, extract, journal, divided, say=say, report=report)
    rows = _term_part(request, extract, journal, divided, say=say, report=report)
    return rows + _year_part(request, extract, journal, divided, say=say, report=report)


def _pooled_part(
    request: BacktestRequest, schools: Mapping[str, Path], *, say: Say, report: Say
) -> list[dict[str, object]]:
    tables = {name: read_extract(folder).tables for name, folder in schools.items()} or parts_of(
        read_extract(request.extract).tables
    )
    say(f"{len(tables)} schools")
    if request.constants:
        write_constants(request.constants, constants_of_schools(tables, seed=request.seed))
        say(f"constants written to {request.constants}")
    found = against_fixed(tables, seed=request.seed) if request.pooled else []
    for name in dict.fromkeys(each.school for each in found):
        of_school = [each for each in found if each.school == name]
        better = sum(each.is_better for each in of_school)
        report(f"\n## {name}: pooled constants better at {better} of {len(of_school)} points of the term")
        report(_table([_pooled_row(each) for each in of_school]))
    return [asdict(each) for each in found]


def _pooled_row(each: AgainstFixed) -> dict[str, object]:
    return {
        "of the term": f"{each.cut:.0%}",
        "n": each.n,
        "pooled": f"{each.pooled:.3f}",
        "fixed": f"{each.fixed:.3f}",
        "difference": f"{each.pooled - each.fixed:+.3f} [{each.low:+.3f}, {each.high:+.3f}]",
    }


def _small_part(
    request: BacktestRequest, extract: Extract, journal: Journal, divided: Spans, *, say: Say, report: Say
) -> list[dict[str, object]]:
    train, judged = (list(journal.term_ids[codes]) for codes in (divided.train, divided.test))
    found = against_rounded_mean(
        extract.tables, train, judged, request.closed, seed=request.seed, progress=say
    )
    for size in request.closed:
        of_size = [each for each in found if each.n_closed == size]
        worse = ", ".join(f"{each.cut:.0%}" for each in of_size if each.is_worse)
        report(f"\n## {size} closed: {f'worse at {worse}' if worse else 'nowhere worse beyond chance'}")
        report(_table([_against_row(each) for each in of_size]))
    return [asdict(each) for each in found]


def _against_row(each: Against) -> dict[str, object]:
    return {
        "of the term": f"{each.cut:.0%}",
        "answers": f"{each.answering:.3f}",
        "rounded mean": f"{each.rounded_mean:.3f}",
        "difference": f"{each.answering - each.rounded_mean:+.3f} [{each.low:+.3f}, {each.high:+.3f}]",
    }


def _term_part(
    request: BacktestRequest, extract: Extract, journal: Journal, divided: Spans, *, say: Say, report: Say
) -> list[dict[str, object]]:
    say("features of the terms to learn from")
    train = teaching_examples(journal, divided.train)
    choice, _ = choose_model(journal, divided.train, train, seed=request.seed, progress=say)
    report(_choice_line(choice))
    say(f"fitting on {len(train)} examples of {choice.n_closed} closed pupil-subject-terms")
    family = fitted_family(train, request.seed, choice.share_of_boosting)
    if choice.model is not None:
        family[choice.name] = choice.model
    rows: list[dict[str, object]] = []
    for cut in request.cuts:
        say(f"judging at {cut:.0%} of the term")
        seen = examples_at(journal, divided.test, cut)
        answers = {name: model.predict_proba(seen.features) for name, model in family.items()}
        groups = _groups(extract, journal, seen.rows.school_class, seen.rows.subject, seen.rows.term)
        judged = JudgedForecasts("term", cut, seen.y, seen.rows.pupil, answers, choice.name, groups)
        rows += _reported(judged, request, f"term marks at {cut:.0%} of the term", report)
        _report_sets_and_classes(judged, choice, seen, report)
    return rows


def _year_part(
    request: BacktestRequest, extract: Extract, journal: Journal, divided: Spans, *, say: Say, report: Say
) -> list[dict[str, object]]:
    train, test = (year_examples(journal, years) for years in (divided.train_years, divided.test_years))
    if not len(train.y) or not len(test.y):
        report("\n## year marks: not measured, they need a closed year before the judged one")
        return []
    say(f"year marks: fitting on {len(train.y)} examples")
    family = fitted_year_family(train.features, train.y)
    chosen = YEAR_CHOICE if YEAR_CHOICE in family else "empirical_bayes"
    rows: list[dict[str, object]] = []
    for n_terms in np.unique(test.n_terms):
        judged = _year_judged(extract, journal, test, int(n_terms), family, chosen)
        rows += _reported(judged, request, f"year marks after {n_terms} closed terms", report)
    return rows


def _year_judged(
    extract: Extract,
    journal: Journal,
    test: YearExamples,
    n_terms: int,
    family: dict[str, Forecaster],
    chosen: str,
) -> JudgedForecasts:
    at = test.n_terms == n_terms
    seen = test.features[at]
    answers = {name: model.predict_proba(seen) for name, model in family.items()}
    groups = _groups(extract, journal, test.school_class[at], test.subject[at], None)
    return JudgedForecasts("year", float(n_terms), test.y[at], test.pupil[at], answers, chosen, groups)


def _groups(
    extract: Extract, journal: Journal, school_class: Ints, subject: Ints, term: Ints | None
) -> pd.DataFrame:
    names = [extract.subject_names.get(str(i), str(i)) for i in journal.subjects]
    groups = pd.DataFrame(
        {
            "class_id": school_class,
            "subject_id": subject,
            "subject": np.array(names, dtype=object)[subject],
            "grade_level": journal.grade_level[school_class],
        }
    )
    return groups if term is None else groups.assign(term_id=term)


def _reported(
    judged: JudgedForecasts, request: BacktestRequest, title: str, report: Say
) -> list[dict[str, object]]:
    rows = judged_rows(judged, seed=request.seed)
    shares = ", ".join(f"{mark}: {share:.1f} %" for mark, share in mark_shares(judged.y).items())
    report(f"\n## {title}: n = {len(judged.y)} ({shares})")
    report(_table([_printed_row(row) for row in rows]))
    for row in rows:
        if row["model"] in BASELINES:
            report(_against_line(row, judged.chosen))
    report(f"calibration of {judged.chosen} (said and came true, of its most likely mark):")
    table = calibration_table(judged.y, judged.answers[judged.chosen])
    report(_table(table.round(3).to_dict("records")))
    if request.by:
        by_rows = group_rows(judged, request.by)
        columns = ["group", "model", "n", "accuracy", "log_loss", "ece"]
        report(f"by {request.by}:")
        report(_table([{name: _rounded(row[name]) for name in columns} for row in by_rows]))
        rows += by_rows
    return rows


def _report_sets_and_classes(judged: JudgedForecasts, choice: Choice, seen: Examples, report: Say) -> None:
    elapsed = seen.features["elapsed_share"].to_numpy()
    report("prediction sets (90 % wanted for each mark by itself):")
    report(_table(set_rows(judged, choice.sets, elapsed).round(2).to_dict("records")))
    by = ["class_id", "subject_id", "term_id"]
    coverage = class_coverage(judged, elapsed, by, choice.spread)
    report("classes x subjects inside their 90 % interval:")
    report(_table([{name: round(value, 2) for name, value in coverage.items()}]))


def _printed_row(row: dict[str, object]) -> dict[str, object]:
    answer: dict[str, object] = {"model": f"{'*' if row['chosen'] else ' '} {row['model']}"}
    for name in MEASURES:
        answer[name] = _rounded(row[name])
        if f"{name}_low" in row:
            answer[f"{name} 95 %"] = f"{row[f'{name}_low']:.3f}..{row[f'{name}_high']:.3f}"
    return answer


def _rounded(value: object) -> object:
    return f"{value:.3f}" if isinstance(value, float) else value


def _against_line(row: dict[str, object], chosen: str) -> str:
    low, high = row["log_loss_above_chosen_low"], row["log_loss_above_chosen_high"]
    return f"log loss of {row['model']} above {chosen}: {row['log_loss_above_chosen']:+.4f} [{low:+.4f}, {high:+.4f}]"


def _choice_line(choice: Choice) -> str:
    losses = ", ".join(f"{name} {loss:.4f}" for name, loss in choice.log_loss.items())
    if choice.model is not None:
        return f"chosen model: {choice.name}, weighed on pupils that taught nothing ({choice.n_closed} closed): {losses}"
    return f"chosen model: {choice.name}, by log loss on the later of the terms learned from: {losses}; {choice.share_of_boosting:.0%} of the blend is boosting"


def _term_names(journal: Journal, terms: Ints) -> str:
    names = [str(name) for name in journal.term_ids[terms]]
    return ", ".join(names) if len(names) <= 30 else f"{', '.join(names[:30])} and {len(names) - 30} more"


def _table(rows: Sequence[Mapping[Any, object]]) -> str:
    """A Markdown table."""
    if not rows:
        return "(nothing)"
    cells = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _problem_lines(problems: Iterable[Problem]) -> list[str]:
    """Counts by table and reason, each with its first lines."""
    found = list(problems)
    counts = Counter((problem.table, problem.reason) for problem in found)
    lines = []
    for (table, reason), count in counts.items():
        at = [str(p.line) for p in found if (p.table, p.reason) == (table, reason) and p.line is not None]
        where = f" ({count} rows left out, lines {', '.join(at[:PRINTED_PROBLEMS])}{' …' if count > PRINTED_PROBLEMS else ''})"
        lines.append(f"{table}: {reason}{where if at else ''}")
    return lines


def _plain(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """NaN has no form in JSON: null."""
    return [
        {name: None if isinstance(v, float) and math.isnan(v) else v for name, v in row.items()}
        for row in rows
    ]


def _progress(started: float) -> Say:
    def say(text: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - started:6.1f} s] {text}\n")
        sys.stderr.flush()

    return say


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _request(arguments: Sequence[str] | None) -> BacktestRequest:
    parser = argparse.ArgumentParser(prog="python -m models.backtest", description=__doc__.split("\n")[0])
    parser.add_argument("extract", type=Path, help="folder of NAME.parquet or NAME.csv, or a lake of schools")
    parser.add_argument(
        "--train-years", type=_whole_numbers, default=[], help="school years to learn from: 2021,2022"
    )
    parser.add_argument("--test-years", type=_whole_numbers, default=[], help="school years to judge on")
    parser.add_argument(
        "--train-terms", type=_words, default=[], help="terms to learn from: ids or year/number"
    )
    parser.add_argument("--test-terms", type=_words, default=[], help="terms to judge on")
    parser.add_argument("--cuts", type=_shares, default=list(JUDGED_CUTS), help="shares of the term, 0 to 1")
    parser.add_argument("--by", choices=["subject", "grade_level"], help="figures for each of these too")
    parser.add_argument("--json", type=Path, help="write every figure into this file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--closed",
        type=_whole_numbers,
        default=[],
        help="hold schools of so many closed term marks, drawn from the extract, against the rounded mean: 0,50,200,500",
    )
    parser.add_argument(
        "--pooled", action="store_true", help="hold constants of the other schools against the fixed ones"
    )
    parser.add_argument("--constants", type=Path, help="write the constants of all schools into this file")
    return BacktestRequest(**vars(parser.parse_args(arguments)))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _whole_numbers(text: str) -> list[int]:
    return [int(word) for word in _words(text)]


def _shares(text: str) -> list[float]:
    cuts = [float(word) for word in _words(text)]
    if not cuts or not all(0 <= cut <= 1 for cut in cuts):
        raise argparse.ArgumentTypeError(
            f"{text!r}: cuts are shares of the term from 0 to 1, such as 0,0.2,0.4"
        )
    return cuts


if __name__ == "__main__":
    sys.exit(main())
