"""«Новое»: what has come since the last visit, the oldest first, and nothing is lost between two visits (п. 2.8, 3.6, 4.7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import product

import pytest
from small_school import (
    CHILD,
    CLASS_7A,
    CLASSMATE,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    STRANGE_CHILD,
    People,
)

from school.errors import AccessRefused
from school.families.actions import RemarkDraft, mark_news_read, withdraw_own_remark, write_remark
from school.families.lookups.news import (
    NewsItem,
    NewsKind,
    Visit,
    count_news,
    last_visits,
    newest_event,
    news_since,
    unread_counts,
)
from school.families.store.news import AskedNews, news_events, save_marks_hour
from school.families.store.recent_news import NO_EVENT, recent_events
from school.homework.actions import LessonEntry, NewTask, add_task, write_lesson
from school.records import AbsenceReason, HomeworkState, RemarkKind, User
from school.register.actions.batch import CellEdit
from school.register.actions.entries import LessonHead, enter_cells
from school.store.connection import Store, Transaction
from school.store.events import Event

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def enter(
    store: Store, people: People, text: str, at: datetime = NOW, pupil: int = CHILD, **more: object
) -> None:
    edit = CellEdit(OWNERS_LESSON_TODAY, pupil, text, reason="ошибка при вводе")
    (result,) = enter_cells(store, people.owner, [edit], now=at)
    assert result.status == "saved", result.message


def new(
    store: Store, user: User, now: datetime = NOW + HOUR, since: datetime | Visit = NOW - HOUR
) -> list[NewsItem]:
    return news_since(store, user, CHILD, since, now=now)


def kinds(items: list[NewsItem]) -> list[NewsKind]:
    return [each.kind for each in items]


def hold_marks(store: Store) -> None:
    def save(transaction: Transaction) -> None:
        save_marks_hour(transaction, NOW.date(), time(16))
        transaction.record(Event(NOW, None, "marks_hour"))

    store.write(save)


def visit(store: Store, user: User, at: datetime) -> list[NewsItem]:
    """Read the list as a page shows it, then press «Прочитано»."""
    before, event = last_visits(store, user, now=at)[CHILD], newest_event(store)
    items = news_since(store, user, CHILD, before, now=at)
    mark_news_read(store, user, CHILD, Visit(at, event), now=at)
    return items


def test_each_kind_of_entry_becomes_a_line(school_store: Store, people: People) -> None:
    enter(school_store, people, "3", NOW)
    enter(school_store, people, "4", NOW + MINUTE)
    enter(school_store, people, "н 4", NOW + 2 * MINUTE)
    enter(school_store, people, "б 4", NOW + 3 * MINUTE)
    enter(school_store, people, "4/5", NOW + 4 * MINUTE)
    write_remark(
        school_store,
        people.owner,
        RemarkDraft(CHILD, RemarkKind.PRAISE, "Помог классу"),
        now=NOW + 5 * MINUTE,
    )
    head = LessonHead("Дроби", None, HomeworkState.SET, "№ 12–15")
    write_lesson(school_store, people.owner, OWNERS_LESSON_YESTERDAY, LessonEntry(head), now=NOW + 6 * MINUTE)
    add_task(
        school_store, people.owner, OWNERS_LESSON_TODAY, NewTask("Доклад", [CHILD]), now=NOW + 7 * MINUTE
    )
    items = new(school_store, people.guardian)
    assert kinds(items) == [
        NewsKind.MARK,
        NewsKind.CORRECTION,
        NewsKind.ABSENCE,
        NewsKind.REASON,
        NewsKind.PRESENT,
        NewsKind.MARK,
        NewsKind.REMARK,
        NewsKind.HOMEWORK,
        NewsKind.TASK,
    ]
    mark, correction, _, reason, _, second, praise, homework, task = items
    assert (mark.text, mark.subject_name, mark.held_on, mark.entered_at) == (
        "3",
        "Математика",
        NOW.date(),
        NOW,
    )
    assert (correction.old_text, correction.text, correction.reason) == ("3", "4", "ошибка при вводе")
    assert (reason.old_absence, reason.absence) == (AbsenceReason.UNKNOWN, AbsenceReason.ILLNESS)
    assert second.text == "5"
    assert (praise.remark_kind, praise.text) == (RemarkKind.PRAISE, "Помог классу")
    assert (homework.text, homework.held_on) == ("№ 12–15", date(2026, 11, 18))
    assert task.text == "Доклад"
    assert all(each.pupil_id == CHILD for each in items)


def test_homework_changed_often_is_one_line_with_its_newest_words(
    school_store: Store, people: People
) -> None:
    for number, text in enumerate(("№ 1", "№ 2")):
        head = LessonHead("Дроби", None, HomeworkState.SET, text)
        write_lesson(
            school_store, people.owner, OWNERS_LESSON_TODAY, LessonEntry(head), now=NOW + number * MINUTE
        )
    (item,) = new(school_store, people.guardian)
    assert (item.text, item.is_changed, item.entered_at) == ("№ 2", True, NOW + MINUTE)
    nothing = LessonEntry(LessonHead("Дроби", None, HomeworkState.NONE, ""))
    write_lesson(school_store, people.owner, OWNERS_LESSON_TODAY, nothing, now=NOW + 2 * MINUTE)
    assert new(school_store, people.guardian) == []


def test_what_is_of_others_or_taken_back_is_no_news(
    school_store: Store, people: People, change: Callable
) -> None:
    enter(school_store, people, "5", pupil=CLASSMATE)
    add_task(school_store, people.owner, OWNERS_LESSON_TODAY, NewTask("Доклад", [CLASSMATE]), now=NOW)
    remark = write_remark(school_store, people.owner, RemarkDraft(CHILD, RemarkKind.REMARK, "Шумел"), now=NOW)
    withdraw_own_remark(school_store, people.owner, remark, now=NOW)
    assert new(school_store, people.guardian) == []
    change(f"INSERT INTO subgroups VALUES (401, {CLASS_7A}, {MATHS}, '1-я')")
    change(f"UPDATE lessons SET subgroup_id = 401 WHERE lesson_id = {OWNERS_LESSON_TODAY}")
    head = LessonHead("Дроби", None, HomeworkState.SET, "№ 1")
    write_lesson(school_store, people.owner, OWNERS_LESSON_TODAY, LessonEntry(head), now=NOW)
    assert new(school_store, people.guardian) == []


def test_a_task_of_a_subgroup_is_news_to_its_members(
    school_store: Store, people: People, change: Callable
) -> None:
    change(f"INSERT INTO subgroups VALUES (401, {CLASS_7A}, {MATHS}, '1-я')")
    add_task(school_store, people.owner, OWNERS_LESSON_TODAY, NewTask("Доклад", subgroup_id=401), now=NOW)
    assert new(school_store, people.guardian) == []
    change(f"INSERT INTO subgroup_members VALUES (401, {CHILD}, '2026-09-01', NULL)")
    assert kinds(new(school_store, people.guardian)) == [NewsKind.TASK]


def test_another_child_is_refused(school_store: Store, people: People) -> None:
    for user in (people.guardian, people.pupil, people.owner, people.secretary):
        with pytest.raises(AccessRefused):
            count_news(school_store, user, STRANGE_CHILD, NOW, now=NOW)
        with pytest.raises(AccessRefused):
            mark_news_read(school_store, user, STRANGE_CHILD, Visit(NOW, 1), now=NOW)
    with pytest.raises(AccessRefused):
        mark_news_read(school_store, people.homeroom, CHILD, Visit(NOW, 1), now=NOW)


# Between two visits.


def test_each_reader_has_visits_of_their_own(school_store: Store, people: People) -> None:
    enter(school_store, people, "5")
    assert unread_counts(school_store, people.guardian, now=NOW + HOUR) == {CHILD: 1}
    assert kinds(visit(school_store, people.guardian, NOW + HOUR)) == [NewsKind.MARK]
    assert unread_counts(school_store, people.guardian, now=NOW + HOUR) == {CHILD: 0}
    assert unread_counts(school_store, people.pupil, now=NOW + HOUR) == {CHILD: 1}
    assert unread_counts(school_store, people.deputy, now=NOW + HOUR) == {}


def test_looking_takes_nothing_away(school_store: Store, people: People) -> None:
    enter(school_store, people, "5")
    for _ in range(2):
        since = last_visits(school_store, people.guardian, now=NOW + HOUR)[CHILD]
        assert len(new(school_store, people.guardian, since=since)) == 1


def test_what_is_entered_while_they_read_stays_new(school_store: Store, people: People) -> None:
    at, event = NOW + HOUR, newest_event(school_store)
    enter(school_store, people, "5", at)  # after the page was drawn, in the same second
    mark_news_read(school_store, people.guardian, CHILD, Visit(at, event), now=at + MINUTE)
    assert kinds(visit(school_store, people.guardian, at + HOUR)) == [NewsKind.MARK]
    assert visit(school_store, people.guardian, at + 2 * HOUR) == []


def test_what_a_teacher_typed_without_a_connection_is_not_lost(school_store: Store, people: People) -> None:
    assert visit(school_store, people.guardian, NOW + 2 * HOUR) == []
    edit = CellEdit(OWNERS_LESSON_TODAY, CHILD, "5", at=NOW + HOUR)  # before the visit, sent after it
    enter_cells(school_store, people.owner, [edit], now=NOW + 3 * HOUR)
    (item,) = visit(school_store, people.guardian, NOW + 4 * HOUR)
    assert item.entered_at == NOW + HOUR


def test_a_visit_never_goes_back_nor_into_the_future(school_store: Store, people: People) -> None:
    enter(school_store, people, "5")
    visit(school_store, people.guardian, NOW + HOUR)
    mark_news_read(school_store, people.guardian, CHILD, Visit(NOW - HOUR, 0), now=NOW + HOUR)
    assert unread_counts(school_store, people.guardian, now=NOW + HOUR) == {CHILD: 0}
    mark_news_read(school_store, people.guardian, CHILD, Visit(NOW + 999 * HOUR, 2**40), now=NOW + HOUR)
    enter(school_store, people, "4", NOW + 2 * HOUR)
    assert unread_counts(school_store, people.guardian, now=NOW + 3 * HOUR) == {CHILD: 1}


def test_the_first_visit_shows_a_fortnight(school_store: Store, people: People) -> None:
    enter(school_store, people, "5")
    assert unread_counts(school_store, people.guardian, now=NOW + timedelta(14)) == {CHILD: 1}
    assert unread_counts(school_store, people.guardian, now=NOW + timedelta(15)) == {CHILD: 0}


def test_the_order_of_any_entries_and_visits_loses_nothing_and_repeats_nothing(
    school_store: Store, people: People
) -> None:
    hold_marks(school_store)
    moments = [NOW + number * HOUR for number in range(8)]  # 12:00 to 19:00, the hour among them
    texts = ["3", "4", "5", "2", "3", "4", "5", "4"]
    seen: list[int] = []
    for number, (at, text) in enumerate(zip(moments, texts, strict=True)):
        enter(school_store, people, text, at)
        if number % 2:
            seen += [each.event_id for each in visit(school_store, people.guardian, at)]
    seen += [each.event_id for each in visit(school_store, people.guardian, NOW + timedelta(1))]
    entered = [row[0] for row in school_store.read("SELECT event_id FROM events WHERE kind = 'cell'")]
    assert sorted(seen) == entered


# What appears later than it was entered.


def test_a_mark_is_news_from_the_schools_hour_an_absence_at_once(school_store: Store, people: People) -> None:
    hold_marks(school_store)
    enter(school_store, people, "о 5")
    assert kinds(visit(school_store, people.guardian, NOW + HOUR)) == [NewsKind.ABSENCE]
    assert unread_counts(school_store, people.guardian, now=NOW + HOUR) == {CHILD: 0}
    assert kinds(new(school_store, people.homeroom)) == [NewsKind.ABSENCE, NewsKind.MARK]
    at = NOW.replace(hour=16)
    assert unread_counts(school_store, people.guardian, now=at) == {CHILD: 1}
    (mark,) = visit(school_store, people.guardian, at)
    assert (mark.kind, mark.entered_at, mark.appeared_at) == (NewsKind.MARK, NOW, at)


def test_a_term_mark_is_news_once_the_term_is_over(
    school_store: Store, people: People, change: Callable
) -> None:
    def record(transaction: Transaction) -> None:
        transaction.record(
            Event(
                NOW,
                None,
                "term_mark",
                pupil_id=CHILD,
                record_id=QUARTER_2,
                new_value="5",
                class_id=CLASS_7A,
                subject_id=MATHS,
            )
        )

    school_store.write(record)
    assert visit(school_store, people.guardian, datetime(2026, 12, 28, 12)) == []
    (item,) = visit(school_store, people.guardian, datetime(2027, 1, 11, 12))
    assert (item.kind, item.text, item.appeared_at) == (NewsKind.TERM_MARK, "5", datetime(2026, 12, 30))
    assert item.term == replace(item.term, number=2)
    change(f"UPDATE terms SET closed_at = '2026-12-27 10:00' WHERE term_id = {QUARTER_2}")
    (item,) = new(school_store, people.pupil, datetime(2026, 12, 28, 12), datetime(2026, 12, 26))
    assert item.appeared_at == datetime(2026, 12, 27, 10)


@pytest.mark.parametrize("pupil", [CHILD, CLASSMATE, STRANGE_CHILD])
def test_the_events_in_memory_are_those_of_the_database(
    school_store: Store, people: People, pupil: int
) -> None:
    def note(
        days_ago: int, kind: str, lesson: int | None = OWNERS_LESSON_TODAY, of: int | None = CHILD
    ) -> None:
        at = NOW - timedelta(days_ago)
        event = Event(at, people.owner.user_id, kind, lesson_id=lesson, pupil_id=of, new_value="5")

        def work(transaction: Transaction) -> None:
            transaction.change("UPDATE pupils SET last_name = last_name WHERE pupil_id = 0")
            transaction.record(event)

        school_store.write(work)

    for days_ago in (40, 10, 1):
        note(days_ago, "cell")
        note(days_ago, "homework", of=None)
    note(60, "term_mark", None)
    first = newest_event(school_store)
    recent_events(school_store, NOW.date())
    # Typed offline and sent late.
    note(30, "cell", of=CLASSMATE)
    for kind in ("homework_task", "homework", "remark", "term_mark", "year_mark", "sign_in"):
        note(0, kind)
        note(20, kind, of=CLASSMATE)
    recent = recent_events(school_store, NOW.date())
    found = 0
    for days, after, term_days in product((0, 2, 14), (None, first, NO_EVENT), (None, 100)):
        since = datetime.combine(NOW.date() - timedelta(days), time())
        asked = AskedNews(pupil, (CLASS_7A,), since, after, term_days and since - timedelta(term_days))
        assert recent.holds(asked)
        assert recent.of(asked) == news_events(school_store, asked)
        found += len(recent.of(asked))
    assert found or pupil == STRANGE_CHILD
    before = AskedNews(CHILD, (CLASS_7A,), NOW - timedelta(20), None, None)
    assert not recent.holds(before)
    assert not recent.holds(before._replace(since=NOW, after_event=first - 1))
