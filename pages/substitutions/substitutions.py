"""«Замены»: an absent teacher's lessons settled by the deputy head, the unsigned lines, the month's sheet (п. 4.2, 4.5)."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.export import export_table
from pages.ui.filters import choose, choose_segment
from pages.ui.substitution_marks import hour_words, kind_badge, lesson_words, signature_words
from pages.ui.tables import RecordColumn, Row, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.calendar import MONTHS_NOMINATIVE, day_title
from school.errors import Refusal
from school.numbers import counted
from school.records import JoinTarget, SubstitutionKind, User
from school.substitutions.actions import Assignment, assign_substitutions, withdraw_substitution
from school.substitutions.lookups import (
    AbsentLesson,
    LogRow,
    SheetRow,
    absent_lessons,
    month_sheet,
    possible_absentees,
    unsigned_substitutions,
)
from school.substitutions.rules import KIND_TITLES, MOST_DAYS, REASON_LENGTH, Candidate, SubstituteFit
from server.session import guard, school

WIDTHS = [0.9, 3.2, 5.2, 1.7]
NOTES = "substitution_notes"
# The days that the buttons of the page were drawn for: a day typed since is sent together with the press of a button.
SHOWN, FIRST, REASON = "substitution_days", "absent_from", "absent_reason"
CANCEL = "cancel"
MONTHS_SHOWN = 10
FIT_TITLES = {
    SubstituteFit.SUBJECT_IN_CLASS: "ведёт предмет, знает класс",
    SubstituteFit.SUBJECT: "ведёт предмет",
    SubstituteFit.CLASS_ONLY: "присмотр, знает класс",
    SubstituteFit.SUPERVISION: "присмотр",
}
SHEET_COLUMNS: tuple[RecordColumn[SheetRow], ...] = (
    RecordColumn("Кто заменял", lambda row: row.name, width=230),
    RecordColumn(
        "Замена по предмету",
        lambda row: row.hours.hours[SubstitutionKind.SUBJECT],
        0,
        150,
        "Заменяющий ведёт этот предмет",
    ),
    RecordColumn(
        "Присмотр",
        lambda row: row.hours.hours[SubstitutionKind.SUPERVISION],
        0,
        110,
        "Заменяющий этого предмета не ведёт",
    ),
    RecordColumn(
        "Объединение",
        lambda row: row.hours.hours[SubstitutionKind.JOINED],
        0,
        120,
        "Урок дан вместе со своим уроком",
    ),
    RecordColumn("Всего часов", lambda row: row.hours.total, 0, width=110, help="Один урок — один час"),
    RecordColumn(
        "Не подписано", lambda row: row.hours.unsigned, 0, 120, "Сколько из них заменявший не подписал"
    ),
)
LOG_COLUMNS: tuple[RecordColumn[LogRow], ...] = (
    RecordColumn("Дата", lambda line: f"{line.lesson.held_on:%d.%m.%y}", width=82),
    RecordColumn("Урок", lambda line: line.lesson.number, 0, width=60),
    RecordColumn("Класс и предмет", lambda line: lesson_words(line.lesson), width=205),
    RecordColumn("Кого", lambda line: line.regular_name, width=130),
    RecordColumn("Кто", lambda line: line.substitute_name or "—", width=130),
    RecordColumn(
        "Вид",
        lambda line: KIND_TITLES[line.kind] + (f" с {line.joined_with}" if line.joined_with else ""),
        width=150,
    ),
    RecordColumn("Причина", lambda line: line.reason, width=150),
    RecordColumn("Подпись", signature_words, width=140),
)


def date_in_url(name: str, default: date) -> date:
    """Return a day of the page's address, or the default."""
    try:
        return date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        return default


