"""What is due in a school year by the regulation, when it is late, and what may be typed into the plan (п. 3.5, 4.2, 6.2)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from school.archive.rules.readiness import DUE_ON, REMIND_FROM
from school.calendar import first_of_september, school_year_of, school_year_title, term_title
from school.errors import RuleRefused
from school.inspections.rules import REMIND_BEFORE
from school.records import Role
from school.reports.rules import DAYS_TO_CLOSE
from school.year_plan.records import Done, Fact, PlanDraft, PlanEntry, PlanTerm, PlanYear, StoredEntry

TITLE_LENGTH, NOTE_LENGTH, MOST_REMIND_DAYS = 120, 500, 60
# Reports are made when a period closes: a week after its end they are there (п. 7.1, 7.2).
DAYS_TO_REPORT = 7
LAST_DAY_OF_AUGUST, LAST_WEEK = (8, 31), 7
DAYS_TO_DIVIDE, DAYS_TO_PRESENT = 4, 29
# The span of a school year as reports name it.
WHOLE_YEAR = "year/1"


class PlanState(StrEnum):
    """How an entry stands on a day."""

    OVERDUE = "overdue"
    SOON = "soon"
    AHEAD = "ahead"
    DONE = "done"
    DROPPED = "dropped"


STATE_TITLES: dict[PlanState, str] = {
    PlanState.OVERDUE: "просрочено",
    PlanState.SOON: "скоро",
    PlanState.AHEAD: "впереди",
    PlanState.DONE: "выполнено",
    PlanState.DROPPED: "не нужно в этом году",
}


@dataclass(frozen=True)
class StandardRow:
    """A standing duty: its code, title (with {term} or {year}), clause, who does it, where, and when it is due.

    ``days`` gives (what the title names, end of the code, due day) of a year; ``remind``: days before.
    """

    code: str
    title: str
    clause: str
    role: Role
    page: str
    fact: Fact | None
    remind: int
    days: Callable[[PlanYear], Iterable[tuple[str, str, date]]]


def _each(
    days: int, *, of_control: bool = False, at_start: bool = False
) -> Callable[[PlanYear], Iterable[tuple[str, str, date]]]:
    """Return the days of an entry of each term: so many after its end, or its start."""

    def found(year: PlanYear) -> Iterable[tuple[str, str, date]]:
        for term in year.control if of_control else year.terms:
            day = term.starts_on if at_start else term.ends_on
            yield term_title(term.kind, term.number), code_of(term), day + timedelta(days)

    return found


def code_of(term: PlanTerm) -> str:
    """Return what distinguishes a term of a year: «quarter/2»."""
    return f"{term.kind}/{term.number}"


def _year_end(days: int) -> Callable[[PlanYear], Iterable[tuple[str, str, date]]]:
    def found(year: PlanYear) -> Iterable[tuple[str, str, date]]:
        if year.terms:
            last = max(term.ends_on for term in year.terms)
            yield school_year_title(year.school_year), WHOLE_YEAR, last + timedelta(days)

    return found


def _on(
    month_day: tuple[int, int], year_named: int = 0
) -> Callable[[PlanYear], Iterable[tuple[str, str, date]]]:
    """Return a day of the calendar year in which the school year ends; ``year_named``: how many years on the title speaks of."""

    def found(year: PlanYear) -> Iterable[tuple[str, str, date]]:
        named = school_year_title(year.school_year + year_named)
        yield named, WHOLE_YEAR, date(year.school_year + 1, *month_day)

    return found


def _in_autumn(days: int) -> Callable[[PlanYear], Iterable[tuple[str, str, date]]]:
    def found(year: PlanYear) -> Iterable[tuple[str, str, date]]:
        yield (
            school_year_title(year.school_year),
            WHOLE_YEAR,
            first_of_september(year.school_year) + timedelta(days),
        )

    return found


_PAPER_REMIND = (date(2026, *DUE_ON) - date(2026, *REMIND_FROM)).days
STANDARD: tuple[StandardRow, ...] = (
    StandardRow(
        "divide", "Разделить классы на подгруппы", "п. 4.2", Role.DEPUTY, "year/year_opening.py", None, 7,
        _in_autumn(DAYS_TO_DIVIDE),
    ),
    StandardRow(
        "present", "Показать журнал на педсовете и родительских собраниях", "п. 4.3", Role.ADMIN, "", None, 7,
        _in_autumn(DAYS_TO_PRESENT),
    ),
    StandardRow(
        "term", "Начало: {}", "п. 5.1", Role.DEPUTY, "terms/terms.py", Fact.DAY_CAME, 0, _each(0, of_control=True, at_start=True)
    ),
    StandardRow(
        "inspect", "Проверить ведение журнала: {}", "п. 6.2", Role.DEPUTY, "inspections/control_state.py",
        Fact.INSPECTED, REMIND_BEFORE.days, _each(0, of_control=True),
    ),
    StandardRow(
        "drill", "Учебное восстановление из копии: {}", "п. 6.1", Role.ADMIN, "backup/state.py",
        Fact.DRILL, 14, _each(0, of_control=True),
    ),
    StandardRow(
        "close", "Закрыть учебный период: {}", "п. 4.2, 5.4", Role.DEPUTY, "terms/terms.py", Fact.TERM_CLOSED, 7,
        _each(DAYS_TO_CLOSE),
    ),
    StandardRow(
        "reports", "Отчёты об успеваемости и качестве: {}", "п. 7.2", Role.DEPUTY, "reports/reports.py",
        Fact.REPORTS_MADE, 3, _each(DAYS_TO_REPORT),
    ),
    StandardRow(
        "activity", "Отчёт об активности пользователей: {}", "п. 7.1", Role.DEPUTY, "reports/reports.py",
        Fact.ACTIVITY_REPORT, 3, _each(DAYS_TO_REPORT, of_control=True),
    ),
    StandardRow(
        "council", "Педсовет: решения о переводе и выпуске, {}", "п. 4.2, 4.6", Role.DEPUTY, "councils/councils.py",
        Fact.COUNCIL, 14, _year_end(0),
    ),
    StandardRow(
        "reports", "Отчёты об успеваемости и качестве за год {}", "п. 7.2", Role.DEPUTY, "reports/reports.py",
        Fact.REPORTS_MADE, 3, _year_end(DAYS_TO_REPORT),
    ),
    StandardRow(
        "archive", "Сдать в архив учебный год {}", "п. 6.5", Role.SECRETARY, "archive/archive.py", Fact.PACKED,
        _PAPER_REMIND, _on(DUE_ON),
    ),
    StandardRow(
        "paper", "Распечатать, подписать и прошить журналы и ведомости {}", "п. 6.6", Role.SECRETARY,
        "archive/archive.py", Fact.PAPER_SIGNED, _PAPER_REMIND, _on(DUE_ON),
    ),
    StandardRow(
        "open", "Открыть учебный год {}", "п. 4.3", Role.ADMIN, "year/year_opening.py", Fact.YEAR_OPENED, LAST_WEEK,
        _on(LAST_DAY_OF_AUGUST, 1),
    ),
)  # fmt: skip


def standard_entries(year: PlanYear) -> list[PlanEntry]:
    """Return what is due in a school year by the regulation, as it follows from its calendar."""
    return [
        PlanEntry(
            f"{row.code}/{end}",
            row.title.format(named),
            due_on,
            row.remind,
            role=row.role,
            clause=row.clause,
            page=row.page,
            fact=row.fact,
        )
        for row in STANDARD
        for named, end, due_on in row.days(year)
    ]


def entries_of(year: PlanYear, kept: Iterable[StoredEntry], done: Done, today: date) -> list[PlanEntry]:
    """Return the plan by day: the standard entries with what people changed of them, and those that people typed."""
    rows = list(kept)
    changed = {row.code: row for row in rows if row.code}
    found = [_standing(each, changed.get(each.code), done, today) for each in standard_entries(year)]
    found += [_typed(row) for row in rows if not row.code and row.due_on is not None]
    return sorted(found, key=lambda each: (each.due_on, each.code, each.title))


def _standing(entry: PlanEntry, row: StoredEntry | None, done: Done, today: date) -> PlanEntry:
    if row is not None:
        entry = replace(
            entry,
            entry_id=row.entry_id,
            due_on=row.due_on or entry.due_on,
            user_id=row.user_id,
            remind_days=row.remind_days,
            note=row.note,
            is_dropped=row.is_dropped,
            is_done=row.done_on is not None,
            done_on=row.done_on,
        )
    if entry.fact is Fact.DAY_CAME:
        has_come = entry.due_on <= today
        return replace(entry, is_done=has_come, done_on=entry.due_on if has_come else None)
    if entry.fact is not None:
        return replace(entry, is_done=entry.code in done, done_on=done.get(entry.code))
    return entry


def _typed(row: StoredEntry) -> PlanEntry:
    assert row.due_on is not None
    return PlanEntry(
        "",
        row.title,
        row.due_on,
        row.remind_days,
        entry_id=row.entry_id,
        user_id=row.user_id,
        note=row.note,
        is_done=row.done_on is not None,
        done_on=row.done_on,
    )


def state_of(entry: PlanEntry, today: date) -> PlanState:
    """Return how an entry stands: soon from its reminder on, overdue from the day after it was due."""
    if entry.is_dropped:
        return PlanState.DROPPED
    if entry.is_done:
        return PlanState.DONE
    if today > entry.due_on:
        return PlanState.OVERDUE
    return PlanState.SOON if today >= entry.due_on - timedelta(entry.remind_days) else PlanState.AHEAD


def is_pressing(entry: PlanEntry, today: date) -> bool:
    """Whether somebody is to be reminded of an entry."""
    return state_of(entry, today) in (PlanState.OVERDUE, PlanState.SOON)


def is_for(entry: PlanEntry, user_id: int, roles: frozenset[Role]) -> bool:
    """Whether an entry is somebody's: given to them by name, or to their role and to nobody by name."""
    return entry.user_id == user_id if entry.user_id is not None else entry.role in roles


