"""What the rows of a load or a timetable are held against: the present state of a school's year, read at once."""

from datetime import date

from school.store.reading import Reader
from school.year.records import LoadState, TimetableState, YearKey
from school.year.store.calendars import calendar_of
from school.year.store.school_tables import bell_times, classes_of_year, staff_names, subjects_of_school
from school.year.store.timetables import load_of_year, slots_of_year, subgroup_pupils, taught_loads


def load_state(reader: Reader, key: YearKey, day: date, class_id: int | None = None) -> LoadState:
    """Return what the rows of a load are held against: of all classes of a year, or of one."""
    classes = {
        each.record_id: each.name for each in classes_of_year(reader, key) if each.record_id is not None
    }
    subjects = {
        each.record_id: each.name
        for each in subjects_of_school(reader, key.school_id)
        if each.record_id is not None
    }
    loads = load_of_year(reader, key, day)
    return LoadState(
        classes,
        subjects,
        staff_names(reader, day),
        [load for load in loads if class_id in (None, load.class_id)],
    )


def timetable_state(reader: Reader, key: YearKey, day: date) -> TimetableState:
    """Return what the rows of a timetable that holds from a day on are held against."""
    calendar = calendar_of(reader, key)
    return TimetableState(
        taught_loads(reader, key, day),
        slots_of_year(reader, key, day),
        frozenset(bell.number for bell in bell_times(reader)),
        calendar.days_a_week if calendar else 6,
        {each.record_id: each.name for each in classes_of_year(reader, key) if each.record_id is not None},
        subgroup_pupils(reader, key, day),
    )
