"""«Планирование (КТП)»: registers held against their plans, and one plan to read, fill, load and replan."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from pages.ui.export import WORKBOOK_MIME, export_table
from pages.ui.filters import choose_segment, remember
from pages.ui.tables import show_table
from pipelines.figures.columns import Column, percent_column
from school.access.action import Action
from school.access.checks import may
from school.calendar import MONTHS_SHORT, WEEKDAYS_SHORT, first_of_september, school_year_title
from school.errors import Refusal
from school.lesson_plans.actions import PlanChange, save_plan
from school.lesson_plans.lookups import (
    PlanPage,
    RegisterProgress,
    copy_sources,
    plan_page,
    plan_registers,
    plan_years,
    topics_to_copy,
)
from school.lesson_plans.rules.lines import HOURS_A_TOPIC, PlanLine, bad_lines, pasted_lines
from school.lesson_plans.rules.plans import PlacedLesson, ReplannedTopic, replan
from school.lesson_plans.workbook import plan_workbook, workbook_lines
from school.numbers import DASH, counted, number_text, percent_text
from school.records import PlanTopic, RegisterKey, RegisterRow, User
from server.session import guard, school

TABLE_ROWS = 15
VIEWS = {
    "lessons": "По урокам",
    "topics": "Темы",
    "load": "Вставить или загрузить",
    "replan": "Перепланировать",
}
EDITOR_VIEWS = ("topics", "load", "replan")
NOTE = "lesson_plan_note"
NAME, HOURS = "Тема", "Часы"
REGISTERS = (
    Column("class", "Класс", width=48),
    Column("subject", "Предмет", width=196),
    Column("teacher", "Учитель", width=105),
    Column("total", "План, ч", 0, width=60),
    Column(
        "due",
        "К сегодня",
        0,
        width=74,
        help="сколько часов плана должно было пройти, считая отменённые уроки",
    ),
    Column("held", "Проведено", 0, width=80, help="уроки, на которых пройден очередной час плана"),
    Column("lag", "Отставание", 0, width=84, help="к сегодня по плану − проведено, уроков (п. 6.3)"),
    percent_column("share", "Пройдено", width=76, help="проведено / часов в плане · 100"),
    Column("cancelled", "Отменено", 0, width=76, help="уроки, потерянные из-за отмены"),
    Column(
        "off_plan", "Вне плана", 0, width=76, help="уроки с темой, которой в плане нет, и сверх часов темы"
    ),
    Column("unwritten", "Без темы", 0, width=72, help="уроки прошли, а тема в журнал не записана (п. 3.4)"),
    Column("compressed", "Уплотнено", 0, width=80, help="на сколько часов план сокращён перепланированием"),
)


def number_in_url(name: str) -> int | None:
    """Return a whole number from the page's address, or None."""
    value = st.query_params.get(name, "")
    return int(value) if value.isdecimal() else None


def chosen_key() -> RegisterKey | None:
    """Return the register of the address, or None."""
    class_id, subject_id = number_in_url("class"), number_in_url("subject")
    if class_id is None or subject_id is None:
        return None
    return RegisterKey(class_id, subject_id, number_in_url("group"))


def open_register(key: RegisterKey) -> None:
    """Put a register into the address."""
    st.query_params["class"], st.query_params["subject"] = str(key.class_id), str(key.subject_id)
    if key.subgroup_id is not None:
        st.query_params["group"] = str(key.subgroup_id)


def close_register() -> None:
    """Return to the list of registers."""
    for name in ("class", "subject", "group"):
        st.query_params.pop(name, None)
    remember(plan_view="")


def subject_title(register: RegisterRow) -> str:
    """Return «Математика · подгруппа 1»."""
    return f"{register.subject_name}{f' · {register.subgroup_name}' if register.subgroup_name else ''}"


