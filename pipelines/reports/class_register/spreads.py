"""The spreads of a register: which columns and pupils stand on a left page, which lessons on the right page beside it.

Pure. Long texts take a spread fewer lessons; nothing is cut but what no row can hold, a name of more than NAME_LENGTH letters.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from pipelines.reports.class_register.sheets import Note, PrintedLesson, SubjectSheet
from school.calendar import MONTHS_NOMINATIVE, MONTHS_SHORT, term_title
from school.records import YEAR, ListedPupil, Term
from school.spans import is_in_span

MOST_COLUMNS, MOST_PUPILS = 22, 40
NAME_LENGTH = 80
# Millimetres that the rows of a right page may take, of a line of text and around it, and letters that a line holds at least.
RIGHT_HEIGHT, LINE_HEIGHT, ROW_INSET, LEAST_ROW = 248.0, 2.8, 2.2, 6.6
TOPIC_LETTERS, HOMEWORK_LETTERS, SIGNATURE_LETTERS = 52, 43, 17
# Millimetres that the rows of a left page share, of a footnote, and the tallest row.
LEFT_HEIGHT, NOTE_HEIGHT, TALLEST_ROW = 240.0, 3.6, 7.0
# A departure in words needs so many columns.
COLUMNS_OF_WORDS = 5
NEVER, LEFT = "–", "выб."


@dataclass(frozen=True)
class Column:
    """A column of a left page: a lesson, or the marks of a term (YEAR: of the year)."""

    lesson: PrintedLesson | None = None
    term_id: int | None = None
    title: str = ""
    ends_on: date | None = None


class Cell(NamedTuple):
    """What is printed in a cell, over how many columns, and the number of its footnote (0: none)."""

    text: str
    span: int = 1
    note: int = 0


@dataclass(frozen=True)
class Spread:
    """A left and a right page: months over columns, the columns, a row for each pupil, footnotes, the rows beside."""

    title: str
    teachers: str
    months: tuple[tuple[str, int], ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[int, str, tuple[Cell, ...]], ...]
    notes: tuple[str, ...]
    row_height: float

    @property
    def lessons(self) -> list[PrintedLesson]:
        """The lessons of the right page."""
        return [column.lesson for column in self.columns if column.lesson]


def spreads_of(sheet: SubjectSheet, today: date) -> Iterator[Spread]:
    """Yield the spreads of a register; none where it has no lessons and no marks for terms."""
    units = list(_units(sheet, today))
    for columns in _pages(units):
        for first in range(0, max(len(sheet.pupils), 1), MOST_PUPILS):
            yield _spread(sheet, columns, first)


def _units(sheet: SubjectSheet, today: date) -> Iterator[list[Column]]:
    """Yield what stands together: a lesson, with the marks of its term where it is the term's last."""
    listed = {pupil.pupil_id for pupil in sheet.pupils}
    marked = {term_id for term_id, pupil_id in sheet.marks if pupil_id in listed}
    for place, term in enumerate(sheet.terms):
        lessons = [Column(each) for each in sheet.lessons if each.term_id == term.term_id]
        after = []
        if _has_marks(sheet, term, marked, today):
            after.append(Column(None, term.term_id, term_title(term.kind, term.number), term.ends_on))
        is_last = place == len(sheet.terms) - 1
        if is_last and YEAR in marked:
            after.append(Column(None, YEAR, "год", term.ends_on))
        yield from ([each] for each in lessons[:-1])
        if last := [*lessons[-1:], *after]:
            yield last


def _has_marks(sheet: SubjectSheet, term: Term, marked: set[int], today: date) -> bool:
    """Whether a column stands for the marks of a term: some are given, or should be since the term is over."""
    is_over = term.ends_on < today and any(each.term_id == term.term_id for each in sheet.lessons)
    return term.term_id in marked or (is_over and sheet.is_graded)


def _pages(units: Sequence[list[Column]]) -> Iterator[tuple[Column, ...]]:
    page: list[Column] = []
    height = 0.0
    for unit in units:
        needed = sum(row_height(each.lesson) for each in unit if each.lesson)
        if page and (len(page) + len(unit) > MOST_COLUMNS or height + needed > RIGHT_HEIGHT):
            yield tuple(page)
            page, height = [], 0.0
        page += unit
        height += needed
    if page:
        yield tuple(page)


def row_height(lesson: PrintedLesson) -> float:
    """Return the millimetres that a lesson's row on the right page takes at most."""
    texts = (
        (lesson.topic, TOPIC_LETTERS),
        (lesson.homework, HOMEWORK_LETTERS),
        (lesson.substitute, SIGNATURE_LETTERS),
    )
    lines = max(_lines(text, letters) for text, letters in texts)
    return max(LEAST_ROW, lines * LINE_HEIGHT + ROW_INSET)


def _lines(text: str, letters: int) -> int:
    return sum(max(len(textwrap.wrap(line, letters)), 1) for line in text.splitlines() or [""])


