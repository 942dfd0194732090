"""Files that go with homework: which may, what becomes of them, who may open them (п. 3.4, 3.6, 4.7)."""

import errno
import hashlib
import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_files import IMPOSTORS, PDF, PROGRAM, SOUND
from screens import session_of
from small_school import CHILD, CLASSMATE, NOW, OWNERS_LESSON_TODAY, QUARTER_2, STRANGERS_LESSON_TODAY, People
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.homework.routes import routes
from pages.ui.links import file_address
from school.errors import AccessRefused, RuleRefused, StoreFault, StoreUnavailable
from school.files.attachments.kinds import FILE_BYTES, FILE_KINDS, TITLE_LENGTH, check_file, clean_title
from school.files.kept import drop_orphans, keep_content
from school.homework.actions import (
    FILE_HOMEWORK,
    LessonEntry,
    NewTask,
    add_file,
    add_task,
    remove_file,
    remove_task,
    write_lesson,
)
from school.homework.lookups import read_file
from school.homework.store import HomeworkFile, beside_text, files_of_lessons
from school.homework.store import _beside_text as stored_beside_text
from school.records import HomeworkState, User
from school.register.actions.entries import LessonHead
from school.store.connection import Store
from server.session import COOKIE_NAME

KINDS_MADE = {check_file(name, content).kind for name, content in SOUND.items()}


def attach(
    store: Store, user: User, name: str = "Задание.pdf", content: bytes = PDF, **more: int
) -> HomeworkFile:
    add_file(store, user, OWNERS_LESSON_TODAY, name, content, now=NOW, **more)
    return files_of_lessons(store, [OWNERS_LESSON_TODAY])[-1]


def on_disk(store: Store) -> list[bytes]:
    return sorted(path.read_bytes() for path in (store.path.parent / "files").rglob("*") if path.is_file())


def test_every_kind_has_a_sample_here() -> None:
    assert set(FILE_KINDS) == KINDS_MADE


@pytest.mark.parametrize("case", IMPOSTORS)
def test_a_file_that_is_not_what_its_name_says_is_refused(case: str) -> None:
    with pytest.raises(RuleRefused, match="не принят"):
        check_file(*IMPOSTORS[case])


@pytest.mark.parametrize(
    "name",
    [
        "игра.exe",
        "задание.pdf.exe",
        "архив.zip",
        "без расширения",
        ".pdf",
        "макрос.docm",
        "рисунок.svg",
        "стр.html",
    ],
)
def test_other_kinds_are_refused(name: str) -> None:
    with pytest.raises(RuleRefused):
        check_file(name, PROGRAM)


def test_a_file_too_large_or_empty_is_refused() -> None:
    assert check_file("Задание.pdf", PDF.ljust(FILE_BYTES)).kind == "pdf"
    with pytest.raises(RuleRefused, match="больше 10 МБ"):
        check_file("Задание.pdf", PDF.ljust(FILE_BYTES + 1))
    with pytest.raises(RuleRefused, match="пуст"):
        check_file("Задание.pdf", b"")


NAMES = [
    ("Задание № 3.pdf", "Задание № 3.pdf"),
    ("C:\\Users\\Иванов\\Задание.pdf", "Задание.pdf"),
    ("../../etc/Задание.pdf", "Задание.pdf"),
    ("За\u202eдание\x00<1>.pdf", "За дание 1.pdf"),
    ("  .pdf", "файл.pdf"),
    ("", "файл"),
    ("й" * 300 + ".pdf", "й" * (TITLE_LENGTH - 4) + ".pdf"),
]


@pytest.mark.parametrize(("name", "title"), NAMES)
def test_a_name_is_made_safe_to_show_and_to_save(name: str, title: str) -> None:
    assert clean_title(name) == title


@given(st.text(max_size=300))
def test_any_name_is_made_safe(name: str) -> None:
    title = clean_title(name)
    assert 0 < len(title) <= TITLE_LENGTH
    assert not set(title) & set('\\/:*?"<>|\x00\n\r\u202e')


@given(st.sampled_from(sorted(FILE_KINDS)), st.binary(max_size=200))
def test_any_content_is_judged_without_failing(kind: str, content: bytes) -> None:
    try:
        assert check_file(f"Файл.{kind}", content).kind == kind
    except RuleRefused as refusal:
        assert refusal.next_step


def test_a_kept_file_lies_under_a_random_name_with_its_hash(school_store: Store, people: People) -> None:
    file = attach(school_store, people.owner)
    (path,) = [path for path in (school_store.path.parent / "files").rglob("*") if path.is_file()]
    assert path.name == file.stored_name
    assert len(file.stored_name) == 32
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert attach(school_store, people.owner).stored_name != file.stored_name