def done_words(entry: PlanEntry) -> str:
    """Return how an entry is known to be done: «по журналу, 25.10.2026», «отмечено 25.10.2026»; empty where it is not."""
    if not entry.is_done:
        return ""
    day = f"{entry.done_on:%d.%m.%Y}" if entry.done_on else ""
    return ", ".join(filter(None, ("по журналу", day))) if entry.fact else f"отмечено {day}"


def checked_draft(draft: PlanDraft, school_year: int) -> PlanDraft:
    """Return what was typed without blanks at its ends; raises RuleRefused for words or a day that may not be."""
    title, note = " ".join(draft.title.split()), draft.note.strip()
    if not title:
        raise RuleRefused("Не написано, что сделать.", next_step="Напишите название и сохраните снова.")
    for text, most, what in ((title, TITLE_LENGTH, "Название"), (note, NOTE_LENGTH, "Примечание")):
        if len(text) > most:
            raise RuleRefused(f"{what} длиннее {most} знаков.", next_step="Сократите его.")
    if not 0 <= draft.remind_days <= MOST_REMIND_DAYS:
        raise RuleRefused(
            f"Напомнить можно не раньше чем за {MOST_REMIND_DAYS} дней.", next_step="Укажите меньше дней."
        )
    if school_year_of(draft.due_on) != school_year:
        raise RuleRefused(
            f"Этот день не в {school_year_title(school_year)} учебном году.",
            next_step="Выберите день от 1 сентября до 31 августа.",
        )
    return draft._replace(title=title, note=note)


