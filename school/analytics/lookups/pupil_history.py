"""Pupils over all years of the register, for those whose pupils they are (п. 2.4, 4.3, 4.5).

The head and the deputy read everything; a homeroom teacher everything of the pupils who are in the own class today,
of former pupils what belongs to the own class; a teacher what belongs to the own registers.
"""

from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.analytics.lookups.tables import ScopedTables, scope_of
from school.analytics.store.frames import ReadScope, Selection
from school.analytics.store.pupil_history import (
    CurrentMarksRow,
    FinalMarkRow,
    HistoryPupil,
    PlaceRow,
    TermKey,
    current_marks,
    final_marks,
    find_pupils,
    is_own_pupil,
    places_of_pupil,
    pupil_name,
)
from school.errors import Refusal
from school.families.store.remarks import StoredRemark, remarks_of_pupil
from school.records import TermKind, User
from school.spans import is_in_span
from school.store.connection import Store
from school.store.names import rows_apart

__all__ = ["CurrentMarksRow", "FinalMarkRow", "HistoryPupil", "TermKey"]

LONGEST_SEARCH, MOST_WORDS = 80, 4


def search_pupils(
    store: Store, user: User, text: str, selection: Selection, *, today: date, limit: int
) -> list[HistoryPupil]:
    """Return pupils in the user's scope whose names the typed words begin, by name; «е» finds «ё» and back.

    ``selection`` may narrow to classes (class_id). Without words: everybody. Raises AccessRefused.
    """
    scope = scope_of(user, Action.READ_PUPIL_HISTORY)
    words = text[:LONGEST_SEARCH].split()[:MOST_WORDS]
    return rows_apart(store, find_pupils(store.cursor(), scope, selection, words, today, limit))


@dataclass(frozen=True)
class PupilHistory:
    """Everything kept of a pupil that the reader may see; ``sees_all``: nothing is held back."""

    pupil_id: int
    name: str
    places: tuple[PlaceRow, ...]
    sees_all: bool
    final_marks: tuple[FinalMarkRow, ...]
    current_marks: tuple[CurrentMarksRow, ...]
    remarks: tuple[StoredRemark, ...]

    @property
    def terms(self) -> list[TermKey]:
        """The terms (not years) that have any mark, in their order."""
        rows: list[FinalMarkRow | CurrentMarksRow] = [*self.final_marks, *self.current_marks]
        return sorted({row.term for row in rows if row.term_kind != TermKind.YEAR})

    def place_on(self, day: date) -> PlaceRow | None:
        """Return the class of a day, of several the newest; None where the pupil is in none."""
        return next(
            (place for place in self.places if is_in_span([(place.starts_on, place.ends_on)], day)), None
        )


def pupil_history(store: Store, user: User, pupil_id: int, *, today: date) -> PupilHistory:
    """Return a pupil over all years.

    Raises AccessRefused for a pupil outside the scope, known or not, and Refusal where the whole school has none such.
    """
    places = places_of_pupil(store, pupil_id)
    scope, cursor = _scope_for(store, user, pupil_id, places, today), store.cursor()
    name = pupil_name(store, pupil_id)
    if name is None:
        raise Refusal("Такого ученика нет.", next_step="Найдите ученика на странице «Ученики».")
    remarks = remarks_of_pupil(store, pupil_id, date.min)
    return PupilHistory(
        pupil_id=pupil_id,
        name=name,
        places=tuple(places),
        sees_all=scope.is_whole_school,
        final_marks=tuple(final_marks(cursor, scope, pupil_id)),
        current_marks=tuple(current_marks(cursor, scope, pupil_id)),
        remarks=tuple(
            row
            for row in remarks
            if scope.is_whole_school or row.written_by == user.user_id or row.class_id in scope.class_ids
        ),
    )


def pupil_tables(store: Store, user: User, pupil_id: int, *, today: date) -> ScopedTables:
    """Return the tables that this user's figures of one pupil are made of; select the pupil in them.

    Raises AccessRefused for a strange pupil.
    """
    places = places_of_pupil(store, pupil_id)
    return ScopedTables(store, store.cursor(), _scope_for(store, user, pupil_id, places, today))


def _scope_for(store: Store, user: User, pupil_id: int, places: list[PlaceRow], today: date) -> ReadScope:
    """Return whose rows of this pupil the user may see: all of them while the pupil is in the user's own class."""
    scope = scope_of(user, Action.READ_PUPIL_HISTORY)
    present = {place.class_id for place in places if is_in_span([(place.starts_on, place.ends_on)], today)}
    if scope.is_whole_school or present & scope.class_ids:
        return ReadScope(is_whole_school=True)
    if not is_own_pupil(store.cursor(), scope, pupil_id):
        check_may(user, Action.READ_PUPIL_HISTORY, Rows(pupil_id=pupil_id))
    return scope
