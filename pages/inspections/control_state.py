"""«Состояние контроля»: when each class, subject and teacher was last checked, worst first (п. 6.2–6.4)."""

from collections.abc import Callable, Sequence

import streamlit as st

from pages.ui.filters import choose_part, choose_segment
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown
from school.access.action import Action
from school.calendar import period_text, school_year_of, term_title
from school.inspections.lookups import About, ControlLine, ControlState, control_state
from school.inspections.rules import CHECK_TITLES, CheckState, ControlTerm
from school.records import User
from server.session import guard, school

ABOUT_TITLES = {About.CLASS: "Классы", About.SUBJECT: "Предметы", About.TEACHER: "Учителя"}
ONE_OF = {About.CLASS: "Класс", About.SUBJECT: "Предмет", About.TEACHER: "Учитель"}
# A cell of an earlier quarter is short: the column says which quarter.
SHORT = {
    CheckState.NEVER: "нет",
    CheckState.NOT_YET: "нет",
    CheckState.UNDERWAY: "идёт",
    CheckState.PARTLY: "частично",
    CheckState.CHECKED: "да",
}
DUE, ALL = "due", "all"
START, REPORT = "Начать", "Справка"


def state_in(place: int) -> Callable[[ControlLine], str]:
    """Return what a cell of the quarter at this place says."""
    return lambda line: SHORT[line.states[place]]


def columns_of(about: About, quarters: Sequence[ControlTerm]) -> list[RecordColumn[ControlLine]]:
    """Return the columns of a table: the state now, each earlier quarter, the last report, its findings, two links."""
    earlier = [
        RecordColumn[ControlLine](
            f"{each.number} ч.",
            state_in(place),
            width=72,
            help=f"Проверено ли за период: {term_title(each.kind, each.number)}",
        )
        for place, each in enumerate(quarters[:-1])
    ]
    return [
        RecordColumn(ONE_OF[about], lambda line: line.name, width=150, pinned=True),
        RecordColumn("Сейчас", lambda line: CHECK_TITLES[line.state], width=200),
        RecordColumn(
            "Журналов", lambda line: f"{line.checked} из {line.registers}", width=86,
            help="Сколько журналов (класс и предмет) вошло в справки этой четверти",
        ),
        *earlier,
        RecordColumn("Последняя справка", lambda line: f"{line.last.made_known_on:%d.%m.%Y}" if line.last else "", width=140),
        RecordColumn("Кто проверял", lambda line: line.last.by if line.last else "", width=130),
        RecordColumn(
            "Открыто", lambda line: line.open, 0, 78,
            "Замечания справок этого года, которые следующая проверка ещё не увидела устранёнными",
        ),
        RecordColumn("Просрочено", lambda line: line.overdue, 0, 96, "Открытые замечания, срок которых прошёл"),
        RecordColumn("Устранено", lambda line: line.mended, 0, 90, "Так увидела следующая проверка"),
        RecordColumn("Срок", lambda line: f"{line.due_on:%d.%m}" if line.due_on else "", width=64, help="Ближайший срок открытых замечаний"),
        RecordColumn(START, lambda line: f"/inspections?{about}={line.key}", width=80, help="Новая проверка, в которой это уже выбрано"),
        RecordColumn(
            REPORT, lambda line: f"/inspections?inspection={line.last.inspection_id}" if line.last else None, width=84
        ),
    ]  # fmt: skip


def show_summary(state: ControlState, school_year: int) -> None:
    """Say which quarter it is and how many are checked in it."""
    quarter = state.quarters[-1]
    counts = "; ".join(
        f"{ABOUT_TITLES[about].lower()} — {state.checked(about)} из {len(state.lines[about])}"
        for about in About
    )
    st.markdown(
        f"**{period_text(school_year, quarter.kind, quarter.number)}**, {quarter.starts_on:%d.%m}–{quarter.ends_on:%d.%m}. "
        f"Проверено: {counts}."
    )


def show_lines(state: ControlState, about: About) -> None:
    """Show the table of those that wait for an inspection, or of all."""
    lines = state.lines[about]
    due = [line for line in lines if line.state is not CheckState.CHECKED]
    titles = {DUE: f"Ждут проверки · {len(due)}", ALL: f"Все · {len(lines)}"}
    wanted = choose_part("Какие", titles, DUE if due else ALL)
    shown = due if wanted == DUE else lines
    if not shown:
        st.success("В этой четверти всё проверено, справки доведены до учителей.", icon=":material/check:")
        return
    show_records(
        shown,
        columns_of(about, state.quarters),
        f"control_{about}_{wanted}",
        links={START: "Начать", REPORT: "Открыть"},
        export=f"Состояние контроля, {ABOUT_TITLES[about].lower()}",
    )


def show_page(user: User) -> None:
    """Show the whole page."""
    st.title("Состояние контроля")
    today = school().clock().date()
    school_year = school_year_of(today)
    state = control_state(school().store, user, school_year, today=today)
    if state is None or not state.lines[About.CLASS]:
        st.info(
            "Проверять пока нечего: первая четверть не началась или нет нагрузки. Их задают в разделе «Открытие года»."
        )
        return
    show_summary(state, school_year)
    titles = {str(about): f"{title} · {len(state.lines[about])}" for about, title in ABOUT_TITLES.items()}
    about = About(choose_segment("control_of", "Кого", titles, default=str(About.CLASS)))
    show_lines(state, about)
    st.caption(
        Markdown(
            "Сначала те, кого проверяли давно. Проверено — значит, все журналы вошли в справки, доведённые до учителей: "
            "не реже раза в четверть (п. 6.2)."
        )
    )


show_page(guard(Action.READ_INSPECTIONS))
