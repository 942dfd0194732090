"""«Открытие года»: the steps by which a school year opens, each as far as the data say it is (п. 4.2, 4.3, 5.1)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared.menu import PAGES
from pages.shared.opening_tables import (
    TableStep,
    edited_rows,
    show_note,
    show_table_step,
    show_template_button,
    told,
    uploaded_rows,
)
from pages.shared.session import guard, school
from pages.shared.words import counted
from pages.shared.year_choice import choose_year
from school.access.actions import Action
from school.actions.year_opening import (
    name_school,
    promote_classes,
    save_bell_times,
    save_classes,
    save_subjects,
    save_year_calendar,
)
from school.calendar import school_year_title
from school.errors import Refusal
from school.exchange.opening_tables import FORMS, table_rows, table_template
from school.lookups.year_opening import YearSetup, may_edit, opening_steps, schools, year_setup
from school.records import PersonName, User
from school.reference import bell_times, public_holidays, usual_subjects
from school.rules.calendar_rows import WHATS, CalendarReading, calendar_texts, read_calendar
from school.rules.import_plan import ImportKind, SourceRow
from school.rules.opening_rows import ID
from school.rules.promotion import FATE_TITLES, Fate, Promotion
from school.rules.school_tables import check_bells, check_classes, check_subjects, teacher_of
from school.rules.year_calendar import usual_calendar
from school.rules.year_opening import STATE_TITLES, STEP_OF_CODE, StepLine, StepState, next_step
from school.year import BellRecord, ClassRecord, SubjectRecord, YearKey

STEP = "step"
ICONS = {
    StepState.DONE: ":green[:material/check_circle:]",
    StepState.NOT_BEGUN: ":gray[:material/radio_button_unchecked:]",
    StepState.HAS_REMARKS: ":orange[:material/error:]",
}
# Steps that have pages of their own: the step → pages to open, with what people do there.
OTHER_PAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "staff": (("office/staff.py", "Сотрудники"), ("office/imports.py", "Загрузить список из файла")),
    "pupils": (("office/pupil_list.py", "Ученики"), ("office/imports.py", "Загрузить списки из файла")),
    "load": (("office/load.py", "Нагрузка"),),
    "subgroups": (("office/load.py", "Нагрузка и подгруппы"),),
    "timetable": (("office/timetable.py", "Расписание"),),
}
WIDTHS = [0.35, 3.3, 5.6, 1.7]


def open_step(code: str) -> None:
    """Open a step, or the list of steps."""
    if code:
        st.query_params[STEP] = code
    else:
        st.query_params.pop(STEP, None)


def show_steps(lines: list[StepLine], *, may_open: bool) -> None:
    """Show every step with its state, what is missing, and the way into it."""
    done = sum(line.state is StepState.DONE for line in lines)
    upcoming = next_step(lines)
    st.progress(done / len(lines), f"Готово шагов: {done} из {len(lines)}")
    rows = st.container(gap="xxsmall")
    for line in lines:
        icon, title, state, button = rows.columns(WIDTHS, vertical_alignment="center", gap="small")
        icon.markdown(ICONS[line.state])
        title.markdown(f"**{line.step.title}** :small[:gray[{line.step.clause}]]")
        state.markdown(state_text(line))
        button.button(
            "Открыть",
            key=f"step_{line.step.code}",
            on_click=open_step,
            args=(line.step.code,),
            type="primary" if may_open and line is upcoming else "tertiary",
        )


def state_text(line: StepLine) -> str:
    """Return what a step has and what it lacks, in words."""
    if line.state is StepState.NOT_BEGUN:
        return f":gray[{STATE_TITLES[line.state]}]"
    missing = "; ".join(line.missing)
    return f"{line.done}  \n:orange[{missing}]" if missing else line.done


def show_step(user: User, key: YearKey | None, year: int, lines: list[StepLine], code: str) -> None:
    """Show one step, with the way back and the way on."""
    line = next(each for each in lines if each.step.code == code)
    back, title, on = st.columns([1.3, 5.4, 3.2], vertical_alignment="center")
    back.button("Все шаги", icon=":material/arrow_back:", type="tertiary", on_click=open_step, args=("",))
    title.markdown(f"#### {ICONS[line.state]} {line.step.title}")
    following = next_step(lines, after=code)
    if following and following.step.code != code:
        on.button(
            f"Дальше: {following.step.title}",
            icon=":material/arrow_forward:",
            on_click=open_step,
            args=(following.step.code,),
            width="stretch",
            type="primary" if line.state is StepState.DONE else "secondary",
        )
    if line.missing:
        st.markdown(f":orange[{'; '.join(line.missing)}]")
    if code == "school":
        show_school(user, key)
    elif key is None:
        st.info("Начните с шага «Школа»: без неё не к чему относить остальное.")
    elif code in OTHER_PAGES:
        show_links(code, year)
    else:
        SHOWN[code](user, key, year_setup(school().store, user, key, school().clock().date()))


def show_links(code: str, year: int) -> None:
    """Show the pages on which a step is done."""
    st.markdown(
        "Этот шаг делается на своей странице; вернуться сюда можно в любой момент, всё введённое сохраняется."
    )
    for path, label in OTHER_PAGES[code]:
        if (PAGES / path).is_file():
            st.page_link(
                f"pages/{path}",
                label=label,
                icon=":material/arrow_forward:",
                query_params={"opening_year": str(year)},
            )


def show_school(user: User, key: YearKey | None) -> None:
    """Show the school's name."""
    known = dict(schools(school().store, user))
    old = known.get(key.school_id, "") if key else ""
    if not may_edit(user, Action.OPEN_YEAR):
        st.markdown(old)
        return
    with st.form("school_name", border=False):
        name = st.text_input(
            "Название школы, как на титульном листе журнала", old, placeholder="МБОУ «СОШ № 12»", width=620
        )
        is_sent = st.form_submit_button("Сохранить", type="primary")
    if is_sent:
        try:
            name_school(school().store, user, key.school_id if key else None, name, now=school().clock())
        except Refusal as refusal:
            st.error(str(refusal))
        else:
            told("Название сохранено.")


