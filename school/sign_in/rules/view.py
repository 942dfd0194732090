"""How somebody wants the register to look: size, contrast, stillness, tables as text (ГОСТ Р 52872, WCAG 2.2).

A view travels as words joined by dots («150.dark.still»), the same in the cookie of a browser and in the document that reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from school.errors import RuleRefused

SIZES = (100, 125, 150, 200)
STILL, PLAIN = "still", "plain"
# Beside a view that came from an account: on a computer that several share it is not the next one's.
OWN = "own"


class Contrast(StrEnum):
    """Colours of text and paper."""

    USUAL = "usual"
    HIGH = "high"
    DARK = "dark"


CONTRAST_TITLES = {
    Contrast.USUAL: "Обычные цвета",
    Contrast.HIGH: "Чёрным по белому",
    Contrast.DARK: "Белым по чёрному",
}


@dataclass(frozen=True)
class View:
    """How the register looks; ``size`` in percent."""

    size: int = SIZES[0]
    contrast: Contrast = Contrast.USUAL
    is_still: bool = False
    has_plain_tables: bool = False


USUAL_VIEW = View()


def check_view(form: Mapping[str, str]) -> View:
    """Return the view that a form asks for: «size», «contrast», «still» and «plain» where ticked. Raises RuleRefused."""
    size, contrast = form.get("size", ""), form.get("contrast", "")
    if size not in map(str, SIZES) or contrast not in set(Contrast):
        raise RuleRefused("Такого вида нет.", next_step="Выберите размер и цвета из списка.")
    return View(int(size), Contrast(contrast), STILL in form, PLAIN in form)


def view_words(view: View, *, is_own: bool) -> str:
    """Return a view as a browser keeps it; ``is_own``: it came from an account."""
    ticked = {STILL: view.is_still, PLAIN: view.has_plain_tables, OWN: is_own}
    return ".".join([str(view.size), view.contrast, *(word for word, is_so in ticked.items() if is_so)])


def view_of(words: str | None) -> View:
    """Return the view that a browser keeps, the usual one where it keeps none or something else."""
    size, _, rest = (words or "").partition(".")
    contrast, *ticked = rest.split(".")
    try:
        return check_view({"size": size, "contrast": contrast} | dict.fromkeys(ticked, ""))
    except RuleRefused:
        return USUAL_VIEW


def is_own_view(words: str | None) -> bool:
    """Whether the view that a browser keeps came from somebody's account."""
    return OWN in (words or "").split(".")
