"""Figures as people read them: on screens, in the files behind buttons and in documents, each by its name, period and population.

A population is what stands beside a number: the choices of the address and the names of the row.
"""

import csv
import html
import io
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from pages.ui import export
from pipelines.reports.document import Document

# Columns that say of whom a row is.
OF_WHOM = (
    "Показатель",
    "На день",
    "Класс",
    "Предмет",
    "Учитель",
    "Ученик",
    "Параллель",
    "Учебный период",
    "Период",
)
# The names of one figure, where a table has less room than a headline.
SHORT = {
    "Успев.": "Успеваемость",
    "Качество знаний": "Качество",
    "Ср. балл": "Средний балл",
    "Ср. взв. балл": "Средний взвешенный балл",
    "Пропусков": "Пропущено уроков",
    "Неусп.": "Неуспевающие",
    "Неуспевающих": "Неуспевающие",
    "Неуспевают": "Неуспевающие",
    "Отличн.": "Отличники",
    "Отличников": "Отличники",
    "Хорош.": "Хорошисты",
    "Не заполн.": "Не заполнено",
    "Уроков": "Уроков состоялось",
    "Много проп.": "Пропускают много",
    "Накопл. сегодня": "Накопляемость сегодня",
    "По плану": "Часов по КТП",
    "План": "Часов по КТП",
    "Должно": "Должно быть дано",
    "К сегодня": "Должно быть дано",
    "Проведено": "Дано",
    "Отстаёт": "Отставание",
    "Вне плана": "Не по плану",
    "Тема не запис.": "Тема не записана",
    "Сравнено отметок": "Отметок в сравнении",
}
# Counts that a table's rows add up to the headline in.
ADDED_UP = {
    "Отметок",
    "«5»",
    "«4»",
    "«3»",
    "«2»",
    "Неуспевающие",
    "Отличники",
    "Не заполнено",
    "Пропускают много",
}
GROUPS = {"Класс", "Предмет", "Учитель"}
REGISTER = "Класс и предмет"
_DIARY_SUBJECT = re.compile(r'<th scope="row"><a [^>]*>([^<]+)</a>\s*<p class="quiet">([^<]*)</p>')
UNIT = re.compile(r", (%|ч|п\. п\.)$")
EXACT = 6


@dataclass(frozen=True)
class Figure:
    """What a number is: its name, its period and of whom it is."""

    name: str
    period: str
    population: frozenset[tuple[str, str]]


