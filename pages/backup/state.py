"""«Состояние»: how the server and its backups stand, in lights with words and what to do (п. 6.1, 8.2, 8.6)."""

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from pages.backup.parts.copies_key import forget_pair, has_pair, show_key
from pages.ui.doing import try_and_rerun, try_to
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.backup.lookups import BackupState, backup_state
from school.backup.records import CAUSE_TITLES, Deed, Manifest, Outcome
from school.backup.rules.signs import Light, Sign, ago_text, bytes_text, minutes_text
from school.clock import school_zone
from school.numbers import counted, number_text
from school.records import User
from school.sign_in.actions.clock import accept_clock
from school.sign_in.lookups.clock import clock_shown_before
from server.session import School, guard, school
from server.state.backups import BackupKeeper, keeper
from server.state.condition import server_signs
from server.state.errors import ErrorKind, recent_errors
from server.state.machine import open_tabs, uptime_seconds, versions

REFRESH_SECONDS = 1
ICONS = {
    Light.GOOD: ":green[:material/check_circle:]",
    Light.SOON: ":orange[:material/error:]",
    Light.BAD: ":red[:material/cancel:]",
}
DOING = {
    Deed.BACKUP: "Делаем резервную копию",
    Deed.COPY: "Отправляем копию в другое место",
    Deed.DRILL: "Учебное восстановление",
}
DEED_TITLES = {Deed.BACKUP: "копия", Deed.COPY: "копия в другое место", Deed.DRILL: "учебное восстановление"}
BACKUP_COLUMNS: tuple[RecordColumn[Manifest], ...] = (
    RecordColumn("Снята", lambda each: f"{each.taken_at:%d.%m.%Y %H:%M}", width=150),
    RecordColumn("Почему", lambda each: CAUSE_TITLES.get(each.cause, each.cause), width=220),
    RecordColumn("Размер", lambda each: bytes_text(each.size), width=100),
    RecordColumn("Записей", lambda each: sum(table.rows for table in each.tables.values()), 0, width=110),
    RecordColumn("Файлов", lambda each: len(each.files), 0, width=90),
    RecordColumn("Секунд", lambda each: each.seconds, 1, width=90),
)
OUTCOME_COLUMNS: tuple[RecordColumn[Outcome], ...] = (
    RecordColumn("Когда", lambda each: f"{each.at:%d.%m.%Y %H:%M}", width=150),
    RecordColumn("Что", lambda each: DEED_TITLES[Deed(each.deed)], width=200),
    RecordColumn("Кто", lambda each: each.who or "по расписанию", width=150),
    RecordColumn("Заняло", lambda each: minutes_text(each.seconds), width=130),
    RecordColumn("Чем кончилось", lambda each: each.problem or "получилось", width=420),
)
ERROR_COLUMNS: tuple[RecordColumn[ErrorKind], ...] = (
    RecordColumn("Вид ошибки", lambda each: each.kind, width=300),
    RecordColumn("Сколько раз", lambda each: each.count, 0, width=120),
    RecordColumn("Последняя", lambda each: ago_text(timedelta(seconds=each.last_ago)), width=160),
)


def show_signs(title: Markdown, signs: Sequence[Sign]) -> None:
    """Show a list of lights, each with its words and what to do."""
    with st.container(border=True):
        st.markdown(f"**{title}**")
        for each in signs:
            advice = f"  \n:small[{as_typed(each.advice)}]" if each.advice else ""
            st.markdown(f"{ICONS[each.light]} **{as_typed(each.title)}.** {as_typed(each.words)}{advice}")


def show_verdict(signs: Sequence[Sign]) -> None:
    """Say in one sentence whether anything needs a hand."""
    bad = [each for each in signs if each.light is Light.BAD]
    soon = [each for each in signs if each.light is Light.SOON]
    if bad:
        st.error(f"Нужно вмешаться: {as_typed(', '.join(each.title.lower() for each in bad))}.")
    elif soon:
        st.warning(
            f"Журнал работает. Обратите внимание: {as_typed(', '.join(each.title.lower() for each in soon))}."
        )
    else:
        st.success("Всё в порядке: журнал работает, копии делаются.")


