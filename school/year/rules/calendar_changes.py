"""What a change of a running year's calendar must not touch: closed terms, and days with facts (п. 5.1, 6.6)."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from school.calendar import term_title
from school.errors import RuleRefused
from school.year.records import TermSpan, YearCalendar

FactDay = tuple[int, str, int | None, date, int]  # class, its name, grade level, day, term


def check_calendar_change(
    old: YearCalendar, new: YearCalendar, facts: Sequence[FactDay], marked: Collection[tuple[int, int | None]]
) -> None:
    """Raise RuleRefused where a new calendar moves a closed term or leaves lessons or term marks without their term.

    ``facts``: days with lessons that have been or have entries; ``marked``: (term, grade level) with term marks.
    """
    spans = {term.term_id: (term.starts_on, term.ends_on) for term in new.terms}
    for term in old.terms:
        if term.is_closed and spans.get(term.term_id) != (term.starts_on, term.ends_on):
            raise RuleRefused(
                f"{_title(term)} закрыта.",
                "Даты закрытого периода не меняются: по ним выставлены отметки.",
                "Верните прежние даты или попросите заместителя директора открыть период.",
            )
    _check_facts(new, facts)
    _check_marked(old, new, marked)


def _title(term: TermSpan) -> str:
    return term_title(term.kind, term.number)


def _check_facts(new: YearCalendar, facts: Sequence[FactDay]) -> None:
    terms = {grade: new.terms_of(grade) for grade in {fact[2] for fact in facts}}
    lost = [fact for fact in facts if not any(term.holds(fact[3]) for term in terms[fact[2]])]
    if lost:
        counts = Counter(name for _, name, *_ in lost)
        named = ", ".join(f"{name} — {count} дн." for name, count in counts.most_common(5))
        days = sorted(fact[3] for fact in lost)
        raise RuleRefused(
            "Календарь не сохранён.",
            f"Уроки с {days[0]:%d.%m.%Y} по {days[-1]:%d.%m.%Y} остались бы вне учебных периодов: {named}.",
            "Пусть периоды накрывают дни, в которые уроки уже прошли.",
        )


def _check_marked(old: YearCalendar, new: YearCalendar, marked: Collection[tuple[int, int | None]]) -> None:
    kept = {(term.term_id, grade) for term in new.terms for grade in term.grade_levels}
    for term in old.terms:
        lost = sorted(
            grade
            for term_id, grade in marked
            if term_id == term.term_id and grade is not None and (term_id, grade) not in kept
        )
        if lost:
            raise RuleRefused(
                f"{_title(term)} нужна: в ней уже стоят отметки за период.",
                f"Это {', '.join(map(str, lost))}-е классы.",
                "Верните период этим классам.",
            )
