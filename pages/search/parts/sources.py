"""Where the search looks, source by source: each answers with what the user may open, and with nothing else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from pages.search.parts.screen_words import SCREEN_WORDS
from school.access.action import Action
from school.access.checks import may_somewhere
from school.guide.lookups import find_paragraphs, guide_named
from school.guide.rules import Paragraph
from school.records import Role, User
from school.search.lookups import find_classes, find_pupils, find_registers, find_teachers, last_places
from school.search.rules import (
    Named,
    Query,
    best,
    first_places,
    loosened,
    named,
    of_class_and_of_the_rest,
    query_of,
)
from server.menu import PLACES, PageRow, existing_rows, menu_rows
from server.session import School

SHOWN, LAST_SHOWN, ADVICE_SHOWN = 6, 5, 4
WORDS_OF_A_QUESTION = 2
# Of letters, and of no class: every source looks for it.
ANY_WORD = "ответ"
OWN_SIGN_INS = "sign_in/own_sign_ins.py"
# By what the user may open a class or a pupil: the page, and the name of the id in its address.
CLASS_PAGES = {
    Action.READ_QUALITY: "school_class",
    Action.READ_REGISTER: "grid",
    Action.READ_CLASS_LISTS: "class_lists",
}
PUPIL_PAGES = {Action.READ_PUPIL_HISTORY: "pupil", Action.READ_CLASS_LISTS: "pupil_card"}


@dataclass(frozen=True)
class Found:
    """A line of what was found. ``about``: a few words beside it; ``address``: within this site, ids and codes only."""

    title: str
    about: str
    address: str


@dataclass(frozen=True)
class Group:
    """What one source found, under its title."""

    title: str
    found: Sequence[Found]


# What a source is: asked with the school, the user and a query that is not empty.
Source = Callable[[School, User, Query], Sequence[Found]]


def screens(_here: School, user: User, query: Query) -> list[Found]:
    """Find screens by their titles, their places and other words for what is done there, as typed or without endings.

    «Когда проверяли 5 класс» is a question of any class. Where none fits, those that the guides answer with.
    """
    rows = _named_screens(user.roles)
    question, (_, any_class) = _question(query), of_class_and_of_the_rest(query)
    for asked in (query, loosened(query), any_class, loosened(question)):
        if found := best(asked, rows, SHOWN):
            return [_screen(row) for row in found]
    own = {row.path: row for row in menu_rows(user)}
    told = dict.fromkeys(f"{page}.py" for each in _paragraphs(user, query) for page in each.pages[:1])
    return [_screen(own[path]) for path in told if path in own]


def registers(here: School, user: User, query: Query) -> list[Found]:
    """Find registers of the year."""
    rows = find_registers(here.store, user, query, today=here.clock().date(), limit=SHOWN)
    return [
        Found(
            f"{row.class_name}, {row.subject_name}{f' ({row.subgroup_name})' if row.subgroup_name else ''}",
            row.teacher_names,
            _address(
                "grid",
                {
                    "year": row.school_year,
                    "class": row.key.class_id,
                    "subject": row.key.subject_id,
                    "group": row.key.subgroup_id,
                },
            ),
        )
        for row in rows
    ]


def classes(here: School, user: User, query: Query) -> list[Found]:
    """Find classes of the year; of «когда проверяли 5 класс» the class that it names, where no register answers."""
    today = here.clock().date()
    found = find_classes(here.store, user, query, today=today, limit=SHOWN)
    if not found and not find_registers(here.store, user, query, today=today, limit=1):
        named_class, _ = of_class_and_of_the_rest(query)
        found = find_classes(here.store, user, named_class, today=today, limit=SHOWN)
    return [
        Found(each.name, "", _address(CLASS_PAGES[each.opens], {"class": each.class_id})) for each in found
    ]


def teachers(here: School, user: User, query: Query) -> list[Found]:
    """Find teachers of the year."""
    found = find_teachers(here.store, user, query, today=here.clock().date(), limit=SHOWN)
    return [
        Found(each.name, each.position, _address("teacher", {"teacher": each.staff_id})) for each in found
    ]


def pupils(here: School, user: User, query: Query) -> list[Found]:
    """Find pupils."""
    found = find_pupils(here.store, user, query, today=here.clock().date(), limit=SHOWN)
    return [
        Found(each.name, each.class_name, _address(PUPIL_PAGES[each.opens], {"pupil": each.pupil_id}))
        for each in found
    ]


def advice(_here: School, user: User, query: Query) -> list[Found]:
    """Find paragraphs of the guides of the user's roles, of all guides for whoever answers calls for help."""
    return [
        Found(each.title, guide.title if (guide := guide_named(each.guide)) else "", each.address)
        for each in _paragraphs(user, query)
    ]


# A new source is a line here.
SOURCES: tuple[tuple[str, Source], ...] = (
    ("Экраны", screens),
    ("Классы", classes),
    ("Журналы", registers),
    ("Ученики", pupils),
    ("Учителя", teachers),
    ("Помощь", advice),
)


def look(here: School, user: User, query: Query) -> list[Group]:
    """Ask every source."""
    return [Group(title, source(here, user, query)) for title, source in SOURCES]


def read_ahead(here: School, user: User) -> None:
    """Read what the first question would else wait for: the sources keep the names that they look through."""
    look(here, user, query_of(ANY_WORD))


def last_screens(here: School, user: User) -> Group:
    """Return where the user was last, the newest first, as far as the user may still go there."""
    rows = {row.path: row for row in menu_rows(user)}
    paths = first_places(last_places(here.store, user), rows, LAST_SHOWN)
    return Group("Недавнее", [_screen(rows[path]) for path in paths])


def _screen(row: PageRow) -> Found:
    place = PLACES[row.place].title if row.place else row.title
    return Found(row.heading or row.title, place if place != row.title else "", _address(row.url_path, {}))


def _paragraphs(user: User, query: Query) -> Sequence[Paragraph]:
    # A number names a class, of this school or not: it is no question, unless words enough stand beside it.
    question = _question(query)
    if any(letter.isdigit() for letter in question.text):
        return ()
    asked = (question.text, *(" ".join(reading) for reading in question.readings[1:]))
    # Whoever answers calls for help is asked about everybody's screens.
    roles = frozenset(Role) if may_somewhere(user, Action.ANSWER_HELP) else user.roles
    return next(filter(None, (find_paragraphs(roles, words, ADVICE_SHOWN) for words in asked)), ())


def _question(query: Query) -> Query:
    """Return a query without the class that it names, if words enough for a question are left; else as it is."""
    _, rest = of_class_and_of_the_rest(query)
    has_number = any(letter.isdigit() for letter in query.text)
    return rest if has_number and len(rest.text.split()) >= WORDS_OF_A_QUESTION else query


@cache
def _named_screens(roles: frozenset[Role]) -> tuple[Named[PageRow], ...]:
    user = User(0, "", "", roles)
    # One's own sign-in stands at the foot of the menu, in no place of it.
    own = [row for row in existing_rows() if row.path == OWN_SIGN_INS]
    return tuple(named(row, row.title, _screen_text(row)) for row in [*menu_rows(user), *own])


def _screen_text(row: PageRow) -> str:
    words = SCREEN_WORDS.get(row.path, "")
    return (
        f"{row.title} {row.heading or ''} {PLACES[row.place].title if row.place else ''} {row.group} {words}"
    )


def _address(page: str, codes: Mapping[str, object]) -> str:
    said = urlencode({name: code for name, code in codes.items() if code is not None})
    return f"/{page}?{said}" if said else f"/{page}"
