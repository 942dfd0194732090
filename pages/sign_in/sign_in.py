"""The sign-in page, the form of a school's first administrator, and signing out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st
from streamlit_authenticator import Authenticate, Hasher
from streamlit_authenticator.controllers import AuthenticationController

from pages.sign_in.code_entry import is_entering_code, show_code_button, show_code_entry
from pages.sign_in.own_password import password_field, show_own_password
from pages.sign_in.second_step import is_half_way, show_second_step, start_second_step
from pages.ui.links import page_link
from pages.ui.typed_text import as_typed
from school import __version__
from school.access.roles import ROLES
from school.calendar import day_title
from school.errors import Refusal
from school.numbers import counted
from school.records import PersonName, Role, User
from school.regulations.lookups import reminded_documents
from school.sign_in.actions.letting_in import Entered, HalfWay
from school.sign_in.actions.own_sessions import confirm_devices, end_other_sessions
from school.sign_in.actions.sessions import FirstAdmin, create_first_admin, demo_sign_in, sign_in, sign_out
from school.sign_in.lookups.own_sign_ins import DeviceNotice, new_devices
from school.sign_in.lookups.sessions import (
    DEFAULT_SCHOOL_NAME,
    demo_roles,
    needs_first_admin,
    school_name,
    user_of_session,
)
from school.sign_in.rules.passwords import PASSWORD_HINT, WEAK_PASSWORD
from server.http.own_routes import DIARY
from server.http.session_routes import tickets
from server.session import (
    NOTE_KEY,
    SECRET_KEY,
    browser_address,
    first_code,
    forget_session,
    is_of_family_only,
    school,
    this_browser,
)
from server.view import VIEW_PLACE

TICKET_KEY, SIGNED_OUT_KEY, WEAK_KEY = "session_ticket", "just_signed_out", "weak_password"
REMINDED_KEY = "reminded_of_documents"
OWN_SIGN_INS = "sign_in/own_sign_ins.py"
COOKIE_REFUSED = "Вход не завершён: браузер не принял его. Разрешите этому сайту файлы cookie, обновите страницу и войдите снова."
BACK_NOTE = "Войдите, чтобы открыть дневник."
FORM_WIDTH = 420
SHORT_TITLES = {Role.DEPUTY: "Завуч", Role.TEACHER: "Учитель", Role.GUARDIAN: "Родитель"}

_POST = """
const post = (path, body) => fetch(path, {
    method: "POST", credentials: "same-origin",
    headers: {"Content-Type": "application/json"}, body: JSON.stringify(body),
});
"""
_keep_cookie = st.components.v2.component(
    "session_keep",
    js=_POST
    + """
export default function({ data, setTriggerValue }) {
    const back = new URLSearchParams(window.location.search).get("back");
    post("/api/session/open", { ticket: data.ticket, back })
        .then(async (answer) => {
            const { next, looks } = answer.ok ? await answer.json() : {};
            if (next) window.location.replace(next);
            else if (looks) window.location.reload();
            else setTriggerValue("kept", answer.ok ? "yes" : "no");
        })
        .catch(() => setTriggerValue("kept", "no"));
}
""",
)
_drop_cookie = st.components.v2.component(
    "session_drop",
    js=_POST
    + """
export default function() {
    post("/api/session/close", {}).finally(() => window.location.replace("/"));
}
""",
)


_go_to_diary = st.components.v2.component(
    "go_to_diary", js="export default function({ data }) { window.location.replace(data.address); }"
)


class _StoreController(AuthenticationController):
    """Checks a name and a password against the school's store; knows no tokens and no registration."""

    def __init__(self, attempt: Callable[[str, str], None]) -> None:
        self._attempt = attempt

    def login(self, username: str | None = None, password: str | None = None, *_: Any, **__: Any) -> bool:
        self._attempt(username or "", password or "")
        return True


class _NoCookie:
    """Stands in for the library's cookie, which a script can read and which outlives signing out."""

    def get_cookie(self) -> None:
        """No cookie signs anybody in here."""

    def set_cookie(self) -> None:
        """The session's cookie is set by an HTTP route."""


class _SignInForm(Authenticate):
    """The library's form over the school's own credentials, sessions and waits."""

    def __init__(self, attempt: Callable[[str, str], None]) -> None:
        self.attrs = {"login_sleep_time": 0}
        self.path = None
        self.cookie_controller = _NoCookie()
        self.authentication_controller = _StoreController(attempt)


