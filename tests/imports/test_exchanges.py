"""What a profile takes away it reads back as the same; what changed here and there since is said, chosen, loaded and undone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from exchanging import OUT_CHOICES, TODAY_WISH, keep, read_back, take_out
from hypothesis import given, settings
from hypothesis import strategies as some
from loading import FILE, counts, look, state_of
from small_school import NOW, People

from school.errors import AccessRefused, Refusal, RuleRefused
from school.files.column_mapping import ColumnMapping
from school.files.plan import ImportKind, Plan, SourceRow
from school.imports.actions.exchanges import load_by_profile
from school.imports.actions.loads import undo
from school.imports.lookups.exchanges import compare_file, exchange_log, exchange_profiles, usual_mapping
from school.imports.records import IN, OUT
from school.imports.rules.differences import Difference
from school.imports.rules.profile_files import DATE_FORMATS, form_of
from school.store.connection import Store

LOADED = (ImportKind.PUPILS, ImportKind.STAFF, ImportKind.LOAD, ImportKind.TIMETABLE, ImportKind.FACTS)
# What a profile of a kind cannot do without, so that a row of the school is understood again.
NEEDED = {
    ImportKind.PUPILS: ("full_name", "school_class"),
    ImportKind.STAFF: ("full_name",),
    ImportKind.LOAD: ("school_class", "subject", "hours_a_week", "subgroup", "teacher"),
    ImportKind.TIMETABLE: ("weekday", "number", "school_class", "subject", "subgroup", "teacher"),
    ImportKind.FACTS: ("full_name", "school_class", "subject", "lesson_date", "term", "nth", "term_mark"),
}
CODES = {"absence": {"болезнь (ОРВИ)": "б", "NN": "н"}, "weekday": {"1 день": "понедельник"}, "roles": {"преподаёт": "учитель"}}


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
    assert not (plan.new or plan.changed)
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
    assert (compared.differing, compared.here) == ([], file.rows)
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
