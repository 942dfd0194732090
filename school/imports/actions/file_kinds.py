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
    JournalRecord,
    JournalState,
    KnownClass,
    KnownLesson,
    LoadedMark,
    Names,
    TermMarkRecord,
    named_registers,
)
from school.imports.rules.people_rows import KnownPupil, PupilsState, StaffRecord, plan_pupils, plan_staff
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
from school.people.actions.movements import MoveOrder, return_pupil
from school.people.actions.pupils import Arrival, add_guardian, admit_pupils, change_pupil
from school.people.actions.staff import add_staff, change_staff
from school.people.records import GuardianDraft, PupilDraft, StaffDraft, StaffMember
from school.people.store.pupils import guardians_of
from school.people.store.staff import staff_members
from school.records import AbsenceReason, PersonName, Role, Term, User
from school.store.connection import Transaction
from school.store.reading import Reader
from school.year.actions.teaching_load import save_load
from school.year.actions.timetable import save_timetable
from school.year.records import YearKey
from school.year.rules.teaching_load import check_load
from school.year.rules.timetable import check_timetable
from school.year.store.states import load_state, timetable_state

Given = TypeVar("Given")


@dataclass(frozen=True)
class LoadChoices:
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


@dataclass(frozen=True)
class Accepted:
    """A plan that somebody agreed to, with the rows it was made from."""

    plan: Plan[Any]
    rows: Sequence[SourceRow]
    choices: LoadChoices


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
    """What loading the rows of a kind of file means.

    ``state`` reads what the rows are compared with, ``digest`` sums it up, ``plan`` compares (rows, state, choices, today,
    digest), and ``apply`` does what a plan says.
    """

    state: Callable[[Reader, Sequence[SourceRow], LoadChoices, datetime], Any]
    digest: Callable[[Any], str]
    plan: Callable[[Sequence[SourceRow], Any, LoadChoices, date, str], Plan[Any]]
    apply: Apply

    def made_from(
        self, reader: Reader, rows: Sequence[SourceRow], choices: LoadChoices, now: datetime
    ) -> str:
        """Return the digest of what the rows would be compared with."""
        return self.digest(self.state(reader, rows, choices, now))

    def preview(
        self, reader: Reader, rows: Sequence[SourceRow], choices: LoadChoices, now: datetime
    ) -> Plan[Any]:
        """Return what loading the rows would do."""
        state = self.state(reader, rows, choices, now)
        return self.plan(rows, state, choices, now.date(), self.digest(state))


def _pupils_state(
    reader: Reader, _rows: Sequence[SourceRow], choices: LoadChoices, _now: datetime
) -> PupilsState:
    class_names, first_day = year_frame(reader, choices.school_id, choices.school_year)
    rows = pupils_of_year(reader, choices.school_id, choices.school_year)
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


def _pupils_digest(state: PupilsState) -> str:
    return digest_of([sorted(state.class_names.items()), state.first_day, *state.pupils])


