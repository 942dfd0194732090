"""The sheet of a class's parents' meeting: the agenda with figures, praise, absences, events and dates (п. 4.3).

The chairman of the parents signs it and it may lie on the table: it names pupils only in praise. What is of single pupils stands
in the homeroom teacher's report and in the letters to their families.
"""

from collections.abc import Collection
from datetime import date, datetime
from operator import itemgetter

import pandas as pd

from pipelines.catalogue.measures import STANDING_TITLES
from pipelines.figures.figures import previous_period, pupil_attendance_of, pupil_standings_of
from pipelines.reports.document import Document, DocumentColumn, DocumentTable, Section, table
from pipelines.reports.periodic.homeroom import absence_words, subjects_table
from pipelines.reports.periodic.performance import results_of, summary
from pipelines.reports.periodic.source import BASIS_WORDS, ReportSource, marks_and_lessons
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, choices_of, periods_of
from school.analytics.lookups.tables import default_period
from school.calendar import day_title, term_title
from school.consultations.lookups.meeting import ClassMeeting, class_meeting
from school.consultations.rules import moment_words
from school.families.lookups.family_work import READING_DAYS
from school.numbers import counted
from school.occasions.lookups import ClassOccasion
from school.occasions.rules import when_words
from school.records import User
from school.reports.lookups import span_of
from school.reports.records import ReportKind, ReportOrder
from school.sign_in.lookups.sessions import school_name
from school.store.school import School

# How near somebody is to all fives is nobody else's business.
PRAISED = {"all_fives": ("all_fives",), "fours_and_fives": ("one_four", "fours_and_fives")}
# How much a mean must have grown, and how many names are read.
GROWN, MOST_NAMES = 0.2, 8
MOST_OCCASIONS, DECISIONS = 8, 5
SIGNED = tuple(
    f"{who} {'_' * 32}" for who in ("Классный руководитель", "Председатель родительского комитета")
)
DECISION_COLUMNS = (
    DocumentColumn("№", 8),
    DocumentColumn("Что решили", 96),
    DocumentColumn("Кто отвечает", 44),
    DocumentColumn("Срок", 30),
)


def meeting_kit(school: School, user: User, class_id: int) -> Document:
    """Return the sheet of a class, of what the screens show now. Raises AccessRefused for another's class."""
    now = school.clock()
    meeting = class_meeting(school.store, user, class_id, now=now)
    source = _source(school, user, meeting, now)
    sections = [
        Section("1. Присутствуют", (f"Присутствует семей: ______ из {len(meeting.families)}.",)),
        *(_figures(source) if source else [Section("2. Как учится класс", ("Отметок пока нет.",))]),
        _praise(source, meeting),
        Section(
            "4. Посещаемость", (absence_words(source, source.selection) if source else "Уроков пока нет.",)
        ),
        Section("5. События и сроки", tuple(_dates(meeting, now.date()))),
        Section("6. Дневник", tuple(_diary(meeting))),
        Section("7. Решения собрания", tables=(_decisions(),)),
        Section("", SIGNED),
    ]
    term = meeting.term
    return Document(
        title="Родительское собрание: повестка",
        school_name=school_name(school.store),
        about=f"{meeting.class_name} класс",
        span=f"{term_title(term.kind, term.number)}, на {day_title(now.date())}"
        if term
        else day_title(now.date()),
        made_at=now,
        made_by=user.name,
        made_of=f"Из записей журнала на {now:%d.%m.%Y %H:%M}"
        + (f": {marks_and_lessons(source)}." if source else "."),
        sections=tuple(sections),
    )


def _source(school: School, user: User, meeting: ClassMeeting, now: datetime) -> ReportSource | None:
    """Return the figures of the class in its term of the day, or of its last; None before it has any."""
    reader = FigureReader(school, user, Action.READ_QUALITY)
    own = {each.term_id for each in meeting.terms}
    periods = [each for each in periods_of(reader) if own.intersection(each.term_ids)]
    period = default_period(periods, now.date())
    if period is None:
        return None
    order = ReportOrder(ReportKind.HOMEROOM, span_of(period), meeting.class_id)
    return ReportSource(
        reader, order, period, previous_period(periods, period), choices_of(reader, period.term_ids), now
    )


def _figures(source: ReportSource) -> list[Section]:
    words = (BASIS_WORDS[source.basis], summary(results_of(source, source.selection)))
    return [Section("2. Как учится класс", words, (subjects_table(source, source.selection),))]


