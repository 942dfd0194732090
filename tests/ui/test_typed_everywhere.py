"""Every page of every role in a school whose every typed text holds signs: none is read as Markdown, HTML or plotly's kin."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from diary_pages import diary_page
from google.protobuf.json_format import MessageToDict
from lxml import html
from screens import open_page, show_school
from spoiled_school import NOT_TYPED, NOW, RAW, SIGNS, spoil
from streamlit.testing.v1 import AppTest

from school.records import Role, User
from school.sign_in.store.users import users_by_id
from school.store.connection import DATABASE_NAME, Store
from server.menu import existing_rows, menu_rows
from server.typed_text import as_typed

ESCAPED = as_typed(f"x {SIGNS}").removeprefix("x ")
# Fields of elements that the browser reads as Markdown, and elements that show theirs as they are.
MARKDOWN = {"body", "caption", "content", "delta", "help", "label", "text", "title"}
PLAIN = {"text", "bidi_component", "navigation", "unknown"}
CHOICES = {"radio"}


@pytest.fixture(scope="module")
def spoiled_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The school with signs in every typed text."""
    store = Store(tmp_path_factory.mktemp("spoiled") / DATABASE_NAME, lambda: NOW)
    spoil(store)
    yield store
    store.close()


@pytest.fixture(scope="module")
def users(spoiled_store: Store) -> dict[Role, User]:
    """Somebody of each role."""
    rows = spoiled_store.connection.execute(
        "SELECT substring(name, 11), value::BIGINT FROM settings WHERE name LIKE 'demo.user.%'"
    ).fetchall()
    found = users_by_id(spoiled_store, [user_id for _, user_id in rows])
    return {Role(role): found[user_id] for role, user_id in rows}


