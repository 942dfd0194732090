"""What loading each kind of file means: the state it is compared with, its plan, and how the plan is applied."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain
from typing import Any, TypeVar

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
    with_other_classes,
)
from school.imports.store.people import pupils_of_year, year_frame
from school.people.actions.movements import MoveOrder, return_pupil
from school.people.actions.pupils import Arrival, add_guardian, admit_pupils, change_guardian, change_pupil
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

    ``may_replace``: what differs in the register is replaced; ``first_day``: from when a load or a timetable holds;
    ``is_of_former_school``: newcomers brought the file from their former schools, and its classes are none of ours.
    """

    school_id: int
    school_year: int
    first_day: date
    may_replace: bool = False
    is_of_former_school: bool = False

    @property
    def key(self) -> YearKey:
        """The school and the school year."""
        return YearKey(self.school_id, self.school_year)


@dataclass(frozen=True)
class Asked:
    """What somebody asks to load: the rows of a file, the choices besides, and when."""

    rows: Sequence[SourceRow]
    choices: LoadChoices
    now: datetime


Apply = Callable[[Transaction, User, Asked, Plan[Any], Filling], None]


@dataclass(frozen=True)
class RowKind:
    """What loading the rows of a kind of file means.

    ``state`` reads what the rows are compared with, ``records`` are those that its digest is made of, ``plan`` compares
    (asked, state, digest), and ``apply`` does what a plan says.
    """

    state: Callable[[Reader, Asked], Any]
    records: Callable[[Any], Iterable[object]]
    plan: Callable[[Asked, Any, str], Plan[Any]]
    apply: Apply

    def made_from(self, reader: Reader, asked: Asked) -> str:
        """Return the digest of what the rows would be compared with."""
        return digest_of(self.records(self.state(reader, asked)))

    def preview(self, reader: Reader, asked: Asked) -> Plan[Any]:
        """Return what loading the rows would do."""
        state = self.state(reader, asked)
        return self.plan(asked, state, digest_of(self.records(state)))


def _pupils_state(reader: Reader, asked: Asked) -> PupilsState:
    year = (asked.choices.school_id, asked.choices.school_year)
    class_names, first_day, last_day = year_frame(reader, *year)
    rows = pupils_of_year(reader, *year)
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
    return PupilsState(class_names, first_day, last_day, pupils)


def _apply_pupils(
    transaction: Transaction, user: User, asked: Asked, plan: Plan[Any], _filling: Filling
) -> None:
    now = asked.now
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
        _fill_guardians(transaction, user, pupil, now)
        for guardian in pupil.new_guardians:
            add_guardian(transaction, user, pupil.pupil_id, guardian, now=now)


def _fill_guardians(transaction: Transaction, user: User, pupil: PupilRecord, now: datetime) -> None:
    """Write down what a file says of guardians beyond their card."""
    pupil_id, fuller = pupil.pupil_id or 0, dict(pupil.fuller_guardians)
    for each in guardians_of(transaction, [pupil_id]).get(pupil_id, ()) if fuller else ():
        if after := fuller.get(GuardianDraft(each.name, each.relation, each.phone)):
            change_guardian(transaction, user, pupil_id, each.guardian_id, after, now=now)


def _plan_staff(asked: Asked, state: tuple[date, list[StaffMember]], digest: str) -> Plan[StaffRecord]:
    today, members = state
    present = {
        member.staff_id: StaffDraft(
            member.name, member.position, member.roles - {Role.GUARDIAN, Role.PUPIL}, member.hired_on
        )
        for member in members
        if member.works_on(today)
    }
    return plan_staff(asked.rows, present, today, digest)


def _apply_staff(
    transaction: Transaction, user: User, asked: Asked, plan: Plan[Any], _filling: Filling
) -> None:
    add_staff(transaction, user, [row.record.draft for row in plan.new], now=asked.now)
    for row in plan.changed:
        if row.record.staff_id is not None:
            change_staff(transaction, user, row.record.staff_id, row.record.draft, now=asked.now)


Held = tuple[Names, dict[str, list[tuple[Any, ...]]]]


def _journal_held(reader: Reader, asked: Asked) -> Held:
    """Return the names of the school and what its register holds of the classes and subjects that the rows name."""
    names = Names(
        tuple(KnownClass(*row) for row in classes_of_years(reader, asked.choices.school_id)),
        tuple((row[0], row[1]) for row in subject_names(reader, asked.choices.school_id)),
    )
    class_ids, subject_ids = named_registers(asked.rows, names)
    is_former, year = asked.choices.is_of_former_school, asked.choices.school_year
    if is_former:
        class_ids = {known.class_id for known in names.classes if known.school_year == year}
    registers = Registers(with_other_classes(reader, class_ids), subject_ids)
    return names, held_rows(reader, registers, with_lessons=not is_former)


