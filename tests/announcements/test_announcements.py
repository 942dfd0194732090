"""An announcement reaches its people, is read and confirmed by them alone, and its author sees who has (п. 2.9, 4.7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from announced import DRAFT, FAMILIES_OF_7A, FATHER
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_8B,
    CLASSMATE,
    GUARDIAN_PERSON,
    NOW,
    OWNER_STAFF,
    STRANGE_CHILD,
    People,
)

from school.announcements.actions import (
    add_late_joiners,
    confirm_announcement,
    note_on_paper,
    note_opened,
    remind,
    send_announcement,
    withdraw_announcement,
)
from school.announcements.lookups.family import family_announcements, open_counts, opened_announcement
from school.announcements.lookups.report import Report, announcement_report, followed_announcements
from school.announcements.lookups.staff import read_file, staff_inbox, waiting_announcements
from school.announcements.rules import Answer, Wanted
from school.audiences.rules import Audience, Part, Target
from school.errors import AccessRefused, Refusal, RuleRefused
from school.families.actions import mark_news_read
from school.families.lookups.news import NewsKind, Visit, newest_event, news_since, unread_counts
from school.records import Role, User
from school.store.connection import Store

LATER, TOMORROW = NOW + timedelta(hours=1), NOW + timedelta(days=1)
TEACHERS = Audience(Target.ROLE, target_roles=(Role.TEACHER,), for_staff=True)
TO_TEACHERS = replace(DRAFT, audience=TEACHERS, wanted=Wanted.ANYBODY)


def answers(report: Report) -> dict[int, Answer]:
    return {row.owner_id: row.answer for row in report.rows}


def subjects(store: Store, user: User, pupil_id: int = CHILD, now: datetime = LATER) -> list[str]:
    return [each.announcement.subject for each in family_announcements(store, user, pupil_id, now=now)]


def test_both_guardians_confirm_and_the_report_says_who_has_not(
    school_store: Store, people: People, father: User
) -> None:
    sent = send_announcement(school_store, people.deputy, DRAFT, now=NOW)
    for user in (people.guardian, father):
        assert open_counts(school_store, user, now=LATER)[CHILD] == 1
    note_opened(school_store, people.guardian, sent, CHILD, now=LATER)
    report = announcement_report(school_store, people.deputy, sent)
    assert answers(report)[CHILD] == Answer.SEEN
    confirm_announcement(school_store, people.guardian, sent, [CHILD], now=LATER)
    # One of two is not both: the other is still asked, the first no longer.
    assert open_counts(school_store, people.guardian, now=LATER) == {CHILD: 0}
    assert open_counts(school_store, father, now=LATER)[CHILD] == 1
    (row,) = [
        row for row in announcement_report(school_store, people.deputy, sent).rows if row.owner_id == CHILD
    ]
    assert {person.name: person.is_missing for person in row.people if person.row.part == Part.GUARDIAN} == {
        "Алёшина Ольга": False,
        "Алёшин Андрей": True,
    }
    confirm_announcement(school_store, father, sent, [CHILD], now=LATER)
    assert answers(announcement_report(school_store, people.deputy, sent))[CHILD] == Answer.CONFIRMED
    # Of the two others nobody is in the register who could confirm.
    assert answers(announcement_report(school_store, people.deputy, sent))[CLASSMATE] == Answer.NOT_POSSIBLE
    (listed,) = followed_announcements(school_store, people.head, today=NOW.date())
    assert (listed.audience, listed.total, listed.seen, listed.confirmed) == (
        "7А: ученики, родители",
        3,
        1,
        1,
    )


def test_a_reminder_reaches_only_who_has_not_answered(
    school_store: Store, people: People, father: User
) -> None:
    sent = send_announcement(school_store, people.deputy, DRAFT, now=NOW)
    for user in (people.guardian, father):
        note_opened(school_store, user, sent, CHILD, now=NOW)
        visit = Visit(LATER, newest_event(school_store))
        mark_news_read(school_store, user, CHILD, visit, now=LATER)
        assert unread_counts(school_store, user, now=LATER)[CHILD] == 0
    confirm_announcement(school_store, people.guardian, sent, [CHILD], now=LATER)
    assert remind(school_store, people.deputy, sent, now=TOMORROW) == 1
    assert unread_counts(school_store, people.guardian, now=TOMORROW)[CHILD] == 0
    assert unread_counts(school_store, father, now=TOMORROW)[CHILD] == 1
    (item,) = news_since(school_store, father, CHILD, LATER, now=TOMORROW)
    assert (item.kind, item.text, item.is_changed) == (NewsKind.ANNOUNCEMENT, DRAFT.subject, True)
    with pytest.raises(RuleRefused, match="уже напоминали"):
        remind(school_store, people.deputy, sent, now=TOMORROW)
    confirm_announcement(school_store, father, sent, [CHILD], now=TOMORROW)
    with pytest.raises(RuleRefused, match="Напоминать некому"):
        remind(school_store, people.deputy, sent, now=TOMORROW + timedelta(1))


def test_an_announcement_is_news_until_it_is_opened(school_store: Store, people: People) -> None:
    visit = Visit(NOW, newest_event(school_store))
    # Entered before the family looked, stored after it: not lost.
    sent = send_announcement(school_store, people.deputy, DRAFT, now=NOW - timedelta(minutes=1))
    (item,) = news_since(school_store, people.guardian, CHILD, visit, now=LATER)
    assert (item.kind, item.record_id, item.entered_at) == (
        NewsKind.ANNOUNCEMENT,
        sent,
        NOW - timedelta(minutes=1),
    )
    note_opened(school_store, people.guardian, sent, CHILD, now=LATER)
    assert news_since(school_store, people.guardian, CHILD, visit, now=LATER) == []
    # The pupil's own news are the pupil's own.
    assert len(news_since(school_store, people.pupil, CHILD, visit, now=LATER)) == 1


def test_what_is_shown_from_a_later_day_is_news_on_that_day(school_store: Store, people: People) -> None:
    send_announcement(school_store, people.deputy, replace(DRAFT, shown_from=TOMORROW.date()), now=NOW)
    assert (
        subjects(school_store, people.guardian),
        unread_counts(school_store, people.guardian, now=LATER),
    ) == ([], {CHILD: 0})
    assert subjects(school_store, people.guardian, now=TOMORROW) == [DRAFT.subject]
    assert unread_counts(school_store, people.guardian, now=TOMORROW) == {CHILD: 1}


def test_pupils_and_guardians_each_read_what_is_theirs(
    school_store: Store, people: People, father: User
) -> None:
    for audience, subject in (
        (replace(FAMILIES_OF_7A, for_pupils=False), "Родителям"),
        (replace(FAMILIES_OF_7A, for_guardians=False), "Ученикам"),
    ):
        send_announcement(
            school_store,
            people.deputy,
            replace(DRAFT, audience=audience, subject=subject, wanted=Wanted.NOBODY),
            now=NOW,
        )
    assert subjects(school_store, people.guardian) == ["Родителям"]
    assert subjects(school_store, people.pupil) == ["Ученикам"]
    # The homeroom teacher reads in the diary what the family was sent.
    assert sorted(subjects(school_store, people.homeroom)) == ["Родителям", "Ученикам"]
    assert subjects(school_store, father, STRANGE_CHILD) == []


def test_a_guardian_of_two_children_confirms_for_each_or_for_all(
    school_store: Store, people: People, father: User
) -> None:
    audience = Audience(Target.SCHOOL, for_guardians=True)
    sent = send_announcement(school_store, people.head, replace(DRAFT, audience=audience), now=NOW)
    assert opened_announcement(school_store, father, CHILD, sent, now=LATER).also_for == (STRANGE_CHILD,)
    confirm_announcement(school_store, father, sent, [CHILD], now=LATER)
    assert open_counts(school_store, father, now=LATER) == {CHILD: 0, STRANGE_CHILD: 1}
    confirm_announcement(school_store, father, sent, [STRANGE_CHILD], now=LATER)
    report = announcement_report(school_store, people.head, sent)
    assert answers(report)[STRANGE_CHILD] == Answer.CONFIRMED
    assert answers(report)[CHILD] == Answer.SEEN
    with pytest.raises(AccessRefused):
        confirm_announcement(school_store, people.guardian, sent, [CHILD, STRANGE_CHILD], now=LATER)


def test_a_teacher_who_is_a_guardian_reads_as_both(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(f"UPDATE users SET guardian_id = {GUARDIAN_PERSON} WHERE user_id = {people.owner.user_id}")
    user = replace(people.owner, roles=people.owner.roles | {Role.GUARDIAN}, pupil_ids=frozenset([CHILD]))
    both = replace(FAMILIES_OF_7A, for_staff=True)
    sent = send_announcement(
        school_store, people.deputy, replace(DRAFT, audience=both, wanted=Wanted.ANYBODY), now=NOW
    )
    assert waiting_announcements(school_store, user, today=NOW.date()) == 1
    assert open_counts(school_store, user, now=LATER) == {CHILD: 1}
    note_opened(school_store, user, sent, CHILD, now=LATER)
    confirm_announcement(school_store, user, sent, [CHILD], now=LATER)
    # As a guardian, not yet as an employee.
    assert (
        open_counts(school_store, user, now=LATER),
        waiting_announcements(school_store, user, today=NOW.date()),
    ) == ({CHILD: 0}, 1)
    confirm_announcement(school_store, user, sent, [OWNER_STAFF], now=LATER)
    assert answers(announcement_report(school_store, people.deputy, sent))[OWNER_STAFF] == Answer.CONFIRMED


def test_a_pupil_who_changed_class_keeps_what_the_class_of_the_day_was_told_and_who_comes_is_shown_apart(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    old = send_announcement(school_store, people.homeroom, DRAFT, now=NOW)
    new = send_announcement(
        school_store,
        people.stranger,
        replace(DRAFT, audience=replace(FAMILIES_OF_7A, target_ids=(CLASS_8B,)), subject="В 8Б"),
        now=NOW,
    )
    change(f"UPDATE enrolments SET ends_on = '2026-11-20' WHERE pupil_id = {CHILD}")
    change(f"INSERT INTO enrolments VALUES (900, {CHILD}, {CLASS_8B}, '2026-11-20', NULL)")
    assert add_late_joiners(school_store, now=NOW) == 0
    assert add_late_joiners(school_store, now=TOMORROW) == 2
    assert add_late_joiners(school_store, now=TOMORROW) == 0
    assert subjects(school_store, people.guardian, now=TOMORROW) == ["В 8Б", DRAFT.subject]
    after = send_announcement(
        school_store, people.homeroom, replace(DRAFT, shown_from=TOMORROW.date()), now=TOMORROW
    )
    assert len(subjects(school_store, people.guardian, now=TOMORROW)) == 2, "no longer of 7А"
    report = announcement_report(school_store, people.deputy, new)
    assert ({row.owner_id for row in report.late}, CHILD in answers(report)) == ({CHILD}, False)
    assert unread_counts(school_store, people.guardian, now=TOMORROW) == {CHILD: 2}
    assert answers(announcement_report(school_store, people.deputy, old))[CHILD] == Answer.UNSEEN
    assert CHILD not in answers(announcement_report(school_store, people.deputy, after))


def test_a_guardian_who_is_linked_later_is_shown_it_and_one_who_is_unlinked_no_longer(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    sent = send_announcement(school_store, people.deputy, DRAFT, now=NOW)
    change(
        f"INSERT INTO guardians (guardian_id, last_name, first_name) VALUES ({FATHER}, 'Алёшин', 'Андрей')"
    )
    change(f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES ({FATHER}, {CHILD})")
    assert add_late_joiners(school_store, now=LATER) == 1
    (row,) = [
        row for row in announcement_report(school_store, people.deputy, sent).rows if row.owner_id == CHILD
    ]
    assert len(row.people) == 3
    gone = replace(people.guardian, pupil_ids=frozenset())
    with pytest.raises(AccessRefused):
        family_announcements(school_store, gone, CHILD, now=LATER)
    with pytest.raises(AccessRefused):
        confirm_announcement(school_store, gone, sent, [CHILD], now=LATER)


def test_the_staff_read_and_confirm_their_own(school_store: Store, people: People) -> None:
    sent = send_announcement(school_store, people.secretary, TO_TEACHERS, now=NOW)
    assert [
        each.announcement.subject for each in staff_inbox(school_store, people.owner, today=NOW.date())
    ] == [DRAFT.subject]
    assert staff_inbox(school_store, people.homeroom, today=NOW.date()) == []
    confirm_announcement(school_store, people.owner, sent, [OWNER_STAFF], now=LATER)
    assert waiting_announcements(school_store, people.owner, today=NOW.date()) == 0
    assert waiting_announcements(school_store, people.stranger, today=NOW.date()) == 1
    with pytest.raises(AccessRefused):
        confirm_announcement(school_store, people.homeroom, sent, [OWNER_STAFF], now=LATER)


def test_what_is_withdrawn_leaves_a_trace(school_store: Store, people: People) -> None:
    draft = replace(DRAFT, files=(("План.txt", "план".encode()),))
    sent = send_announcement(school_store, people.homeroom, draft, now=NOW)
    (file,) = announcement_report(school_store, people.homeroom, sent).files
    assert read_file(school_store, people.guardian, file.file_id, now=LATER).content == "план".encode()
    with pytest.raises(AccessRefused):
        withdraw_announcement(school_store, people.secretary, sent, now=LATER)
    withdraw_announcement(school_store, people.homeroom, sent, now=LATER)
    (found,) = family_announcements(school_store, people.guardian, CHILD, now=LATER)
    assert (found.announcement.withdrawn_at, found.is_open) == (LATER, False)
    assert unread_counts(school_store, people.guardian, now=LATER) == {CHILD: 0}
    with pytest.raises(AccessRefused):
        read_file(school_store, people.guardian, file.file_id, now=LATER)
    assert read_file(school_store, people.deputy, file.file_id, now=LATER).title == "План.txt"
    for do in (
        lambda: confirm_announcement(school_store, people.guardian, sent, [CHILD], now=LATER),
        lambda: remind(school_store, people.homeroom, sent, now=LATER),
        lambda: withdraw_announcement(school_store, people.homeroom, sent, now=LATER),
    ):
        with pytest.raises(RuleRefused, match="отозвано"):
            do()
    kinds = school_store.read(
        "SELECT kind, old_value FROM events WHERE kind LIKE 'announcement%' ORDER BY event_id"
    )
    assert kinds[-1] == ("announcement_withdrawn", DRAFT.subject)


def test_who_has_no_way_in_signs_on_paper(school_store: Store, people: People, father: User) -> None:
    sent = send_announcement(
        school_store, people.homeroom, replace(DRAFT, wanted=Wanted.PUPIL_AND_GUARDIAN), now=NOW
    )
    report = announcement_report(school_store, people.homeroom, sent)
    waiting = {
        (person.row.part, person.row.person_id, row.owner_id) for row, person in report.without_sign_in
    }
    classmate = (Part.PUPIL, CLASSMATE, CLASSMATE)
    assert (classmate in waiting, len(waiting)) == (True, 2)
    assert note_on_paper(school_store, people.homeroom, sent, [classmate], now=LATER) == 1
    assert note_on_paper(school_store, people.homeroom, sent, [classmate], now=LATER) == 0
    report = announcement_report(school_store, people.homeroom, sent)
    (row,) = [row for row in report.rows if row.owner_id == CLASSMATE]
    assert row.people[0].row.paper_by == people.homeroom.user_id
    assert len(report.without_sign_in) == 1
    with pytest.raises(AccessRefused):
        note_on_paper(school_store, people.owner, sent, [classmate], now=LATER)


def test_a_homeroom_teacher_follows_the_own_class_of_what_the_school_was_told(
    school_store: Store, people: People, father: User
) -> None:
    sent = send_announcement(
        school_store,
        people.head,
        replace(DRAFT, audience=Audience(Target.SCHOOL, for_staff=True, for_guardians=True)),
        now=NOW,
    )
    report = announcement_report(school_store, people.homeroom, sent)
    assert ({row.class_name for row in report.rows}, report.is_whole) == ({"7А"}, False)
    assert {row.class_name for row in announcement_report(school_store, people.head, sent).rows} == {
        "7А",
        "8Б",
        "",
    }
    for name in ("owner", "stranger", "admin", "secretary", "guardian", "pupil"):
        with pytest.raises(AccessRefused):
            announcement_report(school_store, getattr(people, name), sent)


def test_what_may_not_be_sent_leaves_nothing_behind(school_store: Store, people: People) -> None:
    nobody = Audience(Target.GRADE, (11,), for_pupils=True)
    for user, draft, refusal in (
        (
            people.owner,
            replace(DRAFT, audience=Audience(Target.SCHOOL, for_pupils=True), wanted=Wanted.NOBODY),
            AccessRefused,
        ),
        (people.guardian, DRAFT, AccessRefused),
        (people.deputy, replace(DRAFT, audience=nobody, wanted=Wanted.NOBODY), RuleRefused),
        (people.deputy, replace(DRAFT, files=(("x.exe", b"MZ"),)), RuleRefused),
    ):
        with pytest.raises(refusal):
            send_announcement(school_store, user, draft, now=NOW)
    assert school_store.read("SELECT * FROM announcements") == []
    assert [*(school_store.path.parent / "files").glob("??/*")] == []


def test_what_needs_no_confirmation_takes_none(school_store: Store, people: People) -> None:
    sent = send_announcement(school_store, people.deputy, replace(DRAFT, wanted=Wanted.NOBODY), now=NOW)
    with pytest.raises(RuleRefused, match="не нужно"):
        confirm_announcement(school_store, people.guardian, sent, [CHILD], now=LATER)
    # Of both parents it is wanted: the pupil is not asked.
    to_parents = send_announcement(school_store, people.deputy, DRAFT, now=NOW)
    with pytest.raises(RuleRefused, match="не нужно"):
        confirm_announcement(school_store, people.pupil, to_parents, [CHILD], now=LATER)
    with pytest.raises(Refusal, match="Такого объявления нет"):
        opened_announcement(school_store, people.guardian, CHILD, sent + 1000, now=LATER)


def test_sending_leaves_the_diaries_of_others_in_memory(school_store: Store, people: People) -> None:
    before = {pupil: school_store.state_of_pupil(pupil) for pupil in (CHILD, STRANGE_CHILD)}
    sent = send_announcement(school_store, people.deputy, DRAFT, now=NOW)
    confirm_announcement(school_store, people.guardian, sent, [CHILD], now=LATER)
    assert school_store.state_of_pupil(CHILD) > before[CHILD]
    assert school_store.state_of_pupil(STRANGE_CHILD) == before[STRANGE_CHILD]


def test_a_reminder_to_one_class_keeps_nobody_from_reminding_the_others(
    school_store: Store, people: People, father: User
) -> None:
    draft = replace(DRAFT, audience=Audience(Target.SCHOOL, for_guardians=True), wanted=Wanted.BOTH_GUARDIANS)
    sent = send_announcement(school_store, people.head, draft, now=NOW)
    assert remind(school_store, people.homeroom, sent, now=TOMORROW) == 2
    # The father's other child is of 8Б; of 7А everybody was reminded this very day.
    assert remind(school_store, people.deputy, sent, now=TOMORROW) == 1
    reminded = school_store.read(
        "SELECT owner_id FROM announcement_recipients WHERE reminded_at IS NOT NULL ORDER BY 1"
    )
    assert reminded == [(CHILD,), (CHILD,), (STRANGE_CHILD,)]


def test_nobody_is_reminded_who_cannot_open_it(school_store: Store, people: People) -> None:
    draft = replace(DRAFT, audience=replace(FAMILIES_OF_7A, for_guardians=False), wanted=Wanted.ANYBODY)
    sent = send_announcement(school_store, people.homeroom, draft, now=NOW)
    # Of three pupils one has a way in; for the two others there is the sheet.
    assert remind(school_store, people.homeroom, sent, now=TOMORROW) == 1
    confirm_announcement(school_store, people.pupil, sent, [CHILD], now=TOMORROW)
    with pytest.raises(RuleRefused, match="лист под подпись"):
        remind(school_store, people.homeroom, sent, now=TOMORROW + timedelta(1))


def test_the_sheet_asks_nobody_to_sign_for_whom_the_family_has_confirmed(
    school_store: Store, people: People, father: User, change: Callable[[str], None]
) -> None:
    change(f"UPDATE users SET password_hash = '' WHERE user_id = {father.user_id}")
    sent = send_announcement(
        school_store, people.homeroom, replace(DRAFT, wanted=Wanted.ONE_GUARDIAN), now=NOW
    )

    def to_sign() -> set[tuple[Part, int]]:
        report = announcement_report(school_store, people.homeroom, sent)
        return {(person.row.part, row.owner_id) for row, person in report.without_sign_in}

    # Of the two classmates nobody is in the register but themselves: they take the paper home.
    alone = {(Part.PUPIL, CLASSMATE), (Part.PUPIL, ABSENTEE)}
    assert to_sign() == {(Part.GUARDIAN, CHILD)} | alone
    confirm_announcement(school_store, people.guardian, sent, [CHILD], now=LATER)
    assert to_sign() == alone


def test_what_was_withdrawn_before_its_first_day_is_never_heard_of(
    school_store: Store, people: People
) -> None:
    for draft in (DRAFT, TO_TEACHERS):
        later = replace(draft, shown_from=TOMORROW.date())
        sent = send_announcement(school_store, people.deputy, later, now=NOW)
        with pytest.raises(RuleRefused, match="ещё не показано"):
            remind(school_store, people.deputy, sent, now=LATER)
        withdraw_announcement(school_store, people.deputy, sent, now=LATER)
    assert subjects(school_store, people.guardian, now=TOMORROW) == []
    assert staff_inbox(school_store, people.owner, today=TOMORROW.date()) == []


def test_what_is_shown_for_long_stays_until_its_last_day(school_store: Store, people: People) -> None:
    first, last = NOW.date() + timedelta(90), NOW.date() + timedelta(390)
    send_announcement(
        school_store, people.deputy, replace(DRAFT, shown_from=first, shown_until=last), now=NOW
    )
    found = [
        subjects(school_store, people.guardian, now=NOW + timedelta(days)) for days in (89, 90, 390, 391)
    ]
    assert found == [[], [DRAFT.subject], [DRAFT.subject], []]


def test_nobody_is_asked_to_read_what_they_wrote(school_store: Store, people: People) -> None:
    draft = replace(DRAFT, audience=Audience(Target.SCHOOL, for_staff=True), wanted=Wanted.ANYBODY)
    sent = send_announcement(school_store, people.deputy, draft, now=NOW)
    counts = [
        waiting_announcements(school_store, user, today=NOW.date()) for user in (people.deputy, people.head)
    ]
    assert counts == [0, 1]
    found = answers(announcement_report(school_store, people.deputy, sent))
    assert [owner for owner, answer in found.items() if answer == Answer.CONFIRMED] == [
        people.deputy.staff_id
    ]
