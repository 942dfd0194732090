"""Documents of the school as staff, the head and families may see them; who is acquainted; orders filled from the register."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.audiences.rules import Part, Target
from school.audiences.store import audience_words, people_with_sign_in, school_year_of
from school.calendar import school_year_title, term_title
from school.certificates.store.papers import letterhead
from school.certificates.store.results import head_of_school
from school.errors import AccessRefused, RuleRefused
from school.files.kept import content_of
from school.inspections import store as inspections
from school.people.store.staff import staff_members
from school.records import Role, User
from school.regulations import store as stored
from school.regulations.access import (
    REFUSED,
    check_reads,
    is_open_to,
    of_family,
    own_acquaintance,
    reads_documents,
)
from school.regulations.records import Acquaintance, Regulation, RegulationKind
from school.regulations.rules import documents as rules
from school.regulations.rules import orders
from school.regulations.rules.orders import OrderTemplate
from school.store.connection import Store
from school.store.names import staff_full_names
from school.store.settings import setting
from school.substitutions.lookups import month_sheet
from school.substitutions.rules import KIND_TITLES as SUBSTITUTION_TITLES
from school.year.records import Break, TermSpan, YearKey
from school.year.store.calendars import calendar_of, known_schools
from school.year.store.school_tables import classes_of_year


@dataclass(frozen=True)
class Listed:
    """A document in a list: the reader's own row, whether it waits for them; how many are acquainted of how many (0 of 0: not shown)."""

    regulation: Regulation
    own: Acquaintance | None
    waits: bool
    done: int = 0
    total: int = 0

    @property
    def regulation_id(self) -> int:
        """The document's id."""
        return self.regulation.regulation_id

    @property
    def title(self) -> str:
        """«Приказ № 12 от 20.11.2026 «О замене уроков»», as far as it is known."""
        return title_of(self.regulation)


def title_of(regulation: Regulation) -> str:
    """Return a document's kind, number, day and title."""
    kind = rules.KIND_TITLES[regulation.kind]
    number = f" № {regulation.number}" if regulation.number else ""
    dated = f" от {regulation.dated_on:%d.%m.%Y}" if regulation.dated_on else ""
    return f"{kind[:1].upper()}{kind[1:]}{number}{dated} «{regulation.title}»"


def waiting_to_read(store: Store, user: User, *, today: date) -> Sequence[Listed]:
    """Return what the user has to be acquainted with, the nearest deadline first: from memory, for the menu; nothing for others."""
    if user.staff_id is None or not reads_documents(user):
        return ()
    rows = stored.acquaintances_of(store, [user.staff_id]).get(user.staff_id, ())
    open_rows = {row.regulation_id: row for row in rows if row.confirmed_at is None}
    found = stored.regulations_by_id(store, open_rows) if open_rows else {}
    listed = [
        Listed(each, open_rows[key], waits=True)
        for key, each in found.items()
        if rules.waits(each, open_rows[key], today)
    ]
    return sorted(listed, key=lambda each: (each.regulation.read_by or date.max, each.regulation_id))


def meets_documents_first(store: Store, user: User, *, today: date) -> bool:
    """Whether a new employee has not looked yet at what was in force before they came: their first page is the list (ТК, ст. 68)."""
    waiting = [each.own for each in waiting_to_read(store, user, today=today) if each.own is not None]
    return any(row.is_late for row in waiting) and all(row.seen_at is None for row in waiting)


def reminded_documents(store: Store, user: User, *, today: date) -> int:
    """Return of how many documents the user was reminded, or whose last day of acquaintance is over: from memory."""
    waiting = waiting_to_read(store, user, today=today)
    return sum(
        (each.own is not None and each.own.reminded_at is not None)
        or (each.regulation.read_by is not None and each.regulation.read_by < today)
        for each in waiting
    )


