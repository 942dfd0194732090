"""Filters that stay from page to page and stand in the address: identifiers and codes, never a name.

The session remembers every choice; a page's address holds those of its own that differ from the default. An
address wins over the memory, and a code that does not fit (another school's class, a typing error) is passed over.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal, TypeVar

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.typed_text import Markdown, as_typed
from school.analytics.lookups.readers import FigureReader
from school.analytics.lookups.tables import (
    Choices,
    PeriodRow,
    Selection,
    default_period,
    period_code,
    scope_of,
)
from school.calendar import period_text
from school.records import ClassFacts

Code = TypeVar("Code")
MEMORY = "chosen_filters"
ALL = ""
# Of a second side that follows the first: everything, chosen on purpose.
EVERYTHING = "all"
LONGEST_CODE = 40
ALL_TITLES = {
    "school": "Все школы",
    "grade": "Все параллели",
    "class": "Все классы",
    "subject": "Все предметы",
    "teacher": "Все учителя",
}
LABELS = {
    "school": "Школа",
    "grade": "Параллель",
    "class": "Класс",
    "subject": "Предмет",
    "teacher": "Учитель",
}
# What a click on a figure narrows to.
DRILLED = frozenset({"class", "subject"})
COLUMNS = {
    "school": "school_id",
    "grade": "grade_level",
    "class": "class_id",
    "subject": "subject_id",
    "teacher": "teacher_id",
}


def remembered_code(name: str) -> str:
    """Return the code chosen for a filter: of the address, else the one remembered from another page, else an empty string."""
    in_address = st.query_params.get(name, "")[:LONGEST_CODE]
    memory: dict[str, str] = st.session_state.setdefault(MEMORY, {})
    if in_address:
        memory[name] = in_address
    return memory.get(name, ALL)


def remember(**codes: str) -> None:
    """Keep chosen codes in the session and in the address; an empty code forgets the choice."""
    memory: dict[str, str] = st.session_state.setdefault(MEMORY, {})
    for name, code in codes.items():
        if code:
            memory[name] = st.query_params[name] = code
        else:
            memory.pop(name, None)
            st.query_params.pop(name, None)


def forget_unless(name: str, codes: Collection[str]) -> None:
    """Forget what is remembered of a filter from other pages, unless it is one of these codes."""
    memory: dict[str, str] = st.session_state.setdefault(MEMORY, {})
    if memory.get(name) not in codes:
        memory.pop(name, None)


def _keep(name: str) -> None:
    remember(**{name: st.session_state[f"filter_{name}"] or ALL})


def _fitting(name: str, codes: Collection[str], default: str) -> str:
    """Return the code in force, with the address brought in line with it."""
    code = remembered_code(name)
    if code not in codes:
        st.query_params.pop(name, None)
        return default
    if code and st.query_params.get(name) != code:
        st.query_params[name] = code
    return code


def choose(
    name: str,
    label: Markdown,
    titles: Mapping[str, str],
    *,
    default: str | None = None,
    place: DeltaGenerator | None = None,
    label_hidden: bool = False,
    width: int | Literal["stretch"] = "stretch",
) -> str:
    """Show a select box of codes with their titles, the first one chosen unless another is the default; return the code.

    ``width`` in pixels.
    """
    st.session_state[f"filter_{name}"] = _fitting(
        name, titles, next(iter(titles)) if default is None else default
    )
    return (place or st).selectbox(
        label,
        list(titles),
        format_func=titles.__getitem__,
        key=f"filter_{name}",
        on_change=_keep,
        args=(name,),
        label_visibility="collapsed" if label_hidden else "visible",
        width=width,
    )


def choose_segment(name: str, label: Markdown, titles: Mapping[str, str], *, default: str) -> str:
    """Show a row of buttons, one of which is always pressed; return its code."""
    st.session_state[f"filter_{name}"] = _fitting(name, titles, default)
    chosen = st.segmented_control(
        label,
        list(titles),
        format_func=lambda code: as_typed(titles[code]),
        key=f"filter_{name}",
        on_change=_keep,
        args=(name,),
        label_visibility="collapsed",
        required=True,
    )
    return chosen or default


def choose_one(
    label: Markdown,
    titles: Mapping[Code, str],
    *,
    place: DeltaGenerator | None = None,
    help: Markdown | None = None,
    **options: Any,
) -> Any:
    """Show a select box of codes with their titles, which only this run of the page remembers; ``options`` as for it."""
    return (place or st).selectbox(label, list(titles), format_func=titles.__getitem__, help=help, **options)


def choose_part(
    label: Markdown,
    titles: Mapping[Code, str],
    default: Code,
    *,
    key: str | None = None,
    place: DeltaGenerator | None = None,
) -> Code:
    """Show a row of buttons, one of which is always pressed, that only this run of the page remembers."""
    chosen = (place or st).segmented_control(
        label,
        list(titles),
        default=default,
        format_func=lambda code: as_typed(titles[code]),
        label_visibility="collapsed",
        required=True,
        key=key,
    )
    return default if chosen is None else chosen


def choose_led_class(titles: Mapping[str, str]) -> int:
    """Show the class that somebody leads, with a choice where there are several; return its id."""
    if len(titles) == 1:
        st.markdown(f"**{as_typed(next(iter(titles.values())))}**", width="content")
        return int(next(iter(titles)))
    return int(choose("class", "Класс", titles, place=st.container(width=130), label_hidden=True))


def first_on_page(total: int, size: int) -> int:
    """Return the place of the first pupil to show; of more than ``size`` the user chooses a page of the list."""
    if total <= size:
        return 0
    pages = -(-total // size)
    number = st.number_input(f"Страница списка (всего {pages}, учеников {total})", 1, pages, width=320)
    return (int(number) - 1) * size


def choose_period(
    periods: Sequence[PeriodRow],
    today: date,
    place: DeltaGenerator | None = None,
    *,
    default: PeriodRow | None = None,
    prefix: str = "",
    width: int | Literal["stretch"] = "stretch",
) -> PeriodRow | None:
    """Show the reporting periods, newest first; by default the one of the day. None where there are none.

    A ``prefix`` distinguishes the filters of a second side from those that all pages share.
    """
    default = default or default_period(periods, today)
    if default is None:
        return None
    by_code = {period_code(period): period for period in reversed(periods)}
    titles = {code: period_text(row.school_year, row.kind, row.number) for code, row in by_code.items()}
    code = choose(
        f"{prefix}period", "Учебный период", titles, default=period_code(default), place=place, width=width
    )
    return by_code[code]


def narrow_classes(choices: Choices, picked: Mapping[str, int]) -> Choices:
    """Return the choices with only the classes that fit what is chosen of school, grade level and class."""
    classes = [
        row
        for row in choices.classes
        if picked.get("school", row.school_id) == row.school_id
        and picked.get("grade", row.grade_level) == row.grade_level
        and picked.get("class", row.class_id) == row.class_id
    ]
    return replace(choices, classes=classes)


def parallel_class(classes: Sequence[ClassFacts], class_id: int) -> int | None:
    """Return the first other class of a class's grade level and school; None where there is none."""
    own = next((row for row in classes if row.class_id == class_id), None)
    if own is None or own.grade_level is None:
        return None
    alike = (row for row in classes if (row.school_id, row.grade_level) == (own.school_id, own.grade_level))
    return next((row.class_id for row in alike if row.class_id != class_id), None)


