"""What the guides say to somebody: of a page, in answer to a question, at a first visit."""

from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.guide.rules import GUIDE_ROLES, Guide, Paragraph, about_page, answering, read_guide
from school.guide.store import roles_with_steps_closed
from school.records import Role, User
from school.store.connection import Store

FOLDER = Path(__file__).parents[2] / "docs"
# Made by ``python -m docs.pictures``; a product without them shows words alone.
PICTURES = FOLDER / "guide-pictures"


@cache
def guides() -> tuple[Guide, ...]:
    """Return all guides, in the order in which somebody of several roles reads them; read once a process."""
    return tuple(
        read_guide(name, (FOLDER / f"guide-{name}.ru.md").read_text(encoding="utf-8")) for name in GUIDE_ROLES
    )


def guides_of(roles: Collection[Role]) -> list[Guide]:
    """Return the guides of these roles."""
    return [guide for guide in guides() if GUIDE_ROLES[guide.name] & frozenset(roles)]


def guide_named(name: str) -> Guide | None:
    """Return a guide, or None where there is none of this name."""
    return next((guide for guide in guides() if guide.name == name), None)


def paragraphs_of(roles: Collection[Role], page: str) -> list[Paragraph]:
    """Return what is said of a page («register/grid») to somebody of these roles."""
    return about_page(guides(), frozenset(roles), page)


def find_paragraphs(roles: Collection[Role], words: str, limit: int) -> list[Paragraph]:
    """Return at most so many paragraphs for these roles that answer a question, the surest first."""
    own = frozenset(roles)
    return answering(
        (each for guide in guides() for each in guide.paragraphs if each.roles & own), words, limit
    )


def steps_to_show(store: Store, user: User) -> Sequence[Guide]:
    """Return the guides whose first steps the user has not closed yet. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    return guides_of(user.roles - roles_with_steps_closed(store, user.user_id))
