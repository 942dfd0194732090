"""Questions about 8Б to the actions and lookups of invitations, and of notices on phones, which are everybody's own."""

from asking import LEADER, TODAY, Question, past_the_door, was_done
from small_school import CLASS_8B, NAMES, NOW, SCHOOL, STRANGE_CHILD

from school.invitations import actions as invitations
from school.invitations import lookups as invitation_lookups
from school.people.records import ClassOfYear, Invitee, PersonKind
from school.pushes import actions as pushes
from school.pushes import lookups as push_lookups
from school.pushes.rules import PushAddress

PLACE_8B = ClassOfYear(CLASS_8B, "8Б", SCHOOL, 2026)

PUPIL_OF_8B = Invitee(PersonKind.PUPIL, STRANGE_CHILD)

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
