"""What letters cost: a thousand in a handful of statements, and registers and diaries nothing (п. 2.9)."""

from letter_people import Time
from small_school import CHILD, NOW, OWNERS_LESSON_YESTERDAY, People

from school.correspondence.actions.away import set_away
from school.correspondence.actions.help import ask_help, finish_help, take_help
from school.correspondence.actions.letters import Letter, answer, note_read, send_letters, settle, withdraw
from school.correspondence.actions.order import answer_complaint, complain, lift_mute, mute, open_by_request
from school.correspondence.writing import Words
from school.store.connection import Store, Transaction
from school.store.events import Event

LETTER = Letter("Отметка", Words("Почему «4»?"))


def test_whatever_people_write_no_register_and_no_diary_is_read_again(
    school_store: Store, people: People
) -> None:
    store, clock, lessons = school_store, Time(NOW.replace(hour=9)), frozenset([OWNERS_LESSON_YESTERDAY])

    def states() -> tuple[int, ...]:
        return (
            store.state_but_entries(),
            store.state_of_lessons(lessons),
            store.state_of_pupil(CHILD, lessons),
        )

    before, to = states(), [(people.owner.user_id, None)]
    (thread,) = send_letters(store, people.guardian, LETTER, to, child=CHILD, now=clock())
    note_read(store, people.owner, thread, now=clock())
    settle(store, people.owner, thread, now=clock())
    answer(store, people.owner, thread, Words("Ошибка"), now=clock())
    ((message,),) = store.read("SELECT max(message_id) FROM messages")
    withdraw(store, people.owner, message, now=clock())
    complaint = complain(store, people.guardian, thread, "Грубый ответ", now=clock())
    answer_complaint(store, people.deputy, complaint, "Поговорили", now=clock())
    lift_mute(store, people.deputy, mute(store, people.deputy, 101, 1, "Грубость", now=clock()), now=clock())
    open_by_request(store, people.head, thread, "12-к", "Обращение", now=clock())
    call = ask_help(store, people.owner, LETTER, now=clock())
    take_help(store, people.admin, call, now=clock())
    finish_help(store, people.admin, call, now=clock())
    set_away(store, people.owner, NOW.date(), now=clock())
    set_away(store, people.owner, None, now=clock())
    assert states() == before


def test_a_letter_to_a_thousand_is_cheap_whatever_it_costs_elsewhere(
    school_store: Store, people: People
) -> None:
    """The figure is measured in benchmarks: here a thousand threads must be a handful of statements."""
    add_families(school_store, 1000)
    to = [(10_000 + number, 20_000 + number) for number in range(1000)]
    said_by_hand: list[str] = []

    def work(transaction: Transaction) -> None:
        change = transaction.change
        transaction.change = lambda sql, *given, **more: (
            said_by_hand.append(sql),
            change(sql, *given, **more),
        )[1]  # type: ignore[method-assign]
        send = send_letters.__globals__["_send"]
        letter = Letter("Всем", Words("Завтра линейка"))
        send(transaction, [], user=people.deputy, letter=letter, recipients=to, child=None, now=NOW)

    school_store.write(work)
    assert school_store.read("SELECT count(*), count(DISTINCT thread_id) FROM messages") == [(1000, 1000)]
    assert len(said_by_hand) <= 5


def add_families(store: Store, count: int) -> None:
    """Add so many pupils of 7А, each with an account."""

    def work(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO pupils (pupil_id, school_id, last_name, first_name) SELECT 20000 + n, 1, 'Ученик' || n, 'Имя'
                FROM range({count}) r(n);
            INSERT INTO enrolments SELECT 30000 + n, 20000 + n, 11, DATE '2026-09-01', NULL FROM range({count}) r(n);
            INSERT INTO users (user_id, login, password_hash, pupil_id) SELECT 10000 + n, 'u' || n, 'x', 20000 + n FROM range({count}) r(n);
            INSERT INTO user_roles SELECT 10000 + n, 'pupil' FROM range({count}) r(n);"""
        )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)
