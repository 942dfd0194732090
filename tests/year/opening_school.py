"""A school that opens its year step by step, as an administrator would."""

from dataclasses import dataclass
from datetime import date, datetime

from school.files.plan import SourceRow, digest_of
from school.records import PersonName, Role, User
from school.reference import public_holidays
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.year.actions.opening import (
    name_school,
    save_bell_times,
    save_classes,
    save_subjects,
    save_year_calendar,
)
from school.year.actions.teaching_load import save_load
from school.year.actions.timetable import TimetableDone, save_timetable
from school.year.records import YearKey
from school.year.rules.calendar import usual_calendar
from school.year.store.school_tables import bell_times, classes_of_year, subjects_of_school
from school.year.store.states import load_state, timetable_state

AUGUST = datetime(2026, 8, 27, 10)
ADMIN = User(1, "admin", "Админ", frozenset({Role.ADMIN}))
TEACHERS = {11: PersonName("Орлова", "Вера"), 12: PersonName("Стрельцов", "Глеб")}
FIRST_DAY = date(2026, 9, 1)


def rows(*texts: dict[str, str]) -> list[SourceRow]:
    """Return rows of a table, numbered from 1."""
    return [SourceRow(number, text) for number, text in enumerate(texts, start=1)]


def hire(store: Store) -> None:
    """Add the two teachers and the administrator's account."""

    def work(transaction: Transaction) -> None:
        for staff_id, name in TEACHERS.items():
            transaction.change(
                "INSERT INTO staff (staff_id, last_name, first_name) VALUES ($id, $last, $first)",
                {"id": staff_id, "last": name.last, "first": name.first},
            )
        transaction.new_ids(100)
        transaction.record(Event(AUGUST, None, "school"))

    store.write(work)


@dataclass
class Opening:
    """The steps of an opening over a store, at a moment."""

    store: Store
    key: YearKey
    now: datetime = AUGUST

    def classes(self, *texts: dict[str, str]) -> None:
        """Load classes from a file."""
        made_from = digest_of(classes_of_year(self.store, self.key))
        save_classes(self.store, ADMIN, self.key, rows(*texts), made_from, now=self.now, is_whole=False)

    def subjects(self, *names: str) -> None:
        """Load subjects from a file."""
        made_from = digest_of(subjects_of_school(self.store, self.key.school_id))
        texts = rows(*({"name": name} for name in names))
        save_subjects(self.store, ADMIN, self.key.school_id, texts, made_from, now=self.now, is_whole=False)

    def bells(self, count: int) -> None:
        """Load bells of an hour each from eight o'clock on."""
        texts = rows(
            *(
                {"number": str(n), "starts_at": f"{7 + n}:00", "ends_at": f"{7 + n}:45"}
                for n in range(1, count + 1)
            )
        )
        made_from = digest_of(bell_times(self.store))
        save_bell_times(self.store, ADMIN, texts, made_from, now=self.now, is_whole=False)

    def load(
        self, *lines: tuple[str, str, str, str, str], first_day: date = FIRST_DAY, class_id: int | None = None
    ) -> None:
        """Load lines: class, subject, subgroup, teacher, hours; with a class they are its whole table."""
        fields = ("school_class", "subject", "subgroup", "teacher", "hours_a_week")
        texts = rows(*(dict(zip(fields, line, strict=True)) for line in lines))
        made_from = digest_of(load_state(self.store, self.key, first_day, class_id).loads)
        save_load(
            self.store,
            ADMIN,
            self.key,
            texts,
            made_from,
            first_day=first_day,
            now=self.now,
            class_id=class_id,
        )

    def week(
        self, school_class: str, cells: dict[tuple[str, int], str], first_day: date = FIRST_DAY
    ) -> TimetableDone:
        """Give a class its week: (weekday, number) → what stands in the cell."""
        texts = rows(
            *(
                {"school_class": school_class, "weekday": day, "number": str(number), "lesson": lesson}
                for (day, number), lesson in cells.items()
            )
        )
        state = timetable_state(self.store, self.key, first_day)
        class_id = next(key for key, name in state.class_names.items() if name == school_class)
        return save_timetable(
            self.store,
            ADMIN,
            self.key,
            texts,
            digest_of(state.slots),
            first_day=first_day,
            now=self.now,
            class_id=class_id,
        )

    def class_id(self, name: str) -> int:
        """Return a class by its name."""
        return int(self.store.read("SELECT class_id FROM classes WHERE name = $name", {"name": name})[0][0])


def open_year(store: Store) -> Opening:
    """Open the year of a new school with two classes, two teachers, a load and a week for 7А."""
    hire(store)
    opening = Opening(store, YearKey(name_school(store, ADMIN, None, "Школа у реки", now=AUGUST), 2026))
    calendar = usual_calendar(2026, public_holidays())
    save_year_calendar(store, ADMIN, opening.key.school_id, calendar, now=AUGUST)
    opening.subjects("Алгебра", "История", "Английский язык")
    opening.classes({"name": "7А", "homeroom": "Орлова"}, {"name": "10Б"})
    opening.bells(6)
    opening.load(
        ("7А", "Алгебра", "", "Орлова", "2"),
        ("7А", "История", "", "Стрельцов", "1"),
        ("10Б", "Алгебра", "", "Орлова", "1"),
    )
    opening.week("7А", {("пн", 1): "алг 204", ("ср", 1): "алг 204", ("вт", 2): "ист 12"})
    return opening