def show_registers(user: User, today: date) -> None:
    """Show the registers of a year with what each owes to its plan; a chosen row opens its plan."""
    title_box, year_box, only_box, find_box = st.columns([4.2, 1.6, 2.4, 2.6], vertical_alignment="center")
    title_box.subheader("Планирование (КТП)")
    years = plan_years(school().store, user)
    begun = [year for year in years if first_of_september(year) <= today] or years
    if not years:
        st.info("Журналов пока нет. Они появятся, когда администратор заполнит нагрузку или загрузит журнал.")
        return
    asked = number_in_url("year")
    default = asked if asked in years else begun[0]
    year = year_box.selectbox(
        "Учебный год",
        years,
        years.index(default),
        format_func=school_year_title,
        label_visibility="collapsed",
    )
    only_behind = only_box.toggle("Только с отставанием", key="plans_behind")
    rows = plan_registers(school().store, user, year, today=today)
    wanted = find_box.text_input(
        "Найти", placeholder="Класс, предмет или учитель", label_visibility="collapsed", key="plans_find"
    )
    rows = [row for row in rows if _fits(row, wanted, only_behind)]
    if not rows:
        st.info(
            "Таких журналов нет."
            if wanted or only_behind
            else "Журналов этого года, которые вы ведёте или читаете, нет."
        )
        return
    show_summary(rows)
    reads_all = may(user, Action.READ_LESSON_PLANS)
    rows.sort(key=lambda row: _order(row, None if reads_all else user.staff_id))
    table = show_table(
        _frame(rows),
        REGISTERS,
        "plans_table",
        on_choose=lambda number: open_register(rows[number].register.key),
        rows_shown=TABLE_ROWS,
    )
    note, export = st.columns([6, 1.4], vertical_alignment="center")
    note.caption("Щёлкните слева от строки, чтобы открыть план. Сверху — наибольшее отставание.")
    with export:
        export_table(
            table, f"Прохождение программы {school_year_title(year).replace('/', '-')}", key="plans_export"
        )


def _order(row: RegisterProgress, own_id: int | None) -> tuple[bool, int]:
    """First one's own registers, then those furthest behind."""
    is_own = own_id in row.register.teacher_ids
    return (own_id is not None and not is_own, -(row.progress.lag if row.progress else 0))


def _fits(row: RegisterProgress, wanted: str, only_behind: bool) -> bool:
    register = row.register
    text = f"{register.class_name} {subject_title(register)} {register.teacher_names}".casefold()
    is_behind = row.progress is not None and row.progress.lag > 0
    return all(word in text for word in wanted.casefold().split()) and (is_behind or not only_behind)


def show_summary(rows: Sequence[RegisterProgress]) -> None:
    """Say in a line how many registers have plans and how many are behind."""
    planned = [row.progress for row in rows if row.progress]
    behind = [figures for figures in planned if figures.lag]
    without = len(rows) - len(planned)
    parts = [
        f"Журналов: **{number_text(len(rows))}**",
        f"отстают: **{number_text(len(behind))}**",
        f"отставание всего: **{counted(sum(figures.lag for figures in behind), 'урок', 'урока', 'уроков')}**",
        f"уроков без темы: **{number_text(sum(figures.unwritten for figures in planned))}**",
    ]
    if without:
        parts.append(f":orange-background[без плана: {number_text(without)}]")
    st.markdown(" · ".join(parts))


def _frame(rows: Sequence[RegisterProgress]) -> pd.DataFrame:
    figures = ("total", "due", "held", "lag", "cancelled", "off_plan", "unwritten")
    return pd.DataFrame(
        {
            "class": [row.register.class_name for row in rows],
            "subject": [subject_title(row.register) for row in rows],
            "teacher": [row.register.teacher_names or DASH for row in rows],
            **{
                name: [getattr(row.progress, name) if row.progress else None for row in rows]
                for name in figures
            },
            "share": [row.progress.held_share if row.progress else None for row in rows],
            "compressed": [row.compressed_hours if row.progress else None for row in rows],
        }
    )


def show_plan(user: User, key: RegisterKey, today: date) -> None:
    """Show one register's plan."""
    try:
        page = plan_page(school().store, user, key, today=today)
    except Refusal as refusal:
        st.warning(str(refusal))
        st.button("Все планы", icon=":material/arrow_back:", on_click=close_register, type="tertiary")
        return
    back, title, register_box = st.columns([1.5, 7, 1.8], vertical_alignment="center")
    back.button("Все планы", icon=":material/arrow_back:", on_click=close_register, type="tertiary")
    teachers = f" · {page.register.teacher_names}" if page.register.teacher_names else ""
    title.markdown(
        f"#### {page.register.class_name} {subject_title(page.register)}, "
        f"{school_year_title(page.register.school_year)}{teachers}"
    )
    with register_box:
        show_register_link(page)
    st.markdown(progress_text(page))
    if note := st.session_state.pop(NOTE, ""):
        st.toast(note, icon=":material/check:")
    views = {name: words for name, words in VIEWS.items() if page.may_edit or name not in EDITOR_VIEWS}
    if not page.may_edit:
        views["topics"] = VIEWS["topics"]
    if not page.topics:
        views.pop("replan", None)
    default = "load" if page.may_edit and not page.topics else "lessons"
    view = choose_segment("plan_view", "Что показать", views, default=default)
    if view == "lessons":
        show_lessons(page, today)
    elif view == "topics":
        show_topics(page, user)
    elif view == "load":
        show_loading(page, user)
    else:
        show_replanning(page, user)