def choose_absence(user: User, today: date) -> tuple[int | None, date, date]:
    """Let the user choose who is absent, from when to when and why; teacher and first day stand in the address."""
    teacher_box, first_box, last_box, reason_box = st.columns([3, 1.5, 1.5, 3.6], vertical_alignment="bottom")
    first_day = date_in_url("day", today)
    names = possible_absentees(school().store, user, first_day)
    titles = {"": "Кто отсутствует?"} | {str(key): name for key, name in names.items()}
    code = choose("absent", "Учитель", titles, place=teacher_box)
    starts_on = first_box.date_input("С", first_day, format="DD.MM.YYYY", key=FIRST)
    ends_on = last_box.date_input(
        "По", first_day, format="DD.MM.YYYY", key=f"absent_to_{first_day}", help=f"До {MOST_DAYS} дней"
    )
    if may(user, Action.ASSIGN_SUBSTITUTIONS):
        reason_box.text_input(
            "Причина",
            max_chars=REASON_LENGTH,
            placeholder="Больничный, курсы, командировка…",
            key=REASON,
            help="Войдёт в журнал замен; для отмены урока нужна обязательно",
        )
    if starts_on != first_day:
        st.query_params["day"] = starts_on.isoformat()
        st.rerun()
    st.session_state[SHOWN] = starts_on
    return (int(code) if code else None), starts_on, ends_on


def show_absence(user: User, today: date) -> None:
    """Show the lessons of whoever is absent, day by day, each with its way out."""
    teacher_id, first_day, last_day = choose_absence(user, today)
    # What the last press of a button could not do.
    for note in st.session_state.pop(NOTES, []):
        st.error(as_typed(note))
    if teacher_id is None:
        show_day_log(user, first_day, last_day)
        return
    try:
        lessons = absent_lessons(school().store, user, teacher_id, first_day, last_day)
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
        return
    if not lessons:
        st.info("В эти дни уроков у учителя нет. Выберите другие дни.")
    for day, of_day in groupby(lessons, key=lambda each: each.lesson.held_on):
        show_day(user, day, list(of_day), teacher_id)


def show_day(user: User, day: date, lessons: Sequence[AbsentLesson], teacher_id: int) -> None:
    """Show a day's lessons; the button settles all of them as chosen."""
    may_assign = may(user, Action.ASSIGN_SUBSTITUTIONS)
    waiting = [each for each in lessons if each.is_open]
    title_box, button_box = st.columns([5, 2], vertical_alignment="center")
    settled = "всё решено" if not waiting else f"ждут решения: {len(waiting)} из {len(lessons)}"
    title_box.markdown(f"**{day_title(day)}** · {settled}")
    if may_assign and len(waiting) > 1:
        button_box.button(
            f"Назначить весь день: {len(waiting)}",
            key=f"assign_day_{day}",
            type="primary",
            icon=":material/done_all:",
            on_click=assign,
            args=(user, [each.lesson.lesson_id for each in waiting]),
            width="stretch",
        )
    with st.container(gap="xxsmall" if not may_assign else "xsmall"):
        for each in lessons:
            show_lesson(user, each, teacher_id, may_assign=may_assign)


def show_lesson(user: User, each: AbsentLesson, teacher_id: int, *, may_assign: bool) -> None:
    """Show a lesson in a row: what was decided, or who could give it."""
    number_box, lesson_box, choice_box, button_box = st.columns(WIDTHS, vertical_alignment="center")
    number_box.markdown(f"**{each.lesson.number}**-й урок")
    lesson_box.markdown(lesson_words(each.lesson))
    if each.settled:
        choice_box.markdown(settled_words(each.settled, teacher_id))
        if may_assign and not each.has_entries:
            button_box.button(
                "Снять",
                key=f"withdraw_{each.lesson.lesson_id}",
                icon=":material/undo:",
                on_click=withdraw,
                args=(user, each.settled.substitution_id),
                width="stretch",
            )
    elif each.why_not or not may_assign:
        choice_box.markdown(f":gray[{as_typed(each.why_not or 'решения ещё нет')}]")
    else:
        show_choice(user, each, choice_box, button_box)


