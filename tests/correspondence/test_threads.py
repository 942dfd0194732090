"""Threads as their people live through them: hours, taking back, reading along, complaints, help, files (п. 2.9, 4.7, 8.1)."""

from datetime import date, datetime, timedelta

import pytest
from letter_people import More, Time, add_people
from small_school import (
    CHILD,
    NOW,
    OWNERS_LESSON_YESTERDAY,
    STRANGE_CHILD,
    STRANGERS_LESSON_YESTERDAY,
    People,
)

from school.correspondence.actions.help import ask_help, finish_help, take_help
from school.correspondence.actions.letters import Letter, answer, note_read, send_letters, withdraw
from school.correspondence.actions.order import (
    answer_complaint,
    complain,
    lift_mute,
    mute,
    open_by_request,
    set_order,
)
from school.correspondence.lookups.order import oversight, threads_of_account, waiting_complaints
from school.correspondence.lookups.threads import (
    About,
    AboutKind,
    Reads,
    calls_for_help,
    read_message_file,
    thread_lists,
    thread_page,
    unread_of_family,
    unread_of_staff,
    waiting_calls,
    what_is_asked,
)
from school.correspondence.rules.hours import LetterOrder
from school.correspondence.rules.letters import HelpState
from school.correspondence.writing import Words
from school.errors import AccessRefused, RuleRefused
from school.families.actions import RemarkDraft, write_remark
from school.pushes.news import has_news
from school.records import RemarkKind, User
from school.store.connection import Store, Transaction
from school.store.events import Event

EVENING, MORNING = datetime(2026, 11, 19, 21, 30), datetime(2026, 11, 20, 8)
TEXT = Words("Почему «4»?", [("Тетрадь.txt", "Дроби".encode())])


def ask(
    store: Store, people: People, *, now: datetime = NOW, words: Words = TEXT, sender: User | None = None
) -> int:
    """Let a guardian of the child of 7А write to its teacher of maths."""
    letter, to = Letter("Отметка", words), [(people.owner.user_id, None)]
    return send_letters(store, sender or people.guardian, letter, to, child=CHILD, now=now)[0]


def said(store: Store, user: User, thread: int, now: datetime) -> list[str]:
    return [each.text for each in thread_page(store, user, thread, now=now).messages]


@pytest.fixture
def more(school_store: Store) -> More:
    return add_people(school_store)


def test_what_is_written_at_night_is_there_in_the_morning_and_nothing_is_lost(
    school_store: Store, people: People
) -> None:
    thread = ask(school_store, people, now=EVENING)
    (own,) = thread_page(school_store, people.guardian, thread, now=EVENING).messages
    assert own.waits_until == MORNING
    late = MORNING - timedelta(minutes=1)
    assert unread_of_staff(school_store, people.owner, now=late) == 0
    assert thread_lists(school_store, people.owner, now=late).own == ()
    with pytest.raises(AccessRefused):
        thread_page(school_store, people.owner, thread, now=late)
    assert unread_of_staff(school_store, people.owner, now=MORNING) == 1
    (row,) = thread_lists(school_store, people.owner, now=MORNING).own
    assert row.is_unread
    note_read(school_store, people.owner, thread, now=MORNING)
    assert unread_of_staff(school_store, people.owner, now=MORNING) == 0
    (own,) = thread_page(school_store, people.guardian, thread, now=MORNING).messages
    assert own.read_at == MORNING
    answer(school_store, people.owner, thread, Words("Ошибка в третьем примере"), now=MORNING)
    assert unread_of_family(school_store, people.guardian, now=MORNING) == {CHILD: 1}
    # A phone is told of it as of anything new, and no more than once.
    assert has_news(school_store, people.guardian, MORNING - timedelta(minutes=1), now=MORNING)
    assert not has_news(school_store, people.guardian, MORNING, now=MORNING)


def test_a_second_message_of_the_night_stays_unread_when_the_first_was_read(
    school_store: Store, people: People
) -> None:
    thread = ask(school_store, people)
    answer(school_store, people.guardian, thread, Words("И ещё"), now=EVENING)
    note_read(school_store, people.owner, thread, now=EVENING)
    assert unread_of_staff(school_store, people.owner, now=EVENING) == 0
    assert said(school_store, people.owner, thread, EVENING) == ["Почему «4»?"]
    assert unread_of_staff(school_store, people.owner, now=MORNING) == 1