def show_calendar(user: User, key: YearKey, setup: YearSetup) -> None:
    """Show the calendar as one table; a year without one begins with the usual calendar as a proposal."""
    calendar = setup.calendar if setup.calendar and setup.calendar.terms else None
    rows = calendar_texts(calendar or usual_calendar(key.school_year, public_holidays()))
    if not may_edit(user, Action.OPEN_YEAR):
        st.dataframe(_titled(rows, ImportKind.CALENDAR), hide_index=True, height=560)
        return
    if calendar is None:
        st.info("Это обычный календарь: сверьте даты с приказом школы, поправьте и сохраните.")
    typed, given = st.tabs(["Вписать в таблицу", "Загрузить из файла"])
    with typed:
        form = FORMS[ImportKind.CALENDAR]
        frame = pd.DataFrame(rows, dtype=object)
        frame.index = pd.RangeIndex(1, len(frame) + 1)
        with st.form("calendar_form", border=False):
            edited = st.data_editor(
                frame,
                hide_index=False,
                placeholder="",
                key=f"calendar_{key.school_year}_{hash(str(rows))}",
                num_rows="dynamic",
                height=430,
                column_config={
                    "what": st.column_config.SelectboxColumn("Что", options=list(WHATS), width=190),
                    "name": st.column_config.TextColumn("Номер или название", width=260),
                    **{
                        each.name: st.column_config.TextColumn(each.title, width=110)
                        for each in form.fields[2:]
                    },
                },
            )
            is_sent = st.form_submit_button("Сохранить календарь", type="primary")
        st.caption(
            "Классы пишутся так: 1–9; пусто — для всех. Учебный день — рабочая суббота: в названии день недели, по расписанию "
            "которого учатся."
        )
        if is_sent:
            take_calendar(user, key, setup, edited_rows(edited))
    with given:
        show_template_button(
            lambda: table_template(ImportKind.CALENDAR, rows), "Календарный график", "calendar_template"
        )
        loaded = uploaded_rows("calendar", lambda content: table_rows(ImportKind.CALENDAR, content))
        if loaded is not None:
            show_loaded_calendar(user, key, setup, loaded)


