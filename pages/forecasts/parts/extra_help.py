"""Extra help on «Кому помочь»: taking a pupil up, what was agreed, and who is taken up now (п. 4.2, 4.3, 4.5)."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from models.product.forecasting import pupil_needs
from models.product.help_record import needed_on_lessons
from models.product.needed_marks import ENOUGH
from pages.ui.doing import try_and_rerun
from pages.ui.links import open_next
from pages.ui.tables import show_table
from pages.ui.typed_text import Markdown, as_typed
from pipelines.figures.columns import FigureColumn
from pipelines.measures.tables import records
from school.analytics.lookups.readers import FigureReader
from school.extra_help.actions import drop_help, take_up
from school.extra_help.lookups import helpers, lessons_ahead, may_give
from school.extra_help.records import ExtraHelp, Helper, HelpPlace, Warned
from school.extra_help.rules import LONGEST_AGREED, feared_chance
from school.forecasts.lookups import ClassTerm, FittedModel, model_in_use
from school.numbers import number_text, percent_text
from server.session import school

OPENED = "extra_help_row"
# What is to come out instead, by the list that a pupil stands on.
TARGETS = {"today": 3, "failing": 3, "lowered": 4, "one_four": 5, "one_three": 4, "plan": 3}
NOBODY_TAKEN = (
    "Пока никого не взяли. Нажмите на строку в списке предупреждений и выберите «Взять на помощь»: ученик появится здесь, "
    "а после закрытия периода «Сбылось ли» покажет, что из этого вышло."
)


def place_of(row: Mapping[str, Any]) -> HelpPlace:
    """Return whose help a forecast's row is about."""
    return HelpPlace(*(int(row[name]) for name in HelpPlace._fields))


def target_of(row: Mapping[str, Any], kind: str) -> int:
    """Return the mark that is to come out instead of the one that a row warns of."""
    return TARGETS[kind] if kind in TARGETS else int(row["feared"]) + 1


def warned_of(row: Mapping[str, Any], kind: str) -> Warned:
    """Return what a forecast's row warns of on a list of «Кому помочь»."""
    feared = target_of(row, kind) - 1
    mean = None if pd.isna(row["mean_so_far"]) else float(row["mean_so_far"])
    return Warned(feared, float(feared_chance(row["p2"], row["p3"], feared)), mean, int(row["n_marks"]))


def open_help(row: Mapping[str, Any], kind: str) -> None:
    """Have the dialog of a row shown at the coming rerun."""
    st.session_state[OPENED] = dict(row), kind


def show_opened(
    reader: FigureReader, terms: Mapping[int, ClassTerm], taken: Mapping[HelpPlace, ExtraHelp]
) -> None:
    """Show the dialog of the row that was chosen, if one was."""
    if opened := st.session_state.pop(OPENED, None):
        row, kind = opened
        ask_help(reader, terms[int(row["class_id"])], row, kind, taken.get(place_of(row)))


@st.dialog("План помощи", width="large")
def ask_help(
    reader: FigureReader, term: ClassTerm, row: dict[str, Any], kind: str, held: ExtraHelp | None
) -> None:
    """Say what the pupil needs by when, and let who may take them up or give them to somebody."""
    place, today = place_of(row), school().clock().date()
    st.markdown(f"**{as_typed(row['pupil'])}**, {as_typed(row['title'])} · {as_typed(row['subject'])}")
    st.markdown(f"Прогноз *{as_typed(row['forecast'])}*: {as_typed(row['reason'])}.")
    target = held.warned.feared_mark + 1 if held else target_of(row, kind)
    st.markdown(what_by_when(reader, term, place, target, today))
    found = helpers(school().store, reader.user, place, today)
    if may_give(school().store, reader.user, place, today):
        show_form(reader, row, kind, held, found)
    elif held:
        st.markdown(held_words(held))
    else:
        st.caption("Взять ученика на помощь может учитель предмета, классный руководитель или завуч.")
    if st.button("Открыть прогноз ученика", icon=":material/trending_up:"):
        open_next("forecasts/forecasts.py", {"class": place.class_id, "pupil": place.pupil_id})
        st.rerun()


def what_by_when(
    reader: FigureReader, term: ClassTerm, place: HelpPlace, target: int, today: date
) -> Markdown:
    """Say which marks on which lessons make a mark likelier than not, and until when."""
    ahead = lessons_ahead(school().store, reader.user, place, today=today, last_day=term.ends_on)
    needs = {need.subject_id: need for need in pupil_needs(reader, term, place.pupil_id, today, target)}
    need = needs.get(place.subject_id)
    until = Markdown(f"До {term.ends_on:%d.%m} по плану уроков: {len(ahead)}.")
    if need is None:
        return until
    if need.marks is None:
        return Markdown(f"{out_of_reach(need.target, need.chance_now)} {until}")
    days = [f"{lesson.held_on:%d.%m}" for lesson in ahead]
    marks = needed_on_lessons(need.marks, days) or f"{', '.join(map(str, need.marks))} или лучше"
    topic = next((lesson.topic for lesson in ahead if lesson.topic), "")
    named = Markdown(f" Ближайшая тема — {as_typed(topic)}.") if topic else Markdown("")
    return Markdown(f"**Что нужно для «{need.target}»:** {as_typed(marks)}. {until}{named}")


