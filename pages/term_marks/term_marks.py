"""«Оценки за учебный период»: a register's marks for its terms and the year, entered from the keyboard (п. 5.4)."""

from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.grid import mark_grid
from pages.term_marks.parts.term_marks_view import period_title, term_marks_grid
from pages.term_marks.routes import column_id
from pages.ui.correction_request import show_correction_request
from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose_part, first_on_page
from pages.ui.register_choice import address_of, choose_register, number_in_url
from pages.ui.register_forecast import ForecastWords, forecast_words
from school.access.action import Action
from school.numbers import counted
from school.records import YEAR, RegisterRow, Term, User
from school.register.lookups.registers import register_terms, term_on
from school.register.rules.marks import is_graded
from school.term_marks.actions.entries import explain_term_marks
from school.term_marks.lookups.term_marks import TermMarksPage, term_marks_page
from school.term_marks.rules.term_marks import ROUNDINGS, marks_begin_on, with_year
from server.session import guard, school

PUPILS_A_PAGE = 60
YEAR_IN_URL = "year"


def choose_period(user: User, register: RegisterRow, today: date, box: DeltaGenerator) -> Term | None:
    """Let the user choose a term of the class or its year; today's term by default."""
    own = register_terms(school().store, user, register.key)
    terms = {term.term_id: term for term in with_year(own)}
    wanted = YEAR if st.query_params.get("term") == YEAR_IN_URL else number_in_url("term")
    by_day = term_on(own, today)
    default = terms.get(wanted) if wanted is not None else by_day
    default = default or by_day
    if default is None:
        return None
    titles = {term_id: period_title(term) for term_id, term in terms.items()}
    key = f"period-{register.key.class_id}-{default.term_id}"
    return terms[choose_part("Учебный период", titles, default.term_id, key=key, place=box)]


def remember_choice(register: RegisterRow, term: Term) -> None:
    """Keep the choice in the page's address: identifiers only."""
    address = address_of(register, None) | {
        "term": YEAR_IN_URL if term.term_id == YEAR else str(term.term_id)
    }
    if st.query_params.to_dict() != address:
        st.query_params.from_dict(address)


def _forecast(user: User, page: TermMarksPage) -> dict[int, ForecastWords] | None:
    return (
        None
        if page.chosen.term_id == YEAR
        else forecast_words(user, page.register.key, page.chosen, page.now.date())
    )


def show_state(page: TermMarksPage) -> None:
    """Say how the chosen period stands: its end, the rounding, what is missing."""
    term = page.chosen
    parts = [f"**{period_title(term)}**"]
    if not term.is_closed:
        parts.append(f"до {term.ends_on:%d.%m.%Y}")
    if page.now.date() < marks_begin_on(term):
        parts.append(f"до {marks_begin_on(term):%d.%m} — с причиной (п. 4.5)")
    if term.term_id == YEAR:
        parts.append("среднее отметок за периоды")
    else:
        parts.append(f"пороги {ROUNDINGS[page.rounding].bounds}")
    too_few = sum(page.basis(term.term_id, pupil).has_too_few for pupil, _ in page.pupils)
    if too_few and not term.is_closed:
        parts.append(f":orange-badge[мало отметок: {too_few}]")
    given = sum(page.state(term.term_id, pupil).value is not None for pupil, _ in page.pupils)
    parts.append(f"выставлено {given} из {len(page.pupils)}")
    st.markdown(" · ".join(parts))


def show_missing_reasons(user: User, page: TermMarksPage) -> None:
    """Let the teacher write the reasons that given marks lack (п. 5.2, 5.4)."""
    pupils = page.unexplained
    term_id = page.chosen.term_id
    if not pupils or page.why_not[term_id]:
        return
    names = dict(page.pupils)
    label = f"Без причины: {len(pupils)}"
    with st.popover(label, icon=":material/edit_note:", width="stretch"), st.form("reasons", border=False):
        st.caption("Отметка не по правилу или текущих отметок мало (п. 5.2): напишите почему.")
        typed = {
            pupil: st.text_input(
                f"{names[pupil].short}: «{page.state(term_id, pupil).value}»",
                max_chars=200,
                key=f"reason-{page.register.key}-{term_id}-{pupil}",
            )
            for pupil in pupils
        }
        if st.form_submit_button("Записать", type="primary"):
            _save_reasons(user, page, {pupil: reason for pupil, reason in typed.items() if reason.strip()})


def _save_reasons(user: User, page: TermMarksPage, reasons: dict[int, str]) -> None:
    key, term_id = page.register.key, page.chosen.term_id
    try_and_rerun(
        lambda: explain_term_marks(school().store, user, key, term_id, reasons, now=school().clock()),
        f"Записано: {counted(len(reasons), 'причина', 'причины', 'причин')}.",
    )


def show_term_marks(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    class_box, subject_box, term_box, year_box = st.columns([1.2, 3.4, 4.8, 1.4], gap="xsmall")
    register = choose_register(user, today, (class_box, subject_box, year_box))
    if register is None:
        st.info("Журналов пока нет. Они появятся, когда администратор заполнит нагрузку или загрузит журнал.")
        return
    term = choose_period(user, register, today, term_box)
    if term is None:
        st.info("У класса нет учебных периодов. Их задаёт администратор в календаре учебного года.")
        return
    remember_choice(register, term)
    # Read before the marks: data older than a save under way must not push the saved mark out of the grid.
    version = school().store.version
    page = _page_of_pupils(user, register, term)
    show_head(user, page)
    if not page.pupils:
        st.info("В этом периоде учеников нет. Выберите другой период выше.")
        return
    data = term_marks_grid(page, user, _forecast(user, page), version=version)
    chosen = mark_grid(data, key=f"term-marks-{register.key}").lesson_id
    if chosen and chosen != column_id(register.key, term.term_id):
        picked = chosen.rpartition(".")[2]
        st.query_params["term"] = YEAR_IN_URL if picked == str(YEAR) else picked
        st.rerun()


def show_head(user: User, page: TermMarksPage) -> None:
    """Show the line of the period, what its marks lack and the way to the register."""
    state, reasons, link = st.columns([6.6, 1.8, 1.6], vertical_alignment="center", gap="small")
    with state:
        show_state(page)
    with reasons:
        show_missing_reasons(user, page)
    term_id = None if page.chosen.term_id == YEAR else page.chosen.term_id
    link.page_link(
        "pages/register/grid.py",
        label="В журнал",
        icon=":material/grid_on:",
        query_params=address_of(page.register, term_id),
    )
    if not is_graded(page.register.grade_level):
        st.caption("В первых классах отметок не ставят: у этого журнала их не ждут.")
    show_correction_request(user, page.register.key, page.chosen.term_id)


def _page_of_pupils(user: User, register: RegisterRow, term: Term) -> TermMarksPage:
    def page_from(first: int) -> TermMarksPage:
        page = term_marks_page(
            school().store,
            user,
            register.key,
            term.term_id,
            now=school().clock(),
            first_pupil=first,
            pupils_a_page=PUPILS_A_PAGE,
        )
        assert page is not None  # the period was chosen among the terms of this class
        return page

    page = page_from(0)
    first = first_on_page(page.pupil_total, PUPILS_A_PAGE)
    return page_from(first) if first else page


show_term_marks(guard(Action.READ_REGISTER))
