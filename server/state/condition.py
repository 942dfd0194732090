"""The lights of the server itself, beside those of its backups (п. 8.2)."""

from school.backup.rules import signs
from school.backup.rules.signs import Sign
from school.clock import school_zone
from school.notices.lookups.mail import mail_queue, mail_server
from school.notices.rules.mail import TROUBLE_WORDS
from school.sign_in.lookups.clock import clock_shown_before
from server.session import School
from server.state.errors import recent_errors
from server.state.machine import memory
from server.state.saves import percentile_95, saves


def server_signs(here: School) -> list[Sign]:
    """Return how saving, memory, the clock and the program are at this moment."""
    now, failure = here.clock(), here.store.failure()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = saves.since((now - midnight).total_seconds())
    used = memory()
    shown_before = None if failure else clock_shown_before(here.store, now)
    found = [
        signs.store_sign(failure),
        signs.queue_sign(here.store.waiting_jobs),
        signs.saves_sign(len(today), percentile_95(today)),
        signs.memory_sign(used.used, used.total),
        signs.clock_sign(now, school_zone(), shown_before),
        signs.errors_sign(sum(each.count for each in recent_errors.of_last())),
    ]
    # A school that sends no letters needs no word about them.
    if not failure and mail_server(here.store).is_on:
        queue = mail_queue(here.store, now)
        found.append(
            signs.mail_sign(
                now,
                queue.waiting,
                queue.oldest_at,
                queue.failed,
                queue.last_sent_at,
                TROUBLE_WORDS.get(queue.problem, ""),
            )
        )
    return found
