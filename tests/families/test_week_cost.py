"""What a page of the diary costs a phone and the server: bytes, and questions to the database after a mark was entered."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from diary_pages import diary_client
from screens import show_school
from small_school import CHILD, CLASS_7A, MATHS, NOW, OWNER_STAFF, QUARTER_1, QUARTER_2, USER_IDS, People

from pages.families.parts.diary_files import style
from school.announcements.actions import send_announcement
from school.announcements.rules import Draft, Wanted
from school.audiences.rules import Audience, Target
from school.correspondence.actions.letters import Letter, send_letters
from school.correspondence.writing import Words
from school.families.actions import confirm_week
from school.homework.actions import NewTask, add_task, tick_homework
from school.occasions.actions import NewOccasion, announce_occasion
from school.occasions.rules import Circle, OccasionDraft
from school.records import RegisterKey
from school.register.actions.batch import CellEdit, CellResult, EntryStatus
from school.register.actions.entries import enter_cells
from school.store.connection import Store
from school.store.school import School
from school.tasks.actions import NewRegisterTask, give_task

MOST_BYTES = 40_000
# Only what has changed is asked: of the week, and what is new.
MOST_QUERIES = 2
DAY = datetime(2027, 5, 14, 19, 0)
LESSON = 12551  # of that Friday


@pytest.fixture
def full_year(school_screens: School, change: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen subjects of a name of usual length, seven lessons a day from Monday to Saturday, homework at two of three, marks at one."""
    change(
        f"""INSERT INTO subjects (subject_id, school_id, name)
            SELECT 500 + n, 1, 'Обществознание ' || n FROM range(16) AS numbers(n);
        UPDATE class_terms SET term_id = 33 WHERE class_id = {CLASS_7A} AND term_id = {QUARTER_2};
        INSERT INTO terms (term_id, school_id, school_year, kind, number, starts_on, ends_on)
            VALUES (33, 1, 2026, 'year', 1, '2026-09-01', '2027-05-31');
        DELETE FROM class_terms WHERE class_id = {CLASS_7A} AND term_id = {QUARTER_1};
        INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number, topic,
                homework_state, homework, recorded_at)
            SELECT 10000 + 10 * d + n, {CLASS_7A}, 500 + (7 * d + n) % 16, {OWNER_STAFF}, 33,
                DATE '2026-09-01' + d::INTEGER, n, 'Сложение дробей с разными знаменателями', 'set',
                'Параграф 12, упражнения 153–157 письменно', '2026-09-01 09:00'
            FROM range(270) AS days(d), range(1, 8) AS numbers(n) WHERE isodow(DATE '2026-09-01' + d::INTEGER) <= 6;
        UPDATE lessons SET topic = '', homework = '', homework_state = 'unset', work_type_id = 82
            WHERE held_on > '{DAY.date()}' AND lesson_id % 10 = 1;
        UPDATE lessons SET homework = '', homework_state = 'none' WHERE lesson_id >= 10000 AND lesson_id % 3 = 1;
        INSERT INTO marks (lesson_id, pupil_id, slot, value, work_type_id, recorded_at)
            SELECT lesson_id, {CHILD}, 1, 2 + lesson_id % 4, 81 + lesson_id % 2, '2026-09-01 09:00'
            FROM lessons WHERE lesson_id BETWEEN 10000 AND 12550 AND lesson_id % 3 = 0"""
    )
    show_school(school_screens.store, DAY, monkeypatch)


@pytest.mark.parametrize("reader", ["guardian", "pupil"])
@pytest.mark.usefixtures("full_year")
def test_a_full_week_and_a_full_year_of_marks_stay_small(
    school_store: Store, people: People, reader: str
) -> None:
    tick_homework(school_store, people.pupil, CHILD, LESSON - 8, True, now=NOW)
    client = diary_client(getattr(people, reader))
    week = client.get("/family").text
    sections = week.count("<section")
    # Six days, what lies ahead, and for a guardian who has looked the week through.
    assert sections == (8 if reader == "guardian" else 7)
    assert week.count("Контрольная работа") >= 8
    assert week.count("aria-pressed") == (0 if reader == "guardian" else 38)
    marks = client.get(f"/family/{CHILD}/marks").text
    assert len(re.findall(r"<li><b class=m\d>", marks)) > 400
    for address in ("/family", f"/family/{CHILD}/marks", f"/family/{CHILD}/marks/500"):
        answer = client.get(address)
        plain, packed = len(answer.content), int(answer.headers["content-length"])
        # Room is left for what is to come.
        assert plain <= MOST_BYTES * 91 // 100, (address, plain)
        assert packed + len(style()) <= MOST_BYTES // 2, address


