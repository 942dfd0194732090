"""Whatever stands in a file: every row is accounted for, nothing is loaded by half, twice is once, and back is back."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loading import FILE, counts, look, state_of, take, workbook_of
from roster_set import COLUMNS, small_set, zipped
from small_school import NOW, People

from school.errors import Refusal
from school.files.column_mapping import guess_mapping, read_rows
from school.files.fields import FORMS
from school.files.plan import ImportKind, SourceRow
from school.files.tables import SheetTable, read_tables
from school.imports.actions.loads import undo
from school.imports.journal_workbook import read_journal_workbook
from school.imports.lookups.frame import earlier_loads
from school.imports.one_roster.loading import load_one_roster, preview_one_roster
from school.records import User
from school.store.connection import Store

FEW = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
# What a field may hold: right, nearly right, wrong.
WORDS: dict[str, tuple[str, ...]] = {
    "full_name": ("Алёшин Пётр", "Алешин П.", "Ёлкина Анна", "ЖУКОВ ИВАН", "Яковлев Олег", "Новиков Лев", "Иванов", "Орлова В.", "Алёшин Пётр 03.05.2013", "1. Мамедов Али Вели оглы (ОВЗ)"),
    "last_name": ("Алёшин", "Новиков", ""),
    "first_name": ("Пётр", "П.", ""),
    "middle_name": ("Ильич", "И.", ""),
    "school_class": ("7А", "7 a", "8-Б", "9Я", "7А класс", ""),
    "subject": ("Математика", "мат.", "История", "Физика", ""),
    "lesson_date": ("17.11.2026", "2026-11-18", "15.11.2026", "46343", "20.11.2026", "99.99.99", ""),
    "mark": ("5", "4(2)", "5, 4", "3/н", "н", "н/а", "7", "5(99)", "б", ""),
    "weight": ("1", "2,5", "-1", "много", ""),
    "absence": ("н", "болезнь", "О", "прогулял", ""),
    "term": ("1 четверть", "II четверть", "год", "5 четверть", ""),
    "term_mark": ("4", "1", "5", ""),
    "born_on": ("03.05.2013", "2013-05-03", "03.05.1913", "май", ""),
    "starts_on": ("01.09.2026", "01.09.2020", "02.11.2026", ""),
    "left": ("", "обучается", "выбыл", "01.10.2026"),
    "mother": ("Новикова Анна", "А", ""),
    "father": ("Новиков Илья Ильич", ""),
    "guardian": ("Опекунов О. О.", "Алёшина Ольга (мать), Алёшин Илья", ""),
    "phone": ("8 900 123-45-67", "123", "8 900 123-45-67, +7 900 123-45-68", "7,91612E+10", ""),
    "mother_phone": ("8 900 123-45-69", "123", ""),
    "father_phone": ("8 900 123-45-70", "—", ""),
    "position": ("Учитель математики", "Секретарь", "", "х" * 90),
    "roles": ("учитель", "завуч; учитель", "волшебник", "ученик", ""),
    "hired_on": ("01.09.2020", "01.09.1900", "завтра", ""),
    "teacher": ("Орлова В.", "Стрельцов Глеб", "Никто", ""),
    "subgroup": ("1", "2-я подгруппа", ""),
    "hours_a_week": ("5", "2,5", "0", "сто", ""),
    "weekday": ("понедельник", "Вт", "7", "сегодня", ""),
    "number": ("1", "2.", "0", "99", ""),
    "room": ("204", "Спортзал", "к" * 50, ""),
    "nth": ("1", "2", "9", ""),
}  # fmt: skip
ROW_KINDS = (ImportKind.FACTS, ImportKind.PUPILS, ImportKind.STAFF, ImportKind.LOAD, ImportKind.TIMETABLE)


def dirty_rows(kind: ImportKind) -> st.SearchStrategy[list[SourceRow]]:
    """Rows of a kind with right, doubtful and senseless texts in any field."""
    fields = [field.name for field in FORMS[kind].fields]
    texts = st.fixed_dictionaries(
        {name: st.one_of(st.sampled_from(WORDS[name]), ANY_TEXT) for name in fields}
    )
    likely = st.fixed_dictionaries({name: st.sampled_from((*WORDS[name][:3], "")) for name in fields})
    return st.lists(st.one_of(likely, likely, texts), max_size=12).map(
        lambda listed: [SourceRow(number, row) for number, row in enumerate(listed, start=2)]
    )


def check_load(store: Store, user: User, kind: ImportKind, rows: list[SourceRow]) -> None:
    """Hold a load of rows to what every load promises."""
    before = state_of(store)
    plan = look(store, user, kind, rows)
    parts = [plan.new, plan.changed, plan.unchanged, plan.refused]
    assert sorted(row.number for part in parts for row in part) == [row.number for row in rows]
    assert all(row.reason for row in plan.refused)
    assert state_of(store) == before, "a preview changes nothing"
    if not plan.brings_anything:
        return
    try:
        batch = take(store, user, kind, rows)
    except Refusal:
        assert state_of(store) == before, "a refused load leaves nothing"
        return
    again = look(store, user, kind, rows)
    assert not again.brings_anything, "the second time brings nothing"
    assert [row.number for row in again.refused] == [row.number for row in plan.refused]
    undo(store, user, batch, now=NOW)
    assert state_of(store) == before, "taken back, everything is as it was"


@pytest.mark.parametrize("kind", ROW_KINDS)
def test_rows_of_any_dirt(school_store: Store, people: People, kind: ImportKind) -> None:
    @FEW
    @given(dirty_rows(kind))
    def check(rows: list[SourceRow]) -> None:
        check_load(school_store, people.admin, kind, rows)

    check()


CELL = st.one_of(
    st.sampled_from(
        ("Предмет: Математика", "Класс: 7А", "Ноябрь", "17", "18", "урок", "оц", "5", "н", "Алёшин Пётр")
    ),
    ANY_TEXT,
)
GRIDS = st.lists(st.lists(CELL, max_size=7), max_size=14)


def sheet_of(grid: list[list[str]]) -> SheetTable:
    return SheetTable("Лист1", tuple(map(tuple, grid)))


@pytest.mark.parametrize("kind", FORMS)
@FEW
@given(GRIDS)
def test_a_sheet_of_any_cells_is_read_or_refused(kind: ImportKind, grid: list[list[str]]) -> None:
    sheets = [sheet_of(grid)]
    try:
        table = read_rows(FORMS[kind], sheets, guess_mapping(FORMS[kind], sheets))
    except Refusal:
        return
    assert len({row.number for row in table.rows}) == len(table.rows) <= len(grid)


@st.composite
def journals(draw: st.DrawFn) -> list[list[str]]:
    """A sheet near the Moscow layout: the head mostly right, the cells anything."""
    days = draw(
        st.lists(st.sampled_from(("17", "18", "18", "15", "31", "", "1 четв.")), min_size=1, max_size=5)
    )
    month = draw(st.sampled_from(("Ноябрь", "ноябрь 2026", "Март", "Мартобрь")))
    cells = st.sampled_from(("5", "4(2)", "н", "5, 4", "н/а", "б 3", "", "х"))
    names = st.sampled_from(("Алёшин Пётр", "Елкина А.", "Жуков", "Чужой Человек", ""))
    pupils = draw(
        st.lists(st.tuples(names, st.lists(cells, min_size=len(days), max_size=len(days))), max_size=5)
    )
    return [
        ["Предмет: Математика"],
        [draw(st.sampled_from(("Класс: 7А", "Класс: 7 a", "")))],
        [],
        ["", "", month],
        ["", "", *days],
        [
            "№",
            "ФИО",
            *draw(st.lists(st.sampled_from(("урок", "оц")), min_size=len(days), max_size=len(days))),
        ],
        *([str(number), name, *texts] for number, (name, texts) in enumerate(pupils, start=1)),
    ]


def test_a_journal_of_any_cells(school_store: Store, people: People) -> None:
    @FEW
    @given(journals())
    def check(grid: list[list[str]]) -> None:
        try:
            table = read_journal_workbook([sheet_of(grid)], 2026)
        except Refusal:
            return
        filled = sum(bool(text) for row in grid[6:] for text in row[2:])
        assert len(table.rows) == filled, "no filled cell is passed over in silence"
        check_load(school_store, people.admin, ImportKind.JOURNAL, list(table.rows))

    check()


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """A file with some bytes gone wrong, or cut short."""
    changes = st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=20)

    def apply(change: tuple[int, list[tuple[int, int]]]) -> bytes:
        spoilt = bytearray(content)
        for place, byte in change[1]:
            spoilt[place] = byte
        return bytes(spoilt[: change[0]])

    return st.tuples(st.integers(0, len(content)), changes).map(apply)


@FEW
@given(
    st.one_of(
        st.binary(max_size=300), damaged(workbook_of({"Лист1": [["ФИО", "Класс"], ["Новиков Лев", "7А"]]}))
    )
)
def test_a_file_of_any_bytes_is_read_or_refused(content: bytes) -> None:
    try:
        assert read_tables(content)
    except Refusal as refusal:
        assert refusal.next_step


Lines = list[dict[str, Any]]


@st.composite
def dirty_sets(draw: st.DrawFn) -> bytes:
    """A OneRoster set with some texts replaced and some lines gone or doubled."""
    files: dict[str, Lines] = small_set()
    for _ in range(draw(st.integers(0, 6))):
        name = draw(st.sampled_from([name for name, lines in files.items() if lines]))
        place = draw(st.integers(0, len(files[name]) - 1))
        draw(st.sampled_from((_lose, _double, _spoil)))(draw, name, files[name], place)
    return zipped(files)


def _lose(_draw: st.DrawFn, _name: str, lines: Lines, place: int) -> None:
    lines.pop(place)


def _double(_draw: st.DrawFn, _name: str, lines: Lines, place: int) -> None:
    lines.append(dict(lines[place]))


def _spoil(draw: st.DrawFn, name: str, lines: Lines, place: int) -> None:
    text = draw(st.one_of(st.sampled_from(("", "0", "2025-13-45", "p1", "q9", "6", "student")), ANY_TEXT))
    lines[place][draw(st.sampled_from(COLUMNS[name]))] = text


def test_a_roster_of_any_dirt(school_store: Store, people: People) -> None:
    before = state_of(school_store)

    @settings(FEW, max_examples=5)
    @given(dirty_sets())
    def check(content: bytes) -> None:
        try:
            foreseen = preview_one_roster(school_store, people.admin, content)
            done = load_one_roster(
                school_store, people.admin, content, FILE, now=NOW, progress=lambda _: None
            )
        except Refusal:
            assert state_of(school_store) == before
            return
        assert (done.counts, done.refused) == (foreseen.counts, foreseen.refused), "what was shown is done"
        if not done.added:
            assert state_of(school_store) == before
            return
        assert preview_one_roster(school_store, people.admin, content).added == 0
        undo(school_store, people.admin, earlier_loads(school_store, people.admin)[0].batch_id, now=NOW)
        assert state_of(school_store) == before

    check()


def test_the_words_of_the_generators_make_sound_rows_too(school_store: Store, people: People) -> None:
    right = {
        name: words[0]
        for name, words in WORDS.items()
        if name not in ("term", "term_mark", "nth", "absence", "subgroup")
    }
    brought = {}
    for kind in ROW_KINDS:
        fields = {field.name for field in FORMS[kind].fields} & right.keys()
        texts = {name: right[name] for name in fields - {"last_name", "first_name", "middle_name"}}
        if kind in (ImportKind.PUPILS, ImportKind.STAFF):
            texts["full_name"] = "Новиков Лев"
        brought[kind] = counts(look(school_store, people.admin, kind, [SourceRow(2, texts)]))
    assert all("refused" not in parts for parts in brought.values()), brought
