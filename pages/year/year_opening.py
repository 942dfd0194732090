"""«Открытие года»: the steps by which a school year opens, each as far as the data say it is (п. 4.2, 4.3, 5.1)."""

from collections.abc import Callable

import streamlit as st

from pages.ui.typed_text import Markdown, as_typed
from pages.ui.upload import do_and_rerun, show_note
from pages.year.parts.calendar_table import show_calendar
from pages.year.parts.opening_tables import TableStep, show_table_step
from pages.year.parts.promotion_form import full_name, show_promotion
from pages.year.parts.year_choice import choose_year
from school.access.action import Action
from school.files.fields import OPENING_FORMS
from school.files.plan import ImportKind
from school.files.rows import ID
from school.records import User
from school.reference import bell_times, usual_subjects
from school.year.actions.opening import name_school, save_bell_times, save_classes, save_subjects
from school.year.lookups import YearSetup, may_edit, opening_steps, schools, year_setup
from school.year.records import BellRecord, ClassRecord, YearKey
from school.year.rules.opening import STATE_TITLES, STEP_OF_CODE, StepLine, StepState, next_step
from school.year.rules.school_tables import check_bells, check_classes, check_subjects
from server.menu import PAGES
from server.session import guard, school

STEP = "step"
ICONS = {
    StepState.DONE: ":green[:material/check_circle:]",
    StepState.NOT_BEGUN: ":gray[:material/radio_button_unchecked:]",
    StepState.HAS_REMARKS: ":orange[:material/error:]",
}
# Steps that have pages of their own: the step → pages to open, with what people do there.
OTHER_PAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "staff": (("people/staff.py", "Сотрудники"), ("imports/imports.py", "Загрузить список из файла")),
    "pupils": (("people/pupil_list.py", "Ученики"), ("imports/imports.py", "Загрузить списки из файла")),
    "load": (("year/load.py", "Нагрузка"),),
    "subgroups": (("year/load.py", "Нагрузка и подгруппы"),),
    "timetable": (("year/timetable.py", "Расписание"),),
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


def state_text(line: StepLine) -> Markdown:
    """Return what a step has and what it lacks, in words."""
    if line.state is StepState.NOT_BEGUN:
        return Markdown(f":gray[{STATE_TITLES[line.state]}]")
    done, missing = as_typed(line.done), as_typed("; ".join(line.missing))
    return Markdown(f"{done}  \n:orange[{missing}]") if missing else done


def show_step(user: User, key: YearKey | None, year: int, lines: list[StepLine], code: str) -> None:
    """Show one step, with the way back and the way on."""
    line = next(each for each in lines if each.step.code == code)
    back, title, on = st.columns([1.3, 5.4, 3.2], vertical_alignment="center")
    back.button("Все шаги", icon=":material/arrow_back:", type="tertiary", on_click=open_step, args=("",))
    title.markdown(f"#### {ICONS[line.state]} {line.step.title}")
    following = next_step(lines, after=code)
    # Nothing goes on without the school; pressed right after «Сохранить», the way on would drop the name unsaved.
    if key and following and following.step.code != code:
        on.button(
            f"Дальше: {following.step.title}",
            icon=":material/arrow_forward:",
            on_click=open_step,
            args=(following.step.code,),
            width="stretch",
            type="primary" if line.state is StepState.DONE else "secondary",
        )
    if line.missing:
        st.markdown(f":orange[{as_typed('; '.join(line.missing))}]")
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
                label=as_typed(label),
                icon=":material/arrow_forward:",
                query_params={"opening_year": str(year)},
            )


def show_school(user: User, key: YearKey | None) -> None:
    """Show the school's name."""
    known = dict(schools(school().store, user))
    old = known.get(key.school_id, "") if key else ""
    if not may_edit(user, Action.OPEN_YEAR):
        st.markdown(as_typed(old))
        return
    with st.form("school_name", border=False):
        name = st.text_input(
            "Название школы, как на титульном листе журнала", old, placeholder="МБОУ «СОШ № 12»", width=620
        )
        is_sent = st.form_submit_button("Сохранить", type="primary")
    if is_sent:
        school_id = key.school_id if key else None

        def write() -> Markdown:
            name_school(school().store, user, school_id, name, now=school().clock())
            return Markdown("Название сохранено.")

        do_and_rerun(write)


