"""Each number beside a tab of the diary counts what waits behind it, and goes once that was read (п. 4.7)."""

import re

import pytest
from diary_pages import diary_client, diary_page, press
from small_school import CHILD, CLASS_7A, MATHS, NOW, USER_IDS, People

from school.announcements.actions import send_announcement
from school.announcements.rules import Draft, Wanted
from school.audiences.rules import Audience, Target
from school.correspondence.actions.letters import Letter, send_letters
from school.correspondence.writing import Words
from school.families.actions import RemarkDraft, write_remark
from school.materials.actions import NewMaterial, add_material
from school.records import RegisterKey, RemarkKind
from school.store.connection import Store
from school.tasks.actions import Answer, NewRegisterTask, Review, answer_task, give_task, review_task
from school.tasks.rules import StepKind

pytestmark = pytest.mark.usefixtures("school_screens")
REGISTER = RegisterKey(CLASS_7A, MATHS)


def badges(page: str) -> dict[str, int]:
    """Return the numbers beside the tabs of a page, by tab."""
    tabs = page[page.index('class="tabs"') : page.index("</nav>", page.index('class="tabs"'))]
    return {name: int(number) for name, number in re.findall(r'>([^<>]+) <span class="count">(\d+)<', tabs)}


def test_numbers_beside_the_tabs_go_with_what_was_read(school_store: Store, people: People) -> None:
    read = lambda place="": badges(diary_page(people.guardian, f"/{CHILD}{place}"))  # noqa: E731
    assert read() == {}
    remark = write_remark(
        school_store, people.owner, RemarkDraft(CHILD, RemarkKind.PRAISE, "Молодец"), now=NOW
    )
    audience = Audience(Target.CLASS, (CLASS_7A,), for_guardians=True)
    draft = Draft(audience, "Собрание", "В 18:30", NOW.date(), NOW.date(), Wanted.ONE_GUARDIAN)
    said = send_announcement(school_store, people.homeroom, draft, now=NOW)
    to = [(USER_IDS["guardian"], CHILD)]
    (thread,) = send_letters(school_store, people.owner, Letter("Тетрадь", Words("Где?")), to, now=NOW)
    new = NewRegisterTask(REGISTER, "Доклад", NOW.date().replace(day=25), [CHILD])
    task = give_task(school_store, people.owner, new, now=NOW)
    add_material(school_store, people.owner, NewMaterial(REGISTER, "Видео", "https://example.org"), now=NOW)
    assert read() == {"Новое": 4, "От учителей": 1, "Школа": 1, "Сообщения": 1}

    # What is opened is no longer new on the very page that it stands on; what is to be confirmed still waits.
    assert read(f"/school/{said}") == {"Новое": 3, "От учителей": 1, "Школа": 1, "Сообщения": 1}
    client = diary_client(people.guardian)
    press(client, f"/family/{CHILD}/school/{said}/confirm", one="1")
    press(client, f"/family/{CHILD}/remarks/{remark}/read")
    assert read() == {"Новое": 3, "Сообщения": 1}
    assert read(f"/messages/{thread}") == {"Новое": 3}
    assert read() == {"Новое": 3}

    page = diary_page(people.guardian, f"/{CHILD}/new")
    seen = dict(re.findall(r'name="(seen|event)" value="([^"]+)"', page))
    press(client, f"/family/{CHILD}/new/read", **seen)
    assert read() == {}
    answer_task(school_store, people.pupil, Answer(CHILD, task, "Готово"), now=NOW)
    review_task(school_store, people.owner, Review(task, CHILD, StepKind.ACCEPTED), now=NOW)
    assert read() == {"Новое": 1}
