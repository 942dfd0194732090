"""Announcements go once the school's term is over: with who has confirmed them and their files (п. 2.9; 152-ФЗ, ст. 5 ч. 7)."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from announced import DRAFT
from small_school import CHILD, NOW, People

from school.announcements.actions import confirm_announcement, send_announcement
from school.announcements.lookups.family import family_announcements
from school.announcements.lookups.report import followed_announcements
from school.privacy.actions.erasing import erase_by_night, switch_erasing
from school.privacy.rules.terms import ERASED, Erased
from school.store.connection import Store

TABLES = ("announcements", "announcement_recipients", "announcement_files")


def test_the_night_after_the_term_erases_them_and_reports(school_store: Store, people: People) -> None:
    files = (("План.txt", "план".encode()),)
    old = send_announcement(school_store, people.deputy, replace(DRAFT, files=files), now=NOW)
    confirm_announcement(school_store, people.guardian, old, [CHILD], now=NOW)
    longer = replace(DRAFT, shown_until=DRAFT.shown_until + timedelta(1), files=files)
    kept = send_announcement(school_store, people.deputy, longer, now=NOW)
    family_announcements(school_store, people.guardian, CHILD, now=NOW)
    switch_erasing(school_store, people.admin, is_on=True, now=NOW)
    last = DRAFT.shown_until + timedelta(ERASED[Erased.ANNOUNCEMENTS].days)
    for days, count in ((0, 0), (1, 1)):
        night = datetime.combine(last + timedelta(days), time(2))
        done = erase_by_night(school_store, now=night)
        assert done is not None
        assert done[Erased.ANNOUNCEMENTS] == count
    for table in TABLES:
        assert {row[0] for row in school_store.read(f"SELECT announcement_id FROM {table}")} == {kept}
    assert len([*(school_store.path.parent / "files").glob("??/*")]) == 1
    # What pages keep in memory has gone as well.
    found = family_announcements(school_store, people.guardian, CHILD, now=NOW)
    assert [each.announcement.announcement_id for each in found] == [kept]
    assert len(followed_announcements(school_store, people.deputy, today=NOW.date())) == 1
    said = school_store.read("SELECT new_value FROM events WHERE kind = 'erasure' ORDER BY event_id")
    assert f"{ERASED[Erased.ANNOUNCEMENTS].title} — 1" in said[-1][0]
