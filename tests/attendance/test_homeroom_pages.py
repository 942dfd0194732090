"""The room of the homeroom teacher as its visitors see it."""

import pytest
from class_week import FRIDAY, MATHS_TUESDAY, MONDAY
from screens import open_page, texts
from small_school import ABSENTEE, CHILD, CLASS_7A, MATHS, NOW, OWNER_STAFF, QUARTER_2, People
from streamlit.testing.v1 import AppTest

from pages.attendance.parts.absences_view import absence_grid, warning_lines
from pages.ui.leave_hints import leave_hints
from school.attendance.actions import LeaveOrder, give_reason
from school.attendance.lookups import absence_week
from school.control.actions import RequestDraft, send_request
from school.families.actions import RemarkDraft, write_remark
from school.records import AbsenceReason, RemarkKind
from school.store.connection import Store

pytestmark = pytest.mark.usefixtures("school_screens", "class_week")
ILL = AbsenceReason.ILLNESS


def button(page: AppTest, label: str):
    return next(each for each in page.button if each.label == label)


def field(kind, label: str):
    return next(each for each in kind if each.label == label)


def test_the_page_of_absences_warns_with_names(people: People) -> None:
    page = open_page("attendance/absences.py", people.homeroom)
    assert "3 дня подряд, причина не выяснена" in texts(page)
    assert "**Жуков Иван** (3 дня, с 16 ноя)" in texts(page)


def test_the_form_gives_a_reason_and_the_warning_turns_calm(people: People, school_store: Store) -> None:
    page = open_page("attendance/absences.py", people.homeroom)
    field(page.multiselect, "Ученики").set_value([ABSENTEE])
    field(page.date_input, "По (можно вперёд)").set_value(FRIDAY)
    button(page, "Проставить").click().run()
    assert not page.exception
    assert "причина не выяснена" not in texts(page)
    assert "3 дня подряд, причина известна" in texts(page)
    assert school_store.read("SELECT starts_on, ends_on, reason FROM leaves") == [(MONDAY, FRIDAY, "illness")]


def test_a_refused_form_keeps_what_was_typed(people: People) -> None:
    page = open_page("attendance/absences.py", people.homeroom)
    field(page.text_input, "Примечание").set_value("заявление мамы")
    button(page, "Проставить").click().run()
    assert "Ученики не выбраны" in texts(page)
    assert field(page.text_input, "Примечание").value == "заявление мамы"


def test_weeks_are_turned_and_come_back(people: People) -> None:
    page = open_page("attendance/absences.py", people.homeroom)
    button(page, "Неделей раньше").click().run()
    assert "9–15 ноября" in texts(page)
    assert "На этой неделе уроков нет" in texts(page)
    button(page, "Эта неделя").click().run()
    assert "16–22 ноября" in texts(page)


@pytest.mark.parametrize("name", ["deputy", "head"])
def test_the_deputy_and_the_head_only_read(people: People, name: str) -> None:
    page = open_page("attendance/absences.py", getattr(people, name))
    assert "Жуков Иван" in texts(page)
    assert not any(each.label == "Проставить" for each in page.button)


def test_the_grid_shows_letters_pale_marks_and_leaves_to_come(people: People, school_store: Store) -> None:
    order = LeaveOrder(CLASS_7A, (CHILD,), NOW.date(), FRIDAY, ILL)
    give_reason(school_store, people.homeroom, order, now=NOW)
    week = absence_week(school_store, people.homeroom, CLASS_7A, MONDAY, today=NOW.date())
    data = absence_grid(week, people.homeroom, today=NOW.date(), version=1)
    assert data["cells"]["311:53"] == {"text": "н", "late": False}
    assert data["hints"]["73:51"]["text"] == "4"
    assert data["hints"]["71:51"]["text"] == "б"
    assert "321-322:51" not in data["blocked"]
    editable = {lesson["id"]: lesson["editable"] for lesson in data["lessons"]}
    assert (editable["71"], editable["313"]) == (True, False)


def test_the_register_of_the_teacher_hints_at_leaves(people: People, school_store: Store) -> None:
    order = LeaveOrder(CLASS_7A, (CHILD,), NOW.date(), FRIDAY, ILL, note="ОРВИ")
    give_reason(school_store, people.homeroom, order, now=NOW)
    hints = leave_hints(people.owner, [71])
    assert hints["71:51"]["text"] == "б"
    assert "ОРВИ" not in hints["71:51"]["title"]


