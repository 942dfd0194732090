"""«Нагрузка»: who teaches what to whom and how many hours a week; division into subgroups (п. 4.2, 4.3)."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from pages.ui.filters import choose, choose_part
from pages.ui.tables import show_table
from pages.ui.typed_text import Markdown, as_typed, plain_number
from pages.ui.typing.typed_table import typed_table
from pages.ui.upload import do_and_rerun, show_note
from pages.year.parts.opening_tables import TableStep, show_editor, show_upload
from pages.year.parts.year_choice import choose_year, no_school_yet
from pipelines.figures.columns import FigureColumn
from school.access.action import Action
from school.calendar import first_of_september
from school.files.plan import ImportKind, SourceRow
from school.files.rows import ID, OpeningPlan
from school.numbers import counted
from school.records import User
from school.year.actions.teaching_load import divide_class, save_load
from school.year.lookups import DividedSubject, divided_subjects, first_day_offered, load_to_edit, may_edit
from school.year.records import LoadRecord, LoadState, YearKey
from school.year.rules.subgroups import lone_subgroups, proposed_division
from school.year.rules.teaching_load import check_load
from server.session import guard, school

VIEWS = {"class": "По классам", "teachers": "Тарификация", "file": "Загрузить из файла"}
NOBODY = "вакансия"
ONE_DAY = timedelta(days=1)
COLUMNS = (
    FigureColumn("teacher", "Учитель", width=260, pinned=True),
    FigureColumn("hours", "Часов в неделю", 2, width=130),
    FigureColumn("classes", "Что ведёт", width=640),
)


def load_texts(load: LoadRecord, state: LoadState) -> dict[str, str]:
    """Return a line of the load as the texts of its row."""
    return {
        "school_class": state.class_names.get(load.class_id, ""),
        "subject": state.subject_names.get(load.subject_id, ""),
        "subgroup": load.subgroup,
        "teacher": teacher_name(load, state),
        "hours_a_week": plain_number(load.hours_a_week),
        ID: str(load.record_id or ""),
    }


def teacher_name(load: LoadRecord, state: LoadState) -> str:
    """Return a teacher's full name; an empty text for a vacancy."""
    name = state.staff.get(load.teacher_id or 0)
    return name.full if name else ""


def load_words(load: LoadRecord, state: LoadState) -> str:
    """Return «7А, Алгебра, Орлова Вера Павловна, 4 ч»."""
    texts = load_texts(load, state)
    parts = (texts["school_class"], texts["subject"], load.subgroup, texts["teacher"] or NOBODY)
    return ", ".join(filter(None, (*parts, f"{texts['hours_a_week']} ч")))


def table_step(
    user: User, key: YearKey, state: LoadState, first_day: date, class_id: int | None
) -> TableStep:
    """Return the table of the load: of one class to type in, or of the whole school for a file."""

    def check(rows: Sequence[SourceRow], is_whole: bool) -> OpeningPlan[LoadRecord]:
        return check_load(_of_class(rows, state, class_id), state, is_whole=is_whole)

    return TableStep(
        ImportKind.LOAD,
        [load_texts(load, state) for load in state.loads],
        check,
        lambda rows, made_from, _is_whole: save_load(
            school().store,
            user,
            key,
            _of_class(rows, state, class_id),
            made_from,
            first_day=first_day,
            now=school().clock(),
            class_id=class_id,
        ),
        lambda load: load_words(load, state),
        {
            "subject": st.column_config.SelectboxColumn(
                "Предмет", options=sorted(state.subject_names.values()), width=270
            ),
            "subgroup": st.column_config.TextColumn(
                "Подгруппа", width=140, help="1, 2 или название; пусто — весь класс"
            ),
            "teacher": st.column_config.SelectboxColumn(
                "Учитель", options=sorted({name.full for name in state.staff.values()}), width=280
            ),
            "hours_a_week": st.column_config.TextColumn("Часов в неделю", width=130),
        },
        order=("subject", "subgroup", "teacher", "hours_a_week") if class_id is not None else (),
        height=430,
    )


