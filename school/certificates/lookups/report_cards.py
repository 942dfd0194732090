"""Report cards of a class, and a pupil's personal card: results by year, movement (п. 4.3, 4.6, 5.4)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.certificates.records import YearResult
from school.certificates.store import results
from school.certificates.store.papers import letterhead
from school.certificates.store.results import Missed
from school.councils.store import final_marks
from school.errors import RuleRefused
from school.people.records import Guardian, Movement, PupilDraft, Stay
from school.people.store import movements as moved
from school.people.store.class_lists import ClassHead, class_heads, enrolled_pupils, homeroom_on
from school.people.store.pupils import guardians_of, pupil_by_id
from school.people.store.school_counts import pupil_facts
from school.records import AbsenceReason, PersonName, Term, User
from school.register.store.registers import class_terms, registers, subject_names
from school.store.connection import Store


@dataclass(frozen=True)
class CardRow:
    """A subject on a report card: marks by term id, for the year, the final one, and lessons missed."""

    subject: str
    by_term: dict[int, int]
    year_mark: int | None
    final_mark: int | None
    missed: int


@dataclass(frozen=True)
class ReportCard:
    """A pupil's report card; ``missed`` and ``ill`` are lessons missed at all and by illness, by term id."""

    pupil_id: int
    name: PersonName
    file_number: str
    rows: tuple[CardRow, ...]
    missed: dict[int, int]
    ill: dict[int, int]


@dataclass(frozen=True)
class ClassCards:
    """The report cards of a class by a day: terms that are over or closed have their marks."""

    class_id: int
    class_name: str
    school_year: int
    homeroom: str
    head_name: str
    letterhead: str
    day: date
    terms: tuple[Term, ...]
    cards: tuple[ReportCard, ...]


def card_classes(store: Store, user: User) -> list[ClassHead]:
    """Return the classes whose report cards the user may print, the newest school year first. Raises AccessRefused."""
    check_may_somewhere(user, Action.READ_REPORT_CARDS)
    return [
        head
        for head in class_heads(store)
        if may(user, Action.READ_REPORT_CARDS, Rows(class_id=head.class_id))
    ]


def card_pupils(store: Store, user: User, class_id: int, day: date) -> dict[int, PersonName]:
    """Return who is in a class on a day, by id, in the order of names. Raises AccessRefused."""
    check_may(user, Action.READ_REPORT_CARDS, Rows(class_id=class_id))
    return {each.pupil_id: each.name for each in enrolled_pupils(store, class_id, day)}


def report_cards(
    store: Store, user: User, class_id: int, day: date, pupil_ids: Collection[int] | None = None
) -> ClassCards:
    """Return the report cards of a class on a day, of some pupils only where they are named.

    A term has marks once it is over by the day or closed, the year with its last term. Raises AccessRefused or RuleRefused.
    """
    names = card_pupils(store, user, class_id, day)
    wanted = [key for key in names if pupil_ids is None or key in set(pupil_ids)]
    head = next((each for each in class_heads(store) if each.class_id == class_id), None)
    if head is None or not wanted:
        raise RuleRefused("На этот день в классе никого нет.", next_step="Выберите другой день или класс.")
    terms = class_terms(store, class_id)
    taught = {row.key.subject_id for row in registers(store, head.school_year, class_id)}
    first = min((each.starts_on for each in terms), default=day)
    facts, missed = pupil_facts(store), results.missed_lessons(store, wanted, first, day)
    of_year = results.year_marks(store, wanted)
    final = final_marks(store, of_year, wanted)
    over = {each.term_id for each in terms if each.is_closed or each.ends_on <= day}

    def card(pupil_id: int) -> ReportCard:
        classes = [stay.place.class_id for stay in moved.stays_of(store, pupil_id)]
        marks = results.term_marks(store, pupil_id, [class_id, *classes], head.school_year)
        own = missed[pupil_id]
        rows = tuple(
            CardRow(
                name,
                {term: value for term, value in marks.get(key, {}).items() if term in over},
                of_year.get((pupil_id, key, head.school_year)),
                final.get((pupil_id, key, head.school_year)),
                sum(each.lessons for each in own if each.subject_id == key),
            )
            for key, name in subject_names(store).items()
            if key in taught or marks.get(key)
        )
        file_number = facts[pupil_id].file_number
        return ReportCard(pupil_id, names[pupil_id], file_number, rows, _by_term(own), _by_term(_ill(own)))

    return ClassCards(
        class_id,
        head.name,
        head.school_year,
        homeroom_on(store, class_id, day),
        results.head_of_school(store),
        letterhead(store),
        day,
        tuple(terms),
        tuple(map(card, wanted)),
    )


def _by_term(missed: Sequence[Missed]) -> dict[int, int]:
    found = Counter[int]()
    for each in missed:
        found[each.term_id] += each.lessons
    return dict(found)


def _ill(missed: Sequence[Missed]) -> list[Missed]:
    return [each for each in missed if each.reason is AbsenceReason.ILLNESS]


@dataclass(frozen=True)
class PersonalCard:
    """A pupil's personal card: who it is, who answers for the child, classes, movement, results by year."""

    pupil_id: int
    pupil: PupilDraft
    guardians: tuple[Guardian, ...]
    stays: tuple[Stay, ...]
    movements: tuple[Movement, ...]
    class_names: dict[int, str]
    results: tuple[YearResult, ...]


def personal_card(store: Store, user: User, pupil_id: int, today: date) -> PersonalCard:
    """Return a pupil's personal card. Raises AccessRefused for a pupil of others' classes, RuleRefused where there is none."""
    places = moved.current_classes(store, [pupil_id], today).get(pupil_id, [])
    own = [
        each.class_id for each in places if may(user, Action.READ_REPORT_CARDS, Rows(class_id=each.class_id))
    ]
    check_may(user, Action.READ_REPORT_CARDS, Rows(class_id=own[0] if own else None))
    pupil = pupil_by_id(store, pupil_id)
    if pupil is None:
        raise RuleRefused("Такого ученика нет.", next_step="Выберите ученика в списке.")
    movements = moved.movements_of(store, pupil_id)
    class_ids = {key for each in movements for key in (each.from_class_id, each.to_class_id) if key}
    names = {key: place.name for key, place in moved.classes_of_years(store, class_ids).items()}
    return PersonalCard(
        pupil_id,
        pupil,
        tuple(guardians_of(store, [pupil_id]).get(pupil_id, [])),
        tuple(moved.stays_of(store, pupil_id)),
        tuple(reversed(movements)),
        names,
        tuple(results.year_results(store, pupil_id)),
    )
