"""«Расписание»: the week of each class, what clashes in it, and the lessons that are made of it (п. 4.3)."""

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.export import export_table
from pages.ui.filters import choose, choose_part
from pages.ui.typed_text import Markdown, as_typed, plain_number
from pages.ui.typing.typed_table import has_draft, typed_table
from pages.ui.upload import do_and_rerun, show_note
from pages.year.parts.opening_tables import show_plan, show_template_button, uploaded_rows
from pages.year.parts.year_choice import choose_year, no_school_yet
from school.access.action import Action
from school.calendar import WEEKDAYS, WEEKDAYS_SHORT
from school.files.plan import SourceRow
from school.numbers import counted
from school.records import User
from school.year.actions.timetable import remake_lessons, save_timetable
from school.year.lookups import first_day_offered, may_edit, timetable_gaps, timetable_to_edit
from school.year.records import SlotRecord, TaughtLoad, TimetableState, YearKey
from school.year.rules.timetable import Slots, check_timetable, hour_title, typed_state
from school.year.rules.timetable_cells import cell_text
from school.year.workbooks import timetable_rows, timetable_template
from server.session import guard, school

VIEWS = {
    "class": "Класс",
    "all": "Вся школа",
    "teacher": "Учитель",
    "room": "Кабинет",
    "file": "Загрузить из файла",
}
NUMBER = "Урок"
REMARKS_SHOWN = 40
ROW_HEIGHT, WEEK_HEAD = 36, 42

Lessons = list[tuple[TaughtLoad, str]]


def lessons_by_hour(
    state: TimetableState, is_own: Callable[[TaughtLoad, SlotRecord], bool]
) -> dict[tuple[int, int], Lessons]:
    """Return the lessons that are asked for by weekday and number, each with its room."""
    found: dict[tuple[int, int], Lessons] = {}
    for slot in state.slots:
        load = state.loads[slot.load_id]
        if is_own(load, slot):
            found.setdefault((slot.weekday, slot.number), []).append((load, slot.room))
    return found


def week_frame(
    state: TimetableState, hours: dict[tuple[int, int], Lessons], text: Callable[[Lessons], str]
) -> pd.DataFrame:
    """Return a week: a row for each lesson number, a column for each school day."""
    days = range(1, state.days_a_week + 1)
    rows = [
        [text(hours[day, number]) if (day, number) in hours else None for day in days]
        for number in sorted(state.numbers)
    ]
    frame = pd.DataFrame(rows, columns=[WEEKDAYS[day - 1] for day in days], dtype=object)
    frame.index = pd.Index(sorted(state.numbers), name=NUMBER)
    return frame


def show_week(frame: pd.DataFrame) -> None:
    """Show a week to those who only read it."""
    st.dataframe(frame, height=WEEK_HEAD + ROW_HEIGHT * len(frame), row_height=ROW_HEIGHT, placeholder="")


def show_class(
    user: User, key: YearKey, state: TimetableState, first_day: date, place: DeltaGenerator
) -> TimetableState | None:
    """Show the week of a class; whoever may writes into its cells. Return the timetable as typed, None where it is as stored."""
    titles = {str(class_id): name for class_id, name in state.class_names.items()}
    class_id = int(choose("class", "Класс", titles, place=place, label_hidden=True))
    loads = state.loads_of(class_id)
    hours = lessons_by_hour(state, lambda load, _slot: load.class_id == class_id)
    frame = week_frame(state, hours, lambda lessons: cell_text(lessons, loads))
    if not may_edit(user, Action.EDIT_TIMETABLE):
        show_week(frame)
        return None
    if not loads:
        st.info("У класса нет нагрузки: расписание составляется из неё.")
        st.page_link("pages/year/load.py", label="Нагрузка класса", query_params={"class": str(class_id)})
        return None
    name = f"week_{class_id}_{first_day}"
    with st.form(f"week_{class_id}", border=False):
        edited = typed_table(
            name,
            frame,
            height=WEEK_HEAD + ROW_HEIGHT * len(frame),
            row_height=ROW_HEIGHT,
            placeholder="",
            column_config={
                day: st.column_config.TextColumn(day.capitalize(), width=190) for day in map(str, frame)
            },
        )
        is_sent = st.form_submit_button(f"Сохранить неделю с {first_day:%d.%m.%Y}", type="primary")
    st.caption(
        "Пишите предмет и кабинет: «Алгебра, 204»; можно коротко: «алг 204». Разделённый предмет — сразу все подгруппы: "
        "«англ 12/14», одна подгруппа: «инф (2), 14». Через «;» — разные предметы у подгрупп."
    )
    rows = week_rows(state.class_names[class_id], edited)
    is_typed = has_draft(name)
    plan = check_timetable(rows, state, class_id) if is_typed or is_sent else None
    shown = state if plan is None else typed_state(plan, state)
    st.caption("Нагрузка: " + "; ".join(gap_words(shown, load) for load in loads))
    if plan and plan.refused:
        listed = "\n".join(f"- {as_typed(row.reason)}" for row in plan.refused)
        st.error(f"Не сохранено, исправьте клетки:\n{listed}")
    elif plan and is_sent:
        save(user, key, rows, plan.made_from, first_day, class_id)
    return shown if is_typed else None


