"""«Неделя»: the lessons of a teacher or a class by day and hour, with substitutions, and what a class has to do (п. 4.2, 4.3, 4.5)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from markupsafe import Markup

from pages.ui.export import export_table
from pages.ui.filters import choose, remember, remembered_code
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.calendar import MONTHS, WEEKDAYS
from school.homework.lookups import ClassHomework, class_homework
from school.numbers import counted
from school.records import SubstitutionKind, User
from school.register.lookups.week import WeekLesson, class_week, monday_of, teacher_week, weeks_to_read
from server.session import guard, school

OWN, CLASS, TEACHER = "own", "class", "teacher"
SIX_DAYS = 6
ONE_WEEK = timedelta(days=7)
# A class that has more to do for one day than so many subjects is worth a word with its teachers.
MUCH_HOMEWORK = 5
INSTEAD = {
    SubstitutionKind.SUBJECT: "замена",
    SubstitutionKind.SUPERVISION: "присмотр",
    SubstitutionKind.JOINED: "объединение",
    SubstitutionKind.CANCELLED: "отменён",
}
STYLE = Markup(
    """<style>
.lesson-week { overflow-x: auto; }
.lesson-week table { width: 100%; min-width: 880px; table-layout: fixed; border-collapse: collapse; font-size: 0.9rem; }
.lesson-week th, .lesson-week td { border: 1px solid #d5dae1; padding: 0.3rem 0.45rem; vertical-align: top; text-align: left;
    overflow-wrap: anywhere; }
