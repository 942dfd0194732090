"""«Новое»: what has come since the family's last visit, with its place, and the button that says that it was read (п. 2.8, 4.7)."""

from datetime import datetime, timedelta

from pages.families.parts.diary_answers import Asked
from school.errors import RuleRefused
from school.families.actions import mark_news_read
from school.families.lookups.news import (
    FIRST_DAYS,
    NewsItem,
    NewsKind,
    Visit,
    last_visits,
    newest_event,
    news_since,
)
from school.families.rules import REMARK_TITLES
from school.received import id_of
from school.records import User
from server.session import School

# So many lines are some 20 kB; the rest comes once these were read.
MOST_LINES = 60
OLDEST_READ = timedelta(FIRST_DAYS)
ONLY_MARKS = "marks"
MARK_KINDS = frozenset({NewsKind.MARK, NewsKind.CORRECTION, NewsKind.TERM_MARK, NewsKind.YEAR_MARK})
# Where each kind stands, after the pupil's number.
PLACES = {
    NewsKind.MARK: "/marks/{item.subject_id}",
    NewsKind.CORRECTION: "/marks/{item.subject_id}",
    NewsKind.MATERIAL: "/materials#subject{item.subject_id}",
    NewsKind.TASK: "/tasks/{item.record_id}",
    NewsKind.REVIEW: "/tasks/{item.record_id}",
    NewsKind.HOMEWORK: "?week={item.held_on}",
    NewsKind.ANNOUNCEMENT: "/school/{item.record_id}",
    NewsKind.OCCASION: "/events#event{item.record_id}",
    NewsKind.ABSENCE: "/absences",
    NewsKind.REASON: "/absences",
    NewsKind.PRESENT: "/absences",
    NewsKind.REMARK: "/remarks",
    NewsKind.TERM_MARK: "/marks",
    NewsKind.YEAR_MARK: "/marks",
    NewsKind.CONSULTATION: "/consultations",
    NewsKind.EVENING: "/consultations",
}


def news_page(asked: Asked) -> bytes:
    """Return what is new, the oldest first; to staff what came in a fortnight. Raises AccessRefused or Refusal."""
    store, user, pupil_id, now = asked.school.store, asked.user, asked.pupil_id, asked.now
    first = Visit(now - OLDEST_READ, newest_event(store))
    visit = last_visits(store, user, now=now).get(pupil_id)
    found = news_since(store, user, pupil_id, visit or first, now=now)
    if asked.codes.get("only") == ONLY_MARKS:
        return _marks_page(
            asked, news_since(store, user, pupil_id, first.seen_at, now=now), found if visit else []
        )
    shown = _whole_moments(found)
    unread = {(each.event_id, each.kind) for each in found}
    lately = news_since(store, user, pupil_id, first.seen_at, now=now) if visit else []
    read = [each for each in reversed(lately) if (each.event_id, each.kind) not in unread]
    # Not all shown: what is left must stay new, and all of it appeared later than the last line.
    seen_at = shown[-1].appeared_at if len(shown) < len(found) else now
    return asked.drawn(
        "news.html",
        "/new",
        "Новое",
        items=shown,
        left=len(found) - len(shown),
        read=read[:MOST_LINES],
        visit=Visit(seen_at, first.last_event) if visit else None,
        has_been_here=visit is not None and visit.last_event <= first.last_event,
        kinds=REMARK_TITLES,
        place_of=place_of,
        new_marks=_marks_among(found) if visit else 0,
        only="",
    )


def _marks_page(asked: Asked, lately: list[NewsItem], unread: list[NewsItem]) -> bytes:
    """Return the marks of a fortnight alone, the newest first: what is asked for most often stands between homework."""
    return asked.drawn(
        "news.html",
        "/new",
        "Новые отметки",
        items=[each for each in reversed(lately) if each.kind in MARK_KINDS],
        left=0,
        read=[],
        visit=None,
        has_been_here=False,
        kinds=REMARK_TITLES,
        place_of=place_of,
        new_marks=_marks_among(unread),
        only=ONLY_MARKS,
    )


def _marks_among(items: list[NewsItem]) -> int:
    return sum(each.kind in MARK_KINDS for each in items)


def _whole_moments(items: list[NewsItem]) -> list[NewsItem]:
    """Return the first lines, and all that appeared at the same moment as the last of them."""
    if len(items) <= MOST_LINES:
        return items
    last = items[MOST_LINES - 1].appeared_at
    return [each for number, each in enumerate(items) if number < MOST_LINES or each.appeared_at == last]


def place_of(item: NewsItem) -> str:
    """Return where in the diary an item stands, after the pupil's number."""
    return PLACES[item.kind].format(item=item)


def read_news(school: School, user: User, pupil_id: int, form: dict[str, str]) -> str:
    """Note that the list was read up to where the form was drawn; return the next address. Raises AccessRefused, RuleRefused."""
    event = id_of(form.get("event"))
    try:
        seen_at = datetime.fromisoformat(form.get("seen", ""))
    except ValueError:
        seen_at = None
    if event is None or seen_at is None or seen_at.tzinfo is not None:
        raise RuleRefused("Отметить не удалось.", next_step="Откройте «Новое» и нажмите кнопку снова.")
    mark_news_read(school.store, user, pupil_id, Visit(seen_at, event), now=school.clock())
    return f"/family/{pupil_id}/new"
