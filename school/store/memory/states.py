"""What has changed since when: every commit has a state, and an answer is as old as the state of the tables it came from."""

import re
from collections.abc import Callable, Collection, Hashable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache

_CHANGED_TABLE = re.compile(
    r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+(?!SET\b)(\w+)", re.IGNORECASE
)
MOST_ENTRIES = 4096
# Of each table so many lessons, or rows by their word, are told apart: more than the lessons of two years.
MOST_KEYS = 200_000
# People sign in, choose their notices and write to one another all day, and nothing that is read of the school depends on it.
ACCOUNT_TABLES = frozenset(
    {
        "away_notes",
        "calendar_feeds",
        "complaints",
        "device_notices",
        "first_steps",
        "message_files",
        "messages",
        "mutes",
        "notice_settings",
        "push_devices",
        "push_keys",
        "recovery_codes",
        "request_readings",
        "second_factors",
        "sessions",
        "sign_in_attempts",
        "thread_people",
        "threads",
        "trusted_devices",
        "views",
    }
)


@lru_cache(maxsize=2000)
def tables_changed_by(sql: str) -> frozenset[str]:
    """Return the tables that the statements insert into, update or delete from."""
    return frozenset(name.lower() for name in _CHANGED_TABLE.findall(sql))


@dataclass
class Changes:
    """What the jobs of a database transaction changed.

    ``tables``: all that changed; ``at_large``: those of which anything may have changed; of the others only what is
    entered in ``lessons``. ``of_all``: those of which what is said of anybody may have changed, ``lessons_of_all``: the lessons of
    which it may; what else changed is of ``pupils`` alone.
    """

    tables: set[str] = field(default_factory=set)
    at_large: set[str] = field(default_factory=set)
    lessons: set[int] = field(default_factory=set)
    # The lessons by table.
    entered: dict[str, set[Hashable]] = field(default_factory=dict)
    of_all: set[str] = field(default_factory=set)
    lessons_of_all: set[int] = field(default_factory=set)
    pupils: set[int] = field(default_factory=set)

    def note(
        self, sql: str, entered_in: Collection[Hashable] | None, of_pupils: Collection[int] | None = None
    ) -> frozenset[str]:
        """Note and return the tables that a statement changes.

        ``entered_in``: the only lessons whose entries it does, or the only rows by their word; ``of_pupils``: the only ones of whom it changes what is said.
        """
        changed = tables_changed_by(sql)
        lessons = {each for each in entered_in or () if isinstance(each, int)}
        if of_pupils is not None:
            self.pupils.update(of_pupils)
        elif entered_in is None:
            self.of_all |= changed
        else:
            self.lessons_of_all |= lessons
        self.tables |= changed
        if entered_in is None:
            self.at_large |= changed
        else:
            self.lessons |= lessons
            for table in changed:
                self.entered.setdefault(table, set()).update(entered_in)
        return changed

    def may_have_changed(self, tables: Collection[str], lesson: Hashable) -> bool:
        """Whether what these tables say of a lesson may have changed."""
        return not self.at_large.isdisjoint(tables) or any(
            lesson in self.entered.get(table, ()) for table in tables
        )


class States:
    """The state of each table: the number of the last commit that changed it."""

    def __init__(self) -> None:
        """Start where nothing has changed yet."""
        self._states: dict[str, int] = {}
        self._states_at_large: dict[str, int] = {}
        # By table the state of the last commit that entered something in a lesson.
        self._states_entered: dict[str, dict[Hashable, int]] = {}
        # The state of the last commit that changed what is said of anybody, of everybody at a lesson, of one pupil.
        self._state_of_all = 0
        self._states_of_lessons: dict[int, int] = {}
        self._states_of_pupils: dict[int, int] = {}
        # (state, tables, lessons) of the last commits that entered something in lessons; older ones than
        # ``_forgotten`` are no longer distinguished.
        self._entries: list[tuple[int, frozenset[str], frozenset[int]]] = []
        self._forgotten = 0

    def note_changes(self, changes: Changes, state: int) -> None:
        """Note what a commit changed; ``state`` grows with every commit."""
        for table in changes.tables:
            self._states[table] = state
        for table in changes.at_large:
            self._states_at_large[table] = state
        for table, lessons in changes.entered.items():
            states = self._states_entered.setdefault(table, {})
            states.update(dict.fromkeys(lessons, state))
            if len(states) > MOST_KEYS:
                # Read again once, as after any change: sessions begin and end for years. Who asks just now keeps the old table.
                self._states_at_large[table], self._states_entered[table] = state, {}
        if changes.of_all - ACCOUNT_TABLES:
            self._state_of_all = state
        self._states_of_lessons.update(dict.fromkeys(changes.lessons_of_all, state))
        self._states_of_pupils.update(dict.fromkeys(changes.pupils, state))
        if changes.lessons:
            self._note_entries(frozenset(changes.tables), frozenset(changes.lessons), state)

    def _note_entries(self, tables: frozenset[str], lessons: frozenset[int], state: int) -> None:
        kept = self._entries
        if len(kept) >= MOST_ENTRIES:
            self._forgotten, kept = kept[MOST_ENTRIES // 2 - 1][0], kept[MOST_ENTRIES // 2 :]
        self._entries = [*kept, (state, tables, lessons)]

    def state_of(self, tables: Iterable[str]) -> int:
        """Return the state at which any of the tables changed last; 0 where none has since the start."""
        return max((self._states.get(table, 0) for table in tables), default=0)

    def state_of_tables_at_large(self, tables: Iterable[str]) -> int:
        """Return the state at which anything but entries in lessons last changed in any of the tables."""
        return max((self._states_at_large.get(table, 0) for table in tables), default=0)

    def states_of_lessons(self, tables: Collection[str]) -> Callable[[Hashable], int]:
        """Return what says of a lesson at which state what these tables say of it may have changed last."""
        at_large = self.state_of_tables_at_large(tables)
        entered = [states for table in tables if (states := self._states_entered.get(table))]

        def state_of(lesson: Hashable) -> int:
            state = at_large
            for states in entered:
                if (found := states.get(lesson, 0)) > state:
                    state = found
            return state

        return state_of

    def newest_entry(self, lessons: Collection[int]) -> int:
        """Return the state at which something was last entered in any of these lessons."""
        found = (states.get(lesson, 0) for states in self._states_entered.values() for lesson in lessons)
        return max(found, default=0)

    def state_of_pupil(self, pupil_id: int, lessons: AbstractSet[int]) -> int:
        """Return the state at which what is said of a pupil at these lessons, or beside them, may have changed last."""
        of_lessons = self._states_of_lessons
        newest = max((of_lessons[each] for each in of_lessons.keys() & lessons), default=0)
        return max(self._state_of_all, self._states_of_pupils.get(pupil_id, 0), newest)

    def state_at_large(self) -> int:
        """Return the state at which anything but entries in lessons, and who is signed in, changed last."""
        states = (state for table, state in self._states_at_large.items() if table not in ACCOUNT_TABLES)
        return max(states, default=0)

    def lessons_entered(self, tables: frozenset[str], since: int) -> frozenset[int] | None:
        """Return the lessons in which something was entered after a state; None where anything may have changed."""
        at_large = self.state_of_tables_at_large(tables)
        entries = self._entries
        if since < max(at_large, self._forgotten):
            return None
        newer = (lessons for state, changed, lessons in entries if state > since and changed & tables)
        return frozenset().union(*newer)
