"""One measure: what is known, its terms, what may be written down next, the papers of it (ст. 193 ТК)."""

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st

from pages.discipline.parts.words import show_facts
from pages.ui.doing import try_and_rerun
from pages.ui.export import download
from pages.ui.filters import choose_one, remember
from pages.ui.typed_text import Markdown, as_typed
from pipelines.reports.official.paper import OfficialPaper, measure_paper, official_pdf, official_word
from school.discipline.actions import change_measure
from school.discipline.lookups import MeasureLine, order_draft, refusal_paper, request_paper
from school.discipline.records import (
    Acquainted,
    Asked,
    Away,
    Change,
    Closed,
    Explained,
    Lifted,
    MeasureKind,
    Ordered,
    Refused,
)
from school.discipline.rules.clock import FREE, KIND_TITLES, SANCTIONS
from school.discipline.rules.papers import order_paper
from school.discipline.rules.steps import LONGEST_NUMBER, LONGEST_ORDER, LONGEST_WORDS
from school.records import User
from school.regulations.lookups import issuer_words
from server.session import school

CHOSEN = "measure"
WORD_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def show_chosen(user: User, line: MeasureLine) -> None:
    """Show one measure with the forms of what may follow."""
    st.button("Все записи", icon=":material/arrow_back:", type="tertiary", on_click=_close)
    st.subheader(as_typed(line.name))
    left, right = st.columns([3, 2], gap="large")
    with left:
        if line.step is not None:
            due = f" — до {line.step.due:%d.%m.%Y}" if line.step.due else ""
            words = Markdown(f"**{as_typed(line.step.title)}**{due} ({as_typed(line.step.clause)}).")
            if line.step.is_late:
                st.error(words)
            else:
                st.info(words)
        show_facts(line)
        _show_papers(user, line)
    with right:
        _show_changes(user, line)


def _close() -> None:
    remember(**{CHOSEN: ""})


def _form(user: User, line: MeasureLine, title: Markdown, name: str, fields: Callable[[], Change]) -> None:
    """Show a form of one change in an expander."""
    here, key = school(), line.measure_id
    with st.expander(title), st.form(f"{name}_{key}", border=False):
        change = fields()
        if st.form_submit_button("Записать"):
            now = here.clock()
            try_and_rerun(lambda: change_measure(here.store, user, key, change, now=now), "Записано.")


def _day(label: Markdown, name: str) -> date:
    chosen: date = st.date_input(label, school().clock().date(), format="DD.MM.YYYY", key=f"{name}_day")
    return chosen


def _show_changes(user: User, line: MeasureLine) -> None:
    measure = line.measure
    if measure.closed_on is not None or measure.kind in FREE:
        st.caption("Запись завершена.")
        return
    if measure.ordered_on is None:
        if measure.asked_on is not None:
            _form(user, line, "Дано объяснение", "explained", _explained)
            _form(
                user,
                line,
                "Акт об отказе от объяснения",
                "refused",
                lambda: Refused(_day("День акта", "refused")),
            )
        if measure.explained_on is not None or measure.refused_on is not None:
            _show_order(user, line)
        # Once it is asked, what follows stands first; another day is put right below.
        _form(user, line, "Запрошено объяснение", "asked", lambda: Asked(_day("День", "asked")))
        _form(user, line, "Закрыть без меры", "closed", lambda: Closed(_day("День", "closed")))
    else:
        _form(user, line, "Ознакомлен(а) с приказом", "acquainted", _acquainted)
        if measure.lifted_on is None:
            _form(user, line, "Снять досрочно (ст. 194 ТК)", "lifted", lambda: Lifted(_day("День", "lifted")))
    _form(user, line, "Болезнь или отпуск работника", "away", _away)


def _explained() -> Change:
    return Explained(
        _day("День", "explained"),
        st.text_area("Объяснение, суть", max_chars=LONGEST_WORDS, key="explained_words"),
    )


def _acquainted() -> Change:
    day = _day("День", "acquainted")
    return Acquainted(day, st.checkbox("Отказался подписать: составлен акт", key="acquainted_refused"))


def _away() -> Change:
    first = st.date_input("С", school().clock().date(), format="DD.MM.YYYY", key="away_first")
    last = st.date_input("По", school().clock().date(), format="DD.MM.YYYY", key="away_last")
    return Away(first, last)


def _show_order(user: User, line: MeasureLine) -> None:
    """Show the order: its kind is the head's choice, its text is a draft to be edited, printed and then written down."""
    here, key = school(), line.measure_id
    with st.expander("Приказ о взыскании"):
        kinds = {each: KIND_TITLES[each] for each in SANCTIONS}
        kind: MeasureKind | None = choose_one(
            "Вид взыскания", kinds, index=None, placeholder="Выберите", key=f"order_kind_{key}"
        )
        if kind is None:
            return
        number_box, day_box = st.columns(2)
        number = number_box.text_input("Номер приказа", max_chars=LONGEST_NUMBER, key=f"order_number_{key}")
        day = day_box.date_input(
            "Дата приказа", here.clock().date(), format="DD.MM.YYYY", key=f"order_day_{key}"
        )
        text = st.text_area(
            "Текст приказа",
            order_draft(here.store, user, key, kind),
            max_chars=LONGEST_ORDER,
            height=220,
            key=f"order_text_{key}_{kind}",
        )
        make = partial(_order_paper, user, text, number, day)
        _buttons("Проект приказа", make, f"order_{key}")
        if st.button("Записать приказ", type="primary", key=f"order_save_{key}"):
            change, now = Ordered(kind, number, day, text), here.clock()
            try_and_rerun(lambda: change_measure(here.store, user, key, change, now=now), "Приказ записан.")


def _order_paper(user: User, text: str, number: str, day: date | None) -> OfficialPaper:
    issuer = issuer_words(school().store, user)
    return measure_paper(order_paper(text, issuer[2]), issuer, number, day)


def _show_papers(user: User, line: MeasureLine) -> None:
    measure = line.measure
    if measure.kind in FREE:
        return
    st.markdown("**Напечатать**")
    if measure.ordered_on is not None:
        make = partial(_order_paper, user, measure.order_text, measure.order_number, measure.ordered_on)
        _buttons("Приказ", make, "order")
        return
    _buttons("Требование объяснения", partial(_request, user, line), "request")
    if measure.asked_on is not None and measure.explained_on is None:
        _buttons("Акт об отказе", partial(_refusal, user, line), "refusal")


def _request(user: User, line: MeasureLine) -> OfficialPaper:
    here = school()
    issuer, today = issuer_words(here.store, user), here.clock().date()
    paper = request_paper(here.store, user, line.measure_id, issuer[2], today=today)
    return measure_paper(paper, issuer, day=line.measure.asked_on or today)


def _refusal(user: User, line: MeasureLine) -> OfficialPaper:
    here = school()
    issuer = issuer_words(here.store, user)
    paper = refusal_paper(here.store, user, line.measure_id, issuer[2])
    return measure_paper(paper, issuer, day=line.measure.refused_on)


def _buttons(title: Markdown, make: Callable[[], OfficialPaper], key: str) -> None:
    with st.container(horizontal=True):
        for form, draw, ending, mime in (
            ("PDF", official_pdf, "pdf", "application/pdf"),
            ("Word", official_word, "docx", WORD_MIME),
        ):
            label, name = Markdown(f"{title}, {as_typed(form)}"), f"{title}.{ending}"
            download(label, partial(_drawn, make, draw), name, mime, key=f"{key}_{ending}")


def _drawn(make: Callable[[], OfficialPaper], draw: Callable[[OfficialPaper], bytes]) -> bytes:
    return draw(make())
