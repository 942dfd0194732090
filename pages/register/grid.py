"""«Журнал»: one class or subgroup × subject × term, entered from the keyboard."""

from datetime import date

import streamlit as st

from pages.grid import mark_grid
from pages.register.parts.lesson_head import show_lesson_head
from pages.register.parts.register_view import grid_data
from pages.register.parts.whom_to_ask import show_whom_to_ask
from pages.ui.correction_request import show_correction_request
from pages.ui.filters import first_on_page
from pages.ui.leave_hints import leave_hints
from pages.ui.register_choice import address_of, choose_register, choose_term, number_in_url
from pages.ui.register_forecast import forecast_words, is_foreseen
from school.access.action import Action
from school.records import Lesson, RegisterRow, Term, User
from school.register.lookups.registers import RegisterPage, register_page
from school.register.rules.marks import is_graded
from server.session import guard, school

# A page of the grid stays under this many cells, so that very large classes open as quickly as others.
CELLS_A_PAGE = 6000
PUPILS_A_PAGE = (20, 60)
SHOWS_FORECAST = "register-shows-forecast"


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


def show_register(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    widths = [0.85, 1.95, 4.3, 1.1, 2.8]
    class_box, subject_box, term_box, year_box, help_box = st.columns(widths, gap="xsmall")
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
    if term.is_closed:
        show_correction_request(user, register.key, term.term_id)
    with help_box:
        show_help_of_the_day(user, register, term, today)
    data = grid_data(
        page, user, today=today, selected_lesson_id=lesson.lesson_id if lesson else None, version=version
    )
    if st.session_state.get(SHOWS_FORECAST) and (words := forecast_words(user, register.key, term, today)):
        data["forecasts"] = {
            str(pupil): {"text": text, "title": f"Прогноз, не отметка. {why}"}
            for pupil, (text, why) in words.items()
        }
    data["hints"] = leave_hints(user, [each.lesson_id for each in page.lessons])
    chosen = mark_grid(data, key=f"grid-{register.key}-{term.term_id}").lesson_id
    if chosen and chosen != str(lesson.lesson_id if lesson else ""):
        st.query_params["lesson"] = chosen
        st.rerun()


def show_help_of_the_day(user: User, register: RegisterRow, term: Term, today: date) -> None:
    """Show whom to ask today, the switch of the forecasts, and the way to the term marks."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        show_whom_to_ask(user, register, term, today)
        if is_graded(register.grade_level) and is_foreseen(user, term, today):
            show_forecast_switch()
        st.page_link(
            "pages/term_marks/term_marks.py",
            label="Итоги",
            icon=":material/grade:",
            help="Оценки за учебный период",
            query_params=address_of(register, term.term_id),
        )


def show_forecast_switch() -> None:
    """Show the button that brings the forecasts in: hidden at first, for the register is often on a classroom's screen."""
    is_on = bool(st.session_state.get(SHOWS_FORECAST))
    st.button(
        "",
        icon=":material/query_stats:",
        type="primary" if is_on else "secondary",
        help="Убрать прогноз" if is_on else "Прогноз: вероятная отметка за период у каждого ученика",
        on_click=st.session_state.update,
        args=({SHOWS_FORECAST: not is_on},),
    )


def _page_of_pupils(user: User, register: RegisterRow, term: Term, today: date) -> RegisterPage:
    store = school().store
    page = register_page(store, user, register.key, term, today=today, pupils_a_page=PUPILS_A_PAGE[1])
    least, most = PUPILS_A_PAGE
    size = min(most, max(least, CELLS_A_PAGE // max(len(page.lessons), 1)))
    if page.pupil_total <= size:
        return page
    first = first_on_page(page.pupil_total, size)
    return register_page(store, user, register.key, term, today=today, first_pupil=first, pupils_a_page=size)


show_register(guard(Action.READ_REGISTER))