def settled_words(line: LogRow, teacher_id: int) -> Markdown:
    """Return what was decided about a lesson, with the signature."""
    if line.substitute_id == teacher_id:
        return Markdown(
            f"это замена, отсутствует {as_typed(line.regular_name)}. Снимите её и назначьте другого."
        )
    parts = (
        kind_badge(line),
        as_typed(line.substitute_name),
        f":gray[{signature_words(line)}]" if line.substitute_id else "",
    )
    filled = ":green[журнал заполнен]" if line.is_filled else ""
    return Markdown(" ".join(filter(None, (*parts, filled))))


def show_choice(
    user: User, each: AbsentLesson, choice_box: DeltaGenerator, button_box: DeltaGenerator
) -> None:
    """Show the ways out of a lesson, the best of them chosen, and the button that takes it."""
    titles = ways_out(each)
    default = f"t{each.proposed.staff_id}" if each.proposed else None
    lesson_id = each.lesson.lesson_id
    choice_box.selectbox(
        "Что делать с уроком",
        list(titles),
        index=list(titles).index(default) if default else None,
        format_func=titles.__getitem__,
        placeholder="Свободных нет: объедините или отмените",
        label_visibility="collapsed",
        key=choice_key(lesson_id),
    )
    button_box.button(
        "Назначить", key=f"assign_{lesson_id}", on_click=assign, args=(user, [lesson_id]), width="stretch"
    )


def choice_key(lesson_id: int) -> str:
    """Return where the choice about a lesson is kept."""
    return f"way_{lesson_id}"


def ways_out(each: AbsentLesson) -> dict[str, str]:
    """Return the ways out of a lesson by code: free teachers, lessons to join with, cancelling."""
    return (
        {f"t{free.staff_id}": candidate_words(free) for free in each.candidates}
        | {f"j{other.lesson_id}": join_words(other) for other in each.joins}
        | {CANCEL: "Отменить урок"}
    )


def candidate_words(free: Candidate) -> str:
    """Return «Орлова В. С. · ведёт предмет · уроков в этот день: 3»."""
    lessons = (
        f"уроков в этот день: {free.lessons_that_day}" if free.lessons_that_day else "в этот день без уроков"
    )
    return f"{free.name} · {FIT_TITLES[free.fit]} · {lessons}"


def join_words(other: JoinTarget) -> str:
    """Return «Объединить: 7Б Математика · Орлова В. С.»."""
    group = f" · {other.subgroup_name}" if other.subgroup_name else ""
    return f"Объединить: {other.class_name} {other.subject_name}{group} · {other.teacher_name}"


def assign(user: User, lesson_ids: Sequence[int]) -> None:
    """Settle lessons as chosen; what is refused is reported, the rest is done. Nothing where another day was typed since."""
    shown, typed = st.session_state[SHOWN], st.session_state[FIRST]
    if typed != shown:
        st.session_state[NOTES] = [
            f"Ничего не записано: день изменён на {typed:%d.%m.%Y}, кнопка была для {shown:%d.%m.%Y}. "
            "Проверьте уроки ниже и нажмите ещё раз."
        ]
        return
    # As typed by now: a text left by the press of a button comes with it.
    reason = st.session_state.get(REASON, "")
    codes = {lesson_id: st.session_state.get(choice_key(lesson_id)) for lesson_id in lesson_ids}
    chosen = [assignment(lesson_id, code) for lesson_id, code in codes.items() if code]
    notes = ["Что делать с уроком, не выбрано. Выберите в строке урока."] if len(chosen) < len(codes) else []
    try:
        results = assign_substitutions(school().store, user, chosen, reason, now=school().clock())
    except Refusal as refusal:
        st.session_state[NOTES] = [str(refusal)]
        return
    st.session_state[NOTES] = list(dict.fromkeys(notes + [each.message for each in results if each.message]))
    if done := sum(each.substitution_id is not None for each in results):
        day = f"{shown:%d.%m}"
        st.toast(f"Записано с {day}: {counted(done, 'урок', 'урока', 'уроков')}.", icon=":material/check:")


