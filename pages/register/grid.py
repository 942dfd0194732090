"""«Журнал»: one class or subgroup × subject × term, entered from the keyboard."""

from datetime import date

import streamlit as st

from pages.shared.mark_grid import mark_grid
from pages.shared.register_choice import address_of, choose_register, choose_term, number_in_url
from pages.shared.register_view import grid_data, lesson_title, short_lesson_title, work_type_title
from pages.shared.session import guard, school
from school.access.actions import Action
from school.actions.register import LessonHead, describe_lesson
from school.errors import Refusal, RuleRefused
from school.lookups.register import RegisterPage, register_page
from school.records import HomeworkState, Lesson, RegisterRow, Term, User

# A page of the grid stays under this many cells, so that very large classes open as quickly as others.
CELLS_A_PAGE = 6000
PUPILS_A_PAGE = (20, 60)


def remember_choice(register: RegisterRow, term: Term, lesson: Lesson | None) -> None:
    """Keep the choice in the page's address: identifiers only."""
    address = address_of(register, term.term_id, lesson.lesson_id if lesson else None)
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
    # Read before the cells: data older than a save under way must not push the saved mark out of the grid.
    version = school().store.version
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
        version=version,
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
