"""The sender: queues what is due, composes each letter as it goes, notes how it ended. One thread does all of it, one letter at a time.

A letter is noted right after the server has taken it. Killed between the two, the sender sends that one letter again, with
the same Message-ID; none is lost, and nothing else is sent twice.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from school.announcements.lookups.family import announced_at_once
from school.correspondence.lookups.threads import new_letters
from school.errors import Refusal
from school.families.lookups.news import Visit, count_news, last_visits, newest_event
from school.families.store import diaries
from school.notices.actions.mail import post_of
from school.notices.actions.own import code_hash
from school.notices.lookups.mail import mail_server
from school.notices.post import AddressRefused, LetterPutOff, LetterRefused, Post, PostTrouble
from school.notices.records import AT_ONCE, LetterKind, NoticeSettings, Outcome, QueuedLetter
from school.notices.rules.addresses import new_code
from school.notices.rules.letters import LetterText, letter_text
from school.notices.rules.mail import Trouble
from school.notices.rules.times import SETTLES_IN, last_due, next_try, sending_time
from school.notices.secrets import unsubscribe_token
from school.notices.store import choices, letters, urgent
from school.records import User
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import classes_of_pupil, lessons_of_pupil
from school.sign_in.store.users import user_on_day, users_by_id
from school.store.connection import Store, Transaction
from school.store.events import Event

LETTERS_AT_ONCE = 50
# What may turn an absence or a cancelled lesson into news, or take it back.
URGENT_TABLES = (
    "absences",
    "lessons",
    "substitutions",
    "leaves",
    "enrolments",
    "subgroup_members",
    "announcements",
    "announcement_recipients",
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outgoing:
    """A letter ready to go: to whom, what it says; ``told`` is up to when and which event a digest tells."""

    address: str
    text: LetterText
    unsubscribe: str = ""
    told: Visit | None = None


class Sender:
    """Sends the letters of a school as long as its mail is switched on; otherwise asks nothing of the network."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], pause: Callable[[], object] = lambda: None
    ) -> None:
        """``pause`` is called after each letter: it makes way for visitors."""
        self._store, self._clock, self._pause = store, clock, pause
        self._post: Post | None = None
        self._is_stopping = False
        self._tidied_on: date | None = None
        self._looked: tuple[tuple[int, date], datetime] | None = None

    def stop(self) -> None:
        """Interrupt what is being sent; the rest waits in the queue for the next start."""
        self._is_stopping = True
        if post := self._post:
            post.close()

    def look(self) -> None:
        """Queue what is due and send what waits."""
        store, now = self._store, self._clock()
        if not mail_server(store).is_on:
            return
        if self._tidied_on != now.date():
            store.write(lambda transaction: letters.forget_ended(transaction, now))
            self._tidied_on = now.date()
        everybody = choices.users_with_letters(store)
        queue_digests(store, everybody, now=now)
        self._queue_urgent(everybody, now)
        self._send_due()

    def _queue_urgent(self, everybody: Sequence[NoticeSettings], now: datetime) -> None:
        """Look for urgent news where anything may have changed, and again once what was entered meanwhile has settled."""
        # A new day shows announcements that were written before it.
        state = (self._store.state_of(URGENT_TABLES), now.date())
        if self._looked is not None and self._looked[0] == state and now - self._looked[1] > 2 * SETTLES_IN:
            return
        if self._looked is None or self._looked[0] != state:
            self._looked = state, now
        queue_urgent(self._store, everybody, now=now)

    def _send_due(self) -> None:
        while not self._is_stopping and (due := letters.letters_due(self._store, self._clock())):
            try:
                with post_of(self._store) as self._post:
                    self._send_groups(self._post, _groups(due)[:LETTERS_AT_ONCE])
            except PostTrouble as problem:
                log.error("The mail server: %s", problem.trouble)
                if not self._is_stopping:
                    self._put_off(letters.letters_due(self._store, self._clock()), problem.trouble)
                return
            finally:
                self._post = None

    def _send_groups(self, post: Post, groups: Iterable[list[QueuedLetter]]) -> None:
        for group in groups:
            if self._is_stopping:
                return
            self._send_group(post, group)
            self._pause()

    def _send_group(self, post: Post, group: list[QueuedLetter]) -> None:
        now, user_id, kind = self._clock(), group[0].user_id, group[0].kind
        if sending_time(kind, now) > now:
            self._write(lambda writer: letters.put_off(writer, _ids(group), sending_time(kind, now), ""))
            return
        outgoing = compose(self._store, group, now=now)
        if outgoing is None:
            self._write(lambda writer: letters.end_letters(writer, _ids(group), Outcome.VOID, now))
            return
        try:
            post.send(
                outgoing.address,
                outgoing.text,
                now=now,
                key=f"letter-{group[0].letter_id}",
                unsubscribe=outgoing.unsubscribe,
            )
        except LetterPutOff:
            log.warning("A letter (%s) was put off", kind)
            self._put_off(group, Trouble.LATER)
        except LetterRefused:
            log.error("A letter (%s) was not taken", kind)
            self._write(lambda w: letters.end_letters(w, _ids(group), Outcome.GIVEN_UP, now, Trouble.LETTER))
        except AddressRefused:
            log.warning("A letter (%s) was refused: nobody has the address", kind)
            self._write(lambda writer: _note_refused(writer, user_id, outgoing.address, group, now))
        else:
            self._write(lambda writer: _note_sent(writer, user_id, group, outgoing, now))

    def _put_off(self, due: Iterable[QueuedLetter], problem: str) -> None:
        now = self._clock()
        until: dict[datetime | None, list[int]] = defaultdict(list)
        for each in due:
            until[next_try(each.kind, each.tries, each.queued_at, now)].append(each.letter_id)

        def work(transaction: Transaction) -> None:
            for moment, ids in until.items():
                if moment is None:
                    letters.end_letters(transaction, ids, Outcome.GIVEN_UP, now, problem)
                else:
                    letters.put_off(transaction, ids, moment, problem)

        self._write(work)

    def _write(self, work: Callable[[Transaction], None]) -> None:
        self._store.write(work)