def out_of_reach(target: int, chance: float) -> Markdown:
    """Say that no marks on the lessons left bring the mean to a mark, and what else speaks for it."""
    words = f"Отметками, которых ещё ждут, средний балл до «{target}» не поднять."
    past = f" По прошлым периодам «{target}» всё же вероятна: {percent_text(100 * chance, 0)}."
    return Markdown(words + (past if chance >= ENOUGH else ""))


def held_words(held: ExtraHelp) -> Markdown:
    """Say who has taken the pupil up, since when, and what was agreed."""
    agreed = Markdown(f": {as_typed(held.agreed)}") if held.agreed else Markdown("")
    return Markdown(f"Помогает {as_typed(held.helper)} с {held.taken_at:%d.%m.%Y}{agreed}")


def show_form(
    reader: FigureReader, row: dict[str, Any], kind: str, held: ExtraHelp | None, found: list[Helper]
) -> None:
    """Let somebody take the pupil up, change what was agreed, or take it back."""
    user, place, here = reader.user, place_of(row), school()
    titles = {each.staff_id: f"{each.name}, кл. рук." if each.is_homeroom else each.name for each in found}
    own = held.helper_id if held else user.staff_id
    with st.form("extra_help", border=False):
        helper = st.selectbox(
            "Кто поможет",
            list(titles),
            index=list(titles).index(own) if own in titles else 0,
            format_func=lambda key: titles[key],
        )
        agreed = st.text_area(
            "Что и к какому дню",
            value=held.agreed if held else "",
            max_chars=LONGEST_AGREED,
            placeholder="Например: пересдать тему «Дроби» 27.11, консультация по четвергам",
        )
        is_sent = st.form_submit_button("Сохранить" if held else "Взять на помощь", type="primary")
    if is_sent:
        warned = held.warned if held else warned_of(row, kind)
        try_and_rerun(
            lambda: take_up(
                here.store, user, place, warned, agreed=agreed, helper_id=helper, now=here.clock()
            ),
            "Записано.",
        )
    if held and st.button("Снять с помощи", icon=":material/undo:"):
        try_and_rerun(partial(drop_help, here.store, user, place, now=here.clock()), "Снято.")


def show_taken(rows: pd.DataFrame, taken: Mapping[HelpPlace, ExtraHelp], kind: str) -> None:
    """Show who is taken up now: by whom, since when, and how it stands against the first day; ``rows`` are forecasts in words."""
    if rows.empty:
        st.info(NOBODY_TAKEN)
        return
    found = records(rows)
    held, model = [taken[place_of(row)] for row in found], model_in_use(school().store)
    table = rows.assign(
        helper=[each.helper for each in held],
        since=[f"{each.taken_at:%d.%m}" for each in held],
        agreed=[each.agreed or "—" for each in held],
        risk=[
            f"{risk_then(each, model)} → {percent_text(100 * feared_chance(row['p2'], row['p3'], each.warned.feared_mark), 0)}"
            for each, row in zip(held, found, strict=True)
        ],
        mean=[
            f"{number_text(each.warned.mean, 2)} → {number_text(row['mean_so_far'], 2)}"
            for each, row in zip(held, found, strict=True)
        ],
        new_marks=[int(row["n_marks"]) - each.warned.marks for each, row in zip(held, found, strict=True)],
    )
    columns = [
        FigureColumn("pupil", "Ученик", pinned=True),
        FigureColumn("title", "Класс", width=56),
        FigureColumn("subject", "Предмет"),
        FigureColumn("helper", "Кто помогает"),
        FigureColumn("since", "С", width=56),
        FigureColumn("agreed", "Что и к какому дню", width=220),
        FigureColumn(
            "risk",
            "Риск",
            help="Вероятность отметки, которой опасались: в тот день → сейчас. «—»: модель с тех пор обучена заново, сравнить нельзя.",
            width=110,
        ),
        FigureColumn("mean", "Ср. балл", help="В тот день → сейчас.", width=110),
        FigureColumn(
            "new_marks", "Новых отметок", 0, help="Сколько отметок поставлено с того дня.", width=110
        ),
        FigureColumn("forecast", "Прогноз", width=90),
    ]
    show_table(
        table,
        columns,
        "taken_up",
        on_choose=lambda number: open_help(found[number], kind),
        export="План помощи",
    )


def risk_then(held: ExtraHelp, model: FittedModel | None) -> str:
    """Return the risk on the day of taking up; a dash where another model said it: the two are not to be compared."""
    is_of_another = model is not None and model.fitted_at > held.taken_at
    return "—" if is_of_another else percent_text(100 * held.warned.chance, 0)


def taken_column() -> FigureColumn:
    """Return the column that says who has taken a warned pupil up."""
    return FigureColumn("helper", "Кто помогает", width=110)


def with_words_of_taken(rows: pd.DataFrame, taken: Mapping[HelpPlace, ExtraHelp]) -> pd.DataFrame:
    """Return rows with `helper`: who has taken each up, or nobody yet."""
    held = [taken.get(place_of(row)) for row in records(rows)]
    return rows.assign(helper=[each.helper if each else "никто" for each in held])
