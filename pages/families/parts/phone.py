"""«На телефоне»: the diary as an app, pages kept for when there is no connection, notices (п. 4.7, 8.2)."""

import json
from collections.abc import Mapping

from pages.families.parts.diary_html import drawn
from pages.families.parts.keeping import is_keeping
from school.errors import RuleRefused
from school.pushes.actions import add_device, remove_own_device
from school.pushes.lookups import own_devices, public_push_key
from school.pushes.rules import WORDS, PushAddress
from school.received import id_of
from school.records import User
from server.session import School, is_of_family_only

PHONE_BUTTONS = ("keep", "forget", "add", "remove")


def phone_page(
    school: School, user: User, secret: str, cookies: Mapping[str, str], refused: str = ""
) -> bytes:
    """Return the page; ``secret`` is that of the session which asks."""
    return drawn(
        "phone.html",
        page=None,
        title="На телефоне",
        user=user,
        is_staff=not is_of_family_only(user),
        has_children=bool(user.pupil_ids),
        is_keeping=is_keeping(user, cookies),
        key=public_push_key(school.store),
        devices=own_devices(school.store, user, secret),
        push_words=WORDS,
        refused=refused,
    )


def do_on_phone(
    school: School, user: User, secret: str, what: str, form: Mapping[str, str], browser: str
) -> None:
    """Do what a button asks for, as far as the server takes part in it. Raises AccessRefused, RuleRefused."""
    now = school.clock()
    if what == "add":
        add_device(school.store, user, secret, _address(form), browser, now=now)
    elif what == "remove" and (device := id_of(form.get("device"))) is not None:
        remove_own_device(school.store, user, device, now=now)


def _address(form: Mapping[str, str]) -> PushAddress:
    """Return what a browser says of itself: its subscription as JSON."""
    try:
        said = json.loads(form.get("subscription", ""))
        return PushAddress(str(said["endpoint"]), str(said["keys"]["p256dh"]), str(said["keys"]["auth"]))
    except (ValueError, KeyError, TypeError):
        raise RuleRefused(
            "Включить уведомления не удалось.", "Браузер не прислал своего адреса.", "Нажмите кнопку ещё раз."
        ) from None
