"""What a letter says: that there is something new, and never what (п. 3.6; 152-ФЗ, ст. 7): no mark, no reason, nobody's name.

A child's name stands in it only where the guardian has asked for that: beside several children a bare number says little.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from school.notices.records import LetterKind

SETTINGS_PLACE, UNSUBSCRIBE_PLACE, DIARY_PLACE = "/family/notices", "/letters/", "/family"


@dataclass(frozen=True)
class LetterText:
    """A letter's subject and body."""

    subject: str
    body: str


# By kind: the subject, and the sentence that the body begins with.
TEXTS: Mapping[LetterKind, tuple[str, str]] = {
    LetterKind.CODE: (
        "Код для уведомлений дневника",
        "Код: {code}. Введите его в дневнике на странице «Уведомления и календарь» в течение часа.\n"
        "Если вы не просили писать на этот адрес, ничего делать не нужно: без кода писем не будет.",
    ),
    LetterKind.DIGEST: ("В дневнике есть новое ({count})", "В дневнике есть новое: {count}."),
    LetterKind.ABSENCE: (
        "В дневнике есть срочное ({count})",
        "В дневнике появилась запись, о которой вы просили сообщать сразу.",
    ),
    LetterKind.CANCELLED: ("Расписание изменилось ({count})", "В расписании есть изменения: {count}."),
    LetterKind.ANNOUNCEMENT: ("Важное объявление ({count})", "В дневнике есть важное объявление: {count}."),
    LetterKind.REMINDER: (
        "Школа напоминает об объявлении ({count})",
        "В дневнике есть объявление, о котором школа напоминает: {count}.",
    ),
}
TEST_LETTER = LetterText(
    "Пробное письмо электронного дневника",
    "Почта школы настроена верно: это письмо отправила программа электронного журнала.\n",
)


def letter_text(
    kind: LetterKind,
    count: int,
    base_url: str,
    *,
    code: str = "",
    unsubscribe: str = "",
    by_child: Mapping[str, int] | None = None,
) -> LetterText:
    """Return a letter about so many things; ``by_child``: first names, only of children whose guardian wants them named.

    ``unsubscribe`` is the token of the way to end all letters.
    """
    subject, sentence = TEXTS[kind]
    lines = [sentence.format(count=count, code=code)]
    if kind is not LetterKind.CODE:
        lines += [f"{name}: {number}" for name, number in (by_child or {}).items()]
        lines += [
            f"Открыть дневник: {base_url}{DIARY_PLACE}",
            "",
            "--",
            f"Изменить уведомления: {base_url}{SETTINGS_PLACE}",
            f"Больше не присылать: {unsubscribe_address(base_url, unsubscribe)}",
        ]
    return LetterText(subject.format(count=count), "\n".join(lines) + "\n")


def unsubscribe_address(base_url: str, token: str) -> str:
    """Return where all letters to a user are ended without signing in."""
    return f"{base_url}{UNSUBSCRIBE_PLACE}{token}"