def _apply_pupils(transaction: Transaction, user: User, accepted: Accepted, filling: Filling) -> None:
    plan, now = accepted.plan, filling.at
    admit_pupils(
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
    for row in plan.changed:
        pupil = row.record
        if pupil.pupil_id is None:
            continue
        change_pupil(transaction, user, pupil.pupil_id, pupil.draft, now=now)
        if pupil.is_moving_in:
            return_pupil(
                transaction, user, pupil.pupil_id, pupil.class_id, MoveOrder(pupil.starts_on), now=now
            )
        for guardian in pupil.new_guardians:
            add_guardian(transaction, user, pupil.pupil_id, guardian, now=now)


def _staff_state(
    reader: Reader, _rows: Sequence[SourceRow], _choices: LoadChoices, now: datetime
) -> tuple[date, list[StaffMember]]:
    return now.date(), staff_members(reader)


def _plan_staff(
    rows: Sequence[SourceRow],
    state: tuple[date, list[StaffMember]],
    _choices: LoadChoices,
    today: date,
    digest: str,
) -> Plan[StaffRecord]:
    present = {
        member.staff_id: StaffDraft(
            member.name, member.position, member.roles - {Role.GUARDIAN, Role.PUPIL}, member.hired_on
        )
        for member in state[1]
        if member.works_on(today)
    }
    return plan_staff(rows, present, today, digest)


def _apply_staff(transaction: Transaction, user: User, accepted: Accepted, filling: Filling) -> None:
    plan = accepted.plan
    add_staff(transaction, user, [row.record.draft for row in plan.new], now=filling.at)
    for row in plan.changed:
        if row.record.staff_id is not None:
            change_staff(transaction, user, row.record.staff_id, row.record.draft, now=filling.at)


Held = tuple[Names, dict[str, list[tuple[Any, ...]]]]


def _journal_held(reader: Reader, rows: Sequence[SourceRow], choices: LoadChoices, _now: datetime) -> Held:
    """Return the names of the school and what its register holds of the classes and subjects that the rows name."""
    names = Names(
        tuple(KnownClass(*row) for row in classes_of_years(reader, choices.school_id)),
        tuple((row[0], row[1]) for row in subject_names(reader, choices.school_id)),
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


def _journal_digest(held: Held) -> str:
    return digest_of([held[0], *chain.from_iterable(held[1].values())])


def _journal_kind(kind: ImportKind) -> RowKind:
    def plan_rows(
        rows: Sequence[SourceRow], held: Held, choices: LoadChoices, today: date, digest: str
    ) -> Plan[JournalRecord]:
        return plan_journal(
            kind,
            rows,
            _journal_state(*held),
            today=today,
            school_year=choices.school_year,
            may_replace=choices.may_replace,
            made_from=digest,
        )

    return RowKind(_journal_held, _journal_digest, plan_rows, _apply_journal)


def _apply_journal(transaction: Transaction, _user: User, accepted: Accepted, filling: Filling) -> None:
    planned = {row.record: row.before for row in (*accepted.plan.new, *accepted.plan.changed)}
    fill_cells(transaction, _of_kind(CellRecord, planned), filling)
    fill_term_marks(transaction, _of_kind(TermMarkRecord, planned), filling)


def _of_kind(kind: type[Given], planned: Mapping[Any, Any]) -> dict[Given, Given | None]:
    return {record: before for record, before in planned.items() if isinstance(record, kind)}


def _apply_load(transaction: Transaction, user: User, accepted: Accepted, filling: Filling) -> None:
    choices, made_from = accepted.choices, accepted.plan.made_from
    save_load(
        transaction, user, choices.key, accepted.rows, made_from, first_day=choices.first_day, now=filling.at
    )


def _apply_timetable(transaction: Transaction, user: User, accepted: Accepted, filling: Filling) -> None:
    choices, made_from = accepted.choices, accepted.plan.made_from
    save_timetable(
        transaction, user, choices.key, accepted.rows, made_from, first_day=choices.first_day, now=filling.at
    )


ROW_KINDS: dict[ImportKind, RowKind] = {
    ImportKind.PUPILS: RowKind(
        _pupils_state,
        _pupils_digest,
        lambda rows, state, _choices, _today, digest: plan_pupils(rows, state, digest),
        _apply_pupils,
    ),
    ImportKind.STAFF: RowKind(
        _staff_state, lambda state: digest_of([state[0], *state[1]]), _plan_staff, _apply_staff
    ),
    ImportKind.LOAD: RowKind(
        lambda reader, _rows, choices, _now: load_state(reader, choices.key, choices.first_day),
        lambda state: digest_of(state.loads),
        lambda rows, state, _choices, _today, _digest: check_load(rows, state, is_whole=False),
        _apply_load,
    ),
    ImportKind.TIMETABLE: RowKind(
        lambda reader, _rows, choices, _now: timetable_state(reader, choices.key, choices.first_day),
        lambda state: digest_of(state.slots),
        lambda rows, state, _choices, _today, _digest: check_timetable(rows, state),
        _apply_timetable,
    ),
    ImportKind.JOURNAL: _journal_kind(ImportKind.JOURNAL),
    ImportKind.FACTS: _journal_kind(ImportKind.FACTS),
}
