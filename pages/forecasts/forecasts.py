"""«Прогнозы»: what marks the term will end with, how sure that is, and why (п. 2.7)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from models.product.forecast import STANDS_ON_RU, reason_ru
from models.product.forecasting import (
    CHANCES,
    class_forecast,
    forecast_terms,
    forecasts,
    likelihood,
    pupil_facts,
    pupil_needs,
    pupil_weeks,
    year_forecasts,
)
from models.product.moving_facts import Fact, facts_text
from models.product.needed_marks import ENOUGH, NeededMarks
from pages.forecasts.parts.class_map import map_cells
from pages.forecasts.parts.last_term import interval_text, last_term_rates
from pages.forecasts.parts.year import show_class_year, show_school_year
from pages.ui.charts import (
    certainty_map,
    chances_by_week,
    chosen_cell,
    intervals,
    show_chart,
    spread_of_chances,
)
from pages.ui.filters import (
    choose,
    choose_rows,
    choose_segment,
    filters_offered,
    first_on_page,
    remember,
    select_rows,
    show_scope,
)
from pages.ui.register_forecast import show_model_note, show_years
from pages.ui.tables import show_table
from pages.ui.typed_text import Markdown, as_typed, in_line
from pipelines.figures.columns import FigureColumn, percent_column
from pipelines.figures.figures import class_list, quality_of_forecast_rows
from pipelines.measures.tables import records
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, choices_of, remembered
from school.analytics.lookups.tables import Choices
from school.calendar import school_year_title, term_title
from school.forecasts.lookups import ClassTerm
from school.numbers import counted, number_text, percent_text
from server.session import guard, school

ALL_PUPILS = "Все ученики"
PUPILS_ON_MAP = 60
BARS = 40
# «11А» and the like; classes of an import may be called longer.
SHORT_NAME = 4
FILTERS = ("school", "grade", "class", "subject")
OF_WHAT = {"term": "Конец периода", "year": "Год"}
# What a forecast mostly stands on; anything less is said aloud.
SOLID = "marks_and_history"


def terms_text(terms: Sequence[ClassTerm]) -> str:
    """Return «2-я четверть и 1-е полугодие 2026/27»."""
    titles = Counter(term_title(row.kind, row.number) for row in terms)
    return (
        f"{' и '.join(title for title, _ in titles.most_common())} {school_year_title(terms[0].school_year)}"
    )


def show_explanation(rows: pd.DataFrame) -> None:
    """Say what a forecast is, of what it is made and on how much it stands."""
    with st.popover("Как считается", icon=":material/info:"):
        st.markdown(
            "**Прогноз** — вероятности отметок «2», «3», «4», «5» за текущий учебный период. Он опирается на "
            "отметки этого периода, прошлые периоды, другие предметы ученика и уровень класса. Чем меньше отметок, "
            "тем меньше уверенность. Прогноз — не отметка: в журнал он не попадает; семьи видят только, что нужно для следующей отметки.\n\n"
            "**Ожидаемая успеваемость** класса — средняя вероятность отметки не ниже «3»; **ожидаемое качество** — "
            "не ниже «4». Интервал 90 %: в девяти случаях из десяти показатель окажется в нём.\n\n"
            "**Сильнее всего** — что сдвинуло прогноз: без этого ожидаемая отметка была бы выше (↓) или ниже (↑) на столько.\n\n"
            "**«2» по отметкам, а прогноз «3»**: модель учится на закрытых периодах. Где «2» за период почти не ставят, она "
            "ждёт «3» и при одних двойках; где ставят — ждёт «2». Кому «2» выходит по отметкам, покажет «Кому помочь».\n\n"
            f"Сейчас: {counted(len(rows), 'пара', 'пары', 'пар')} «ученик × предмет»."
        )
        resting = rows["stands_on"].value_counts()
        for key, words in STANDS_ON_RU.items():
            if count := int(resting.get(key, 0)):
                st.markdown(f"- {number_text(count)} — {as_typed(words)}")


EXPECTED = "Средняя вероятность отметки не ниже «3» (успеваемость) или «4» (качество) на конец периода."
SO_FAR = "Если бы период закончился сегодня: по округлённым средним баллам."
STOOD_ON = "Текущие отметки этого периода, на которых стоит прогноз: тех, кто учится в классе сегодня, по предметам, где будет отметка."
EXPECTED_MEAN = "Ожидаемый средний балл на конец периода: по вероятностям отметок, а не по выставленным."
LAST_TERM = "По отметкам класса за прошлый период; в начале года — по отметкам этих же учеников."


def class_rows(
    reader: FigureReader, rows: pd.DataFrame, choices: Choices, terms: Sequence[ClassTerm]
) -> pd.DataFrame:
    """Return what is expected of each class, beside what its marks say today and what the last term came to."""
    expected = class_forecast(reader, rows).merge(
        last_term_rates(reader, rows, terms), on="class_id", how="left"
    )
    today = quality_of_forecast_rows(rows)[["class_id", "pass_rate", "quality_rate"]]
    order = {row.class_id: (index, row.name) for index, row in enumerate(choices.classes)}
    table = expected.merge(today, on="class_id", how="left")
    table["pupils"] = table["class_id"].map(rows.groupby("class_id")["pupil_id"].nunique())
    table["marks"] = table["class_id"].map(rows.groupby("class_id")["n_marks"].sum())
    table["order"] = [order[class_id][0] for class_id in table["class_id"]]
    table["title"] = [order[class_id][1] for class_id in table["class_id"]]
    for name in ("pass", "quality"):
        table[f"{name}_interval"] = [interval_text(row, name) for row in records(table)]
    return table.sort_values("order")


def show_school(
    reader: FigureReader, picked: Mapping[str, int], choices: Choices, terms: Sequence[ClassTerm]
) -> None:
    """Show what is expected of each class; a chosen row opens the class."""
    today = school().clock().date()

    def compute() -> pd.DataFrame:
        rows = select_rows(forecasts(reader, terms, today), picked, choices)
        return class_rows(reader, rows, choices, terms)

    arguments = (tuple(terms), today, tuple(sorted(picked.items())))
    table = remembered(reader, "forecasts by class", arguments, compute)
    has_marks = table["marks"] > 0
    drawn = (table[has_marks] if has_marks.any() else table).sort_values("expected_quality_rate").head(BARS)
    title = "Где ждать низкого качества? Точка — прогноз, черта — интервал 90 %"
    show_chart(
        title,
        intervals(
            list(drawn["title"]),
            list(drawn["expected_quality_rate"]),
            list(drawn["quality_low"]),
            list(drawn["quality_high"]),
            list(drawn["quality_rate"]),
        ),
        "classes",
    )
    st.caption("Нажмите на строку, чтобы открыть класс.")
    if unmarked := list(table.loc[~has_marks, "title"]):
        absent = " На рисунке их нет." if has_marks.any() else ""
        st.caption(
            f"В этом периоде ещё нет отметок: {as_typed(', '.join(unmarked))}. Прогноз стоит на прошлом и на других классах.{absent}"
        )
    columns = [
        FigureColumn(
            "title", "Класс", pinned=True, width=56 if table["title"].str.len().max() <= SHORT_NAME else None
        ),
        FigureColumn("pupils", "Учеников", 0, width=76),
        FigureColumn("marks", "Учтено", 0, width=66, help=STOOD_ON),
        percent_column("expected_pass_rate", "Прогноз успев.", width=104, help=EXPECTED),
        FigureColumn("pass_interval", "Успев. от – до", width=98),
        percent_column("pass_rate", "Успев. сейчас", width=98, help=SO_FAR),
        percent_column("last_pass_rate", "Успев. была", width=90, help=LAST_TERM),
        percent_column("expected_quality_rate", "Прогноз кач.", width=94, help=EXPECTED),
        FigureColumn("quality_interval", "Кач. от – до", width=88),
        percent_column("quality_rate", "Кач. сейчас", width=88, help=SO_FAR),
        percent_column("last_quality_rate", "Кач. было", width=80, help=LAST_TERM),
        FigureColumn("expected_mean_mark", "Прогноз балла", 2, width=96, help=EXPECTED_MEAN),
    ]
    ids = [int(class_id) for class_id in table["class_id"]]
    show_table(
        table,
        columns,
        "forecast_classes",
        on_choose=lambda row: remember(**{"class": str(ids[row])}),
        export="Прогноз по классам",
    )


def show_class(
    reader: FigureReader,
    rows: pd.DataFrame,
    choices: Choices,
    names: dict[int, str],
    terms: Sequence[ClassTerm],
) -> None:
    """Show the pupils of a class × subjects: the most likely mark, and how sure it is as a shade."""
    expected = class_forecast(reader, rows).iloc[0]
    last = last_term_rates(reader, rows, terms)
    last = last[last["class_id"] == expected["class_id"]]
    before = (
        f" В прошлом периоде: {percent_text(last['last_pass_rate'].iloc[0])} и "
        f"{percent_text(last['last_quality_rate'].iloc[0])}."
        if len(last)
        else ""
    )
    st.markdown(
        f"Ожидаемая успеваемость **{percent_text(expected['expected_pass_rate'])}** "
        f"({as_typed(interval_text(expected, 'pass'))}), ожидаемое качество **{percent_text(expected['expected_quality_rate'])}** "
        f"({as_typed(interval_text(expected, 'quality'))}).{before}"
    )
    listed = [pupil for pupil in names if pupil in set(rows["pupil_id"])]
    first = first_on_page(len(listed), PUPILS_ON_MAP)
    listed = listed[first : first + PUPILS_ON_MAP]
    rows = rows[rows["pupil_id"].isin(listed)]
    subjects = [key for key in choices.subjects if key in set(rows["subject_id"])]
    cells = map_cells(rows, listed, subjects, names, choices, reason_ru)
    title = "Чем закончится период? Вероятная отметка и уверенность в ней"
    figure = certainty_map([names[key] for key in listed], [choices.subjects[key] for key in subjects], cells)
    chosen = chosen_cell(title, figure, f"certainty_{first}")
    st.caption(
        "Чем темнее клетка, тем увереннее прогноз. Щёлкните клетку, чтобы увидеть ученика и объяснение."
    )
    with st.expander("Таблица прогноза"):
        table = _forecast_table(rows, choices, names)
        pupil_ids = [int(pupil) for pupil in table["pupil_id"]]
        show_table(
            table,
            forecast_columns(),
            "forecast_rows",
            on_choose=lambda number: remember(pupil=str(pupil_ids[number])),
            export="Прогноз класса",
        )
    if chosen:
        remember(pupil=str(chosen))
        st.rerun()


def _forecast_table(rows: pd.DataFrame, choices: Choices, names: dict[int, str]) -> pd.DataFrame:
    forecasts_of_pupils = records(rows)
    table = rows.assign(
        pupil=rows["pupil_id"].map(names),
        subject=rows["subject_id"].map(choices.subjects),
        forecast=[likelihood(row) for row in forecasts_of_pupils],
        reason=[reason_ru(row) for row in forecasts_of_pupils],
        **{name: 100 * rows[name] for name in CHANCES.values()},
    )
    return table.sort_values(["pupil", "subject"])


def forecast_columns() -> list[FigureColumn]:
    """Return the columns of a table of forecasts."""
    return [
        FigureColumn("pupil", "Ученик", pinned=True),
        FigureColumn("subject", "Предмет", pinned=True),
        FigureColumn("forecast", "Прогноз"),
        FigureColumn("mean_so_far", "Ср. балл сейчас", 2),
        FigureColumn("rounded_mean", "Округлённо", 0),
        *(percent_column(name, f"«{mark}», %") for mark, name in CHANCES.items()),
        FigureColumn("reason", "Почему"),
    ]


def show_pupil(
    reader: FigureReader, rows: pd.DataFrame, choices: Choices, name: str, term: ClassTerm
) -> None:
    """Show the forecasts of one pupil with their reasons, how they went, and what a higher mark takes."""
    st.subheader(in_line(name))
    rows = rows.assign(subject=rows["subject_id"].map(choices.subjects))
    order = {key: index for index, key in enumerate(choices.subjects)}
    rows = rows.sort_values("subject_id", key=lambda ids: ids.map(order))
    forecasts_of_pupils = records(rows)
    chances = {mark: [100 * row[column] for row in forecasts_of_pupils] for mark, column in CHANCES.items()}
    title = "Какая отметка вероятна? Прогноз, не отметки"
    show_chart(title, spread_of_chances([row["subject"] for row in forecasts_of_pupils], chances), "chances")
    today, pupil_id = school().clock().date(), int(rows["pupil_id"].iloc[0])
    needs = {need.subject_id: need for need in pupil_needs(reader, term, pupil_id, today)}
    facts = pupil_facts(reader, term, pupil_id, today)
    little = {key: f". Опора — {words}" for key, words in STANDS_ON_RU.items() if key != SOLID}
    lines = [Markdown("| Предмет | Прогноз | Ср. балл сейчас | Что нужно | Почему |\n|---|---|---|---|---|")]
    for row in forecasts_of_pupils:
        cells: list[Markdown] = [
            in_line(row["subject"]),
            Markdown(f"*{in_line(likelihood(row))}*"),
            Markdown(number_text(row["mean_so_far"], 2)),
            in_line(needs_text(needs[row["subject_id"]])) if row["subject_id"] in needs else Markdown(""),
            in_line(why(row, little.get(row["stands_on"], ""), facts.get(row["subject_id"], ()))),
        ]
        lines.append(Markdown(f"| {' | '.join(cells)} |"))
    st.markdown("\n".join(lines))
    subjects = {int(row["subject_id"]): row["subject"] for row in forecasts_of_pupils}
    show_years(reader, term, pupil_id, subjects, today)
    show_weeks(reader, rows, choices, term, today)


def why(row: Mapping[str, Any], standing: str, facts: Sequence[Fact]) -> str:
    """Say what a forecast stands on and, where any did, which facts moved it most."""
    moved = f". Сильнее всего: {facts_text(facts)}" if facts else ""
    return f"{reason_ru(row)}{standing}{moved}"


def needs_text(need: NeededMarks) -> str:
    """Say which marks on the lessons left make the next higher mark likelier than not."""
    wanted = f"«{need.target}»"
    if need.marks is None:
        return f"{wanted} в этом периоде маловероятна при любых отметках"
    if set(need.marks) == {2}:
        return f"{wanted} — почти при любых отметках"
    verb = "останется" if need.chance_now >= ENOUGH else "выйдет"
    return f"{wanted} {verb}, если дальше {', '.join(map(str, need.marks))} или лучше"


def show_weeks(
    reader: FigureReader, rows: pd.DataFrame, choices: Choices, term: ClassTerm, today: date
) -> None:
    """Show how the chances went from week to week, each week from what was known then."""
    weeks = pupil_weeks(reader, term, int(rows["pupil_id"].iloc[0]), today)
    days = sorted(set(weeks["as_of"]))
    subjects = [int(key) for key in rows["subject_id"]]
    found = {(row["subject_id"], row["as_of"]): row for row in records(weeks)}
    chances = {
        mark: [
            [100 * found[key, day][name] if (key, day) in found else None for day in days] for key in subjects
        ]
        for mark, name in CHANCES.items()
    }
    figure = chances_by_week(
        [choices.subjects[key] for key in subjects], [f"{day:%d.%m}" for day in days], chances
    )
    show_chart("Как менялся прогноз? По воскресеньям — что было известно к тому дню", figure, "weeks")


def choose_pupil(names: dict[int, str], place: Any) -> int | None:
    """Show the pupils of the class; None: all of them."""
    titles = {"": ALL_PUPILS} | {str(key): name for key, name in names.items()}
    code = choose("pupil", "Ученик", titles, place=place)
    return int(code) if code else None


def show_forecasts(reader: FigureReader) -> None:
    """Show the whole page."""
    show_model_note(reader)
    today = school().clock().date()
    terms = forecast_terms(reader, today)
    if not terms:
        st.info("Учебный период ещё не начался: прогнозы появятся вместе с первыми отметками.")
        return
    with st.spinner("Считаем прогноз…"):
        rows = forecasts(reader, terms, today)
    choices = choices_of(reader, tuple(sorted({row.term_id for row in terms})))
    is_year = choose_segment("forecast_of", "Чего ждём", OF_WHAT, default="term") == "year"
    head, info = st.columns([5, 1], vertical_alignment="center")
    head.markdown(
        f"За год: **{school_year_title(terms[0].school_year)}**"
        if is_year
        else f"На конец периода: **{as_typed(terms_text(terms))}**. {as_typed(_when(terms, today))}"
    )
    with info:
        show_explanation(rows)
    if rows.empty:
        st.info("Прогнозировать пока нечего: в этом периоде нет ни учеников, ни предметов по нагрузке.")
        return
    offered = filters_offered(choices, FILTERS)
    *places, pupil_place = st.columns(len(offered) + 1)
    picked = choose_rows(choices, offered, places, settled={"class"})
    rows = select_rows(rows, picked, choices)
    if rows.empty:
        st.info("По выбранным классам и предметам прогноза нет. Выберите другой класс или предмет.")
        return
    show_scope(reader)
    of_year = select_rows(year_forecasts(reader, terms, today), picked, choices) if is_year else None
    if "class" not in picked:
        if of_year is not None:
            show_school_year(of_year, choices)
        else:
            show_school(reader, picked, choices, terms)
        return
    term = next(row for row in terms if row.class_id == picked["class"])
    names = class_list(reader, term.class_id, term)
    pupil = choose_pupil(
        {key: name for key, name in names.items() if key in set(rows["pupil_id"])}, pupil_place
    )
    if pupil is None and of_year is not None:
        show_class_year(of_year, names, choices)
    elif pupil is None:
        show_class(reader, rows, choices, names, terms)
    else:
        show_pupil(reader, rows[rows["pupil_id"] == pupil], choices, names[pupil], term)


def _when(terms: Sequence[ClassTerm], today: Any) -> str:
    last_day = max(row.ends_on for row in terms)
    if last_day < today:
        return "Период закончился: показано, каким был прогноз в его последний день."
    days = (last_day - today).days
    return f"До конца — {counted(days, 'день', 'дня', 'дней')}." if days else "Сегодня последний день."


show_forecasts(FigureReader(school(), guard(Action.READ_FORECASTS), Action.READ_FORECASTS))
