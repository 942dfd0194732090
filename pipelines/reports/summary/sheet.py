"""The summary sheet of marks as a table: whose rows, which columns for each subject, what stands at the right and below (п. 6.6)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import mean
from typing import Any

from school.councils.records import ClassYear, PupilYear, SubjectYear
from school.councils.rules import SheetColumn, SheetLook, decision_text
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.register.rules.marks import mean_text

ROMAN = ("I", "II", "III", "IV", "V", "VI")
MARKS = range(HIGHEST_MARK, LOWEST_MARK - 1, -1)
TERM_MM, YEAR_MM, EXAM_MM, FINAL_MM = 4.7, 6.2, 6.2, 7.2
# A name of a subject has at least so much room.
NARROWEST_BLOCK_MM = 13.0


@dataclass(frozen=True)
class Column:
    """A column: its title and its width in millimetres."""

    title: str
    width: float


@dataclass(frozen=True)
class Block:
    """A subject: its columns, the cells of each pupil, its mean and how many have each mark."""

    subject_id: int
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...]

    @property
    def width(self) -> float:
        """Its width in millimetres."""
        return sum(column.width for column in self.columns)


@dataclass(frozen=True)
class Sheet:
    """A class's sheet: columns at the left, a block a subject, columns at the right, notes below; rows are pupils."""

    year: ClassYear
    lead: tuple[Column, ...]
    lead_rows: tuple[tuple[str, ...], ...]
    blocks: tuple[Block, ...]
    tail: tuple[Column, ...]
    tail_rows: tuple[tuple[str, ...], ...]
    total_titles: tuple[str, ...]
    notes: tuple[str, ...]


def summary_sheet(year: ClassYear, look: SheetLook) -> Sheet:
    """Return the sheet of a class's year as the school prints it."""
    lead = [Column("№", 7), Column("Фамилия, имя, отчество", 44)]
    if look.has(SheetColumn.FILE_NUMBER):
        lead.append(Column("№ личного дела", 16))
    tail = [Column("Решение педагогического совета, № и дата протокола", 57), Column("Примечание", 24)]
    if look.has(SheetColumn.ABSENCES):
        tail = [Column("Пропущено уроков", 11), Column("из них по болезни", 11), *tail]
    return Sheet(
        year,
        tuple(lead),
        tuple(
            (str(number), pupil.name.full, pupil.file_number)[: len(lead)]
            for number, pupil in enumerate(year.pupils, start=1)
        ),
        tuple(_block(year, subject, title, look) for subject, title in year.subjects.items()),
        tuple(tail),
        tuple(_tail_row(year, pupil)[-len(tail) :] for pupil in year.pupils),
        ("Средний балл", "Из них 5 / 4 / 3 / 2") if look.has(SheetColumn.TOTALS) else (),
        tuple(_notes(year)),
    )


def _block(year: ClassYear, subject: int, title: str, look: SheetLook) -> Block:
    columns = term_columns(year) if look.has(SheetColumn.TERMS) else []
    has_exam = subject in year.exams and look.has(SheetColumn.EXAM)
    columns = [
        *columns,
        Column("год", YEAR_MM),
        *([Column("экз.", EXAM_MM)] * has_exam),
        Column("итог", FINAL_MM),
    ]
    whole = sum(column.width for column in columns)
    wider = max(1.0, NARROWEST_BLOCK_MM / whole)
    held = [pupil.subjects.get(subject) for pupil in year.pupils]
    finals = [each.final for each in held if each and each.final is not None]
    totals = (
        mean_text(mean(finals) if finals else None),
        " / ".join(str(finals.count(mark)) for mark in MARKS),
    )
    return Block(
        subject,
        title,
        tuple(Column(column.title, column.width * wider) for column in columns),
        tuple(_cells(each, look, has_exam=has_exam, terms=len(year.terms)) for each in held),
        totals if look.has(SheetColumn.TOTALS) else (),
    )


def term_columns(year: ClassYear) -> list[Column]:
    """Return a column for each term of a class, under Roman numbers."""
    return [Column(number, TERM_MM) for number, _ in zip(ROMAN, year.terms, strict=False)]


def _cells(held: SubjectYear | None, look: SheetLook, *, has_exam: bool, terms: int) -> tuple[str, ...]:
    each = held or SubjectYear((None,) * terms)
    marks = [
        *(each.terms if look.has(SheetColumn.TERMS) else ()),
        each.year,
        *([each.exam] * has_exam),
        each.final,
    ]
    return tuple(mark_text(mark) for mark in marks)


def mark_text(mark: int | None) -> str:
    """Return a mark as paper shows it."""
    return "" if mark is None else str(mark)


def decision_words(year: ClassYear, pupil: PupilYear) -> str:
    """Return what the council decided about a pupil; nothing for a mere proposal."""
    held = pupil.decision
    words = decision_text(held, year.grade_level, year.subjects) if held and held.is_recorded else ""
    return words.replace("протокол ", "")


def _tail_row(year: ClassYear, pupil: PupilYear) -> tuple[str, ...]:
    held, note = pupil.decision, pupil.movement
    if pupil.left_on and not note:
        note = f"выбытие {pupil.left_on:%d.%m.%Y}"
    if held and held.is_recorded:
        note = "; ".join(filter(None, (note, held.note)))
    return (str(pupil.missed.lessons), str(pupil.missed.ill), decision_words(year, pupil), note)


def _notes(year: ClassYear) -> list[str]:
    """Return why final marks are not what the year and the exam come to."""
    return [
        f"№ {number}, {year.subjects[subject]}: итог {mark_text(each.final)} — {each.reason}"
        for number, pupil in enumerate(year.pupils, start=1)
        for subject, each in pupil.subjects.items()
        if each.reason and subject in year.subjects
    ]


@dataclass(frozen=True)
class Part:
    """What of a sheet stands on one leaf: some of the blocks, and whether the columns at the right."""

    blocks: tuple[Block, ...]
    has_tail: bool


def parts_of(sheet: Sheet, width: float) -> list[Part]:
    """Return a sheet in leaves of so many millimetres: the names on each, the columns at the right on the last alone."""
    room = width - sum(column.width for column in sheet.lead)
    tail = sum(column.width for column in sheet.tail)
    found: list[list[Block]] = [[]]
    for block in sheet.blocks:
        if found[-1] and _width(found[-1]) + block.width > room:
            found.append([])
        found[-1].append(block)
    if _width(found[-1]) + tail > room:
        found.append([])
    return [Part(tuple(blocks), place == len(found)) for place, blocks in enumerate(found, start=1)]


def _width(blocks: Sequence[Block]) -> float:
    return sum(block.width for block in blocks)


def sheet_context(sheet: Sheet, width: float) -> dict[str, Any]:
    """Return a sheet as ``summary/sheets.typ`` draws it on leaves of so many millimetres."""
    parts = parts_of(sheet, width)
    return {
        "lead": [asdict(column) for column in sheet.lead],
        "lead_rows": sheet.lead_rows,
        "tail": [asdict(column) for column in sheet.tail],
        "tail_rows": sheet.tail_rows,
        "total_titles": sheet.total_titles,
        "notes": sheet.notes,
        "parts": [
            {"blocks": [asdict(block) for block in part.blocks], "has_tail": part.has_tail} for part in parts
        ],
    }
