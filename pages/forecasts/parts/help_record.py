"""Whether warned pupils were helped, by term, and an honest estimate of what taking them up did."""

import streamlit as st

from models.product.help_record import (
    FEWEST_ALIKE,
    FEWEST_TAKEN_UP,
    HelpEffect,
    help_by_term,
    help_effect,
    warned_and_came,
)
from pages.ui.filters import remember
from pages.ui.tables import show_table
from pages.ui.typed_text import Markdown
from pipelines.figures.columns import FigureColumn, percent_column
from pipelines.measures.tables import records
from school.analytics.lookups.readers import FigureReader, remembered
from school.calendar import period_text
from school.extra_help.lookups import OUTCOME_TABLES, forecasts_that_came
from school.extra_help.rules import FAILING_CHANCE, LOWERED_CHANCE
from school.numbers import counted, number_text

SEED = 1
WARNED = (
    f"«Ученик × предмет», о которых прогноз предупредил в ходе периода: «2» вероятна на {100 * FAILING_CHANCE:.0f} % и больше, "
    f"или после «4» и «5» вероятна «3» и ниже — на {100 * LOWERED_CHANCE:.0f} %."
)
BETTER = "Отметка за период вышла лучше той, которой опасались."


def show_help_record(reader: FigureReader) -> None:
    """Show, by closed term, whom forecasts warned of, who was taken up, and who came out better; then what taking up did."""
    store = reader.school.store
    warned = remembered(
        reader,
        "warned and came",
        (),
        lambda: warned_and_came(forecasts_that_came(store, reader.user)),
        store.state_of(OUTCOME_TABLES),
    )
    st.markdown("**Помогли ли тем, о ком предупредили?**")
    if warned.empty:
        st.caption("В закрытых периодах прогноз ни о ком не предупреждал.")
        return
    table = help_by_term(warned)
    table["title"] = [
        period_text(int(row["school_year"]), str(row["kind"]), int(row["number"])) for row in records(table)
    ]
    columns = [
        FigureColumn("title", "Период", pinned=True),
        FigureColumn("warned", "Предупреждений", 0, help=WARNED),
        percent_column("better_rate", "Обошлось", help=BETTER),
        FigureColumn("taken_up", "Взяли на помощь", 0),
        percent_column(
            "taken_up_rate", "Взяли, %", help="Доля предупреждений, по которым кто-то взялся помочь."
        ),
        FigureColumn("taken_up_better", "Из них обошлось", 0),
        percent_column("taken_up_better_rate", "Помогли, %", help="Доля обошедшихся среди взятых на помощь."),
    ]
    codes = [f"{int(row['school_year'])}-{row['kind']}-{int(row['number'])}" for row in records(table)]
    show_table(
        table,
        columns,
        "help_terms",
        on_choose=lambda number: remember(record=codes[number]),
        export="Помогли ли",
    )
    st.markdown(effect_words(help_effect(warned, seed=SEED), int(warned["is_taken_up"].sum())))
    st.caption(
        "Сравниваются предупреждённые с близким риском: взятые на помощь и те, за кого никто не взялся. Это не опыт: брать могли "
        "тех, кому помочь легче, и помогать могли, не записав. Доля обошедшихся у взятых сама по себе о пользе не говорит."
    )


def effect_words(effect: HelpEffect | None, taken_up: int) -> Markdown:
    """Say what taking up did, with the interval and on how many it stands, or why nothing can be said."""
    if effect is None:
        return Markdown(
            f"Помогает ли это, пока не сказать: нужно не меньше {FEWEST_TAKEN_UP} взятых на помощь (сейчас {number_text(taken_up)}) "
            f"и {FEWEST_ALIKE} похожих, за кого никто не взялся."
        )
    interval = f"от {number_text(effect.low)} до {number_text(effect.high)} п. п."
    basis = (
        f"{counted(effect.taken_up, 'взятый', 'взятых', 'взятых')} на помощь против "
        f"{counted(effect.alike, 'похожего', 'похожих', 'похожих')}; интервал 90 %: {interval}"
    )
    if not effect.is_seen:
        return Markdown(f"Разницы не видно: {basis}.")
    how = "чаще" if effect.points > 0 else "реже"
    return Markdown(
        f"У взятых на помощь обходилось **{how} на {number_text(abs(effect.points))} п. п.** ({basis})."
    )
