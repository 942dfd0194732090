"""Which register a page shows: chosen in its bar, kept in the address as identifiers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from school.calendar import school_year_title
from school.received import id_of
from school.records import RegisterRow, User
from school.register.lookups.registers import readable_registers, readable_years
from server.session import School

# What an address says, by name: identifiers as text.
Address = Mapping[str, str]
NO_REGISTERS = "Журналов пока нет. Они появятся, когда администратор заполнит нагрузку или загрузит журнал."
NO_TERMS = "У класса нет учебных периодов. Их задаёт администратор в календаре учебного года."


@dataclass(frozen=True)
class RegisterChoice:
    """The registers that somebody may choose from in a school year, and the one that an address means."""

    years: Sequence[int]
    year: int
    rows: Sequence[RegisterRow]
    register: RegisterRow

    def boxes(self) -> list[dict[str, Any]]:
        """Return the boxes for the class, the subject and the year as the bar of a grid shows them."""
        key = self.register.key
        classes = {row.key.class_id: row.class_name for row in self.rows}
        own = [row for row in self.rows if row.key.class_id == key.class_id]
        return [
            box(
                "Класс",
                {f"class={each}&group=": name for each, name in classes.items()},
                f"class={key.class_id}&group=",
            ),
            box(
                "Предмет",
                {_subject_part(row): subject_title(row) for row in own},
                _subject_part(self.register),
            ),
            box(
                "Учебный год",
                {_year_part(year): school_year_title(year) for year in self.years},
                _year_part(self.year),
            ),
        ]


def box(label: str, titles: Mapping[str, str], chosen: str, *, is_row: bool = False) -> dict[str, Any]:
    """Return a box of a grid's bar (see ``pages.grid``): what to put into the address, and the words for it."""
    return {"label": label, "options": list(titles.items()), "chosen": chosen, "is_row": is_row}


def _subject_part(row: RegisterRow) -> str:
    return f"subject={row.key.subject_id}&group={row.key.subgroup_id or ''}"


def _year_part(year: int) -> str:
    return f"year={year}&class=&subject=&group=&term="


def subject_title(row: RegisterRow) -> str:
    """Return «Английский язык · 1-я группа · Орлова В.»."""
    group = f" · {row.subgroup_name}" if row.subgroup_name else ""
    teacher = f" · {row.teacher_names}" if row.teacher_names else ""
    return f"{row.subject_name}{group}{teacher}"


def whole_number_of(address: Address, name: str) -> int | None:
    """Return a whole number from an address, or None."""
    return id_of(address.get(name))


def number_in_url(name: str) -> int | None:
    """Return a whole number from the page's address, or None."""
    return whole_number_of(st.query_params.to_dict(), name)


def choose_register(school: School, user: User, address: Address, today: date) -> RegisterChoice | None:
    """Return the register that an address means, with what else the user may read; None where they read none.

    The year of the address, or else the latest begun one in which the user reads a register; then the register of the
    address, the same subject in another class, the user's own, the first.
    """
    years = readable_years(school.store, user)
    begun = [year for year in years if year <= today.year] or years
    wanted = whole_number_of(address, "year")
    for year in [wanted] if wanted in years else begun:
        rows = readable_registers(school.store, user, year)
        if rows:
            return RegisterChoice(years, year, rows, _wanted_register(rows, user, address))
    return None


def _wanted_register(rows: Sequence[RegisterRow], user: User, address: Address) -> RegisterRow:
    class_id, subject_id, subgroup_id = (
        whole_number_of(address, name) for name in ("class", "subject", "group")
    )
    of_class = [row for row in rows if row.key.class_id == class_id]
    of_subject = [row for row in of_class if row.key.subject_id == subject_id]
    own = [row for row in of_class or rows if user.staff_id in row.teacher_ids]
    exact = [row for row in of_subject if row.key.subgroup_id == subgroup_id]
    return [*exact, *of_subject, *own, *of_class, *rows][0]


def address_of(register: RegisterRow, term_id: int | None, lesson_id: int | None = None) -> dict[str, str]:
    """Return a register and a term as the address of a page: identifiers only."""
    chosen = {
        "year": register.school_year,
        "class": register.key.class_id,
        "subject": register.key.subject_id,
        "group": register.key.subgroup_id,
        "term": term_id,
        "lesson": lesson_id,
    }
    return {name: str(value) for name, value in chosen.items() if value is not None}
