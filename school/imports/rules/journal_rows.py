"""Marks, absences and term marks of a file against the register: what would come into which cell, and what cannot.

A file that says nothing of a part of a cell claims nothing about it. What stands in the register stays, unless the
person who loads asked to replace it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby

from school.calendar import WEEKDAYS
from school.errors import RuleRefused
from school.files.person_names import birthday_beside, name_in
from school.files.plan import ImportKind, Plan, PlannedRow, RefusedRow, SourceRow, plan_of, read_each
from school.files.spellings import class_key, clean
from school.files.values.numbers import parse_whole
from school.files.values.periods import Period, parse_period
from school.imports.rules.journal_pupils import JournalPupils, Whom
from school.imports.rules.journal_state import (
    EMPTY_ENTRY,
    CellRecord,
    Entry,
    JournalRecord,
    JournalState,
    KnownClass,
    KnownLesson,
    TermMarkRecord,
)
from school.imports.rules.journal_texts import day_in, filled_text, parse_entry
from school.records import YEAR, Term
from school.register.rules.cells import MARKS_IN_A_CELL
from school.spans import is_in_span

# How many columns of one day a journal may have where the register knows no lesson of it; a list has one lesson then.
LESSONS_A_DAY = 4
# What the person who loads a newcomer's file chooses.
FORMER_SCHOOL_FILE = "Файл из прежней школы: класс в нём не наш"
# By how much the days that a report was made for may differ from those of its term.
TERM_TOLERANCE = timedelta(days=7)


@dataclass(frozen=True)
class _Place:
    """Where a sound row belongs: a cell (with ``day``), or a term mark."""

    row: SourceRow
    known_class: KnownClass
    subject_id: int
    pupil_id: int
    day: date | None = None
    nth: int | None = None
    entry: Entry = EMPTY_ENTRY
    term: Term | None = None
    value: int | None = None
    is_of_former_school: bool = False


def plan_journal(
    kind: ImportKind,
    rows: Sequence[SourceRow],
    state: JournalState,
    *,
    today: date,
    school_year: int,
    may_replace: bool = False,
    is_of_former_school: bool = False,
    made_from: str = "",
) -> Plan[JournalRecord]:
    """Return what the rows of a file would bring.

    ``school_year`` is meant by rows without a date; ``may_replace``: what differs in the register is replaced;
    ``is_of_former_school``: newcomers brought the file, and its classes are none of ours.
    """
    planner = _Planner(state, today, school_year, may_replace, is_of_former_school)
    planner.plan_rows(rows)
    return plan_of(kind, planner.planned, planner.refused, made_from)


@dataclass
class _Planner:
    state: JournalState
    today: date
    school_year: int
    may_replace: bool
    is_of_former_school: bool = False
    planned: list[PlannedRow[JournalRecord]] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    def plan_rows(self, rows: Sequence[SourceRow]) -> None:
        pupils = JournalPupils(self.state)
        placed, self.refused = read_each(rows, lambda row: self._placed(row, pupils))
        placed.sort(key=lambda place: (place.nth or 0, place.row.number))
        cells = [place for place in placed if place.day is not None]
        for _, group in groupby(sorted(cells, key=_day_of_pupil), key=_day_of_pupil):
            self._plan_day(list(group))
        terms = [place for place in placed if place.day is None]
        for _, group in groupby(sorted(terms, key=_term_key), key=_term_key):
            self._plan_term_marks(list(group))

    def _placed(self, row: SourceRow, pupils: JournalPupils) -> _Place:
        day = day_in(row, "lesson_date")
        if day is not None and row["term_mark"] and (row["mark"] or row["absence"]):
            raise RuleRefused("В строке сразу урок и отметка за период: их записывают разными строками.")
        is_term = day is None or bool(row["term_mark"])
        period = _period(row) if is_term else None
        if self.is_of_former_school:
            return self._of_former_school(row, period, pupils)
        school_year = (period and period.school_year) or self.school_year
        class_day = period.span[1] if period and period.span else day
        known = self._class(row, class_day, school_year, is_term=is_term)
        subject_id = self.state.names.subject_of(filled_text(row, "subject", "предмет"))
        whom = _whom(row)
        if period is not None:
            return self._term_place(row, known, subject_id, period, pupils)
        entry = parse_entry(row["mark"], row["weight"], row["absence"])
        if entry == EMPTY_ENTRY or day is None:
            raise RuleRefused("В строке нет ни отметки, ни пропуска.")
        pupil_id, known = pupils.on_day(known, whom, day)
        self._check_day(known, day, subject_id)
        self._check_period_beside(row, known, day)
        nth = parse_whole(row["nth"])
        return _Place(row, known, subject_id, pupil_id, day, nth, entry)

    def _class(self, row: SourceRow, day: date | None, school_year: int, *, is_term: bool) -> KnownClass:
        text = filled_text(row, "school_class", "класс")
        if is_term and not self.state.names.has_class(text):
            raise RuleRefused(
                f"Класса «{clean(text)}» в школе нет.",
                next_step=f"Если это отметка прежней школы, отметьте «{FORMER_SCHOOL_FILE}».",
            )
        return self.state.names.class_of(text, day, school_year)

    def _term_place(
        self, row: SourceRow, known: KnownClass, subject_id: int, period: Period, pupils: JournalPupils
    ) -> _Place:
        term, value = self._term_mark(row, period, known)
        pupil_id, then = pupils.in_term(known, _whom(row), term)
        term_id = term.term_id if term else YEAR
        # What stands in the class that the file names already stays where it is.
        if (known.class_id, subject_id, term_id, pupil_id) not in self.state.term_marks:
            known = then
        is_former = term is not None and self.state.is_of_former_school(
            known.class_id, subject_id, term, pupil_id
        )
        if term is not None and not is_former:
            self._check_term(term)
        return _Place(row, known, subject_id, pupil_id, term=term, value=value, is_of_former_school=is_former)

    def _of_former_school(self, row: SourceRow, period: Period | None, pupils: JournalPupils) -> _Place:
        """Place a row of a file of the former school, whose class is none of ours: a newcomer's term mark (п. 5.4)."""
        if period is None:
            raise RuleRefused("Из прежней школы берутся отметки за период, а не за урок.")
        if period.is_year or period.school_year not in (None, self.school_year):
            raise RuleRefused(
                "Из прежней школы берутся отметки за четверти, триместры и полугодия этого года."
            )
        subject_id = self.state.names.subject_of(filled_text(row, "subject", "предмет"))
        pupil_id, known = pupils.newcomer(_whom(row), self.school_year)
        term, value = self._term_mark(row, period, known)
        if term is None or not self.state.is_of_former_school(known.class_id, subject_id, term, pupil_id):
            raise RuleRefused("К концу этого периода ученик уже учился здесь: отметку ставит учитель класса.")
        return _Place(row, known, subject_id, pupil_id, term=term, value=value, is_of_former_school=True)

    def _check_day(self, known: KnownClass, day: date, subject_id: int) -> None:
        if day > self.today:
            raise RuleRefused(f"Урок {day:%d.%m.%Y} ещё не состоялся.")
        if not self.state.lessons.get((known.class_id, subject_id, day)):
            self._check_school_day(known, day)
        self._check_term(self._term_on(known, day))

    def _check_school_day(self, known: KnownClass, day: date) -> None:
        names = (self.state.days_off.get((day, grade)) for grade in (None, known.grade_level))
        if name := next(filter(None, names), ""):
            raise RuleRefused(f"{_day_words(day)} не учебный день: {name}.")
        if day.isoweekday() > known.days_a_week and day not in self.state.moved_days:
            raise RuleRefused(f"{_day_words(day)} выходной.")

    def _term_on(self, known: KnownClass, day: date) -> Term:
        terms = [
            term for term in self.state.terms.get(known.class_id, ()) if term.starts_on <= day <= term.ends_on
        ]
        if not terms:
            raise RuleRefused(f"{_day_words(day)} каникулы: день вне учебных периодов класса.")
        return terms[0]

    def _check_term(self, term: Term) -> None:
        if term.is_closed:
            raise RuleRefused("Учебный период закрыт: сначала его открывают на странице «Учебные периоды».")

    def _check_period_beside(self, row: SourceRow, known: KnownClass, day: date) -> None:
        """Raise RuleRefused where a row names a day and a period of the class that does not hold it."""
        period = parse_period(row["term"]) if row["term"] else None
        named = [
            term for term in self.state.terms.get(known.class_id, ()) if period and _is_named(term, period)
        ]
        if named and self._term_on(known, day) not in named:
            raise RuleRefused(
                f"{day:%d.%m.%Y} не входит в период «{clean(row['term'])}», который назван рядом."
            )

    def _term_mark(self, row: SourceRow, period: Period, known: KnownClass) -> tuple[Term | None, int]:
        cell = parse_entry(row["term_mark"] or row["mark"]).cell
        if len(cell.marks) != 1 or cell.absence:
            raise RuleRefused("Отметка за период — одна, от 2 до 5.")
        return None if period.is_year else self._term_named(row["term"], period, known), cell.marks[0]

    def _term_named(self, text: str, period: Period, known: KnownClass) -> Term:
        """Return the term of the class that a period is."""
        named = [term for term in self.state.terms.get(known.class_id, ()) if _is_named(term, period)]
        if len(named) != 1:
            raise RuleRefused(f"Учебного периода «{clean(text)}» у класса {known.name} нет.")
        return named[0]

    def _plan_day(self, places: list[_Place]) -> None:
        """Fill the lessons of a pupil's day of one register, one after another."""
        first = places[0]
        if first.day is None:
            return
        lessons, problem = self._lessons_of_pupil(first)
        if problem:
            self._refuse(places, problem)
            return
        # The register may lack the lesson, but more lessons of a day than the file speaks of are not made up.
        limit = len(lessons) or (LESSONS_A_DAY if first.nth is not None else 1)
        for nth, every in _by_lesson(places):
            group = self._of_one_line(every)
            if not group:
                continue
            if nth > limit or not _fits(group):
                self._refuse(group, _too_many(len(lessons), day=first.day))
            else:
                self._plan_cell(first, nth, group, lessons[nth - 1] if lessons else None)

    def _of_one_line(self, group: list[_Place]) -> list[_Place]:
        """Return the entries of a lesson that stand in one line of a journal: the same sheet twice brings nothing twice."""
        lines: dict[str, list[_Place]] = {}
        for place in group:
            lines.setdefault(place.row["line"], []).append(place)
        first, own = next(iter(lines.items()))
        others = [place for place in group if place not in own]
        if others and any(
            _merged(p.entry for p in each) != _merged(p.entry for p in own) for each in lines.values()
        ):
            self._refuse(group, f"Об этом уроке в файле сказано по-разному: {'; '.join(lines)}.")
            return []
        self._refuse(others, f"Повторяет то, что уже есть: {first}.")
        return own

    def _lessons_of_pupil(self, place: _Place) -> tuple[list[KnownLesson], str]:
        day = place.day or date.min
        held = self.state.lessons.get((place.known_class.class_id, place.subject_id, day), ())
        own = [lesson for lesson in held if self._is_in(lesson.subgroup_id, place.pupil_id, day)]
        present = [lesson for lesson in own if not lesson.is_cancelled]
        if own and not present:
            return [], "Урок этого дня отменён."
        if not own and self._is_without_subgroup(place, day):
            return [], "Ученик не распределён по подгруппам этого предмета."
        if held and not own and self._subgroup_to_teach(place, day) is None:
            return [], "Ученик не в той подгруппе, у которой был урок."
        return present, ""

    def _is_without_subgroup(self, place: _Place, day: date) -> bool:
        taught = self.state.taught_subgroups.get((place.known_class.class_id, place.subject_id), ())
        return bool(taught) and None not in taught and self._subgroup_to_teach(place, day) is None

    def _is_in(self, subgroup_id: int | None, pupil_id: int, day: date) -> bool:
        return subgroup_id is None or is_in_span(
            self.state.subgroup_spans.get((subgroup_id, pupil_id), ()), day
        )

    def _plan_cell(self, place: _Place, nth: int, group: list[_Place], lesson: KnownLesson | None) -> None:
        day = place.day or date.min
        known = place.known_class
        lesson_id = lesson.lesson_id if lesson else None
        record = CellRecord(
            known.class_id,
            place.subject_id,
            self._term_on(known, day).term_id,
            day,
            nth,
            lesson.subgroup_id if lesson else self._subgroup_to_teach(place, day),
            lesson_id,
            place.pupil_id,
            _merged(each.entry for each in group),
            _other_class(group),
        )
        held = self.state.cells.get((lesson_id, place.pupil_id), EMPTY_ENTRY) if lesson_id else EMPTY_ENTRY
        self._settle_cell(record, held, group)

    def _subgroup_to_teach(self, place: _Place, day: date) -> int | None:
        taught = self.state.taught_subgroups.get((place.known_class.class_id, place.subject_id), ())
        own = [each for each in taught if each is not None and self._is_in(each, place.pupil_id, day)]
        return own[0] if own and None not in taught else None

    def _settle_cell(self, record: CellRecord, held: Entry, places: Sequence[_Place]) -> None:
        wanted = Entry(record.entry.absence or held.absence, record.entry.marks or held.marks)
        if not _differs(held, wanted):
            self._plan(places, record, record)
        elif held == EMPTY_ENTRY:
            self._plan(places, record)
        elif self.may_replace or _only_adds(held, wanted):
            self._plan(places, replace(record, entry=wanted), replace(record, entry=held))
        else:
            reason = f"В журнале уже стоит «{held.cell.text}», в файле «{record.entry.cell.text}»."
            self._refuse(places, reason)

    def _plan_term_marks(self, places: list[_Place]) -> None:
        first = places[0]
        if len({place.value for place in places}) > 1:
            self._refuse(places, "В файле за этот период разные отметки.")
            return
        record = TermMarkRecord(
            first.known_class.class_id,
            first.subject_id,
            first.term.term_id if first.term else YEAR,
            first.known_class.school_year,
            first.pupil_id,
            first.value or 0,
            first.is_of_former_school,
            "" if first.is_of_former_school else _other_class(places),
        )
        key = (record.subject_id, record.term_id, record.pupil_id)
        if record.is_of_former_school:
            held, where = self.state.former_marks.get(key), "В карточке ученика стоит оценка прежней школы"
        else:
            held, where = self.state.term_marks.get((record.class_id, *key)), "В журнале за период уже стоит"
        if held in (None, record.value) or self.may_replace:
            self._plan(places, record, None if held is None else replace(record, value=held))
        else:
            self._refuse(places, f"{where} «{held}», в файле «{record.value}».")

    def _plan(
        self, places: Sequence[_Place], record: JournalRecord, before: JournalRecord | None = None
    ) -> None:
        self.planned += [PlannedRow(place.row.number, record, before) for place in places]

    def _refuse(self, places: Sequence[_Place], reason: str) -> None:
        self.refused += [RefusedRow(place.row.number, reason) for place in places]