def _ids(group: Iterable[QueuedLetter]) -> list[int]:
    return [each.letter_id for each in group]


def _groups(due: Iterable[QueuedLetter]) -> list[list[QueuedLetter]]:
    """Return letters that go as one: several of a kind to the same user."""
    found: dict[tuple[int, LetterKind], list[QueuedLetter]] = defaultdict(list)
    for each in due:
        found[each.user_id, each.kind].append(each)
    return list(found.values())


def _note_sent(
    transaction: Transaction, user_id: int, group: list[QueuedLetter], outgoing: Outgoing, now: datetime
) -> None:
    letters.end_letters(transaction, _ids(group), Outcome.SENT, now)
    if outgoing.told is not None:
        choices.keep_told(transaction, user_id, *outgoing.told)


def _note_refused(
    transaction: Transaction, user_id: int, address: str, group: list[QueuedLetter], now: datetime
) -> None:
    letters.end_letters(transaction, _ids(group), Outcome.REFUSED, now)
    found = choices.notice_settings(transaction, user_id)
    # Meanwhile the family may have given another address.
    if found is None or found.address != address:
        return
    letters.end_waiting(transaction, user_id, list(LetterKind), now)
    choices.set_refused(transaction, user_id, now)
    transaction.record(Event(now, None, "notice_address", record_id=user_id, new_value="не принимает писем"))


def queue_digests(store: Store, everybody: Iterable[NoticeSettings], *, now: datetime) -> None:
    """Queue a digest for whom its hour has come; whether there is anything new is seen when it goes."""
    due = {
        each.user_id: moment
        for each in everybody
        if (moment := last_due(each.choices, now)) and moment > each.told_until
    }
    known = letters.queued_periods(store, LetterKind.DIGEST) if due else set()
    fresh = {user: moment for user, moment in due.items() if (user, moment.isoformat()) not in known}
    if not fresh:
        return

    def work(transaction: Transaction) -> None:
        for user_id, moment in fresh.items():
            # What an older one has not told yet, this one does.
            letters.end_waiting(transaction, user_id, [LetterKind.DIGEST], now)
            letters.queue_letter(
                transaction, user_id, LetterKind.DIGEST, moment.isoformat(), now=now, not_before=now
            )

    store.write(work)