@st.fragment(run_every=REFRESH_SECONDS)
def show_progress() -> None:
    """Show what is being done with backups until it ends."""
    guard(Action.READ_STATE)
    here = keeper()
    doing = here.doing if here else None
    if doing is None:
        st.rerun(scope="app")
    stage = f": {as_typed(doing.stage.lower())}" if doing.stage else ""
    st.info(f"{DOING[doing.deed]}{stage}… Журнал работает как обычно.", icon=":material/hourglass_top:")


def show_buttons(user: User, state: BackupState) -> None:
    """Show what the administrator may do; it goes on beside the visitors."""
    here = keeper()
    if here is not None and here.doing is not None:
        show_progress()
        return
    if not state.may_keep:
        return
    with st.container(horizontal=True, gap="small"):
        take = st.button(
            "Сделать копию сейчас", icon=":material/backup:", type="primary", disabled=here is None
        )
        drill = st.button(
            "Учебное восстановление",
            icon=":material/settings_backup_restore:",
            disabled=here is None,
            help="Восстанавливает последнюю копию рядом, сверяет её и убирает. Журнал не меняется.",
        )
        wants_key = st.button("Ключ для копий", icon=":material/key:")
    if wants_key:
        forget_pair()
    if wants_key or has_pair():
        show_key(state.public_key)
    if here is not None and (take or drill):
        ask(here, user, Deed.DRILL if drill else Deed.BACKUP)


def ask(here: BackupKeeper, user: User, deed: Deed) -> None:
    """Ask for it and show its progress."""
    if try_to(lambda: here.ask(user, deed), "Начинаем."):
        st.rerun()


def show_clock_button(here: School, user: User) -> None:
    """Let the administrator say that the clock is right now, where it has shown a later moment before."""
    if here.store.failure() or clock_shown_before(here.store, here.clock()) is None:
        return
    if st.button(
        "Часы верны",
        icon=":material/schedule:",
        help="Нажмите, когда сверили часы сервера. Сеансы, приглашения и доверенные устройства, начатые спешившими часами, "
        "продлятся не дольше обычного.",
    ):
        try_and_rerun(
            lambda: accept_clock(here.store, user, now=here.clock(), zone=school_zone()), "Часы приняты."
        )


def show_server() -> None:
    """Show the versions, for how long the server is up, and who is here."""
    hours = int(uptime_seconds() // 3600)
    if not hours:
        up = "меньше часа"
    elif hours < 48:
        up = counted(hours, "час", "часа", "часов")
    else:
        up = counted(hours // 24, "день", "дня", "дней")
    named = ", ".join(f"{name} {version}" for name, version in versions().items())
    st.caption(
        as_typed(f"Работает без перезапуска: {up}. Открыто вкладок: {number_text(open_tabs())}. {named}.")
    )


def show_state(user: User) -> None:
    """Show the whole page."""
    here, server = keeper(), school()
    began = here.began_at if here else server.clock()
    state = backup_state(server.store, user, now=server.clock(), server_began=began)
    own = server_signs(server)
    show_verdict([*state.signs, *own])
    show_buttons(user, state)
    left, right = st.columns(2)
    with left:
        show_signs(Markdown("Резервные копии"), state.signs)
    with right:
        show_signs(Markdown("Сервер"), own)
        if state.may_keep:
            show_clock_button(server, user)
    show_server()
    errors = recent_errors.of_last()
    if errors:
        st.subheader("Ошибки за сутки")
        show_records(errors, ERROR_COLUMNS, "state_errors")
    st.subheader("Копии")
    if state.backups:
        show_records(state.backups, BACKUP_COLUMNS, "state_backups", rows_shown=8)
    else:
        st.info(
            "Копий ещё нет. Первая делается сама вскоре после запуска; можно не ждать: «Сделать копию сейчас»."
        )
    if state.outcomes:
        st.subheader("Что делалось")
        show_records(state.outcomes, OUTCOME_COLUMNS, "state_outcomes", rows_shown=8)


show_state(guard(Action.READ_STATE))
