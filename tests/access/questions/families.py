"""Questions about 8Б to the actions and lookups of families."""

from asking import LEADER, NOBODY, OVERSEERS, TEACHER, TODAY, Question, was_done
from small_school import CLASS_8B, MATHS, NOW, STRANGE_CHILD, USER_IDS

from school.families import actions as remarks
from school.families.lookups import diary, family_work, letter, marks, week
from school.families.lookups import remarks as remark_lookups
from school.records import RemarkKind
from school.sign_in.store.users import users_by_id
from school.store.connection import Store


def _remark_of_8b(store: Store) -> int:
    stranger = users_by_id(store, [USER_IDS["stranger"]])[USER_IDS["stranger"]]
    return remarks.write_remark(store, stranger, REMARK_OF_8B, now=NOW)


REMARK_OF_8B = remarks.RemarkDraft(STRANGE_CHILD, RemarkKind.REMARK, "Нет тетради")

QUESTIONS: dict[str, Question] = {
    "families.lookups.letter.family_letter": Question(
        lambda store, user: letter.family_letter(store, user, STRANGE_CHILD, now=NOW), OVERSEERS
    ),
    "families.lookups.family_work.class_families": Question(
        lambda store, user: family_work.class_families(store, user, CLASS_8B, day=TODAY), OVERSEERS
    ),
    "families.lookups.family_work.readers_by_class": Question(
        lambda store, user: family_work.readers_by_class(store, user, [CLASS_8B], day=TODAY, now=NOW),
        OVERSEERS,
        bool,
    ),
    "families.lookups.family_work.confirmed_weeks": Question(
        lambda store, user: family_work.confirmed_weeks(store, user, CLASS_8B, TODAY), OVERSEERS, was_done
    ),
    "families.actions.write_remark": Question(
        lambda store, user: remarks.write_remark(store, user, REMARK_OF_8B, now=NOW), TEACHER | LEADER, bool
    ),
    "families.actions.withdraw_own_remark": Question(
        lambda store, user: remarks.withdraw_own_remark(store, user, _remark_of_8b(store), now=NOW),
        TEACHER,
        was_done,
    ),
    "families.actions.confirm_remark": Question(
        lambda store, user: remarks.confirm_remark(store, user, _remark_of_8b(store), now=NOW),
        NOBODY,
        was_done,
    ),
    "families.lookups.remarks.readable_remarks": Question(
        lambda store, user: (_remark_of_8b(store), remark_lookups.readable_remarks(store, user, TODAY))[-1],
        TEACHER | OVERSEERS,
        bool,
    ),
    "families.lookups.remarks.diary_remarks": Question(
        lambda store, user: (
            _remark_of_8b(store),
            remark_lookups.diary_remarks(store, user, STRANGE_CHILD, now=NOW),
        )[-1],
        OVERSEERS,
        bool,
    ),
    "families.lookups.remarks.pupils_to_write_of": Question(
        lambda store, user: remark_lookups.pupils_to_write_of(store, user, TODAY), TEACHER | LEADER
    ),
    "families.lookups.remarks.own_subjects": Question(
        lambda store, user: remark_lookups.own_subjects(store, user, CLASS_8B), TEACHER, bool
    ),
    "families.lookups.diary.children_of": Question(diary.children_of, NOBODY),
    "families.lookups.diary.diary_pupil": Question(
        lambda store, user: diary.diary_pupil(store, user, STRANGE_CHILD, TODAY), OVERSEERS
    ),
    "families.lookups.diary.diary_lesson_ids": Question(
        lambda store, user: diary.diary_lesson_ids(store, user, STRANGE_CHILD, TODAY, TODAY), OVERSEERS, bool
    ),
    "families.lookups.week.diary_week": Question(
        lambda store, user: week.diary_week(store, user, STRANGE_CHILD, day=TODAY, today=TODAY), OVERSEERS
    ),
    "families.lookups.marks.diary_marks": Question(
        lambda store, user: marks.diary_marks(store, user, STRANGE_CHILD, today=TODAY), OVERSEERS
    ),
    "families.lookups.marks.diary_subject": Question(
        lambda store, user: marks.diary_subject(store, user, STRANGE_CHILD, MATHS, today=TODAY), OVERSEERS
    ),
    "families.lookups.marks.diary_absences": Question(
        lambda store, user: marks.diary_absences(store, user, STRANGE_CHILD, today=TODAY), OVERSEERS
    ),
}
