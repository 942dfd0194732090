"""«Меня нет до …», «Ответ не нужен», when a letter was read, and who reads along after a pupil has changed class (п. 2.9, 4.2, 4.7)."""

from datetime import date, datetime, timedelta

import pytest
from diary_pages import diary_page
from letter_people import Time, add_people, move_child
from screens import open_page, texts
from small_school import CHILD, CLASS_8B, NOW, STRANGER_STAFF, People, people_of

from school.correspondence.actions.away import set_away
from school.correspondence.actions.letters import Letter, answer, note_read, send_letters, settle
from school.correspondence.actions.order import answer_complaint, complain
from school.correspondence.lookups.order import oversight
from school.correspondence.lookups.threads import recipients, thread_lists, thread_page
from school.correspondence.rules.hours import away_words
from school.correspondence.writing import Words
from school.errors import AccessRefused, RuleRefused
from school.store.connection import Store, Transaction
from school.store.events import Event

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
LATER = NOW + timedelta(days=5)


def asked(store: Store, people: People, now: datetime = NOW - timedelta(minutes=9)) -> int:
    letter, to = Letter("Отметка", Words("Почему «4»?")), [(people.owner.user_id, None)]
    return send_letters(store, people.guardian, letter, to, child=CHILD, now=now)[0]


def change(store: Store, sql: str) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(sql)
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def test_who_writes_is_told_that_the_teacher_is_away_until_the_day_is_over(
    school_store: Store, people: People
) -> None:
    set_away(school_store, people.owner, FRIDAY, "  отвечу\nпозже ", now=NOW)
    thread = asked(school_store, people)
    told = [
        each.away.words
        for each in recipients(school_store, people.guardian, child=CHILD, today=NOW.date())
        if each.away
    ]
    assert told == ["отвечу позже"]
    ((name, note),) = thread_page(school_store, people.guardian, thread, now=NOW).away
    assert (name, away_words(note.until, note.words)) == (
        "Орлова Вера",
        "нет до 20 ноября включительно («отвечу позже»)",
    )
    # The owner is not told of the own note, and nobody once it is over or taken back.
    assert thread_page(school_store, people.owner, thread, now=NOW).away == ()
    assert thread_page(school_store, people.guardian, thread, now=datetime(2026, 11, 21, 9)).away == ()
    set_away(school_store, people.owner, None, now=NOW)
    assert thread_page(school_store, people.guardian, thread, now=NOW).away == ()
    events = school_store.read("SELECT new_value FROM events WHERE kind = 'away_note' ORDER BY event_id")
    assert events == [("нет до 20.11.2026",), ("на месте",)]


@pytest.mark.parametrize(
    ("until", "words"), [(NOW.date() - timedelta(1), ""), (date(2027, 3, 1), ""), (FRIDAY, "д" * 201)]
)
def test_a_note_is_of_days_to_come_and_of_few_words(
    school_store: Store, people: People, until: date, words: str
) -> None:
    with pytest.raises(RuleRefused):
        set_away(school_store, people.owner, until, words, now=NOW)
    with pytest.raises(AccessRefused):
        set_away(school_store, people.guardian, FRIDAY, now=NOW)


@pytest.mark.usefixtures("school_screens")
def test_the_note_is_set_on_the_page_and_stands_where_families_and_colleagues_write(
    school_store: Store, people: People
) -> None:
    page = open_page("correspondence/messages.py", people.owner)
    page.date_input(key="away_until").set_value(MONDAY)
    page = next(each for each in page.button if each.label == "Показывать пишущим").click().run()
    assert not page.exception
    assert "Пишущие вам видят: нет до 23 ноября включительно («Отвечу позже»)." in texts(page)
    assert "(нет до 23 ноября)" in diary_page(people.guardian, f"/{CHILD}/messages/new")
    thread = asked(school_store, people)
    said = "Орлова Вера: нет до 23 ноября включительно («Отвечу позже»)."
    assert said in diary_page(people.guardian, f"/{CHILD}/messages/{thread}")
    colleague = open_page("correspondence/messages.py", people.deputy, thread="new")
    colleague = colleague.button_group(key="letter_group_0").set_value("staff").run()
    whom = next(each for each in colleague.multiselect[0].options if each.startswith("Орлова"))
    assert said in texts(colleague.multiselect[0].select(whom).run())
    page = next(each for each in page.button if each.label == "Снова на месте").click().run()
    assert "нет до" not in diary_page(people.guardian, f"/{CHILD}/messages/{thread}")