def show_register_link(page: PlanPage) -> None:
    """Link to the register itself."""
    key = page.register.key
    address = {"year": page.register.school_year, "class": key.class_id, "subject": key.subject_id}
    if key.subgroup_id is not None:
        address["group"] = key.subgroup_id
    st.page_link(
        "pages/register/grid.py",
        label="Открыть журнал",
        icon=":material/grid_on:",
        query_params={name: str(value) for name, value in address.items()},
    )


def progress_text(page: PlanPage) -> str:
    """Say in a line where the plan stands and where lessons went."""
    figures = page.progress
    if not page.topics:
        return ":orange-background[плана ещё нет]"
    lag = counted(figures.lag, "урок", "урока", "уроков")
    reasons = [
        f"отменено {figures.cancelled}" if figures.cancelled else "",
        f"не по плану {figures.off_plan}" if figures.off_plan else "",
    ]
    why = ", ".join(reason for reason in reasons if reason)
    parts = [
        f"В плане **{counted(figures.total, 'час', 'часа', 'часов')}**",
        f"к сегодня по плану {figures.due}",
        f"проведено **{figures.held}** ({percent_text(figures.held_share, 0)})",
        f":orange-background[отставание {lag}{f': {why}' if why else ''}]"
        if figures.lag
        else ":green-background[отставания нет]",
        f":orange-background[без темы: {figures.unwritten}]" if figures.unwritten else "",
        f"осталось часов {figures.total - figures.held}, уроков {page.lessons_left}",
        f"уплотнено на {page.compressed_hours} ч" if page.compressed_hours else "",
    ]
    return " · ".join(part for part in parts if part)


def show_lessons(page: PlanPage, today: date) -> None:
    """Show the plan laid over the lessons, from the dated ones to those the timetable promises."""
    if not page.lessons:
        st.info("Уроков этого журнала пока нет: план разложится по датам, когда появится расписание.")
        return
    rows = [_lesson_row(page, number, today) for number in range(len(page.lessons))]
    first = next((i for i, placed in enumerate(page.lessons) if placed.lesson.held_on >= today), len(rows))
    is_whole = st.toggle("С начала года", key="plan_whole", value=first < TABLE_ROWS) if first else True
    shown = rows if is_whole else rows[max(0, first - 4) :]
    columns = [
        Column("number", "№", 0, width=50),
        Column("day", "Дата", width=110),
        Column("planned", "Тема по плану", width="large"),
        Column("written", "В журнале", width="large"),
        Column("state", "Состояние", width=170),
    ]
    table = show_table(pd.DataFrame(shown), columns, "plan_lessons", rows_shown=13)
    place = f"{page.register.class_name} {page.register.subject_name}"
    export_table(table, f"КТП {place}", key="plan_lessons_export")
    beyond = page.progress.total - page.progress.held - page.lessons_left
    if beyond > 0 and page.topics:
        hours = counted(beyond, "часу плана", "часам плана", "часам плана")
        st.caption(f"До конца года не хватает уроков {hours}.")


def _lesson_row(page: PlanPage, number: int, today: date) -> dict[str, object]:
    placed = page.lessons[number]
    lesson = placed.lesson
    topic = page.topics[placed.place] if placed.place is not None else None
    return {
        "number": number + 1,
        "day": day_text(lesson.held_on),
        "planned": topic.title if topic else "",
        "written": lesson.topic,
        "state": lesson_state(placed, today, has_plan=bool(page.topics)),
    }


def day_text(day: date) -> str:
    """Return «пн 23 ноя»."""
    return f"{WEEKDAYS_SHORT[day.weekday()]} {day.day} {MONTHS_SHORT[day.month - 1]}"


def lesson_state(placed: PlacedLesson, today: date, *, has_plan: bool) -> str:
    """Return what became of a lesson in a word or two."""
    lesson = placed.lesson
    if lesson.is_cancelled:
        return "отменён"
    if lesson.topic:
        return "по плану" if placed.is_planned or not has_plan else "не по плану"
    if lesson.lesson_id is None:
        return "по расписанию"
    return "тема не записана" if lesson.held_on < today else "впереди"