def queue_urgent(store: Store, everybody: Iterable[NoticeSettings], *, now: datetime) -> None:
    """Queue what is told at once: absences at the first lesson that have stood for some minutes, cancelled lessons to come,
    important announcements and reminders.
    """
    wanted = [each for each in everybody if any(each.choices.tells(kind) for kind in AT_ONCE)]
    users = users_by_id(store, [each.user_id for each in wanted]) if wanted else {}
    found: list[tuple[int, LetterKind, int, str]] = []
    pupils = frozenset().union(*(user.pupil_ids for user in users.values()))
    absences, cancelled = absences_at_first_lesson(store, pupils, now), cancelled_lessons(store, pupils, now)
    for each in wanted:
        own = users[each.user_id].pupil_ids if each.user_id in users else frozenset()
        if each.choices.tells_absence:
            found += [
                (each.user_id, LetterKind.ABSENCE, pupil, f"{pupil} {now.date()}")
                for pupil, at in absences.items()
                if pupil in own and each.at_once_since <= at <= now - SETTLES_IN
            ]
        if each.choices.tells_cancelled:
            found += [
                (each.user_id, LetterKind.CANCELLED, pupil, f"{pupil} {substitution}")
                for (pupil, substitution), at in cancelled.items()
                if pupil in own and at >= each.at_once_since
            ]
        if each.choices.tells_announcement and each.user_id in users:
            announced = announced_at_once(store, users[each.user_id], now=now)
            found += [
                (
                    each.user_id,
                    LetterKind.REMINDER if told.is_reminder else LetterKind.ANNOUNCEMENT,
                    pupil,
                    f"{pupil} {period}",
                )
                for (pupil, period), told in announced.items()
                if each.at_once_since <= told.appeared_at <= now
            ]
    known = {kind: letters.queued_periods(store, kind) for kind in {each[1] for each in found}}
    fresh = [each for each in found if (each[0], each[3]) not in known[each[1]]]

    def work(transaction: Transaction) -> None:
        for user_id, kind, pupil, period in fresh:
            letters.queue_letter(
                transaction,
                user_id,
                kind,
                period,
                pupil_id=pupil,
                now=now,
                not_before=sending_time(kind, now),
            )

    if fresh:
        store.write(work)


def absences_at_first_lesson(store: Store, pupil_ids: Iterable[int], now: datetime) -> dict[int, datetime]:
    """Return when it was entered that pupils missed the first of today's lessons, by pupil."""
    today, wanted, found = now.date(), sorted(pupil_ids), dict[int, datetime]()
    for missed in urgent.missed_today(store, wanted, today) if wanted else []:
        lessons = [
            each for each in lessons_of_pupil(store, missed.pupil_id, today, today) if not each.is_cancelled
        ]
        first = min((each.number for each in lessons), default=None)
        if any(each.lesson_id == missed.lesson_id and each.number == first for each in lessons):
            found.setdefault(missed.pupil_id, missed.recorded_at)
    return found


def cancelled_lessons(
    store: Store, pupil_ids: Iterable[int], now: datetime
) -> dict[tuple[int, int], datetime]:
    """Return when lessons to come were cancelled, by pupil and substitution."""
    wanted, found = sorted(pupil_ids), dict[tuple[int, int], datetime]()
    cancelled = urgent.cancelled_ahead(store, now) if wanted else []
    if not cancelled:
        return found
    bells = diaries.bell_times(store)
    numbers = {
        key: each.number for key, each in lessons_by_id(store, [each.lesson_id for each in cancelled]).items()
    }
    last = max(each.held_on for each in cancelled)
    classes = {each.class_id for each in cancelled}
    for pupil in wanted:
        if classes.isdisjoint(each.class_id for each in classes_of_pupil(store, pupil, now.date())):
            continue
        own = {each.lesson_id for each in lessons_of_pupil(store, pupil, now.date(), last)}
        for each in cancelled:
            begins = bells.get(numbers[each.lesson_id])
            is_over = begins is not None and datetime.combine(each.held_on, begins[0]) <= now
            if each.lesson_id in own and not is_over:
                found[pupil, each.substitution_id] = each.assigned_at
    return found


