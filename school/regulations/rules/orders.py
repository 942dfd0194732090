"""Templates of orders, filled from what the register knows; what they say may be edited before the approval (п. 4.1, 4.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from school.errors import RuleRefused
from school.numbers import counted


class OrderTemplate(StrEnum):
    """What an order is about."""

    STATUTE = "statute"
    ADMINISTRATOR = "administrator"
    HOMEROOMS = "homerooms"
    SUBSTITUTIONS = "substitutions"
    INSPECTION = "inspection"
    CALENDAR = "calendar"


TEMPLATE_TITLES: dict[OrderTemplate, str] = {
    OrderTemplate.STATUTE: "Об утверждении документа",
    OrderTemplate.ADMINISTRATOR: "О назначении администратора электронного журнала",
    OrderTemplate.HOMEROOMS: "О закреплении классных руководителей",
    OrderTemplate.SUBSTITUTIONS: "О замене уроков",
    OrderTemplate.INSPECTION: "О проверке журналов",
    OrderTemplate.CALENDAR: "Об утверждении календарного учебного графика",
}
CONTROL = "Контроль за исполнением приказа оставляю за собой."
Row = tuple[str, ...]


@dataclass(frozen=True)
class OrderWords:
    """An order before anybody edits it: its title, its ground, its text."""

    title: str
    basis: str
    body: str


def day_text(day: date) -> str:
    """Return «23.11.2026»."""
    return f"{day:%d.%m.%Y}"


def table_lines(head: Row, rows: Sequence[Row]) -> str:
    """Return a table as a text holds it: a line a row, cells between «|», of which the cells themselves have none."""
    return "\n".join(" | ".join(cell.replace("|", "/") for cell in row) for row in (head, *rows))


def _body(*points: str, tables: Sequence[str] = ()) -> str:
    numbered = [f"{number}. {words}" for number, words in enumerate((*points, CONTROL), 1)]
    return "\n".join(["ПРИКАЗЫВАЮ:", *numbered, *tables])


def statute_order(kind: str, title: str, valid_from: date | None, replaced: str) -> OrderWords:
    """Return the order that approves a document; ``replaced``: the version that it takes the place of, or nothing."""
    since = f" и ввести в действие с {day_text(valid_from)}" if valid_from else ""
    points = [
        f"Утвердить {kind} «{title}»{since}.",
        *([f"Считать утратившим силу: {replaced}."] if replaced else ()),
        "Ознакомить с документом работников под подпись.",
    ]
    return OrderWords(f"Об утверждении документа «{title}»", "", _body(*points))


def administrator_order(people: Sequence[Row], school_year: str) -> OrderWords:
    """Return the order that appoints the administrators of the register: name and position of each (п. 4.3, 6.1, 8.6).

    Raises RuleRefused where there is none.
    """
    if not people:
        raise RuleRefused(
            "Администратора журнала в школе нет.", next_step="Дайте роль сотруднику: «Сотрудники»."
        )
    points = (
        f"Назначить администратором электронного журнала на {school_year} учебный год работников по списку ниже.",
        "Администратору: обеспечивать бесперебойную работу журнала, резервное копирование, доступ пользователей и "
        "консультации (п. 4.3, 6.1, 8.6 положения о ведении журнала).",
    )
    return OrderWords(
        TEMPLATE_TITLES[OrderTemplate.ADMINISTRATOR],
        "положение о ведении электронного журнала, п. 4.3",
        _body(*points, tables=[table_lines(("Фамилия, имя, отчество", "Должность"), people)]),
    )


def homeroom_order(classes: Sequence[Row], school_year: str) -> OrderWords:
    """Return the order that appoints homeroom teachers: class and name of each, an empty name where there is none.

    Raises RuleRefused without a class.
    """
    if not classes:
        raise RuleRefused("Классов этого года в журнале нет.", next_step="Сначала откройте учебный год.")
    points = (
        f"Закрепить классных руководителей за классами на {school_year} учебный год по списку ниже.",
        "Классным руководителям вести сведения об обучающихся в журнале (п. 4.3 положения о ведении журнала).",
    )
    rows = [(name, teacher or "не назначен") for name, teacher in classes]
    return OrderWords(
        TEMPLATE_TITLES[OrderTemplate.HOMEROOMS],
        "положение о ведении электронного журнала, п. 4.3",
        _body(*points, tables=[table_lines(("Класс", "Классный руководитель"), rows)]),
    )


SUBSTITUTION_HEAD = ("Дата", "Урок", "Класс", "Предмет", "Вместо кого", "Кто проводит", "Причина")


def substitution_order(rows: Sequence[Row], first: date, last: date) -> OrderWords:
    """Return the order about substitutions of a span, a row each as in SUBSTITUTION_HEAD (п. 4.2, 4.5).

    Raises RuleRefused where there are none.
    """
    if not rows:
        raise RuleRefused("Замен в эти дни нет.", next_step="Выберите другие дни.")
    span = day_text(first) if first == last else f"с {day_text(first)} по {day_text(last)}"
    count = counted(len(rows), "урок", "урока", "уроков")
    points = (
        f"Провести замены {span}, всего {count}, по списку ниже.",
        "Замещающим учителям заполнить электронный журнал в день урока и подписать журнал замен (п. 4.5 положения).",
    )
    table = table_lines(SUBSTITUTION_HEAD, rows)
    return OrderWords(f"О замене уроков {span}", "табель замен", _body(*points, tables=[table]))


def inspection_order(
    title: str, span: tuple[date, date], teachers: Sequence[Row], *, is_known: bool
) -> OrderWords:
    """Return the order about an inspection: to hold it, or of what it has found once its report is known (п. 6.2–6.4).

    ``teachers``: name, findings, the last day to mend them.
    """
    days = f"за период с {day_text(span[0])} по {day_text(span[1])}"
    basis = "положение о ведении электронного журнала, п. 6.2–6.4"
    if not is_known:
        points = (
            f"Провести проверку ведения электронных журналов «{title}» {days}.",
            "По итогам составить справку и довести её до педагогических работников (п. 6.4 положения).",
        )
        return OrderWords(TEMPLATE_TITLES[OrderTemplate.INSPECTION], basis, _body(*points))
    points = (
        f"Утвердить справку по итогам проверки «{title}» {days}.",
        "Учителям устранить замечания в указанные сроки."
        if teachers
        else "Замечаний по итогам проверки нет.",
    )
    tables = [table_lines(("Учитель", "Замечаний", "Устранить до"), teachers)] if teachers else []
    return OrderWords("Об итогах проверки журналов", basis, _body(*points, tables=tables))


def calendar_order(
    school_year: str, days: tuple[date, date], terms: Sequence[Row], breaks: Sequence[Row]
) -> OrderWords:
    """Return the order that approves the calendar of a year (п. 5.1): ``terms``: title, classes, days; ``breaks``: name, days."""
    points = (
        f"Утвердить календарный учебный график на {school_year} учебный год: занятия с {day_text(days[0])} по "
        f"{day_text(days[1])}.",
        "Заместителю директора по УВР и администратору журнала вести журнал по этому графику (п. 5.1 положения).",
    )
    tables = ["Учебные периоды", table_lines(("Период", "Классы", "Начало", "Окончание"), terms)]
    if breaks:
        tables += ["Каникулы и дни без уроков", table_lines(("Что", "Классы", "Начало", "Окончание"), breaks)]
    return OrderWords(
        f"Об утверждении календарного учебного графика на {school_year} учебный год",
        "273-ФЗ, ст. 28; положение о ведении электронного журнала, п. 5.1",
        _body(*points, tables=tables),
    )
