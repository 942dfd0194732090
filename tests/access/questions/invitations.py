"""Questions about 8Б to the actions and lookups of invitations, and of notices by letter and on phones."""

from asking import LEADER, NOBODY, TODAY, Question, past_the_door, was_done
from small_school import CLASS_8B, GUARDIAN_PERSON, NAMES, NOW, SCHOOL, STRANGE_CHILD, USER_IDS

from school.invitations import actions as invitations
from school.invitations import lookups as invitation_lookups
from school.notices.actions import mail as mail_actions
from school.notices.actions import own as own_notices
from school.notices.lookups import mail as mail_lookups
from school.notices.lookups import own as own_lookups
from school.notices.records import CalendarFeed, Choices, MailServer
from school.notices.store.feeds import save_feed
from school.people.records import ClassOfYear, Invitee, PersonKind
from school.pushes import actions as pushes
from school.pushes import lookups as push_lookups
from school.pushes.rules import PushAddress
from school.store.connection import Store, Transaction
from school.store.events import Event

PLACE_8B = ClassOfYear(CLASS_8B, "8Б", SCHOOL, 2026)

PUPIL_OF_8B = Invitee(PersonKind.PUPIL, STRANGE_CHILD)


def _calendar_of_8b(store: Store) -> int:
    """Make a calendar of somebody else's; return its id."""

    def work(transaction: Transaction) -> int:
        (feed_id,) = transaction.new_ids(1)
        save_feed(
            transaction, CalendarFeed(feed_id, USER_IDS["stranger"], STRANGE_CHILD, "8Б", NOW, None), "hash"
        )
        transaction.record(Event(NOW, None, "school"))
        return feed_id

    return store.write(work)


def _bad_address_in_8b(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT OR IGNORE INTO guardian_pupils (guardian_id, pupil_id) VALUES ({GUARDIAN_PERSON}, {STRANGE_CHILD});
            INSERT OR IGNORE INTO notice_settings BY NAME SELECT {USER_IDS["guardian"]} AS user_id, 'a@b.ru' AS address,
                TIMESTAMP '{NOW}' AS refused_at, 17 AS digest_hour, 5 AS digest_weekday, TIMESTAMP '{NOW}' AS told_until,
                0 AS told_event, TIMESTAMP '{NOW}' AS at_once_since"""
        )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


EVERYBODY = set(NAMES) | LEADER

ADDRESS = PushAddress("https://fcm.googleapis.com/x", "key", "secret")

QUESTIONS: dict[str, Question] = {
    "invitations.actions.issue_codes": Question(
        lambda store, user: invitations.issue_codes(store, user, [PUPIL_OF_8B], now=NOW),
        {"admin"} | LEADER,
        bool,
    ),
    "invitations.actions.set_invitation_days": Question(
        past_the_door(invitations.set_invitation_days, 7), {"admin"}, was_done
    ),
    "invitations.lookups.classes_to_invite": Question(
        lambda store, user: invitation_lookups.classes_to_invite(store, user, TODAY), {"admin"} | LEADER
    ),
    "invitations.lookups.family_lines": Question(
        lambda store, user: invitation_lookups.family_lines(store, user, PLACE_8B, NOW), {"admin"} | LEADER
    ),
    "invitations.lookups.staff_lines": Question(
        lambda store, user: invitation_lookups.staff_lines(store, user, NOW), {"admin"}
    ),
    "notices.actions.own.ask_code": Question(
        past_the_door(own_notices.ask_code, "a@b.ru"), {"guardian"}, was_done
    ),
    "notices.actions.own.confirm_address": Question(
        past_the_door(own_notices.confirm_address, "123456"), {"guardian"}, was_done
    ),
    "notices.actions.own.choose_notices": Question(
        past_the_door(own_notices.choose_notices, Choices()), {"guardian"}, was_done
    ),
    "notices.actions.own.forget_address": Question(
        past_the_door(own_notices.forget_address), {"guardian", "pupil"}, was_done
    ),
    "notices.actions.own.make_calendar": Question(
        lambda store, user: own_notices.make_calendar(store, user, STRANGE_CHILD, "", now=NOW), NOBODY, bool
    ),
    "notices.actions.own.end_calendar": Question(
        lambda store, user: own_notices.end_calendar(store, user, _calendar_of_8b(store), now=NOW),
        NOBODY,
        was_done,
    ),
    "notices.actions.mail.save_mail_server": Question(
        past_the_door(mail_actions.save_mail_server, MailServer(), None), {"admin"}, was_done
    ),
    "notices.actions.mail.send_test_letter": Question(
        past_the_door(mail_actions.send_test_letter, "a@b.ru"), {"admin"}, was_done
    ),
    "notices.lookups.mail.mail_page": Question(
        lambda store, user: mail_lookups.mail_page(store, user, now=NOW), {"admin"}, bool
    ),
    "notices.lookups.mail.unreachable_guardians": Question(
        lambda store, user: (
            _bad_address_in_8b(store),
            mail_lookups.unreachable_guardians(store, user, PLACE_8B, now=NOW),
        )[-1],
        {"admin"} | LEADER,
        bool,
    ),
    "notices.lookups.own.own_notices": Question(
        lambda store, user: own_lookups.own_notices(store, user, now=NOW), NOBODY
    ),
    "notices.lookups.own.letters_are_refused": Question(own_lookups.letters_are_refused, NOBODY, bool),
    "pushes.actions.turn_pushes_on": Question(
        past_the_door(pushes.turn_pushes_on, "no address"), {"admin"}, was_done
    ),
    "pushes.actions.turn_pushes_off": Question(past_the_door(pushes.turn_pushes_off), {"admin"}, was_done),
    "pushes.actions.add_device": Question(
        past_the_door(pushes.add_device, "secret", ADDRESS, "Chrome"), EVERYBODY, was_done
    ),
    "pushes.actions.remove_own_device": Question(
        past_the_door(pushes.remove_own_device, 1), EVERYBODY, was_done
    ),
    "pushes.lookups.push_state": Question(push_lookups.push_state, {"admin"}, was_done),
    "pushes.lookups.own_devices": Question(
        lambda store, user: push_lookups.own_devices(store, user, "secret"), EVERYBODY, was_done
    ),
}
