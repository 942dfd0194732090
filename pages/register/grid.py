"""«Журнал»: one class or subgroup × subject × term, entered from the keyboard."""

from collections.abc import Sequence
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared.mark_grid import mark_grid
from pages.shared.register_view import grid_data, lesson_title, short_lesson_title, work_type_title
from pages.shared.session import guard, school
from school.access.actions import Action
from school.actions.register import LessonHead, describe_lesson
from school.calendar import school_year_title, term_title
from school.errors import Refusal, RuleRefused
from school.lookups.register import (
    RegisterPage,
    readable_registers,
    readable_years,
    register_page,
    register_terms,
    term_on,
)
from school.records import HomeworkState, Lesson, RegisterKey, RegisterRow, Term, User

# A page of the grid stays under this many cells, so that very large classes open as quickly as others.
CELLS_A_PAGE = 6000
PUPILS_A_PAGE = (20, 60)


def number_in_url(name: str) -> int | None:
    """Return a whole number from the page's address, or None."""
    value = st.query_params.get(name, "")
    return int(value) if value.isdecimal() else None


def choose_register(user: User, today: date, place: Sequence[DeltaGenerator]) -> RegisterRow | None:
    """Let the user choose a class and a subject among those they may read; the choice stands in the address.

    ``place`` holds the boxes for the class, the subject and the school year.
    """
    class_box, subject_box, year_box = place
    years = readable_years(school().store, user)
    year = _default_year(user, years, today)
    chosen_year = year_box.selectbox(
        "Учебный год",
        years,
        index=years.index(year) if year is not None else None,
        format_func=school_year_title,
        label_visibility="collapsed",
    )
    if chosen_year is not None and chosen_year != year:
        st.query_params.from_dict({"year": str(chosen_year)})
        st.rerun()
    rows = readable_registers(school().store, user, year) if year is not None else []
    if not rows:
        return None
    default = _default_register(rows, user)
    names = {row.key.class_id: row.class_name for row in rows}
    classes = list(names)
    class_id = class_box.selectbox(
        "Класс",
        classes,
        index=classes.index(default.key.class_id),
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    own = [row for row in rows if row.key.class_id == class_id]
    wanted = default if default in own else _first_own(own, user)
    return subject_box.selectbox(
        "Предмет",
        own,
        index=own.index(wanted),
        format_func=_subject_title,
        label_visibility="collapsed",
    )


def _default_year(user: User, years: list[int], today: date) -> int | None:
    """The year of the address, or the latest begun one in which the user reads a register."""
    wanted = number_in_url("year")
    if wanted in years:
        return wanted
    begun = [year for year in years if year <= today.year] or years
    return next(
        (year for year in begun if readable_registers(school().store, user, year)), next(iter(begun), None)
    )


def _subject_title(row: RegisterRow) -> str:
    group = f" · {row.subgroup_name}" if row.subgroup_name else ""
    teacher = f" · {row.teacher_names}" if row.teacher_names else ""
    return f"{row.subject_name}{group}{teacher}"


def _default_register(rows: list[RegisterRow], user: User) -> RegisterRow:
    key = RegisterKey(number_in_url("class") or 0, number_in_url("subject") or 0, number_in_url("group"))
    in_url = next((row for row in rows if row.key == key), None)
    same_class = [row for row in rows if row.key.class_id == key.class_id]
    return in_url or _first_own(same_class or rows, user)


def _first_own(rows: list[RegisterRow], user: User) -> RegisterRow:
    return next((row for row in rows if user.staff_id in row.teacher_ids), rows[0])


def choose_term(user: User, register: RegisterRow, today: date, box: DeltaGenerator) -> Term | None:
    """Let the user choose a term of the class; today's term by default."""
    terms = register_terms(school().store, user, register.key)
    wanted = next((term for term in terms if term.term_id == number_in_url("term")), None)
    default = wanted or term_on(terms, today)
    if default is None:
        return None
    titles = {term.term_id: term_title(term.kind, term.number) for term in terms}
    chosen = box.segmented_control(
        "Учебный период",
        list(titles),
        default=default.term_id,
        format_func=titles.__getitem__,
        label_visibility="collapsed",
        required=True,
        key=f"term-{register.key.class_id}-{default.term_id}",
    )
    return next((term for term in terms if term.term_id == chosen), default)


def remember_choice(register: RegisterRow, term: Term, lesson: Lesson | None) -> None:
    """Keep the choice in the page's address: identifiers only."""
    chosen = {
        "year": register.school_year,
        "class": register.key.class_id,
        "subject": register.key.subject_id,
        "group": register.key.subgroup_id,
        "term": term.term_id,
        "lesson": lesson.lesson_id if lesson else None,
    }
    address = {name: str(value) for name, value in chosen.items() if value is not None}
    if st.query_params.to_dict() != address:
        st.query_params.from_dict(address)


def selected_lesson(page: RegisterPage, today: date) -> Lesson | None:
    """Return the lesson of the address, or the last one up to today, or the first."""
    wanted = number_in_url("lesson")
    past = [lesson for lesson in page.lessons if lesson.held_on <= today]
    return next(
        (lesson for lesson in page.lessons if lesson.lesson_id == wanted),
        past[-1] if past else next(iter(page.lessons), None),
    )


def show_lesson_head(page: RegisterPage, lesson: Lesson, user: User) -> None:
    """Show a lesson's topic, work type and homework: a form for its teacher, a line for the others."""
    if lesson.lesson_id in page.editable_lesson_ids:
        _edit_lesson_head(page, lesson, user)
        return
    work_type = page.work_types.get(lesson.work_type_id) if lesson.work_type_id is not None else None
    homework = {HomeworkState.NONE: "без задания", HomeworkState.SET: lesson.homework}.get(
        HomeworkState(lesson.homework_state), "не записано"
    )
    parts = [
        f"**{lesson_title(lesson)}**",
        f"тема: {lesson.topic or 'не записана'}",
        f"вид работы: {work_type.name}" if work_type else "",
        f"домашнее задание: {homework}",
    ]
    st.markdown(" · ".join(part for part in parts if part))


def _edit_lesson_head(page: RegisterPage, lesson: Lesson, user: User) -> None:
    key = f"lesson-{lesson.lesson_id}"
    with st.form(key, border=False):
        title_box, topic_box, type_box, homework_box, none_box, save_box = st.columns(
            [1.4, 3.4, 2, 3.4, 1.5, 1.3], vertical_alignment="center", gap="xsmall"
        )
        title_box.markdown(f"**{short_lesson_title(lesson)}**")
        topic = topic_box.text_input(
            "Тема урока",
            lesson.topic,
            placeholder="Тема урока",
            key=f"{key}-topic",
            label_visibility="collapsed",
        )
        types = list(page.work_types)
        work_type_id = type_box.selectbox(
            "Вид работы",
            types,
            index=types.index(lesson.work_type_id) if lesson.work_type_id in types else None,
            format_func=lambda type_id: work_type_title(page.work_types[type_id]),
            placeholder="Вид работы",
            key=f"{key}-type",
            label_visibility="collapsed",
        )
        homework = homework_box.text_input(
            "Домашнее задание",
            lesson.homework,
            placeholder="Домашнее задание",
            key=f"{key}-homework",
            label_visibility="collapsed",
        )
        is_none = none_box.checkbox(
            "без задания", lesson.homework_state == HomeworkState.NONE, key=f"{key}-none"
        )
        if save_box.form_submit_button("Записать", type="primary"):
            _save_lesson_head(lesson, user, topic, work_type_id, homework, is_none)


def _save_lesson_head(
    lesson: Lesson, user: User, topic: str, work_type_id: int | None, homework: str, is_none: bool
) -> None:
    try:
        if is_none and homework.strip():
            raise RuleRefused(
                "Выбрано «без задания», но задание написано.", next_step="Сотрите текст или снимите отметку."
            )
        state = (
            HomeworkState.SET if homework.strip() else HomeworkState.NONE if is_none else HomeworkState.UNSET
        )
        head = LessonHead(topic, work_type_id, state, homework)
        describe_lesson(school().store, user, lesson.lesson_id, head, now=school().clock())
    except Refusal as refusal:
        st.error(str(refusal))
    else:
        st.toast("Записано.", icon=":material/check:")
        st.rerun()


def show_register(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    class_box, subject_box, term_box, year_box = st.columns([1.2, 4, 4, 1.6], gap="xsmall")
    register = choose_register(user, today, (class_box, subject_box, year_box))
    if register is None:
        st.info("Журналов пока нет. Они появятся, когда администратор заполнит нагрузку или загрузит журнал.")
        return
    term = choose_term(user, register, today, term_box)
    if term is None:
        st.info("У класса нет учебных периодов. Их задаёт администратор в календаре учебного года.")
        return
    page = _page_of_pupils(user, register, term, today)
    if not page.lessons or not page.pupils:
        missing = "уроков" if page.pupils else "учеников"
        st.info(f"В этом периоде {missing} нет. Выберите другой период выше.")
        return
    lesson = selected_lesson(page, today)
    remember_choice(register, term, lesson)
    if lesson:
        show_lesson_head(page, lesson, user)
    data = grid_data(
        page,
        user,
        today=today,
        selected_lesson_id=lesson.lesson_id if lesson else None,
        version=school().store.version,
    )
    chosen = mark_grid(data, key=f"grid-{register.key}-{term.term_id}").lesson_id
    if chosen and chosen != str(lesson.lesson_id if lesson else ""):
        st.query_params["lesson"] = chosen
        st.rerun()


def _page_of_pupils(user: User, register: RegisterRow, term: Term, today: date) -> RegisterPage:
    store = school().store
    page = register_page(store, user, register.key, term, today=today, pupils_a_page=PUPILS_A_PAGE[1])
    least, most = PUPILS_A_PAGE
    size = min(most, max(least, CELLS_A_PAGE // max(len(page.lessons), 1)))
    if page.pupil_total <= size:
        return page
    pages = -(-page.pupil_total // size)
    number = st.number_input(
        f"Страница списка (всего {pages}, учеников {page.pupil_total})", 1, pages, width=320
    )
    first = (int(number) - 1) * size
    return register_page(store, user, register.key, term, today=today, first_pupil=first, pupils_a_page=size)


show_register(guard(Action.READ_REGISTER))
