"""«Найти» of a diary: its pages, the child's subjects, whom to write to, and what the guide answers; a form without a script.

What was typed goes in the body, never into an address that somebody logs.
"""

from collections.abc import Iterator
from functools import cache

from starlette.requests import Request
from starlette.routing import Route

from pages.families.parts.answering import Form, acting, asked, reading
from pages.families.parts.diary_answers import Asked
from pages.families.parts.diary_html import PLACES, SCHOOL_PLACES
from school.correspondence.lookups.threads import recipients
from school.families.lookups.marks import diary_marks
from school.guide.lookups import find_paragraphs, guide_named
from school.guide.rules import FAMILY_GUIDE
from school.records import Role, User
from school.search.rules import LONGEST_QUERY, Named, Query, best, named, query_of
from server.http.own_routes import know_ids

PLACE = "/find"
MOST_FOUND, MOST_ANSWERS = 6, 3
# After the pupil's number; the rest of the diary stands in its tabs.
MORE_PLACES = {
    "/absences/announce": "Сообщить о пропуске",
    "/messages/new": "Написать в школу",
    "/tasks": "Личные задания",
    "/materials": "Материалы",
}
# Of the person, whichever child.
ACCOUNT_PLACES = {
    "/family/notices": "Уведомления и календарь",
    "/family/phone": "На телефоне",
    "/family/sign-ins": "Мой вход",
    "/family/password": "Сменить пароль",
    "/family/view": "Вид: размер букв и цвета",
}
# What people call a page by, beside its name and the guide's questions.
OTHER_NAMES = {
    "/events": ("каникулы", "праздники", "выходные"),
    "/family/view": ("крупные буквы", "шрифт", "контраст", "версия для слабовидящих"),
}
# Templates of the guide's notes that are not named as their places are.
TEMPLATE_PLACES = {"": "week", "/new": "news", "/school": "announcements", "/absences/announce": "announce", "/messages/new": "write", "/family/sign-ins": "sign_ins"}  # fmt: skip
Links = list[tuple[str, str]]


def find_page(here: Asked, typed: str = "") -> bytes:
    """Return the page of the search with what the words find. Raises AccessRefused or Refusal."""
    query = query_of(typed)
    groups = [] if query.is_empty else [each for each in _groups(here, query) if each[1]]
    return here.drawn("find.html", PLACE, "Найти", words=query.text, groups=groups, longest=LONGEST_QUERY)


def _groups(here: Asked, query: Query) -> Iterator[tuple[str, Links]]:
    diary = f"/family/{here.pupil_id}"
    answers = find_paragraphs({Role.GUARDIAN}, query.text, MOST_ANSWERS)
    found = best(query, _named_places(), MOST_FOUND)
    pages = {page for each in answers for page in each.pages}
    found += [each for each in _places() if _guide_page(each) in pages and each not in found]
    is_guardian = here.user.has(Role.GUARDIAN)
    yield (
        "Страницы",
        [
            (_places()[each], each if each.startswith("/family/") else diary + each)
            for each in found[:MOST_FOUND]
            if is_guardian or each != "/absences/announce"
        ],
    )
    marks = diary_marks(here.school.store, here.user, here.pupil_id, today=here.today, now=here.now)
    subjects = [named((each.name, f"{diary}/marks/{each.subject_id}"), each.name) for each in marks.subjects]
    yield "Предметы", best(query, subjects, MOST_FOUND)
    people = recipients(here.school.store, here.user, child=here.pupil_id, today=here.today)
    letters = [
        named(
            (f"{each.name.full} — {each.words}", f"{diary}/messages/new?to={each.user_id}"),
            each.name.full,
            each.words,
        )
        for each in people
    ]
    yield "Кому написать", best(query, letters, MOST_FOUND)
    yield "В руководстве", [(each.title, each.address) for each in answers]


@cache
def _places() -> dict[str, str]:
    own = {place: name for place, name in PLACES.items() if place != PLACE}
    return own | SCHOOL_PLACES | MORE_PLACES | ACCOUNT_PLACES


@cache
def _named_places() -> tuple[Named[str], ...]:
    """Return the places by their names and by the questions that the guide answers about them."""
    guide = guide_named(FAMILY_GUIDE)
    asked_of: dict[str, list[str]] = {}
    for each in guide.paragraphs if guide else ():
        for page in each.pages[:1]:
            asked_of.setdefault(page, []).extend(each.asked)
    return tuple(
        named(place, name, *OTHER_NAMES.get(place, ()), *asked_of.get(_guide_page(place), ()))
        for place, name in _places().items()
    )


def _guide_page(place: str) -> str:
    return "diary/" + TEMPLATE_PLACES.get(place, place.rpartition("/")[2])


def _ask(request: Request, user: User, _form: Form) -> bytes:
    return find_page(asked(request, user))


def _find(request: Request, user: User, form: Form) -> bytes:
    return find_page(asked(request, user), form.get("q", ""))


know_ids()

ROUTES: list[Route] = [
    reading(f"/family/{{pupil_id:id}}{PLACE}", _ask),
    acting(f"/family/{{pupil_id:id}}{PLACE}", _find),
]
