"""What a profile takes away it reads back as the same; what changed here and there since is said, chosen, loaded and undone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from loading import FILE, OUT_CHOICES, TODAY_WISH, counts, keep, look, read_back, state_of, take_out
from small_school import CHILD, CLASS_7A, MATHS, NOW, People

from school.errors import AccessRefused, Refusal, RuleRefused
from school.files.column_mapping import ColumnMapping
from school.files.plan import ImportKind, Plan, SourceRow
from school.files.tables import read_tables
from school.files.values.days import parse_day
from school.imports.actions.exchanges import load_by_profile, unload
from school.imports.actions.loads import undo
from school.imports.lookups.exchanges import compare_file, exchange_log, exchange_profiles, usual_mapping
from school.imports.records import IN, OUT
from school.imports.rules.differences import Difference, rows_to_load
from school.imports.rules.profile_files import DATE_FORMATS, form_of
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.writing import insert

LOADED = (ImportKind.PUPILS, ImportKind.STAFF, ImportKind.LOAD, ImportKind.TIMETABLE, ImportKind.FACTS)
# What a profile of a kind cannot do without, so that a row of the school is understood again.
NEEDED = {
    ImportKind.PUPILS: ("full_name", "school_class"),
    ImportKind.STAFF: ("full_name",),
    ImportKind.LOAD: ("school_class", "subject", "hours_a_week", "subgroup", "teacher"),
    ImportKind.TIMETABLE: ("weekday", "number", "school_class", "subject", "subgroup", "teacher"),
    ImportKind.FACTS: ("full_name", "school_class", "subject", "lesson_date", "term", "nth", "term_mark"),
}
CODES = {
    "absence": {"болезнь (ОРВИ)": "б", "NN": "н"},
    "weekday": {"1 день": "понедельник"},
    "roles": {"преподаёт": "учитель"},
}


@some.composite
def profiles(draw: some.DrawFn) -> ColumnMapping:
    """A profile of any kind: some of its fields in any order under any headers, codes, a way of a day, a header anywhere."""
    kind = draw(some.sampled_from(LOADED))
    fields = [field.name for field in form_of(kind).fields if field.name not in ("left", "phone")]
    chosen = draw(some.permutations(sorted({*NEEDED[kind], *draw(some.sets(some.sampled_from(fields)))})))
    if kind is ImportKind.FACTS and "mark" not in chosen:
        chosen = [*chosen, "mark"]
    words = some.text("абвгдежзиклмнопрст", min_size=4, max_size=12)
    headers = draw(some.lists(words, min_size=len(chosen), max_size=len(chosen), unique=True))
    header_row = draw(some.integers(0, 3))
    columns = dict(zip(chosen, headers, strict=True))
    if header_row == 0:
        columns = {name: f"Столбец {place}" for place, name in enumerate(chosen, start=1)}
    codes = {name: pairs for name, pairs in CODES.items() if name in chosen and draw(some.booleans())}
    return ColumnMapping(
        kind,
        "Лист 1",
        header_row,
        min(1, header_row),
        columns,
        values=codes,
        date_format=draw(some.sampled_from(sorted(DATE_FORMATS))),
    )


def check_brings_nothing(plan: Plan[Any]) -> None:
    """Hold that every row is there already, or of a term that is closed to all."""
    assert not plan.new
    assert not plan.changed
    assert {row.reason for row in plan.refused} <= {
        "Учебный период закрыт: сначала его открывают на странице «Учебные периоды»."
    }


@settings(max_examples=60)
@given(mapping=profiles())
def test_what_a_profile_took_away_it_reads_back_as_the_same(
    common_store: Store, people: People, mapping: ColumnMapping
) -> None:
    profile_id = keep(common_store, people.admin, mapping)
    file = take_out(common_store, people.admin, profile_id)
    assert file.rows
    table = read_back(file.content, mapping)
    assert (len(table.rows), table.unread) == (file.rows, ())
    compared = compare_file(common_store, people.admin, profile_id, table.rows, OUT_CHOICES)
    assert (compared.differing, len(compared.rows)) == ([], file.rows)
    check_brings_nothing(look(common_store, people.admin, mapping.kind, table.rows, TODAY_WISH))


@pytest.mark.parametrize("kind", LOADED)
def test_a_workbook_of_the_usual_profile_comes_back_as_the_same(
    common_store: Store, people: People, kind: ImportKind
) -> None:
    mapping = usual_mapping(common_store, people.admin, kind, OUT_CHOICES)
    file = take_out(common_store, people.admin, keep(common_store, people.admin, mapping), as_csv=False)
    plan = look(common_store, people.admin, kind, read_back(file.content, mapping).rows, TODAY_WISH)
    check_brings_nothing(plan)
    assert plan.unchanged


PUPILS = ColumnMapping(
    ImportKind.PUPILS,
    "Ученики",
    1,
    1,
    {
        "full_name": "ФИО",
        "school_class": "Класс",
        "born_on": "Родился",
        "mother": "Мать",
        "mother_phone": "Тел.",
    },
)
FACTS = ColumnMapping(
    ImportKind.FACTS,
    "Отметки",
    1,
    1,
    {
        name: name
        for name in ("full_name", "school_class", "subject", "lesson_date", "nth", "mark", "absence")
    },
)


def changed_row(rows: list[SourceRow], place: int, **texts: str) -> list[SourceRow]:
    """Return the rows with one of them changed."""
    row = rows[place]
    return [*rows[:place], replace(row, texts={**row.texts, **texts}), *rows[place + 1 :]]


def differences(store: Store, people: People, profile_id: int, rows: list[SourceRow]) -> list[Difference]:
    """Return what became of the rows that are not alike."""
    compared = compare_file(store, people.admin, profile_id, rows, OUT_CHOICES)
    return [each.difference for each in compared.differing]


def open_marks(rows: list[SourceRow]) -> list[int]:
    """Return the places of rows with a mark of the running term."""
    return [
        place
        for place, row in enumerate(rows)
        if row["mark"] and row["lesson_date"] > "02.11.2026" and row["lesson_date"][3:5] == "11"
    ]


def test_it_is_said_where_a_row_was_changed_since_the_last_exchange(
    school_store: Store, people: People
) -> None:
    profile_id = keep(school_store, people.admin, FACTS)
    rows = list(read_back(take_out(school_store, people.admin, profile_id).content, FACTS).rows)
    place, other = open_marks(rows)[:2]
    there = "2" if rows[place]["mark"] != "2" else "3"
    assert differences(school_store, people, profile_id, changed_row(rows, place, mark=there)) == [
        Difference.THERE
    ]
    school_store.write(lambda job: _replace_mark(job, rows[place]))
    assert differences(school_store, people, profile_id, rows) == [Difference.HERE]
    both = changed_row(rows, place, mark=there)
    assert differences(school_store, people, profile_id, both) == [Difference.BOTH]
    less = [row for number, row in enumerate(both) if number != other]
    assert differences(school_store, people, profile_id, less) == [Difference.BOTH, Difference.REMOVED_THERE]


def _replace_mark(transaction: Transaction, row: SourceRow) -> None:
    transaction.change(
        """UPDATE marks SET value = 9 - value FROM lessons l, pupils p WHERE marks.lesson_id = l.lesson_id
           AND marks.pupil_id = p.pupil_id AND marks.slot = 1 AND l.held_on = $day
           AND p.last_name || ' ' || p.first_name = $name""",
        {"day": parse_day(row["lesson_date"]), "name": " ".join(row["full_name"].split()[:2])},
    )
    transaction.record(Event(NOW, None, "cell"))


def test_rows_of_two_who_never_exchanged_only_differ(school_store: Store, people: People) -> None:
    profile_id = keep(school_store, people.admin, PUPILS)
    rows = [
        SourceRow(2, {"full_name": "Новиков Лев Ильич", "school_class": "7А", "born_on": "03.05.2013"}),
        SourceRow(3, {"full_name": "Алёшин Пётр", "school_class": "7А", "born_on": "01.01.2012"}),
    ]
    found = differences(school_store, people, profile_id, rows)
    assert found[:2] == [Difference.ONLY_THERE, Difference.UNKNOWN]
    assert set(found[2:]) == {Difference.ONLY_HERE}


def test_another_birthday_does_not_make_a_pupil_a_second_time(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(f"UPDATE pupils SET born_on = DATE '2013-02-03' WHERE pupil_id = {CHILD}")
    profile_id = keep(school_store, people.admin, PUPILS)
    rows = [
        SourceRow(2, {"full_name": "Алёшин Пётр", "school_class": "7А", "born_on": "01.01.2012"}),
        SourceRow(3, {"full_name": "Новиков Лев", "school_class": "7А", "born_on": "01.01.2012"}),
    ]
    compared = compare_file(school_store, people.admin, profile_id, rows, OUT_CHOICES)
    assert rows_to_load(ImportKind.PUPILS, compared, {2, 3}, rows) == ([rows[1]], {})


def test_chosen_rows_are_loaded_logged_and_taken_back(school_store: Store, people: People) -> None:
    profile_id = keep(school_store, people.admin, FACTS)
    rows = list(read_back(take_out(school_store, people.admin, profile_id).content, FACTS).rows)
    before = state_of(school_store)
    one, other = open_marks(rows)[:2]
    given = changed_row(changed_row(rows, one, mark="3"), other, mark="2")
    compared = compare_file(school_store, people.admin, profile_id, given, OUT_CHOICES)
    chosen, places = rows_to_load(ImportKind.FACTS, compared, {given[one].number}, given)
    assert (chosen, places) == ([given[one]], {})
    plan = look(school_store, people.admin, ImportKind.FACTS, chosen, TODAY_WISH)
    batch = load_by_profile(
        school_store, people.admin, profile_id, chosen, TODAY_WISH, plan, FILE, compared, now=NOW
    )
    # Of the two rows the one that was not taken is still known as changed there.
    assert differences(school_store, people, profile_id, given) == [Difference.THERE]
    lines = exchange_log(school_store, people.admin)
    assert [(each.direction, each.row_count, each.written_count) for each in lines] == [
        (IN, 1, 1),
        (OUT, len(rows), len(rows)),
    ]
    undo(school_store, people.admin, batch, now=NOW)
    after = state_of(school_store)
    assert {name for name in before if before[name] != after[name]} <= {"exchanges", "exchanged_rows"}
    assert exchange_log(school_store, people.admin)[0].undone_at == NOW


def test_what_is_not_chosen_of_a_class_stays_in_its_timetable(school_store: Store, people: People) -> None:
    mapping = usual_mapping(school_store, people.admin, ImportKind.TIMETABLE, OUT_CHOICES)
    profile_id = keep(school_store, people.admin, mapping)
    rows = list(read_back(take_out(school_store, people.admin, profile_id).content, mapping).rows)
    given = [replace(row, texts={**row.texts, "room": "911"}) for row in rows]
    compared = compare_file(school_store, people.admin, profile_id, given, OUT_CHOICES)
    chosen, _ = rows_to_load(ImportKind.TIMETABLE, compared, {given[0].number}, given)
    plan = look(school_store, people.admin, ImportKind.TIMETABLE, chosen, TODAY_WISH)
    assert counts(plan) == {"changed": 1, "unchanged": len(chosen) - 1}
    assert getattr(plan, "removed", ()) == ()


def test_a_secretary_exchanges_pupils_and_not_the_register(school_store: Store, people: People) -> None:
    register = keep(school_store, people.admin, FACTS)
    pupils = keep(school_store, people.secretary, PUPILS)
    assert [each.profile_id for each in exchange_profiles(school_store, people.secretary)] == [pupils]
    assert take_out(school_store, people.secretary, pupils).rows
    take_out(school_store, people.admin, register)
    assert [each.kind for each in exchange_log(school_store, people.secretary)] == ["pupils"]
    with pytest.raises(AccessRefused):
        take_out(school_store, people.secretary, register)
    with pytest.raises(AccessRefused):
        compare_file(school_store, people.secretary, register, [], OUT_CHOICES)


def test_codes_that_cannot_be_read_back_are_refused(school_store: Store, people: People) -> None:
    mapping = replace(FACTS, values={"school_class": {"7А": "8Б"}})
    with pytest.raises(Refusal, match="не дают вернуться"):
        take_out(school_store, people.admin, keep(school_store, people.admin, mapping))


def test_graduates_have_a_column_for_each_subject_and_are_only_taken_away(
    school_store: Store, people: People
) -> None:
    school_store.write(_give_final_mark)
    choices = replace(OUT_CHOICES, grade=7)
    mapping = usual_mapping(school_store, people.secretary, ImportKind.GRADUATES, choices)
    profile_id = keep(school_store, people.secretary, mapping)
    file = unload(school_store, people.secretary, profile_id, choices, as_csv=False, now=NOW)
    (sheet,) = read_tables(file.content)
    assert sheet.rows[0][-1] == "Математика"
    (row,) = [
        dict(zip(sheet.rows[0], row, strict=True)) for row in sheet.rows[1:] if row[0].startswith("Алёшин")
    ]
    assert row["Математика"] == "4"  # the mark that was decided, not that for the year
    assert row["Номер личного дела"] == "А-17"
    with pytest.raises(RuleRefused, match="только выгружаются"):
        compare_file(school_store, people.admin, profile_id, [], OUT_CHOICES)


def _give_final_mark(transaction: Transaction) -> None:
    transaction.execute(f"UPDATE pupils SET file_number = 'А-17' WHERE pupil_id = {CHILD}")
    insert(
        transaction,
        "final_marks",
        class_id=CLASS_7A,
        subject_id=MATHS,
        pupil_id=CHILD,
        value=4,
        reason="решение комиссии",
    )
    insert(
        transaction,
        "year_marks",
        class_id=CLASS_7A,
        subject_id=MATHS,
        school_year=2026,
        pupil_id=CHILD,
        value=5,
    )
    transaction.record(Event(NOW, None, "year_mark"))
