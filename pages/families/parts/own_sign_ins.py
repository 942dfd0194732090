"""«Мой вход» of a family, plain HTML: sessions, sign-ins, the second factor (п. 3.2, 8.5)."""

from pages.families.parts.diary_html import drawn
from pages.ui.factor_words import HOW_TO_TURN_ON, RECOVERY_WORDS, factor_picture, secret_words
from school.clock import unix_time
from school.errors import Refusal
from school.records import User
from school.sign_in.actions.own_sessions import confirm_devices, end_other_sessions, end_session
from school.sign_in.actions.second_factor import (
    TypedCode,
    renew_recovery_codes,
    stop_trusting_devices,
    turn_off,
    turn_on,
)
from school.sign_in.lookups.own_sign_ins import own_attempts, own_sessions
from school.sign_in.lookups.second_factor import own_factor
from school.sign_in.lookups.sessions import school_name
from school.sign_in.rules.second_factor import factor_address, new_factor_secret
from server.session import School, is_of_family_only

PLACE = "/family/sign-ins"
MOST_ATTEMPTS = 60
OFF_WORDS = "Войти можно будет по одному паролю. Введите код из приложения или с бумаги."
RENEW_WORDS = "Прежние коды на бумаге перестанут действовать. Введите код из приложения."


def _page(template: str, title: str, user: User, **words: object) -> bytes:
    return drawn(template, page=None, title=title, user=user, is_staff=not is_of_family_only(user), **words)


def sign_ins_page(school: School, user: User, secret: str) -> bytes:
    """Return the page of one's own sessions and sign-ins; ``secret`` is the one that asks."""
    now = school.clock()
    attempts = own_attempts(school.store, user, now=now)
    return _page(
        "sign_ins.html",
        "Мой вход",
        user,
        sessions=own_sessions(school.store, user, secret, now=now),
        factor=own_factor(school.store, user),
        attempts=attempts[:MOST_ATTEMPTS],
        failed=sum(not each.has_succeeded for each in attempts),
        most=MOST_ATTEMPTS,
    )


def do_own(school: School, user: User, secret: str, what: str, form: dict[str, str]) -> str:
    """Do what a button asks for and return the address of the page that follows. Raises AccessRefused, Refusal."""
    store, now = school.store, school.clock()
    if what == "end":
        end_session(store, user, form.get("session", ""), now=now)
    elif what == "end-others":
        end_other_sessions(store, user, secret, now=now)
    elif what == "ask-everywhere":
        stop_trusting_devices(store, user, now=now)
    elif what == "known":
        confirm_devices(store, user, secret, now=now)
        return "/family"
    elif what == "strange":
        end_other_sessions(store, user, secret, now=now)
        confirm_devices(store, user, secret, now=now)
        return "/family/password"
    return PLACE


def factor_page(school: School, user: User, what: str, *, secret: str = "", refused: str = "") -> bytes:
    """Return the form of a code: ``what`` is «factor» to turn it on, «codes» for fresh codes, «off»."""
    if what == "factor":
        secret = secret or new_factor_secret()
        name = school_name(school.store)
        return _page(
            "factor.html",
            "Включить второй фактор",
            user,
            words=HOW_TO_TURN_ON,
            picture=factor_picture(secret, user.login, name),
            address=factor_address(secret, user.login, name),
            key=secret_words(secret),
            secret=secret,
            **_form(what, "Код из приложения", "Включить", refused),
        )
    words, button = (RENEW_WORDS, "Показать новые коды") if what == "codes" else (OFF_WORDS, "Выключить")
    label = "Код из приложения или с бумаги"
    title = "Новые коды на бумаге" if what == "codes" else "Выключить второй фактор"
    form = _form(what, label, button, refused)
    return _page("factor.html", title, user, words=words, picture="", secret="", **form)


def _form(what: str, label: str, button: str, refused: str) -> dict[str, str]:
    return {"action": f"{PLACE}/{what}", "label": label, "button": button, "refused": refused}


def send_code(school: School, user: User, what: str, form: dict[str, str], address: str) -> bytes | str:
    """Do what a form with a code asks for: a page with codes for paper, the form again with a refusal, or an address."""
    code = TypedCode(form.get("code", ""), address, school.clock(), unix_time())
    try:
        if what == "off":
            turn_off(school.store, user, code)
            return PLACE
        codes = (
            turn_on(school.store, user, form.get("secret", ""), code)
            if what == "factor"
            else renew_recovery_codes(school.store, user, code)
        )
    except Refusal as refusal:
        return factor_page(school, user, what, secret=form.get("secret", ""), refused=str(refusal))
    return _page("factor_codes.html", "Коды на бумаге", user, words=RECOVERY_WORDS, codes=codes)