def _whom(row: SourceRow) -> Whom:
    """Return the name and the birthday that a row says of its pupil; raises RuleRefused without a name."""
    written = name_in(row)
    if not written.name.last:
        raise RuleRefused("Имя ученика не указано.")
    return written.name.full, birthday_beside(written, day_in(row, "born_on"))


def _other_class(places: Sequence[_Place]) -> str:
    """Return the class into whose register a row goes where the file names another; empty where it is the one."""
    first = places[0]
    return (
        ""
        if class_key(first.row["school_class"]) == class_key(first.known_class.name)
        else first.known_class.name
    )


def _period(row: SourceRow) -> Period:
    text = filled_text(row, "term", "дата урока и учебный период")
    period = parse_period(text)
    if period is None:
        raise RuleRefused(
            f"Учебный период «{clean(text)}» непонятен: напишите, например, «2 четверть», «1 полугодие» или «год»."
        )
    return period


def _is_named(term: Term, period: Period) -> bool:
    if period.span is None:
        return term.number == period.number and period.kind in (None, term.kind)
    edges = zip(period.span, (term.starts_on, term.ends_on), strict=True)
    return all(abs(given - own) <= TERM_TOLERANCE for given, own in edges)


def _too_many(lessons: int, day: date) -> str:
    if not lessons:
        return (
            f"{day:%d.%m.%Y} в журнале нет урока предмета; заводится один, а в клетке не больше двух отметок "
            "и одного пропуска. Укажите другой день."
        )
    return f"{day:%d.%m.%Y} уроков предмета: {lessons}, а записей на большее число уроков."


