"""Which school and year the opening's pages are about; the choice stands in the address and is remembered."""

from datetime import date

import streamlit as st

from pages.ui.filters import choose
from school.calendar import school_year_title
from school.records import User
from school.year.lookups import schools, years_to_choose
from school.year.records import YearKey
from school.year.rules.calendar import year_to_open
from server.session import school


def choose_year(user: User, today: date) -> tuple[int, YearKey | None]:
    """Show the choice of a year, and of a school where there are several.

    Returns the year, and its key once a school is there.
    """
    known = schools(school().store, user)
    years = {str(year): school_year_title(year) for year in years_to_choose(school().store, user, today)}
    year_box, school_box, _ = st.columns([1, 2, 4], vertical_alignment="center")
    year = int(
        choose(
            "opening_year",
            "Учебный год",
            years,
            default=str(year_to_open(today)),
            place=year_box,
            label_hidden=True,
        )
    )
    if str(today.year + 1) not in years:
        st.caption(
            f"{school_year_title(today.year + 1)} учебный год готовят здесь с 1 января {today.year + 1} года."
        )
    if not known:
        return year, None
    if len(known) == 1:
        return year, YearKey(known[0][0], year)
    titles = {str(school_id): name for school_id, name in known}
    school_id = choose("school", "Школа", titles, place=school_box, label_hidden=True)
    return year, YearKey(int(school_id), year)


def no_school_yet() -> None:
    """Say where a year begins."""
    st.info("Школы в журнале ещё нет: начните с шага «Школа».")
    st.page_link("pages/year/year_opening.py", label="Открытие года", icon=":material/flag:")