def repeated_days(due_on: date, terms: Sequence[PlanTerm]) -> list[date]:
    """Return the day itself and the same day of each later term, counted from the term's end (п. 6.2).

    Terms that end at once are one; a day after the last end stands alone.
    """
    ends = sorted({term.ends_on for term in terms})
    own = next((end for end in ends if due_on <= end), None)
    if own is None:
        return [due_on]
    return [end - (own - due_on) for end in ends if end >= own]


def check_tick(entry: PlanEntry) -> None:
    """Raise RuleRefused for a tick on what the register sees by itself, and on what is not needed."""
    if entry.fact is not None:
        raise RuleRefused(
            "Выполнение этой строки видно по самому журналу.",
            next_step="Сделайте то, что в ней написано, или отметьте, что в этом году она не нужна.",
        )
    if entry.is_dropped:
        raise RuleRefused("Эта строка в этом году не нужна.", next_step="Верните её в план и отметьте снова.")


def check_drop(entry: PlanEntry, reason: str) -> None:
    """Raise RuleRefused where an entry of the regulation is taken out of the plan without a reason."""
    if not reason.strip():
        raise RuleRefused(
            "Не написано, почему строка не нужна.", next_step=f"Её требует {entry.clause}: напишите причину."
        )
    if len(reason.strip()) > NOTE_LENGTH:
        raise RuleRefused(f"Причина длиннее {NOTE_LENGTH} знаков.", next_step="Сократите её.")
