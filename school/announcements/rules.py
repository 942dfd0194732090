"""What an announcement may say, for how long, and whose confirmation it wants (п. 2.9, 4.7)."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from school.audiences.rules import Audience, Part
from school.errors import RuleRefused
from school.files.attachments.kinds import CheckedFile, check_file

SHORTEST_SUBJECT, LONGEST_SUBJECT = 3, 120
SHORTEST_TEXT, LONGEST_TEXT = 3, 4000
MOST_FILES = 5
# Where nothing is chosen an announcement is shown for so long; at most until the end of a school year ahead.
USUAL_DAYS, MOST_DAYS = 14, 300
# An announcement is written at most so long before it is shown.
DAYS_AHEAD = 92


class Wanted(StrEnum):
    """Whose confirmation is wanted; an employee who is asked at all confirms for themself."""

    NOBODY = "nobody"
    ANYBODY = "anybody"
    ONE_GUARDIAN = "one_guardian"
    BOTH_GUARDIANS = "both_guardians"
    PUPIL_AND_GUARDIAN = "pupil_and_guardian"


WANTED_TITLES: dict[Wanted, str] = {
    Wanted.NOBODY: "не нужно",
    Wanted.ANYBODY: "от любого из семьи",
    Wanted.ONE_GUARDIAN: "от одного из родителей",
    Wanted.BOTH_GUARDIANS: "от обоих родителей",
    Wanted.PUPIL_AND_GUARDIAN: "от ученика и одного из родителей",
}
WANTED_OF_STAFF = "от каждого сотрудника"
# Whom an announcement must reach for this confirmation to be possible.
_NEEDS: dict[Wanted, frozenset[Part]] = {
    Wanted.NOBODY: frozenset(),
    Wanted.ANYBODY: frozenset(),
    Wanted.ONE_GUARDIAN: frozenset({Part.GUARDIAN}),
    Wanted.BOTH_GUARDIANS: frozenset({Part.GUARDIAN}),
    Wanted.PUPIL_AND_GUARDIAN: frozenset({Part.PUPIL, Part.GUARDIAN}),
}
_BOTH = 2


class Answering(Protocol):
    """Somebody whom an announcement about one child, or to one employee, has reached."""

    @property
    def part(self) -> Part: ...
    @property
    def person_id(self) -> int: ...
    @property
    def seen_at(self) -> datetime | None: ...
    @property
    def confirmed_at(self) -> datetime | None: ...


class Answer(StrEnum):
    """How it stands with one child or one employee. NOT_POSSIBLE: whose confirmation is wanted is not in the register."""

    CONFIRMED = "confirmed"
    SEEN = "seen"
    UNSEEN = "unseen"
    NOT_POSSIBLE = "not_possible"


ANSWER_TITLES: dict[Answer, str] = {
    Answer.CONFIRMED: "подтверждено",
    Answer.SEEN: "прочитано",
    Answer.UNSEEN: "не открывали",
    Answer.NOT_POSSIBLE: "некому подтвердить",
}


@dataclass(frozen=True)
class Draft:
    """What is announced: to whom, in which words, shown on which days (both inclusive), whose confirmation it wants.

    ``files``: names and contents; ``takes_answers``: whom it reaches may write back to its author.
    """

    audience: Audience
    subject: str
    text: str
    shown_from: date
    shown_until: date
    wanted: Wanted = Wanted.NOBODY
    is_important: bool = False
    is_pinned: bool = False
    files: tuple[tuple[str, bytes], ...] = ()
    takes_answers: bool = False


def wanted_of(parts: Collection[Part]) -> list[Wanted]:
    """Return which confirmations may be wanted of such people."""
    return [wanted for wanted in Wanted if _NEEDS[wanted] <= set(parts)]


def check_draft(draft: Draft, today: date) -> tuple[str, str]:
    """Return subject and text as they are kept; raise RuleRefused for words, days or a confirmation that may not be."""
    subject, text = " ".join(draft.subject.split()), draft.text.strip()
    for what, words, least, most in (
        ("Заголовок", subject, SHORTEST_SUBJECT, LONGEST_SUBJECT),
        ("Текст", text, SHORTEST_TEXT, LONGEST_TEXT),
    ):
        if len(words) < least:
            raise RuleRefused(f"{what} не написан.", next_step="Напишите, что объявить.")
        if len(words) > most:
            raise RuleRefused(f"{what} длиннее {most} знаков: {len(words)}.", next_step="Сократите его.")
    _check_days(draft, today)
    if draft.wanted not in wanted_of(draft.audience.parts):
        raise RuleRefused(
            f"Подтверждение {WANTED_TITLES[draft.wanted]} здесь не получить.",
            "Объявление не приходит тем, кто подтверждает.",
            "Отметьте их среди получателей или выберите другое подтверждение.",
        )
    if len(draft.files) > MOST_FILES:
        raise RuleRefused(f"Файлов больше {MOST_FILES}.", next_step="Приложите главные.")
    return subject, text


def _check_days(draft: Draft, today: date) -> None:
    if draft.shown_from < today:
        raise RuleRefused(
            "Первый день показа уже прошёл.", next_step="Выберите сегодняшний день или более поздний."
        )
    if draft.shown_from > today + timedelta(DAYS_AHEAD):
        raise RuleRefused(
            f"До первого дня показа больше {DAYS_AHEAD} дней.", next_step="Выберите день пораньше."
        )
    if draft.shown_until < draft.shown_from:
        raise RuleRefused("Последний день показа раньше первого.", next_step="Проверьте дни.")
    if draft.shown_until - draft.shown_from > timedelta(MOST_DAYS):
        raise RuleRefused(
            f"Показывать дольше {MOST_DAYS} дней нельзя.", next_step="Выберите последний день раньше."
        )


def check_files(files: Collection[tuple[str, bytes]]) -> list[CheckedFile]:
    """Return files as they may be kept; raises RuleRefused by kind, size and content."""
    return [check_file(name, content) for name, content in files]


def missing(wanted: Wanted, rows: Collection[Answering]) -> set[tuple[Part, int]]:
    """Return whose confirmation is still wanted, of those whom it reached about one child, or of one employee."""
    if wanted == Wanted.NOBODY:
        return set()
    open_rows = {(each.part, each.person_id) for each in rows if each.confirmed_at is None}
    done = [each.part for each in rows if each.confirmed_at is not None]
    guardians = {each for each in open_rows if each[0] == Part.GUARDIAN}
    others = {each for each in open_rows if each[0] == Part.PUPIL}
    staff = {each for each in open_rows if each[0] == Part.STAFF}
    has_guardian = Part.GUARDIAN in done
    if wanted == Wanted.ANYBODY:
        return staff | (set() if done else guardians | others)
    if wanted == Wanted.ONE_GUARDIAN:
        return staff | (set() if has_guardian else guardians)
    if wanted == Wanted.BOTH_GUARDIANS:
        return staff | (set() if done.count(Part.GUARDIAN) >= _BOTH else guardians)
    return staff | others | (set() if has_guardian else guardians)


def answer_of(wanted: Wanted, rows: Collection[Answering]) -> Answer:
    """Return how it stands with one child, or one employee, by the rows of whom it reached."""
    parts = {each.part for each in rows}
    is_of_staff = Part.STAFF in parts
    if wanted != Wanted.NOBODY:
        if not is_of_staff and not _NEEDS[wanted] <= parts:
            return Answer.NOT_POSSIBLE
        if rows and not missing(wanted, rows):
            return Answer.CONFIRMED
    return Answer.SEEN if any(each.seen_at for each in rows) else Answer.UNSEEN


def to_remind(wanted: Wanted, rows: Collection[Answering]) -> set[tuple[Part, int]]:
    """Return whom a reminder goes to about one child: whose confirmation is missing; where none is wanted who has seen nothing.

    Of a family in which somebody has read it nobody is reminded where no confirmation is wanted.
    """
    if wanted != Wanted.NOBODY:
        return missing(wanted, rows)
    return set() if any(each.seen_at for each in rows) else {(each.part, each.person_id) for each in rows}


def was_reminded(reminded_at: datetime | None, today: date) -> bool:
    """Whether somebody was reminded on a day already: whoever reminds, nobody is reminded twice."""
    return reminded_at is not None and reminded_at.date() == today


def check_may_remind(withdrawn_at: datetime | None, shown_from: date, shown_until: date, today: date) -> None:
    """Raise RuleRefused for a reminder of what was withdrawn, is not shown yet, or no longer."""
    check_not_withdrawn(withdrawn_at)
    if today < shown_from:
        raise RuleRefused(
            "Объявление ещё не показано.",
            next_step=f"Напомнить можно с {shown_from:%d.%m.%Y}: с этого дня его видят.",
        )
    if shown_until < today:
        raise RuleRefused("Объявление уже не показывается.", next_step="Напишите новое.")


def check_not_withdrawn(withdrawn_at: datetime | None) -> None:
    """Raise RuleRefused for an announcement that was withdrawn."""
    if withdrawn_at is not None:
        raise RuleRefused("Объявление отозвано.", next_step="Обновите страницу.")


def appears_at(
    sent_at: datetime, shown_from: date, joined_at: datetime | None, reminded_at: datetime | None
) -> datetime:
    """Return when an announcement became new to somebody: sent, first shown, joined the audience, reminded."""
    moments = (sent_at, datetime.combine(shown_from, time()), joined_at, reminded_at)
    return max(each for each in moments if each is not None)


# An address ends before a sign that closes a sentence or a bracket.
_LINK = re.compile(r"https://[^\s<>\"«»]+[^\s<>\"«».,:;!?)\]}'…]", re.IGNORECASE)


def text_parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield a text in parts, each with whether it is an address to follow: https only, all else stays words."""
    place = 0
    for found in _LINK.finditer(text):
        if found.start() > place:
            yield text[place : found.start()], False
        yield found.group(), True
        place = found.end()
    if place < len(text):
        yield text[place:], False
