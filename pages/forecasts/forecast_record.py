"""«Сбылось ли»: what was forecast in past terms and what came, in counts anybody can check (п. 2.7)."""

import pandas as pd
import streamlit as st

from models.product.forecasting import DRIFT, class_forecast, remembered_outcomes
from models.product.track_record import (
    against_rounded_mean,
    by_certainty,
    is_past_no_guide,
    rates_that_came,
    said_and_came,
)
from pages.forecasts.parts.help_record import show_help_record
from pages.forecasts.parts.last_term import interval_text
from pages.ui.charts import said_and_came as said_and_came_chart
from pages.ui.charts import show_chart
from pages.ui.filters import choose, show_scope
from pages.ui.links import opener
from pages.ui.register_forecast import show_model_note
from pages.ui.tables import show_table
from pages.ui.typed_text import Markdown
from pipelines.figures.columns import FigureColumn, percent_column
from pipelines.measures.tables import records
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, choices_of
from school.calendar import period_text
from school.numbers import counted, number_text, percent_text
from server.session import guard, school

PERIOD = ["school_year", "kind", "number"]
FEWEST_TO_JUDGE = 30


def periods(rows: pd.DataFrame) -> dict[str, tuple[int, str, int]]:
    """Return the closed terms that have remembered forecasts, newest first, by the code in the address."""
    known = rows[[*PERIOD, "starts_on"]].drop_duplicates(PERIOD).sort_values("starts_on", ascending=False)
    keys = [(int(year), str(kind), int(number)) for year, kind, number in known[PERIOD].to_numpy()]
    return {f"{year}-{kind}-{number}": (year, kind, number) for year, kind, number in keys}


def choose_term(rows: pd.DataFrame) -> pd.DataFrame:
    """Let the reader choose a closed term; return its forecasts."""
    offered = periods(rows)
    titles = {code: period_text(*key) for code, key in offered.items()}
    code = choose("record", "Период", titles, place=st.columns([1, 2])[0])
    year, kind, number = offered[code]
    return rows[(rows["school_year"] == year) & (rows["kind"] == kind) & (rows["number"] == number)]


def as_words(rows: pd.DataFrame) -> list[Markdown]:
    """Return one sentence for each band of certainty: how many forecasts, how many came true."""
    return [
        Markdown(
            f"Из {number_text(row['n'])} прогнозов с вероятностью {int(row['sure_from'])}–{int(row['sure_to'])} % сбылось "
            f"{number_text(row['came_true'])} — **{percent_text(row['true_rate'], 0)}**."
        )
        for row in records(by_certainty(rows))
        if row["n"] >= FEWEST_TO_JUDGE
    ]


def show_days(rows: pd.DataFrame) -> None:
    """Show, for each day that forecasts were remembered, how many came true beside the rounded mean of that day."""
    table = against_rounded_mean(rows, ["as_of", "is_replayed"]).sort_values("as_of")
    table["day"] = [f"{pd.Timestamp(day):%d.%m.%Y}" for day in table["as_of"]]
    st.markdown("**Кто был точнее: прогноз или округлённый средний балл того дня?**")
    columns = [
        FigureColumn("day", "На день", pinned=True),
        FigureColumn("n", "Прогнозов", 0),
        percent_column("true_rate", "Сбылось"),
        FigureColumn(
            "with_mean", "Из них с баллом", 0, help="У кого в тот день уже была хотя бы одна отметка."
        ),
        percent_column("forecast_rate", "Сбылось прогнозов"),
        percent_column("mean_rate", "Угадал округлённый балл"),
    ]
    show_table(table, columns, "record_days", export="Сбылось ли по дням")
    total = against_rounded_mean(rows.assign(all=1), ["all"]).iloc[0]
    if total["with_mean"] and total["forecast_rate"] < total["mean_rate"]:
        st.warning("В этом периоде округлённый средний балл угадывал чаще прогноза: смотрите на него.")


def show_marks(rows: pd.DataFrame) -> None:
    """Show whether each mark came as often as was said, and say where it did not beyond chance."""
    table = said_and_came(rows.assign(all=1), ["all"])
    st.markdown("**Ставили ли так, как обещал прогноз?**")
    lines = []
    for row in records(table):
        drifted = is_past_no_guide(**{name: row[name] for name in DRIFT})
        how = "чаще" if row["came"] > row["said"] else "реже"
        said, came = percent_text(row["said"], 0), percent_text(row["came"], 0)
        verdict = f" — **{how}, чем обещано, и это не случайность**" if drifted else ""
        lines.append(Markdown(f"- «{int(row['mark'])}»: обещали {said}, вышло {came}{verdict}."))
    st.markdown(Markdown("\n").join(lines))
    st.caption(
        f"Обещали — средняя вероятность отметки по {counted(len(rows), 'прогнозу', 'прогнозам', 'прогнозам')}; вышло — доля таких отметок за период."
    )


