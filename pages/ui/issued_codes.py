"""Codes at the moment of their issue: shown once on the page that asked for them, and printed as slips (п. 3.1)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import streamlit as st

from pages.ui.doing import try_to
from pages.ui.export import download, noted
from pages.ui.typed_text import as_typed
from pipelines.reports.invitation_slips import slips_pdf
from school.invitations.actions import issue_codes
from school.numbers import counted
from school.people.records import Invitee, IssuedCode, PersonKind
from school.records import User
from school.sign_in.lookups.sessions import school_name
from server.session import school

ISSUED = "issued_codes"
SHOWN_WHOLE = 6


def issue(user: User, invitees: Sequence[Invitee], place: str) -> bool:
    """Issue codes and keep them for ``show_issued`` of this place; return whether they were issued."""
    codes: list[IssuedCode] = []
    done = try_to(
        lambda: codes.extend(issue_codes(school().store, user, invitees, now=school().clock())),
        "Коды выданы.",
    )
    if done:
        st.session_state[ISSUED] = (place, codes)
    return done


def show_issued(place: str) -> None:
    """Show the codes just issued here, with the sheet to print; those of another place are forgotten."""
    kept, codes = st.session_state.get(ISSUED, ("", []))
    if kept != place:
        forget_issued()
        return
    with st.container(border=True):
        number = counted(len(codes), "код", "кода", "кодов")
        st.markdown(
            f"**Выдано: {number}, действует по {codes[0].expires_at:%d.%m.%Y}.** Прежние коды этих людей больше не "
            "действуют. Сейчас коды видны в последний раз: журнал их не хранит."
        )
        for code in codes[:SHOWN_WHOLE]:
            st.markdown(f"{as_typed(code.name.full)} · {as_typed(code.purpose)}: `{as_typed(code.code)}`")
        if len(codes) > SHOWN_WHOLE:
            st.caption(f"Остальные {len(codes) - SHOWN_WHOLE} — на листках для печати.")
        with st.container(horizontal=True, gap="small"):
            download(
                "Листки для печати (PDF)",
                noted(
                    lambda: slips_pdf(school_name(school().store), site_address(), codes),
                    [each.invitee.person_id for each in codes if each.invitee.kind is PersonKind.PUPIL],
                    "Коды приглашения",
                ),
                "Коды приглашения.pdf",
                "application/pdf",
                key=f"slips_{place}",
                icon=":material/print:",
                type="primary",
            )
            st.button("Готово, убрать коды", key=f"forget_{place}", on_click=forget_issued)


def forget_issued() -> None:
    """Drop the codes from the session."""
    st.session_state.pop(ISSUED, None)


def site_address() -> str:
    """Return the address of the register as this browser opened it."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "адрес журнала"
