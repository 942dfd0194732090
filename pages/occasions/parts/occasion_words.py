"""An event in the staff's words: who has answered, whether it stands (п. 3.6)."""

from pages.ui.typed_text import Markdown, as_typed
from school.calendar import day_title
from school.occasions.lookups import Asked, Occasion, OccasionAnswer

COMING = {True: "придёт", False: "не придёт"}
NO_ANSWER = "нет ответа"


def answer_words(answer: OccasionAnswer | None, *, is_asked: bool = True) -> str:
    """Return what somebody said, empty where they are not asked."""
    if answer is None:
        return NO_ANSWER if is_asked else ""
    return COMING[answer.is_coming]


def asked_words(asked: Asked | None) -> str:
    """Return «18 из 25»: how many have answered; empty where nobody is asked."""
    return "" if asked is None else f"{asked.coming + asked.not_coming} из {asked.asked}"


def state_badge(occasion: Occasion) -> Markdown:
    """Return whether an event was cancelled or changed, as a badge."""
    if occasion.cancelled_at is not None:
        return Markdown(f" :red-badge[отменено: {as_typed(occasion.cancel_reason)}]")
    changed = f" :orange-badge[изменено {day_title(occasion.changed_at.date())}]"
    return Markdown(changed if occasion.version else "")
