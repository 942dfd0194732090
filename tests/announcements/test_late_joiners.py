"""The program shows who comes later what was announced before: once anything may have changed, and on each new day (п. 2.9)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from announced import DRAFT, FATHER
from small_school import CHILD, CLASSMATE, NOW, People

import server.joiners_job
from school.announcements.actions import send_announcement
from school.store.connection import Store
from school.store.school import School
from server.joiners_job import LateJoiners


def test_it_looks_once_anything_may_have_changed_and_on_each_day(
    school_store: Store, people: People, change: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[datetime] = []
    add = server.joiners_job.add_late_joiners
    monkeypatch.setattr(
        server.joiners_job, "add_late_joiners", lambda store, now: (looks.append(now), add(store, now=now))
    )
    clock = [NOW]
    job = LateJoiners(School(school_store, lambda: clock[0]))
    send_announcement(school_store, people.deputy, DRAFT, now=NOW)
    for _ in range(3):
        job.look()
    assert len(looks) == 1
    change(f"INSERT INTO guardians (guardian_id, last_name, first_name) VALUES ({FATHER}, 'Ёлкин', 'Олег')")
    change(f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES ({FATHER}, {CLASSMATE})")
    job.look()
    job.look()
    clock[0] += timedelta(days=1)
    job.look()
    assert len(looks) == 3
    joined = school_store.read(
        "SELECT part, person_id, owner_id FROM announcement_recipients WHERE joined_at IS NOT NULL"
    )
    assert joined == [("guardian", FATHER, CLASSMATE)]
    assert CHILD not in {owner for _, _, owner in joined}