def test_who_is_known_to_be_away_is_told_calmly(people: People, school_store: Store) -> None:
    give_reason(
        school_store, people.homeroom, LeaveOrder(CLASS_7A, (ABSENTEE,), MONDAY, FRIDAY, ILL), now=NOW
    )
    week = absence_week(school_store, people.homeroom, CLASS_7A, MONDAY, today=NOW.date())
    lines = warning_lines(week)
    assert lines[-1].startswith(":gray-badge[")
    assert "Жуков" in lines[-1]


def test_one_click_sends_a_request(people: People, school_store: Store) -> None:
    page = open_page("control/control.py", people.homeroom)
    assert "Орлова В." in texts(page)
    field(page.text_input, "Пояснение").set_value("родители спрашивают")
    page.button(key=f"send_{OWNER_STAFF}_{MATHS}").click().run()
    assert not page.exception
    assert "Отправленные обращения" in texts(page)
    assert school_store.read("SELECT comment FROM gap_requests") == [("родители спрашивают",)]
    assert "до 24 ноября, вт" in texts(page)


@pytest.fixture
def asked(class_week: Store, people: People) -> int:
    """A request of the homeroom teacher to the owner."""
    due_on = FRIDAY
    draft = RequestDraft(CLASS_7A, MATHS, OWNER_STAFF, QUARTER_2, (MATHS_TUESDAY,), due_on, comment="Ждём")
    return send_request(class_week, people.homeroom, draft, now=NOW)


@pytest.mark.usefixtures("asked")
def test_the_teacher_is_asked_calmly_on_their_day(people: People) -> None:
    page = open_page("register/today.py", people.owner)
    assert "Классный руководитель 7А просит дополнить: Математика" in texts(page)
    assert "до 20 ноября, пт" in texts(page)
    assert "просит дополнить" not in texts(open_page("register/today.py", people.stranger))


def test_the_deputy_sees_and_closes(people: People, asked: int) -> None:
    page = open_page("control/requests.py", people.deputy)
    assert "открыто 1" in texts(page)
    assert "Математика" in texts(page)
    button(page, "Закрыть обращение").click().run()
    assert "Решение не записано" in texts(page)
    field(page.text_area, "Решение").set_value("Урок был заменён")
    button(page, "Закрыть обращение").click().run()
    assert "открыто 0" in texts(page)
    assert "решение: Урок был заменён" in texts(page)


@pytest.mark.usefixtures("asked")
def test_the_head_reads_requests_and_closes_none(people: People) -> None:
    page = open_page("control/requests.py", people.head)
    assert "Математика" in texts(page)
    assert not page.button or all(each.label != "Закрыть обращение" for each in page.button)


def test_a_teacher_writes_to_a_family(people: People, school_store: Store) -> None:
    page = open_page("families/remarks.py", people.owner)
    pupils = field(page.selectbox, "Ученик")
    pupils.set_value(pupils.options[0]).run()
    field(page.text_area, "Текст").set_value("Повторить *дроби*")
    button(page, "Отправить семье").click().run()
    assert not page.exception
    assert school_store.read("SELECT pupil_id, text FROM remarks") == [(CHILD, "Повторить *дроби*")]
    assert "не прочитано" in texts(page)
    assert field(page.text_area, "Текст").value == ""


def test_without_a_pupil_the_words_stay(people: People) -> None:
    page = open_page("families/remarks.py", people.owner)
    field(page.text_area, "Текст").set_value("Повторить дроби")
    button(page, "Отправить семье").click().run()
    assert "Ученик не выбран" in texts(page)
    assert field(page.text_area, "Текст").value == "Повторить дроби"


def test_the_family_reads_and_confirms(people: People, school_store: Store) -> None:
    draft = RemarkDraft(CHILD, RemarkKind.REMARK, "Нет <b>тетради</b> [ссылка](x)")
    write_remark(school_store, people.homeroom, draft, now=NOW)
    page = open_page("families/diary.py", people.guardian)
    assert "Замечания и рекомендации" in texts(page)
    assert r"\<b\>тетради\</b\>" in texts(page)
    button(page, "Прочитано").click().run()
    assert "Прочитано 19 ноября" in texts(page)
    pupils_page = open_page("families/diary.py", people.pupil)
    assert "Прочитано 19 ноября" in texts(pupils_page)
    assert not any(each.label == "Прочитано" for each in pupils_page.button)
