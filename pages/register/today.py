"""«Сегодня»: the teacher's lessons of the day, what each still lacks, and the gaps of past days."""

from collections.abc import Mapping
from datetime import timedelta

import streamlit as st

from pages.ui.links import page_link
from pages.ui.requests import show_requests_to
from pages.ui.substitution_marks import substitution_badges
from pages.ui.typed_text import NO_WORDS, Markdown, as_typed
from school.access.action import Action
from school.calendar import day_title
from school.consultations.lookups.staff import consultations_today
from school.extra_help.lookups import warned_by_newest
from school.inspections.lookups import unread_reports
from school.numbers import counted
from school.records import User
from school.register.lookups.today import LessonToFill, TeacherDay, teacher_day
from school.register.rules.completeness import PART_TITLES, REQUIRED_PARTS
from school.register.rules.deadlines import ENTRY_DEADLINE
from server.session import guard, school

GAPS_SHOWN = 20


def deadline_text(day: TeacherDay) -> Markdown:
    """Return how much time is left to the deadline in words (п. 5.5)."""
    deadline = f"{ENTRY_DEADLINE:%H:%M}"
    if not day.time_left:
        return Markdown(f"{deadline} прошло: новые отметки за сегодня будут отмечены как поздние (п. 5.5).")
    return Markdown(f"До {deadline} осталось {_duration(day.time_left)} (п. 5.5).")


def _duration(left: timedelta) -> Markdown:
    hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
    return Markdown(f"{hours} ч {minutes:02d} мин" if hours else f"{minutes} мин")


def register_link(to_fill: LessonToFill, label: Markdown) -> None:
    """Show a link to the lesson in the register."""
    lesson = to_fill.lesson
    codes = {"class": lesson.class_id, "subject": lesson.subject_id, "lesson": lesson.lesson_id}
    page_link("register/grid.py", label, codes | {"group": lesson.subgroup_id}, ":material/edit_note:")


def state_text(to_fill: LessonToFill, has_begun: bool) -> Markdown:
    """Return what a lesson still lacks as short coloured words."""
    required = [PART_TITLES[part] for part in to_fill.missing if part in REQUIRED_PARTS]
    if required:
        return Markdown(f":{'orange' if has_begun else 'gray'}-background[нет: {', '.join(required)}]")
    marks = f" · отметок: {to_fill.lesson.mark_count}" if to_fill.lesson.mark_count else " · без отметок"
    return Markdown(f":green-background[заполнен]{marks}")


def lesson_line(to_fill: LessonToFill, has_begun: bool, badge: Markdown = NO_WORDS) -> None:
    """Show one lesson of the day in a row; ``badge`` marks a lesson given in place of another teacher."""
    lesson = to_fill.lesson
    number, title, place, state = st.columns([1.3, 4, 2, 5], vertical_alignment="center")
    times = f"{lesson.starts_at:%H:%M}–{lesson.ends_at:%H:%M}" if lesson.starts_at and lesson.ends_at else ""
    number.markdown(f"**{lesson.number}** {times}")
    group = f" · {as_typed(lesson.subgroup_name)}" if lesson.subgroup_name else ""
    with title:
        register_link(to_fill, f"**{as_typed(lesson.class_name)}** {as_typed(lesson.subject_name)}{group}")
    room = f"каб. {as_typed(lesson.room)} · " if lesson.room else ""
    place.caption(f"{room}{lesson.pupil_count} уч.{badge}")
    state.markdown(state_text(to_fill, has_begun) + (f" · {as_typed(lesson.topic)}" if lesson.topic else ""))


def show_today() -> None:
    """Show the whole page."""
    user = guard(Action.READ_DAY)
    now = school().clock()
    day = teacher_day(school().store, user, now)
    st.subheader(f"Сегодня, {day_title(day.day)}")
    show_requests_to(user)
    show_consultations_today(user)
    show_unread_reports(user)
    show_warned(user)
    if day.lessons:
        st.caption(deadline_text(day))
    else:
        next_day = f" Следующие — {day_title(day.next_day)}." if day.next_day else ""
        st.info(f"Сегодня у вас нет уроков.{next_day}")
    badges = substitution_badges(user, (to_fill.lesson.lesson_id for to_fill in [*day.lessons, *day.gaps]))
    for to_fill in day.lessons:
        starts_at = to_fill.lesson.starts_at
        has_begun = starts_at is None or starts_at <= now.time()
        lesson_line(to_fill, has_begun, badges.get(to_fill.lesson.lesson_id, NO_WORDS))
    show_gaps(day, badges)


def show_consultations_today(user: User) -> None:
    """Name the families who come today (п. 4.7)."""
    coming = consultations_today(school().store, user, now=school().clock())
    if coming:
        names = ", ".join(f"{each.begins_at:%H:%M} {as_typed(each.pupil_name.short)}" for each in coming)
        st.page_link(
            "pages/consultations/consultations.py",
            label=Markdown(f"Консультации сегодня: {names}"),
            icon=":material/forum:",
        )


def show_unread_reports(user: User) -> None:
    """Say that a report of an inspection waits to be read (п. 6.4)."""
    if count := unread_reports(school().store, user):
        st.page_link(
            "pages/inspections/inspection_reports.py",
            label=f"Справка о проверке журнала: {counted(count, 'ждёт', 'ждут', 'ждут')} ознакомления",
            icon=":material/policy:",
        )


def show_warned(user: User) -> None:
    """Say how many pupils of the own lessons and class the week's forecasts warn of and nobody helps yet (п. 4.3, 4.5).

    The list is new each Monday: forecasts are remembered once a week.
    """
    warned = warned_by_newest(school().store, user)
    if warned:
        pupils = counted(len({each.pupil_id for each in warned}), "ученике", "учениках", "учениках")
        page_link(
            "forecasts/at_risk.py",
            Markdown(f"Кому помочь: прогноз этой недели предупреждает о {pupils}, никто ещё не взялся"),
            {"risk": "warned"},
            ":material/volunteer_activism:",
        )


def show_gaps(day: TeacherDay, badges: Mapping[int, Markdown]) -> None:
    """Show what past days left open, the latest first; ``badges`` by lesson."""
    if not day.gaps:
        if day.last_day:
            st.success("За прошлые дни всё заполнено.", icon=":material/check:")
        return
    st.subheader(f"Не дописано за прошлые дни: {len(day.gaps)}")
    shown_day = None
    for to_fill in day.gaps[:GAPS_SHOWN]:
        if to_fill.lesson.held_on != shown_day:
            shown_day = to_fill.lesson.held_on
            is_last = " — прошлый учебный день" if shown_day == day.last_day else ""
            st.markdown(f"**{day_title(shown_day)}**{is_last}")
        lesson_line(to_fill, has_begun=True, badge=badges.get(to_fill.lesson.lesson_id, NO_WORDS))
    if len(day.gaps) > GAPS_SHOWN:
        st.caption(f"Показаны последние {GAPS_SHOWN} из {len(day.gaps)}.")


show_today()
