"""Every address of the diary × everybody, asked about 8Б, which only its own people may see: refused without a word of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from asking import NAMES_OF_8B
from diary_pages import OWN_FORM, diary_client
from small_school import (
    CHILD,
    CLASS_8B,
    MATHS,
    NAMES,
    NOW,
    QUARTER_2,
    ROLE_OF,
    STRANGE_CHILD,
    STRANGERS_LESSON_YESTERDAY,
    People,
)
from starlette.routing import Route

from pages.families.routes import routes
from school.excuses.actions import Announcement, announce_absence
from school.excuses.rules import Absent
from school.families.actions import RemarkDraft, write_remark
from school.occasions.actions import NewOccasion, announce_occasion
from school.occasions.rules import Audience, OccasionDraft
from school.records import AbsenceReason, RegisterKey, RemarkKind
from school.store.connection import Store
from school.tasks.actions import NewRegisterTask, give_task

pytestmark = pytest.mark.usefixtures("school_screens")
# Addresses with a pupil in them → what follows the pupil's number.
OF_A_PUPIL = {
    "/family/{pupil_id:id}": f"?week=2026-11-18&term={QUARTER_2}",
    "/family/{pupil_id:id}/new": "/new",
    "/family/{pupil_id:id}/marks": f"/marks?term={QUARTER_2}",
    "/family/{pupil_id:id}/marks/{subject_id:id}": f"/marks/{MATHS}",
    "/family/{pupil_id:id}/absences": "/absences",
    "/family/{pupil_id:id}/remarks": "/remarks",
    "/family/{pupil_id:id}/tasks": "/tasks",
    "/family/{pupil_id:id}/events": "/events",
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
} | FORMS.keys()
# Only a guardian of the child announces an absence, by a form that is read and sent at one address.
OF_A_GUARDIAN = {"/family/{pupil_id:id}/absences/announce"}
# A task and an event of one pupil: asked below.
OF_A_TASK = {"/family/{pupil_id:id}/tasks/{task_id:id}", "/family/{pupil_id:id}/events/{occasion_id:id}"}
# For other readers than the diary: asked in tests/privacy.
DOCUMENTS = {"/family/{pupil_id:id}/record"}
# Who they are to 8Б's pupil, and to 7А's.
READERS_OF_8B, READERS_OF_7A = {"head", "deputy"}, {"head", "deputy", "homeroom", "guardian", "pupil"}


def test_every_address_of_a_pupil_is_asked() -> None:
    found = {route.path for route in routes if isinstance(route, Route) and "pupil_id" in route.path}
    assert found == OF_A_PUPIL.keys() | ACTS | DOCUMENTS | OF_A_GUARDIAN | OF_A_TASK


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


def test_a_task_and_an_event_of_8b_are_read_and_answered_by_nobody_else(
    school_store: Store, people: People
) -> None:
    due_on = NOW.date() + timedelta(3)
    new = NewRegisterTask(RegisterKey(CLASS_8B, MATHS), "Доклад", due_on, [STRANGE_CHILD])
    task = give_task(school_store, people.stranger, new, now=NOW)
    trip = OccasionDraft("Поход", due_on, due_on, asks_guardians=True, asks_pupils=True)
    occasion = announce_occasion(
        school_store, people.deputy, NewOccasion(Audience(None, CLASS_8B), trip), now=NOW
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