def assignment(lesson_id: int, code: str) -> Assignment:
    """Return what a code of a way out stands for."""
    if code == CANCEL:
        return Assignment(lesson_id)
    number = int(code[1:])
    if code.startswith("j"):
        return Assignment(lesson_id, joined_lesson_id=number)
    return Assignment(lesson_id, substitute_id=number)


def withdraw(user: User, substitution_id: int) -> None:
    """Take an assignment back."""
    try:
        withdraw_substitution(school().store, user, substitution_id, now=school().clock())
    except Refusal as refusal:
        st.session_state[NOTES] = [str(refusal)]
    else:
        st.toast("Назначение снято.", icon=":material/check:")


def show_day_log(user: User, first_day: date, last_day: date) -> None:
    """Show the substitutions of the chosen days while nobody is chosen as absent."""
    lines = month_sheet(school().store, user, first_day, max(first_day, last_day)).lines
    if not lines:
        choose_words = " Выберите выше, кто отсутствует." if may(user, Action.ASSIGN_SUBSTITUTIONS) else ""
        st.info(f"На {day_title(first_day)} замен нет.{choose_words}")
        return
    st.markdown(f"**Замены: {len(lines)}**")
    show_records(lines, LOG_COLUMNS, "day_log", rows_shown=14)


def show_unsigned(lines: Sequence[LogRow]) -> None:
    """Show the lines that their substitutes have not signed (п. 4.5)."""
    if not lines:
        st.success("Все состоявшиеся замены подписаны.", icon=":material/check:")
        return
    st.caption("Заменявший подписывает замену на странице «Журнал замен» (п. 4.5).")
    for line in lines:
        filled = "журнал заполнен" if line.is_filled else ":orange-background[журнал не заполнен]"
        st.markdown(
            f"{hour_words(line.lesson)} · **{lesson_words(line.lesson)}** · {kind_badge(line)} "
            f"{as_typed(line.substitute_name)} · отсутствует {as_typed(line.regular_name)} · {filled}"
        )


def choose_month(today: date) -> date:
    """Let the user choose a month; return its first day."""
    months = [today.replace(day=1)]
    while len(months) < MONTHS_SHOWN:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    titles = {f"{day:%Y-%m}": f"{MONTHS_NOMINATIVE[day.month - 1]} {day.year}" for day in months}
    code = choose("month", "Месяц", titles, place=st.container(width=200), label_hidden=True)
    return date.fromisoformat(f"{code}-01")


def show_sheet(user: User, today: date) -> None:
    """Show the month's hours by substitute and the lessons they stand on, each as a table to download."""
    first_day = choose_month(today)
    last_day = (first_day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    sheet = month_sheet(school().store, user, first_day, min(last_day, max(today, first_day)))
    title = f"{MONTHS_NOMINATIVE[first_day.month - 1].lower()} {first_day.year}"
    if not sheet.lines:
        st.info("В этом месяце замен не было.")
        return
    if sheet.rows:
        show_titled("Табель замен", title, sheet.rows, SHEET_COLUMNS, "sheet")
    show_titled("Журнал замен", title, sheet.lines, LOG_COLUMNS, "sheet_log")


def show_titled(
    title: Markdown, month: str, rows: Sequence[Row], columns: Sequence[RecordColumn[Row]], key: str
) -> None:
    """Show a table under its title with the button that downloads it."""
    title_box, button_box = st.columns([5, 1.3], vertical_alignment="center")
    title_box.markdown(f"**{title}, {as_typed(month)}**")
    table = show_records(rows, columns, key, rows_shown=10)
    with button_box:
        export_table(table, f"{title}, {month}", key=f"export_{key}")


def show_substitutions(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    unsigned = unsigned_substitutions(school().store, user, today)
    views = {"day": "По дням", "unsigned": f"Не подписано · {len(unsigned)}", "sheet": "Табель замен"}
    view = choose_segment("substitution_view", "Что показать", views, default="day")
    if view == "unsigned":
        show_unsigned(unsigned)
    elif view == "sheet":
        show_sheet(user, today)
    else:
        show_absence(user, today)


show_substitutions(guard(Action.READ_SUBSTITUTIONS))
