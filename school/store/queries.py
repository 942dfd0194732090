"""Queries as the engine understands them: what they read, and their text so written that it is quickest understood."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from school.errors import StoreFault

Cursor = duckdb.DuckDBPyConnection
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


def understood(cursor: Cursor, sql: str, kept: Mapping[str, str]) -> Query:
    """Read a query; ``kept``: the query of each kept table by its name. Raises StoreFault for what is no query."""
    views = cursor.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal").fetchall()
    definitions = {**{name: _selected(definition) for name, definition in views}, **kept}
    found = _all_names(cursor, sql, definitions)
    text = inlined(cursor, sql)
    (statement,) = cursor.extract_statements(text)
    return Query(text, statement, frozenset(found - definitions.keys()), frozenset(found & kept.keys()))


def inlined(cursor: Cursor, sql: str) -> str:
    """Return a query with each table expression that is used once, and need not be kept, in the place of its use.

    The same query, but the engine works out the meaning of a named table expression twice, and measures are made of a dozen.
    """
    tree = _tree(cursor, sql)
    for statement in tree["statements"]:
        _inline(statement["node"])
    written = cursor.execute("SELECT json_deserialize_sql($tree::JSON)", {"tree": json.dumps(tree)})
    ((text,),) = written.fetchall()
    return str(text)


def _inline(node: Any) -> None:
    for inner in _inner(node):
        _inline(inner)
    if not isinstance(node, dict) or not _expressions(node):
        return
    # Later ones are made of earlier ones.
    for entry in reversed(_expressions(node)):
        uses, expression = list(_uses(node, entry["key"])), entry["value"]
        is_plain = expression["materialized"] == "CTE_MATERIALIZE_NEVER" and not expression["aliases"]
        if len(uses) == 1 and is_plain:
            _expressions(node).remove(entry)
            _put(uses[0], expression["query_node"])


def _put(place: Node, query: Node) -> None:
    """Make of a table's name the query itself, under the name by which the table was called."""
    called = place["alias"] or place["table_name"]
    kept = {
        name: place[name]
        for name in ("sample", "query_location", "query_location_length", "column_name_alias")
    }
    place.clear()
    place |= {"type": "SUBQUERY", "alias": called, **kept, "subquery": {"node": query, "named_param_map": []}}


def _uses(node: Any, name: str) -> Iterator[Node]:
    """Yield the places below a node that name a table; not where the name means something else."""
    for inner in _inner(node):
        if isinstance(inner, dict):
            if inner.get("type") == "BASE_TABLE" and (inner["schema_name"], inner["table_name"]) == (
                "",
                name,
            ):
                yield inner
            if any(entry["key"] == name for entry in _expressions(inner)):
                continue
        yield from _uses(inner, name)


def _expressions(node: Node) -> list[Node]:
    found: list[Node] = node.get("cte_map", {}).get("map", [])
    return found


def _inner(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def tables_read_by(cursor: Cursor, sql: str) -> set[str]:
    """Return the names that a query selects from: tables, views and its own common table expressions.

    Raises StoreFault for what is no query.
    """
    return {name.lower() for name in _table_names(_tree(cursor, sql))}


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


def _all_names(cursor: Cursor, sql: str, definitions: Mapping[str, str]) -> set[str]:
    """Return all that a query reads, and what those read that are queries themselves."""
    names = tables_read_by(cursor, sql)
    inner = [_all_names(cursor, definitions[name], definitions) for name in names & definitions.keys()]
    return names.union(*inner)


def _selected(definition: str) -> str:
    """The query of «CREATE VIEW … AS query»."""
    return definition.split(" AS ", 1)[1].rstrip().removesuffix(";")
