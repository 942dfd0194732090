"""Questions about 8Б to the actions and lookups of invitations."""

from asking import LEADER, TODAY, Question, past_the_door, was_done
from small_school import CLASS_8B, NOW, SCHOOL, STRANGE_CHILD

from school.invitations import actions as invitations
from school.invitations import lookups as invitation_lookups
from school.people.records import ClassOfYear, Invitee, PersonKind

PLACE_8B = ClassOfYear(CLASS_8B, "8Б", SCHOOL, 2026)

PUPIL_OF_8B = Invitee(PersonKind.PUPIL, STRANGE_CHILD)

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
}
