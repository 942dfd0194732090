"""Events of the school: for whom they are, changed and cancelled with a trace, who comes and who has not answered (п. 3.6)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from small_school import (
    CHILD,
    CLASS_7A,
    CLASS_8B,
    CLASSMATE,
    HOMEROOM_STAFF,
    NOW,
    OWNER_STAFF,
    STRANGE_CHILD,
    STRANGER_STAFF,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.families.lookups.news import news_since
from school.families.lookups.week import diary_week
from school.occasions.actions import (
    NewOccasion,
    announce_occasion,
    answer_as_staff,
    answer_for_child,
    cancel_occasion,
    change_occasion,
)
from school.occasions.lookups import (
    class_occasions,
    family_occasions,
    occasion_answers,
    plannable_audiences,
    read_occasion_file,
    staff_occasions,
)
from school.occasions.rules import (
    DAYS_AHEAD,
    MOST_DAYS,
    TITLE_LENGTH,
    Circle,
    OccasionDraft,
    check_draft,
    when_words,
)
from school.records import Role, User
from school.store.connection import Store

TODAY = NOW.date()
FRIDAY = TODAY + timedelta(1)
TRIP = OccasionDraft("Экскурсия", FRIDAY, FRIDAY, time(10), time(12), "Музей", asks_guardians=True)
SCHOOL, GRADE_7, OF_7A, OF_8B = Circle(), Circle(7), Circle(None, CLASS_7A), Circle(None, CLASS_8B)


def announce(
    store: Store, user: User, audience: Circle = OF_7A, draft: OccasionDraft = TRIP, files: tuple = ()
) -> int:
    return announce_occasion(store, user, NewOccasion(audience, draft, files), now=NOW)


def of_family(store: Store, user: User, child: int = CHILD) -> list[str]:
    return [each.occasion.draft.title for each in family_occasions(store, user, child, now=NOW)]


@pytest.mark.parametrize(
    ("changed", "is_taken"),
    [
        ({}, True),
        ({"starts_at": None, "ends_at": None}, True),
        ({"ends_at": None}, True),
        ({"ends_on": FRIDAY + timedelta(MOST_DAYS)}, True),
        ({"is_staff_only": True}, False),
        ({"is_staff_only": True, "asks_guardians": False, "asks_staff": True}, True),
        ({"title": " "}, False),
        ({"title": "я" * (TITLE_LENGTH + 1)}, False),
        ({"starts_on": TODAY - timedelta(1)}, False),
        (
            {"starts_on": TODAY + timedelta(DAYS_AHEAD + 1), "ends_on": TODAY + timedelta(DAYS_AHEAD + 1)},
            False,
        ),
        ({"ends_on": TODAY}, False),
        ({"ends_on": FRIDAY + timedelta(MOST_DAYS + 1)}, False),
        ({"ends_at": time(9)}, False),
        ({"starts_at": None}, False),
    ],
)
def test_what_may_be_announced(changed: dict[str, object], is_taken: bool) -> None:
    draft = replace(TRIP, **changed)  # type: ignore[arg-type]
    if is_taken:
        check_draft(draft, TODAY)
        return
    with pytest.raises(RuleRefused):
        check_draft(draft, TODAY)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "20 ноября, пятница, 10:00–12:00"),
        ({"ends_at": None}, "20 ноября, пятница, 10:00"),
        ({"starts_at": None, "ends_at": None}, "20 ноября, пятница"),
        ({"ends_on": FRIDAY + timedelta(2)}, "20 ноября, 10:00 – 22 ноября, 12:00"),
        ({"ends_on": FRIDAY + timedelta(2), "starts_at": None, "ends_at": None}, "20 ноября – 22 ноября"),
    ],
)
def test_when_an_event_is_in_words(changed: dict[str, object], words: str) -> None:
    assert when_words(replace(TRIP, **changed)) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("audience", "writers"),
    [
        (SCHOOL, {"head", "deputy", "admin"}),
        (GRADE_7, {"head", "deputy", "admin"}),
        (OF_7A, {"head", "deputy", "admin", "homeroom"}),
        (OF_8B, {"head", "deputy", "admin"}),
    ],
)
def test_the_homeroom_teacher_announces_for_the_own_class_leaders_for_all(
    school_store: Store, people: People, audience: Circle, writers: set[str]
) -> None:
    for name, user in vars(people).items():
        if name in writers:
            assert audience in plannable_audiences(school_store, user, 2026), name
            announce(school_store, user, audience)
            continue
        with pytest.raises(AccessRefused):
            announce(school_store, user, audience)


@pytest.mark.parametrize(
    ("audience", "of_7a", "of_8b"), [(SCHOOL, 1, 1), (GRADE_7, 1, 0), (OF_7A, 1, 0), (OF_8B, 0, 1)]
)
def test_an_event_stands_in_the_weeks_of_those_it_is_for(
    school_store: Store, people: People, audience: Circle, of_7a: int, of_8b: int
) -> None:
    announce(school_store, people.deputy, audience)
    found = []
    for child in (CHILD, STRANGE_CHILD):
        week = diary_week(school_store, people.head, child, day=TODAY, today=TODAY)
        found.append([day.day for day in week.days for _ in day.occasions])
    assert found == [[FRIDAY] * of_7a, [FRIDAY] * of_8b]


def test_an_event_of_days_stands_on_each_of_them_on_a_sunday_too(school_store: Store, people: People) -> None:
    announce(school_store, people.deputy, draft=replace(TRIP, ends_on=FRIDAY + timedelta(2)))
    week = diary_week(school_store, people.guardian, CHILD, day=TODAY, today=TODAY)
    assert [day.day.isoweekday() for day in week.days if day.occasions] == [5, 6, 7]


def test_the_last_answer_of_either_parent_counts_and_everybody_reads_whose_it_is(
    school_store: Store, people: People
) -> None:
    other = replace(people.guardian, user_id=777)
    trip = announce(school_store, people.homeroom, draft=replace(TRIP, asks_pupils=True))
    answer_for_child(school_store, people.guardian, CHILD, trip, True, now=NOW)
    answer_for_child(school_store, people.pupil, CHILD, trip, True, now=NOW)
    answer_for_child(school_store, other, CHILD, trip, False, now=NOW)
    (seen,) = family_occasions(school_store, people.guardian, CHILD, now=NOW)
    assert seen.guardian_answer
    assert seen.pupil_answer
    assert (seen.guardian_answer.is_coming, seen.pupil_answer.is_coming, seen.may_answer) == (
        False,
        True,
        True,
    )
    found = occasion_answers(school_store, people.homeroom, trip, today=TODAY)
    said = [
        (each.name.short, each.guardian_answer and each.guardian_answer.is_coming) for each in found.children
    ]
    assert said == [("Алёшин Пётр", False), ("Ёлкина Анна", None), ("Жуков Иван", None)]
    (row,) = staff_occasions(school_store, people.homeroom, 2026, now=NOW)
    assert row.families
    assert (row.families.asked, row.families.coming, row.families.not_coming, row.families.silent) == (
        3,
        0,
        1,
        2,
    )
    events = school_store.read(
        "SELECT old_value, new_value FROM events WHERE kind = 'occasion_answer' ORDER BY event_id"
    )
    assert events == [(None, "придёт"), (None, "придёт"), ("придёт", "не придёт")]


@pytest.mark.parametrize(
    ("draft", "now", "refused"),
    [
        (replace(TRIP, asks_guardians=False), NOW, "отвечать не нужно"),
        (TRIP, NOW + timedelta(hours=22), "уже началось"),
        (TRIP, NOW + timedelta(hours=21), ""),
        (replace(TRIP, starts_at=None, ends_at=None), NOW + timedelta(hours=30), ""),
        (replace(TRIP, starts_at=None, ends_at=None), NOW + timedelta(hours=36), "уже началось"),
    ],
)
def test_an_event_is_answered_until_it_begins(
    school_store: Store, people: People, draft: OccasionDraft, now, refused: str
) -> None:
    trip = announce(school_store, people.homeroom, draft=draft)
    if not refused:
        answer_for_child(school_store, people.guardian, CHILD, trip, True, now=now)
        return
    with pytest.raises(RuleRefused, match=refused):
        answer_for_child(school_store, people.guardian, CHILD, trip, True, now=now)


def test_a_new_day_asks_everybody_anew_and_a_new_place_does_not(school_store: Store, people: People) -> None:
    trip = announce(school_store, people.homeroom)
    answer_for_child(school_store, people.guardian, CHILD, trip, True, now=NOW)
    change_occasion(school_store, people.homeroom, trip, replace(TRIP, place="Парк"), now=NOW)
    (seen,) = family_occasions(school_store, people.guardian, CHILD, now=NOW)
    assert seen.guardian_answer
    moved = replace(TRIP, starts_on=FRIDAY + timedelta(3), ends_on=FRIDAY + timedelta(3))
    change_occasion(school_store, people.homeroom, trip, moved, now=NOW)
    (seen,) = family_occasions(school_store, people.guardian, CHILD, now=NOW)
    assert (seen.guardian_answer, seen.occasion.version) == (None, 2)
    (item,) = news_since(school_store, people.guardian, CHILD, NOW - timedelta(hours=1), now=NOW)
    assert (item.kind, item.text, item.is_changed) == (
        "occasion",
        "Экскурсия, 23 ноября, понедельник, 10:00–12:00",
        True,
    )
    changes = school_store.read(
        "SELECT old_value, new_value FROM events WHERE kind = 'occasion' ORDER BY event_id"
    )
    assert changes[-1] == ("Экскурсия, 20.11.2026, 10:00", "Экскурсия, 23.11.2026, 10:00")


def test_a_cancelled_event_stays_with_its_reason_and_is_answered_no_more(
    school_store: Store, people: People
) -> None:
    trip = announce(school_store, people.homeroom)
    with pytest.raises(RuleRefused, match="почему"):
        cancel_occasion(school_store, people.homeroom, trip, " ", now=NOW)
    cancel_occasion(school_store, people.homeroom, trip, "Музей закрыт", now=NOW)
    (seen,) = family_occasions(school_store, people.guardian, CHILD, now=NOW)
    assert (seen.occasion.cancel_reason, seen.may_answer) == ("Музей закрыт", False)
    for act in (
        lambda: answer_for_child(school_store, people.guardian, CHILD, trip, True, now=NOW),
        lambda: change_occasion(school_store, people.homeroom, trip, TRIP, now=NOW),
        lambda: cancel_occasion(school_store, people.homeroom, trip, "Снова", now=NOW),
    ):
        with pytest.raises(RuleRefused, match="отменено"):
            act()


def test_the_staff_of_an_event_answers_for_itself(school_store: Store, people: People) -> None:
    meeting = announce(
        school_store, people.deputy, OF_7A, replace(TRIP, asks_guardians=False, asks_staff=True)
    )
    answer_as_staff(school_store, people.owner, meeting, True, now=NOW)
    with pytest.raises(AccessRefused):
        answer_as_staff(school_store, people.stranger, meeting, True, now=NOW)
    found = occasion_answers(school_store, people.deputy, meeting, today=TODAY)
    assert [(each.name, each.answer and each.answer.is_coming) for each in found.staff] == [
        ("Климова Р.", None),
        ("Орлова В.", True),
    ]
    rows = staff_occasions(school_store, people.homeroom, 2026, now=NOW)
    assert [(each.asks_me, each.staff) for each in rows] == [(True, None)]
    assert {HOMEROOM_STAFF, OWNER_STAFF, STRANGER_STAFF} - {
        person for (person,) in school_store.read("SELECT person_id FROM occasion_answers")
    } == {HOMEROOM_STAFF, STRANGER_STAFF}


def test_families_see_nothing_of_an_event_of_the_staff_alone(school_store: Store, people: People) -> None:
    draft = replace(TRIP, asks_guardians=False, is_staff_only=True)
    council = announce(school_store, people.deputy, SCHOOL, draft, (("План.txt", b"1"),))
    assert of_family(school_store, people.guardian) == []
    shown = staff_occasions(school_store, people.deputy, 2026, now=NOW)
    assert [each.for_whom for each in shown] == ["сотрудники"]
    assert news_since(school_store, people.guardian, CHILD, NOW - timedelta(hours=1), now=NOW) == []
    with pytest.raises(AccessRefused):
        answer_for_child(school_store, people.guardian, CHILD, council, True, now=NOW)
    ((file,),) = school_store.read("SELECT file_id FROM occasion_files")
    with pytest.raises(AccessRefused):
        read_occasion_file(school_store, people.guardian, file, today=TODAY)


def test_what_families_see_is_cancelled_and_does_not_vanish(school_store: Store, people: People) -> None:
    seen = replace(TRIP, asks_guardians=False)
    trip = announce(school_store, people.homeroom, draft=seen)
    with pytest.raises(RuleRefused, match="уже видят"):
        change_occasion(school_store, people.homeroom, trip, replace(seen, is_staff_only=True), now=NOW)
    assert of_family(school_store, people.guardian) == ["Экскурсия"]


def test_a_class_has_its_own_events_and_those_of_its_grade_and_school_with_its_own_answers(
    school_store: Store, people: People
) -> None:
    festival = announce(school_store, people.deputy, SCHOOL, replace(TRIP, title="Праздник"))
    announce(school_store, people.deputy, GRADE_7, replace(TRIP, title="Поход", asks_guardians=False))
    announce(school_store, people.deputy, OF_8B)
    staff = replace(TRIP, title="Совет", asks_guardians=False, is_staff_only=True)
    announce(school_store, people.deputy, SCHOOL, staff)
    answer_for_child(school_store, people.guardian, CHILD, festival, True, now=NOW)
    for reader in (people.homeroom, people.head):
        found = class_occasions(school_store, reader, CLASS_7A, now=NOW)
        assert [each.occasion.draft.title for each in found] == ["Праздник", "Поход"]
        assert found[0].families
        assert (found[0].families.asked, found[0].families.coming, found[1].families) == (3, 1, None)
    assert class_occasions(school_store, people.head, CLASS_7A, now=NOW + timedelta(2)) == []


def test_a_homeroom_teacher_reads_the_answers_of_the_own_class_alone(
    school_store: Store, people: People
) -> None:
    festival = announce(school_store, people.deputy, SCHOOL)
    own = occasion_answers(school_store, people.homeroom, festival, today=TODAY)
    assert {each.class_name for each in own.children} == {"7А"}
    whole = occasion_answers(school_store, people.deputy, festival, today=TODAY)
    assert [each.class_name for each in whole.children] == ["7А"] * 3 + ["8Б"] * 3
    other = announce(school_store, people.deputy, OF_8B)
    for user in (people.homeroom, people.owner, people.secretary, people.guardian):
        with pytest.raises(AccessRefused):
            occasion_answers(school_store, user, other, today=TODAY)


def test_a_pupil_who_changed_class_goes_with_the_class_of_the_day(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    announce(school_store, people.deputy, OF_7A)
    late = announce(school_store, people.deputy, OF_8B, replace(TRIP, title="Поход"))
    change(f"UPDATE enrolments SET ends_on = DATE '{FRIDAY}' WHERE pupil_id = {CHILD}")
    change(f"INSERT INTO enrolments VALUES (9003, {CHILD}, {CLASS_8B}, '{FRIDAY}', NULL)")
    assert of_family(school_store, people.guardian) == ["Поход"]
    answer_for_child(school_store, people.guardian, CHILD, late, True, now=NOW)


def test_files_and_answers_of_strangers_are_refused(school_store: Store, people: People) -> None:
    trip = announce(school_store, people.homeroom, files=(("План.txt", b"1"),))
    ((file,),) = school_store.read("SELECT file_id FROM occasion_files")
    strange = replace(people.guardian, pupil_ids=frozenset([STRANGE_CHILD]))
    assert read_occasion_file(school_store, people.guardian, file, today=TODAY).title == "План.txt"
    assert read_occasion_file(school_store, people.secretary, file, today=TODAY).content == b"1"
    with pytest.raises(AccessRefused):
        read_occasion_file(school_store, strange, file, today=TODAY)
    for user, child in ((strange, STRANGE_CHILD), (strange, CHILD), (people.guardian, CLASSMATE)):
        with pytest.raises(AccessRefused):
            answer_for_child(school_store, user, child, trip, True, now=NOW)
    # A guardian who teaches answers for the own child, and for nobody they teach.
    both = replace(people.owner, roles=frozenset({Role.TEACHER, Role.GUARDIAN}), pupil_ids=frozenset([CHILD]))
    answer_for_child(school_store, both, CHILD, trip, True, now=NOW)
    with pytest.raises(AccessRefused):
        answer_for_child(school_store, both, CLASSMATE, trip, True, now=NOW)


def test_a_day_without_classes_takes_no_event(school_store: Store, people: People) -> None:
    far = date(2027, 9, 10)
    with pytest.raises(RuleRefused, match="такого класса"):
        announce(school_store, people.deputy, OF_7A, replace(TRIP, starts_on=far, ends_on=far))