@dataclass
class Figures:
    """Numbers by figure and by the place where they stand, with the decimals that they are written in."""

    found: dict[Figure, dict[str, tuple[float, int]]] = field(default_factory=lambda: defaultdict(dict))

    def add(
        self, name: str, period: str, of_whom: Mapping[str, str], place: str, value: float, decimals: int
    ) -> None:
        """Note a number."""
        plain = UNIT.sub("", name)
        figure = Figure(SHORT.get(plain, plain), period, frozenset(of_whom.items()))
        self.found[figure].setdefault(place, (value, decimals))

    def table(
        self,
        table: pd.DataFrame,
        period: str,
        picks: Mapping[str, str],
        place: str,
        decimals: int = EXACT,
        only: Collection[str] | None = None,
    ) -> int:
        """Note the numbers of a table whose rows name their population; return how many there are.

        ``only``: the classes that the reader sees wholly; None for all.
        """
        if REGISTER in table:
            table = table.assign(**_register_of(table[REGISTER])).drop(columns=REGISTER)
        keys = [name for name in table if name in OF_WHOM]
        if only is not None and "Класс" in table:
            table = table[table["Класс"].isin(only)]
        elif only is not None and "Класс" not in picks:
            return 0
        names = [name for name in table if name not in keys and pd.api.types.is_numeric_dtype(table[name])]
        if not keys:
            return 0
        count = 0
        for row in table.to_dict("records"):
            of_whom = dict(picks) | {name: str(row[name]) for name in keys}
            for name in names:
                if not pd.isna(row[name]):
                    self.add(name, period, of_whom, place, float(row[name]), decimals)
                    count += 1
        for name in names:
            if only is None and len(keys) == 1 and keys[0] in GROUPS and SHORT.get(name, name) in ADDED_UP:
                self.add(name, period, picks, f"{place}, сумма", float(table[name].sum()), decimals)
        return count

    def screen(
        self,
        page: AppTest,
        period: str,
        picks: Mapping[str, str],
        place: str,
        only: Collection[str] | None = None,
    ) -> int:
        """Note the headlines and the tables of a screen; return how many numbers they have."""
        count = 0
        for headline in page.metric if only is None else ():
            if (number := number_of(str(headline.value))) is not None:
                self.add(headline.label, period, picks, f"{place}, строка показателей", *number)
                count += 1
        tables = (self.table(each.value, period, picks, place, only=only) for each in page.dataframe)
        return count + sum(tables)

    def document(self, document: Document, period: str, picks: Mapping[str, str], place: str) -> int:
        """Note the numbers of a document's tables; return how many there are."""
        count = 0
        for number, each in enumerate(document.tables):
            frame = pd.DataFrame(each.rows, columns=[column.title for column in each.columns])
            for column in each.columns:
                if column.kind == "number":
                    frame[column.title] = pd.to_numeric(frame[column.title], errors="coerce")
            count += self.table(frame, period, picks, f"{place}, таблица {number + 1}")
        return count

    def diary(self, marks: str, absences: str, period: str, picks: Mapping[str, str], place: str) -> int:
        """Note what two pages of a family's diary say of a term: marks by subject, lessons missed; return how many numbers."""
        found = _DIARY_SUBJECT.findall(marks)
        for subject, words in found:
            of_whom = dict(picks) | {"Предмет": html.unescape(subject)}
            if given := re.search(r"отметок:? (\d+)", words):
                self.add("Текущих отметок", period, of_whom, place, float(given[1]), EXACT)
            if mean := number_of(words.partition(" · ")[0]):
                self.add("Ср. взв. балл", period, of_whom, place, *mean)
        missed = re.search(r'<th scope="row">Уроков</th><td>(\d+)', absences)
        self.add("Пропущено уроков", period, picks, place, float(missed[1]) if missed else 0, EXACT)
        return len(found) + 1

    def disagreements(self) -> list[str]:
        """Return the figures whose places do not agree."""
        lines = []
        for figure, places in self.found.items():
            values = [value for value, _ in places.values()]
            coarsest = min(decimals for _, decimals in places.values())
            if max(values) - min(values) > 10**-coarsest + 1e-9:
                of_whom = ", ".join(f"{name} {value}" for name, value in sorted(figure.population)) or "все"
                lines.append(f"{figure.name}, {figure.period}, {of_whom}: {places}")
        return lines

    @property
    def compared(self) -> int:
        """How many figures stand in several places."""
        return sum(len(places) > 1 for places in self.found.values())


def _register_of(titles: pd.Series) -> dict[str, list[str]]:
    """Return «7А Математика» as the class and the subject that it names."""
    parts = [str(title).partition(" ") for title in titles]
    return {"Класс": [part[0] for part in parts], "Предмет": [part[2] for part in parts]}


def number_of(text: str) -> tuple[float, int] | None:
    """Return a headline's number and its decimals: «1 240», «95,3 %»; None where it is no number."""
    plain = re.sub(r"[\s\u00a0\u202f]|%", "", text).replace("−", "-")
    if not re.fullmatch(r"-?\d+(,\d+)?", plain):
        return None
    return float(plain.replace(",", ".")), len(plain.partition(",")[2])


@dataclass
class Files:
    """The files behind the buttons of the screens opened since, by name."""

    made: list[tuple[str, Callable[[], bytes]]] = field(default_factory=list)

    def taken(self) -> list[tuple[str, pd.DataFrame]]:
        """Return the tables in the files of the newest screen, read back, and forget them."""
        files, self.made[:] = list(self.made), []
        return [
            (name, read(make()))
            for name, make in files
            for ending, read in ((".xlsx", _workbook), (".csv", _comma_separated))
            if name.endswith(ending)
        ]


def catch_files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """Keep what every button of an export would give."""
    files, download = Files(), export.download

    def caught(label: Any, make: Callable[[], bytes], file_name: str, *rest: Any, **options: Any) -> None:
        if not options.get("disabled"):
            files.made.append((file_name, make))
        download(label, make, file_name, *rest, **options)

    monkeypatch.setattr(export, "download", caught)
    return files


def _workbook(content: bytes) -> pd.DataFrame:
    sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    return _numbers(list(map(str, header)), rows, lambda value: value)


def _comma_separated(content: bytes) -> pd.DataFrame:
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    return _numbers(header, rows, lambda value: value.replace(",", ".") if isinstance(value, str) else value)


def _numbers(
    header: Sequence[str], rows: Iterable[Sequence[Any]], plain: Callable[[Any], Any]
) -> pd.DataFrame:
    frame = pd.DataFrame([list(row) for row in rows], columns=list(header), dtype=object)
    for place, name in enumerate(header):
        if name in OF_WHOM:
            continue
        numbers = pd.to_numeric(frame.iloc[:, place].map(plain), errors="coerce")
        if numbers.notna().any():
            frame[name] = numbers
    return frame
