"""Records of the exchange of files: profiles of columns, whose rows are taken away, the log (п. 4.6)."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from school.files.column_mapping import ColumnMapping, mapping_of_text
from school.year.records import YearKey

IN, OUT = "in", "out"
DIRECTION_TITLES = {IN: "загрузка", OUT: "выгрузка"}


@dataclass(frozen=True)
class ProfileFile:
    """A profile with its name and how often it was settled."""

    name: str
    version: int
    mapping: ColumnMapping


@dataclass(frozen=True)
class StoredProfile:
    """A profile: how files of a kind are read and written; ``mapping`` as JSON, ``version`` counts its changes."""

    profile_id: int
    kind: str
    name: str
    mapping: str
    version: int
    saved_at: datetime

    @cached_property
    def file(self) -> ProfileFile:
        """The profile as it goes into a file."""
        return ProfileFile(self.name, self.version, mapping_of_text(self.mapping))


@dataclass(frozen=True)
class ExchangeRow:
    """A file exchanged by a profile: rows in it, written (loaded or unloaded), refused; when the load was taken back."""

    exchange_id: int
    profile_id: int
    profile_name: str
    kind: str
    direction: str
    file_name: str
    row_count: int
    written_count: int
    refused_count: int
    batch_id: int | None
    exchanged_at: datetime
    exchanged_by: int
    exchanged_by_name: str = ""
    undone_at: datetime | None = None


@dataclass(frozen=True)
class OutChoices:
    """Whose rows are taken away: of a school's year as it is ``today``, entries of a span, graduates of a grade."""

    key: YearKey
    today: date
    span: tuple[date, date]
    grade: int = 9