def take_calendar(user: User, key: YearKey, setup: YearSetup, rows: list[SourceRow]) -> None:
    """Save a typed calendar, or say what is amiss by row."""
    reading = read_calendar(rows, key.school_year, setup.calendar)
    if reading.calendar is None:
        show_calendar_problems(reading)
        return
    save_calendar(user, key, reading)


def save_calendar(user: User, key: YearKey, reading: CalendarReading) -> None:
    """Save a calendar that holds."""
    if reading.calendar is None:
        return
    try:
        with st.spinner("Записываем календарь и приводим уроки в соответствие…", show_time=True):
            save_year_calendar(school().store, user, key.school_id, reading.calendar, now=school().clock())
    except Refusal as refusal:
        st.error(str(refusal))
    else:
        told("Календарь сохранён.")


def show_calendar_problems(reading: CalendarReading) -> None:
    """Say what is amiss in a calendar."""
    lines = [f"- строка {row.number}: {row.reason}" for row in reading.refused]
    st.error("Календарь не сохранён:\n" + "\n".join([*lines, *(f"- {each}" for each in reading.problems)]))


def show_loaded_calendar(user: User, key: YearKey, setup: YearSetup, rows: tuple[SourceRow, ...]) -> None:
    """Show the calendar of a file; it replaces the present one once accepted."""
    reading = read_calendar(rows, key.school_year, setup.calendar)
    if reading.calendar is None:
        show_calendar_problems(reading)
        return
    if reading.calendar == setup.calendar:
        st.success("Такой календарь уже записан: загружать нечего.")
        return
    st.markdown(
        f"В файле {counted(len(reading.calendar.terms), 'период', 'периода', 'периодов')}, "
        f"{counted(len(reading.calendar.breaks), 'перерыв', 'перерыва', 'перерывов')}. Этот календарь заменит нынешний."
    )
    if st.button("Загрузить", type="primary", key="calendar_accept", icon=":material/upload:"):
        save_calendar(user, key, reading)
    st.dataframe(_titled(calendar_texts(reading.calendar), ImportKind.CALENDAR), hide_index=True, height=300)


def _titled(rows: list[dict[str, str]], kind: ImportKind) -> pd.DataFrame:
    titles = {each.name: each.title for each in FORMS[kind].fields}
    return pd.DataFrame(
        [{titles[name]: text for name, text in row.items() if name in titles} for row in rows]
    )


def show_classes(user: User, key: YearKey, setup: YearSetup) -> None:
    """Show the classes with their homeroom teachers; last year's classes wait above for their promotion."""
    may = may_edit(user, Action.OPEN_YEAR)
    if setup.promotions and may:
        show_promotion(user, key, setup)
    rows = [class_texts(each, setup) for each in setup.classes]
    if not may:
        st.dataframe(_titled(rows, ImportKind.CLASSES), hide_index=True, height=560)
        return
    names = sorted({name.full for name in setup.staff.values()})
    step = TableStep(
        ImportKind.CLASSES,
        rows,
        lambda rows, is_whole: check_classes(rows, setup.classes, setup.staff, is_whole=is_whole),
        lambda rows, made_from, is_whole: save_classes(
            school().store, user, key, rows, made_from, now=school().clock(), is_whole=is_whole
        ),
        lambda record: class_words(record, setup),
        {
            "name": st.column_config.TextColumn("Класс", width=110),
            "grade_level": st.column_config.TextColumn(
                "Параллель", width=110, help="Можно не писать: берётся из названия"
            ),
            "homeroom": st.column_config.SelectboxColumn("Классный руководитель", options=names, width=340),
        },
    )
    show_table_step(step, f"classes_{key.school_year}")


