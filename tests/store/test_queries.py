"""A query rewritten to be understood sooner is still the same query."""

import duckdb
import pytest

from school.errors import StoreFault
from school.store.connection import Store
from school.store.queries import inlined, understood

QUERIES = {
    "no expressions": "SELECT pupil_id, value FROM marks",
    "a chain": """WITH a AS NOT MATERIALIZED (SELECT value AS v, pupil_id FROM marks),
        b AS NOT MATERIALIZED (SELECT v + 1 AS w, pupil_id FROM a AS x WHERE x.v > 2)
        SELECT sum(w) AS total, y.pupil_id FROM b AS y GROUP BY y.pupil_id""",
    "one used twice": """WITH a AS NOT MATERIALIZED (SELECT pupil_id, max(value) AS v FROM marks GROUP BY ALL)
        SELECT x.pupil_id, x.v, y.v AS w FROM a AS x JOIN a AS y USING (pupil_id)""",
    "one that must be kept": "WITH a AS MATERIALIZED (SELECT value FROM marks) SELECT sum(value) FROM a",
    "columns renamed": "WITH a(v) AS NOT MATERIALIZED (SELECT value FROM marks) SELECT sum(v) FROM a",
    "named by itself": "WITH a AS NOT MATERIALIZED (SELECT value FROM marks) SELECT sum(a.value) FROM a",
    "the same name inside": """WITH a AS NOT MATERIALIZED (SELECT 1 AS n),
        b AS NOT MATERIALIZED (WITH a AS NOT MATERIALIZED (SELECT 2 AS n) SELECT x.n, y.n AS m FROM a x, a y)
        SELECT b.n, b.m, a.n AS outer_n FROM b, a""",
    "in a condition": """WITH a AS NOT MATERIALIZED (SELECT lesson_id FROM lessons WHERE number = 1)
        SELECT count(*) FROM marks WHERE lesson_id IN (SELECT lesson_id FROM a)""",
    "dates, texts and numbers": """WITH a AS NOT MATERIALIZED (SELECT lesson_id, held_on, 'о''кей' AS t FROM lessons)
        SELECT t, count(*) FILTER (held_on > DATE '2026-09-05') AS n, 1e-09::DOUBLE AS e FROM a GROUP BY t""",
}


def reads(cursor: duckdb.DuckDBPyConnection, sql: str) -> frozenset[str]:
    return understood(cursor, sql, {}, {}, lambda _: pytest.fail("no views here")).tables


@pytest.mark.parametrize("name", QUERIES)
def test_it_answers_as_before(school_store: Store, name: str) -> None:
    cursor, sql = school_store.cursor(), QUERIES[name]
    rewritten = inlined(sql)
    before, after = cursor.sql(sql), cursor.sql(rewritten)
    assert after.columns == before.columns
    assert after.types == before.types
    assert sorted(after.fetchall(), key=repr) == sorted(before.fetchall(), key=repr)
    assert reads(cursor, rewritten) <= reads(cursor, sql)


def test_what_is_used_once_stands_where_it_is_used(school_store: Store) -> None:
    cursor = school_store.cursor()
    relation: duckdb.DuckDBPyRelation = cursor.sql("SELECT * FROM marks")
    for least in range(1, 4):
        relation = relation.filter(f"value > {least}").project("*")
    assert "WITH" in relation.sql_query()
    assert "WITH" not in inlined(relation.sql_query())


def test_a_change_is_no_query() -> None:
    with pytest.raises(StoreFault):
        inlined("DELETE FROM marks")
