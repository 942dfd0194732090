"""The sheet of a class's parents' meeting: the agenda with figures, praise and dates, then a page for talks in private (п. 4.3).

What is said aloud names pupils only in praise; what is of single pupils stands on a page of its own.
"""

from collections.abc import Collection
from datetime import date, datetime

import pandas as pd

from pipelines.catalogue.measures import STANDING_TITLES
from pipelines.figures.figures import previous_period, pupil_attendance_of, pupil_standings_of
from pipelines.reports.document import Document, DocumentColumn, DocumentTable, Kind, Section, table
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
from school.records import User
from school.reports.lookups import span_of
from school.reports.records import ReportKind, ReportOrder
from school.sign_in.lookups.sessions import school_name
from school.store.school import School

PRAISED = ("all_fives", "one_four", "fours_and_fives")
# How much a mean must have grown, and how many names are read.
GROWN, MOST_NAMES = 0.2, 8
DECISIONS = 5
SIGNED = f"Классный руководитель {'_' * 24}    Председатель родительского комитета {'_' * 24}"
DECISION_COLUMNS = (
    DocumentColumn("№", 8),
    DocumentColumn("Что решили", 96),
    DocumentColumn("Кто отвечает", 44),
    DocumentColumn("Срок", 30),
)
PUPIL_COLUMNS = (
    DocumentColumn("Ученик", 46),
    DocumentColumn("Группа", 30),
    DocumentColumn("Пропусков", 18, Kind.NUMBER),
    DocumentColumn("Причина не выяснена", 20, Kind.NUMBER),
    DocumentColumn("Не прочитано замечаний", 22, Kind.NUMBER),
    DocumentColumn("Неделя подтверждена", 22),
    DocumentColumn("Вход у родителей", 20),
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
        Section("", (SIGNED,)),
        Section(
            "Для личных бесед: вслух не зачитывать",
            ("Сведения о ребёнке называют только его родителям.",),
            (_pupils(source, meeting),),
            is_on_own_page=True,
        ),
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
        for standing in PRAISED:
            lines.append(
                (STANDING_TITLES[standing], _named(names, found[found["standing"] == standing]["pupil_id"]))
            )
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
    term, lines = meeting.term, []
    if term is not None and term.ends_on >= today:
        lines.append(f"{term_title(term.kind, term.number)} заканчивается {day_title(term.ends_on)}.")
    for name, first, last in meeting.days_off:
        days = day_title(first) if first == last else f"{day_title(first)} – {day_title(last)}"
        lines.append(f"{name}: {days}.")
    for each in meeting.evenings:
        come = each.pupils - len(each.not_booked)
        lines.append(
            f"Родительский день: {moment_words(each.evening.times)}. Записались семьи: {come} из {each.pupils}; "
            "запись — в дневнике, «Консультации»."
        )
    return lines or ["Каникул и родительских дней в ближайшее время нет."]


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


def _pupils(source: ReportSource | None, meeting: ClassMeeting) -> DocumentTable:
    missed: dict[int, tuple[object, object]] = {}
    standing: dict[int, str] = {}
    if source is not None:
        rows = pupil_attendance_of(source.reader, source.period, source.selection, source.last_day)
        missed = {
            int(pupil): (total, unknown)
            for pupil, total, unknown in zip(
                rows["pupil_id"], rows["missed_lessons"], rows["missed_unknown"], strict=True
            )
        }
        found = pupil_standings_of(source.reader, source.basis, source.period, source.selection)
        standing = {
            int(pupil): STANDING_TITLES.get(name, "")
            for pupil, name in zip(found["pupil_id"], found["standing"], strict=True)
            if isinstance(name, str)
        }
    lines = [
        (
            each.pupil_name.short,
            standing.get(each.pupil_id, "нет отметок"),
            *missed.get(each.pupil_id, (None, None)),
            each.unread or None,
            "да" if each.pupil_id in meeting.confirmed else "",
            "есть" if each.has_way_in else "нет",
        )
        for each in meeting.families
    ]
    return table("", PUPIL_COLUMNS, lines, empty="В классе нет учеников.")