def show_certainty(rows: pd.DataFrame) -> None:
    """Show whether what was called 70–80 % came true in 70–80 % of cases."""
    left, right = st.columns([3, 2])
    table = by_certainty(rows)
    table = table[table["n"] >= FEWEST_TO_JUDGE]
    with left:
        bands = [f"{row['sure_from']}–{row['sure_to']} %" for row in records(table)]
        figure = said_and_came_chart(
            bands, list(table["mean_sure"]), list(table["true_rate"]), list(table["n"])
        )
        show_chart("Сбывается ли столько, сколько обещано?", figure, "certainty")
    with right:
        st.markdown(Markdown("\n\n").join(as_words(rows)) or "Прогнозов пока мало, чтобы судить.")


def show_classes(reader: FigureReader, rows: pd.DataFrame) -> None:
    """Show what was expected of each class on the chosen day and what came."""
    days = sorted(rows["as_of"].unique())
    titles = {f"{pd.Timestamp(day):%Y-%m-%d}": f"{pd.Timestamp(day):%d.%m.%Y}" for day in days}
    place = st.columns([1, 2])[0]
    code = choose("record_day", "Что ждали на день", titles, place=place)
    rows = rows[rows["as_of"] == pd.Timestamp(code)]
    length = (rows["ends_on"] - rows["starts_on"]).dt.days + 1
    elapsed = ((rows["as_of"] - rows["starts_on"]).dt.days + 1) / length
    expected = class_forecast(reader, rows.assign(elapsed_share=elapsed))
    table = expected.merge(rates_that_came(rows, ["class_id"]).drop(columns="n"), on="class_id")
    term_ids = tuple(sorted({int(key) for key in rows["term_id"]}))
    names = {row.class_id: row.name for row in choices_of(reader, term_ids).classes}
    order = {key: place for place, key in enumerate(names)}
    table = table.assign(title=table["class_id"].map(names), order=table["class_id"].map(order))
    table = table.sort_values("order")
    for name in ("pass", "quality"):
        table[f"{name}_interval"] = [interval_text(row, name) for row in records(table)]
    st.caption("Интервалы — по разбросу, который знает нынешняя модель.")
    inside = table["came_quality_rate"].between(table["quality_low"], table["quality_high"]).sum()
    st.markdown(
        f"Качество попало в интервал в **{inside}** из {counted(len(table), 'класса', 'классов', 'классов')}."
    )
    columns = [
        FigureColumn("title", "Класс", pinned=True),
        percent_column("expected_pass_rate", "Ждали успев."),
        FigureColumn("pass_interval", "от – до"),
        percent_column("came_pass_rate", "Вышла успев."),
        percent_column("expected_quality_rate", "Ждали качество"),
        FigureColumn("quality_interval", "от – до "),
        percent_column("came_quality_rate", "Вышло качество"),
    ]
    show_table(
        table,
        columns,
        "record_classes",
        on_choose=opener("analytics/school_class.py", "class", list(table["class_id"])),
        export="Сбылось ли по классам",
    )


def show_explanation(rows: pd.DataFrame) -> None:
    """Say what counts as come true, and of how many forecasts."""
    button = st.popover("Как считается", icon=":material/info:", key="explain_record", on_change="rerun")
    if button.open:
        button.markdown(
            "- **Сбылось** — самая вероятная отметка прогноза совпала с отметкой за период; в процентах от всех прогнозов дня.\n"
            "- **Угадал округлённый балл** — средний балл того дня, округлённый до целого, совпал с отметкой за период; "
            "сравниваются те же ученики, у кого в тот день уже были отметки.\n"
            "- **Ждали** — средняя вероятность отметки не ниже «3» (успеваемость) или «4» (качество); **вышло** — доля таких "
            f"отметок за период.\n\nСейчас: {counted(len(rows), 'прогноз', 'прогноза', 'прогнозов')}. "
            "Не учитываются ученики без отметки за период."
        )


def show_record(reader: FigureReader) -> None:
    """Show the whole page."""
    show_model_note(reader)
    rows = remembered_outcomes(reader)
    if rows.empty:
        st.info(
            "Сравнивать пока нечего. Прогнозы запоминаются каждую неделю; когда период закроют, здесь будет видно, "
            "что прогнозировали и что вышло."
        )
        return
    place, button = st.columns([5, 1], vertical_alignment="bottom")
    with place:
        rows = choose_term(rows)
    with button:
        show_explanation(rows)
    show_scope(reader)
    if rows["is_replayed"].any():
        st.caption(
            "Прогнозы этого периода восстановлены задним числом: только по тому, что было известно на каждый из дней."
        )
    show_days(rows)
    show_marks(rows)
    show_certainty(rows)
    show_classes(reader, rows)
    show_help_record(reader)


show_record(FigureReader(school(), guard(Action.READ_FORECASTS), Action.READ_FORECASTS))