def waiting_for_head(store: Store, user: User, *, today: date) -> Sequence[Listed]:
    """Return what waits for the head's approval, the oldest first; nothing for others (п. 4.1)."""
    if not may(user, Action.APPROVE_DOCUMENTS):
        return ()
    return [Listed(each, None, waits=False) for each in stored.submitted_regulations(store)]


def documents(store: Store, user: User, *, today: date) -> list[Listed]:
    """Return the approved documents that the user reads, the newest first. Raises AccessRefused."""
    check_may(user, Action.READ_DOCUMENTS, Rows(user_id=user.user_id))
    staff = [] if user.staff_id is None else [user.staff_id]
    own = {row.regulation_id: row for rows in stored.acquaintances_of(store, staff).values() for row in rows}
    counts = stored.counts_of(store, today) if may(user, Action.FOLLOW_DOCUMENTS) else {}
    listed = []
    for each in stored.all_regulations(store):
        row = own.get(each.regulation_id)
        if each.is_approved and is_open_to(user, each, row):
            is_waiting = row is not None and rules.waits(each, row, today)
            listed.append(Listed(each, row, is_waiting, *counts.get(each.regulation_id, (0, 0))))
    return listed


def drafts(store: Store, user: User) -> list[Regulation]:
    """Return what is not approved yet, the newest first. Raises AccessRefused."""
    check_may(user, Action.DRAFT_DOCUMENTS)
    return [each for each in stored.all_regulations(store) if not each.is_approved]


@dataclass(frozen=True)
class Opened:
    """A document as its reader sees it: its other versions, the newest first, whom it is for in words, the agreement as of ``Sheet``.

    ``next_number``: the number that follows those given, where it has none yet.
    """

    regulation: Regulation
    own: Acquaintance | None
    waits: bool
    readers: str
    versions: list[Regulation]
    agreement: str
    next_number: str = ""


def open_document(store: Store, user: User, regulation_id: int, *, today: date) -> Opened:
    """Return a document that the user may read. Raises AccessRefused."""
    found = check_reads(store, user, regulation_id, today)
    own = own_acquaintance(store, user, regulation_id)
    known = stored.all_regulations(store)
    versions = [
        each
        for each in known
        if each.series_id == found.series_id
        and each.regulation_id != regulation_id
        and is_open_to(user, each, own)
    ]
    audience = stored.audience_of(found)
    is_of_all = audience.target == Target.SCHOOL
    readers = "все работники" if is_of_all else audience_words(store, audience)
    is_waiting = own is not None and rules.waits(found, own, today)
    versions.sort(key=lambda each: -each.version)
    agreed = setting(store, stored.AGREEMENT) or ""
    is_numbered = found.is_approved or bool(found.number)
    number = (
        ""
        if is_numbered
        else rules.next_number(found, [each for each in known if each.is_approved], today.year)
    )
    return Opened(found, own, is_waiting, readers, versions, agreed, number)


@dataclass(frozen=True)
class ReadDocument:
    """A document's file: its name, kind and content."""

    title: str
    kind: str
    content: bytes


def read_document(store: Store, user: User, regulation_id: int, *, today: date) -> ReadDocument:
    """Return a document's file to whoever may read it. Raises AccessRefused, in the same words for one that is not there."""
    found = check_reads(store, user, regulation_id, today)
    if not found.stored_name:
        raise AccessRefused(*REFUSED)
    content = content_of(store, found.stored_name, found.sha256)
    return ReadDocument(found.file_name, found.file_kind, content)


def family_documents(store: Store, user: User, *, today: date) -> list[Regulation]:
    """Return what is in force and shown to families, the newest first, to whoever reads a diary. Raises AccessRefused."""
    check_may_somewhere(user, Action.READ_DIARY)
    return [
        each for each in stored.all_regulations(store) if each.is_for_families and each.is_in_force(today)
    ]


@dataclass(frozen=True)
class SheetRow:
    """A line of an acquaintance sheet; ``noted_by``: who entered a signature on paper."""

    staff_id: int
    name: str
    position: str
    row: Acquaintance
    noted_by: str
    has_sign_in: bool


