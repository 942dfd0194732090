"""Consultations on a family's phone, in its calendar, on the staff's page and on paper (п. 2.9, 4.3, 4.7)."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from diary_pages import diary_client, diary_page, press
from icalendar import Calendar
from pypdf import PdfReader
from screens import open_page, texts
from small_school import CHILD, CLASS_7A, CLASSMATE, HOMEROOM_STAFF, NOW, OWNER_STAFF, STRANGER_STAFF, People
from streamlit.testing.v1 import AppTest

from pages.families.talk import consultations as pages
from pipelines.reports.consultation_list import list_pdf
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.meeting_kit import meeting_kit
from school.consultations.actions.booking import WantedTime, book_slots, cancel_booking
from school.consultations.actions.evenings import plan_evening
from school.consultations.actions.offering import Offer, offer_slots
from school.consultations.lookups.staff import consultation_day, own_consultations
from school.consultations.rules import Hours
from school.errors import AccessRefused
from school.families.actions import RemarkDraft, write_remark
from school.notices.actions.own import make_calendar
from school.notices.lookups.calendars import calendar_of_token
from school.occasions.actions import NewOccasion, announce_occasion, answer_for_child, cancel_occasion
from school.occasions.rules import Circle, OccasionDraft
from school.records import RemarkKind, User
from school.store.connection import Store
from school.store.school import School

pytestmark = pytest.mark.usefixtures("school_screens")
TOMORROW = NOW.date() + timedelta(1)
AFTERNOON = Hours(TOMORROW, time(15), time(16), 15)
EVENING = Hours(TOMORROW, time(17), time(18), 10)
PLACE = f"/family/{CHILD}/consultations"


def offered(store: Store, user: User) -> list[int]:
    offer_slots(store, user, Offer(AFTERNOON, "кабинет <b>12</b>"), now=NOW)
    return [each.slot.slot_id for each in own_consultations(store, user, now=NOW).ahead]


def field(staff: int, pupil: int = CHILD) -> str:
    return f"slot_{pupil}_{staff}"


def question(staff: int, pupil: int = CHILD) -> str:
    return f"question_{pupil}_{staff}"


def test_a_guardian_books_and_cancels_by_plain_forms(school_store: Store, people: People) -> None:
    slot, *_ = offered(school_store, people.owner)
    page = diary_page(people.guardian, f"/{CHILD}/consultations")
    assert "Орлова В. — Математика: 4 времени" in page
    assert "кабинет &lt;b&gt;12&lt;/b&gt;" in page
    client = diary_client(people.guardian)
    sent = press(
        client, f"{PLACE}/book", **{field(OWNER_STAFF): str(slot), question(OWNER_STAFF): "<i>зачёт</i>"}
    )
    assert (sent.status_code, sent.headers["location"]) == (303, f"{PLACE}#booked")
    page = diary_page(people.guardian, f"/{CHILD}/consultations")
    for words in (
        "20 ноября, пятница, 15:00–15:15",
        "&lt;i&gt;зачёт&lt;/i&gt;",
        "Записались вы",
        "Отменить запись",
    ):
        assert words in page, words
    assert "Запись на консультацию" in diary_page(people.guardian, f"/{CHILD}/new")
    ((booking,),) = school_store.read("SELECT booking_id FROM consultation_bookings")
    assert press(client, f"{PLACE}/{booking}/cancel", words="Заболели", cancel="1").status_code == 303
    assert "вы отменили" in diary_page(people.guardian, f"/{CHILD}/consultations")
    assert "Консультация отменена" in diary_page(people.guardian, f"/{CHILD}/new")


def test_who_comes_second_is_told_in_words_and_shown_what_is_free(
    school_store: Store, people: People
) -> None:
    slot, *_ = offered(school_store, people.owner)
    other = replace(people.guardian, user_id=999, pupil_ids=frozenset([52]))
    book_slots(school_store, other, [WantedTime(52, slot)], now=NOW)
    sent = press(
        diary_client(people.guardian),
        f"{PLACE}/book",
        **{field(OWNER_STAFF): str(slot), question(OWNER_STAFF): "Зачёт"},
    )
    assert sent.status_code == 200
    assert "только что заняла другая семья" in sent.text
    assert "Орлова В. — Математика: 3 времени" in sent.text
    assert 'value="Зачёт"' in sent.text
    assert f'value="{slot}"' not in sent.text
    assert "Ёлкина" not in sent.text
    assert "Ни одно время" in press(diary_client(people.guardian), f"{PLACE}/book", x="x").text


def test_an_evening_is_booked_on_one_page_with_times_fitted(school_store: Store, people: People) -> None:
    staff = [OWNER_STAFF, HOMEROOM_STAFF, STRANGER_STAFF]
    made = plan_evening(school_store, people.deputy, EVENING, staff, now=NOW)
    page = diary_page(people.guardian, f"/{CHILD}/consultations")
    assert "20 ноября, пятница, 17:00–18:00. Встречи с учителями по 10 минут" in page
    assert "Родительский день: можно записаться" in diary_page(people.guardian, f"/{CHILD}/new")
    assert "Родительский день" not in diary_page(people.pupil, f"/{CHILD}/new")
    place = f"{PLACE}/evening/{made.evening_id}"
    page = diary_page(people.guardian, place.removeprefix("/family"))
    assert page.count("подобрать время") == 2
    assert "Стрельцов" not in page
    slots = dict(
        school_store.read(f"SELECT begins_at, slot_id FROM consultation_slots WHERE staff_id = {OWNER_STAFF}")
    )
    half_past = slots[datetime.combine(TOMORROW, time(17, 30))]
    client = diary_client(people.guardian)
    clash = {field(OWNER_STAFF): str(half_past), field(HOMEROOM_STAFF): "1"}
    assert "Этого времени больше нет" in press(client, f"{place}/book", **clash).text
    chosen = {
        field(OWNER_STAFF): str(half_past),
        question(OWNER_STAFF): "Как <b>догнать</b>?",
        field(HOMEROOM_STAFF): "any",
        question(HOMEROOM_STAFF): "я" * 201,
    }
    refused = press(client, f"{place}/book", **chosen).text
    assert "Вопрос: больше 200 знаков" in refused
    assert 'value="Как &lt;b&gt;догнать&lt;/b&gt;?"' in refused, "nothing typed is lost"
    chosen[question(HOMEROOM_STAFF)] = "О поездке"
    assert press(client, f"{place}/book", **chosen).status_code == 303
    booked = school_store.read(
        """SELECT staff_id, begins_at, question FROM consultation_bookings JOIN consultation_slots USING (slot_id)
        ORDER BY ALL"""
    )
    assert [(staff, f"{at:%H:%M}", asked) for staff, at, asked in booked] == [
        (OWNER_STAFF, "17:30", "Как <b>догнать</b>?"),
        (HOMEROOM_STAFF, "17:00", "О поездке"),
    ]
    page = diary_page(people.guardian, place.removeprefix("/family"))
    assert page.count("вы записаны") == 2
    assert len(page.encode()) < 40_000


def test_a_time_that_another_family_takes_while_one_is_fitted_is_fitted_anew(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = plan_evening(school_store, people.deputy, EVENING, [OWNER_STAFF], now=NOW)
    quicker = replace(people.guardian, user_id=999, pupil_ids=frozenset([CLASSMATE]))
    fit = pages.fitting_slots

    def overtaken(*args: Any, **more: Any) -> list[tuple[int, int]]:
        found = fit(*args, **more)
        monkeypatch.setattr(pages, "fitting_slots", fit)
        book_slots(school_store, quicker, [WantedTime(CLASSMATE, slot) for _, slot in found], now=NOW)
        return found

    monkeypatch.setattr(pages, "fitting_slots", overtaken)
    client = diary_client(people.guardian)
    sent = press(client, f"{PLACE}/evening/{made.evening_id}/book", **{field(OWNER_STAFF): "any"})
    assert sent.status_code == 303, sent.text
    assert "17:10–17:20" in diary_page(people.guardian, f"/{CHILD}/consultations")


def test_a_teacher_whose_times_are_all_taken_is_named_as_full(school_store: Store, people: People) -> None:
    short = replace(EVENING, ends=time(17, 10))
    made = plan_evening(school_store, people.deputy, short, [OWNER_STAFF], now=NOW)
    other = replace(people.guardian, user_id=999, pupil_ids=frozenset([CLASSMATE]))
    (slot,) = own_consultations(school_store, people.owner, now=NOW).ahead
    book_slots(school_store, other, [WantedTime(CLASSMATE, slot.slot.slot_id)], now=NOW)
    page = diary_page(people.guardian, f"/{CHILD}/consultations/evening/{made.evening_id}")
    assert 'Орлова В. — Математика<br><span class="quiet">свободного времени не осталось' in page
    assert "не принимают" not in page


def test_who_reads_the_diary_and_books_nothing_is_told_where_bookings_stand(
    school_store: Store, people: People
) -> None:
    booked = [WantedTime(CHILD, offered(school_store, people.owner)[0], "О зачёте")]
    book_slots(school_store, people.guardian, booked, now=NOW)
    assert "записываются родители" in diary_page(people.pupil, f"/{CHILD}/consultations")
    assert "видно в журнале" in diary_page(people.homeroom, f"/{CHILD}/consultations")
    for user in (people.pupil, people.homeroom, people.deputy):
        page = diary_page(user, f"/{CHILD}/consultations")
        assert "Орлова" not in page
        assert "зачёте" not in page
        assert diary_client(user).get(f"{PLACE}/evening/1").status_code == 403


def test_the_calendar_shows_bookings_and_evenings_without_names(school_store: Store, people: People) -> None:
    slot, *_ = offered(school_store, people.owner)
    (booking,) = book_slots(school_store, people.guardian, [WantedTime(CHILD, slot, "Зачёт")], now=NOW)
    plan_evening(school_store, people.deputy, EVENING, [OWNER_STAFF], now=NOW)
    token = make_calendar(school_store, people.guardian, CHILD, "", now=NOW)
    of_pupil = make_calendar(school_store, people.pupil, CHILD, "", now=NOW)

    def events(of: str) -> dict[str, tuple[str, str]]:
        import gzip

        found = calendar_of_token(school_store, of, now=NOW, zone=ZoneInfo("Asia/Krasnoyarsk"))
        assert found is not None
        text = gzip.decompress(found.packed)
        assert b"\xd0\x9e\xd1\x80\xd0\xbb\xd0\xbe\xd0\xb2" not in text, "no teacher's name"
        calendar = Calendar.from_ical(text)
        return {
            str(each["SUMMARY"]): (str(each["STATUS"]), f"{each['DTSTART'].dt:%H:%M}")
            for each in calendar.walk("VEVENT")
            if each["UID"].startswith(("consultation", "evening"))
        }

    assert events(token) == {
        "Консультация: Математика": ("CONFIRMED", "08:00"),
        "Родительский день": ("CONFIRMED", "10:00"),
    }
    assert events(of_pupil) == {}
    cancel_booking(school_store, people.guardian, booking, "", now=NOW)
    assert events(token)["Консультация: Математика (отменена)"][0] == "CANCELLED"


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_the_teacher_takes_a_list_along_on_paper(school_store: Store, people: People) -> None:
    slot, *_ = offered(school_store, people.owner)
    book_slots(school_store, people.guardian, [WantedTime(CHILD, slot, "Как сдать зачёт?")], now=NOW)
    page = words_of(list_pdf(consultation_day(school_store, people.owner, TOMORROW), "Школа", made_at=NOW))
    for words in (
        "20 ноября, пятница",
        "Записано 1 из 4",
        "Алёшин Пётр, 7А",
        "Алёшина Ольга",
        "Как сдать зачёт?",
    ):
        assert words in page, words


def test_today_names_the_families_who_come(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer_slots(school_store, people.owner, Offer(replace(AFTERNOON, day=NOW.date()), "кабинет 12"), now=NOW)
    slot = own_consultations(school_store, people.owner, now=NOW).ahead[0].slot.slot_id
    assert "Консультации сегодня" not in labels(people.owner)
    book_slots(school_store, people.guardian, [WantedTime(CHILD, slot)], now=NOW)
    assert "Консультации сегодня: 15:00 Алёшин Пётр" in labels(people.owner)


def labels(user: User) -> str:
    page = open_page("register/today.py", user)
    assert not page.exception
    return " ".join(each.proto.label for each in page.get("page_link"))


def press_button(page: AppTest, label: str) -> None:
    next(each for each in page.button if each.label == label).click().run()
    assert not page.exception


def test_staff_opens_times_plans_an_evening_and_reads_who_comes(school_store: Store, people: People) -> None:
    page = open_page("consultations/consultations.py", people.owner)
    assert not page.exception
    page.text_input[0].set_value("кабинет 12")
    press_button(page, "Открыть")
    assert len(own_consultations(school_store, people.owner, now=NOW).ahead) == 4
    page = open_page("consultations/consultations.py", people.deputy, talks="evenings")
    press_button(page, "Назначить для всех выбранных")
    assert school_store.read(
        "SELECT count(DISTINCT staff_id) FROM consultation_slots WHERE evening_id IS NOT NULL"
    ) == [(5,)]
    book_slots(
        school_store,
        people.guardian,
        [WantedTime(CHILD, own_consultations(school_store, people.owner, now=NOW).ahead[0].slot.slot_id)],
        now=NOW,
    )
    page = open_page("consultations/consultations.py", people.homeroom, talks="booked")
    assert not page.exception
    assert "записались семьи 0 из 3" in texts(page)
    assert "Алёшин Пётр" in page.dataframe[0].value.to_string()


def test_a_click_makes_the_sheet_of_a_meeting(
    school_store: Store, people: People, school_screens: School
) -> None:
    praise = RemarkDraft(CHILD, RemarkKind.PRAISE, "Отличный доклад")
    write_remark(school_store, people.homeroom, praise, now=NOW)
    plan_evening(school_store, people.deputy, EVENING, [OWNER_STAFF], now=NOW)
    trip = OccasionDraft("Поездка", TOMORROW, TOMORROW, time(10), place="Музей", asks_guardians=True)
    council = OccasionDraft("Педсовет", TOMORROW, TOMORROW, is_staff_only=True)
    rain = OccasionDraft("Поход", TOMORROW, TOMORROW)
    announced = [
        announce_occasion(school_store, people.deputy, NewOccasion(Circle(), each), now=NOW)
        for each in (trip, council, rain)
    ]
    answer_for_child(school_store, people.guardian, CHILD, announced[0], True, now=NOW)
    cancel_occasion(school_store, people.deputy, announced[2], "Дождь", now=NOW)
    for user in (people.homeroom, people.head):
        pdf = document_pdf(meeting_kit(school_screens, user, CLASS_7A))
        page = words_of(pdf)
        for words in (
            "7А класс",
            "Похвала учителей: Алёшин Пётр.",
            "Родительский день: 20 ноября, пятница",
            "Поездка: 20 ноября, пятница, 10:00, Музей. Ответили семьи: 1 из 3, придут 1.",
            "Поход: 20 ноября, пятница. Отменено: Дождь.",
            "Пропущено 1 урок",
            "Решения собрания",
        ):
            assert words in page, words
        for words in ("8Б", "Педсовет", "Жуков"):
            assert words not in page, "it lies before all parents: of single pupils it says praise alone"
        assert len(PdfReader(BytesIO(pdf)).pages) <= 2
    for user in (
        people.owner,
        people.stranger,
        people.admin,
        people.secretary,
        people.guardian,
        people.pupil,
    ):
        with pytest.raises(AccessRefused):
            meeting_kit(school_screens, user, CLASS_7A)


def test_a_teacher_takes_a_time_back_with_a_word(school_store: Store, people: People) -> None:
    slot, *_ = offered(school_store, people.owner)
    book_slots(school_store, people.guardian, [WantedTime(CHILD, slot)], now=NOW)
    page = open_page("consultations/consultations.py", people.owner)
    page.multiselect[0].set_value([slot])
    press_button(page, "Снять выбранное время")
    assert "Семье не сказано, почему" in texts(page)
    page.multiselect[0].set_value([slot])
    next(each for each in page.text_input if each.label == "Слово семье").set_value("Заболела")
    press_button(page, "Снять выбранное время")
    assert "Заболела" in diary_page(people.guardian, f"/{CHILD}/consultations")
    assert len(own_consultations(school_store, people.owner, now=NOW).ahead) == 3