def test_urgent_comes_at_once_and_is_counted_for_the_deputy_without_a_word(
    school_store: Store, people: People
) -> None:
    ask(school_store, people, now=NOW, words=Words("Днём и так сразу", is_urgent=True))
    ask(school_store, people, now=EVENING, words=Words("Ребёнка увезли в больницу", is_urgent=True))
    assert unread_of_staff(school_store, people.owner, now=EVENING) == 2
    found = oversight(school_store, people.deputy, now=MORNING)
    assert found.urgent == (("Алёшина Ольга, родитель", 1),)
    assert "больницу" not in repr(found)


def test_the_deputy_sees_the_share_answered_in_time_and_never_the_letters(
    school_store: Store, people: People, more: More
) -> None:
    asked = datetime(2026, 11, 2, 9)
    first = ask(school_store, people, now=asked)
    answer(school_store, people.owner, first, Words("Зайдите"), now=asked + timedelta(days=1))
    second = ask(school_store, people, now=asked + timedelta(hours=1), sender=more.father)
    answer(school_store, people.owner, second, Words("Поздно"), now=asked + timedelta(days=10))
    ask(school_store, people, now=NOW)
    (row,) = oversight(school_store, people.deputy, now=NOW).answers
    assert (row.name, row.asked, row.in_time, row.late, row.waiting, row.share) == (
        "Орлова В.",
        3,
        1,
        1,
        1,
        50,
    )
    set_order(school_store, people.deputy, LetterOrder(norm_days=8), (), now=NOW)
    (row,) = oversight(school_store, people.head, now=NOW).answers
    assert (row.in_time, row.share) == (2, 100)
    assert not {"Зайдите", "Почему"} & set(repr(oversight(school_store, people.head, now=NOW)).split())


def test_taken_back_within_five_minutes_leaves_a_trace(school_store: Store, people: People) -> None:
    thread = ask(school_store, people)
    (message,) = thread_page(school_store, people.guardian, thread, now=NOW).messages
    assert message.may_withdraw
    file = message.files[0]
    assert read_message_file(school_store, people.owner, file.file_id, now=NOW).content == "Дроби".encode()
    with pytest.raises(AccessRefused):
        withdraw(school_store, people.owner, message.message_id, now=NOW)
    withdraw(school_store, people.guardian, message.message_id, now=NOW + timedelta(minutes=5))
    for user in (people.guardian, people.owner):
        (left,) = thread_page(school_store, user, thread, now=NOW + timedelta(minutes=6)).messages
        assert (left.is_withdrawn, left.text, left.files) == (True, "", ())
        with pytest.raises(AccessRefused):
            read_message_file(school_store, user, file.file_id, now=NOW)
    with pytest.raises(RuleRefused):
        withdraw(school_store, people.guardian, message.message_id, now=NOW + timedelta(minutes=5))


def test_a_letter_to_many_is_as_many_threads_that_name_nobody_else(
    school_store: Store, people: People, more: More
) -> None:
    to = [(people.guardian.user_id, CHILD), (more.father.user_id, CHILD), (people.pupil.user_id, CHILD)]
    letter = Letter("Собрание", Words("В среду в 18:00", [("План.txt", b"1")]))
    sent = send_letters(school_store, people.homeroom, letter, to, now=NOW)
    assert len(set(sent)) == 3
    (row,) = thread_lists(school_store, people.guardian, child=CHILD, now=NOW).own
    page = thread_page(school_store, people.guardian, row.thread.thread_id, now=NOW)
    assert page.with_words == "Климова Рита, классный руководитель"
    assert "Семён" not in repr(page)
    assert [each.title for each in page.messages[0].files] == ["План.txt"]
    assert len(school_store.read("SELECT DISTINCT stored_name FROM message_files")) == 1
    events = "SELECT new_value FROM events WHERE kind = 'letter_to_many'"
    assert school_store.read(events) == [("получателей: 3",)]