def class_texts(record: ClassRecord, setup: YearSetup) -> dict[str, str]:
    """Return a class as the texts of its row."""
    return {
        "name": record.name,
        "grade_level": str(record.grade_level or ""),
        "homeroom": _full(setup, record.homeroom_id),
        ID: str(record.record_id),
    }


def _full(setup: YearSetup, staff_id: int | None) -> str:
    return setup.staff.get(staff_id or 0, PersonName("", "")).full


def class_words(record: ClassRecord, setup: YearSetup) -> str:
    """Return «7А, Орлова Вера Павловна»."""
    return ", ".join(filter(None, (record.name, _full(setup, record.homeroom_id))))


def show_promotion(user: User, key: YearKey, setup: YearSetup) -> None:
    """Show what becomes of last year's classes, and make the new year's out of them once agreed."""
    last_year = school_year_title(key.school_year - 1)
    with st.container(border=True):
        st.markdown(
            f"**Перевод из {last_year}.** Классы поднимаются на параллель вместе с учениками, выпускные уходят; "
            "прошлые журналы остаются как есть."
        )
        with st.form("promotion", border=False):
            edited = st.data_editor(
                promotion_frame(setup),
                key=f"promotion_{key.school_year}_{len(setup.promotions)}",
                hide_index=True,
                height=min(330, 38 + 35 * len(setup.promotions)),
                disabled=["last", "pupils"],
                column_config={
                    "last": st.column_config.TextColumn(f"Класс {last_year}", width=120),
                    "pupils": st.column_config.NumberColumn("Учеников", width=90),
                    "fate": st.column_config.SelectboxColumn(
                        "Что с ним", options=list(FATE_TITLES.values()), required=True, width=150
                    ),
                    "name": st.column_config.TextColumn("Новый класс", width=120),
                    "homeroom": st.column_config.SelectboxColumn(
                        "Классный руководитель",
                        options=sorted({name.full for name in setup.staff.values()}),
                        width=300,
                    ),
                },
            )
            day_box, copy_box, button_box = st.columns([1.3, 3, 1.6], vertical_alignment="bottom")
            starts_on = setup.calendar.starts_on if setup.calendar else date(key.school_year, 9, 1)
            first_day = day_box.date_input("Первый день в новом классе", starts_on, format="DD.MM.YYYY")
            copies = copy_box.checkbox(
                "Перенести подгруппы и составить нагрузку по прошлому году", value=True
            )
            is_sent = button_box.form_submit_button("Перевести", type="primary", width="stretch")
        if is_sent:
            promote(user, key, setup, edited, first_day, copies_load=copies)


def promotion_frame(setup: YearSetup) -> pd.DataFrame:
    """Return what is proposed for each class of last year."""
    return pd.DataFrame(
        [
            {
                "last": each.last.name,
                "pupils": each.last.pupils,
                "fate": FATE_TITLES[each.fate],
                "name": each.name or None,
                "homeroom": _full(setup, each.homeroom_id) or None,
            }
            for each in setup.promotions
        ]
    )


def promote(
    user: User, key: YearKey, setup: YearSetup, edited: pd.DataFrame, first_day: date, *, copies_load: bool
) -> None:
    """Promote the classes as the table says, or say why not."""
    fates = {title: fate for fate, title in FATE_TITLES.items()}
    try:
        chosen = [
            Promotion(
                each.last,
                fates[row["fate"]],
                _text(row["name"]) if fates[row["fate"]] is Fate.GOES_UP else "",
                teacher_of(_text(row["homeroom"]), setup.staff),
            )
            for each, row in zip(setup.promotions, edited.to_dict("records"), strict=True)
        ]
        with st.spinner("Переводим классы…", show_time=True):
            done = promote_classes(
                school().store,
                user,
                key,
                chosen,
                first_day=first_day,
                copies_load=copies_load,
                now=school().clock(),
            )
    except Refusal as refusal:
        st.error(str(refusal))
    else:
        told(
            f"Переведено классов {done.classes}, учеников {done.pupils}; выпущено {done.left}; строк нагрузки {done.loads}."
        )


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value).strip()


