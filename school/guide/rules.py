"""A guide as paragraphs: which pages each is about, for whom it is true, and which of them answer a question."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from school.records import Role

FAMILY_GUIDE = "family"
# A guide → whose it is; in this order a person of several roles reads them: first who types, then who looks.
GUIDE_ROLES: dict[str, frozenset[Role]] = {
    "teacher": frozenset({Role.TEACHER}),
    "homeroom": frozenset({Role.HOMEROOM}),
    "secretary": frozenset({Role.SECRETARY}),
    "deputy": frozenset({Role.DEPUTY}),
    "head": frozenset({Role.HEAD}),
    "admin": frozenset({Role.ADMIN}),
    FAMILY_GUIDE: frozenset({Role.GUARDIAN, Role.PUPIL}),
}
STEPS = 3

_NOTE = re.compile(r"<!--\s*(page|also|asked|steps)\s*:?\s*(.*?)\s*-->\n?", re.DOTALL)
_HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
_STEP = re.compile(r"^\d+\. +(.+?)(?=^\d+\. |\Z)", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"[а-яa-z0-9]+")
# Words that a question begins or is filled with.
_FILLING = frozenset(
    ["а", "без", "бы", "в", "во", "где", "для", "до", "ему", "за", "и", "из", "или", "их", "к", "как", "ко", "когда", "кто", "ли", "мне", "мой", "мою", "можно", "на", "над", "не", "нет", "но", "о", "об", "он", "она", "они", "от", "по", "под", "при", "про", "с", "со", "сделать", "так", "то", "у", "увидеть", "узнать", "это", "я", "что", "чтобы"]
)  # fmt: skip
IN_TITLE, IN_TEXT = 3, 1
# Of the words of a question so many have to be met.
SHARE_MET = 0.5
SHORT_WORD, ENDING = 3, 3
Vocabulary = Mapping[str, AbstractSet[str]]


@dataclass(frozen=True)
class Paragraph:
    """A heading of a guide with what stands under it, as Markdown.

    ``pages`` are the pages that it is about («register/grid»), ``asked`` the questions that it answers, ``roles`` those it is
    true for: of its own guide and others that it names.
    """

    guide: str
    number: int
    title: str
    pages: tuple[str, ...]
    asked: tuple[str, ...]
    roles: frozenset[Role]
    text: str

    @property
    def anchor(self) -> str:
        """What stands after «#» in the address of the guide."""
        return f"p{self.number}"

    @property
    def address(self) -> str:
        """Where the paragraph is read within its guide."""
        return f"/guide/{self.guide}#{self.anchor}"


@dataclass(frozen=True)
class Guide:
    """A guide: its title, what stands before the first heading, the steps of a first visit, the paragraphs."""

    name: str
    title: str
    opening: str
    steps: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]

    @property
    def step_list(self) -> str:
        """The steps as a list of Markdown, which numbers them itself."""
        return "\n".join(f"1. {step}" for step in self.steps)


def read_guide(name: str, text: str) -> Guide:
    """Return a guide of its Markdown; the notes («<!-- page: … -->») are taken out. Raises ValueError for one without a title."""
    opening, *parts = _HEADING.split(text)
    title, _, opening = opening.strip().partition("\n")
    if not title.startswith("# "):
        raise ValueError(f"The guide «{name}» has no title")
    steps: tuple[str, ...] = ()
    paragraphs: list[Paragraph] = []
    for heading, body in zip(parts[::2], parts[1::2], strict=True):
        notes = dict(_NOTE.findall(body))
        words = _NOTE.sub("", body).strip()
        if "steps" in notes:
            steps = tuple(" ".join(step.split()) for step in _STEP.findall(words))
            continue
        paragraphs.append(
            Paragraph(
                name,
                len(paragraphs) + 1,
                heading.strip(),
                tuple(notes.get("page", "").split()),
                tuple(each.strip() for each in notes.get("asked", "").split(";") if each.strip()),
                GUIDE_ROLES[name] | {Role(each) for each in notes.get("also", "").split()},
                words,
            )
        )
    return Guide(name, title.removeprefix("# "), opening.strip(), steps, tuple(paragraphs))


def about_page(guides: Iterable[Guide], roles: frozenset[Role], page: str) -> list[Paragraph]:
    """Return what is said of a page to somebody of these roles: of each role its own guide's word, else another guide's."""
    told = [each for guide in guides for each in guide.paragraphs if page in each.pages]
    found: dict[Paragraph, None] = {}
    for name, owners in GUIDE_ROLES.items():
        for role in sorted(owners & roles):
            own = [each for each in told if each.guide == name]
            found |= dict.fromkeys(own or [each for each in told if role in each.roles])
    return list(found)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text that mean something, in small letters, «ё» as «е»."""
    words = _WORD.findall(text.lower().replace("ё", "е"))
    return tuple(word for word in words if word not in _FILLING)


def are_alike(one: str, other: str) -> bool:
    """Whether two words differ by their endings only: «отметку» and «отметок», «исправить» and «исправление»."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) <= SHORT_WORD:
        return one == other
    same = next((at for at, letter in enumerate(shorter) if letter != longer[at]), len(shorter))
    return same >= max(SHORT_WORD + 1, len(shorter) - ENDING) and 2 * same >= len(longer)


def answering(paragraphs: Iterable[Paragraph], question: str, limit: int) -> list[Paragraph]:
    """Return at most so many paragraphs that answer a question, the surest first: words met in the title count most."""
    wanted = words_of(question)
    scored = [(_score(each, wanted), each) for each in paragraphs] if wanted else []
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return [each for _, each in best[:limit]]


def _score(paragraph: Paragraph, wanted: Sequence[str]) -> float:
    """Return 0 where too few of the words are met; of titles that meet as many the shortest is the surest."""
    titles = [_vocabulary(each) for each in (paragraph.title, *paragraph.asked)]
    met = [_met(word, titles, paragraph.text) for word in wanted]
    if sum(points > 0 for points in met) < SHARE_MET * len(wanted):
        return 0.0
    closeness = max(
        sum(_is_met(word, title) for word in wanted) / max(sum(map(len, title.values())), len(wanted))
        for title in titles
    )
    return sum(met) + IN_TITLE * closeness


def _met(word: str, titles: Iterable[Vocabulary], text: str) -> int:
    if any(_is_met(word, title) for title in titles):
        return IN_TITLE
    return IN_TEXT if _is_met(word, _vocabulary(text)) else 0


@cache
def _vocabulary(text: str) -> Vocabulary:
    """Return the words of a guide's text by their beginnings: words that are alike begin alike."""
    found: dict[str, set[str]] = {}
    for word in words_of(text):
        found.setdefault(word[: SHORT_WORD + 1], set()).add(word)
    return found


def _is_met(word: str, among: Vocabulary) -> bool:
    return any(are_alike(word, each) for each in among.get(word[: SHORT_WORD + 1], ()))
