"""«Экзамены и итог»: the exam marks of a register, and the final marks that follow from them (п. 4.5, 5.4)."""

import pandas as pd
import streamlit as st

from pages.councils.parts.editing import begun_anew, editor_key
from pages.ui.doing import try_and_rerun
from pages.ui.register_choice import NO_REGISTERS, RegisterChoice, address_of, choose_register, subject_title
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.calendar import school_year_title
from school.councils.actions import enter_exam_marks, plan_exams
from school.councils.lookups import NO_EXAM, exam_page, exams_to_plan
from school.councils.records import ExamEdit, ExamPage
from school.councils.rules import LONGEST_REASON
from school.errors import RuleRefused
from school.records import RegisterKey, RegisterRow, User
from school.term_marks.rules.term_marks import parse_term_mark
from server.session import guard, school

YEAR, EXAM, PROPOSED, OTHER, REASON = "year", "exam", "proposed", "other", "reason"


def choose(choice: RegisterChoice) -> RegisterRow:
    """Show the boxes of year, class and subject; what is chosen stands in the address."""
    year_box, class_box, subject_box, _ = st.columns([1.1, 1, 3, 2.4])
    years = list(choice.years)
    year = year_box.selectbox("Учебный год", years, years.index(choice.year), format_func=school_year_title)
    classes = {row.key.class_id: row.class_name for row in choice.rows}
    class_id = class_box.selectbox(
        "Класс",
        list(classes),
        list(classes).index(choice.register.key.class_id),
        format_func=classes.__getitem__,
        key=f"exam_class_{year}",
    )
    own = {row.key: row for row in choice.rows if row.key.class_id == class_id}
    start = choice.register.key if choice.register.key in own else next(iter(own))
    key = subject_box.selectbox(
        "Предмет",
        list(own),
        list(own).index(start),
        format_func=lambda each: subject_title(own[each]),
        key=f"exam_subject_{class_id}",
    )
    if year != choice.year:
        st.query_params.from_dict({"year": str(year)})
        st.rerun()
    st.query_params.from_dict(address_of(own[key], None))
    return own[key]


def show_plan(user: User, register: RegisterRow) -> None:
    """Let the deputy head choose in which subjects the class has an exam."""
    subjects, chosen = exams_to_plan(school().store, user, register.key.class_id)
    with (
        st.popover(f"Экзамены {as_typed(register.class_name)}: {len(chosen)}", icon=":material/checklist:"),
        st.form(f"exams_{register.key.class_id}", border=False),
    ):
        wanted = st.multiselect(
            "По каким предметам в этом году экзамен",
            list(subjects),
            [each for each in subjects if each in chosen],
            format_func=subjects.__getitem__,
            placeholder="Экзаменов нет",
        )
        is_sent = st.form_submit_button("Сохранить", type="primary")
    if is_sent:
        try_and_rerun(
            lambda: plan_exams(school().store, user, register.key.class_id, wanted, now=school().clock()),
            Markdown("Экзамены класса сохранены."),
        )


def exam_frame(page: ExamPage) -> pd.DataFrame:
    """Return the table: a row a pupil, marks as texts."""
    rows = [
        {
            "number": number,
            "name": pupil.name.full,
            YEAR: _text(subject.year),
            EXAM: _text(subject.exam),
            PROPOSED: _text(subject.proposed),
            OTHER: _text(subject.final) if subject.reason else "",
            REASON: subject.reason,
        }
        for number, (pupil, subject) in enumerate(page.pupils, start=1)
    ]
    return pd.DataFrame(rows, columns=["number", "name", YEAR, EXAM, PROPOSED, OTHER, REASON])


def _text(mark: int | None) -> str:
    return "" if mark is None else str(mark)


def typed_edits(page: ExamPage, edited: pd.DataFrame) -> list[ExamEdit]:
    """Return what was typed for each pupil; raises RuleRefused that names the row of what is no mark."""
    edits = []
    for (pupil, _), row in zip(page.pupils, edited.to_dict("records"), strict=True):
        words = {name: "" if pd.isna(row[name]) else str(row[name]) for name in (EXAM, OTHER, REASON)}
        try:
            exam, other = (parse_term_mark(words[name]) for name in (EXAM, OTHER))
        except RuleRefused as refusal:
            raise RuleRefused(
                f"Строка № {row['number']}: это не отметка.",
                "Ничего не записано.",
                "Ставят одну отметку: 2, 3, 4 или 5. Исправьте клетку и сохраните снова.",
            ) from refusal
        edits.append(ExamEdit(pupil.pupil_id, exam, other, words[REASON]))
    return edits


def show_table(user: User, page: ExamPage) -> None:
    """Show the table to be filled in; what was typed stays where it is refused."""
    key, may_enter = page.register.key, not page.why_not
    closed = ["number", "name", YEAR, PROPOSED] + ([] if page.has_exam else [EXAM])
    form = _form_key(key)
    with st.form(form, border=False):
        edited = st.data_editor(
            exam_frame(page),
            key=editor_key(form),
            hide_index=True,
            height=min(560, 38 + 35 * len(page.pupils)),
            disabled=closed if may_enter else True,
            placeholder="",
            column_config={
                "number": st.column_config.NumberColumn("№", width=45),
                "name": st.column_config.TextColumn("Фамилия, имя, отчество", width=300),
                YEAR: st.column_config.TextColumn("Год", width=60),
                EXAM: st.column_config.TextColumn("Экзамен", width=90),
                PROPOSED: st.column_config.TextColumn(
                    "Итог",
                    width=70,
                    help="Среднее годовой отметки и экзамена, половина — в пользу ученика (п. 5.4)",
                ),
                OTHER: st.column_config.TextColumn(
                    "Другой итог", width=110, help="Только если решено иначе, чем по правилу; с причиной"
                ),
                REASON: st.column_config.TextColumn("Причина", width=240, max_chars=LONGEST_REASON),
            },
        )
        is_sent = st.form_submit_button("Сохранить", type="primary", disabled=not may_enter)
    if is_sent:
        try_and_rerun(
            lambda: begun_anew(
                form,
                enter_exam_marks(school().store, user, key, typed_edits(page, edited), now=school().clock()),
            ),
            lambda changed: Markdown(f"Записано изменений: {as_typed(str(changed))}"),
        )


def _form_key(key: RegisterKey) -> str:
    return f"exam_{key.class_id}_{key.subject_id}_{key.subgroup_id or 0}"


def show_exams(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    choice = choose_register(school(), user, st.query_params.to_dict(), today)
    if choice is None:
        st.info(NO_REGISTERS)
        return
    register = choose(choice)
    page = exam_page(school().store, user, register.key, today=today)
    words, plan = st.columns([5, 2], vertical_alignment="center")
    with plan:
        if may(user, Action.PLAN_EXAMS):
            show_plan(user, register)
    parts = [page.why_not, "" if page.has_exam else NO_EXAM]
    given = sum(subject.exam is not None for _, subject in page.pupils)
    if page.has_exam:
        parts.append(f"экзамен: выставлено {given} из {len(page.pupils)}")
    words.caption(as_typed("; ".join(filter(None, parts))))
    if page.pupils:
        show_table(user, page)
    else:
        st.info("На конец года учеников в этом журнале нет.")


show_exams(guard(Action.READ_REGISTER))