def show_topics(page: PlanPage, user: User) -> None:
    """Show the topics with their hours: a form for the register's teacher, a table for the others."""
    rows = pd.DataFrame(
        {
            NAME: [topic.title for topic in page.topics],
            HOURS: [topic.hours for topic in page.topics],
            "Проведено": page.hours_held,
            "id": [topic.topic_id for topic in page.topics],
        }
    )
    if not page.may_edit:
        if rows.empty:
            st.info("Плана ещё нет: его составляет учитель этого журнала.")
        else:
            st.dataframe(rows.drop(columns="id"), height=530, hide_index=False)
        return
    with st.form("plan_topics", border=False):
        edited = st.data_editor(
            rows,
            key=f"plan_editor_{page.register.key}_{hash(page.topics)}",
            num_rows="dynamic",
            hide_index=True,
            height=480,
            column_order=[NAME, HOURS, "Проведено"],
            column_config={
                NAME: st.column_config.TextColumn(width="large", required=True, max_chars=500),
                HOURS: st.column_config.NumberColumn(
                    min_value=1, max_value=HOURS_A_TOPIC, step=1, default=1, width=80
                ),
                "Проведено": st.column_config.NumberColumn(disabled=True, width=90),
            },
        )
        if st.form_submit_button("Сохранить темы", type="primary"):
            save(page, user, _edited_topics(edited), "правка тем")
    st.caption(
        "Новая тема добавляется последней строкой; чтобы вставить её в середину, используйте «Вставить или загрузить»."
    )


def _edited_topics(edited: pd.DataFrame) -> list[PlanTopic]:
    return [
        PlanTopic(
            "" if pd.isna(row[NAME]) else str(row[NAME]),
            0 if pd.isna(row[HOURS]) else int(row[HOURS]),
            None if pd.isna(row["id"]) else int(row["id"]),
        )
        for _, row in edited.iterrows()
    ]


def save(
    page: PlanPage, user: User, topics: Sequence[PlanTopic], how: str, *, is_replanning: bool = False
) -> None:
    """Save a plan and show it over the lessons, or say why not."""
    change = PlanChange(topics, page.topics, how, is_replanning)
    try:
        save_plan(school().store, user, page.register.key, change, now=school().clock())
    except Refusal as refusal:
        st.error(str(refusal))
        return
    st.session_state[NOTE] = f"План сохранён: {counted(len(topics), 'тема', 'темы', 'тем')}."
    remember(plan_view="lessons")
    st.rerun()


def show_loading(page: PlanPage, user: User) -> None:
    """Offer the ways to bring a whole plan in: pasted, from a workbook, from another class; each with a preview."""
    if page.topics:
        st.caption(
            "Новый план заменит нынешний; темы с теми же словами останутся связаны с проведёнными уроками."
        )
    pasted, given, copied = st.tabs(["Вставить текст", "Файл .xlsx", "Из другого класса"])
    with pasted:
        text = st.text_area(
            "Темы",
            "\n".join(f"{topic.title}\t{topic.hours}" for topic in page.topics),
            height=240,
            key=f"plan_pasted_{page.register.key}_{hash(page.topics)}",
            label_visibility="collapsed",
            placeholder="Тема на строке; часы — после табуляции, «;» или в скобках:\nНатуральные числа; 4\nДроби (6 ч)",
        )
        lines = pasted_lines(text)
        if lines and [line.topic for line in lines if not line.problem] != [
            PlanTopic(t.title, t.hours) for t in page.topics
        ]:
            show_preview(page, user, lines, "вставлено текстом", "строка")
    with given:
        show_workbook(page, user)
    with copied:
        show_copying(page, user)


def show_workbook(page: PlanPage, user: User) -> None:
    """Offer the template and take a filled workbook."""
    st.download_button(
        "Скачать нынешний план" if page.topics else "Скачать шаблон",
        lambda: plan_workbook(page.topics),
        "КТП.xlsx",
        WORKBOOK_MIME,
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )
    upload = st.file_uploader(
        "Книга со столбцами №, Тема, Часы",
        type="xlsx",
        key=f"plan_file_{page.register.key}_{hash(page.topics)}",
    )
    if upload is None:
        return
    try:
        lines = workbook_lines(upload.getvalue())
    except Refusal as refusal:
        st.error(str(refusal))
        return
    if not lines:
        st.warning("В файле нет ни одной темы. Заполните столбцы «Тема» и «Часы» и загрузите его снова.")
        return
    show_preview(page, user, lines, "загружено из файла", "строка листа")