def _of_class(rows: Sequence[SourceRow], state: LoadState, class_id: int | None) -> Sequence[SourceRow]:
    if class_id is None:
        return rows
    return [SourceRow(row.number, {**row.texts, "school_class": state.class_names[class_id]}) for row in rows]


def show_class(user: User, key: YearKey, today: date) -> None:
    """Show the load of one class with its subgroups."""
    offered = max(first_day_offered(school().store, user, key, today), today + ONE_DAY)
    whole = load_to_edit(school().store, user, key, offered)
    if not whole.class_names:
        st.info("Классов в этом году ещё нет: введите их на странице «Открытие года».")
        return
    class_box, day_box, total_box = st.columns([1, 1.2, 3], vertical_alignment="bottom")
    titles = {str(class_id): name for class_id, name in whole.class_names.items()}
    class_id = int(choose("class", "Класс", titles, place=class_box))
    first_day = day_box.date_input(
        "Изменения действуют с",
        offered,
        format="DD.MM.YYYY",
        help="Прошедшие уроки остаются за прежним учителем.",
    )
    state = load_to_edit(school().store, user, key, first_day, class_id)
    hours = sum(load.hours_a_week for load in state.loads)
    total_box.markdown(
        f"{counted(len(state.loads), 'строка', 'строки', 'строк')}, часов на класс и подгруппы: **{plain_number(hours)}**"
    )
    if may_edit(user, Action.EDIT_LOAD):
        show_editor(
            table_step(user, key, state, first_day, class_id), f"load_{class_id}", "Сохранить нагрузку"
        )
        st.caption(
            "Чтобы разделить класс, запишите предмет двумя строками с подгруппами 1 и 2. Строка без учителя — вакансия."
        )
    else:
        show_lines(state)
    show_lone_subgroups(state)
    for subject in divided_subjects(school().store, user, key, class_id, max(today, first_day)):
        show_division(user, key, subject, first_day)


def show_lone_subgroups(state: LoadState) -> None:
    """Say where a class was divided by half: whoever is in no subgroup has no lessons of the subject."""
    lone = lone_subgroups((load.subject_id, load.subgroup) for load in state.loads)
    if lone:
        listed = "; ".join(f"{state.subject_names.get(key, '')}, {subgroup}" for key, subgroup in lone)
        st.warning(
            f"Подгруппа одна: {as_typed(listed)}. У остальных учеников этого предмета нет: добавьте строку второй подгруппы "
            "или уберите подгруппу, если предмет ведут у всего класса."
        )


def show_lines(state: LoadState) -> None:
    """Show the load of a class to those who only read it."""
    rows = pd.DataFrame([load_texts(load, state) for load in state.loads])
    if rows.empty:
        st.info("Нагрузки у класса ещё нет.")
        return
    columns = [
        FigureColumn("subject", "Предмет", width=300),
        FigureColumn("subgroup", "Подгруппа", width=140),
        FigureColumn("teacher", "Учитель", width=300),
        FigureColumn("hours_a_week", "Часов в неделю", width=130),
    ]
    show_table(rows, columns, "load_lines")


