"""Questions about 8Б to the actions and lookups of families."""

from datetime import time, timedelta

from asking import CONTROLLERS, LEADER, NOBODY, OVERSEERS, TEACHER, TODAY, Question, was_done
from small_school import CLASS_8B, MATHS, NOW, STRANGE_CHILD, USER_IDS

from school.families import actions as remarks
from school.families.lookups import confirmations, diary, family_work, letter, marks, news, subject, week
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
    "families.actions.confirm_week": Question(
        lambda store, user: remarks.confirm_week(store, user, STRANGE_CHILD, TODAY - timedelta(7), now=NOW),
        NOBODY,
        was_done,
    ),
    "families.lookups.confirmations.week_confirmations": Question(
        lambda store, user: confirmations.week_confirmations(store, user, CLASS_8B, TODAY), OVERSEERS, bool
    ),
    "families.actions.mark_news_read": Question(
        lambda store, user: remarks.mark_news_read(store, user, STRANGE_CHILD, news.Visit(NOW, 1), now=NOW),
        NOBODY,
        was_done,
    ),
    "families.actions.set_marks_hour": Question(
        lambda store, user: remarks.set_marks_hour(store, user, time(16), now=NOW),
        {"deputy", "admin"},
        was_done,
    ),
    "families.lookups.news.marks_hour_setting": Question(
        lambda store, user: news.marks_hour_setting(store, user, TODAY), CONTROLLERS, bool
    ),
    "families.lookups.news.news_since": Question(
        lambda store, user: (
            _remark_of_8b(store),
            news.news_since(store, user, STRANGE_CHILD, NOW - timedelta(1), now=NOW),
        )[-1],
        OVERSEERS,
        bool,
    ),
    "families.lookups.news.count_news": Question(
        lambda store, user: (
            _remark_of_8b(store),
            news.count_news(store, user, STRANGE_CHILD, NOW - timedelta(1), now=NOW),
        )[-1],
        OVERSEERS,
        bool,
    ),
    "families.lookups.news.last_visits": Question(
        lambda store, user: news.last_visits(store, user, now=NOW), NOBODY
    ),
    "families.lookups.news.unread_counts": Question(
        lambda store, user: news.unread_counts(store, user, now=NOW), NOBODY
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
    "families.lookups.week.breaks_ahead": Question(
        lambda store, user: [week.breaks_ahead(store, user, STRANGE_CHILD, today=TODAY)], OVERSEERS, bool
    ),
    "families.lookups.marks.diary_marks": Question(
        lambda store, user: marks.diary_marks(store, user, STRANGE_CHILD, today=TODAY), OVERSEERS
    ),
    "families.lookups.subject.diary_subject": Question(
        lambda store, user: subject.diary_subject(store, user, STRANGE_CHILD, MATHS, today=TODAY), OVERSEERS
    ),
    "families.lookups.marks.diary_absences": Question(
        lambda store, user: marks.diary_absences(store, user, STRANGE_CHILD, today=TODAY), OVERSEERS
    ),
}