def show_sign_in() -> None:
    """Draw the page for somebody who is not signed in."""
    if st.session_state.get(SIGNED_OUT_KEY):
        _drop_cookie(key="session_drop")
    with st.container(horizontal_alignment="center"), st.container(width=FORM_WIDTH, key="sign_in_panel"):
        name = school_name(school().store)
        st.title(as_typed(name), anchor=False, text_alignment="center")
        if name != DEFAULT_SCHOOL_NAME:
            st.markdown(f":small[{DEFAULT_SCHOOL_NAME}]", text_alignment="center")
        _show_way_in()
        st.markdown(
            f":small[[Крупнее, контрастнее]({VIEW_PLACE})]  \n:small[:gray[Версия {__version__}]]",
            text_alignment="center",
        )


def _show_way_in() -> None:
    if needs_first_admin(school().store):
        _show_first_admin_form()
        return
    if note := st.session_state.get(NOTE_KEY) or (BACK_NOTE if "back" in st.query_params else ""):
        st.info(as_typed(note))
    if is_half_way():
        show_second_step(_enter)
        return
    if is_entering_code():
        show_code_entry(_enter)
        return
    _show_form()
    show_code_button()
    _show_demo_panel()


def finish_sign_in() -> None:
    """Hand the browser its cookie right after a sign-in; the page goes on once it has it."""
    if TICKET_KEY not in st.session_state:
        return
    answer = _keep_cookie(
        key="session_keep", data={"ticket": st.session_state[TICKET_KEY]}, on_kept_change=lambda: None
    )
    if answer.kept is None:
        st.caption("Входим…", text_alignment="center")
        st.stop()
    del st.session_state[TICKET_KEY]
    if answer.kept == "no":
        _leave(COOKIE_REFUSED)
    st.rerun()


def lead_to_diary() -> None:
    """Take a family to the diary, which is no page of Streamlit's."""
    _go_to_diary(key="go_to_diary", data={"address": DIARY})
    st.markdown(f"Дневник ребёнка — на отдельной странице: [открыть дневник]({DIARY}).")


def show_user(user: User) -> None:
    """Draw who is signed in, and the way out, at the foot of the menu; a sign-in from a new device above the page."""
    with st.sidebar:
        if user.pupil_ids and not is_of_family_only(user):
            st.link_button("Дневник ребёнка", DIARY, icon=":material/menu_book:", type="tertiary")
        titles = ", ".join(ROLES[role].title for role in Role if user.has(role))
        st.markdown(f"**{as_typed(user.name)}**  \n:small[:gray[{titles}] · [Вид]({VIEW_PLACE})]")
        show_moved_day()
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if user.roles:
                page_link(OWN_SIGN_INS, "Мой вход", {})
            st.button("Выйти", on_click=_leave)
    _show_new_devices(user)
    _remind_of_documents(user)
    if st.session_state.pop(WEAK_KEY, False):
        show_own_password(WEAK_PASSWORD)


def show_moved_day() -> None:
    """Say which day a demonstration school lives, where it is not the calendar's."""
    here = school()
    if here.is_day_moved:
        st.caption(f"Учебная школа живёт {as_typed(day_title(here.clock().date()))}: сегодня уроков нет.")


def _show_new_devices(user: User) -> None:
    here, secret = school(), st.session_state.get(SECRET_KEY, "")
    notices = new_devices(here.store, user, secret, now=here.clock()) if user.roles else []
    if not notices:
        return
    with st.container(border=True, key="new_devices"):
        st.markdown(f":material/devices: **Вход с нового устройства**: {as_typed(_devices_words(notices))}.")
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button("Это был(а) я", on_click=_know_devices, args=(user,))
            st.button("Это не я: завершить остальные сеансы", on_click=_drop_devices, args=(user,))


def _remind_of_documents(user: User) -> None:
    """Say once after a sign-in that documents of the school wait: those of which the user was reminded, or that are overdue."""
    if st.session_state.get(REMINDED_KEY) or not user.roles:
        return
    st.session_state[REMINDED_KEY] = True
    count = reminded_documents(school().store, user, today=school().clock().date())
    if count:
        words = counted(count, "документ школы ждёт", "документа школы ждут", "документов школы ждут")
        st.toast(as_typed(f"{words} вашего «Ознакомлен(а)»: «Документы школы»."), icon=":material/gavel:")