def compose(store: Store, group: Sequence[QueuedLetter], *, now: datetime) -> Outgoing | None:
    """Return the letter of a group as things stand now; None where there is nothing to say, or nobody to say it to any more."""
    first = group[0]
    found, user = choices.notice_settings(store, first.user_id), user_on_day(store, first.user_id, now.date())
    if found is None or user is None or not found.choices.tells(first.kind):
        return None
    server = mail_server(store)
    if first.kind is LetterKind.CODE:
        code = new_code()
        # Made as it goes, so that it stands nowhere: a letter that is tried again has another one.
        store.write(
            lambda writer: choices.keep_code(writer, user.user_id, code_hash(user.user_id, code), now)
        )
        return Outgoing(found.address, letter_text(first.kind, 1, server.base_url, code=code))
    if not found.gets_letters:
        return None
    told = None
    if first.kind is LetterKind.DIGEST:
        told = Visit(datetime.fromisoformat(first.period), newest_event(store))
        counts = count_digest(store, user, found, told.seen_at)
        if not counts:
            store.write(lambda writer: choices.keep_told(writer, user.user_id, *told))
    else:
        counts = _count_urgent(store, user, group, now)
    if not counts:
        return None
    token = unsubscribe_token(store, user.user_id)
    text = letter_text(
        first.kind,
        sum(counts.values()),
        server.base_url,
        unsubscribe=token,
        by_child=_named(store, counts) if found.choices.names_child else None,
    )
    return Outgoing(found.address, text, token, told)


def count_digest(store: Store, user: User, settings: NoticeSettings, until: datetime) -> dict[int, int]:
    """Return how many things are new by a moment, by child: neither told by a digest before, nor read since; unread letters too."""
    counts: dict[int, int] = {}
    unread = new_letters(store, user, settings.told_until, now=until)
    for pupil_id, visit in last_visits(store, user, now=until).items():
        seen = max(visit.seen_at, settings.told_until)
        event_id = max(settings.told_event, visit.last_event if visit.last_event < NO_VISIT else 0)
        try:
            news = count_news(store, user, pupil_id, Visit(seen, event_id), now=until)
        except Refusal:
            continue
        counts[pupil_id] = news + unread.get(pupil_id, 0)
    return {pupil: count for pupil, count in counts.items() if count}


# A family that has not opened its news yet has read up to no event.
NO_VISIT = 2**62


def _count_urgent(store: Store, user: User, group: Sequence[QueuedLetter], now: datetime) -> dict[int, int]:
    """Return how many of the letters still hold, by child: what was put right meanwhile alarms nobody."""
    own = [each for each in group if each.pupil_id in user.pupil_ids]
    pupils = {each.pupil_id for each in own if each.pupil_id is not None}
    if group[0].kind is LetterKind.ABSENCE:
        holding = {f"{pupil} {now.date()}" for pupil in absences_at_first_lesson(store, pupils, now)}
    elif group[0].kind in {LetterKind.ANNOUNCEMENT, LetterKind.REMINDER}:
        holding = {f"{pupil} {period}" for pupil, period in announced_at_once(store, user, now=now)}
    else:
        holding = {f"{pupil} {substitution}" for pupil, substitution in cancelled_lessons(store, pupils, now)}
    counts: dict[int, int] = defaultdict(int)
    for each in own:
        # An absence of yesterday evening goes in the morning: it is no longer today's, and stays true.
        is_old = each.kind is LetterKind.ABSENCE and not each.period.endswith(str(now.date()))
        if each.pupil_id is not None and (is_old or each.period in holding):
            counts[each.pupil_id] += 1
    return dict(counts)


def _named(store: Store, counts: dict[int, int]) -> dict[str, int]:
    names = diaries.pupil_names(store, frozenset(counts))
    return {names[pupil].first or names[pupil].last: count for pupil, count in counts.items()}