def show_division(user: User, key: YearKey, subject: DividedSubject, first_day: date) -> None:
    """Show who is in which subgroup of a subject; nobody divided yet begins with equal parts of the list (п. 4.2)."""
    names = {subgroup_id: name for name, subgroup_id in subject.subgroups.items()}
    is_new = not subject.present and bool(subject.pupils)
    pupil_ids = [pupil_id for pupil_id, _ in subject.pupils]
    placed = proposed_division(pupil_ids, sorted(names)) if is_new else subject.present
    count = sum(pupil_id in subject.present for pupil_id in pupil_ids)
    mark = "" if count else " · :orange[не разделены]"
    title = f"Подгруппы: {as_typed(subject.subject_name)} — {count} из {len(pupil_ids)}{mark}"
    with st.expander(title, expanded=is_new):
        if not subject.pupils:
            st.info("В классе пока нет учеников.")
            return
        frame = pd.DataFrame(
            [(name.full, names.get(placed.get(pupil_id, 0))) for pupil_id, name in subject.pupils],
            columns=["pupil", "subgroup"],
        )
        may = may_edit(user, Action.EDIT_LOAD)
        with st.form(f"division_{subject.class_id}_{subject.subject_id}", border=False):
            edited = typed_table(
                f"division_{subject.class_id}_{subject.subject_id}",
                frame,
                hide_index=True,
                height=min(420, 40 + 35 * len(frame)),
                placeholder="",
                disabled=True if not may else ["pupil"],
                column_config={
                    "pupil": st.column_config.TextColumn("Ученик", width=360),
                    "subgroup": st.column_config.SelectboxColumn(
                        "Подгруппа", options=list(subject.subgroups), width=220
                    ),
                },
            )
            button, note = st.columns([1, 3], vertical_alignment="center")
            is_sent = button.form_submit_button(
                "Сохранить деление", type="primary" if is_new else "secondary", disabled=not may
            )
            if is_new:
                note.caption("Предложено поровну по списку: поправьте и сохраните.")
        if is_sent:
            chosen = [subject.subgroups.get(name or "") for name in edited["subgroup"].fillna("")]
            save_division(user, key, subject, dict(zip(pupil_ids, chosen, strict=True)), first_day)


def save_division(
    user: User, key: YearKey, subject: DividedSubject, wanted: dict[int, int | None], first_day: date
) -> None:
    """Save a division; the first one of a year holds from its first day."""
    starts_on = first_day if subject.present else min(first_day, first_of_september(key.school_year))

    def write() -> Markdown:
        moved = divide_class(
            school().store,
            user,
            key,
            subject.class_id,
            subject.subject_id,
            wanted,
            first_day=starts_on,
            now=school().clock(),
        )
        return Markdown(
            f"Разделено: {counted(moved, 'ученик', 'ученика', 'учеников')}." if moved else "Изменений нет."
        )

    do_and_rerun(write)


def show_teachers(user: User, key: YearKey, today: date) -> None:
    """Show how many hours each teacher has and with whom (тарификация)."""
    state = load_to_edit(
        school().store, user, key, max(first_day_offered(school().store, user, key, today), today)
    )
    if not state.loads:
        st.info("Нагрузки ещё нет: впишите её по классам или загрузите из файла.")
        return
    by_teacher: dict[str, list[LoadRecord]] = {}
    for load in state.loads:
        by_teacher.setdefault(teacher_name(load, state) or NOBODY, []).append(load)
    rows = pd.DataFrame(
        [
            {
                "teacher": teacher,
                "hours": sum(load.hours_a_week for load in loads),
                "classes": taught_text(loads, state),
            }
            for teacher, loads in sorted(by_teacher.items())
        ]
    )
    show_table(rows, COLUMNS, "load_teachers", rows_shown=13, export="Тарификация")


def taught_text(loads: Sequence[LoadRecord], state: LoadState) -> str:
    """Return «Алгебра: 7А 4, 7Б 4; Геометрия: 7А 2»."""
    by_subject: dict[int, list[str]] = {}
    for load in loads:
        group = f" ({load.subgroup})" if load.subgroup else ""
        words = f"{state.class_names.get(load.class_id, '')}{group} {plain_number(load.hours_a_week)}"
        by_subject.setdefault(load.subject_id, []).append(words)
    return "; ".join(
        f"{state.subject_names.get(subject, '')}: {', '.join(words)}" for subject, words in by_subject.items()
    )


def show_file(user: User, key: YearKey, today: date) -> None:
    """Take the load of the whole school from a workbook."""
    first_day = max(first_day_offered(school().store, user, key, today), today + ONE_DAY)
    state = load_to_edit(school().store, user, key, first_day)
    show_upload(table_step(user, key, state, first_day, None), "load_file")


def show(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    show_note()
    _, key = choose_year(user, today)
    if key is None:
        no_school_yet()
        return
    views = VIEWS if may_edit(user, Action.EDIT_LOAD) else {k: v for k, v in VIEWS.items() if k != "file"}
    view = choose_part("Что показать", views, "class", key="load_view")
    {"class": show_class, "teachers": show_teachers, "file": show_file}[view](user, key, today)


show(guard(Action.READ_YEAR_OPENING))
