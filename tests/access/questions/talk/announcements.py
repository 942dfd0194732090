"""Questions about 8Б to announcements and audiences."""

from dataclasses import replace
from datetime import timedelta

from asking import LEADER, NOBODY, OVERSEERS, TEACHER, TODAY, Question, past_the_door, was_done
from small_school import CLASS_8B, NOW, STRANGE_CHILD, USER_IDS

from school.access.action import Action
from school.announcements import actions
from school.announcements.lookups import family, report, staff
from school.announcements.rules import Draft, Wanted
from school.audiences import lookups as audiences
from school.audiences.rules import Audience, Part, Target
from school.records import User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store

OF_8B = Audience(Target.CLASS, (CLASS_8B,), for_pupils=True, for_guardians=True)
DRAFT = Draft(
    OF_8B,
    "Собрание 8Б",
    "В пятницу, у Стрельцова",
    TODAY,
    TODAY + timedelta(7),
    Wanted.ANYBODY,
    files=(("Яковлев.txt", "8Б".encode()),),
)
WRITE = Action.WRITE_ANNOUNCEMENT
WRITERS = TEACHER | LEADER | {"head", "deputy", "admin", "secretary"}
OFFICE = {"head", "deputy", "admin", "secretary"}
# The stranger writes to 8Б, the leader leads it.
FOLLOWERS = TEACHER | OVERSEERS


def _sent(store: Store) -> int:
    """Let the stranger announce something to 8Б."""
    author = users_by_id(store, [USER_IDS["stranger"]])[USER_IDS["stranger"]]
    return actions.send_announcement(store, author, DRAFT, now=NOW)


def _file(store: Store) -> int:
    _sent(store)
    return int(store.read("SELECT max(file_id) FROM announcement_files")[0][0])


def _signed(store: Store, user: User) -> bool:
    sent = _sent(store)
    signed = [(Part.PUPIL, STRANGE_CHILD, STRANGE_CHILD)]
    return past_the_door(actions.note_on_paper, sent, signed)(store, user)


QUESTIONS: dict[str, Question] = {
    "audiences.lookups.aims_of": Question(
        lambda store, user: audiences.aims_of(store, user, WRITE, TODAY), WRITERS
    ),
    "audiences.lookups.pupils_to_aim_at": Question(
        lambda store, user: audiences.pupils_to_aim_at(store, user, WRITE, TODAY), WRITERS
    ),
    "audiences.lookups.staff_to_aim_at": Question(
        lambda store, user: audiences.staff_to_aim_at(store, user, WRITE, TODAY), OFFICE
    ),
    "audiences.lookups.reached_by": Question(
        lambda store, user: audiences.reached_by(store, user, WRITE, OF_8B, TODAY), WRITERS, was_done
    ),
    "register.lookups.diary_readers.stays_of_readable_pupil": Question(
        lambda store, user: family.stays_of_readable_pupil(store, user, STRANGE_CHILD, TODAY), OVERSEERS
    ),
    "announcements.actions.send_announcement": Question(
        lambda store, user: actions.send_announcement(store, user, replace(DRAFT, files=()), now=NOW),
        WRITERS,
        was_done,
    ),
    "announcements.actions.note_opened": Question(
        lambda store, user: (
            actions.note_opened(store, user, _sent(store), STRANGE_CHILD, now=NOW),
            store.read("SELECT 1 FROM announcement_recipients WHERE seen_at IS NOT NULL"),
        )[1],
        NOBODY,
        bool,
    ),
    "announcements.actions.confirm_announcement": Question(
        lambda store, user: actions.confirm_announcement(store, user, _sent(store), [STRANGE_CHILD], now=NOW),
        NOBODY,
        was_done,
    ),
    "announcements.actions.note_on_paper": Question(_signed, FOLLOWERS, was_done),
    "announcements.actions.remind": Question(
        # Of 8Б nobody has a way in: who may remind is told so.
        lambda store, user: past_the_door(actions.remind, _sent(store))(store, user),
        FOLLOWERS,
        was_done,
    ),
    "announcements.actions.withdraw_announcement": Question(
        lambda store, user: actions.withdraw_announcement(store, user, _sent(store), now=NOW),
        TEACHER | {"head", "deputy"},
        was_done,
    ),
    "announcements.lookups.family.family_announcements": Question(
        lambda store, user: (_sent(store), family.family_announcements(store, user, STRANGE_CHILD, now=NOW))[
            1
        ],
        OVERSEERS,
    ),
    "announcements.lookups.family.opened_announcement": Question(
        lambda store, user: family.opened_announcement(store, user, STRANGE_CHILD, _sent(store), now=NOW),
        OVERSEERS,
    ),
    "announcements.lookups.family.new_announcements": Question(
        lambda store, user: (_sent(store), family.new_announcements(store, user, STRANGE_CHILD, now=NOW))[1],
        OVERSEERS,
    ),
    "announcements.lookups.family.open_counts": Question(
        lambda store, user: (_sent(store), sum(family.open_counts(store, user, now=NOW).values()))[1],
        NOBODY,
        bool,
    ),
    "announcements.lookups.family.announced_at_once": Question(
        lambda store, user: (_sent(store), family.announced_at_once(store, user, now=NOW))[1], NOBODY, bool
    ),
    "announcements.lookups.staff.staff_inbox": Question(
        lambda store, user: (_sent(store), staff.staff_inbox(store, user, today=TODAY))[1], NOBODY
    ),
    "announcements.lookups.staff.waiting_announcements": Question(
        lambda store, user: (_sent(store), staff.waiting_announcements(store, user, today=TODAY))[1],
        NOBODY,
        bool,
    ),
    "announcements.lookups.staff.files_of_announcement": Question(
        lambda store, user: staff.files_of_announcement(store, user, _sent(store), now=NOW), FOLLOWERS
    ),
    "announcements.lookups.staff.read_file": Question(
        lambda store, user: staff.read_file(store, user, _file(store), now=NOW), FOLLOWERS
    ),
    "announcements.lookups.report.followed_announcements": Question(
        lambda store, user: (_sent(store), report.followed_announcements(store, user, today=TODAY))[1],
        FOLLOWERS,
    ),
    "announcements.lookups.report.announcement_report": Question(
        lambda store, user: report.announcement_report(store, user, _sent(store)), FOLLOWERS
    ),
}
