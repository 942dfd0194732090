"""The room of the homeroom teacher as its visitors see it."""

from typing import Any

import pytest
from class_week import FRIDAY, MATHS_TUESDAY, MONDAY
from grid_answers import absences_of
from screens import open_page, sign_in_as, texts
from small_school import ABSENTEE, CHILD, CLASS_7A, MATHS, NOW, OWNER_STAFF, QUARTER_2, People
from streamlit.testing.v1 import AppTest

from pages.attendance.parts.absences_view import absence_grid, warnings
from pages.ui.leave_hints import leave_hints
from school.attendance.actions import LeaveOrder, give_reason
from school.attendance.lookups import absence_week
from school.control.actions import RequestDraft, send_request
from school.records import AbsenceReason, User
from school.store.connection import Store
from server.session import school

pytestmark = pytest.mark.usefixtures("school_screens", "class_week")
ILL = AbsenceReason.ILLNESS


def button(page: AppTest, label: str):
    return next(each for each in page.button if each.label == label)


def field(kind, label: str):
    return next(each for each in kind if each.label == label)


def dialog(user: User) -> AppTest:
    """The form of a reason, as its button opens it."""

    def shown() -> None:
        from class_week import MONDAY
        from small_school import CLASS_7A

        from pages.attendance.parts.leave_dialogs import give_reason_dialog

        give_reason_dialog(CLASS_7A, MONDAY)

    return sign_in_as(AppTest.from_function(shown, default_timeout=60), user).run()


def warning_texts(user: User) -> list[tuple[str, str]]:
    return [(note["title"], note["text"]) for note in absences_of(user)["notes"]]


def test_the_page_of_absences_warns_with_names(people: People) -> None:
    warned = ("3 дня подряд, причина не выяснена", "Жуков Иван (3 дня, с 16 ноя)")
    assert warned in warning_texts(people.homeroom)
    assert not open_page("attendance/absences.py", people.homeroom).exception


def test_the_form_gives_a_reason_and_the_warning_turns_calm(people: People, school_store: Store) -> None:
    page = dialog(people.homeroom)
    field(page.multiselect, "Ученики").set_value([ABSENTEE])
    field(page.date_input, "По (можно вперёд)").set_value(FRIDAY)
    button(page, "Проставить").click().run()
    assert not page.exception
    titles = [title for title, _ in warning_texts(people.homeroom)]
    assert "3 дня подряд, причина не выяснена" not in titles
    assert "3 дня подряд, причина известна" in titles
    assert school_store.read("SELECT starts_on, ends_on, reason FROM leaves") == [(MONDAY, FRIDAY, "illness")]


def test_a_refused_form_keeps_what_was_typed(people: People) -> None:
    page = dialog(people.homeroom)
    field(page.text_input, "Примечание").set_value("заявление мамы")
    button(page, "Проставить").click().run()
    assert "Ученики не выбраны" in texts(page)
    assert field(page.text_input, "Примечание").value == "заявление мамы"


def test_weeks_are_turned_and_come_back(people: People) -> None:
    def row(answer: dict[str, Any]) -> dict[str, str]:
        return {title: part.partition("=")[2] for part, title in answer["boxes"][1]["options"]}

    weeks = row(absences_of(people.homeroom))
    assert list(weeks) == ["‹ Неделей раньше", "16–22 ноября", "Неделей позже ›"]
    answer = absences_of(people.homeroom, week=weeks["‹ Неделей раньше"])
    assert answer["message"] == "На этой неделе уроков нет. Выберите другую неделю."
    assert "9–15 ноября" in row(answer)
    earlier = absences_of(people.homeroom, week="2026-11-02")
    assert row(earlier)["Эта неделя"] == "2026-11-16"


@pytest.mark.parametrize("name", ["deputy", "head"])
def test_the_deputy_and_the_head_only_read(people: People, name: str) -> None:
    answer = absences_of(getattr(people, name))
    assert "Жуков Иван" in str(answer["notes"])
    assert answer["grid"]["read_only"] is True
    assert "reason" not in {each["what"] for each in answer["buttons"]}
    assert "Проставить" not in {each.label for each in dialog(getattr(people, name)).button}


def test_the_grid_shows_letters_pale_marks_and_leaves_to_come(people: People, school_store: Store) -> None:
    order = LeaveOrder(CLASS_7A, (CHILD,), NOW.date(), FRIDAY, ILL)
    give_reason(school_store, people.homeroom, order, now=NOW)
    week = absence_week(school_store, people.homeroom, CLASS_7A, MONDAY, today=NOW.date())
    data = absence_grid(week, people.homeroom, {}, today=NOW.date(), version=1)
    assert data["cells"]["311:53"] == {"text": "н", "late": False}
    assert data["hints"]["73:51"]["text"] == "4"
    assert data["hints"]["71:51"]["text"] == "б"
    assert "321-322:51" not in data["blocked"]
    editable = {lesson["id"]: lesson["editable"] for lesson in data["lessons"]}
    assert (editable["71"], editable["313"]) == (True, False)


def test_the_register_of_the_teacher_hints_at_leaves(people: People, school_store: Store) -> None:
    order = LeaveOrder(CLASS_7A, (CHILD,), NOW.date(), FRIDAY, ILL, note="ОРВИ")
    give_reason(school_store, people.homeroom, order, now=NOW)
    hints = leave_hints(school(), people.owner, [71])
    assert hints["71:51"]["text"] == "б"
    assert "ОРВИ" not in hints["71:51"]["title"]


def test_who_is_known_to_be_away_is_told_calmly(people: People, school_store: Store) -> None:
    give_reason(
        school_store, people.homeroom, LeaveOrder(CLASS_7A, (ABSENTEE,), MONDAY, FRIDAY, ILL), now=NOW
    )
    week = absence_week(school_store, people.homeroom, CLASS_7A, MONDAY, today=NOW.date())
    calm = warnings(week)[-1]
    assert calm["kind"] == "quiet"
    assert "Жуков" in calm["text"]


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
