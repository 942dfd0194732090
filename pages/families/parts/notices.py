"""«Уведомления и календарь» of a family: what it is told outside the diary, its private calendars (п. 3.6, 4.7)."""

from starlette.requests import Request

from pages.families.parts.diary_html import drawn
from school.calendar import WEEKDAYS
from school.errors import Refusal, RuleRefused
from school.notices.actions.own import (
    ask_code,
    choose_notices,
    confirm_address,
    end_calendar,
    forget_address,
    make_calendar,
)
from school.notices.lookups.own import own_notices
from school.notices.records import Choices, Digest
from school.notices.rules.addresses import CALENDAR, LONGEST_LABEL, calendar_name
from school.notices.rules.letters import SETTINGS_PLACE
from school.notices.rules.times import HOURS
from school.received import id_of
from school.records import User
from server.notices import mail_job
from server.session import School, is_of_family_only

DIGESTS = {Digest.NONE: "Не присылать", Digest.DAY: "Каждый день", Digest.WEEK: "Раз в неделю"}
ACTS = ("address", "code", "choices", "forget", "calendar", "end-calendar")


def notices_page(school: School, user: User, *, refused: str = "", link: str = "", done: str = "") -> bytes:
    """Return the page; ``link`` is the address of a calendar just made, which is never shown again. Raises AccessRefused."""
    own = own_notices(school.store, user, now=school.clock())
    return drawn(
        "notices.html",
        page=None,
        title="Уведомления и календарь",
        user=user,
        is_staff=not is_of_family_only(user),
        own=own,
        choices=own.settings.choices if own.settings else Choices(),
        digests=DIGESTS,
        hours=HOURS,
        days=dict(enumerate(WEEKDAYS, start=1)),
        calendar=CALENDAR,
        calendar_name=calendar_name,
        longest_label=LONGEST_LABEL,
        refused=refused,
        link=link,
        done=done,
    )


def do_notices(school: School, user: User, request: Request, what: str, form: dict[str, str]) -> bytes | str:
    """Do what a form of the page asks for: the page again with a refusal or a new link, or the address that follows.

    Raises AccessRefused; a RuleRefused is said on the page.
    """
    store, now = school.store, school.clock()
    try:
        if what == "address":
            ask_code(store, user, form.get("address", ""), now=now)
            mail_job.asked.set()
        elif what == "code":
            confirm_address(store, user, form.get("code", ""), now=now)
        elif what == "choices":
            choose_notices(store, user, _choices(form), now=now)
            return notices_page(school, user, done="Уведомления сохранены.")
        elif what == "forget":
            forget_address(store, user, now=now)
        elif what == "calendar":
            pupil_id = id_of(form.get("child"))
            if pupil_id is None:
                raise RuleRefused("Ребёнок не выбран.", next_step="Выберите, чей это календарь.")
            token = make_calendar(store, user, pupil_id, form.get("label", ""), now=now)
            return notices_page(school, user, link=f"{str(request.base_url).rstrip('/')}/ical/{token}.ics")
        else:
            end_calendar(store, user, id_of(form.get("feed")) or 0, now=now)
    except RuleRefused as refusal:
        return notices_page(school, user, refused=str(refusal))
    return SETTINGS_PLACE


def _choices(form: dict[str, str]) -> Choices:
    try:
        digest = Digest(form.get("digest", Digest.NONE))
    except ValueError:
        raise RuleRefused("Такой сводки нет.", next_step="Выберите из списка.") from None
    return Choices(
        digest,
        id_of(form.get("hour")) or 0,
        id_of(form.get("weekday")) or 0,
        "absence" in form,
        "cancelled" in form,
        "announcement" in form,
        "name" in form,
    )


def ending_page(token: str, *, is_ended: bool = False, refused: Refusal | None = None) -> bytes:
    """Return the page at the end of a letter's link: a button that ends all letters, or that they have ended."""
    return drawn(
        "no_letters.html",
        page=None,
        title="Письма дневника",
        user=None,
        token=token,
        is_ended=is_ended,
        refused=str(refused) if refused else "",
    )
