"""Questions about the school's backups to their actions and lookups."""

from asking import TEACHER, Question, passed, was_done
from small_school import NOW

from school.backup import actions as backup_actions
from school.backup import lookups as backup_lookups

KEY = "age1zr560y8g4q0lxc2e0adt47nqxz56whf765wwh7erclx8pvyh5v8sf34tlv"

QUESTIONS: dict[str, Question] = {
    "backup.actions.check_may_keep_backups": Question(
        lambda _, user: passed(lambda: backup_actions.check_may_keep_backups(user)), {"admin"}, was_done
    ),
    "backup.actions.set_copies_key": Question(
        lambda store, user: passed(lambda: backup_actions.set_copies_key(store, user, KEY, now=NOW)),
        {"admin"},
        was_done,
    ),
    "backup.lookups.backup_state": Question(
        lambda store, user: backup_lookups.backup_state(store, user, now=NOW, server_began=NOW),
        {"admin", "head"},
        was_done,
    ),
    "backup.lookups.name_of": Question(backup_lookups.name_of, TEACHER),
}
