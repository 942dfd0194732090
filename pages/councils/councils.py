"""«Решения педсовета»: what becomes of each pupil of a class at the end of the year, by one protocol (п. 4.2, 4.6)."""

import pandas as pd
import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import Markdown, as_typed
from pages.ui.typing.typed_table import typed_table
from school.access.action import Action
from school.calendar import school_year_title
from school.councils.actions import WantedDecision, propose_decisions, record_decisions
from school.councils.lookups import CouncilPage, council_classes, council_page
from school.councils.records import CouncilClass, PupilYear
from school.councils.rules import LONGEST_PROTOCOL, LONGEST_REASON, OUTCOME_TITLES, council_facts
from school.numbers import counted
from school.records import User
from server.session import guard, school

NOT_DECIDED = "не решено"
OUTCOME, NOTE = "outcome", "note"
OUTCOMES = {title: outcome for outcome, title in OUTCOME_TITLES.items()}


def choose_class(classes: list[CouncilClass]) -> CouncilClass:
    """Show the boxes of year and class; the choice stands in the address."""
    year_box, class_box, _ = st.columns([1, 1.6, 4])
    years = list(dict.fromkeys(each.school_year for each in classes))
    wanted = next((each for each in classes if str(each.class_id) == st.query_params.get("class")), None)
    begins = wanted.school_year if wanted else _first_year(classes)
    year = year_box.selectbox("Учебный год", years, years.index(begins), format_func=school_year_title)
    own = [each for each in classes if each.school_year == year]
    chosen = class_box.selectbox(
        "Класс",
        own,
        own.index(wanted) if wanted in own else 0,
        format_func=lambda each: f"{each.name} · решено {each.decided} из {each.pupils}",
        key=f"council_class_{year}",
    )
    st.query_params["class"] = str(chosen.class_id)
    return chosen


def _first_year(classes: list[CouncilClass]) -> int:
    """The newest year that is near its end or over: in autumn the council looks back, in spring at the year itself."""
    today = school().clock().date()
    ended = [each.school_year for each in classes if (each.school_year + 1, 4) <= (today.year, today.month)]
    return max(ended or [classes[0].school_year])


def marks_text(pupil: PupilYear, page: CouncilPage) -> str:
    """Return a pupil's final marks in short: «5 — 4, 4 — 7, нет — 1»."""
    finals = [each.final for each in pupil.subjects.values() if each.is_owed]
    counts = [(mark, finals.count(mark)) for mark in (5, 4, 3, 2)]
    parts = [f"{mark} — {count}" for mark, count in counts if count]
    if missing := finals.count(None):
        parts.append(f"нет — {missing}")
    return ", ".join(parts) or "без отметок"


def debts_text(page: CouncilPage, pupil: PupilYear) -> str:
    """Return the subjects that a pupil has not passed: «Алгебра, Физика (долг прошлого года)»."""
    overdue = council_facts(page.year.grade_level, pupil).overdue
    return ", ".join(
        page.year.subjects[each] + (" (долг прошлого года)" if each in overdue else "")
        for each in page.debts[pupil.pupil_id]
    )


def council_frame(page: CouncilPage) -> pd.DataFrame:
    """Return the table: a row a pupil, with what is decided, or else what the marks suggest."""
    rows = []
    for number, pupil in enumerate(page.year.at_end, start=1):
        held = pupil.decision
        outcome = held.outcome if held else page.suggested[pupil.pupil_id]
        rows.append(
            {
                "number": number,
                "name": pupil.name.full,
                "marks": marks_text(pupil, page),
                "debts": debts_text(page, pupil),
                OUTCOME: NOT_DECIDED if outcome is None else OUTCOME_TITLES[outcome],
                NOTE: held.note if held else "",
                "state": _state(pupil),
            }
        )
    return pd.DataFrame(rows, columns=["number", "name", "marks", "debts", OUTCOME, NOTE, "state"])


def _state(pupil: PupilYear) -> str:
    held = pupil.decision
    if held is None:
        return "по отметкам"
    if held.decided_on is None:
        return "предложено"
    return f"№ {held.protocol} от {held.decided_on:%d.%m.%Y}"


