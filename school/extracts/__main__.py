"""Command line: ``python -m school.extracts import-extract DIR`` and ``export-extract DIR``."""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from school.clock import Clock, school_clock
from school.errors import Refusal, StoreFault
from school.extracts.actions import ImportReport
from school.extracts.demo_users import add_demo_users
from school.extracts.files import find_files
from school.extracts.format import TABLES
from school.extracts.load import export_extract, import_extract
from school.extracts.lookups import export_years
from school.extracts.one_roster import write_one_roster
from school.extracts.staging import RefusedExtractRow
from school.files.source import ROWS
from school.store.connection import DATABASE_NAME, Store, data_directory
from school.store.file.privacy import keep_to_ourselves

SHOWN_REFUSALS = 20
BROKEN_SET, STORE_TAKEN = 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 2 the files are no extract, 3 the database is in use."""
    options = _parser().parse_args(arguments)
    clock = school_clock()
    database = (options.data or data_directory()) / DATABASE_NAME
    try:
        options.check(options, database)
        store = Store(database, clock)
        try:
            options.run(store, options, clock)
        finally:
            store.close()
    except Refusal as refusal:
        return _fail(str(refusal), BROKEN_SET)
    except StoreFault as fault:
        return _fail(str(fault), STORE_TAKEN)
    except duckdb.IOException:
        return _fail(
            f"База {database} не открывается: журнал запущен или нет прав. Остановите его и повторите.",
            STORE_TAKEN,
        )
    return 0


def _check_files(options: argparse.Namespace, _database: Path) -> None:
    find_files(options.folder)


def _check_database(_options: argparse.Namespace, database: Path) -> None:
    if not database.is_file():
        raise Refusal(f"Журнала {database} нет.", next_step="Укажите папку журнала: --data или SCHOOL_DATA.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m school.extracts", description="Обмен журналом целиком.")
    commands = parser.add_subparsers(required=True, metavar="КОМАНДА")
    into = commands.add_parser("import-extract", help="загрузить выгрузку журнала")
    into.add_argument("folder", type=Path, metavar="DIR", help="папка с таблицами .parquet или .csv")
    into.add_argument("--name", default="", help="название школы, если в выгрузке его нет")
    into.add_argument("--report", type=Path, metavar="FILE.csv", help="куда записать отклонённые строки")
    into.add_argument(
        "--demo-users", action="store_true", help="добавить по пользователю на роль, для показа"
    )
    into.set_defaults(run=_import, check=_check_files)
    out = commands.add_parser("export-extract", help="выгрузить журнал")
    out.add_argument("folder", type=Path, metavar="DIR", help="куда записать таблицы")
    out.add_argument("--csv", action="store_true", help="CSV вместо Parquet")
    out.set_defaults(run=_export, check=_check_database)
    roster = commands.add_parser(
        "export-oneroster", help="выгрузить учебный год набором OneRoster 1.1, с именами людей"
    )
    roster.add_argument("file", type=Path, metavar="FILE.zip", help="куда записать набор")
    roster.add_argument("--year", type=int, metavar="ГГГГ", help="год начала учебного года; иначе последний")
    roster.set_defaults(run=_export_roster, check=_check_database)
    for command in (into, out, roster):
        command.add_argument("--data", type=Path, metavar="DIR2", help="папка журнала вместо SCHOOL_DATA")
    return parser


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _fail(message: str, code: int) -> int:
    _say(message)
    return code


def _import(store: Store, options: argparse.Namespace, clock: Clock) -> None:
    report = import_extract(store, None, options.folder, now=clock(), school_name=options.name, progress=_say)
    if options.demo_users:
        add_demo_users(store, now=clock())
    _show(report)
    if options.report:
        write_refusals(options.report, report.refused)


def _export(store: Store, options: argparse.Namespace, clock: Clock) -> None:
    counts = export_extract(store, None, options.folder, now=clock(), as_csv=options.csv, progress=_say)
    for name, count in counts.items():
        print(f"{name:<22}{count:>10}")


def _export_roster(store: Store, options: argparse.Namespace, clock: Clock) -> None:
    year = options.year or next(iter(export_years(store, None)), clock().year)
    with options.file.open("wb") as target:
        counts = write_one_roster(store, None, year, target, now=clock(), progress=_say)
    for name, count in counts.items():
        print(f"{name:<18}{count:>10}")


def _show(report: ImportReport) -> None:
    if report.rows:
        _say(report.rows.words("В наборе", ROWS))
    for note in report.notes:
        _say(note)
    print(f"{'таблица':<22}{'добавлено':>10}{'уже было':>10}{'отклонено':>10}")
    refused_tables = [row.table for row in report.refused]
    for name, count in report.counts.items():
        print(f"{name:<22}{count.added:>10}{count.known:>10}{refused_tables.count(name):>10}")
    for row in report.refused[:SHOWN_REFUSALS]:
        _say(f"{row.file}, строка {row.line}: {row.reason}")
    if len(report.refused) > SHOWN_REFUSALS:
        _say(f"… всего отклонено строк: {len(report.refused)}. Полный список даёт --report.")


def write_refusals(path: Path, refused: Sequence[RefusedExtractRow]) -> None:
    """Write the refused rows as CSV that spreadsheets open in Russian."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["таблица", "название", "файл", "строка", "причина"])
        writer.writerows(
            (row.table, TABLES[row.table].title, row.file, row.line, row.reason) for row in refused
        )


if __name__ == "__main__":
    keep_to_ourselves()
    sys.exit(main())
