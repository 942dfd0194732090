"""Events as sentences for people; the words of each kind stand in ``data/reference/events.csv``."""

from school.reference import reference_rows

_EVENTS = reference_rows("events")
EVENT_TITLES = {row["kind"]: row["title"] for row in _EVENTS}
# Of these an event says what there was, not what it was before.
NOTED_KINDS = frozenset(row["kind"] for row in _EVENTS if row["has_value_only"] == "1")


def event_sentence(kind: str, old_value: str | None, new_value: str | None, reason: str) -> str:
    """Return what happened in one Russian sentence, without naming a pupil."""
    title = EVENT_TITLES[kind]
    if kind in NOTED_KINDS and new_value and not old_value:
        return f"{title[0].upper()}{title[1:]}: {new_value}" + (f" ({reason})" if reason else "")
    change = f": «{old_value or 'пусто'}» → «{new_value or 'пусто'}»" if old_value or new_value else ""
    return f"{title[0].upper()}{title[1:]}{change}" + (f" (причина: {reason})" if reason else "")
