"""Which periodic reports there are, for which spans, and when the schedule makes them (п. 2.6, 7.1, 7.2)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from school.calendar import school_year_title, term_title
from school.records import TermKind
from school.reports.records import About, EndedSpan, ReportKind, ReportOrder, Span


@dataclass(frozen=True)
class ReportRule:
    """A report in words, its clause, what one is about, whether it is made for a whole year too, and whether it names pupils."""

    title: str
    clause: str
    about: About
    answers: str
    has_year: bool = True
    names_pupils: bool = False


REPORTS: dict[ReportKind, ReportRule] = {
    ReportKind.PERFORMANCE: ReportRule(
        "Сводный отчёт об успеваемости и качестве знаний",
        "п. 7.2",
        About.SCHOOL,
        "Как школа закончила период: классы, предметы, учителя, кому не хватило одной отметки",
        names_pupils=True,
    ),
    ReportKind.HOMEROOM: ReportRule(
        "Отчёт классного руководителя",
        "п. 2.6, 4.3",
        About.CLASS,
        "Как класс закончил период: движение, успеваемость поимённо, пропуски по причинам",
        names_pupils=True,
    ),
    ReportKind.SUBJECT_TEACHER: ReportRule(
        "Отчёт учителя-предметника",
        "п. 2.6, 4.5",
        About.TEACHER,
        "Итоги по классам и предметам учителя, выполнение программы, ведение журнала",
        names_pupils=True,
    ),
    ReportKind.MARK_COVERAGE: ReportRule(
        "Отчёт о накопляемости отметок",
        "п. 5.2",
        About.SCHOOL,
        "Хватает ли отметок для аттестации: по классам, учителям, предметам",
        has_year=False,
    ),
    ReportKind.CURRICULUM: ReportRule(
        "Отчёт о прохождении программ",
        "п. 4.2, 6.3",
        About.SCHOOL,
        "Сколько дано уроков по КТП, кто отстаёт и на сколько",
    ),
    ReportKind.SUBSTITUTIONS: ReportRule(
        "Отчёт о заменах уроков",
        "п. 4.2, 6.3",
        About.SCHOOL,
        "Кто кого заменял, сколько часов, всё ли подписано",
    ),
    ReportKind.USER_ACTIVITY: ReportRule(
        "Отчёт об активности пользователей",
        "п. 7.1",
        About.SCHOOL,
        "Кто и как часто работает с журналом: сотрудники, родители, ученики",
        has_year=False,
    ),
}

# Levels of general education, as a school's summaries group its classes.
STAGES: dict[str, tuple[int, ...]] = {
    "1–4 классы": (1, 2, 3, 4),
    "5–9 классы": (5, 6, 7, 8, 9),
    "10–11 классы": (10, 11),
}

# A term closes some days after its end (п. 5.4); what nobody closed is reported on anyway.
DAYS_TO_CLOSE = 5
# Older periods are not made up for: an imported past would flood the list.
DAYS_BACK = 45
SCHEDULE_SETTING = "reports.schedule"  # "off" stops it


def is_for(kind: ReportKind, span: Span) -> bool:
    """Whether a report is made for such a span: all for terms, some for a whole year too."""
    return span.term_kind != TermKind.YEAR or REPORTS[kind].has_year


def span_title(span: Span) -> str:
    """«2-я четверть 2026/27 учебного года», «2026/27 учебный год»."""
    year = school_year_title(span.school_year)
    if span.term_kind == TermKind.YEAR:
        return f"{year} учебный год"
    return f"{term_title(span.term_kind, span.term_number)} {year} учебного года"


def is_due(ended: EndedSpan, today: date) -> bool:
    """Whether the schedule makes the reports of a period: it is over and closed, or over for DAYS_TO_CLOSE days."""
    days_over = (today - ended.ended_on) / timedelta(days=1)
    return 1 <= days_over <= DAYS_BACK and (ended.is_closed or days_over >= DAYS_TO_CLOSE)


def scheduled_orders(
    spans: Iterable[EndedSpan], about_ids: dict[Span, dict[About, Collection[int]]], today: date
) -> list[ReportOrder]:
    """Return the reports that the schedule makes due on a day, those about the school first.

    ``about_ids``: the classes and the teachers of each span.
    """
    due = [each.span for each in spans if is_due(each, today)]
    orders = [
        ReportOrder(kind, span, about_id)
        for span in due
        for kind, rule in REPORTS.items()
        if is_for(kind, span)
        for about_id in _about(rule, about_ids.get(span, {}))
    ]
    return sorted(orders, key=lambda order: order.about_id is not None)


def _about(rule: ReportRule, about_ids: dict[About, Collection[int]]) -> Sequence[int | None]:
    return [None] if rule.about is About.SCHOOL else sorted(about_ids.get(rule.about, ()))
