"""What a document of the school must say, who is still to be acquainted, and when one may be reminded (п. 4.1, 4.2; ТК, ст. 22, 68)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from school.errors import RuleRefused
from school.files.attachments.kinds import CheckedFile, check_file
from school.regulations.records import (
    Acquaintance,
    Regulation,
    RegulationDraft,
    RegulationKind,
    RegulationState,
)

SHORTEST, LONGEST_TITLE, LONGEST_NUMBER, LONGEST_BASIS = 3, 200, 20, 300
LONGEST_BODY, LONGEST_NOTE, LONGEST_AGREEMENT = 20_000, 500, 200
FILE_KINDS = ("pdf", "docx")
KIND_TITLES: dict[RegulationKind, str] = {
    RegulationKind.STATUTE: "положение",
    RegulationKind.ORDER: "приказ",
    RegulationKind.PROCEDURE: "регламент",
    RegulationKind.INSTRUCTION: "инструкция",
    RegulationKind.SCHEDULE: "график",
    RegulationKind.ACT: "акт",
}
STATE_TITLES: dict[RegulationState, str] = {
    RegulationState.DRAFT: "черновик",
    RegulationState.SUBMITTED: "на утверждении",
    RegulationState.APPROVED: "утверждён",
}
# So many days before the last day of acquaintance the program reminds whoever has not done it.
REMIND_BEFORE = timedelta(days=2)


def check_draft(draft: RegulationDraft) -> RegulationDraft:
    """Return a draft as it is kept; raises RuleRefused for words that may not be, or days in the wrong order (п. 4.2)."""
    title, number, basis = (" ".join(each.split()) for each in (draft.title, draft.number, draft.basis))
    if len(title) < SHORTEST:
        raise RuleRefused("Заголовок не написан.", next_step="Напишите, о чём документ.")
    for what, words, most in (
        ("Заголовок", title, LONGEST_TITLE),
        ("Номер", number, LONGEST_NUMBER),
        ("Основание", basis, LONGEST_BASIS),
        ("Текст", draft.body, LONGEST_BODY),
    ):
        if len(words) > most:
            raise RuleRefused(f"{what} длиннее {most} знаков: {len(words)}.", next_step="Сократите.")
    if draft.valid_from and draft.valid_until and draft.valid_until < draft.valid_from:
        raise RuleRefused(
            "Последний день действия раньше первого.", next_step="Проверьте дни «действует с — по»."
        )
    return replace(draft, title=title, number=number, basis=basis, body=draft.body.strip())


def check_document(name: str, content: bytes) -> CheckedFile:
    """Return the file of a document as it may be kept: PDF or Word. Raises RuleRefused."""
    return check_file(name, content, FILE_KINDS)


def check_may_change(state: RegulationState, *, is_head: bool) -> None:
    """Raise RuleRefused for a change of what is approved, or lies before the head."""
    if state is RegulationState.APPROVED:
        raise RuleRefused("Документ уже утверждён и не меняется.", next_step="Подготовьте новую редакцию.")
    if state is RegulationState.SUBMITTED and not is_head:
        raise RuleRefused("Документ на утверждении у директора.", next_step="Отзовите его и исправьте.")


def check_complete(draft: RegulationDraft, *, has_file: bool) -> None:
    """Raise RuleRefused for a draft without text and file: there is nothing to approve."""
    if not draft.body and not has_file:
        raise RuleRefused(
            "В документе нет ни текста, ни файла.", next_step="Напишите текст или приложите файл."
        )


def check_submitted(state: RegulationState) -> None:
    """Raise RuleRefused where the head decides about what nobody has handed in."""
    if state is not RegulationState.SUBMITTED:
        raise RuleRefused("Документ не на утверждении.", next_step="Обновите страницу.")


def check_approval(regulation: Regulation, approved: Collection[Regulation], today: date) -> Regulation:
    """Return a document as it is approved: numbered, dated, valid from its day on. Raises RuleRefused (п. 4.1).

    ``approved``: all approved documents; a number is given once a kind and calendar year.
    """
    check_submitted(regulation.state)
    if not regulation.number:
        raise RuleRefused("У документа нет номера.", next_step="Впишите номер и утвердите снова.")
    dated_on = regulation.dated_on or today
    taken = next((each for each in approved if _has_number(each, regulation, dated_on.year)), None)
    if taken is not None:
        raise RuleRefused(
            f"Номер {regulation.number} уже занят: «{taken.title}».", next_step="Впишите другой номер."
        )
    valid_from = regulation.valid_from or dated_on
    if regulation.valid_until is not None and regulation.valid_until < max(valid_from, today):
        raise RuleRefused("Срок действия документа уже прошёл.", next_step="Исправьте «действует по».")
    if regulation.read_by is not None and regulation.read_by < today:
        raise RuleRefused("Срок ознакомления уже прошёл.", next_step="Исправьте срок и утвердите снова.")
    return replace(
        regulation, dated_on=dated_on, valid_from=valid_from, state=RegulationState.APPROVED, note=""
    )


def next_number(regulation: Regulation, approved: Collection[Regulation], year: int) -> str:
    """Return the number after the greatest one given to the kind in a calendar year, "" where none is a number (п. 4.1)."""
    given = [
        int(each.number)
        for each in approved
        if each.kind == regulation.kind
        and each.dated_on is not None
        and each.dated_on.year == year
        and each.number.isdecimal()
    ]
    return str(max(given) + 1) if given else ""


def _has_number(other: Regulation, regulation: Regulation, year: int) -> bool:
    is_other = other.series_id != regulation.series_id
    is_same = (other.kind, other.number) == (regulation.kind, regulation.number)
    return is_other and is_same and other.dated_on is not None and other.dated_on.year == year


def last_day_of_replaced(old: Regulation, new_from: date) -> date:
    """Return the last day of a version that a new one replaces: the day before, or the earlier one that it had."""
    before = new_from - timedelta(days=1)
    return before if old.valid_until is None else min(old.valid_until, before)


def check_text(text: str, most: int, what: str, next_step: str) -> str:
    """Return words that must be there and not be too long; raises RuleRefused."""
    words = " ".join(text.split())
    if len(words) < SHORTEST:
        raise RuleRefused(f"{what}: не написано.", next_step=next_step)
    if len(words) > most:
        raise RuleRefused(f"{what}: больше {most} знаков.", next_step="Сократите.")
    return words


def waits(regulation: Regulation, row: Acquaintance, today: date) -> bool:
    """Whether an employee is still to be acquainted: opening is not enough (ТК, ст. 22, 68)."""
    return row.confirmed_at is None and regulation.asks_to_be_read(today)


def check_asks(regulation: Regulation, today: date) -> None:
    """Raise RuleRefused for acquaintance with what is no longer to be read."""
    if regulation.asks_to_be_read(today):
        return
    if regulation.replaced_by is not None:
        raise RuleRefused("Этот документ заменён новой редакцией.", next_step="Ознакомьтесь с новой.")
    raise RuleRefused("Этот документ не действует.", next_step="Обновите страницу.")


def check_signed_on(signed_on: date, approved_at: datetime | None, today: date) -> None:
    """Raise RuleRefused for a signature on paper of a day to come, or before the approval."""
    if signed_on > today:
        raise RuleRefused("Этот день ещё не наступил.", next_step="Укажите день подписи.")
    if approved_at is not None and signed_on < approved_at.date():
        raise RuleRefused("В этот день документ ещё не был утверждён.", next_step="Укажите день подписи.")


def to_remind(
    rows: Collection[Acquaintance], with_sign_in: Collection[int], today: date
) -> list[Acquaintance]:
    """Return who is reminded today: has not done it, can sign in, was not reminded today."""
    return [
        row
        for row in rows
        if row.confirmed_at is None
        and row.staff_id in with_sign_in
        and (row.reminded_at is None or row.reminded_at.date() < today)
    ]


def is_due(read_by: date | None, today: date) -> bool:
    """Whether the program itself reminds of a document: its last day of acquaintance is near or over."""
    return read_by is not None and today >= read_by - REMIND_BEFORE


def body_parts(body: str) -> Iterator[str | list[tuple[str, ...]]]:
    """Yield a text in parts: a paragraph, or the rows of a table whose lines have «|»; all rows are as long as the first."""
    rows: list[tuple[str, ...]] = []
    for line in (*body.splitlines(), ""):
        if "|" in line:
            cells = tuple(each.strip() for each in line.strip().strip("|").split("|"))
            rows.append(_fitted(cells, len(rows[0]) if rows else len(cells)))
            continue
        if rows:
            yield rows
            rows = []
        if line.strip():
            yield line.strip()


def _fitted(cells: Sequence[str], count: int) -> tuple[str, ...]:
    extra = [" ".join(cells[count - 1 :])] if len(cells) > count else [*cells[count - 1 :]]
    return (*cells[: count - 1], *extra, *[""] * (count - len(cells)))
