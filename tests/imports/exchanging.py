"""Files written and read by a profile, as the page does it."""

from dataclasses import replace
from datetime import date

from loading import WISH
from small_school import NOW, SCHOOL

from school.files.column_mapping import ColumnMapping
from school.files.source import SourceTable
from school.files.tables import read_tables
from school.imports.actions.exchanges import UnloadedFile, unload
from school.imports.actions.profiles import keep_profile
from school.imports.records import OutChoices
from school.imports.rules.profile_files import read_by_profile
from school.records import User
from school.store.connection import Store
from school.year.records import YearKey

OUT_CHOICES = OutChoices(YearKey(SCHOOL, 2026), NOW.date(), (date(2026, 9, 1), date(2027, 5, 31)))
# What is there may be replaced, and a load or a timetable is compared as it is today.
TODAY_WISH = replace(WISH, first_day=NOW.date(), may_replace=True)


def keep(store: Store, user: User, mapping: ColumnMapping, name: str = "Обмен") -> int:
    """Keep a mapping as a profile and return its id."""
    return keep_profile(store, user, mapping.kind, name, mapping.to_text(), now=NOW)


def take_out(store: Store, user: User, profile_id: int, *, as_csv: bool = True) -> UnloadedFile:
    """Return the file of a profile."""
    return unload(store, user, profile_id, OUT_CHOICES, as_csv=as_csv, now=NOW)


def read_back(content: bytes, mapping: ColumnMapping) -> SourceTable:
    """Return the rows of a file as a profile reads them."""
    return read_by_profile(read_tables(content), mapping)