def test_a_content_that_changed_on_the_disk_is_not_given_out(school_store: Store, people: People) -> None:
    file = attach(school_store, people.owner)
    next((school_store.path.parent / "files").rglob(file.stored_name)).write_bytes(b"%PDF-other")
    with pytest.raises(StoreFault):
        read_file(school_store, people.owner, file.file_id)


def test_a_lesson_takes_five_files_and_a_refused_one_leaves_nothing(
    school_store: Store, people: People
) -> None:
    for _ in range(5):
        attach(school_store, people.owner)
    with pytest.raises(RuleRefused, match="уже 5 файлов"):
        attach(school_store, people.owner)
    assert len(on_disk(school_store)) == len(files_of_lessons(school_store, [OWNERS_LESSON_TODAY])) == 5


@pytest.mark.parametrize("name", ["stranger", "homeroom", "head", "deputy", "admin", "guardian", "pupil"])
def test_only_the_lessons_teacher_adds_and_removes_files(
    school_store: Store, people: People, name: str
) -> None:
    file = attach(school_store, people.owner)
    with pytest.raises(AccessRefused):
        attach(school_store, getattr(people, name))
    with pytest.raises(AccessRefused):
        remove_file(school_store, getattr(people, name), file.file_id, now=NOW)
    assert on_disk(school_store) == [PDF]


def test_a_file_sets_homework_that_was_not_decided(school_store: Store, people: People) -> None:
    attach(school_store, people.owner)
    assert school_store.read(
        f"SELECT homework_state, homework FROM lessons WHERE lesson_id = {OWNERS_LESSON_TODAY}"
    ) == [("set", FILE_HOMEWORK)]


def test_no_homework_and_a_file_exclude_each_other(school_store: Store, people: People) -> None:
    none = LessonEntry(LessonHead("Дроби", None, HomeworkState.NONE))
    write_lesson(school_store, people.owner, OWNERS_LESSON_TODAY, none, now=NOW)
    with pytest.raises(RuleRefused, match="без задания"):
        attach(school_store, people.owner)
    some = LessonEntry(LessonHead("Дроби", None, HomeworkState.SET, "№ 5"))
    write_lesson(school_store, people.owner, OWNERS_LESSON_TODAY, some, now=NOW)
    attach(school_store, people.owner)
    with pytest.raises(RuleRefused, match="приложен файл"):
        write_lesson(school_store, people.owner, OWNERS_LESSON_TODAY, none, now=NOW)


def test_a_removed_file_leaves_the_disk_and_an_event(school_store: Store, people: People) -> None:
    file = attach(school_store, people.owner)
    remove_file(school_store, people.owner, file.file_id, now=NOW)
    assert on_disk(school_store) == []
    assert school_store.read(
        "SELECT old_value, new_value FROM events WHERE kind = 'homework_file' ORDER BY event_id"
    ) == [(None, "Задание.pdf"), ("Задание.pdf", None)]
    with pytest.raises(RuleRefused, match="уже нет"):
        remove_file(school_store, people.owner, file.file_id, now=NOW)


def test_a_removed_task_takes_its_files_along(school_store: Store, people: People) -> None:
    task_id = add_task(school_store, people.owner, OWNERS_LESSON_TODAY, NewTask("Доклад", [CHILD]), now=NOW)
    attach(school_store, people.owner, task_id=task_id)
    remove_task(school_store, people.owner, OWNERS_LESSON_TODAY, task_id, now=NOW)
    assert (on_disk(school_store), files_of_lessons(school_store, [OWNERS_LESSON_TODAY])) == ([], [])


# Who opens a file of the maths lesson of 7А: for everybody; of a task of the child; of a task of a classmate.
READERS = {
    "owner": (True, True, True),
    "homeroom": (True, True, True),
    "head": (True, True, True),
    "deputy": (True, True, True),
    "admin": (True, True, True),
    "guardian": (True, True, False),
    "pupil": (True, True, False),
    "stranger": (False, False, False),
    "secretary": (False, False, False),
}


@pytest.mark.parametrize("name", READERS)
def test_who_opens_a_file(school_store: Store, people: People, name: str) -> None:
    tasks = [
        add_task(school_store, people.owner, OWNERS_LESSON_TODAY, NewTask("Доклад", [pupil]), now=NOW)
        for pupil in (CHILD, CLASSMATE)
    ]
    files = [
        attach(school_store, people.owner),
        *(attach(school_store, people.owner, task_id=task) for task in tasks),
    ]
    for file, may_open in zip(files, READERS[name], strict=True):
        if may_open:
            assert read_file(school_store, getattr(people, name), file.file_id).content == PDF
        else:
            with pytest.raises(AccessRefused):
                read_file(school_store, getattr(people, name), file.file_id)


