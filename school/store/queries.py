"""Queries as the engine understands them: what they read, and their text so written that it is quickest understood."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import duckdb

from school.errors import StoreFault

Cursor = duckdb.DuckDBPyConnection
# How many texts are remembered, rewritten.
TEXTS = 2000
# A node of the engine's own syntax tree.
Node = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """A query ready to be asked, and what it reads: tables of the database, and kept tables.

    Reading the text of a measure's query takes the engine as long as half of what it then does.
    """

    sql: str
    statement: duckdb.Statement
    tables: frozenset[str]
    kept: frozenset[str]


def views_of(cursor: Cursor) -> dict[str, str]:
    """Return the query of each view by its name."""
    views = cursor.execute(
        "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal AND database_name = current_database()"
    ).fetchall()
    # «CREATE VIEW … AS query;»
    return {name: definition.split(" AS ", 1)[1].rstrip().removesuffix(";") for name, definition in views}


def understood(
    cursor: Cursor,
    sql: str,
    views: Mapping[str, str],
    kept: Mapping[str, str],
    query_of: Callable[[str], Query],
) -> Query:
    """Read a query; ``views``, ``kept``: the query of each view and kept table by its name, which ``query_of`` reads.

    Raises StoreFault for what is no query.
    """
    definitions = {**views, **kept}
    text, names = _rewritten(sql)
    behind = [query_of(definitions[name]) for name in names & definitions.keys()]
    (statement,) = cursor.extract_statements(text)
    tables = (names - definitions.keys()).union(*(query.tables for query in behind))
    return Query(
        text, statement, frozenset(tables), frozenset(names & kept.keys()).union(*(q.kept for q in behind))
    )


def inlined(sql: str) -> str:
    """Return a query with each table expression that is used once, and need not be kept, in the place of its use.

    The same query, but the engine works out the meaning of a named table expression twice, and measures are made of a dozen.
    """
    return _rewritten(sql)[0]


@cache
def _parser() -> Cursor:
    """An engine without a database: what a text says does not depend on what is stored."""
    return duckdb.connect(config={"threads": 1})


@lru_cache(maxsize=TEXTS)
def _rewritten(sql: str) -> tuple[str, frozenset[str]]:
    """The query as it is quickest understood, and the names of tables in it, in small letters."""
    cursor = _parser().cursor()
    tree = _tree(cursor, sql)
    names = frozenset(name.lower() for name in _table_names(tree))
    _put_in_place(tree)
    written = cursor.execute("SELECT json_deserialize_sql($tree::JSON)", {"tree": json.dumps(tree)})
    ((text,),) = written.fetchall()
    return str(text), names


def _put_in_place(tree: Node) -> None:
    """Put each table expression that may stand there in the place of its only use."""
    for node, entry, uses in list(_expressions_with_uses(tree, {})):
        expression = entry["value"]
        is_plain = expression["materialized"] == "CTE_MATERIALIZE_NEVER" and not expression["aliases"]
        if len(uses) == 1 and is_plain:
            _put(uses[0], expression["query_node"])
            node["cte_map"]["map"] = [each for each in _expressions(node) if each is not entry]


def _put(place: Node, query: Node) -> None:
    """Make of a table's name the query itself, under the name by which the table was called."""
    called = place["alias"] or place["table_name"]
    kept = {
        name: place[name]
        for name in ("sample", "query_location", "query_location_length", "column_name_alias")
    }
    place.clear()
    place |= {"type": "SUBQUERY", "alias": called, **kept, "subquery": {"node": query, "named_param_map": []}}


def _expressions_with_uses(
    node: Any, scope: Mapping[str, list[Node]]
) -> Iterator[tuple[Node, Node, list[Node]]]:
    """Yield each named table expression: the node that it stands at, its entry there, and the places that name it.

    ``scope`` holds the expressions that a name may mean here; the lists of places are whole once all is yielded.
    """
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE" and not node["schema_name"] and node["table_name"] in scope:
            scope[node["table_name"]].append(node)
        if entries := _expressions(node):
            here: dict[str, list[Node]] = {entry["key"]: [] for entry in entries}
            scope = {**scope, **here}
            yield from ((node, entry, here[entry["key"]]) for entry in entries)
    for inner in _inner(node):
        if isinstance(inner, (dict, list)):
            yield from _expressions_with_uses(inner, scope)


def _expressions(node: Node) -> list[Node]:
    found: list[Node] = node.get("cte_map", {}).get("map", [])
    return found


def _inner(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _table_names(node: Any) -> Iterator[str]:
    if isinstance(node, dict) and "table_name" in node:
        yield node["table_name"]
    for inner in _inner(node):
        yield from _table_names(inner)


def _tree(cursor: Cursor, sql: str) -> Node:
    (text,) = cursor.execute("SELECT json_serialize_sql($sql)::VARCHAR", {"sql": sql}).fetchall()[0]
    tree: Node = json.loads(text)
    if tree["error"]:
        raise StoreFault("Only a query can be read.")
    return tree
