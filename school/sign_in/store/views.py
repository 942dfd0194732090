"""How users want the register to look."""

from school.sign_in.rules.view import Contrast, View
from school.store.reading import Reader, Writer, read_one
from school.store.writing import insert


def stored_view(reader: Reader, user_id: int) -> View | None:
    """Return a user's view, or None where they have chosen none."""
    query = "SELECT size, contrast, is_still, has_plain_tables FROM views WHERE user_id = $user"
    found = read_one(reader, View, query, {"user": user_id})
    return (
        View(found.size, Contrast(found.contrast), found.is_still, found.has_plain_tables) if found else None
    )


def save_view(writer: Writer, user_id: int, view: View) -> None:
    """Set or replace a user's view."""
    insert(
        writer,
        "views",
        "OR REPLACE",
        user_id=user_id,
        size=view.size,
        contrast=str(view.contrast),
        is_still=view.is_still,
        has_plain_tables=view.has_plain_tables,
    )
