"""What must be closed before a school year goes into the archive (п. 6.5), and when its paper is due (п. 6.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from school.calendar import school_year_title
from school.errors import RuleRefused
from school.numbers import counted

# «не позднее 30 июня»; reminders begin as the last lessons end.
REMIND_FROM, DUE_ON = (5, 25), (6, 30)
OBSTACLES_NAMED = 4
REASON_LENGTH = 300


@dataclass(frozen=True)
class ClassCount:
    """Of a class, how many of something are open."""

    class_name: str
    count: int


@dataclass(frozen=True)
class YearFacts:
    """What is known of a school year: its last day, and what of it is open, by names people know."""

    school_year: int
    ends_on: date | None
    open_terms: Sequence[str] = ()
    unfilled_lessons: Sequence[ClassCount] = ()
    missing_marks: Sequence[ClassCount] = ()
    unpublished_inspections: Sequence[str] = ()
    unread_inspections: Sequence[ClassCount] = ()
    undecided_pupils: Sequence[ClassCount] = ()


@dataclass(frozen=True)
class Obstacle:
    """Something that is open: what, and who does what about it where."""

    what: str
    next_step: str


def obstacles(facts: YearFacts, today: date) -> list[Obstacle]:
    """Return all that is open of a year, in the order in which a school closes it; empty: it may be archived (п. 6.5)."""
    if facts.ends_on is None:
        return [Obstacle("В этом учебном году нет учебных периодов.", "Выберите другой год.")]
    found = []
    if facts.ends_on >= today:
        found.append(
            Obstacle(
                f"Учебный год ещё идёт: последний день {facts.ends_on:%d.%m.%Y}.", "Дождитесь его конца."
            )
        )
    if facts.unfilled_lessons:
        words = f"Не заполнены уроки: {_by_class(facts.unfilled_lessons, ('урок', 'урока', 'уроков'))}."
        found.append(Obstacle(words, "Учителя записывают тему и посещаемость на странице «Журнал»."))
    if facts.missing_marks:
        words = f"Нет отметок за период или за год: {_by_class(facts.missing_marks, ('отметка', 'отметки', 'отметок'))}."
        found.append(Obstacle(words, "Учителя выставляют их на странице «Оценки за период»."))
    if facts.open_terms:
        words = f"Не закрыты учебные периоды: {', '.join(facts.open_terms)}."
        found.append(Obstacle(words, "Их закрывает заместитель директора на странице «Учебные периоды»."))
    found += [
        Obstacle(
            f"Проверка журнала не закончена: «{title}».",
            "Справку доводит до сведения тот, кто проверял: страница «Проверки журнала».",
        )
        for title in facts.unpublished_inspections
    ]
    if facts.unread_inspections:
        words = f"Справку о проверке прочитали не все: {_by_class(facts.unread_inspections, ('учитель', 'учителя', 'учителей'))}."
        found.append(Obstacle(words, "Учителя отмечают прочтение на странице «Справки о проверке»."))
    if facts.undecided_pupils:
        words = (
            f"Нет решения педсовета: {_by_class(facts.undecided_pupils, ('ученик', 'ученика', 'учеников'))}."
        )
        found.append(Obstacle(words, "Решения вносят на странице «Решения педсовета»."))
    return found


def _by_class(counts: Sequence[ClassCount], words: tuple[str, str, str]) -> str:
    named = [f"{each.class_name} — {counted(each.count, *words)}" for each in counts[:OBSTACLES_NAMED]]
    left = len(counts) - len(named)
    return ", ".join(named) + (f" и ещё {left}" if left > 0 else "")


def check_ready(facts: YearFacts, today: date) -> None:
    """Raise RuleRefused that lists what is open (п. 6.5)."""
    found = obstacles(facts, today)
    if found:
        raise RuleRefused(
            f"{school_year_title(facts.school_year)} учебный год ещё нельзя сдать в архив.",
            " ".join(each.what for each in found),
            found[0].next_step,
        )


def check_may_make_again(*, is_open: bool, is_made: bool, reason: str) -> None:
    """Raise RuleRefused while a package of the year is being made, and where a second one is asked for without a reason (п. 6.5)."""
    if is_open:
        raise RuleRefused("Архив этого года уже готовится.", next_step="Дождитесь окончания.")
    if is_made and not reason.strip():
        raise RuleRefused(
            "Архив этого года уже есть.",
            "Новый пакет начнёт бумагу сначала: печать, подпись, сдача на хранение.",
            "Напишите, почему он нужен.",
        )
    if len(reason.strip()) > REASON_LENGTH:
        raise RuleRefused(f"Причина длиннее {REASON_LENGTH} знаков.", next_step="Сократите её.")


@dataclass(frozen=True)
class PaperDue:
    """The year whose paper is due, how many documents are not signed and sewn yet (None: no package), and whether it is late."""

    school_year: int
    left: int | None
    is_late: bool

    @property
    def count(self) -> int:
        """How many things wait for a hand."""
        return 1 if self.left is None else self.left

    @property
    def words(self) -> str:
        """What waits, in words."""
        year = school_year_title(self.school_year)
        term = "срок прошёл 30 июня" if self.is_late else "срок — 30 июня"
        if self.left is None:
            return f"Архив {year} учебного года ещё не сделан: {term} (п. 6.6)."
        left = counted(self.left, "документ", "документа", "документов")
        return f"Не подписано и не прошито за {year} учебный год: {left}; {term} (п. 6.6)."


def year_due(today: date) -> int:
    """Return the school year whose paper is due: from 25 May the one that ends, until the next 25 May (п. 6.6)."""
    return today.year - 1 - ((today.month, today.day) < REMIND_FROM)


def paper_due(school_year: int, left: int | None, today: date) -> PaperDue:
    """Return what is due of a year; late from 1 July on (п. 6.6)."""
    return PaperDue(school_year, left, today > date(school_year + 1, *DUE_ON))