@dataclass(frozen=True)
class Sheet:
    """The acquaintance sheet of a document: its lines by name, the agreement that lets a press stand for a signature (or none)."""

    regulation: Regulation
    rows: list[SheetRow]
    agreement: str

    @property
    def done(self) -> int:
        """How many are acquainted."""
        return sum(each.row.confirmed_at is not None for each in self.rows)


def acquaintance_sheet(store: Store, user: User, regulation_id: int, *, today: date) -> Sheet:
    """Return who is acquainted with an approved document; who has left without it is not asked any more. Raises AccessRefused."""
    check_may(user, Action.FOLLOW_DOCUMENTS)
    found = check_reads(store, user, regulation_id, today)
    rows = stored.acquaintances_with(store, regulation_id)
    ids = [each.staff_id for each in rows]
    names, positions = staff_full_names(store), stored.positions_of(store, ids)
    noted = stored.names_of_users(store, {each.paper_by for each in rows if each.paper_by is not None})
    sign_ins = people_with_sign_in(store)[Part.STAFF]
    lines = []
    for row in rows:
        position, dismissed = positions.get(row.staff_id, ("", None))
        is_gone = dismissed is not None and dismissed <= today
        if not is_gone or row.confirmed_at is not None:
            noted_by = noted.get(row.paper_by, "") if row.paper_by is not None else ""
            name = names.get(row.staff_id, "")
            has_sign_in = row.staff_id in sign_ins
            lines.append(SheetRow(row.staff_id, name, position, row, noted_by, has_sign_in))
    return Sheet(found, lines, setting(store, stored.AGREEMENT) or "")


@dataclass(frozen=True)
class OrderRequest:
    """Which order is to be filled: of which document or inspection, of which days."""

    template: OrderTemplate
    record_id: int | None = None
    first: date | None = None
    last: date | None = None


def order_subjects(store: Store, user: User, template: OrderTemplate) -> dict[int, str]:
    """Return what an order of this template may be about: documents not approved, inspections; empty where it needs nothing.

    Raises AccessRefused.
    """
    check_may(user, Action.DRAFT_DOCUMENTS)
    if template is OrderTemplate.STATUTE:
        waiting = [each for each in drafts(store, user) if each.kind is not RegulationKind.ORDER]
        return {each.regulation_id: title_of(each) for each in waiting}
    if template is OrderTemplate.INSPECTION:
        check_may(user, Action.READ_INSPECTIONS)
        return {each.inspection_id: each.title for each in inspections.all_inspections(store)}
    return {}


def order_words(store: Store, user: User, wanted: OrderRequest, *, today: date) -> orders.OrderWords:
    """Return an order filled from the register, to be edited. Raises AccessRefused; RuleRefused where there is nothing to fill it with."""
    check_may(user, Action.DRAFT_DOCUMENTS)
    if wanted.template is OrderTemplate.SUBSTITUTIONS:
        return _substitution_order(store, user, wanted.first or today, wanted.last or today)
    if wanted.template in {OrderTemplate.STATUTE, OrderTemplate.INSPECTION}:
        about = order_subjects(store, user, wanted.template)
        if wanted.record_id not in about or wanted.record_id is None:
            raise RuleRefused("Не выбрано, о чём приказ.", next_step="Выберите из списка.")
        is_statute = wanted.template is OrderTemplate.STATUTE
        return (_statute_order if is_statute else _inspection_order)(store, wanted.record_id)
    school_year = school_year_of(store, today)
    if school_year is None:
        raise RuleRefused("Учебного года в журнале нет.", next_step="Сначала откройте учебный год.")
    fill = {
        OrderTemplate.ADMINISTRATOR: _administrator_order,
        OrderTemplate.HOMEROOMS: _homeroom_order,
        OrderTemplate.CALENDAR: _calendar_order,
    }[wanted.template]
    return fill(store, school_year, today)


