"""«Состояние контроля»: when each class, subject and teacher was last checked, worst first (п. 6.2–6.4)."""

from collections.abc import Callable, Sequence

import streamlit as st

from pages.ui.filters import choose_part, choose_segment
from pages.ui.links import opener
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
# What the name of a line opens: the page, and the filter that its id goes to.
OPENS = {
    About.CLASS: ("analytics/school_class.py", "class"),
    About.SUBJECT: ("analytics/quality.py", "subject"),
    About.TEACHER: ("analytics/teacher.py", "teacher"),
}
DUE, ALL = "due", "all"
START, REPORT = "Проверка", "Текст"


def state_in(place: int) -> Callable[[ControlLine], str]:
    """Return what a cell of the quarter at this place says."""
    return lambda line: SHORT[line.states[place]]


def columns_of(about: About, quarters: Sequence[ControlTerm]) -> list[RecordColumn[ControlLine]]:
    """Return the columns of a table: the state now, each earlier quarter, the last report, its findings, two links."""
    earlier = [
        RecordColumn[ControlLine](
            term_title(each.kind, each.number), state_in(place), width=104, help="Проверено ли за этот период"
        )
        for place, each in enumerate(quarters[:-1])
    ]
    return [
        RecordColumn(ONE_OF[about], lambda line: line.name, width=70 if about is About.CLASS else 190, pinned=True),
        RecordColumn("Сейчас", lambda line: CHECK_TITLES[line.state], width=140),
        RecordColumn(
            START, lambda line: f"/inspections?{about}={line.key}", width=80, help="Новая проверка, в которой это уже выбрано"
        ),
        RecordColumn(
            "Журналов", lambda line: f"{line.checked} из {line.registers}", width=84,
            help="Сколько журналов (класс и предмет) вошло в справки этой четверти",
        ),
        *earlier,
        RecordColumn(
            "Справка от", lambda line: f"{line.last.made_known_on:%d.%m.%Y}" if line.last else "", width=92,
            help="Последняя справка этого учебного года, в которую это вошло",
        ),
        RecordColumn(
            REPORT, lambda line: f"/inspections?inspection={line.last.inspection_id}" if line.last else None, width=74
        ),
        RecordColumn("Кто проверял", lambda line: line.last.by if line.last else "", width=106),
        RecordColumn(
            "Открыто", lambda line: line.open, 0, 72,
            "Замечания справок этого года, которые следующая проверка ещё не увидела устранёнными",
        ),
        RecordColumn("Просрочено", lambda line: line.overdue, 0, 92, "Открытые замечания, срок которых прошёл"),
        RecordColumn("Устранено", lambda line: line.mended, 0, 86, "Так увидела следующая проверка"),
        RecordColumn(
            "Срок", lambda line: f"{line.due_on:%d.%m}" if line.due_on else "", width=60,
            help="Ближайший срок открытых замечаний",
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


def choose_lines(state: ControlState, about: About) -> Sequence[ControlLine]:
    """Let the user choose those that wait for an inspection, or all; return them."""
    lines = state.lines[about]
    due = [line for line in lines if line.state is not CheckState.CHECKED]
    titles = {DUE: f"Ждут проверки · {len(due)}", ALL: f"Все · {len(lines)}"}
    wanted = choose_part("Какие", titles, DUE if due else ALL, key=f"control_part_{about}")
    return due if wanted == DUE else lines


def show_lines(lines: Sequence[ControlLine], state: ControlState, about: About) -> None:
    """Show the table of classes, subjects or teachers."""
    if not lines:
        st.success("В этой четверти всё проверено, справки доведены до учителей.", icon=":material/check:")
        return
    show_records(
        lines,
        columns_of(about, state.quarters),
        f"control_{about}",
        links={START: "Начать", REPORT: "Открыть"},
        on_choose=opener(*OPENS[about], [line.key for line in lines]),
        export=f"Состояние контроля, {ABOUT_TITLES[about].lower()}",
    )


def show_page(user: User) -> None:
    """Show the whole page."""
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
    with st.container(horizontal=True):
        about = About(choose_segment("control_of", "Кого", titles, default=str(About.CLASS)))
        shown = choose_lines(state, about)
    show_lines(shown, state, about)
    st.caption(
        Markdown(
            "Сначала те, кого проверяли давно. Проверено — значит, все журналы вошли в справки, доведённые до учителей: "
            "не реже раза в четверть (п. 6.2)."
        )
    )


show_page(guard(Action.READ_INSPECTIONS))