def gap_words(state: TimetableState, load: TaughtLoad) -> Markdown:
    """Return «Алгебра 4/4» or the same with a mark where hours and lessons differ."""
    count = sum(slot.load_id == load.load_id for slot in state.slots)
    words = as_typed(f"{load.title} {count}/{plain_number(load.hours_a_week)}")
    return words if abs(count - load.hours_a_week) < 1 else Markdown(f":orange[{words}]")


def week_rows(class_name: str, frame: pd.DataFrame) -> list[SourceRow]:
    """Return the filled cells of a class's week; without any the class has an empty week."""
    rows = []
    for number, cells in zip(frame.index, frame.to_dict("records"), strict=True):
        for day, text in cells.items():
            if not pd.isna(text) and str(text).strip():
                texts = {
                    "school_class": class_name,
                    "weekday": str(day),
                    "number": str(number),
                    "lesson": str(text),
                }
                rows.append(SourceRow(int(number), texts))
    return rows


def save(
    user: User,
    key: YearKey,
    rows: Sequence[SourceRow],
    made_from: str,
    first_day: date,
    class_id: int | None = None,
) -> None:
    """Save a timetable and say what became of the lessons."""

    def write() -> Markdown:
        done = save_timetable(
            school().store,
            user,
            key,
            rows,
            made_from,
            first_day=first_day,
            now=school().clock(),
            class_id=class_id,
        )
        return as_typed(
            f"Расписание сохранено. {done.lessons}".strip() if done.plan.brings_anything else "Изменений нет."
        )

    do_and_rerun(write, "Записываем расписание и создаём уроки до конца года…")


def show_all(
    _user: User, _key: YearKey, state: TimetableState, _first_day: date, _place: DeltaGenerator
) -> None:
    """Show the week of the whole school: a column for each class."""
    names = list(state.class_names.values())
    cells = all_cells(state)
    hours = sorted({(day, number) for day, number, _ in cells})
    frame = pd.DataFrame(
        [[cells.get((day, number, name), "") for name in names] for day, number in hours], columns=names
    )
    frame.insert(0, NUMBER, [number for _, number in hours])
    frame.insert(0, "День", [WEEKDAYS_SHORT[day - 1] for day, _ in hours])
    pinned = {
        "День": st.column_config.TextColumn(width=56, pinned=True),
        NUMBER: st.column_config.NumberColumn(width=56, pinned=True),
    }
    st.dataframe(frame, hide_index=True, height=540, column_config=pinned)
    export_table(frame, "Расписание уроков", key="export_timetable")


def all_cells(state: TimetableState) -> dict[tuple[int, int, str], str]:
    """Return what stands at each weekday, number and class."""
    found: dict[tuple[int, int, int], Lessons] = {}
    for slot in state.slots:
        load = state.loads[slot.load_id]
        found.setdefault((slot.weekday, slot.number, load.class_id), []).append((load, slot.room))
    loads = {class_id: state.loads_of(class_id) for class_id in state.class_names}
    return {
        (day, number, state.class_names[class_id]): cell_text(lessons, loads[class_id])
        for (day, number, class_id), lessons in found.items()
    }


def show_teacher(
    _user: User, _key: YearKey, state: TimetableState, _first_day: date, place: DeltaGenerator
) -> None:
    """Show the week of a teacher."""
    titles = {str(load.teacher_id): load.teacher_name for load in state.loads.values() if load.teacher_id}
    titles = dict(sorted(titles.items(), key=lambda row: row[1]))
    if not titles:
        st.info("Учителей в нагрузке ещё нет.")
        return
    teacher = choose("teacher", "Учитель", titles, place=place, label_hidden=True)
    hours = lessons_by_hour(state, lambda load, _slot: str(load.teacher_id) == teacher)
    frame = week_frame(state, hours, lessons_with_class)
    show_week(frame)
    export_table(frame.reset_index(), f"Расписание {titles[teacher]}", key="export_teacher_week")


def lessons_with_class(lessons: Lessons) -> str:
    """Return «7А Алгебра, 204; 7Б …»."""
    return "; ".join(
        f"{load.class_name} {load.title}" + (f", {room}" if room else "") for load, room in lessons
    )


def show_room(
    _user: User, _key: YearKey, state: TimetableState, _first_day: date, place: DeltaGenerator
) -> None:
    """Show the week of a room."""
    rooms = {slot.room: slot.room for slot in sorted(state.slots, key=lambda slot: slot.room) if slot.room}
    if not rooms:
        st.info("Кабинеты в расписании не указаны.")
        return
    room = place.selectbox("Кабинет", list(rooms), label_visibility="collapsed", key="timetable_room")
    hours = lessons_by_hour(state, lambda _load, slot: slot.room == room)
    frame = week_frame(
        state, hours, lambda lessons: "; ".join(f"{load.class_name} {load.title}" for load, _ in lessons)
    )
    show_week(frame)


