"""What loading each kind of file means: the state it is compared with, its plan, and how the plan is applied."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any, TypeVar

from school.access.action import Action
from school.files.plan import ImportKind, Plan, SourceRow, digest_of
from school.imports.rules.journal_rows import plan_journal
from school.imports.rules.journal_state import (
    CellRecord,
    Entry,
    JournalState,
    KnownClass,
    KnownLesson,
    LoadedMark,
    Names,
    TermMarkRecord,
    named_registers,
)
from school.imports.rules.people_rows import (
    KnownPupil,
    PupilRecord,
    PupilsState,
    StaffRecord,
    plan_pupils,
    plan_staff,
)
from school.imports.store.journal import (
    Filling,
    Registers,
    classes_of_years,
    fill_cells,
    fill_term_marks,
    held_rows,
    subject_names,
)
from school.imports.store.people import pupils_of_year, year_frame
from school.imports.store.recording import StoreInside
from school.people.actions.movements import MoveOrder, return_pupil
from school.people.actions.pupils import Arrival, add_guardian, admit, rewrite_pupil
from school.people.actions.staff import employ, rewrite_staff
from school.people.records import GuardianDraft, PupilDraft, StaffDraft
from school.people.store.pupils import guardians_of
from school.people.store.staff import staff_members
from school.records import AbsenceReason, PersonName, Role, Term, User
from school.store.connection import Transaction
from school.store.reading import Reader
from school.year.actions.teaching_load import write_load
from school.year.actions.timetable import write_timetable
from school.year.records import YearKey
from school.year.rules.teaching_load import check_load
from school.year.rules.timetable import check_timetable
from school.year.store.states import load_state, timetable_state

Given = TypeVar("Given")


@dataclass(frozen=True)
class Wish:
    """What the person who loads has chosen besides the file.

    ``may_replace``: what differs in the register is replaced; ``first_day``: from when a load or a timetable holds.
    """

    school_id: int
    school_year: int
    first_day: date
    may_replace: bool = False

    @property
    def key(self) -> YearKey:
        """The school and the school year."""
        return YearKey(self.school_id, self.school_year)


MadeFrom = Callable[[Reader, Sequence[SourceRow], Wish, datetime], str]
Preview = Callable[[Reader, Sequence[SourceRow], Wish, datetime], Plan[Any]]


@dataclass(frozen=True)
class Accepted:
    """A plan that somebody agreed to, with the rows it was made from."""

    plan: Plan[Any]
    rows: Sequence[SourceRow]
    wish: Wish


Apply = Callable[[Transaction, User, Accepted, Filling], None]


@dataclass(frozen=True)
class KindWords:
    """A kind of file: its name in the record of changes, and what one must be allowed to do to load it or take it back."""

    title: str
    action: Action


KINDS: dict[ImportKind, KindWords] = {
    ImportKind.PUPILS: KindWords("ученики", Action.MOVE_PUPILS),
    ImportKind.STAFF: KindWords("сотрудники", Action.EDIT_STAFF),
    ImportKind.LOAD: KindWords("нагрузка", Action.EDIT_LOAD),
    ImportKind.TIMETABLE: KindWords("расписание", Action.EDIT_TIMETABLE),
    ImportKind.JOURNAL: KindWords("журнал книгой", Action.LOAD_ENTRIES),
    ImportKind.FACTS: KindWords("отметки и пропуски", Action.LOAD_ENTRIES),
    ImportKind.ONE_ROSTER: KindWords("OneRoster", Action.IMPORT_JOURNAL),
}


@dataclass(frozen=True)
class RowKind:
    """What loading the rows of a kind of file means: a digest of what they are compared with, their plan, its doing."""

    made_from: MadeFrom
    preview: Preview
    apply: Apply


def _pupils_state(reader: Reader, wish: Wish) -> PupilsState:
    class_names, first_day = year_frame(reader, wish.school_id, wish.school_year)
    rows = pupils_of_year(reader, wish.school_id, wish.school_year)
    guardians = guardians_of(reader, [row[0] for row in rows])
    pupils = tuple(
        KnownPupil(
            pupil_id,
            PupilDraft(
                PersonName(last, first, middle),
                born_on,
                tuple(
                    GuardianDraft(each.name, each.relation, each.phone)
                    for each in guardians.get(pupil_id, ())
                ),
            ),
            class_id,
            class_name,
            left_on,
        )
        for pupil_id, last, first, middle, born_on, class_id, class_name, left_on in rows
    )
    return PupilsState(class_names, first_day, pupils)


def _pupils_made_from(state: PupilsState) -> str:
    return digest_of([sorted(state.class_names.items()), state.first_day, *state.pupils])


def _preview_pupils(
    reader: Reader, rows: Sequence[SourceRow], wish: Wish, _now: datetime
) -> Plan[PupilRecord]:
    state = _pupils_state(reader, wish)
    return plan_pupils(rows, state, _pupils_made_from(state))


def _apply_pupils(transaction: Transaction, user: User, accepted: Accepted, filling: Filling) -> None:
    plan, now = accepted.plan, filling.at
    admit(
        transaction,
        user,
        [
            Arrival(
                row.record.draft,
                row.record.class_id,
                row.record.starts_on,
                is_another_child=row.record.is_namesake,
            )
            for row in plan.new
        ],
        now=now,
    )
    inside = StoreInside(transaction)
    for row in plan.changed:
        pupil = row.record
        if pupil.pupil_id is None:
            continue
        rewrite_pupil(transaction, user, pupil.pupil_id, pupil.draft, now=now)
        if pupil.is_moving_in:
            return_pupil(inside, user, pupil.pupil_id, pupil.class_id, MoveOrder(pupil.starts_on), now=now)
        for guardian in pupil.new_guardians:
            add_guardian(inside, user, pupil.pupil_id, guardian, now=now)


def _present_staff(reader: Reader, now: date) -> dict[int, StaffDraft]:
    return {
        member.staff_id: StaffDraft(
            member.name, member.position, member.roles - {Role.GUARDIAN, Role.PUPIL}, member.hired_on
        )
        for member in staff_members(reader)
        if member.works_on(now)
    }


def _made_from_staff(reader: Reader, _rows: Sequence[SourceRow], _wish: Wish, now: datetime) -> str:
    return digest_of([now.date(), *staff_members(reader)])


def _preview_staff(reader: Reader, rows: Sequence[SourceRow], wish: Wish, now: datetime) -> Plan[StaffRecord]:
    return plan_staff(
        rows, _present_staff(reader, now.date()), now.date(), _made_from_staff(reader, rows, wish, now)
    )


def _apply_staff(transaction: Transaction, user: User, accepted: Accepted, filling: Filling) -> None:
    plan = accepted.plan
    employ(transaction, user, [row.record.draft for row in plan.new], now=filling.at)
    for row in plan.changed:
        if row.record.staff_id is not None:
            rewrite_staff(transaction, user, row.record.staff_id, row.record.draft, now=filling.at)


def _journal_rows(
    reader: Reader, rows: Sequence[SourceRow], wish: Wish
) -> tuple[Names, dict[str, list[tuple[Any, ...]]]]:
    names = Names(
        tuple(KnownClass(*row) for row in classes_of_years(reader, wish.school_id)),
        tuple((row[0], row[1]) for row in subject_names(reader, wish.school_id)),
    )
    return names, held_rows(reader, Registers(*named_registers(rows, names)))


def _journal_state(names: Names, held: dict[str, list[tuple[Any, ...]]]) -> JournalState:
    return JournalState(
        names=names,
        pupils=_grouped(
            (class_id, (pupil_id, PersonName(last, first, middle), (starts_on, ends_on)))
            for class_id, pupil_id, last, first, middle, starts_on, ends_on in held["pupils"]
        ),
        terms=_grouped((class_id, Term(*term)) for class_id, *term in held["terms"]),
        days_off={(day, grade): name for day, grade, name in held["days_off"]},
        moved_days=frozenset(row[0] for row in held["moved_days"]),
        lessons=_grouped((row[:3], KnownLesson(*row[3:])) for row in held["lessons"]),
        subgroup_spans=_grouped((row[:2], row[2:]) for row in held["subgroup_members"]),
        taught_subgroups=_grouped((row[:2], row[2]) for row in held["taught"]),
        cells=_entries(held),
        term_marks={row[:4]: row[4] for row in held["term_marks"]},
    )


def _grouped(pairs: Any) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def _entries(held: dict[str, list[tuple[Any, ...]]]) -> dict[tuple[int, int], Entry]:
    marks = _grouped((row[:2], LoadedMark(*row[2:])) for row in held["marks"])
    absences = {row[:2]: AbsenceReason(row[2]) for row in held["absences"]}
    return {
        pair: Entry(absences.get(pair), tuple(marks.get(pair, ())))
        for pair in chain(marks, absences.keys() - marks.keys())
    }


def _journal_made_from(names: Names, held: dict[str, list[tuple[Any, ...]]]) -> str:
    return digest_of([names, *chain.from_iterable(held.values())])


def _preview_journal(kind: ImportKind) -> Preview:
    def preview_rows(reader: Reader, rows: Sequence[SourceRow], wish: Wish, now: datetime) -> Plan[Any]:
        names, held = _journal_rows(reader, rows, wish)
        return plan_journal(
            kind,
            rows,
            _journal_state(names, held),
            today=now.date(),
            school_year=wish.school_year,
            may_replace=wish.may_replace,
            made_from=_journal_made_from(names, held),
        )

    return preview_rows


def _apply_journal(transaction: Transaction, _user: User, accepted: Accepted, filling: Filling) -> None:
    planned = {row.record: row.before for row in (*accepted.plan.new, *accepted.plan.changed)}
    fill_cells(transaction, _of_kind(CellRecord, planned), filling)
    fill_term_marks(transaction, _of_kind(TermMarkRecord, planned), filling)


def _of_kind(kind: type[Given], planned: Mapping[Any, Any]) -> dict[Given, Given | None]:
    return {record: before for record, before in planned.items() if isinstance(record, kind)}


def _preview_load(reader: Reader, rows: Sequence[SourceRow], wish: Wish, now: datetime) -> Plan[Any]:
    return check_load(rows, load_state(reader, wish.key, wish.first_day), is_whole=False)


def _made_from_load(reader: Reader, _rows: Sequence[SourceRow], wish: Wish, now: datetime) -> str:
    return digest_of(load_state(reader, wish.key, wish.first_day).loads)


def _apply_load(transaction: Transaction, user: User, accepted: Accepted, filling: Filling) -> None:
    wish, made_from = accepted.wish, accepted.plan.made_from
    write_load(
        transaction, user, wish.key, accepted.rows, made_from, first_day=wish.first_day, now=filling.at
    )


def _preview_timetable(reader: Reader, rows: Sequence[SourceRow], wish: Wish, _now: datetime) -> Plan[Any]:
    return check_timetable(rows, timetable_state(reader, wish.key, wish.first_day))


def _made_from_timetable(reader: Reader, _rows: Sequence[SourceRow], wish: Wish, _now: datetime) -> str:
    return digest_of(timetable_state(reader, wish.key, wish.first_day).slots)


def _apply_timetable(transaction: Transaction, user: User, accepted: Accepted, filling: Filling) -> None:
    wish, made_from = accepted.wish, accepted.plan.made_from
    write_timetable(
        transaction, user, wish.key, accepted.rows, made_from, first_day=wish.first_day, now=filling.at
    )


def _made_from_pupils(reader: Reader, _rows: Sequence[SourceRow], wish: Wish, _now: datetime) -> str:
    return _pupils_made_from(_pupils_state(reader, wish))


def _made_from_journal(reader: Reader, rows: Sequence[SourceRow], wish: Wish, _now: datetime) -> str:
    return _journal_made_from(*_journal_rows(reader, rows, wish))


def _journal_kind(kind: ImportKind) -> RowKind:
    return RowKind(_made_from_journal, _preview_journal(kind), _apply_journal)


ROW_KINDS: dict[ImportKind, RowKind] = {
    ImportKind.PUPILS: RowKind(_made_from_pupils, _preview_pupils, _apply_pupils),
    ImportKind.STAFF: RowKind(_made_from_staff, _preview_staff, _apply_staff),
    ImportKind.LOAD: RowKind(_made_from_load, _preview_load, _apply_load),
    ImportKind.TIMETABLE: RowKind(_made_from_timetable, _preview_timetable, _apply_timetable),
    ImportKind.JOURNAL: _journal_kind(ImportKind.JOURNAL),
    ImportKind.FACTS: _journal_kind(ImportKind.FACTS),
}
