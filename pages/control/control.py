"""«Контроль класса»: what the teachers of a class have not filled, and one click to ask for it (п. 4.3)."""

from datetime import date

import streamlit as st

from pages.ui.doing import try_to
from pages.ui.filters import choose_led_class
from pages.ui.requests import Wording, day_text, request_line
from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.calendar import term_title
from school.control.actions import RequestDraft, send_request
from school.control.lookups.classes import led_classes
from school.control.lookups.gaps import ClassControl, TeacherGaps, class_control, requests
from school.control.rules import COMMENT_LENGTH
from school.numbers import counted
from school.records import User
from school.register.rules.completeness import Part
from server.session import guard, school

WIDTHS = [2.4, 4, 1.1, 1.9, 0.9, 1.2, 1.7, 2.4]
HEADS = ("Учитель", "Предмет", "Без темы", "Без посещаемости", "Без ДЗ", "Давность", "Мало отметок", "")
# The minimum of п. 5.2 is judged at the end of a term: from this many days before it marks are asked for too.
MARKS_ASKED_DAYS = 14
REQUESTS_SHOWN = 10
SENT_NUMBER = "gap_requests_sent"


def choose_class(user: User, today: date) -> int | None:
    """Let the user choose a class; None where there is none."""
    classes = led_classes(school().store, user, Action.READ_CLASS_CONTROL, today)
    if not classes:
        return None
    return choose_led_class({str(each.class_id): each.name for each in classes})


def word_requests(control: ClassControl, today: date) -> Wording:
    """Let the sender set the deadline and add words; both go with every request sent after that."""
    number = st.session_state.get(SENT_NUMBER, 0)
    due_box, comment_box, marks_box = st.columns([2, 5, 3], vertical_alignment="bottom")
    due_on = due_box.date_input("Дополнить до", control.deadline, format="DD.MM.YYYY", key="gap_due")
    comment = comment_box.text_input(
        "Пояснение",
        max_chars=COMMENT_LENGTH,
        placeholder="Необязательно: увидят учитель и заместитель директора",
        key=f"typed_comment_{number}",
    )
    is_near = (control.term.ends_on - today).days <= MARKS_ASKED_DAYS
    with_marks = marks_box.checkbox("просить и отметки (п. 5.2)", is_near, key="gap_marks")
    return Wording(due_on, comment, with_marks)


def show_gaps(control: ClassControl, user: User, class_id: int, wording: Wording | None) -> None:
    """Show a row for each teacher and subject with gaps; the button sends the request at once."""
    with st.container(gap=None):
        for box, head in zip(st.columns(WIDTHS), HEADS, strict=True):
            box.caption(as_typed(head))
        for row in control.rows:
            boxes = st.columns(WIDTHS, vertical_alignment="center")
            for box, text in zip(boxes, row_texts(row), strict=False):
                box.markdown(as_typed(text))
            with boxes[-1]:
                show_button(control, user, class_id, row, wording)


def row_texts(row: TeacherGaps) -> tuple[str, ...]:
    """Return the words of a row, in the order of the heads."""
    parts = (row.count(part) for part in (Part.TOPIC, Part.ATTENDANCE, Part.HOMEWORK))
    short = f"{row.short_pupils} из {row.pupils}" if row.short_pupils else "–"
    late = counted(row.days_late, "день", "дня", "дней") if row.lessons else "–"
    counts = (str(count) if count else "–" for count in parts)
    return (row.teacher_name or "не назначен", row.subject_name, *counts, late, short)


def show_button(
    control: ClassControl, user: User, class_id: int, row: TeacherGaps, wording: Wording | None
) -> None:
    """Show the button of a row, or the deadline of what is asked already."""
    if row.asked_until:
        st.markdown(f":blue-badge[до {day_text(row.asked_until)}]")
    elif row.teacher_id is not None and row.teacher_id == user.staff_id:
        st.markdown(":gray[ваш предмет]")
    elif wording and row.teacher_id is not None and (row.lessons or wording.with_marks):
        key = f"send_{row.teacher_id}_{row.subject_id}"
        if st.button("Сообщить завучу", key=key, icon=":material/outgoing_mail:", type="tertiary"):
            send(control, user, class_id, row, wording)


def send(control: ClassControl, user: User, class_id: int, row: TeacherGaps, wording: Wording) -> None:
    """Send a request; the words stay where they are when it is refused."""
    assert row.teacher_id is not None
    draft = RequestDraft(
        class_id,
        row.subject_id,
        row.teacher_id,
        control.term.term_id,
        tuple(lesson.lesson_id for lesson in row.lessons),
        wording.due_on,
        row.short_pupils if wording.with_marks else 0,
        wording.comment,
    )
    if try_to(
        lambda: send_request(school().store, user, draft, now=school().clock()),
        "Отправлено: увидят заместитель директора и учитель.",
    ):
        st.session_state[SENT_NUMBER] = st.session_state.get(SENT_NUMBER, 0) + 1
        st.rerun()


def show_requests(user: User, class_id: int, today: date) -> None:
    """Show what was sent about this class."""
    sent = [
        each for each in requests(school().store, user, now=school().clock()) if each.row.class_id == class_id
    ]
    if not sent:
        return
    st.subheader("Отправленные обращения")
    for request in sent[:REQUESTS_SHOWN]:
        st.markdown(request_line(request, today))
    if len(sent) > REQUESTS_SHOWN:
        st.page_link("pages/control/requests.py", label=f"Все обращения: {len(sent)}")


def show_control(user: User) -> None:
    """Show the whole page."""
    now = school().clock()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        class_id = choose_class(user, now.date())
        title = st.container(width="content")
    control = class_control(school().store, user, class_id, now=now) if class_id is not None else None
    if class_id is None or control is None:
        st.info("Класса за вами нет или у него нет учебных периодов. Их задаёт администратор.")
        return
    term = term_title(control.term.kind, control.term.number)
    title.markdown(f"Что не заполнено в журналах класса, {term}")
    may_send = may(user, Action.SEND_GAP_REQUEST, Rows(class_id=class_id))
    if not control.rows:
        st.success("В журналах класса всё заполнено.", icon=":material/check:")
    else:
        wording = word_requests(control, now.date()) if may_send else None
        show_gaps(control, user, class_id, wording)
    show_requests(user, class_id, now.date())


show_control(guard(Action.READ_CLASS_CONTROL))