def _devices_words(notices: list[DeviceNotice]) -> str:
    # A browser that keeps no cookie is new each time: equal devices are one, with their newest moment.
    moments: dict[str, list[datetime]] = {}
    for each in notices:
        moments.setdefault(f"{each.browser}, {each.address}", []).append(each.happened_at)
    words = []
    for device, found in moments.items():
        times = f", всего {counted(len(found), 'раз', 'раза', 'раз')}" if len(found) > 1 else ""
        words.append(f"{max(found):%d.%m в %H:%M} — {device}{times}")
    return "; ".join(words)


def _know_devices(user: User) -> None:
    here = school()
    confirm_devices(here.store, user, st.session_state.get(SECRET_KEY, ""), now=here.clock())


def _drop_devices(user: User) -> None:
    here, secret = school(), st.session_state.get(SECRET_KEY, "")
    end_other_sessions(here.store, user, secret, now=here.clock())
    confirm_devices(here.store, user, secret, now=here.clock())
    st.toast("Остальные сеансы завершены. Смените пароль.", icon=":material/check:")
    st.session_state[WEAK_KEY] = True


def _leave(note: str = "") -> None:
    here = school()
    secret = st.session_state.get(SECRET_KEY)
    if secret:
        sign_out(here.store, secret, now=here.clock())
    forget_session(note)
    st.session_state[SIGNED_OUT_KEY] = not note


def _enter(found: Entered | HalfWay) -> None:
    """Go on with a session that is open, or to the second step."""
    if isinstance(found, HalfWay):
        start_second_step(found)
        st.rerun()
    here = school()
    user = user_of_session(here.store, found.secret, here.clock())
    device = this_browser().device
    forget_session()
    st.session_state[SECRET_KEY] = found.secret
    st.session_state[TICKET_KEY] = tickets.issue(
        found.secret,
        user.roles if user else (),
        here.clock(),
        device=device,
        asks_password=found.has_weak_password,
    )
    st.session_state[WEAK_KEY] = found.has_weak_password
    st.rerun()


def _show_form() -> None:
    def attempt(login: str, password: str) -> None:
        here = school()
        _enter(
            sign_in(
                here.store,
                login,
                password,
                address=browser_address(),
                now=here.clock(),
                hasher=Hasher,
                browser=this_browser(),
            )
        )

    fields = {"Form name": "Вход", "Username": "Имя для входа", "Password": "Пароль", "Login": "Войти"}
    try:
        _SignInForm(attempt).login(fields=fields, key="sign_in")
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))


def _show_demo_panel() -> None:
    roles = demo_roles(school().store)
    if not roles:
        return
    st.markdown(":small[Демонстрационная школа: войти как…]", text_alignment="center")
    show_moved_day()
    with st.container(horizontal=True, horizontal_alignment="center", gap="small"):
        for role in roles:
            if st.button(SHORT_TITLES.get(role, ROLES[role].title), key=f"demo_{role}"):
                here = school()
                _enter(
                    demo_sign_in(
                        here.store, role, now=here.clock(), address=browser_address(), browser=this_browser()
                    )
                )


def _show_first_admin_form() -> None:
    st.markdown("В журнале ещё никого нет. Создайте администратора: он добавит остальных.")
    with st.form("first_admin"):
        left, right = st.columns(2)
        last, first = left.text_input("Фамилия"), right.text_input("Имя")
        middle = left.text_input("Отчество")
        login = right.text_input("Имя для входа", autocomplete="username")
        with left:
            password = password_field("Пароль")
        with right:
            again = password_field("Пароль ещё раз")
        st.caption(PASSWORD_HINT)
        code = st.text_input("Код первого входа", placeholder="Напечатан в окне, где запущен сервер")
        is_sent = st.form_submit_button("Создать администратора")
    if not is_sent:
        return
    name = PersonName(last.strip(), first.strip(), middle.strip())
    here = school()
    try:
        entered = create_first_admin(
            here.store,
            FirstAdmin(login, name, password, again, code),
            expected_code=first_code(),
            address=browser_address(),
            now=here.clock(),
            hasher=Hasher,
            browser=this_browser(),
        )
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
    else:
        _enter(entered)
