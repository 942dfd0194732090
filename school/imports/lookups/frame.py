"""What the loading of files starts from: schools and years, earlier loads; for those who may load."""

from dataclasses import dataclass

from school.access.action import Action
from school.access.checks import check_may
from school.imports.store.loads import BatchRow, batches
from school.imports.store.people import year_frame
from school.records import User
from school.register.store.registers import school_years
from school.store.connection import Store
from school.year.store.calendars import known_schools


@dataclass(frozen=True)
class LoadingFrame:
    """Schools (id, name) and school years (newest first) into which a file may be loaded."""

    schools: list[tuple[int, str]]
    school_years: list[int]


def loading_frame(store: Store, user: User) -> LoadingFrame:
    """Return where files may be loaded. Raises AccessRefused."""
    check_may(user, Action.LOAD_FILES)
    return LoadingFrame(known_schools(store), school_years(store))


def class_names(store: Store, user: User, school_id: int, school_year: int) -> list[str]:
    """Return the names of the classes of a year. Raises AccessRefused."""
    check_may(user, Action.LOAD_FILES)
    return list(year_frame(store, school_id, school_year)[0].values())


def earlier_loads(store: Store, user: User) -> list[BatchRow]:
    """Return the loads, newest first. Raises AccessRefused."""
    check_may(user, Action.LOAD_FILES)
    return batches(store)