def _statute_order(store: Store, regulation_id: int) -> orders.OrderWords:
    held = stored.regulations_by_id(store, [regulation_id])[regulation_id]
    of_series = [each for each in stored.all_regulations(store) if each.series_id == held.series_id]
    before = next((title_of(each) for each in of_series if each.is_approved and not each.replaced_by), "")
    return orders.statute_order(rules.KIND_TITLES[held.kind], held.title, held.valid_from, before)


def _inspection_order(store: Store, inspection_id: int) -> orders.OrderWords:
    held = inspections.inspection_by_id(store, inspection_id)
    assert held is not None, "one of the list"
    kept = [each for each in inspections.findings_of(store, inspection_id) if each.is_kept]
    names = staff_full_names(store)
    found: dict[str, list[date | None]] = {}
    for each in kept:
        if each.found.teacher_id in names:
            found.setdefault(names[each.found.teacher_id], []).append(each.mend_until)
    rows = []
    for name in sorted(found):
        last = max((day for day in found[name] if day is not None), default=None)
        rows.append((name, str(len(found[name])), orders.day_text(last) if last else ""))
    span = held.starts_on, held.ends_on
    return orders.inspection_order(held.title, span, rows, is_known=held.published_at is not None)


def _substitution_order(store: Store, user: User, first: date, last: date) -> orders.OrderWords:
    lines = month_sheet(store, user, first, last).lines
    rows = [
        (
            orders.day_text(each.lesson.held_on),
            str(each.lesson.number),
            " ".join(part for part in (each.lesson.class_name, each.lesson.subgroup_name) if part),
            each.lesson.subject_name,
            each.regular_name,
            each.substitute_name or SUBSTITUTION_TITLES[each.kind],
            each.reason,
        )
        for each in lines
    ]
    return orders.substitution_order(rows, first, last)


def _administrator_order(store: Store, school_year: int, today: date) -> orders.OrderWords:
    people = [each for each in staff_members(store) if Role.ADMIN in each.roles and each.works_on(today)]
    rows = [(each.name.full, each.position or "администратор журнала") for each in people]
    return orders.administrator_order(rows, school_year_title(school_year))


def _homeroom_order(store: Store, school_year: int, _today: date) -> orders.OrderWords:
    names, rows = staff_full_names(store), []
    for school_id, _ in known_schools(store):
        for each in classes_of_year(store, YearKey(school_id, school_year)):
            rows.append((each.name, names.get(each.homeroom_id, "") if each.homeroom_id else ""))
    return orders.homeroom_order(rows, school_year_title(school_year))


def _calendar_order(store: Store, school_year: int, _today: date) -> orders.OrderWords:
    school_id = next(iter(known_schools(store)))[0]
    held = calendar_of(store, YearKey(school_id, school_year))
    assert held is not None, "the year of a day is there"
    terms = [
        (term_title(each.kind, each.number), _grades(each.grade_levels), *_days(each)) for each in held.terms
    ]
    breaks = [(each.name, _grades(each.grade_levels) or "все", *_days(each)) for each in held.breaks]
    days = held.starts_on, held.ends_on
    return orders.calendar_order(school_year_title(school_year), days, terms, breaks)


def _days(span: TermSpan | Break) -> tuple[str, str]:
    return orders.day_text(span.starts_on), orders.day_text(span.ends_on)


def _grades(levels: Collection[int]) -> str:
    """Return «1–9», or «1, 3, 5» where they are not a run."""
    found = sorted(levels)
    if len(found) > 2 and found == [*range(found[0], found[-1] + 1)]:
        return f"{found[0]}–{found[-1]}"
    return ", ".join(map(str, found))


def issuer_words(store: Store, user: User) -> tuple[str, str, str]:
    """Return the school's name, the lines under it and its head's name, as documents are headed and signed. Raises AccessRefused."""
    if not of_family(user):
        check_may(user, Action.READ_DOCUMENTS, Rows(user_id=user.user_id))
    return setting(store, "school.name") or "Школа", letterhead(store), head_of_school(store)
