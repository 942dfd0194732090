"""Every address of the diary × everybody, asked about 8Б, which only its own people may see: refused without a word of it."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from asking import NAMES_OF_8B
from diary_pages import OWN_FORM, diary_client, press
from small_school import (
    CHILD,
    CLASS_8B,
    MATHS,
    NAMES,
    NOW,
    QUARTER_2,
    ROLE_OF,
    STRANGE_CHILD,
    STRANGER_STAFF,
    STRANGERS_LESSON_YESTERDAY,
    People,
)
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.announcements.routes import routes as file_routes
from pages.families.routes import routes
from school.announcements.actions import send_announcement
from school.announcements.rules import Draft, Wanted
from school.audiences.rules import Audience, Target
from school.consultations.actions.booking import WantedTime, book_slots
from school.consultations.actions.evenings import plan_evening
from school.consultations.actions.offering import Offer, offer_slots
from school.consultations.rules import Hours
from school.correspondence.actions.letters import Letter, send_letters
from school.correspondence.writing import Words
from school.excuses.actions import Announcement, announce_absence
from school.excuses.rules import Absent
from school.families.actions import RemarkDraft, write_remark
from school.occasions.actions import NewOccasion, announce_occasion
from school.occasions.rules import Circle, OccasionDraft
from school.records import AbsenceReason, RegisterKey, RemarkKind
from school.store.connection import Store
from school.tasks.actions import NewRegisterTask, give_task
from server.session import COOKIE_NAME

pytestmark = pytest.mark.usefixtures("school_screens")
# Addresses with a pupil in them → what follows the pupil's number.
OF_A_PUPIL = {
    "/family/{pupil_id:id}": f"?week=2026-11-18&term={QUARTER_2}",
    "/family/{pupil_id:id}/new": "/new",
    "/family/{pupil_id:id}/marks": f"/marks?term={QUARTER_2}",
    "/family/{pupil_id:id}/marks/{subject_id:id}": f"/marks/{MATHS}",
    "/family/{pupil_id:id}/absences": "/absences",
    "/family/{pupil_id:id}/remarks": "/remarks",
    "/family/{pupil_id:id}/school": "/school",
    "/family/{pupil_id:id}/consultations": "/consultations",
    "/family/{pupil_id:id}/certificates": "/certificates",
    "/family/{pupil_id:id}/tasks": "/tasks",
    "/family/{pupil_id:id}/materials": "/materials",
    "/family/{pupil_id:id}/events": "/events",
    "/family/{pupil_id:id}/find": "/find",
    "/family/{pupil_id:id}/documents": "/documents",
}
# Forms → what a family sends by them.
FORMS = {
    "/family/{pupil_id:id}/homework": {"week": "2026-11-16", "done": str(STRANGERS_LESSON_YESTERDAY)},
    "/family/{pupil_id:id}/week": {"week": "2026-11-09"},
}
ACTS = {
    "/family/{pupil_id:id}/remarks/{remark_id:id}/read",
    "/family/{pupil_id:id}/new/read",
    "/family/{pupil_id:id}/absences/{excuse_id:id}/withdraw",
    "/family/{pupil_id:id}/school/{announcement_id:id}/confirm",
    "/family/{pupil_id:id}/consultations/{booking_id:id}/cancel",
} | FORMS.keys()
# Only a guardian of the child announces an absence, by a form that is read and sent at one address.
OF_A_GUARDIAN = {"/family/{pupil_id:id}/absences/announce"}
# So does it ask for a certificate: asked below and in tests/certificates.
ASKS_FOR_CERTIFICATE = {"/family/{pupil_id:id}/certificates/ask"}
# Only where there is one: asked below.
OF_AN_ANNOUNCEMENT = {"/family/{pupil_id:id}/school/{announcement_id:id}"}
# Letters are the family's alone, whoever of the staff may read the diary.
LETTERS = {
    "/family/{pupil_id:id}/messages": ("", False),
    "/family/{pupil_id:id}/messages/new": ("/new", True),
    "/family/{pupil_id:id}/messages/{thread_id:id}": ("/{thread}", True),
    "/family/{pupil_id:id}/messages/{thread_id:id}/pdf": ("/{thread}/pdf", False),
}
LETTER_ACTS = {f"/family/{{pupil_id:id}}/messages/{{thread_id:id}}/{act}" for act in ("withdraw", "complain")}
# Only a guardian books: asked below and in tests/consultations.
CONSULTATIONS = {
    "/family/{pupil_id:id}/consultations/book",
    "/family/{pupil_id:id}/consultations/evening/{evening_id:id}",
    "/family/{pupil_id:id}/consultations/evening/{evening_id:id}/book",
}
# A task and an event of one pupil: asked below.
OF_A_TASK = {"/family/{pupil_id:id}/tasks/{task_id:id}", "/family/{pupil_id:id}/events/{occasion_id:id}"}
# For other readers than the diary: asked in tests/privacy.
DOCUMENTS = {"/family/{pupil_id:id}/record"}
# Who they are to 8Б's pupil, and to 7А's.
READERS_OF_8B, READERS_OF_7A = {"head", "deputy"}, {"head", "deputy", "homeroom", "guardian", "pupil"}


def test_every_address_of_a_pupil_is_asked() -> None:
    found = {route.path for route in routes if isinstance(route, Route) and "pupil_id" in route.path}
    assert (
        found
        == OF_A_PUPIL.keys()
        | ACTS
        | DOCUMENTS
        | OF_A_GUARDIAN
        | ASKS_FOR_CERTIFICATE
        | OF_AN_ANNOUNCEMENT
        | OF_A_TASK
        | CONSULTATIONS
        | LETTERS.keys()
        | LETTER_ACTS
    )


@pytest.mark.parametrize("rest", OF_A_PUPIL.values())
@pytest.mark.parametrize(
    ("pupil", "readers"), [(STRANGE_CHILD, READERS_OF_8B), (CHILD, READERS_OF_7A), (999999, set())]
)
def test_a_page_opens_for_who_may_read_the_pupil(
    people: People, rest: str, pupil: int, readers: set[str]
) -> None:
    for name in NAMES:
        answer = diary_client(getattr(people, name)).get(f"/family/{pupil}{rest}")
        if ROLE_OF[name] in readers:
            assert answer.status_code == 200, name
            continue
        assert answer.status_code in {403, 404}, name
        said = answer.text.replace(getattr(people, name).name, "")  # the reader's own, at the foot
        assert not any(each in said for each in (*NAMES_OF_8B, "Алёшин", "Математика")), name


@pytest.mark.parametrize("rest", OF_A_PUPIL.values())
def test_nobody_is_shown_anything(rest: str) -> None:
    answer = diary_client(None).get(f"/family/{STRANGE_CHILD}{rest}")
    assert (answer.status_code, answer.text) == (303, "")


@pytest.mark.parametrize("name", ["guardian", "pupil", "homeroom", "deputy", "owner"])
def test_a_remark_of_8b_is_confirmed_by_nobody_else(school_store: Store, people: People, name: str) -> None:
    draft = RemarkDraft(STRANGE_CHILD, RemarkKind.REMARK, "Нет тетради")
    remark = write_remark(school_store, people.stranger, draft, now=NOW)
    client = diary_client(getattr(people, name))
    for pupil in (STRANGE_CHILD, CHILD):
        answer = client.post(f"/family/{pupil}/remarks/{remark}/read", data={"x": "1"}, headers=OWN_FORM)
        assert answer.status_code == 403
        assert "тетради" not in answer.text
    assert school_store.read("SELECT * FROM remark_readings") == []


@pytest.mark.parametrize("address", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_a_form_about_8b_is_sent_by_nobody(
    school_store: Store, people: People, address: str, name: str
) -> None:
    place = address.replace("{pupil_id:id}", str(STRANGE_CHILD))
    answer = diary_client(getattr(people, name)).post(place, data=FORMS[address], headers=OWN_FORM)
    assert answer.status_code == 403
    said = answer.text.replace(getattr(people, name).name, "")
    assert not any(each in said for each in NAMES_OF_8B)
    assert school_store.read("SELECT * FROM homework_ticks") == []
    assert school_store.read("SELECT * FROM week_confirmations") == []


@pytest.mark.parametrize(("pupil", "senders"), [(STRANGE_CHILD, set()), (CHILD, {"guardian"})])
def test_an_absence_is_announced_by_a_guardian_of_the_child_alone(
    school_store: Store, people: People, pupil: int, senders: set[str]
) -> None:
    fields = {"reason": "illness", "from": "2026-11-19", "to": "2026-11-19"}
    for name in NAMES:
        client, address = diary_client(getattr(people, name)), f"/family/{pupil}/absences/announce"
        answers = (
            client.get(address),
            client.post(
                address,
                files=[(field, (None, value)) for field, value in fields.items()],
                headers={"Sec-Fetch-Site": "same-origin"},
            ),
        )
        if name in senders:
            assert [each.status_code for each in answers] == [200, 303]
            continue
        assert [each.status_code for each in answers] == [403, 403], name
        said = "".join(answer.text for answer in answers).replace(getattr(people, name).name, "")
        assert not any(each in said for each in NAMES_OF_8B), name
    assert len(school_store.read("SELECT * FROM excuses")) == len(senders)


def test_what_a_family_of_8b_announced_is_taken_back_by_nobody_else(
    school_store: Store, people: People
) -> None:
    absent = Absent(NOW.date(), NOW.date(), AbsenceReason.ILLNESS)
    sender = replace(people.guardian, pupil_ids=frozenset([STRANGE_CHILD]))
    excuse = announce_absence(school_store, sender, Announcement(STRANGE_CHILD, absent), now=NOW)
    for name in NAMES:
        answer = diary_client(getattr(people, name)).post(
            f"/family/{STRANGE_CHILD}/absences/{excuse}/withdraw", data={"x": "1"}, headers=OWN_FORM
        )
        assert answer.status_code == 403, name
    assert school_store.read("SELECT withdrawn_at FROM excuses") == [(None,)]


def test_an_announcement_to_8b_and_its_file_open_for_nobody_else(school_store: Store, people: People) -> None:
    audience = Audience(Target.CLASS, (CLASS_8B,), for_pupils=True, for_guardians=True)
    draft = Draft(
        audience,
        "Собрание",
        "Текст для 8Б",
        NOW.date(),
        NOW.date(),
        Wanted.ANYBODY,
        files=(("a.txt", b"8B"),),
    )
    sent = send_announcement(school_store, people.deputy, draft, now=NOW)
    ((file,),) = school_store.read("SELECT file_id FROM announcement_files")
    files = TestClient(Starlette(routes=file_routes))
    for name in NAMES:
        client = diary_client(getattr(people, name))
        page = client.get(f"/family/{STRANGE_CHILD}/school/{sent}")
        beside = client.get(f"/family/{CHILD}/school/{sent}")
        confirmed = client.post(
            f"/family/{STRANGE_CHILD}/school/{sent}/confirm", data={"one": "1"}, headers=OWN_FORM
        )
        files.cookies.set(COOKIE_NAME, client.cookies[COOKIE_NAME])
        given = files.get(f"/api/announcements/files/{file}")
        may_read = ROLE_OF[name] in READERS_OF_8B
        assert (page.status_code == 200, given.status_code == 200) == (may_read, may_read), name
        assert {beside.status_code, confirmed.status_code} <= {403, 404}, name
        assert "8Б" not in (beside.text + confirmed.text), name
        assert may_read or "Текст для" not in page.text + given.text, name
    assert school_store.read("SELECT * FROM announcement_recipients WHERE confirmed_at IS NOT NULL") == []
    files.cookies.clear()
    assert files.get(f"/api/announcements/files/{file}").status_code == 401


def test_letters_are_read_and_written_by_their_own_family_alone(school_store: Store, people: People) -> None:
    letter = Letter("Яковлев: дроби", Words("Борисова"))
    to = [(people.owner.user_id, None)]
    (thread,) = send_letters(school_store, people.guardian, letter, to, child=CHILD, now=NOW)
    before = school_store.read("SELECT count(*) FROM messages")
    for name in NAMES:
        client = diary_client(getattr(people, name))
        for pupil in (CHILD, STRANGE_CHILD):
            for rest, takes_files in LETTERS.values():
                address = f"/family/{pupil}/messages{rest.format(thread=thread)}"
                is_own = pupil == CHILD and (
                    name == "guardian" or (name == "pupil" and "{thread}" not in rest)
                )
                answers = [client.get(address)]
                if takes_files and not is_own:
                    fields = [("to", (None, "102")), ("title", (None, "Тема")), ("text", (None, "Слова"))]
                    answers.append(
                        client.post(address, files=fields, headers={"Sec-Fetch-Site": "same-origin"})
                    )
                for answer in answers:
                    assert answer.status_code == (200 if is_own else 403), (name, address)
                    assert is_own or "дроби" not in answer.text, (name, address)
            if name == "guardian" and pupil == CHILD:
                continue
            for act in ("withdraw", "complain"):
                answer = press(
                    client, f"/family/{pupil}/messages/{thread}/{act}", message="1", reason="Хочу прочитать"
                )
                assert answer.status_code == 403, (name, act)
    assert school_store.read("SELECT count(*) FROM messages") == before
    assert school_store.read("SELECT count(*) FROM complaints") == [(0,)]


@pytest.mark.parametrize(("pupil", "openers"), [(STRANGE_CHILD, set()), (CHILD, {"guardian"})])
def test_consultations_are_a_guardian_s_of_the_child_alone(
    school_store: Store, people: People, pupil: int, openers: set[str]
) -> None:
    hours = Hours(NOW.date() + timedelta(1), time(15), time(16), 15)
    offer_slots(school_store, people.stranger, Offer(hours, "кабинет 8"), now=NOW)
    evening = plan_evening(
        school_store, people.deputy, replace(hours, starts=time(17), ends=time(18)), [STRANGER_STAFF], now=NOW
    )
    ((slot,),) = school_store.read("SELECT min(slot_id) FROM consultation_slots")
    mother = replace(people.guardian, user_id=999, pupil_ids=frozenset([STRANGE_CHILD]))
    (booking,) = book_slots(school_store, mother, [WantedTime(STRANGE_CHILD, slot)], now=NOW)
    place = f"/family/{pupil}/consultations"
    for name in NAMES:
        client = diary_client(getattr(people, name))
        page = client.get(f"{place}/evening/{evening.evening_id}")
        chosen = {f"slot_{pupil}_{STRANGER_STAFF}": str(slot + 1)}
        forms = (
            client.post(f"{place}/book", data=chosen, headers=OWN_FORM),
            client.post(f"{place}/evening/{evening.evening_id}/book", data=chosen, headers=OWN_FORM),
            client.post(f"{place}/{booking}/cancel", data={"cancel": "1"}, headers=OWN_FORM),
        )
        # 8Б's teacher receives nobody of 7А: the page opens, the time is not to be had.
        assert page.status_code == (200 if name in openers else 403), name
        assert [each.status_code for each in forms] == [403, 403, 403], name
        said = "".join(each.text for each in (page, *forms)).replace(getattr(people, name).name, "")
        assert not any(each in said for each in NAMES_OF_8B), name
    assert school_store.read("SELECT count(*), count(cancelled_at) FROM consultation_bookings") == [(1, 0)]


def test_a_task_and_an_event_of_8b_are_read_and_answered_by_nobody_else(
    school_store: Store, people: People
) -> None:
    due_on = NOW.date() + timedelta(3)
    new = NewRegisterTask(RegisterKey(CLASS_8B, MATHS), "Доклад", due_on, [STRANGE_CHILD])
    task = give_task(school_store, people.stranger, new, now=NOW)
    trip = OccasionDraft("Поход", due_on, due_on, asks_guardians=True, asks_pupils=True)
    occasion = announce_occasion(
        school_store, people.deputy, NewOccasion(Circle(None, CLASS_8B), trip), now=NOW
    )
    for name in NAMES:
        client = diary_client(getattr(people, name))
        for child in (STRANGE_CHILD, CHILD):
            place = f"/family/{child}/tasks/{task}"
            may_read = child == STRANGE_CHILD and ROLE_OF[name] in READERS_OF_8B
            assert client.get(place).status_code == (200 if may_read else 403), name
            sent = client.post(
                place, files=[("text", (None, "Готово"))], headers={"Sec-Fetch-Site": "same-origin"}
            )
            answered = client.post(
                f"/family/{child}/events/{occasion}", data={"coming": "yes"}, headers=OWN_FORM
            )
            assert (sent.status_code, answered.status_code) == (403, 403), name
            assert "Доклад" not in sent.text + answered.text
    assert school_store.read("FROM task_steps") == school_store.read("FROM occasion_answers") == []