def _praise(source: ReportSource | None, meeting: ClassMeeting) -> Section:
    names = {each.pupil_id: each.pupil_name.short for each in meeting.families}
    lines = []
    if source is not None:
        found = pupil_standings_of(source.reader, source.basis, source.period, source.selection)
        for standing, standings in PRAISED.items():
            praised = found[found["standing"].isin(standings)]["pupil_id"]
            lines.append((STANDING_TITLES[standing], _named(names, praised)))
        lines.append(("Заметно прибавили", _named(names, _grown(source))))
        missed = pupil_attendance_of(source.reader, source.period, source.selection, source.last_day)
        lines.append(("Без пропусков и опозданий", _named(names, _always_there(missed))))
    lines.append(("Похвала учителей", _named(names, meeting.praised)))
    said = tuple(f"{title}: {whom}." for title, whom in lines if whom)
    return Section("3. Кого похвалить", said or ("Пока некого назвать по журналу: скажите своими словами.",))


def _named(names: dict[int, str], pupil_ids: Collection[int]) -> str:
    chosen = {int(each) for each in pupil_ids}
    return ", ".join(name for pupil_id, name in names.items() if pupil_id in chosen)


def _grown(source: ReportSource) -> list[int]:
    rows = source.quality(source.selection, ("pupil_id",))
    if "mean_mark_change" not in rows:
        return []
    best = rows[rows["mean_mark_change"] >= GROWN].nlargest(MOST_NAMES, "mean_mark_change")
    return [int(each) for each in best["pupil_id"]]


def _always_there(missed: pd.DataFrame) -> list[int]:
    here = missed[
        (missed["pupil_lessons"] > 0) & (missed["missed_lessons"] == 0) & (missed["late_arrivals"] == 0)
    ]
    return [int(each) for each in here["pupil_id"]]


def _dates(meeting: ClassMeeting, today: date) -> list[str]:
    """Return what the families should note, a line each, by day."""
    term, lines = meeting.term, list[tuple[date, str]]()
    if term is not None and term.ends_on >= today:
        ends = f"{term_title(term.kind, term.number)} заканчивается {day_title(term.ends_on)}."
        lines.append((term.ends_on, ends))
    for name, first, last in meeting.days_off:
        days = day_title(first) if first == last else f"{day_title(first)} – {day_title(last)}"
        lines.append((first, f"{name}: {days}."))
    for evening in meeting.evenings:
        come = evening.pupils - len(evening.not_booked)
        words = (
            f"Родительский день: {moment_words(evening.evening.times)}. Записались семьи: {come} из {evening.pupils}; "
            "запись — в дневнике, «Консультации»."
        )
        lines.append((evening.evening.begins_at.date(), words))
    lines += [
        (each.occasion.draft.starts_on, _occasion_words(each)) for each in meeting.occasions[:MOST_OCCASIONS]
    ]
    said = [words for _, words in sorted(lines, key=itemgetter(0))]
    left = len(meeting.occasions) - MOST_OCCASIONS
    said += (
        [f"И ещё {counted(left, 'событие', 'события', 'событий')}: в дневнике, «События»."]
        if left > 0
        else []
    )
    return said or ["Событий, каникул и родительских дней в ближайшее время нет."]


def _occasion_words(each: ClassOccasion) -> str:
    """Return «Поездка в музей: 25 ноября, среда, 10:00–13:00, у входа. Ответили семьи: 18 из 25, придут 15.»."""
    occasion, draft = each.occasion, each.occasion.draft
    words = ": ".join((draft.title, when_words(draft))) + (f", {draft.place}" if draft.place else "")
    if occasion.cancelled_at is not None:
        return f"{words}. Отменено: {occasion.cancel_reason}."
    if each.families is None:
        return f"{words}."
    who = "семьи" if draft.asks_guardians else "ученики"
    answered = each.families.asked - each.families.silent
    return f"{words}. Ответили {who}: {answered} из {each.families.asked}, придут {each.families.coming}."


def _diary(meeting: ClassMeeting) -> list[str]:
    families = meeting.families
    unread = sum(each.unread for each in families)
    without = sum(not each.has_way_in for each in families)
    last = meeting.monday
    lines = [
        f"Открывали дневник за {READING_DAYS} дней: {meeting.readers} из {len(families)} семей. "
        f"С неделей с {last:%d.%m} ознакомились: {len(meeting.confirmed)}.",
        f"Замечаний и рекомендаций, которые никто не отметил прочитанными: {unread}.",
    ]
    if without:
        lines.append(
            f"Ещё не могут войти: {counted(without, 'семья', 'семьи', 'семей')}. Код приглашения выдаёт классный руководитель."
        )
    return lines


def _decisions() -> DocumentTable:
    # A line by hand needs some height.
    rows = [(str(number), "\n\n", "", "") for number in range(1, DECISIONS + 1)]
    return table("", DECISION_COLUMNS, rows)
