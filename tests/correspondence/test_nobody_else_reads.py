"""Nobody reads a thread outside its people and the two named exceptions, whatever happens in a school (п. 2.9, 4.1)."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letter_people import More, Time, add_people, everybody
from small_school import CHILD, CLASS_7A, CLASS_8B, NOW, STRANGE_CHILD, People, people_of

from school.correspondence.actions.help import ask_help, take_help
from school.correspondence.actions.letters import Letter, answer, send_letters
from school.correspondence.actions.order import complain, mute, open_by_request
from school.correspondence.lookups.order import oversight
from school.correspondence.lookups.threads import (
    Reads,
    calls_for_help,
    read_message_file,
    thread_lists,
    thread_page,
)
from school.correspondence.writing import Words
from school.errors import AccessRefused, Refusal
from school.records import Role, User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store, Transaction
from school.store.events import Event

CHILDREN = {
    "guardian": CHILD,
    "father": CHILD,
    "pupil": CHILD,
    "mother_of_8b": STRANGE_CHILD,
    "pupil_of_8b": STRANGE_CHILD,
}
NAMES = (*People.__dataclass_fields__, *More.__dataclass_fields__)
people_names = st.sampled_from(NAMES)
# What people try: to write, to answer, to ask for help, to complain, to read by a request; much of it is refused.
deeds = st.one_of(
    st.tuples(st.just("send"), people_names, people_names),
    st.tuples(st.just("answer"), people_names, st.just("")),
    st.tuples(st.just("help"), people_names, st.sampled_from(["", "admin"])),
    st.tuples(st.just("complain"), people_names, st.just("")),
    st.tuples(st.just("request"), people_names, st.just("")),
    st.tuples(st.just("mute"), st.just("deputy"), people_names),
    # What the school changes meanwhile: the child comes into another class or back, the father is no guardian any more, or again.
    st.tuples(st.sampled_from(["move", "part"]), st.just("admin"), st.just("")),
)


@pytest.fixture(scope="module")
def living(common_store: Store) -> tuple[Store, dict[str, User], Time]:
    """A school in which all examples of the property happen one after another."""
    more = add_people(common_store)
    return common_store, everybody(people_of(common_store), more), Time(NOW.replace(hour=9))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(done=st.lists(deeds, min_size=1, max_size=5))
def test_nobody_reads_a_thread_outside_its_people_and_the_two_exceptions(
    living: tuple[Store, dict[str, User], Time], done: list[tuple[str, str, str]]
) -> None:
    store, users, clock = living
    before = newest_thread(store)
    for deed, who, whom in done:
        with suppress(Refusal):
            act(store, users, clock, (deed, who, whom))
        users = as_they_are(store, users)
    now = clock()
    threads = store.read(
        "SELECT thread_id, kind, pupil_id FROM threads WHERE thread_id > $old", {"old": before}
    )
    for thread_id, kind, pupil_id in threads:
        allowed = readers_of(store, users, thread_id, kind, pupil_id)
        requested = {
            user
            for (user,) in store.read(
                "SELECT read_by FROM request_readings WHERE thread_id = $t", {"t": thread_id}
            )
        }
        files = store.read(
            "SELECT file_id FROM message_files JOIN messages USING (message_id) WHERE thread_id = $t",
            {"t": thread_id},
        )
        for name, user in users.items():
            may_read = name in allowed or user.user_id in requested
            assert opens(partial(thread_page, store, user, thread_id, now=now)) == may_read, (name, done)
            for (file_id,) in files:
                assert opens(partial(read_message_file, store, user, file_id, now=now)) == may_read, name
            if name in allowed:
                page = thread_page(store, user, thread_id, now=now)
                assert page.may_write <= (page.reads is Reads.PERSON)
            listed = listed_of(store, user, CHILDREN.get(name), clock)
            assert (thread_id in listed) <= may_read, (name, done)
    # The other exception is a copy: who decides on complaints reads it without the thread.
    copied = {each.complaint.thread_id for each in oversight(store, users["deputy"], now=now).complaints}
    for thread_id, kind, pupil_id in threads:
        if thread_id in copied and "deputy" not in readers_of(store, users, thread_id, kind, pupil_id):
            assert not opens(partial(thread_page, store, users["deputy"], thread_id, now=now))


def as_they_are(store: Store, users: dict[str, User]) -> dict[str, User]:
    """Return the people with the children and classes that they have now."""
    found = users_by_id(store, [user.user_id for user in users.values()])
    return {name: found[user.user_id] for name, user in users.items()}


def newest_thread(store: Store) -> int:
    return store.read("SELECT coalesce(max(thread_id), 0) FROM threads")[0][0]


def act(store: Store, users: dict[str, User], clock: Time, what: tuple[str, str, str]) -> None:
    """Let somebody try one thing."""
    deed, who, whom = what
    user, child, last = users[who], CHILDREN.get(who), newest_thread(store)
    letter = Letter("Тема", Words("Слова", [("a.txt", b"a")]))
    if deed == "send":
        send_letters(
            store, user, letter, [(users[whom].user_id, CHILDREN.get(whom))], child=child, now=clock()
        )
    elif deed == "answer":
        answer(store, user, last, Words("Ответ"), now=clock())
    elif deed == "help":
        thread_id = ask_help(store, user, letter, child=child, now=clock())
        if whom:
            take_help(store, users[whom], thread_id, now=clock())
    elif deed == "complain":
        complain(store, user, last, "Жалоба на переписку", now=clock())
    elif deed == "request":
        open_by_request(store, user, last, "7-к", "Письменное обращение", now=clock())
    elif deed == "mute":
        mute(store, user, users[whom].user_id, 1, "Оскорбления", now=clock())
    else:
        store.write(partial(change_school, deed))


def change_school(deed: str, transaction: Transaction) -> None:
    """Move the child to the other class, or cut or tie the father's bond."""
    if deed == "move":
        transaction.change(
            f"UPDATE enrolments SET class_id = {CLASS_7A + CLASS_8B} - class_id WHERE pupil_id = {CHILD}"
        )
    elif transaction.read("SELECT 1 FROM guardian_pupils WHERE guardian_id = 62"):
        transaction.change("DELETE FROM guardian_pupils WHERE guardian_id = 62")
    else:
        transaction.change(
            f"INSERT INTO guardian_pupils (guardian_id, pupil_id, relation) VALUES (62, {CHILD}, 'папа')"
        )
    transaction.record(Event(NOW, None, "school"))


