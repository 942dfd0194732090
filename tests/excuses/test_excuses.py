"""A family announces an absence, the homeroom teacher accepts or declines it; a photo of a certificate is for few (п. 3.6, 4.3)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from small_school import CHILD, CLASS_7A, CLASSMATE, NOW, OWNERS_LESSON_TODAY, STRANGE_CHILD, People

from school.attendance.actions import withdraw_reason
from school.attendance.lookups import absence_week, expected_leaves
from school.errors import AccessRefused, RuleRefused
from school.excuses.actions import (
    Announcement,
    accept_excuse,
    announce_absence,
    decline_excuse,
    take_back_excuse,
)
from school.excuses.lookups import (
    announced_absences,
    class_excuses,
    family_excuses,
    read_paper,
    waiting_count,
)
from school.excuses.rules import Absent, ExcuseState, check_absent
from school.files.attachments.pictures import bare_picture
from school.privacy.actions.erasing import erase_now
from school.records import AbsenceReason, User
from school.register.actions.entries import confirm_attendance
from school.store.connection import Store
from tests.homework import made_pictures

TODAY = NOW.date()
ILL = Absent(TODAY, TODAY + timedelta(2), AbsenceReason.ILLNESS, note="температура")
PHOTO = ("Справка.jpg", made_pictures.PHOTO)
Change = Callable[[str], None]


def sent(absent: Absent = ILL, *papers: tuple[str, bytes]) -> Announcement:
    return Announcement(CHILD, absent, papers)


def files_of(store: Store) -> int:
    return len(list((store.path.parent / "files").glob("??/*")))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"starts_on": TODAY - timedelta(31)}, ""),
        ({"starts_on": TODAY - timedelta(32)}, "больше 31"),
        ({"ends_on": TODAY - timedelta(1)}, "раньше первого"),
        ({"ends_on": TODAY + timedelta(93)}, "дольше"),
        ({"ends_on": date(9999, 12, 31)}, "дольше"),
        ({"reason": AbsenceReason.UNKNOWN}, "Причина не выбрана"),
        ({"reason": AbsenceReason.LATE}, "Причина не выбрана"),
        ({"reason": AbsenceReason.VALID}, ""),
        ({"reason": AbsenceReason.VALID, "note": ""}, "не названа"),
        ({"reason": AbsenceReason.ILLNESS, "note": ""}, ""),
        ({"note": "о" * 201}, "длиннее"),
        ({"lesson_numbers": (5, 6)}, ""),
        ({"lesson_numbers": (77,)}, "Таких уроков нет"),
    ],
)
def test_what_may_be_announced(change: dict[str, object], words: str) -> None:
    absent = replace(ILL, **change)  # type: ignore[arg-type]
    if not words:
        check_absent(absent, TODAY, [])
        return
    with pytest.raises(RuleRefused, match=words):
        check_absent(absent, TODAY, [])


@pytest.mark.parametrize(
    ("first", "numbers", "is_free"),
    [(0, (), False), (2, (), False), (3, (), True), (0, (1,), False), (0, (4,), True)],
)
def test_what_waits_is_not_announced_twice(first: int, numbers: tuple[int, ...], is_free: bool) -> None:
    known = replace(ILL, lesson_numbers=(1, 2) if numbers else ())
    again = Absent(TODAY + timedelta(first), TODAY + timedelta(5), AbsenceReason.ILLNESS, numbers)
    if is_free:
        check_absent(again, TODAY, [known])
        return
    with pytest.raises(RuleRefused, match="уже сообщили"):
        check_absent(again, TODAY, [known])


def test_what_is_accepted_prefills_the_register_as_a_leave_does(school_store: Store, people: People) -> None:
    excuse = announce_absence(school_store, people.guardian, sent(), now=NOW)
    assert waiting_count(school_store, people.homeroom) == 1
    pair = (OWNERS_LESSON_TODAY, CHILD)
    assert expected_leaves(school_store, people.owner, [OWNERS_LESSON_TODAY]) == {}
    told = announced_absences(school_store, people.owner, [OWNERS_LESSON_TODAY])
    assert told[pair].reason == AbsenceReason.ILLNESS
    outcome = accept_excuse(school_store, people.homeroom, excuse, now=NOW)
    assert (outcome.changed, outcome.expected) == (0, 1)
    assert waiting_count(school_store, people.homeroom) == 0
    assert announced_absences(school_store, people.owner, [OWNERS_LESSON_TODAY]) == {}
    assert pair in expected_leaves(school_store, people.owner, [OWNERS_LESSON_TODAY])
    confirm_attendance(school_store, people.owner, [OWNERS_LESSON_TODAY], now=NOW)
    assert school_store.read(
        f"SELECT reason FROM absences WHERE lesson_id = {OWNERS_LESSON_TODAY} AND pupil_id = {CHILD}"
    ) == [("illness",)]
    (seen,) = family_excuses(school_store, people.guardian, CHILD, today=TODAY).excuses
    assert (seen.excuse.state, seen.excuse.decider) == (ExcuseState.ACCEPTED, "Климова Р.")
    (leave,) = absence_week(school_store, people.homeroom, CLASS_7A, date(2026, 11, 16), today=TODAY).leaves
    withdraw_reason(school_store, people.homeroom, leave.leave.leave_id, now=NOW)
    (seen,) = family_excuses(school_store, people.guardian, CHILD, today=TODAY).excuses
    assert seen.excuse.leave_withdrawn_at == NOW


def test_what_is_declined_says_why(school_store: Store, people: People) -> None:
    excuse = announce_absence(school_store, people.guardian, sent(), now=NOW)
    with pytest.raises(RuleRefused, match="почему отклонено"):
        decline_excuse(school_store, people.homeroom, excuse, "  ", now=NOW)
    decline_excuse(school_store, people.homeroom, excuse, "Пришлите справку", now=NOW)
    (seen,) = family_excuses(school_store, people.guardian, CHILD, today=TODAY).excuses
    assert (seen.excuse.state, seen.excuse.answer) == (ExcuseState.DECLINED, "Пришлите справку")
    assert school_store.read("SELECT * FROM leaves") == []
    for late in (
        lambda: accept_excuse(school_store, people.homeroom, excuse, now=NOW),
        lambda: take_back_excuse(school_store, people.guardian, excuse, now=NOW),
    ):
        with pytest.raises(RuleRefused, match="уже разобрано"):
            late()


def test_what_waits_may_be_taken_back_with_its_photos(school_store: Store, people: People) -> None:
    before = files_of(school_store)
    excuse = announce_absence(school_store, people.guardian, sent(ILL, PHOTO, PHOTO), now=NOW)
    assert files_of(school_store) == before + 2
    take_back_excuse(school_store, people.guardian, excuse, now=NOW)
    assert files_of(school_store) == before
    assert class_excuses(school_store, people.homeroom, CLASS_7A) == []
    announce_absence(school_store, people.guardian, sent(), now=NOW)


@pytest.mark.parametrize(
    ("papers", "words"),
    [
        ([("Справка.heic", made_pictures.HEIC)], "виде HEIC"),
        ([("Справка.docx", b"PK\x03\x04")], "такого вида"),
        ([("Справка.jpg", b"MZ not a picture")], "не jpg"),
        ([("Справка.jpg", b"")], "пуст"),
        ([("Справка.jpg", PHOTO[1] + b"0" * 10 * 1024 * 1024)], "больше 10 МБ"),
        ([PHOTO] * 4, "больше 3"),
    ],
)
def test_a_paper_is_checked_by_kind_size_and_content(
    school_store: Store, people: People, papers: list[tuple[str, bytes]], words: str
) -> None:
    before = files_of(school_store)
    with pytest.raises(RuleRefused, match=words):
        announce_absence(school_store, people.guardian, sent(ILL, *papers), now=NOW)
    assert (files_of(school_store), school_store.read("SELECT * FROM excuses")) == (before, [])


def test_a_photo_is_for_the_sender_the_homeroom_teacher_and_who_sees_reasons(
    school_store: Store, people: People, change: Change
) -> None:
    announce_absence(school_store, people.guardian, sent(ILL, PHOTO), now=NOW)
    ((paper,),) = school_store.read("SELECT paper_id FROM excuse_papers")
    readers = {"guardian", "homeroom", "head", "deputy"}
    for name in vars(people):
        user: User = getattr(people, name)
        if name in readers:
            assert read_paper(school_store, user, paper).content == bare_picture("jpg", PHOTO[1]), name
            continue
        with pytest.raises(AccessRefused, match="не для вас"):
            read_paper(school_store, user, paper)
    # A guardian whose link has ended is no longer one of the child's.
    former = replace(people.guardian, pupil_ids=frozenset())
    with pytest.raises(AccessRefused):
        read_paper(school_store, former, paper)


def test_the_other_guardian_sees_the_days_but_neither_words_nor_photos(
    school_store: Store, people: People
) -> None:
    announce_absence(school_store, people.guardian, sent(ILL, PHOTO), now=NOW)
    other = replace(people.guardian, user_id=999)
    (seen,) = family_excuses(school_store, other, CHILD, today=TODAY).excuses
    assert (seen.excuse.note, seen.papers, seen.excuse.sender) == ("", (), "Алёшина Ольга")
    with pytest.raises(AccessRefused, match="отправил"):
        take_back_excuse(school_store, other, seen.excuse.excuse_id, now=NOW)


@pytest.mark.parametrize("pupil", [CLASSMATE, STRANGE_CHILD, 999])
def test_nobody_announces_of_another_child(school_store: Store, people: People, pupil: int) -> None:
    for user in (people.guardian, people.pupil, people.homeroom):
        with pytest.raises(AccessRefused):
            announce_absence(school_store, user, replace(sent(), pupil_id=pupil), now=NOW)


def test_a_photo_is_erased_after_its_term_with_its_content(school_store: Store, people: People) -> None:
    before = files_of(school_store)
    announce_absence(school_store, people.guardian, sent(ILL, PHOTO), now=NOW)
    erase_now(school_store, people.admin, now=NOW + timedelta(92))
    assert files_of(school_store) == before + 1
    erase_now(school_store, people.admin, now=NOW + timedelta(93))
    assert (files_of(school_store), school_store.read("SELECT * FROM excuse_papers")) == (before, [])
    ((note,),) = school_store.read("SELECT note FROM excuses")
    assert note == "температура"
    erase_now(school_store, people.admin, now=datetime(2028, 1, 1, 12, 0))
    assert school_store.read("SELECT note, reason FROM excuses") == [("", "illness")]