def test_two_guardians_of_one_child_read_their_own_letters_only(
    school_store: Store, people: People, more: More
) -> None:
    thread = ask(school_store, people)
    for reader in (more.father, people.pupil, people.homeroom, people.stranger, people.deputy, people.admin):
        with pytest.raises(AccessRefused):
            thread_page(school_store, reader, thread, now=NOW)
        with pytest.raises(AccessRefused):
            complain(school_store, reader, thread, "Хочу прочитать", now=NOW)
    assert thread_lists(school_store, more.father, child=CHILD, now=NOW).own == ()


def test_a_teachers_thread_with_a_pupil_is_open_to_the_adults_of_the_child_and_says_so(
    school_store: Store, people: People, more: More
) -> None:
    letter, to = Letter("Олимпиада", Words("Пойдёшь?")), [(people.pupil.user_id, CHILD)]
    (thread,) = send_letters(school_store, people.owner, letter, to, now=NOW)
    for user in (people.owner, people.pupil):
        page = thread_page(school_store, user, thread, now=NOW)
        assert (
            page.seen_also
            == "Климова Рита, классный руководитель; Алёшина Ольга, родитель; Алёшин Семён, папа"
        )
        assert page.reads is Reads.PERSON
    for user, child in ((people.guardian, CHILD), (more.father, CHILD), (people.homeroom, None)):
        page = thread_page(school_store, user, thread, now=NOW)
        assert (page.reads, page.may_write, said(school_store, user, thread, NOW)) == (
            Reads.OPEN,
            False,
            ["Пойдёшь?"],
        )
        (row,) = thread_lists(school_store, user, child=child, now=NOW).open
        assert row.thread.thread_id == thread
        with pytest.raises(AccessRefused):
            answer(school_store, user, thread, Words("Нет"), now=NOW)
    with pytest.raises(AccessRefused):
        thread_page(school_store, more.mother_of_8b, thread, now=NOW)


def test_a_teacher_who_is_a_parent_has_two_sides_that_do_not_mix(
    school_store: Store, more: More, people: People
) -> None:
    clock, to = Time(), [(people.stranger.user_id, None)]
    send_letters(
        school_store, more.dual, Letter("Как мама", Words("1")), to, child=STRANGE_CHILD, now=clock()
    )
    send_letters(school_store, more.dual, Letter("Как коллега", Words("2")), to, now=clock())

    def titles(child: int | None) -> list[str]:
        return [
            row.thread.title for row in thread_lists(school_store, more.dual, child=child, now=clock()).own
        ]

    assert (titles(STRANGE_CHILD), titles(None)) == (["Как мама"], ["Как коллега"])
    with pytest.raises(AccessRefused):
        thread_lists(school_store, more.dual, child=CHILD, now=clock())


def test_a_question_is_asked_from_where_the_mark_or_the_remark_stands(
    school_store: Store, people: People
) -> None:
    mark = About(AboutKind.MARK, OWNERS_LESSON_YESTERDAY)
    found = what_is_asked(school_store, people.guardian, mark, child=CHILD, now=NOW)
    assert (found.words, found.user_id) == ("отметка за урок 18 ноября, Математика", people.owner.user_id)
    remark = write_remark(
        school_store, people.owner, RemarkDraft(CHILD, RemarkKind.REMARK, "Нет тетради"), now=NOW
    )
    about = About(AboutKind.REMARK, remark)
    words = what_is_asked(school_store, people.guardian, about, child=CHILD, now=NOW)
    assert (words.words, words.user_id) == ("замечание 19 ноября", people.owner.user_id)
    letter, to = Letter("Вопрос", TEXT, mark), [(people.owner.user_id, None)]
    (thread,) = send_letters(school_store, people.guardian, letter, to, child=CHILD, now=NOW)
    assert thread_page(school_store, people.owner, thread, now=NOW).thread.about == found.words
    for about in (
        About(AboutKind.MARK, STRANGERS_LESSON_YESTERDAY),
        About(AboutKind.REMARK, 999999),
        About(AboutKind.GAP_REQUEST, 1),
    ):
        with pytest.raises(AccessRefused):
            what_is_asked(school_store, people.guardian, about, child=CHILD, now=NOW)