def readers_of(
    store: Store, users: dict[str, User], thread_id: int, kind: str, pupil_id: int | None
) -> set[str]:
    """Return who the rules say reads a thread: written down here a second time, in the plainest words."""
    rows = store.read("SELECT user_id, role FROM thread_people WHERE thread_id = $t", {"t": thread_id})
    inside = {user_id for user_id, _ in rows}
    found = {name for name, user in users.items() if user.user_id in inside}
    if kind == "help":
        return found | {name for name, user in users.items() if user.has(Role.ADMIN)}
    if any(role == "pupil" for _, role in rows):
        found |= {
            name for name, user in users.items() if user.has(Role.GUARDIAN) and pupil_id in user.pupil_ids
        }
        leads = store.read(
            """SELECT user_id FROM enrolments JOIN classes USING (class_id) JOIN users ON staff_id = homeroom_id
            WHERE enrolments.pupil_id = $pupil AND ends_on IS NULL""",
            {"pupil": pupil_id},
        )
        found |= {name for name, user in users.items() if (user.user_id,) in leads}
    return found


def opens(read) -> bool:
    try:
        read()
    except AccessRefused:
        return False
    return True


def listed_of(store: Store, user: User, child: int | None, clock: Time) -> set[int]:
    """Return every thread that a list shows somebody."""
    if child is not None and child not in user.pupil_ids:
        with pytest.raises(AccessRefused):
            thread_lists(store, user, child=child, now=clock.now)
        return set()
    found = thread_lists(store, user, child=child, now=clock.now)
    rows = [*found.own, *found.open]
    if user.has(Role.ADMIN):
        rows += calls_for_help(store, user, now=clock.now)
    return {row.thread.thread_id for row in rows}


def test_a_thread_that_is_not_there_is_refused_in_the_same_words(
    living: tuple[Store, dict[str, User], Time],
) -> None:
    store, users, clock = living
    to = [(users["owner"].user_id, None)]
    clock.now += timedelta(days=1)
    (thread,) = send_letters(store, users["homeroom"], Letter("Тема", Words("Слова")), to, now=clock())
    said = set()
    for key in (thread, 999_999):
        with pytest.raises(AccessRefused) as refused:
            thread_page(store, users["father"], key, now=clock())
        said.add(str(refused.value))
    assert len(said) == 1
