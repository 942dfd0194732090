"""Questions about 8Б to the actions and lookups of year."""

from asking import CONTROLLERS, TODAY, Question, passed, was_done
from small_school import CLASS_8B, MATHS, NOW, QUARTER_2, SCHOOL

from school.access.action import Action
from school.records import User
from school.store.connection import Store
from school.store.rows import SchoolStructure
from school.year import lookups as opening_lookups
from school.year.actions import founding, opening, teaching_load, timetable
from school.year.records import YearKey
from school.year.store.calendars import calendar_of

YEAR_KEY = YearKey(SCHOOL, 2026)


def _keep_calendar(store: Store, user: User) -> None:
    calendar = calendar_of(store, YEAR_KEY)
    assert calendar is not None
    opening.save_year_calendar(store, user, SCHOOL, calendar, now=NOW)


QUESTIONS: dict[str, Question] = {
    "year.actions.founding.check_may_found": Question(
        lambda store, user: store.write(lambda transaction: founding.check_may_found(transaction, user)),
        {"admin"},
        was_done,
    ),
    "year.actions.founding.write_structure": Question(
        lambda store, user: founding.write_structure(store, user, SchoolStructure(), now=NOW),
        {"admin"},
        was_done,
    ),
    "year.actions.founding.write_lessons": Question(
        lambda store, user: founding.write_lessons(store, user, [], now=NOW), {"admin"}, was_done
    ),
    "year.actions.founding.write_term_marks": Question(
        lambda store, user: founding.write_term_marks(store, user, []), {"admin"}, was_done
    ),
    "year.actions.founding.write_lesson_plans": Question(
        lambda store, user: founding.write_lesson_plans(store, user, [], []), {"admin"}, was_done
    ),
    "year.actions.founding.write_homework": Question(
        lambda store, user: founding.write_homework(store, user, [], [], [], now=NOW), {"admin"}, was_done
    ),
    "year.actions.founding.close_terms": Question(
        lambda store, user: founding.close_terms(store, user, [(QUARTER_2, NOW, user.user_id)]),
        {"admin"},
        was_done,
    ),
    "year.actions.opening.name_school": Question(
        lambda store, user: opening.name_school(store, user, SCHOOL, "Школа за рекой", now=NOW),
        {"admin"},
        was_done,
    ),
    "year.actions.opening.save_year_calendar": Question(_keep_calendar, {"admin"}, was_done),
    "year.actions.opening.save_classes": Question(
        lambda store, user: passed(
            lambda: opening.save_classes(store, user, YEAR_KEY, [], "", now=NOW, is_whole=False)
        ),
        {"admin"},
        was_done,
    ),
    "year.actions.opening.save_subjects": Question(
        lambda store, user: passed(
            lambda: opening.save_subjects(store, user, SCHOOL, [], "", now=NOW, is_whole=False)
        ),
        {"admin"},
        was_done,
    ),
    "year.actions.opening.save_bell_times": Question(
        lambda store, user: passed(
            lambda: opening.save_bell_times(store, user, [], "", now=NOW, is_whole=False)
        ),
        {"admin"},
        was_done,
    ),
    "year.actions.opening.promote_classes": Question(
        lambda store, user: opening.promote_classes(
            store, user, YEAR_KEY, [], opening.PromotionTerms(TODAY, False, True), now=NOW
        ),
        {"admin"},
        was_done,
    ),
    "year.actions.opening.check_promotion": Question(
        lambda store, user: opening.check_promotion(
            store, user, YEAR_KEY, [], opening.PromotionTerms(TODAY, False, True)
        ),
        {"admin"},
        was_done,
    ),
    "year.actions.teaching_load.save_load": Question(
        lambda store, user: passed(
            lambda: teaching_load.save_load(store, user, YEAR_KEY, [], "", first_day=TODAY, now=NOW)
        ),
        {"deputy", "admin"},
        was_done,
    ),
    "year.actions.teaching_load.divide_class": Question(
        lambda store, user: teaching_load.divide_class(
            store, user, YEAR_KEY, CLASS_8B, MATHS, {}, first_day=TODAY, now=NOW
        ),
        {"deputy", "admin"},
        was_done,
    ),
    "year.actions.timetable.save_timetable": Question(
        lambda store, user: passed(
            lambda: timetable.save_timetable(store, user, YEAR_KEY, [], "", first_day=TODAY, now=NOW)
        ),
        {"deputy", "admin"},
        was_done,
    ),
    "year.actions.timetable.remake_lessons": Question(
        lambda store, user: passed(
            lambda: timetable.remake_lessons(store, user, YEAR_KEY, first_day=TODAY, now=NOW)
        ),
        {"deputy", "admin"},
        was_done,
    ),
    "year.lookups.schools": Question(opening_lookups.schools, CONTROLLERS, bool),
    "year.lookups.years_to_choose": Question(
        lambda store, user: opening_lookups.years_to_choose(store, user, TODAY), CONTROLLERS, bool
    ),
    "year.lookups.year_setup": Question(
        lambda store, user: opening_lookups.year_setup(store, user, YEAR_KEY, TODAY), CONTROLLERS
    ),
    "year.lookups.opening_steps": Question(
        lambda store, user: opening_lookups.opening_steps(store, user, YEAR_KEY, TODAY), CONTROLLERS, bool
    ),
    "year.lookups.load_to_edit": Question(
        lambda store, user: opening_lookups.load_to_edit(store, user, YEAR_KEY, TODAY), CONTROLLERS
    ),
    "year.lookups.timetable_to_edit": Question(
        lambda store, user: opening_lookups.timetable_to_edit(store, user, YEAR_KEY, TODAY), CONTROLLERS
    ),
    "year.lookups.first_day_offered": Question(
        lambda store, user: opening_lookups.first_day_offered(store, user, YEAR_KEY, TODAY),
        CONTROLLERS,
        was_done,
    ),
    "year.lookups.divided_subjects": Question(
        lambda store, user: opening_lookups.divided_subjects(store, user, YEAR_KEY, CLASS_8B, TODAY),
        CONTROLLERS,
        was_done,
    ),
    "year.lookups.may_edit": Question(
        lambda _, user: opening_lookups.may_edit(user, Action.OPEN_YEAR), {"admin"}, bool
    ),
}