def _journal_state(names: Names, held: dict[str, list[tuple[Any, ...]]]) -> JournalState:
    return JournalState(
        names=names,
        pupils=_grouped(
            (class_id, (pupil_id, PersonName(last, first, middle), (starts_on, ends_on)))
            for class_id, pupil_id, last, first, middle, starts_on, ends_on, _ in held["pupils"]
        ),
        birthdays={pupil_id: born_on for _, pupil_id, *_, born_on in held["pupils"]},
        terms=_grouped((class_id, Term(*term)) for class_id, *term in held["terms"]),
        days_off={(day, grade): name for day, grade, name in held["days_off"]},
        moved_days=frozenset(row[0] for row in held["moved_days"]),
        lessons=_grouped((row[:3], KnownLesson(*row[3:])) for row in held["lessons"]),
        subgroup_spans=_grouped((row[:2], row[2:]) for row in held["subgroup_members"]),
        taught_subgroups=_grouped((row[:2], row[2]) for row in held["taught"]),
        cells=_entries(held),
        first_days={row[:2]: row[2] for row in held["first_days"]},
        term_marks={row[:4]: row[4] for row in held["term_marks"]},
        former_marks={row[:3]: row[3] for row in held["former_marks"]},
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


def _journal_records(held: Held) -> list[object]:
    return [held[0], *chain.from_iterable(held[1].values())]


def _plan_journal(kind: ImportKind, asked: Asked, held: Held, digest: str) -> Plan[JournalRecord]:
    return plan_journal(
        kind,
        asked.rows,
        _journal_state(*held),
        today=asked.now.date(),
        school_year=asked.choices.school_year,
        may_replace=asked.choices.may_replace,
        is_of_former_school=asked.choices.is_of_former_school,
        made_from=digest,
    )


def _apply_journal(
    transaction: Transaction, _user: User, _asked: Asked, plan: Plan[Any], filling: Filling
) -> None:
    planned = {row.record: row.before for row in (*plan.new, *plan.changed)}
    fill_cells(transaction, _of_kind(CellRecord, planned), filling)
    fill_term_marks(transaction, _of_kind(TermMarkRecord, planned), filling)


def _of_kind(kind: type[Given], planned: Mapping[Any, Any]) -> dict[Given, Given | None]:
    return {record: before for record, before in planned.items() if isinstance(record, kind)}


def _apply_by(save: Callable[..., object]) -> Apply:
    """Return how ``save_load`` or ``save_timetable`` does what a plan says."""

    def apply(transaction: Transaction, user: User, asked: Asked, plan: Plan[Any], _filling: Filling) -> None:
        key, first_day = asked.choices.key, asked.choices.first_day
        save(transaction, user, key, asked.rows, plan.made_from, first_day=first_day, now=asked.now)

    return apply


ROW_KINDS: dict[ImportKind, RowKind] = {
    ImportKind.PUPILS: RowKind(
        _pupils_state,
        lambda state: [sorted(state.class_names.items()), state.first_day, *state.pupils],
        lambda asked, state, digest: plan_pupils(asked.rows, state, digest),
        _apply_pupils,
    ),
    ImportKind.STAFF: RowKind(
        lambda reader, asked: (asked.now.date(), staff_members(reader)),
        lambda state: [state[0], *state[1]],
        _plan_staff,
        _apply_staff,
    ),
    ImportKind.LOAD: RowKind(
        lambda reader, asked: load_state(reader, asked.choices.key, asked.choices.first_day),
        lambda state: state.loads,
        lambda asked, state, _digest: check_load(asked.rows, state, is_whole=False),
        _apply_by(save_load),
    ),
    ImportKind.TIMETABLE: RowKind(
        lambda reader, asked: timetable_state(reader, asked.choices.key, asked.choices.first_day),
        lambda state: state.slots,
        lambda asked, state, _digest: check_timetable(asked.rows, state),
        _apply_by(save_timetable),
    ),
    **{
        kind: RowKind(_journal_held, _journal_records, partial(_plan_journal, kind), _apply_journal)
        for kind in (ImportKind.JOURNAL, ImportKind.FACTS)
    },
}