def test_search_finds_words_of_ones_own_threads(school_store: Store, people: People, more: More) -> None:
    ask(school_store, people, words=Words("Про ДРОБИ и степени"))
    ask(school_store, people, words=Words("Про дроби"), sender=more.father)
    for words, count in (("дроби", 1), ("отметка", 1), ("степёни", 1), ("100%", 0), ("", 1)):
        found = thread_lists(school_store, people.guardian, child=CHILD, words=words, now=NOW)
        assert len(found.own) == count, words


def test_a_complaint_brings_the_deputy_a_sealed_copy_and_nothing_more(
    school_store: Store, people: People
) -> None:
    clock = Time()
    thread = ask(school_store, people, now=clock())
    for number in range(21):
        answer(school_store, people.owner, thread, Words(f"Ответ {number}"), now=clock())
    (*_, last) = thread_page(school_store, people.owner, thread, now=clock.now).messages
    withdraw(school_store, people.owner, last.message_id, now=clock())
    complain(school_store, people.guardian, thread, "Учитель грубит", now=clock())
    with pytest.raises(RuleRefused, match="уже у завуча"):
        complain(school_store, people.guardian, thread, "Учитель грубит", now=clock())
    assert waiting_complaints(school_store, people.deputy) == 1
    (found,) = oversight(school_store, people.deputy, now=clock()).complaints
    assert [each.text for each in found.messages] == [f"Ответ {number}" for number in range(1, 21)]
    assert (found.is_whole, found.messages[-1].is_withdrawn, found.who) == (
        True,
        True,
        "Алёшина Ольга, родитель",
    )
    with pytest.raises(AccessRefused):
        thread_page(school_store, people.deputy, thread, now=clock())
    key = found.complaint.complaint_id
    answer_complaint(school_store, people.deputy, key, "С учителем поговорили", now=clock())
    page = thread_page(school_store, people.guardian, thread, now=clock())
    assert page.complaint
    assert page.complaint.answer == "С учителем поговорили"

    def spoil(transaction: Transaction) -> None:
        transaction.change("UPDATE complaints SET copy = replace(copy, 'Ответ 5', 'Ответ 6')")
        transaction.record(Event(NOW, None, "complaint"))

    school_store.write(spoil)
    assert not oversight(school_store, people.head, now=clock()).complaints[0].is_whole


def test_who_is_muted_reads_and_asks_for_help_and_writes_again_after_the_day(
    school_store: Store, people: People
) -> None:
    thread = ask(school_store, people)
    clock = Time()
    mute_id = mute(school_store, people.deputy, people.guardian.user_id, 2, "Оскорбления", now=clock())
    with pytest.raises(RuleRefused, match=r"До 20.11.2026 .* Оскорбления"):
        ask(school_store, people, now=clock())
    with pytest.raises(RuleRefused):
        answer(school_store, people.guardian, thread, Words("Ещё"), now=clock())
    assert said(school_store, people.guardian, thread, clock())
    ask_help(school_store, people.guardian, Letter("Вход", Words("Не пускает")), child=CHILD, now=clock())
    answer(school_store, people.guardian, thread, Words("Снова можно"), now=datetime(2026, 11, 21, 10))
    lift_mute(school_store, people.deputy, mute_id, now=clock())
    ask(school_store, people, now=clock())
    for whom in (people.head, people.deputy, people.admin):
        with pytest.raises(RuleRefused):
            mute(school_store, people.deputy, whom.user_id, 2, "Оскорбления", now=clock())


def test_a_family_begins_ten_threads_a_day_and_writes_every_five_seconds(
    school_store: Store, people: People
) -> None:
    clock = Time()
    for _ in range(10):
        ask(school_store, people, now=clock())
    with pytest.raises(RuleRefused, match="больше в день нельзя"):
        ask(school_store, people, now=clock())
    with pytest.raises(RuleRefused, match="слишком часто"):
        ask(school_store, people, now=clock.now - timedelta(seconds=7), words=Words("И ещё"))
    ask(school_store, people, now=clock.now + timedelta(days=1))


