"""Settings of the school: a name and a value."""

from school.records import Role
from school.store.reading import Reader, Writer
from school.store.writing import insert


def setting(reader: Reader, name: str) -> str | None:
    """Return a setting's value, or None where it was never set."""
    rows = reader.steady(("settings",), "SELECT value FROM settings WHERE name = $name", {"name": name})
    return rows[0][0] if rows else None


def settings_under(reader: Reader, prefix: str) -> dict[str, str]:
    """Return the settings whose names start with ``prefix``, the prefix cut off."""
    query = "SELECT name, value FROM settings WHERE starts_with(name, $prefix) ORDER BY name"
    rows = reader.steady(("settings",), query, {"prefix": prefix})
    return {name.removeprefix(prefix): value for name, value in rows}


def save_setting(writer: Writer, name: str, value: str) -> None:
    """Set or replace a setting."""
    insert(writer, "settings", "OR REPLACE", name=name, value=value)


def demo_user_ids(reader: Reader) -> dict[Role, int]:
    """Return who stands for each role in a demonstration school; empty in a real one."""
    if setting(reader, "demo") != "1":
        return {}
    named = settings_under(reader, "demo.user.")
    return {role: int(named[role]) for role in Role if role in named}
