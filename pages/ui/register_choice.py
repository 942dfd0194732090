"""Which register and which term a page shows: chosen in boxes, kept in the address as identifiers."""

from collections.abc import Sequence
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.filters import choose_one, choose_part
from school.calendar import school_year_title, term_title
from school.records import RegisterKey, RegisterRow, Term, User
from school.register.lookups.registers import readable_registers, readable_years, register_terms, term_on
from server.session import school


def number_in_url(name: str) -> int | None:
    """Return a whole number from the page's address, or None."""
    value = st.query_params.get(name, "")
    return int(value) if value.isdecimal() else None


def choose_register(user: User, today: date, place: Sequence[DeltaGenerator]) -> RegisterRow | None:
    """Let the user choose a class and a subject among those they may read; the choice stands in the address.

    ``place`` holds the boxes for the class, the subject and the school year.
    """
    class_box, subject_box, year_box = place
    years = readable_years(school().store, user)
    year = _default_year(user, years, today)
    chosen_year = year_box.selectbox(
        "Учебный год",
        years,
        index=years.index(year) if year is not None else None,
        format_func=school_year_title,
        label_visibility="collapsed",
    )
    if chosen_year is not None and chosen_year != year:
        st.query_params.from_dict({"year": str(chosen_year)})
        st.rerun()
    rows = readable_registers(school().store, user, year) if year is not None else []
    if not rows:
        return None
    default = _default_register(rows, user)
    names = {row.key.class_id: row.class_name for row in rows}
    options = {"index": list(names).index(default.key.class_id), "label_visibility": "collapsed"}
    class_id = choose_one("Класс", names, place=class_box, **options)
    own = [row for row in rows if row.key.class_id == class_id]
    wanted = default if default in own else _first_own(own, user)
    return subject_box.selectbox(
        "Предмет", own, index=own.index(wanted), format_func=subject_title, label_visibility="collapsed"
    )


def _default_year(user: User, years: list[int], today: date) -> int | None:
    """The year of the address, or the latest begun one in which the user reads a register."""
    wanted = number_in_url("year")
    if wanted in years:
        return wanted
    begun = [year for year in years if year <= today.year] or years
    return next(
        (year for year in begun if readable_registers(school().store, user, year)), next(iter(begun), None)
    )


def subject_title(row: RegisterRow) -> str:
    """Return «Английский язык · 1-я группа · Орлова В.»."""
    group = f" · {row.subgroup_name}" if row.subgroup_name else ""
    teacher = f" · {row.teacher_names}" if row.teacher_names else ""
    return f"{row.subject_name}{group}{teacher}"


def _default_register(rows: list[RegisterRow], user: User) -> RegisterRow:
    key = RegisterKey(number_in_url("class") or 0, number_in_url("subject") or 0, number_in_url("group"))
    in_url = next((row for row in rows if row.key == key), None)
    same_class = [row for row in rows if row.key.class_id == key.class_id]
    return in_url or _first_own(same_class or rows, user)


def _first_own(rows: list[RegisterRow], user: User) -> RegisterRow:
    return next((row for row in rows if user.staff_id in row.teacher_ids), rows[0])


def choose_term(user: User, register: RegisterRow, today: date, box: DeltaGenerator) -> Term | None:
    """Let the user choose a term of the class; today's term by default."""
    terms = register_terms(school().store, user, register.key)
    wanted = next((term for term in terms if term.term_id == number_in_url("term")), None)
    default = wanted or term_on(terms, today)
    if default is None:
        return None
    titles = {term.term_id: term_title(term.kind, term.number) for term in terms}
    key = f"term-{register.key.class_id}-{default.term_id}"
    chosen = choose_part("Учебный период", titles, default.term_id, key=key, place=box)
    return next((term for term in terms if term.term_id == chosen), default)


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
