"""Remarks and recommendations: teachers write, families read and confirm, authors take back (п. 3.6, 4.7)."""

from dataclasses import replace

import pytest
from small_school import CHILD, CLASS_7A, CLASSMATE, MATHS, NOW, STRANGE_CHILD, People

from school.errors import AccessRefused, RuleRefused
from school.families.actions import RemarkDraft, confirm_remark, withdraw_own_remark, write_remark
from school.families.lookups.remarks import diary_remarks, pupils_to_write_of, readable_remarks
from school.records import RemarkKind, User
from school.store.connection import Store

ADVICE = RemarkDraft(CHILD, RemarkKind.RECOMMENDATION, "Повторить дроби", MATHS)


def read_by(store: Store, user: User, pupil_id: int = CHILD) -> list[str]:
    return [each.remark.text for each in diary_remarks(store, user, pupil_id, now=NOW)]


@pytest.mark.parametrize("reader", ["guardian", "pupil", "homeroom", "deputy", "head"])
def test_what_a_teacher_writes_stands_in_the_diary(school_store: Store, people: People, reader: str) -> None:
    write_remark(school_store, people.owner, ADVICE, now=NOW)
    assert read_by(school_store, getattr(people, reader)) == ["Повторить дроби"]


def test_a_family_does_not_see_what_is_written_to_another(school_store: Store, people: People) -> None:
    write_remark(school_store, people.owner, replace(ADVICE, pupil_id=CLASSMATE), now=NOW)
    assert read_by(school_store, people.guardian) == []
    with pytest.raises(AccessRefused):
        read_by(school_store, people.guardian, CLASSMATE)


@pytest.mark.parametrize(("name", "may_write"), [("owner", True), ("homeroom", True), ("stranger", False)])
def test_teachers_of_the_pupil_and_the_homeroom_teacher_write(
    school_store: Store, people: People, name: str, may_write: bool
) -> None:
    user, draft = getattr(people, name), replace(ADVICE, subject_id=None)
    offered = {pupil.pupil_id for pupil in pupils_to_write_of(school_store, user, NOW.date())}
    assert (CHILD in offered) is may_write
    if may_write:
        write_remark(school_store, user, draft, now=NOW)
    else:
        with pytest.raises(AccessRefused):
            write_remark(school_store, user, draft, now=NOW)


@pytest.mark.parametrize("name", ["deputy", "head", "admin", "guardian", "pupil"])
def test_others_write_nothing(school_store: Store, people: People, name: str) -> None:
    with pytest.raises(AccessRefused):
        write_remark(school_store, getattr(people, name), ADVICE, now=NOW)


def test_nobody_writes_of_a_pupil_of_others(school_store: Store, people: People) -> None:
    for user in (people.owner, people.homeroom):
        with pytest.raises(AccessRefused):
            write_remark(school_store, user, replace(ADVICE, pupil_id=STRANGE_CHILD), now=NOW)


def test_a_subject_is_ones_own(school_store: Store, people: People) -> None:
    with pytest.raises(RuleRefused, match="другой учитель"):
        write_remark(school_store, people.homeroom, ADVICE, now=NOW)


def test_a_remark_leaves_an_event_with_its_words(school_store: Store, people: People) -> None:
    remark_id = write_remark(school_store, people.owner, ADVICE, now=NOW)
    assert school_store.read(
        "SELECT user_id, pupil_id, record_id, new_value, class_id, subject_id FROM events WHERE kind = 'remark'"
    ) == [(people.owner.user_id, CHILD, remark_id, "рекомендация: Повторить дроби", CLASS_7A, MATHS)]


def test_a_guardian_confirms_once_and_the_author_sees_it(school_store: Store, people: People) -> None:
    remark_id = write_remark(school_store, people.owner, ADVICE, now=NOW)
    (before,) = diary_remarks(school_store, people.guardian, CHILD, now=NOW)
    assert before.may_confirm
    for _ in range(2):
        confirm_remark(school_store, people.guardian, remark_id, now=NOW)
    (after,) = diary_remarks(school_store, people.guardian, CHILD, now=NOW)
    assert not after.may_confirm
    (seen,) = readable_remarks(school_store, people.owner, NOW.date())
    assert seen.read_at == NOW
    assert school_store.read("SELECT count(*) FROM events WHERE kind = 'remark_read'") == [(1,)]


@pytest.mark.parametrize("name", ["pupil", "owner", "homeroom", "deputy"])
def test_only_a_guardian_confirms(school_store: Store, people: People, name: str) -> None:
    remark_id = write_remark(school_store, people.owner, ADVICE, now=NOW)
    with pytest.raises(AccessRefused):
        confirm_remark(school_store, getattr(people, name), remark_id, now=NOW)


def test_the_author_takes_words_back_and_they_stay_in_the_events(school_store: Store, people: People) -> None:
    remark_id = write_remark(school_store, people.owner, ADVICE, now=NOW)
    withdraw_own_remark(school_store, people.owner, remark_id, now=NOW)
    assert read_by(school_store, people.guardian) == []
    assert school_store.read("SELECT old_value FROM events WHERE kind = 'remark_withdrawn'") == [
        ("рекомендация: Повторить дроби",)
    ]
    with pytest.raises(RuleRefused, match="уже отозвана"):
        withdraw_own_remark(school_store, people.owner, remark_id, now=NOW)
    with pytest.raises(RuleRefused, match="уже отозвана"):
        confirm_remark(school_store, people.guardian, remark_id, now=NOW)


@pytest.mark.parametrize("name", ["homeroom", "deputy", "stranger", "guardian"])
def test_nobody_takes_back_the_words_of_another(school_store: Store, people: People, name: str) -> None:
    remark_id = write_remark(school_store, people.owner, ADVICE, now=NOW)
    with pytest.raises(AccessRefused):
        withdraw_own_remark(school_store, getattr(people, name), remark_id, now=NOW)


def test_teachers_see_their_own_words_the_homeroom_teacher_those_of_the_class(
    school_store: Store, people: People
) -> None:
    write_remark(school_store, people.owner, ADVICE, now=NOW)
    draft = RemarkDraft(CLASSMATE, RemarkKind.REMARK, "Без сменной обуви")
    write_remark(school_store, people.homeroom, draft, now=NOW)

    def seen(user: User) -> set[str]:
        return {remark.text for remark in readable_remarks(school_store, user, NOW.date())}

    assert seen(people.owner) == {"Повторить дроби"}
    assert seen(people.homeroom) == seen(people.deputy) == {"Повторить дроби", "Без сменной обуви"}
    assert seen(people.stranger) == set()
