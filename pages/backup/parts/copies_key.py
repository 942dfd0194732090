"""The key of copies in another place: made here, printed once for the head's safe, kept nowhere (п. 8.6)."""

import streamlit as st

from pages.ui.doing import try_to
from pages.ui.export import download
from pages.ui.typed_text import as_typed
from pipelines.reports.backup_key import key_sheet
from school.access.action import Action
from school.backup.actions import set_copies_key
from school.backup.encryption import new_key
from school.sign_in.lookups.sessions import school_name
from server.session import guard, school

PAIR = "backup_key_pair"


def make_pair() -> None:
    """Make a key that lives in this tab only until it is used."""
    st.session_state[PAIR] = new_key()


def has_pair() -> bool:
    """Whether this tab has a key that is not used yet: a rerun must not lose it."""
    return PAIR in st.session_state


def forget_pair() -> None:
    """Drop the secret key from the tab."""
    st.session_state.pop(PAIR, None)


@st.dialog("Ключ для копий", width="medium", on_dismiss=forget_pair)
def show_key(public_key: str) -> None:
    """Make a key, have it printed, and use it once somebody says that the sheet is in the safe."""
    user = guard(Action.KEEP_BACKUPS)
    pair: tuple[str, str] | None = st.session_state.get(PAIR)
    if pair is None:
        _explain(public_key)
        st.button("Создать ключ", type="primary", icon=":material/key:", on_click=make_pair)
        return
    public, secret = pair
    st.markdown(
        "**Напечатайте лист и положите его в сейф директора.** Ключ виден в последний раз: журнал его не хранит, а без него "
        "копии не откроет никто."
    )
    download(
        "Лист для сейфа (PDF)",
        lambda: key_sheet(school_name(school().store), school().clock().date(), public, secret),
        "Ключ резервных копий.pdf",
        "application/pdf",
        key="backup_key_sheet",
        icon=":material/print:",
        type="primary",
    )
    st.code(secret, language=None, wrap_lines=True)
    is_kept = st.checkbox("Лист напечатан и лежит в сейфе", key="backup_key_kept")
    if st.button("Шифровать копии этим ключом", disabled=not is_kept, icon=":material/lock:"):
        now = school().clock()
        if try_to(lambda: set_copies_key(school().store, user, public, now=now), "Ключ сохранён."):
            forget_pair()
            st.rerun()


def _explain(public_key: str) -> None:
    st.markdown(
        "Копии в другом месте шифруются: без ключа их никто не прочтёт, даже если диск украдут. Открытый ключ остаётся в "
        "журнале, закрытый печатается один раз на листе для сейфа директора."
    )
    if public_key:
        st.markdown(f"Сейчас копии шифруются ключом `{as_typed(public_key[:16])}…`.")
        st.warning("Новый ключ — для новых копий. Прежние открывает прежний лист: не выбрасывайте его.")