def test_a_refused_letter_leaves_no_file_behind(school_store: Store, people: People) -> None:
    with pytest.raises(AccessRefused):
        send_letters(
            school_store,
            people.guardian,
            Letter("Чужому", TEXT),
            [(people.stranger.user_id, None)],
            child=CHILD,
            now=NOW,
        )
    assert not [*(school_store.path.parent / "files").glob("*/*")]


def test_help_reaches_all_administrators_at_once_and_goes_from_new_to_done(
    school_store: Store, people: People
) -> None:
    clock = Time(EVENING)
    thread = ask_help(
        school_store, people.guardian, Letter("Пароль", Words("Забыла")), child=CHILD, now=clock()
    )
    assert waiting_calls(school_store, people.admin, now=clock()) == 1
    (row,) = calls_for_help(school_store, people.admin, now=clock())
    assert (row.state, row.days_open) == (HelpState.NEW, 0)
    with pytest.raises(AccessRefused):
        answer(school_store, people.admin, thread, Words("Сейчас"), now=clock())
    take_help(school_store, people.admin, thread, now=clock())
    answer(school_store, people.admin, thread, Words("Новый код у классного руководителя"), now=clock())
    assert unread_of_family(school_store, people.guardian, now=clock()) == {CHILD: 1}
    finish_help(school_store, people.admin, thread, now=clock())
    with pytest.raises(RuleRefused):
        finish_help(school_store, people.admin, thread, now=clock())
    answer(school_store, people.guardian, thread, Words("Не подошёл"), now=clock())
    later = clock.now + timedelta(days=3)
    (row,) = calls_for_help(school_store, people.admin, now=later)
    assert (row.state, row.days_open) == (HelpState.TAKEN, 3)
    for reader in (people.owner, people.head, people.deputy):
        with pytest.raises(AccessRefused):
            thread_page(school_store, reader, thread, now=later)


def test_the_head_reads_by_a_written_request_on_that_day_and_it_is_recorded(
    school_store: Store, people: People
) -> None:
    thread = ask(school_store, people)
    (head,) = threads_of_account(school_store, people.head, people.guardian.user_id)
    assert head.thread_id == thread
    assert "Отметка" not in repr(head)
    with pytest.raises(AccessRefused):
        thread_page(school_store, people.head, thread, now=NOW)
    open_by_request(school_store, people.head, thread, "12-к", "Обращение матери от 18.11", now=NOW)
    page = thread_page(school_store, people.head, thread, now=NOW)
    assert (page.reads, page.may_write) == (Reads.REQUEST, False)
    with pytest.raises(AccessRefused):
        answer(school_store, people.head, thread, Words("Прочитал"), now=NOW)
    with pytest.raises(AccessRefused):
        thread_page(school_store, people.head, thread, now=NOW + timedelta(days=1))
    with pytest.raises(AccessRefused):
        thread_page(school_store, people.deputy, thread, now=NOW)
    events = "SELECT user_id, new_value, reason FROM events WHERE kind = 'letters_by_request'"
    assert school_store.read(events) == [(people.head.user_id, "12-к", "Обращение матери от 18.11")]


def test_no_event_holds_a_word_of_a_letter(school_store: Store, people: People) -> None:
    thread = ask(school_store, people)
    answer(school_store, people.owner, thread, Words("Секретный ответ"), now=NOW + timedelta(seconds=10))
    complain(school_store, people.guardian, thread, "Тайная причина", now=NOW + timedelta(seconds=20))
    words = repr(
        school_store.read("SELECT old_value, new_value, reason FROM events WHERE user_id IS NOT NULL")
    )
    assert not any(each in words for each in ("Почему", "Отметка", "Секретный", "Тайная", "Тетрадь"))


def test_a_day_of_the_calendar_is_a_school_day_unless_it_is_off(school_store: Store, people: People) -> None:
    friday = datetime(2026, 11, 20, 20)
    thread = ask(school_store, people, now=friday)
    (message,) = thread_page(school_store, people.guardian, thread, now=friday).messages
    assert message.waits_until
    assert message.waits_until.date() == date(2026, 11, 23)