def show_classes(user: User, key: YearKey, setup: YearSetup) -> None:
    """Show the classes with their homeroom teachers; last year's classes wait above for their promotion."""
    may = may_edit(user, Action.OPEN_YEAR)
    if setup.promotions and may:
        show_promotion(user, key, setup)
    rows = [class_texts(each, setup) for each in setup.classes]
    names = sorted({name.full for name in setup.staff.values()})
    step = TableStep(
        ImportKind.CLASSES,
        rows,
        lambda rows, is_whole: check_classes(rows, setup.classes, setup.staff, is_whole=is_whole),
        lambda rows, made_from, is_whole: save_classes(
            school().store, user, key, rows, made_from, now=school().clock(), is_whole=is_whole
        ),
        lambda record: ", ".join(filter(None, (record.name, full_name(setup, record.homeroom_id)))),
        {
            "name": st.column_config.TextColumn("Класс", width=110),
            "grade_level": st.column_config.TextColumn(
                "Параллель", width=110, help="Можно не писать: берётся из названия"
            ),
            "homeroom": st.column_config.SelectboxColumn("Классный руководитель", options=names, width=340),
        },
    )
    show_table_step(step, f"classes_{key.school_year}", may_edit=may)


def class_texts(record: ClassRecord, setup: YearSetup) -> dict[str, str]:
    """Return a class as the texts of its row."""
    return {
        "name": record.name,
        "grade_level": str(record.grade_level or ""),
        "homeroom": full_name(setup, record.homeroom_id),
        ID: str(record.record_id),
    }


def show_subjects(user: User, key: YearKey, setup: YearSetup) -> None:
    """Show the subjects; a school without any begins with those of the federal curriculum."""
    rows = [{"name": each.name, "area": each.area, ID: str(each.record_id)} for each in setup.subjects] or [
        {"name": name, "area": area} for name, area in usual_subjects()
    ]
    hint = "Это предметы федерального плана: уберите лишние, добавьте свои и сохраните."
    step = TableStep(
        ImportKind.SUBJECTS,
        rows,
        lambda rows, is_whole: check_subjects(rows, setup.subjects, is_whole=is_whole),
        lambda rows, made_from, is_whole: save_subjects(
            school().store, user, key.school_id, rows, made_from, now=school().clock(), is_whole=is_whole
        ),
        lambda record: f"{record.name} ({record.area})" if record.area else record.name,
        {
            "name": st.column_config.TextColumn("Предмет", width=380),
            "area": st.column_config.TextColumn("Предметная область", width=380),
        },
    )
    may = may_edit(user, Action.OPEN_YEAR)
    show_table_step(step, "subjects", may_edit=may, hint="" if setup.subjects else hint)


def show_bells(user: User, _key: YearKey, setup: YearSetup) -> None:
    """Show the bell times; a school without any begins with usual ones."""
    present = setup.bells or [BellRecord(number, *span) for number, span in bell_times().items()]
    rows = [bell_texts(each) for each in present]
    hint = "" if setup.bells else "Это обычные звонки: поправьте время и сохраните."
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
            for each in OPENING_FORMS[ImportKind.BELLS].fields
        },
    )
    may = may_edit(user, Action.OPEN_YEAR)
    show_table_step(step, "bells", may_edit=may, hint=hint, height="auto")


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
    year, key = choose_year(user, today)
    lines = opening_steps(school().store, user, key, today)
    code = st.query_params.get(STEP, "")
    if code in STEP_OF_CODE:
        show_step(user, key, year, lines, code)
    else:
        show_steps(lines, may_open=may_edit(user, Action.OPEN_YEAR))


show(guard(Action.READ_YEAR_OPENING))