def show_file(
    user: User, key: YearKey, state: TimetableState, first_day: date, _place: DeltaGenerator
) -> None:
    """Take the timetable of the classes in a workbook."""
    names = list(state.class_names.values())
    days = range(1, state.days_a_week + 1)
    hours = [(WEEKDAYS[day - 1], str(number)) for day in days for number in sorted(state.numbers)]
    show_template_button(
        lambda: timetable_template(
            names,
            hours,
            {
                (WEEKDAYS[day - 1], str(number), name): text
                for (day, number, name), text in all_cells(state).items()
            },
        ),
        "Расписание уроков",
        "timetable_template",
    )
    table = uploaded_rows("timetable", lambda content: timetable_rows(content, names))
    if table is None:
        return
    with st.spinner("Проверяем…", show_time=True):
        plan = check_timetable(table.rows, state)
    st.markdown(
        f"Неделя классов из файла действует с **{first_day:%d.%m.%Y}**; чего в файле нет, из их расписания уберётся."
    )
    if plan.kept:
        st.caption(
            f"Останется как есть уроков в неделю: {len(plan.kept)} — у классов, часть клеток которых не подошла."
        )
    if show_plan(plan, table, lambda slots: slots_words(slots, state), "timetable"):
        save(user, key, table.rows, plan.made_from, first_day)


def slots_words(slots: Slots, state: TimetableState) -> str:
    """Return «7А, пн, 1-й урок: Алгебра, 204»."""
    first = state.loads[slots[0].load_id]
    lessons = [(state.loads[slot.load_id], slot.room) for slot in slots]
    hour = hour_title(slots[0].weekday, slots[0].number)
    return f"{first.class_name}, {hour}: {cell_text(lessons, state.loads_of(first.class_id))}"


def show_remarks(user: User, key: YearKey, state: TimetableState, first_day: date, *, is_typed: bool) -> None:
    """Show what clashes and where lessons and hours differ, of what is typed too; offer to bring the lessons in line."""
    if is_typed:
        st.caption("Проверено вместе с тем, что вписано и не сохранено:")
    clashes, gaps = timetable_gaps(state)
    remarks = [
        *clashes,
        *(
            f"{gap.load.class_name}, {gap.load.title}: уроков {gap.slots}, часов {gap.load.hours_a_week:g}"
            for gap in gaps
        ),
    ]
    if not remarks:
        st.markdown(":green[:material/check_circle: Совпадений нет, часы нагрузки расставлены.]")
    else:
        title = (
            f"Совпадений: {len(clashes)}; расходится с нагрузкой: "
            f"{counted(len(gaps), 'строка', 'строки', 'строк')}"
        )
        with st.expander(title):
            st.markdown("\n".join(f"- {as_typed(each)}" for each in remarks[:REMARKS_SHOWN]))
            if len(remarks) > REMARKS_SHOWN:
                st.caption(f"и ещё {len(remarks) - REMARKS_SHOWN}")
    if is_typed or not state.slots or not may_edit(user, Action.EDIT_TIMETABLE):
        return
    if st.button(
        f"Привести уроки в соответствие с {first_day:%d.%m.%Y}",
        type="tertiary",
        icon=":material/event_repeat:",
        help="Создаёт недостающие уроки до конца года и убирает лишние. Прошедшие уроки и уроки с записями не меняются.",
    ):
        remake(user, key, first_day)


def remake(user: User, key: YearKey, first_day: date) -> None:
    """Bring the lessons in line with the timetable, or say why not."""
    do_and_rerun(
        lambda: as_typed(
            remake_lessons(school().store, user, key, first_day=first_day, now=school().clock())
            or "Уроки уже соответствуют расписанию."
        ),
        "Создаём уроки…",
    )


SHOWN: dict[str, Callable[[User, YearKey, TimetableState, date, DeltaGenerator], TimetableState | None]] = {
    "class": show_class,
    "all": show_all,
    "teacher": show_teacher,
    "room": show_room,
    "file": show_file,
}


def show(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    show_note()
    _, key = choose_year(user, today)
    if key is None:
        no_school_yet()
        return
    view_box, pick_box, day_box = st.columns([4.3, 1.9, 1.3], vertical_alignment="bottom")
    views = {
        name: title
        for name, title in VIEWS.items()
        if name != "file" or may_edit(user, Action.EDIT_TIMETABLE)
    }
    view = choose_part("Что показать", views, "class", key="timetable_view", place=view_box)
    first_day = day_box.date_input(
        "Действует с",
        first_day_offered(school().store, user, key, today),
        format="DD.MM.YYYY",
        help="Расписание на этот день. Изменения начнут действовать с него, прежние уроки останутся как есть.",
    )
    state = timetable_to_edit(school().store, user, key, first_day)
    if not state.class_names or not state.numbers:
        st.info("Сначала нужны классы и расписание звонков: они на странице «Открытие года».")
        st.page_link("pages/year/year_opening.py", label="Открытие года", icon=":material/flag:")
        return
    typed = SHOWN[view](user, key, state, first_day, pick_box)
    show_remarks(user, key, typed or state, first_day, is_typed=typed is not None)


show(guard(Action.READ_YEAR_OPENING))
