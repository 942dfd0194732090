"""The table of who may write to whom, asked pair by pair of a whole school; the school narrows it and never widens (п. 2.9, 4.7)."""

from itertools import product

import pytest
from letter_people import Time, add_people, everybody, move_child
from readable_table import read_table
from small_school import CHILD, NOW, STRANGE_CHILD, USER_IDS, People

from school.access.writing import (
    FAMILY,
    NEVER,
    PAIRS,
    STAFF,
    Relation,
    closed_pairs,
    closed_text,
    may_answer,
    may_write,
)
from school.correspondence.actions.letters import Letter, answer, send_letters
from school.correspondence.actions.order import set_order
from school.correspondence.lookups.threads import recipients, thread_page
from school.correspondence.rules.hours import LetterOrder
from school.correspondence.writing import Words
from school.errors import AccessRefused, RuleRefused
from school.records import Role, User
from school.store.connection import Store, Transaction
from school.store.events import Event

# + may write first, · may not. The owner teaches 7А and the stranger 8Б; «dual» teaches 7А and is a parent in 8Б.
MAY_WRITE = read_table("""
             owner stranger homeroom head deputy admin secretary dual guardian father pupil mother_of_8b pupil_of_8b dual_parent
owner          ·      +        +      +    +      ·       +       +     +       +     +        ·            ·           ·
stranger       +      ·        +      +    +      ·       +       +     ·       ·     ·        +            +           +
homeroom       +      +        ·      +    +      ·       +       +     +       +     +        ·            ·           ·
head           +      +        +      ·    +      ·       +       +     +       +     +        +            +           +
deputy         +      +        +      +    ·      ·       +       +     +       +     +        +            +           +
admin          +      +        +      +    +      ·       +       +     +       +     +        +            +           +
secretary      +      +        +      +    +      +       ·       +     +       +     +        +            +           +
dual           +      +        +      +    +      ·       +       ·     +       +     +        ·            ·           ·
guardian       +      ·        +      +    +      ·       +       +     ·       ·     ·        ·            ·           ·
father         +      ·        +      +    +      ·       +       +     ·       ·     ·        ·            ·           ·
pupil          +      ·        +      ·    ·      ·       ·       +     ·       ·     ·        ·            ·           ·
mother_of_8b   ·      +        ·      +    +      ·       +       ·     ·       ·     ·        ·            ·           ·
pupil_of_8b    ·      +        ·      ·    ·      ·       ·       ·     ·       ·     ·        ·            ·           ·
dual_parent    ·      +        ·      +    +      ·       +       ·     ·       ·     ·        ·            ·           ·
""")
CHILDREN = {"guardian": CHILD, "father": CHILD, "pupil": CHILD} | dict.fromkeys(
    ("mother_of_8b", "pupil_of_8b", "dual_parent"), STRANGE_CHILD
)
LETTER = Letter("Вопрос", Words("Здравствуйте!"))


def test_every_pair_of_the_school_writes_as_the_table_says(school_store: Store, people: People) -> None:
    more = add_people(school_store)
    users = everybody(people, more) | {"dual_parent": more.dual}
    clock, sent = Time(), set()
    for sender, to in product(users, users):
        letter_to = [(users[to].user_id, CHILDREN.get(to))]
        try:
            send_letters(
                school_store, users[sender], LETTER, letter_to, child=CHILDREN.get(sender), now=clock()
            )
        except AccessRefused:
            continue
        sent.add((sender, to))
    assert sent == {pair for pair, may in MAY_WRITE.items() if may == "+"}


def test_who_is_offered_is_who_may_be_written_to(school_store: Store, people: People) -> None:
    more = add_people(school_store)
    users = everybody(people, more) | {"dual_parent": more.dual}
    for sender, user in users.items():
        found = recipients(school_store, user, child=CHILDREN.get(sender), today=NOW.date())
        keys = {(each.user_id, each.pupil_id if each.role in FAMILY else None) for each in found}
        offered = {to for to, other in users.items() if (other.user_id, CHILDREN.get(to)) in keys}
        assert offered == {to for to in users if MAY_WRITE[sender, to] == "+"}, sender