def _day_words(day: date) -> str:
    return f"{day:%d.%m.%Y} ({WEEKDAYS[day.weekday()]}) —"


def _day_of_pupil(place: _Place) -> tuple[int, int, int, date]:
    return place.known_class.class_id, place.subject_id, place.pupil_id, place.day or date.min


def _term_key(place: _Place) -> tuple[int, int, int, int]:
    term_id = place.term.term_id if place.term else YEAR
    class_id = 0 if place.is_of_former_school else place.known_class.class_id
    return class_id, place.subject_id, term_id, place.pupil_id


def _by_lesson(places: Sequence[_Place]) -> list[tuple[int, list[_Place]]]:
    """Split a pupil's day into lessons: by their number where the file has it, else as the cells fill up."""
    groups: dict[int, list[_Place]] = {}
    nth = 1
    for place in places:
        if place.nth is not None:
            groups.setdefault(place.nth, []).append(place)
            continue
        if not _fits([*groups.get(nth, []), place]):
            nth += 1
        groups.setdefault(nth, []).append(place)
    return sorted(groups.items())


def _fits(places: Sequence[_Place]) -> bool:
    marks = sum(len(place.entry.marks) for place in places)
    return marks <= MARKS_IN_A_CELL and sum(place.entry.absence is not None for place in places) <= 1


def _merged(entries: Iterable[Entry]) -> Entry:
    merged = EMPTY_ENTRY
    for entry in entries:
        merged = Entry(entry.absence or merged.absence, (*merged.marks, *entry.marks))
    return merged


def _differs(held: Entry, wanted: Entry) -> bool:
    """A weight that the file leaves out differs from nothing."""
    if held.cell != wanted.cell:
        return True
    return any(
        given.weight is not None and given.weight != (present.weight or 1.0)
        for present, given in zip(held.marks, wanted.marks, strict=True)
    )


def _only_adds(held: Entry, wanted: Entry) -> bool:
    """Whether nothing that the register holds would be lost."""
    keeps_absence = held.absence in (None, wanted.absence)
    return keeps_absence and (not held.marks or held.marks == wanted.marks)