@pytest.fixture(autouse=True)
def shown_school(spoiled_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every screen show that school."""
    show_school(spoiled_store, NOW, monkeypatch)


def shown(page: AppTest) -> Iterator[tuple[str, str]]:
    """Yield what the browser reads as Markdown, as HTML or as a chart: the kind of the element and the text."""
    for node in page._tree:
        proto = getattr(node, "proto", None)
        if proto is None:
            continue
        kind = getattr(node, "type", type(node).__name__)
        if kind not in PLAIN:
            yield from _texts(kind, MessageToDict(proto, preserving_proto_field_name=True))


def _texts(kind: str, fields: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(fields, dict):
        for each, value in fields.items():
            yield from _texts(kind, value, each)
    elif isinstance(fields, list):
        for value in fields:
            yield from _texts(kind, value, name)
    elif isinstance(fields, str):
        if name == "spec" or (name == "columns" and fields.startswith("{")):
            yield from _in_json(f"{kind}.{name}", json.loads(fields))
        elif name in MARKDOWN or (name == "options" and kind in CHOICES):
            yield f"{kind}.{name}", fields


def _in_json(kind: str, value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for each, inner in value.items():
            yield from _in_json(kind, inner, each)
    elif isinstance(value, list):
        for inner in value:
            yield from _in_json(kind, inner, name)
    elif isinstance(value, str) and (kind.endswith("spec") or name == "help"):
        yield kind, value


def faults(page: AppTest) -> list[tuple[str, str]]:
    """Return what would be read as something else than was typed."""
    found = []
    for kind, text in shown(page):
        # What is HTML already shows all but tags as it was typed.
        raw = ("x</b>",) if kind.endswith(("spec", "html.body")) else RAW
        if any(sign in text for sign in raw):
            found.append((kind, text))
    return found


def test_every_column_of_text_is_typed_or_said_not_to_be(spoiled_store: Store) -> None:
    spoiled = spoiled_store.connection.execute(
        """SELECT table_name || '.' || column_name FROM information_schema.columns
        JOIN information_schema.tables USING (table_name) WHERE data_type = 'VARCHAR' AND table_type = 'BASE TABLE'"""
    ).fetchall()
    assert set(NOT_TYPED) <= {name for (name,) in spoiled}


@pytest.mark.parametrize("row", existing_rows(), ids=lambda row: row.path)
def test_a_page_shows_every_typed_text_as_it_was_typed(row: Any, users: dict[Role, User]) -> None:
    for role, user in users.items():
        if role in (Role.GUARDIAN, Role.PUPIL) or row not in menu_rows(user):
            continue
        page = open_page(row.path, user)
        assert not page.exception, [problem.message for problem in page.exception]
        assert faults(page) == [], role


# Page, who opens it, and its address: ``{name}`` stands for an id of the school.
VIEWS = [
    ("register/grid.py", Role.TEACHER, "class={class_id} subject={subject} lesson={lesson}"),
    *(("lesson_plans/lesson_plan.py", Role.DEPUTY, f"class={{class_id}} subject={{subject}} plan_view={view}") for view in ("lessons", "topics", "load", "replan")),
    *(("analytics/school_class.py", Role.DEPUTY, f"class={{class_id}} part={part}") for part in ("subjects", "pupils", "terms", "fair")),
    *(("analytics/teacher.py", Role.DEPUTY, f"teacher={{teacher}} part={part}") for part in ("registers", "work", "fair")),
    *(("analytics/subjects.py", Role.DEPUTY, f"subject={{subject}} part={part}") for part in ("classes", "teachers", "terms")),
    *(("analytics/pupil.py", Role.DEPUTY, f"pupil={{pupil}} pupil_part={part}") for part in ("final", "current", "dynamics", "missed", "forecast", "remarks")),
    *(("analytics/quality.py", Role.DEPUTY, f"view={view} class={{class_id}} subject={{subject}}") for view in ("groups", "map", "terms", "pupils")),
    *(("analytics/quality.py", Role.DEPUTY, f"by={group}") for group in ("subject", "teacher")),
    *(("analytics/register_work.py", Role.DEPUTY, f"work_view={view}") for view in ("filling", "unfilled", "homework", "users")),
    *(("analytics/curriculum.py", Role.DEPUTY, f"curriculum_view={view}") for view in ("behind", "groups", "map", "none")),
    *(("analytics/attendance.py", Role.DEPUTY, f"attendance_view={view}") for view in ("groups", "weeks", "times", "pupils")),
    *(("analytics/consistency.py", Role.DEPUTY, f"control={control}") for control in ("control_works", "same_marks", "other_subjects", "external_tests")),
    *(("analytics/fair_comparison.py", Role.DEPUTY, f"compare={by}") for by in ("class", "teacher")),
    ("analytics/side_by_side.py", Role.DEPUTY, "left_class={class_id}"),
    *(("forecasts/forecasts.py", Role.DEPUTY, address) for address in ("class={class_id}", "class={class_id} pupil={pupil}")),
    ("forecasts/at_risk.py", Role.DEPUTY, "class={class_id}"),
    ("inspections/inspections.py", Role.DEPUTY, "inspection={inspection}"),
    ("correspondence/messages.py", Role.TEACHER, "thread={thread}"),
    ("correspondence/messages.py", Role.TEACHER, "thread=new"),
    ("people/pupil_card.py", Role.ADMIN, "pupil={pupil}"),
    *(("consultations/consultations.py", Role.DEPUTY, f"talks={part}") for part in ("evenings", "booked")),
    ("consultations/consultations.py", Role.HOMEROOM, "talks=own"),
    ("people/class_lists.py", Role.DEPUTY, "class={class_id}"),
    ("year/timetable.py", Role.DEPUTY, "opening_year=2026"),
    ("year/load.py", Role.DEPUTY, "opening_year=2026"),
    ("year/year_opening.py", Role.DEPUTY, "opening_year=2026 step=school"),
    *(("substitutions/substitutions.py", Role.DEPUTY, f"substitution_view={view}") for view in ("day", "unsigned", "sheet")),
    ("substitutions/substitutions.py", Role.DEPUTY, "absent={teacher} day=2027-02-10"),
    ("attendance/absences.py", Role.HOMEROOM, "week=2027-02-01"),
    *(("announcements/announcements.py", Role.DEPUTY, f"announcements={view}") for view in ("sent", "write")),
    ("announcements/announcements.py", Role.DEPUTY, "announcement={announcement}"),
]  # fmt: skip


@pytest.fixture(scope="module")
def ids(spoiled_store: Store) -> dict[str, str]:
    """Ids that views are opened with: a register with lessons, its teacher, a pupil of its class, an inspection."""
    row = spoiled_store.connection.execute(
        """SELECT max(lesson_id), class_id, subject_id, lessons.teacher_id,
            (SELECT min(pupil_id) FROM enrolments WHERE enrolments.class_id = lessons.class_id AND ends_on IS NULL),
            (SELECT min(inspection_id) FROM inspections),
            (SELECT arg_max(announcement_id, sent_at) FROM announcements WHERE target = 'class' AND withdrawn_at IS NULL),
            (SELECT min(thread_id) FROM thread_people h JOIN users t USING (user_id) WHERE t.staff_id = lessons.teacher_id)
        FROM lessons JOIN users ON staff_id = teacher_id
        WHERE subgroup_id IS NULL AND user_id = (SELECT value::BIGINT FROM settings WHERE name = 'demo.user.teacher')
            AND held_on < $day GROUP BY ALL ORDER BY ALL DESC LIMIT 1""",
        {"day": NOW.date()},
    ).fetchone()
    assert row
    names = ("lesson", "class_id", "subject", "teacher", "pupil", "inspection", "announcement", "thread")
    return dict(zip(names, map(str, row), strict=True))


@pytest.mark.parametrize(("path", "role", "address"), VIEWS)
def test_what_a_link_opens_shows_typed_text_as_it_was_typed(
    path: str, role: Role, address: str, users: dict[Role, User], ids: dict[str, str]
) -> None:
    page = open_page(path, users[role], **dict(part.split("=") for part in address.format(**ids).split()))
    assert not page.exception, [problem.message for problem in page.exception]
    assert faults(page) == []


def test_the_sweep_sees_what_pages_show(users: dict[Role, User]) -> None:
    page = open_page("register/today.py", users[Role.TEACHER])
    assert any(ESCAPED in text for _, text in shown(page))
    chart = open_page("analytics/subjects.py", users[Role.DEPUTY])
    assert any("2*3*4" in text for kind, text in shown(chart) if kind.endswith("spec"))


@pytest.mark.parametrize(
    "place",
    ["", "/marks", "/marks/{subject}", "/absences", "/remarks", "/school", "/messages", "/messages/new"],
)
def test_the_diary_shows_typed_text_as_it_was_typed(
    place: str, users: dict[Role, User], ids: dict[str, str]
) -> None:
    (pupil_id, *_) = users[Role.GUARDIAN].pupil_ids
    page = html.fromstring(diary_page(users[Role.GUARDIAN], f"/{pupil_id}{place.format(**ids)}"))
    assert SIGNS in " ".join(page.text_content().split())
    assert not page.xpath("//b[text()='x'] | //a[contains(@href, 'b.c')] | //em | //code")