@pytest.mark.usefixtures("full_year")
def test_after_an_entry_a_week_asks_the_database_little(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = diary_client(people.guardian)
    client.get("/family")
    asked: list[str] = []
    ask = Store.execute

    def execute(store: Store, sql: str, parameters: object = None, /) -> object:
        asked.append(sql)
        return ask(store, sql, parameters)

    monkeypatch.setattr(Store, "execute", execute)

    def questions(doing: Callable[[], object]) -> int:
        doing()
        asked.clear()
        client.get("/family")
        return len(asked)

    mark = CellEdit(LESSON, CHILD, "5", reason="ошибка при вводе")
    entered: list[CellResult] = []
    costs = {
        "nothing": questions(lambda: None),
        "mark": questions(lambda: entered.extend(enter_cells(school_store, people.owner, [mark], now=DAY))),
        "tick": questions(lambda: tick_homework(school_store, people.pupil, CHILD, LESSON, True, now=DAY)),
        "week": questions(lambda: confirm_week(school_store, people.guardian, CHILD, DAY.date(), now=DAY)),
    }
    assert [each.status for each in entered] == [EntryStatus.SAVED]
    assert costs["nothing"] == 0
    assert max(costs.values()) <= MOST_QUERIES, costs


@pytest.fixture
def full_week(full_year: None, school_store: Store, people: People) -> None:
    """What the school says besides in that week: three tasks and two of lessons, three events, a letter, an announcement."""
    before, register = DAY - timedelta(7), RegisterKey(CLASS_7A, MATHS)
    text = "Подготовить сообщение на пять минут: план и два источника."
    for number in range(3):
        due_on = (DAY + timedelta(number - 1)).date()
        give_task(school_store, people.owner, NewRegisterTask(register, text, due_on, [CHILD]), now=before)
        task = NewTask("Повторить пропущенную тему и решить два примера.", [CHILD])
        if number:
            add_task(school_store, people.owner, LESSON - 10 * (number - 1), task, now=DAY)
    for title in ("Концерт школьного хора", "Спортивные игры параллели", "Поездка в краеведческий музей"):
        draft = OccasionDraft(
            title, DAY.date(), DAY.date(), time(10), time(13), "Актовый зал", asks_guardians=True
        )
        announce_occasion(school_store, people.deputy, NewOccasion(Circle(), draft), now=before)
    to = [(USER_IDS["guardian"], CHILD)]
    send_letters(school_store, people.owner, Letter("Тетрадь", Words("Где?")), to, now=before)
    audience = Audience(Target.SCHOOL, for_pupils=True, for_guardians=True)
    said = Draft(audience, "Собрание", "В 18:30", before.date(), DAY.date(), Wanted.ONE_GUARDIAN)
    send_announcement(school_store, people.deputy, said, now=before)


@pytest.mark.parametrize("reader", ["guardian", "pupil"])
@pytest.mark.usefixtures("full_week")
def test_a_week_with_all_that_the_school_says_stays_small_too(
    people: People, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = diary_client(getattr(people, reader))
    answer = client.get("/family")
    assert len(re.findall(r"личное задание(?:\:| к)", answer.text)) == 3
    assert answer.text.count("<b>Лично:</b>") >= 2
    assert answer.text.count('class="count"') >= 2
    assert len(answer.content) <= MOST_BYTES
    asked: list[str] = []
    monkeypatch.setattr(Store, "execute", lambda _store, sql, *_: asked.append(sql))
    assert client.get("/family").content == answer.content
    assert asked == []