def select_rows(rows: pd.DataFrame, picked: Mapping[str, int], choices: Choices) -> pd.DataFrame:
    """Return the rows of the chosen classes and subjects."""
    rows = rows[rows["class_id"].isin([row.class_id for row in narrow_classes(choices, picked).classes])]
    return rows[rows["subject_id"] == picked["subject"]] if "subject" in picked else rows


def teachers_of(choices: Choices, class_id: int, subject_id: int) -> str:
    """Return who teaches a class a subject; who only stood in for others, where nobody else did."""
    rows = [row for row in choices.taught if (row.class_id, row.subject_id) == (class_id, subject_id)]
    teacher_ids = {row.teacher_id for row in [row for row in rows if not row.is_instead] or rows}
    return ", ".join(name for key, name in choices.teachers.items() if key in teacher_ids)


def _titles(name: str, choices: Choices, picked: Mapping[str, int]) -> dict[str, str]:
    """Return what a filter offers, given the choices made before it."""
    classes = narrow_classes(choices, picked).classes
    if name == "school":
        return {str(row.school_id): row.school_name for row in choices.classes}
    if name == "grade":
        grades = sorted({row.grade_level for row in choices.classes if row.grade_level is not None})
        return {str(grade): f"{grade}-е классы" for grade in grades}
    if name == "class":
        return {str(row.class_id): row.name for row in classes}
    class_ids = {row.class_id for row in classes}
    taught = [row for row in choices.taught if row.class_id in class_ids]
    if name == "subject":
        subject_ids = {row.subject_id for row in taught}
        return {str(key): title for key, title in choices.subjects.items() if key in subject_ids}
    subject_id = picked.get("subject")
    teacher_ids = {row.teacher_id for row in taught if subject_id in (None, row.subject_id)}
    return {str(key): title for key, title in choices.teachers.items() if key in teacher_ids}


def filters_offered(choices: Choices, names: Sequence[str]) -> list[str]:
    """Return those of the filters that leave a choice; a class or a subject may be chosen even where it is the only one."""
    return [name for name in names if len(_titles(name, choices, {})) > (0 if name in DRILLED else 1)]


def choose_rows(
    choices: Choices,
    names: Sequence[str],
    places: Sequence[DeltaGenerator],
    settled: Collection[str] = frozenset(),
    prefix: str = "",
    alike: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Show these filters, each in its place; return what is chosen: filter name → id.

    Each filter offers what fits the ones before it. Of the ``settled`` ones an only choice is made at once. A
    ``prefix`` distinguishes the filters of a second side from those that all pages share; where nothing else is chosen
    it has what is chosen on the first, ``alike``.
    """
    picked: dict[str, int] = {}
    for name, place in zip(names, places, strict=False):
        titles = _titles(name, choices, picked)
        every = ALL if alike is None else EVERYTHING
        if name not in settled or len(titles) != 1:
            titles = {every: ALL_TITLES[name], **titles}
        follows = str((alike or {}).get(name, every))
        default = follows if follows in titles else next(iter(titles))
        code = choose(f"{prefix}{name}", LABELS[name], titles, default=default, place=place)
        if code not in (ALL, EVERYTHING):
            picked[name] = int(code)
    return picked


def selection_of(picked: Mapping[str, int]) -> Selection:
    """Return what is chosen as a selection of rows: column → ids."""
    return {COLUMNS[name]: (value,) for name, value in picked.items()}


def show_scope(reader: FigureReader) -> None:
    """Tell a reader who sees a part of the school which part it is."""
    scope = scope_of(reader.user, reader.action)
    parts = ["ваши уроки"] * (scope.teacher_id is not None) + ["ваш класс"] * bool(scope.class_ids)
    if parts and not scope.is_whole_school:
        verb = "Показан" if parts == ["ваш класс"] else "Показаны"
        st.caption(f"{verb} только {' и '.join(parts)}.")