def show_copying(page: PlanPage, user: User) -> None:
    """Offer the plans of the same subject in the same grade level."""
    sources = copy_sources(school().store, user, page.register.key)
    if not sources:
        st.info("Планов этого предмета в той же параллели нет ни в этом году, ни в прошлом.")
        return
    source = st.selectbox(
        "Откуда",
        sources,
        format_func=lambda each: f"{each.title} — тем {each.topic_count}, часов {each.hours}",
        key=f"plan_source_{page.register.key}",
    )
    topics = topics_to_copy(school().store, user, page.register.key, source.key)
    lines = [PlanLine(number, topic.title, topic.hours) for number, topic in enumerate(topics, start=1)]
    show_preview(page, user, lines, f"скопировано: {source.title}", "тема")


def show_preview(page: PlanPage, user: User, lines: Sequence[PlanLine], how: str, word: str) -> None:
    """Show what would be loaded and each line that cannot be; nothing is loaded before it is accepted."""
    wrong = bad_lines(lines)
    if wrong:
        listed = "\n".join(
            f"- {word} {line.number}: {line.problem}{f' — «{line.title[:60]}»' if line.title else ''}"
            for line in wrong
        )
        st.error(
            f"Не читаются {counted(len(wrong), 'строка', 'строки', 'строк')} из {len(lines)}; исправьте их:\n{listed}"
        )
        return
    topics = [line.topic for line in lines]
    hours = sum(topic.hours for topic in topics)
    left = page.lessons_left + page.progress.held
    fits = f", а уроков в году {len([p for p in page.lessons if not p.lesson.is_cancelled])}" if left else ""
    if st.button(
        f"Принять {counted(len(topics), 'тему', 'темы', 'тем')}", type="primary", key=f"plan_accept_{how}"
    ):
        save(page, user, topics, how)
    st.caption(f"{counted(hours, 'час', 'часа', 'часов')}{fits}. Пока не принято, план не меняется.")
    rows = pd.DataFrame({NAME: [topic.title for topic in topics], HOURS: [topic.hours for topic in topics]})
    rows.index += 1
    st.dataframe(
        rows,
        height=min(320, 38 + 35 * len(rows)),
        column_config={NAME: st.column_config.TextColumn(width="large")},
    )


def show_replanning(page: PlanPage, user: User) -> None:
    """Propose how the rest of the plan fits into the lessons left; nothing changes before it is accepted."""
    hours_left = page.progress.total - sum(page.hours_held)
    left = st.number_input(
        f"Уроков до конца года (по расписанию {page.lessons_left}); осталось часов плана: {hours_left}",
        0,
        1000,
        page.lessons_left,
        key=f"plan_left_{page.register.key}_{hash(page.topics)}",
        width=520,
    )
    try:
        proposal = replan(page.topics, page.hours_held, int(left))
    except Refusal as refusal:
        st.warning(str(refusal))
        return
    changed = [each for each in proposal if each.is_changed]
    if not changed:
        st.success("Оставшиеся темы помещаются в оставшиеся уроки: менять нечего.")
        if page.progress.lag and st.button("Считать отставание закрытым"):
            save_replanned(page, user, proposal)
        return
    saved = hours_left - int(left)
    st.markdown(
        f"Чтобы успеть, план уплотняется на **{counted(saved, 'час', 'часа', 'часов')}**. Проведённое не меняется."
    )
    if st.button("Принять новый план", type="primary"):
        save_replanned(page, user, proposal)
    rows = pd.DataFrame([_replanned_row(each) for each in changed])
    columns = [
        Column("before", "Было", width="large"),
        Column("after", "Станет", width="large"),
        Column("held", "Проведено, ч", 0),
        Column("hours", "Часов", width=110),
    ]
    show_table(rows, columns, "plan_proposal", rows_shown=10)


def _replanned_row(each: ReplannedTopic) -> dict[str, object]:
    hours = sum(topic.hours for topic in each.before)
    return {
        "before": "; ".join(f"{topic.title} ({topic.hours} ч)" for topic in each.before),
        "after": each.after.title,
        "held": each.hours_held,
        "hours": f"{hours} → {each.after.hours}",
    }


def save_replanned(page: PlanPage, user: User, proposal: Sequence[ReplannedTopic]) -> None:
    """Save an accepted proposal."""
    save(page, user, [each.after for each in proposal], "перепланирование", is_replanning=True)


def show(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    key = chosen_key()
    if key is None:
        show_registers(user, today)
    else:
        show_plan(user, key, today)


show(guard(Action.READ_LESSON_PLANS))
