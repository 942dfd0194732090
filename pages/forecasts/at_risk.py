"""«Кому помочь»: pupils whose marks come to a «2» today, whose forecast warns, and pupils one mark away from a better standing, while lessons are left."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from models.product.forecast import standing_ru
from models.product.forecasting import forecast_terms, forecasts, lessons_to_come, likelihood
from models.product.risks import at_risk, failing_today, reserves, with_lessons_left
from pages.forecasts.parts.extra_help import (
    open_help,
    place_of,
    show_opened,
    show_taken,
    taken_column,
    with_words_of_taken,
)
from pages.ui.filters import (
    choose_rows,
    choose_segment,
    filters_offered,
    select_rows,
    show_scope,
    teachers_of,
)
from pages.ui.register_forecast import show_model_note
from pages.ui.tables import show_table
from pages.ui.typed_text import Markdown, as_typed
from pipelines.figures.columns import FigureColumn, percent_column
from pipelines.figures.figures import class_list
from pipelines.measures.tables import records
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader, choices_of
from school.analytics.lookups.tables import Choices
from school.extra_help.lookups import help_in_terms, warned_by_newest
from school.extra_help.records import ExtraHelp, HelpPlace
from school.extra_help.rules import FAILING_CHANCE, LOWERED_CHANCE, feared_chance
from school.forecasts.lookups import ClassTerm
from school.numbers import counted
from server.session import guard, school

FILTERS = ("school", "grade", "class", "subject")
VIEWS = {
    "warned": "Ещё никто не взялся",
    "today": "Сегодня выходит «2»",
    "failing": "Может выйти «2»",
    "lowered": "Может выйти «3» после «4» и «5»",
    "one_four": "Одна «4» до всех «5»",
    "one_three": "Одна «3» до «4» и «5»",
    "plan": "План помощи",
}
WORDS = {
    "warned": "Кого назвал прогноз, запомненный в начале недели, — из-за «2» или «3» после «4» и «5», — и за кого ещё никто не взялся.",
    "today": "Если бы период закончился сегодня: средний балл округляется до «2». Это отметки, а не прогноз.",
    "failing": f"Вероятность «2» не ниже {100 * FAILING_CHANCE:.0f} %.",
    "lowered": f"В прошлом периоде было «4» или «5», а вероятность «3» и ниже не меньше {100 * LOWERED_CHANCE:.0f} %.",
    "one_four": "По прогнозу все «5», кроме одной «4»; первыми — те, кому до «5» ближе.",
    "one_three": "По прогнозу «4» и «5» и одна «3»; первыми — те, кому до «4» ближе.",
    "plan": "Кого взяли на помощь в идущих периодах, что договорились сделать и что изменилось с того дня.",
}
ORDER = " Первыми — где ещё можно изменить: уроков осталось больше и исход не решён."
NOBODY = "Таких учеников нет: прогноз никого здесь не называет."


def with_words(rows: pd.DataFrame, choices: Choices, names: dict[int, str]) -> pd.DataFrame:
    """Return the rows with names in words: pupil, class, subject, teacher, the forecast and why."""
    classes = {row.class_id: row.name for row in choices.classes}
    found = records(rows)
    return rows.assign(
        pupil=[names.get(row["pupil_id"], "") for row in found],
        title=[classes.get(row["class_id"], "") for row in found],
        subject=[choices.subjects.get(row["subject_id"], "") for row in found],
        teacher=[teachers_of(choices, row["class_id"], row["subject_id"]) for row in found],
        forecast=[likelihood(row) for row in found],
        reason=[standing_ru(row) for row in found],
        percent=[100 * row["risk" if "risk" in row else "chance"] for row in found],
    )


def columns_of(kind: str) -> list[FigureColumn]:
    """Return the columns of a list."""
    chance = {
        "warned": "Риск",
        "today": "Риск «2»",
        "failing": "Риск «2»",
        "lowered": "Риск «3»",
        "one_four": "Шанс «5»",
        "one_three": "Шанс «4»",
    }
    return [
        FigureColumn("pupil", "Ученик", pinned=True),
        FigureColumn("title", "Класс"),
        FigureColumn("subject", "Предмет"),
        FigureColumn("teacher", "Учитель", width=110),
        FigureColumn("forecast", "Прогноз"),
        percent_column("percent", chance[kind]),
        FigureColumn("previous_term_mark", "Было", 0, help="Отметка за прошлый период."),
        FigureColumn(
            "lessons_left", "Осталось", 0, help="Сколько уроков по предмету осталось до конца периода."
        ),
        taken_column(),
        FigureColumn("reason", "Почему", width=230),
    ]


def nobody_helps(reader: FigureReader, rows: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts of whom this week's remembered ones warn of and nobody has taken up, with `risk` and `feared`."""
    warned = warned_by_newest(reader.school.store, reader.user)
    own = rows[[place_of(row) in warned for row in records(rows)]] if warned and len(rows) else rows.iloc[:0]
    found = records(own)
    feared = [warned[place_of(row)] for row in found]
    risk = [feared_chance(row["p2"], row["p3"], mark) for row, mark in zip(found, feared, strict=True)]
    return with_lessons_left(own.assign(feared=feared, risk=risk), left)


