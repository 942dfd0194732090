"""Changing a plan: its topics typed, a whole plan brought in, the rest of it replanned; each seen before it is accepted."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.ui.export import download
from pages.ui.filters import remember
from pages.ui.tables import show_table
from pages.ui.typed_text import Markdown, as_typed
from pages.ui.typing.typed_table import typed_table
from pages.ui.upload import read_upload, rerun_with, show_reading
from pipelines.figures.columns import FigureColumn
from school.errors import Refusal
from school.lesson_plans.actions import PlanChange, save_plan
from school.lesson_plans.lookups import PlanPage, copy_sources, topics_to_copy
from school.lesson_plans.rules.lines import HOURS_A_TOPIC, PlanLine, bad_lines, pasted_lines, topic_lines
from school.lesson_plans.rules.plans import ReplannedTopic, replan
from school.lesson_plans.workbook import plan_workbook, workbook_lines
from school.numbers import counted
from school.records import PlanTopic, User
from server.session import school

NAME, HOURS = "Тема", "Часы"
FILE_TYPES = ["xlsx", "xls", "ods", "csv"]


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
        edited = typed_table(
            f"plan_{page.register.key.class_id}_{page.register.key.subgroup_id}_{page.register.key.subject_id}",
            rows,
            num_rows="dynamic",
            hide_index=True,
            height=480,
            placeholder="",
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
        st.error(as_typed(str(refusal)))
        return
    remember(plan_view="lessons")
    rerun_with(f"План сохранён: {counted(len(topics), 'тема', 'темы', 'тем')}.")


def show_loading(page: PlanPage, user: User) -> None:
    """Offer the ways to bring a whole plan in: pasted, from a workbook, from another class; each with a preview."""
    if page.topics:
        st.caption(
            "Новый план заменит нынешний; темы с теми же словами останутся связаны с проведёнными уроками."
        )
    pasted, given, copied = st.tabs(["Вставить текст", "Файл", "Из другого класса"])
    with pasted:
        text = st.text_area(
            "Темы",
            "\n".join(f"{topic.title}\t{topic.hours}" for topic in page.topics),
            height=240,
            key=f"plan_pasted_{page.register.key}_{hash(page.topics)}",
            label_visibility="collapsed",
            placeholder="Тема на строке; часы — после табуляции, «;» или в скобках:\nНатуральные числа; 4\nДроби (6 ч)",
        )
        pasted_text = pasted_lines(text)
        lines = topic_lines(pasted_text)
        if left_out := [line for line in pasted_text if line.left_out]:
            listed = as_typed(", ".join(f"{line.number} ({line.left_out})" for line in left_out))
            st.caption(f"Не темы, пропущены строки: {listed}.")
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
    label = "Скачать нынешний план" if page.topics else "Скачать шаблон"
    download(label, lambda: plan_workbook(page.topics), "КТП.xlsx", type="tertiary")
    key = f"plan_file_{page.register.key}_{hash(page.topics)}"
    reading = read_upload("lesson_plan", "Книга со столбцами №, Тема, Часы", FILE_TYPES, key, workbook_lines)
    if reading is None:
        return
    show_reading(reading.table)
    if not reading.lines:
        st.warning("В файле нет ни одной темы. Заполните столбцы «Тема» и «Часы» и загрузите его снова.")
        return
    show_preview(page, user, reading.lines, "загружено из файла", "строка листа")


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


def show_preview(page: PlanPage, user: User, lines: Sequence[PlanLine], how: str, word: Markdown) -> None:
    """Show what would be loaded and each line that cannot be; nothing is loaded before it is accepted."""
    wrong = bad_lines(lines)
    if wrong:
        listed = "\n".join(
            f"- {word} {line.number}: {as_typed(line.problem + (f' — «{line.title[:60]}»' if line.title else ''))}"
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
    is_sure = _is_sure(page, topics, how)
    if st.button(
        f"Принять {counted(len(topics), 'тему', 'темы', 'тем')}",
        type="primary",
        key=f"plan_accept_{how}",
        disabled=not is_sure,
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


def _is_sure(page: PlanPage, topics: Sequence[PlanTopic], how: str) -> bool:
    """Ask before topics of the present plan go; whoever wants it back loads the file that is offered here."""
    new = {topic.title for topic in topics}
    gone = [topic for topic in page.topics if topic.title not in new]
    if not gone:
        return True
    held = sum(
        hours for topic, hours in zip(page.topics, page.hours_held, strict=True) if topic.title not in new
    )
    lessons = (
        f", вне плана окажется {counted(held, 'проведённый урок', 'проведённых урока', 'проведённых уроков')}"
    )
    st.warning(
        f"Из нынешнего плана уйдёт {counted(len(gone), 'тема', 'темы', 'тем')}{lessons if held else ''}. "
        "Скачайте нынешний план: загрузив его снова, вы всё вернёте."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        is_sure = st.checkbox("Да, заменить план", key=f"plan_sure_{how}_{hash(page.topics)}")
        download(
            "Скачать нынешний план",
            lambda: plan_workbook(page.topics),
            "КТП.xlsx",
            key=f"plan_before_{how}",
            type="tertiary",
        )
    return is_sure


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
        st.warning(as_typed(str(refusal)))
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
        FigureColumn("before", "Было"),
        FigureColumn("after", "Станет"),
        FigureColumn("held", "Проведено, ч", 0),
        FigureColumn("hours", "Часов", width=110),
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