def test_a_file_of_another_class_and_one_that_is_not_there_are_refused_alike(
    school_store: Store, people: People
) -> None:
    add_file(school_store, people.stranger, STRANGERS_LESSON_TODAY, "Задание.pdf", PDF, now=NOW)
    (foreign,) = files_of_lessons(school_store, [STRANGERS_LESSON_TODAY])
    said = []
    for file_id in (foreign.file_id, 10**9):
        with pytest.raises(AccessRefused) as refused:
            read_file(school_store, people.guardian, file_id)
        said.append(str(refused.value))
    assert said[0] == said[1]


@pytest.fixture
def browser(school_screens: object) -> Callable[[User | None], TestClient]:
    """A browser signed in as somebody, or nobody, at the routes of homework."""

    def signed_in(user: User | None) -> TestClient:
        client = TestClient(Starlette(routes=routes))
        if user is not None:
            client.cookies.set(COOKIE_NAME, session_of(user))
        return client

    return signed_in


def test_a_file_comes_as_an_attachment_that_a_browser_does_not_run(
    browser: Callable[[User | None], TestClient], school_store: Store, people: People
) -> None:
    file = attach(school_store, people.owner, "Слова.txt", b"<script>alert(1)</script>")
    answer = browser(people.guardian).get(file_address(file.file_id))
    assert (answer.status_code, answer.content) == (200, b"<script>alert(1)</script>")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D0%A1")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_the_route_refuses_who_may_not_and_tells_nothing(
    browser: Callable[[User | None], TestClient], school_store: Store, people: People
) -> None:
    file = attach(school_store, people.owner)
    for user, status in ((None, 401), (people.stranger, 403), (people.secretary, 403)):
        answer = browser(user).get(file_address(file.file_id))
        assert answer.status_code == status
        assert "Задание.pdf" not in answer.text
    assert browser(people.owner).get(file_address(10**9)).status_code == 403


def test_a_lost_content_is_called_lost(
    school_store: Store, people: People, browser: Callable[[User | None], TestClient]
) -> None:
    file = attach(school_store, people.owner)
    next(iter((school_store.path.parent / "files").glob("*/*"))).unlink()
    answer = browser(people.pupil).get(f"/api/homework/files/{file.file_id}")
    assert answer.status_code == 410
    assert "Файла больше нет на сервере" in answer.text
    assert "целы" not in answer.text


def test_a_file_that_the_disk_does_not_take_leaves_nothing(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("school.files.kept.os.fsync", full)
        with pytest.raises(StoreUnavailable, match="на диске сервера не осталось места"):
            attach(school_store, people.owner)
    assert on_disk(school_store) == []
    assert files_of_lessons(school_store, [OWNERS_LESSON_TODAY]) == []
    assert attach(school_store, people.owner).title == "Задание.pdf"


def test_a_file_that_no_row_names_goes_at_the_start(school_store: Store, people: People) -> None:
    attach(school_store, people.owner)
    content = on_disk(school_store)
    keep_content(school_store, b"written before a kill, its row never")
    assert drop_orphans(school_store) == 1
    assert on_disk(school_store) == content


def test_a_lesson_of_a_closed_term_takes_no_file(school_store: Store, people: People) -> None:
    def close(transaction) -> None:
        transaction.keep(f"UPDATE terms SET closed_at = '2026-11-19' WHERE term_id = {QUARTER_2}")

    school_store.write(close)
    with pytest.raises(RuleRefused, match="закрыт"):
        attach(school_store, people.owner)
    assert on_disk(school_store) == []


def test_what_stands_beside_homework_is_remembered_as_it_is_stored(
    school_store: Store, people: People
) -> None:
    lesson, owner = OWNERS_LESSON_TODAY, people.owner

    def beside() -> tuple[int, int, bool]:
        found = beside_text(school_store, [lesson])[lesson]
        assert {lesson: found} == stored_beside_text(school_store, [lesson])
        return len(found.files), len(found.tasks), found.due_on is not None

    assert beside() == (0, 0, False)
    homework = LessonHead("Дроби", None, HomeworkState.SET, "№ 5")
    write_lesson(school_store, owner, lesson, LessonEntry(homework, NOW.date() + timedelta(days=9)), now=NOW)
    assert beside() == (0, 0, True)
    task = add_task(school_store, owner, lesson, NewTask("№ 6", (CHILD,)), now=NOW)
    assert beside() == (0, 1, True)
    attach(school_store, owner, task_id=task)
    assert beside() == (1, 1, True)
    remove_task(school_store, owner, lesson, task, now=NOW)
    assert beside() == (0, 0, True)