def typed_decisions(page: CouncilPage, edited: pd.DataFrame) -> dict[int, WantedDecision]:
    """Return what the table says about each pupil."""
    return {
        pupil.pupil_id: WantedDecision(
            OUTCOMES.get(str(row[OUTCOME])), "" if pd.isna(row[NOTE]) else str(row[NOTE])
        )
        for pupil, row in zip(page.year.at_end, edited.to_dict("records"), strict=True)
    }


def show_table(user: User, page: CouncilPage) -> None:
    """Show the class's table with the protocol below it; what was typed stays where it is refused."""
    year, may_write = page.year, (page.may_record or page.may_propose) and not page.why_not
    with st.form(_form_key(page), border=False):
        edited = typed_table(
            _form_key(page),
            council_frame(page),
            hide_index=True,
            height=min(520, 38 + 35 * len(year.at_end)),
            disabled=["number", "name", "marks", "debts", "state"] if may_write else True,
            placeholder="",
            column_config={
                "number": st.column_config.NumberColumn("№", width=40),
                "name": st.column_config.TextColumn("Фамилия, имя, отчество", width=230),
                "marks": st.column_config.TextColumn("Итоги года", width=170),
                "debts": st.column_config.TextColumn("Не сдано", width=150, help="Итог 2 или нет отметки"),
                OUTCOME: st.column_config.SelectboxColumn(
                    "Решение", options=[*OUTCOMES, NOT_DECIDED], required=True, width=205
                ),
                NOTE: st.column_config.TextColumn("Примечание", width=150, max_chars=LONGEST_REASON),
                "state": st.column_config.TextColumn("Протокол", width=140),
            },
        )
        if page.may_record:
            _show_recording(user, page, edited)
        elif page.may_propose:
            _show_proposing(user, page, edited)


def _form_key(page: CouncilPage) -> str:
    return f"council_{page.year.class_id}"


def _show_recording(user: User, page: CouncilPage, edited: pd.DataFrame) -> None:
    number_box, day_box, button_box, _ = st.columns([1.2, 1.2, 1.6, 2.5], vertical_alignment="bottom")
    number = number_box.text_input("Протокол педсовета №", max_chars=LONGEST_PROTOCOL)
    day = day_box.date_input("от", value=None, format="DD.MM.YYYY")
    is_sent = button_box.form_submit_button(
        "Записать решения", type="primary", width="stretch", disabled=bool(page.why_not)
    )
    if is_sent:
        try_and_rerun(
            lambda: record_decisions(
                school().store,
                user,
                page.year.class_id,
                typed_decisions(page, edited),
                number,
                day,
                now=school().clock(),
            ),
            lambda changed: Markdown(f"Решений записано: {as_typed(str(changed))}"),
        )


def _show_proposing(user: User, page: CouncilPage, edited: pd.DataFrame) -> None:
    if st.form_submit_button("Предложить педсовету", type="primary", disabled=bool(page.why_not)):
        try_and_rerun(
            lambda: propose_decisions(
                school().store, user, page.year.class_id, typed_decisions(page, edited), now=school().clock()
            ),
            lambda changed: Markdown(f"Предложено решений: {as_typed(str(changed))}"),
        )


def show_councils(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    classes = council_classes(school().store, user)
    if not classes:
        st.info(
            "Классов с учебными периодами пока нет. Периоды задаёт администратор в календаре учебного года."
        )
        return
    chosen = choose_class(classes)
    page = council_page(school().store, user, chosen.class_id, today=today)
    if page.why_not:
        st.info(as_typed(f"{page.why_not}: решения записывают в конце учебного года."))
    if not page.year.at_end:
        st.info("На конец года в этом классе учеников нет.")
        return
    show_table(user, page)
    show_debts(page)


def show_debts(page: CouncilPage) -> None:
    """Name in full what is not passed: the table's column is too narrow for many subjects."""
    owing = [pupil for pupil in page.year.at_end if page.debts[pupil.pupil_id]]
    if owing:
        with st.expander(f"Не сдано: {counted(len(owing), 'ученик', 'ученика', 'учеников')}"):
            lines = [f"- {as_typed(pupil.name.full)}: {as_typed(debts_text(page, pupil))}" for pupil in owing]
            st.markdown(Markdown("\n".join(lines)))


show_councils(guard(Action.READ_COUNCILS))