def _spread(sheet: SubjectSheet, columns: tuple[Column, ...], first: int) -> Spread:
    pupils = sheet.pupils[first : first + MOST_PUPILS]
    notes: list[str] = []
    rows = tuple(
        (first + place, name_of(pupil), tuple(_cells(sheet, pupil, columns, notes)))
        for place, pupil in enumerate(pupils, start=1)
    )
    room = LEFT_HEIGHT - NOTE_HEIGHT * len(notes)
    return Spread(
        sheet.title,
        sheet.teachers,
        tuple(_months(columns)),
        columns,
        rows,
        tuple(notes),
        max(min(TALLEST_ROW, room / max(len(rows), 1)), 4.5),
    )


def name_of(pupil: ListedPupil) -> str:
    """Return the surname and first name, cut where no row can hold it."""
    return textwrap.shorten(pupil.name.short, NAME_LENGTH, placeholder="…") or pupil.name.short[:NAME_LENGTH]


def _months(columns: Sequence[Column]) -> Iterator[tuple[str, int]]:
    """Yield the months with how many columns each stands over; an empty month over each column of marks."""
    for month, group in groupby(columns, key=lambda each: each.lesson.held_on.month if each.lesson else 0):
        count = len(list(group))
        if month == 0:
            yield from [("", 1)] * count
        else:
            yield (MONTHS_NOMINATIVE if count > 2 else MONTHS_SHORT)[month - 1], count


def _cells(
    sheet: SubjectSheet, pupil: ListedPupil, columns: Sequence[Column], notes: list[str]
) -> Iterator[Cell]:
    """Yield the cells of a pupil's row; footnotes are added to ``notes``."""
    place = 0
    while place < len(columns):
        if not _is_after(sheet, pupil, columns[place]):
            yield _cell(sheet, pupil, columns[place], notes)
            place += 1
            continue
        end = place
        while end < len(columns) and _is_after(sheet, pupil, columns[end]):
            end += 1
        words = sheet.departures.get(pupil.pupil_id, LEFT)
        if end - place >= COLUMNS_OF_WORDS:
            yield Cell(words, end - place)
        else:
            yield from (Cell(LEFT if each == place else "") for each in range(place, end))
        place = end


def _text(sheet: SubjectSheet, pupil: ListedPupil, column: Column) -> str:
    if column.lesson is not None:
        return sheet.cells.get((column.lesson.lesson_id, pupil.pupil_id), "")
    assert column.term_id is not None
    mark = sheet.marks.get((column.term_id, pupil.pupil_id))
    return "" if mark is None else str(mark)


def _is_after(sheet: SubjectSheet, pupil: ListedPupil, column: Column) -> bool:
    """Whether a pupil had left by then, with nothing entered since."""
    day = column.lesson.held_on if column.lesson else column.ends_on
    assert day is not None
    ends = [ends_on for _, ends_on in pupil.spans]
    has_left = None not in ends and all(end is not None and end <= day for end in ends)
    return has_left and not _text(sheet, pupil, column)


def _cell(sheet: SubjectSheet, pupil: ListedPupil, column: Column, notes: list[str]) -> Cell:
    text = _text(sheet, pupil, column)
    if column.lesson is not None:
        found = sheet.cell_notes.get((column.lesson.lesson_id, pupil.pupil_id), ())
        where = f"{column.lesson.held_on:%d.%m}"
        if not text and not is_in_span(pupil.spans, column.lesson.held_on):
            text = NEVER
    else:
        assert column.term_id is not None
        found = sheet.mark_notes.get((column.term_id, pupil.pupil_id), ())
        where = column.title
    if not found:
        return Cell(text)
    notes.append(f"{pupil.name.initials}, {where}: {'; '.join(map(_note_words, found))}")
    return Cell(text, 1, len(notes))


def _note_words(note: Note) -> str:
    """«3 → 4 (исправлено 12.11.2026, приказ № 7)»."""
    why = f", {note.reason}" if note.reason else ""
    return f"{note.old_text or 'пусто'} → {note.new_text or 'пусто'} (исправлено {note.happened_on:%d.%m.%Y}{why})"


def laid_out(spread: Spread) -> dict[str, Any]:
    """Return a spread as plain data for the layout; a cell is its text, or text, columns and footnote where it has them."""
    return {
        "title": spread.title,
        "teachers": spread.teachers,
        "months": spread.months,
        "days": [f"{each.lesson.held_on.day:02d}" if each.lesson else "" for each in spread.columns],
        "terms": [each.title for each in spread.columns],
        "rows": [
            {
                "number": number,
                "name": name,
                "cells": [
                    cell.text if cell.span == 1 and not cell.note else {**cell._asdict()} for cell in cells
                ],
            }
            for number, name, cells in spread.rows
        ],
        "row_height": spread.row_height,
        "notes": spread.notes,
        "lessons": [
            [f"{each.held_on:%d.%m}", each.topic, each.homework, each.substitute] for each in spread.lessons
        ],
    }