def show_subjects(user: User, key: YearKey, setup: YearSetup) -> None:
    """Show the subjects; a school without any begins with those of the federal curriculum."""
    rows = [{"name": each.name, "area": each.area, ID: str(each.record_id)} for each in setup.subjects] or [
        {"name": name, "area": area} for name, area in usual_subjects()
    ]
    if not may_edit(user, Action.OPEN_YEAR):
        st.dataframe(_titled(rows, ImportKind.SUBJECTS), hide_index=True, height=560)
        return
    if not setup.subjects:
        st.info("Это предметы федерального плана: уберите лишние, добавьте свои и сохраните.")
    step = TableStep(
        ImportKind.SUBJECTS,
        rows,
        lambda rows, is_whole: check_subjects(rows, setup.subjects, is_whole=is_whole),
        lambda rows, made_from, is_whole: save_subjects(
            school().store, user, key.school_id, rows, made_from, now=school().clock(), is_whole=is_whole
        ),
        subject_words,
        {
            "name": st.column_config.TextColumn("Предмет", width=380),
            "area": st.column_config.TextColumn("Предметная область", width=380),
        },
    )
    show_table_step(step, "subjects")


def subject_words(record: SubjectRecord) -> str:
    """Return «Алгебра (Математика и информатика)»."""
    return f"{record.name} ({record.area})" if record.area else record.name


def show_bells(user: User, _key: YearKey, setup: YearSetup) -> None:
    """Show the bell times; a school without any begins with usual ones."""
    present = setup.bells or [BellRecord(number, *span) for number, span in bell_times().items()]
    rows = [bell_texts(each) for each in present]
    if not may_edit(user, Action.OPEN_YEAR):
        st.dataframe(_titled(rows, ImportKind.BELLS), hide_index=True)
        return
    if not setup.bells:
        st.info("Это обычные звонки: поправьте время и сохраните.")
    step = TableStep(
        ImportKind.BELLS,
        rows,
        lambda rows, is_whole: check_bells(rows, setup.bells, is_whole=is_whole),
        lambda rows, made_from, is_whole: save_bell_times(
            school().store, user, rows, made_from, now=school().clock(), is_whole=is_whole
        ),
        lambda record: f"{record.number}-й урок, {record.starts_at:%H:%M}–{record.ends_at:%H:%M}",
        {
            each.name: st.column_config.TextColumn(each.title, width=130)
            for each in FORMS[ImportKind.BELLS].fields
        },
    )
    show_table_step(step, "bells")


def bell_texts(record: BellRecord) -> dict[str, str]:
    """Return a bell as the texts of its row."""
    return {
        "number": str(record.number),
        "starts_at": f"{record.starts_at:%H:%M}",
        "ends_at": f"{record.ends_at:%H:%M}",
        ID: str(record.record_id or ""),
    }


SHOWN: dict[str, Callable[[User, YearKey, YearSetup], None]] = {
    "calendar": show_calendar,
    "classes": show_classes,
    "subjects": show_subjects,
    "bells": show_bells,
}


def show(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    show_note()
    year, key = choose_year(user, today, "Открытие учебного года")
    lines = opening_steps(school().store, user, key, today)
    code = st.query_params.get(STEP, "")
    if code in STEP_OF_CODE:
        show_step(user, key, year, lines, code)
    else:
        show_steps(lines, may_open=may_edit(user, Action.OPEN_YEAR))


show(guard(Action.READ_YEAR_OPENING))