@pytest.mark.parametrize(("sender", "to"), list(product(Role, Role)))
def test_no_setting_opens_what_the_table_does_not_hold(sender: Role, to: Role) -> None:
    every = set(Relation)
    assert may_write({sender}, {to}, every) == ((sender, to) in PAIRS)
    assert not may_write({sender}, {to}, every, PAIRS)
    assert ((sender, to) in NEVER) == (sender in FAMILY and to in FAMILY)
    if (sender, to) in NEVER:
        assert not may_answer({sender}, {to}, every)
    # A family needs a tie for whoever teaches; to everybody of the staff a letter goes without one.
    if sender in STAFF and to in STAFF and (sender, to) in PAIRS:
        assert may_write({sender}, {to}, {Relation.ANYBODY})
    assert closed_pairs(closed_text(PAIRS)) == PAIRS
    assert closed_pairs("pupil>pupil,guardian>guardian,нет") == frozenset()


def test_a_school_closes_a_row_and_a_letter_that_came_is_still_answered(
    school_store: Store, people: People
) -> None:
    clock = Time()
    pair = (Role.GUARDIAN, Role.TEACHER)
    set_order(school_store, people.deputy, LetterOrder(), {pair, (Role.PUPIL, Role.PUPIL)}, now=clock())
    to = [(people.owner.user_id, None)]
    with pytest.raises(AccessRefused):
        send_letters(school_store, people.guardian, LETTER, to, child=CHILD, now=clock())
    (thread,) = send_letters(
        school_store, people.owner, LETTER, [(people.guardian.user_id, CHILD)], now=clock()
    )
    answer(school_store, people.guardian, thread, Words("Спасибо"), now=clock())
    ((value,),) = school_store.read("SELECT value FROM settings WHERE name = 'correspondence.closed'")
    assert value == "guardian>teacher"


def test_rights_end_with_the_class_and_the_thread_stays_readable(school_store: Store, people: People) -> None:
    clock = Time(NOW.replace(hour=9))
    (thread,) = send_letters(
        school_store, people.guardian, LETTER, [(people.owner.user_id, None)], child=CHILD, now=clock()
    )
    move_child(school_store)
    for user in (people.guardian, people.owner):
        page = thread_page(school_store, user, thread, now=clock())
        assert [each.text for each in page.messages] == ["Здравствуйте!"]
        assert not page.may_write
        with pytest.raises(RuleRefused, match="Продолжить эту переписку нельзя"):
            answer(school_store, user, thread, Words("Ещё вопрос"), now=clock())
    # The teachers of the new class are theirs to ask.
    send_letters(
        school_store, people.guardian, LETTER, [(people.stranger.user_id, None)], child=CHILD, now=clock()
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE teaching_load SET ends_on = '2026-11-18' WHERE teacher_id = 41",
        "UPDATE enrolments SET ends_on = '2026-11-19' WHERE pupil_id = 51",
        "DELETE FROM guardian_pupils WHERE pupil_id = 51",
        f"UPDATE users SET blocked_at = '2026-11-18' WHERE user_id = {USER_IDS['owner']}",
        "UPDATE staff SET dismissed_on = '2026-11-19' WHERE staff_id = 41",
    ],
)
def test_a_letter_needs_the_tie_of_its_day(school_store: Store, people: People, change: str) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(change)
        transaction.record(Event(NOW, None, "school"))

    guardian: User = people.guardian
    send_letters(school_store, guardian, LETTER, [(people.owner.user_id, None)], child=CHILD, now=NOW)
    school_store.write(work)
    clock = Time()
    # Who is blocked or dismissed does not come to this door.
    if "staff" not in change.split()[1] and "users" not in change:
        with pytest.raises(AccessRefused):
            send_letters(school_store, people.owner, LETTER, [(guardian.user_id, CHILD)], now=clock())
    if "guardian_pupils" not in change:
        with pytest.raises(AccessRefused):
            send_letters(
                school_store, guardian, LETTER, [(people.owner.user_id, None)], child=CHILD, now=clock()
            )