def lists_of(reader: FigureReader, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of each view; none of one mark away for whoever does not see all subjects of a pupil."""
    left, scope = lessons_to_come(reader, school().clock().date()), reader.tables.scope
    risks = at_risk(rows, left)
    tables = (
        {"warned": nobody_helps(reader, rows, left)}
        if may_somewhere(reader.user, Action.GIVE_EXTRA_HELP)
        else {}
    )
    tables |= {"today": failing_today(rows, left)}
    tables |= {kind: risks[risks["kind"] == kind] for kind in ("failing", "lowered")}
    if not (scope.is_whole_school or scope.class_ids):
        return tables
    whole = rows if scope.is_whole_school else rows[rows["class_id"].isin(scope.class_ids)]
    near = with_lessons_left(reserves(whole), left)
    return tables | {kind: near[near["kind"] == kind] for kind in ("one_four", "one_three")}


def show_at_risk(reader: FigureReader) -> None:
    """Show the whole page."""
    show_model_note(reader)
    today = school().clock().date()
    terms = [row for row in forecast_terms(reader, today) if row.ends_on >= today]
    if not terms:
        st.info("Сейчас нет учебного периода: список появится с первыми отметками следующего.")
        return
    with st.spinner("Считаем прогноз…"):
        rows = forecasts(reader, terms, today)
        lists = lists_of(reader, rows)
    choices = choices_of(reader, tuple(sorted({row.term_id for row in terms})))
    offered = filters_offered(choices, FILTERS)
    picked = choose_rows(choices, offered, st.columns(len(offered)), settled={"class"})
    show_scope(reader)
    taken = {
        each.place: each
        for each in help_in_terms(reader.school.store, reader.user, {row.term_id for row in terms})
    }
    lists["plan"] = (
        rows[[place_of(row) in taken for row in records(rows)]] if taken and len(rows) else rows.iloc[:0]
    )
    wanted = {name: select_rows(rows, picked, choices) for name, rows in lists.items()}
    titles = {name: f"{VIEWS[name]} · {rows['pupil_id'].nunique()}" for name, rows in wanted.items()}
    of_forecasts = [name for name in wanted if name not in ("warned", "today")]
    first = next((name for name in of_forecasts if len(wanted[name])), "failing")
    kind = choose_segment("risk", "Список", titles, default=first)
    words, button = st.columns([5, 1], vertical_alignment="center")
    words.caption(WORDS[kind] + (ORDER if kind in ("failing", "lowered") else ""))
    with button:
        show_explanation(rows)
    show_list(reader, terms, wanted[kind], choices, kind, taken)
    show_opened(reader, {row.class_id: row for row in terms}, taken)


def show_explanation(rows: pd.DataFrame) -> None:
    """Say how the lists come about, and of how many pupils and subjects."""
    button = st.popover("Как считается", icon=":material/info:", key="explain_risk", on_change="rerun")
    if button.open:
        lines = Markdown("\n").join(
            Markdown(f"- **{as_typed(title)}.** {as_typed(WORDS[name])}") for name, title in VIEWS.items()
        )
        pairs = counted(len(rows), "пары", "пар", "пар")
        pupils = counted(rows["pupil_id"].nunique(), "ученика", "учеников", "учеников")
        button.markdown(
            f"{lines}\n\nРиск и шанс — вероятности отметки за период по прогнозу; уроков осталось — по расписанию до его "
            f"конца.\n\nСейчас: из {pairs} «ученик × предмет» у {pupils}. Один ученик может стоять в нескольких списках и "
            "строках; рядом с названием списка — учеников."
        )


def show_list(
    reader: FigureReader,
    terms: Sequence[ClassTerm],
    rows: pd.DataFrame,
    choices: Choices,
    kind: str,
    taken: Mapping[HelpPlace, ExtraHelp],
) -> None:
    """Show one list; a chosen row opens what the pupil needs and who helps."""
    if rows.empty and kind != "plan":
        st.info(NOBODY)
        return
    names: dict[int, str] = {}
    wanted = {int(key) for key in rows["class_id"]}
    for term in (row for row in terms if row.class_id in wanted):
        names |= class_list(reader, term.class_id, term)
    if kind == "plan":
        show_taken(with_words(rows.assign(risk=rows["p2"]), choices, names), taken, kind)
        return
    table = with_words_of_taken(with_words(rows, choices, names), taken)
    pupils = table["pupil_id"].nunique()
    pairs = "" if len(table) == pupils else f", строк «ученик × предмет» — {len(table)}"
    st.markdown(
        f"**{counted(pupils, 'ученик', 'ученика', 'учеников')}**{pairs}. Нажмите на строку: что нужно, к каким урокам и кто поможет."
    )
    found = records(table)
    show_table(
        table,
        columns_of(kind),
        f"risk_{kind}",
        on_choose=lambda number: open_help(found[number], kind),
        export=VIEWS[kind],
    )


show_at_risk(FigureReader(school(), guard(Action.READ_FORECASTS), Action.READ_FORECASTS))
