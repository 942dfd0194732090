"""«Дневник»: a child's marks, homework and absences for the family, on a phone first (п. 2.8, 3.6, 4.7)."""

from datetime import date

import streamlit as st

from pages.families.parts.diary_view import (
    absences_text,
    day_html,
    diary_html,
    final_marks_html,
    later_html,
    marks_html,
)
from pages.ui.filters import choose_segment, remembered_code
from pages.ui.remarks import show_diary_remarks
from school.access.action import Action
from school.calendar import day_title, term_title
from school.errors import Refusal
from school.families.lookups.diary import Diary, children_of, diary
from school.records import User
from server.session import guard, school


def choose_child(user: User) -> int | None:
    """Return whose diary is asked for: the one in the address, or one of the user's own children."""
    children = children_of(school().store, user)
    asked = st.query_params.get("pupil", "") if children else remembered_code("pupil")
    if asked.isdecimal() and int(asked) not in children:
        return int(asked)
    if len(children) < 2:
        return next(iter(children), None)
    titles = {str(key): name for key, name in children.items()}
    return int(choose_segment("pupil", "Ребёнок", titles, default=next(iter(titles))))


def show_homework(page: Diary, today: date) -> None:
    """Show homework for today, for the next day with lessons and for later."""
    labels = [_day_label(day.day, today) for day in page.days]
    *tabs, later = st.tabs([*labels, "Позже"], default=labels[-1])
    with later:
        if page.later:
            st.html(diary_html(later_html(page.later)))
        else:
            st.caption("На следующие дни пока ничего не задано.")
    for tab, day in zip(tabs, page.days, strict=True):
        with tab:
            st.caption(f"Домашнее задание на {day_title(day.day)}")
            if day.lessons:
                st.html(diary_html(day_html(day)))
            else:
                st.caption("Уроков нет.")


def _day_label(day: date, today: date) -> str:
    if day == today:
        return "На сегодня"
    return "На завтра" if (day - today).days == 1 else f"На {day_title(day).split(',')[0]}"


def show_marks(page: Diary) -> None:
    """Show the marks of the chosen term and the lessons missed in it."""
    st.subheader("Отметки")
    if page.subjects:
        st.html(diary_html(marks_html(page.subjects)))
        st.caption("Нажмите на отметку, чтобы узнать дату и вид работы. «ср.» — средневзвешенный балл.")
    else:
        st.caption("В этом периоде отметок пока нет.")
    st.subheader("Пропуски")
    st.markdown(absences_text(page.missed) if page.missed else "Пропусков нет.")


def show_diary(user: User) -> None:
    """Show the whole page."""
    st.title("Дневник")
    pupil_id = choose_child(user)
    if pupil_id is None:
        st.info("Дневник ученика открывается по ссылке из списка класса.")
        return
    today, store = school().clock().date(), school().store
    asked = remembered_code("term")
    page = diary(store, user, pupil_id, today=today, term_id=int(asked) if asked.isdecimal() else None)
    st.markdown(f"**{page.pupil_name}**{f', {page.class_name}' if page.class_name else ''}")
    if page.term is None:
        st.info("Учебных периодов у класса пока нет: дневник заполнится, когда начнётся учебный год.")
        return
    show_homework(page, today)
    show_diary_remarks(user, pupil_id)
    titles = {str(term.term_id): term_title(term.kind, term.number) for term in page.terms}
    chosen = choose_segment("term", "Учебный период", titles, default=str(page.term.term_id))
    if chosen != str(page.term.term_id):
        page = diary(store, user, pupil_id, today=today, term_id=int(chosen))
    show_marks(page)
    if page.final_marks:
        st.subheader("Итоговые отметки")
        st.html(diary_html(final_marks_html(page)))


try:
    show_diary(guard(Action.READ_DIARY))
except Refusal as refusal:
    st.warning(str(refusal))