@pytest.mark.usefixtures("school_screens")
def test_thanks_are_no_question_once_the_teacher_says_so(school_store: Store, people: People) -> None:
    clock = Time(datetime(2026, 11, 9, 9))
    thread = asked(school_store, people, now=clock())
    answer(school_store, people.owner, thread, Words("Ошибка в примере"), now=clock())
    answer(school_store, people.guardian, thread, Words("Спасибо!"), now=clock())
    (row,) = oversight(school_store, people.deputy, now=NOW).answers
    assert (row.in_time, row.late, row.settled) == (1, 1, 0)
    for reader in (people.stranger, people.deputy, people.homeroom):
        with pytest.raises(AccessRefused):
            settle(school_store, reader, thread, now=NOW)
    with pytest.raises(RuleRefused):
        settle(school_store, people.guardian, thread, now=NOW)
    page = open_page("correspondence/messages.py", people.owner, thread=str(thread))
    page = next(each for each in page.button if each.label == "Ответ не нужен").click().run()
    assert not page.exception
    assert "Ответ не нужен" not in {each.label for each in page.button}
    (row,) = oversight(school_store, people.deputy, now=NOW).answers
    assert (row.asked, row.in_time, row.late, row.settled, row.share) == (1, 1, 0, 1, 100)
    # A question that follows waits for its answer as any other.
    answer(school_store, people.guardian, thread, Words("А когда пересдача?"), now=NOW)
    assert thread_page(school_store, people.owner, thread, now=NOW).may_settle
    (row,) = oversight(school_store, people.deputy, now=LATER).answers
    assert (row.late, row.settled) == (1, 1)


def test_when_it_was_read_stands_at_the_last_message_that_was(school_store: Store, people: People) -> None:
    clock = Time(NOW.replace(hour=9))
    thread = asked(school_store, people, now=clock())
    note_read(school_store, people.owner, thread, now=NOW)
    answer(school_store, people.guardian, thread, Words("И ещё"), now=NOW + timedelta(minutes=1))
    later = NOW + timedelta(hours=2)

    def read_at() -> list[datetime | None]:
        page = thread_page(school_store, people.guardian, thread, now=later)
        return [each.read_at for each in page.messages]

    assert read_at() == [NOW, None]
    note_read(school_store, people.owner, thread, now=later)
    # The first was not read at this hour: nothing false is said of it.
    assert read_at() == [None, later]


def test_who_reads_along_follows_the_pupil_to_the_new_class(school_store: Store, people: People) -> None:
    change(school_store, f"UPDATE classes SET homeroom_id = {STRANGER_STAFF} WHERE class_id = {CLASS_8B}")
    change(school_store, "INSERT INTO user_roles VALUES (102, 'homeroom')")
    more, people = add_people(school_store), people_of(school_store)
    letter, to = Letter("Олимпиада", Words("Пойдёшь?")), [(people.pupil.user_id, CHILD)]
    (thread,) = send_letters(school_store, people.owner, letter, to, now=NOW)
    readers = {"before": people.homeroom, "after": people.stranger}

    def reads_along() -> set[str]:
        found = set()
        for name, user in readers.items():
            if thread in {each.thread.thread_id for each in thread_lists(school_store, user, now=NOW).open}:
                found.add(name)
                thread_page(school_store, user, thread, now=NOW)
            else:
                with pytest.raises(AccessRefused):
                    thread_page(school_store, user, thread, now=NOW)
        return found

    assert reads_along() == {"before"}
    move_child(school_store)
    assert reads_along() == {"after"}
    for user in (people.pupil, people.owner, people.guardian, more.father):
        page = thread_page(school_store, user, thread, now=NOW)
        assert "Стрельцов Глеб, классный руководитель" in page.seen_also
        assert not page.may_write


@pytest.mark.usefixtures("school_screens")
def test_a_family_that_has_left_reads_its_letters_and_writes_no_new_ones(
    school_store: Store, people: People
) -> None:
    thread = asked(school_store, people)
    change(school_store, f"UPDATE enrolments SET ends_on = '2026-11-19' WHERE pupil_id = {CHILD}")
    page = diary_page(people.guardian, f"/{CHILD}/messages/{thread}")
    assert "Почему «4»?" in page
    assert "Продолжить эту переписку нельзя" in page
    form = diary_page(people.guardian, f"/{CHILD}/messages/new")
    # Help is there still (п. 8.1).
    assert 'value="help"' in form
    assert f'value="{people.owner.user_id}"' not in form


def test_nothing_falls_due_while_the_teacher_is_away(school_store: Store, people: People) -> None:
    asked(school_store, people)
    late = datetime(2026, 11, 24, 12)

    def found() -> tuple[int, int]:
        (row,) = oversight(school_store, people.deputy, now=late).answers
        return row.late, row.waiting

    assert found() == (1, 0)
    set_away(school_store, people.owner, late.date(), "", now=NOW)
    assert found() == (0, 1)


def test_nobody_decides_a_complaint_about_own_letters(school_store: Store, people: People) -> None:
    letter, to = Letter("Отметка", Words("Почему «4»?")), [(people.deputy.user_id, None)]
    (thread,) = send_letters(school_store, people.guardian, letter, to, child=CHILD, now=NOW)
    key = complain(school_store, people.guardian, thread, "Завуч не отвечает", now=NOW)
    (found,) = oversight(school_store, people.deputy, now=NOW).complaints
    assert found.is_own
    with pytest.raises(RuleRefused, match="Жалоба на вашу переписку"):
        answer_complaint(school_store, people.deputy, key, "Я прав", now=NOW)
    answer_complaint(school_store, people.head, key, "Завуч ответит сегодня", now=NOW)
