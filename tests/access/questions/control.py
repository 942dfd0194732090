"""Questions about 8Б to the actions and lookups of control."""

from asking import LEADER, OVERSEERS, TEACHER, TODAY, Question, passed, was_done
from small_school import CLASS_8B, MATHS, NOW, QUARTER_2, STRANGER_STAFF, STRANGERS_LESSON_TODAY

from school.access.action import Action
from school.control import actions as control
from school.control.lookups import classes as homeroom
from school.control.lookups import gaps as control_lookups

REQUEST_OF_8B = control.RequestDraft(
    CLASS_8B, MATHS, STRANGER_STAFF, QUARTER_2, (STRANGERS_LESSON_TODAY,), TODAY
)

QUESTIONS: dict[str, Question] = {
    "control.actions.send_request": Question(
        lambda store, user: passed(lambda: control.send_request(store, user, REQUEST_OF_8B, now=NOW)),
        LEADER,
        was_done,
    ),
    "control.actions.close_gap_request": Question(
        lambda store, user: passed(lambda: control.close_gap_request(store, user, 0, "решено", now=NOW)),
        {"deputy"},
        was_done,
    ),
    "control.lookups.gaps.class_control": Question(
        lambda store, user: control_lookups.class_control(store, user, CLASS_8B, now=NOW), OVERSEERS
    ),
    "control.lookups.gaps.requests": Question(
        lambda store, user: control_lookups.requests(store, user, now=NOW), OVERSEERS | {"homeroom"}, was_done
    ),
    "control.lookups.gaps.open_requests_to": Question(
        control_lookups.open_requests_to, TEACHER | {"owner"}, was_done
    ),
    "control.lookups.classes.led_classes": Question(
        lambda store, user: homeroom.led_classes(store, user, Action.READ_ABSENCES, TODAY), OVERSEERS
    ),
}