.lesson-week thead th { background: #f3f5f8; }
.lesson-week th:first-child { width: 6.4rem; }
.lesson-week .today { background: #eef4fb; }
.lesson-week small { display: block; color: #4a5560; }
.lesson-week .gone { text-decoration: line-through; color: #5b6672; }
.lesson-week a { color: #1f4e8c; }
.lesson-week b { font-weight: 600; }
.lesson-week p { margin: 0 0 0.3rem; }
.lesson-week p:last-child { margin: 0; }
</style>"""
)
_TABLE = Markup(
    '{}<div class="lesson-week ways"><table aria-label="{}"><thead><tr><th scope="col">Урок</th>{}</tr></thead>'
    "<tbody>{}</tbody></table></div>"
)
_DAY = Markup('<th scope="col"{}>{}<small>{}</small></th>')
_ROW = Markup('<tr><th scope="row">{}<small>{}</small></th>{}</tr>')
_CELL = Markup("<td{}>{}</td>")
_LESSON = Markup('<p><a href="/grid?{}"{}>{}</a><small>{}</small></p>')
_TODAY, _GONE, _NOTHING = Markup(' class="today"'), Markup(' class="gone"'), Markup("")
_INSTEAD = Markup("<b>{}</b> ")


def choose_week(today: date) -> date:
    """Let the user go from week to week; return its Monday."""
    monday = monday_of(_chosen_day(today))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _week_button(
            "before", _days_words(monday - ONE_WEEK), monday - ONE_WEEK, today, ":material/chevron_left:"
        )
        _week_button(
            "this", Markdown("Эта неделя"), monday_of(today), today, disabled=monday == monday_of(today)
        )
        _week_button(
            "after", _days_words(monday + ONE_WEEK), monday + ONE_WEEK, today, ":material/chevron_right:"
        )
    return monday


def _week_button(
    key: str, label: Markdown, day: date, today: date, icon: str | None = None, *, disabled: bool = False
) -> None:
    week = {"week": "" if day == monday_of(today) else day.isoformat()}
    st.button(label, key=f"week_{key}", on_click=remember, kwargs=week, icon=icon, disabled=disabled)


def _chosen_day(today: date) -> date:
    try:
        return date.fromisoformat(remembered_code("week"))
    except ValueError:
        return today


def _days_words(monday: date) -> Markdown:
    last = monday + timedelta(days=SIX_DAYS - 1)
    first = f"{monday.day}" if monday.month == last.month else f"{monday.day} {MONTHS[monday.month - 1]}"
    return Markdown(f"{first}–{last.day} {MONTHS[last.month - 1]}")


def show_week_table(
    lessons: Sequence[WeekLesson], monday: date, today: date, *, of_class: bool, staff_id: int | None
) -> None:
    """Show the week: a row for each lesson number, a column for each day; a lesson opens its register."""
    days = [monday + timedelta(days=number) for number in range(SIX_DAYS)]
    if all(each.held_on != days[-1] for each in lessons):
        days.pop()
    by_hour: dict[tuple[int, date], list[WeekLesson]] = {}
    for each in lessons:
        by_hour.setdefault((each.number, each.held_on), []).append(each)
    times = {each.number: _times(each) for each in lessons}
    rows = [
        _ROW.format(
            number,
            times[number],
            _NOTHING.join(
                _CELL.format(
                    _TODAY if day == today else _NOTHING,
                    _NOTHING.join(
                        _lesson(each, of_class=of_class, staff_id=staff_id)
                        for each in by_hour.get((number, day), ())
                    ),
                )
                for day in days
            ),
        )
        for number in sorted(times)
    ]
    head = [
        _DAY.format(
            _TODAY if day == today else _NOTHING,
            WEEKDAYS[day.weekday()].capitalize(),
            f"{day.day} {MONTHS[day.month - 1]}{', сегодня' if day == today else ''}",
        )
        for day in days
    ]
    st.html(_TABLE.format(STYLE, f"Неделя {_days_words(monday)}", _NOTHING.join(head), _NOTHING.join(rows)))


def _times(lesson: WeekLesson) -> str:
    if lesson.starts_at is None or lesson.ends_at is None:
        return ""
    return f"{lesson.starts_at:%H:%M}–{lesson.ends_at:%H:%M}"


def _lesson(lesson: WeekLesson, *, of_class: bool, staff_id: int | None) -> Markup:
    codes = {"class": lesson.class_id, "subject": lesson.subject_id, "group": lesson.subgroup_id}
    codes |= {"lesson": lesson.lesson_id}
    address = urlencode({name: code for name, code in codes.items() if code is not None})
    return _LESSON.format(
        address,
        _GONE if is_off(lesson, staff_id) else _NOTHING,
        lesson_title(lesson, of_class=of_class),
        _about(lesson, of_class=of_class, staff_id=staff_id),
    )


def is_off(lesson: WeekLesson, staff_id: int | None) -> bool:
    """Whether the lesson does not take place, or others give it in the teacher's stead."""
    return lesson.is_cancelled or (staff_id is not None and lesson.teacher_id != staff_id)


def lesson_title(lesson: WeekLesson, *, of_class: bool) -> str:
    """Return «7А Алгебра», or of a class «Алгебра»; with the subgroup where there is one."""
    title = lesson.subject_name if of_class else f"{lesson.class_name} {lesson.subject_name}"
    return f"{title}, {lesson.subgroup_name}" if lesson.subgroup_name else title


def _about(lesson: WeekLesson, *, of_class: bool, staff_id: int | None) -> Markup:
    change = change_words(lesson, staff_id)
    # A gymnasium has a name, other rooms a number.
    room = f"каб. {lesson.room}" if lesson.room[:1].isdigit() else lesson.room
    words = ", ".join(filter(None, (room, lesson.teacher_name if of_class else "")))
    if lesson.is_cancelled:
        words = ""
    return Markup("{}{}").format(_INSTEAD.format(change) if change else _NOTHING, words)


def change_words(lesson: WeekLesson, staff_id: int | None) -> str:
    """Return what a substitution made of a lesson, to its class or to one of its two teachers; empty without one."""
    if lesson.substitution is None:
        return "отменён" if lesson.is_cancelled else ""
    kind = INSTEAD[lesson.substitution]
    if lesson.substitution is SubstitutionKind.CANCELLED:
        return kind
    if staff_id is not None and staff_id == lesson.regular_id:
        return f"{kind}: {lesson.teacher_name}"
    return f"{kind}, вместо: {lesson.regular_name}" if lesson.regular_name else kind


def week_rows(lessons: Sequence[WeekLesson], staff_id: int | None) -> pd.DataFrame:
    """Return the lessons as a table to take along, a row a lesson."""
    return pd.DataFrame(
        [
            {
                "День": f"{each.held_on:%d.%m.%Y}",
                "Урок": each.number,
                "Время": _times(each),
                "Класс": each.class_name,
                "Предмет": each.subject_name,
                "Подгруппа": each.subgroup_name,
                "Кабинет": each.room,
                "Учитель": each.teacher_name,
                "Изменение": change_words(each, staff_id),
            }
            for each in lessons
        ]
    )


def show_homework(due: Sequence[ClassHomework], today: date) -> None:
    """Show what the class has to do day by day, with a word where much comes together."""
    st.subheader("Что задано")
    by_day: dict[date, list[ClassHomework]] = {}
    for each in due:
        by_day.setdefault(each.due_on, []).append(each)
    if not by_day:
        st.caption("На дни этой недели пока ничего не задано.")
    for day in sorted(by_day):
        subjects = len({each.lesson.subject_id for each in by_day[day]})
        words = counted(subjects, "предмет", "предмета", "предметов")
        much = " · :orange-background[много]" if subjects > MUCH_HOMEWORK else ""
        title = f"На {day.day} {MONTHS[day.month - 1]}, {WEEKDAYS[day.weekday()]}: {words}{much}"
        with st.expander(Markdown(title), expanded=day == today + timedelta(days=1)):
            for each in by_day[day]:
                text = each.lesson.homework or "приложен файл"
                st.markdown(
                    f"**{as_typed(each.subject_name)}**, задано {each.lesson.held_on:%d.%m}: {as_typed(text)}"
                )


def show_week(user: User) -> None:
    """Show the whole page."""
    here, today = school(), school().clock().date()
    whose_place, week_place = st.columns([1, 2], vertical_alignment="bottom")
    with week_place:
        monday = choose_week(today)
    titles = whose_weeks(user, monday)
    if not titles:
        st.info(f"На неделе {_days_words(monday)} уроков нет. Выберите другую неделю.")
        return
    kind, _, key = choose("week_of", "Чья неделя", titles, place=whose_place).partition("_")
    staff_id = int(key) if kind == TEACHER else user.staff_id if kind == OWN else None
    if kind == CLASS:
        lessons = class_week(here.store, user, int(key), monday)
    else:
        lessons = teacher_week(here.store, user, staff_id or 0, monday)
    if not lessons:
        st.info(f"На неделе {_days_words(monday)} уроков нет. Выберите другую неделю.")
        return
    show_week_table(lessons, monday, today, of_class=kind == CLASS, staff_id=staff_id)
    export_table(week_rows(lessons, staff_id), f"Неделя с {monday:%d.%m.%Y}", key="week")
    if kind == CLASS:
        show_homework(class_homework(here.store, user, int(key), monday, monday + ONE_WEEK), today)


def whose_weeks(user: User, monday: date) -> Mapping[str, str]:
    """Return whose weeks the user may choose from: their own first, then their class, the other classes, the teachers."""
    found = weeks_to_read(school().store, user, monday)
    own = {OWN: "Мои уроки"} if user.own_lessons & found.teachers.keys() else {}
    led = [key for key in found.classes if key in user.homeroom_class_ids]
    classes = {f"{CLASS}_{key}": found.classes[key] for key in [*led, *found.classes]}
    others = {key: name for key, name in found.teachers.items() if key not in user.own_lessons}
    return own | classes | {f"{TEACHER}_{key}": name for key, name in others.items()}


show_week(guard(Action.READ_REGISTER))
