"""What follows the subjects in a printed register: summary sheets, general data, movement, and what is filled in by hand.

``PARTS`` are in their order; each names the table of the layout ``register.typ`` that draws it.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.reports.class_register.attendance import MISSED_TITLES, attendance_table, spans_of, totals_of
from pipelines.reports.class_register.sheets import ClassSheets
from pipelines.reports.periodic.substitutions import LOG, log_cells
from pipelines.reports.summary.sheet import sheet_context
from school.paper.records import PaperKind
from school.paper.rules import PAPERS

BLANK_REMARKS = 12
# What the margins leave of a page turned on its side.
WIDE_PAGE_MM = 273.0


@dataclass(frozen=True)
class Part:
    """A part of the register: its title in the contents, the layout's table that draws it, and that table's data."""

    title: str
    table: str
    data: Any


@dataclass(frozen=True)
class PlainTable:
    """A plain table: titles, widths in millimetres, rows, what is said where there are none, a note, the least height of a row."""

    columns: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]
    empty: str = ""
    note: str = ""
    row_height: float = 6.0


def _plain(title: str, table: PlainTable) -> Part:
    return Part(title, "plain", asdict(table))


def marks(sheets: ClassSheets) -> Part:
    """Return the summary sheet of marks, split where the subjects do not fit."""
    title = PAPERS[PaperKind.MARKS_SUMMARY].title
    return Part(title, "marks", sheet_context(sheets.marks, WIDE_PAGE_MM))


def attendance(sheets: ClassSheets) -> Part:
    """Return the summary sheet of attendance, terms beside one another."""
    return Part("Сводная ведомость учёта посещаемости", "attendance", attendance_data(sheets))


def attendance_data(sheets: ClassSheets) -> dict[str, Any]:
    """Return the summary sheet of attendance as the layout ``attendance.typ`` draws it."""
    found = attendance_table(sheets.attendance, sheets.terms)
    spans = spans_of(sheets.terms)
    return {
        "spans": list(spans.values()),
        "columns": MISSED_TITLES,
        "rows": [
            [pupil.name.short, *_counts([found.get(pupil.pupil_id, {}).get(span) for span in spans])]
            for pupil in sheets.pupils
        ],
        "totals": ["Всего по классу", *_counts([totals_of(found, span) for span in spans])],
    }


def _counts(missed: Sequence[Any]) -> list[str]:
    """Return counts as they are printed; nothing where a pupil had no lessons."""
    return [
        text
        for each in missed
        for text in (map(str, each.values) if each is not None else [""] * len(MISSED_TITLES))
    ]


def general_data(sheets: ClassSheets) -> Part:
    """Return the general data of pupils, as few as the school needs."""
    rows = [
        [
            str(place),
            each.file_number,
            each.name.full,
            f"{each.born_on:%d.%m.%Y}" if each.born_on else "",
            each.guardians,
            each.phones,
        ]
        for place, each in enumerate(sheets.pupils, start=1)
    ]
    titles = ("№", "№ личного дела", "Фамилия, имя, отчество", "Дата рождения", "Родители", "Телефон")
    note = "Пол, место работы и адрес не печатаются: для журнала они не нужны."
    return _plain(
        "Общие сведения об обучающихся", PlainTable(titles, (8, 20, 50, 20, 54, 30), rows, note=note)
    )


def movement(sheets: ClassSheets) -> Part:
    """Return who came and left, with orders (п. 4.6)."""
    rows = [
        [f"{each.happened_on:%d.%m.%Y}", each.pupil_name, each.title, each.order_title, each.reason]
        for each in sheets.movements
    ]
    titles = ("Дата", "Фамилия, имя, отчество", "Движение", "Приказ", "Причина")
    table = PlainTable(titles, (20, 54, 40, 36, 32), rows, "Движения в этом году не было.")
    return _plain("Движение обучающихся", table)


def health(sheets: ClassSheets) -> Part:
    """Return the health sheet: blank, since what it holds is not kept in the register."""
    rows = [
        [str(place), each.name.short, "", "", "", ""] for place, each in enumerate(sheets.pupils, start=1)
    ]
    titles = (
        "№",
        "Фамилия, имя",
        "Группа здоровья",
        "Физкультурная группа",
        "№ мебели",
        "Рекомендации врача",
    )
    note = "Заполняется от руки медицинским работником."
    return _plain("Листок здоровья", PlainTable(titles, (8, 52, 22, 26, 18, 56), rows, note=note))


def substitutions(sheets: ClassSheets) -> Part:
    """Return the substitution log of the class (п. 4.2, 4.5)."""
    columns = [column for column in LOG if column.title != "Класс"]
    rows = []
    for line in sheets.substitutions:
        cells = zip(LOG, log_cells(line), strict=True)
        rows.append([column.text(cell) for column, cell in cells if column.title != "Класс"])  # type: ignore[arg-type]
    widths = (17, 9, 27, 27, 27, 25, 27, 23)
    table = PlainTable([column.title for column in columns], widths, rows, "Замен в этом году не было.")
    return _plain("Журнал замен", table)


def remarks(sheets: ClassSheets) -> Part:
    """Return the remarks of inspections on how the register is kept (п. 6.2–6.4), with room for those made by hand."""
    rows = [[f"{each.made_on:%d.%m.%Y}", each.author, each.text, each.outcome] for each in sheets.remarks]
    rows += [["", "", "", ""]] * BLANK_REMARKS
    titles = ("Дата", "Кто проверял", "Замечание", "Отметка о выполнении")
    return _plain("Замечания по ведению журнала", PlainTable(titles, (20, 38, 88, 36), rows, row_height=10))


PARTS: tuple[Callable[[ClassSheets], Part], ...] = (
    marks,
    attendance,
    general_data,
    movement,
    health,
    substitutions,
    remarks,
)
