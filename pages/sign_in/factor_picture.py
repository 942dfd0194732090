"""How the second factor is turned on, in pictures and words: the picture for the application, and the codes for paper."""

import streamlit as st

from pages.ui.factor_words import HOW_TO_TURN_ON, RECOVERY_WORDS, factor_picture, secret_words
from school.sign_in.lookups.sessions import school_name
from server.session import school


def show_factor_picture(secret: str, login: str) -> None:
    """Show the picture that an application reads, and its words for typing by hand."""
    st.markdown(HOW_TO_TURN_ON)
    st.image(factor_picture(secret, login, school_name(school().store)), width=220)
    st.caption("Не считывается — введите ключ вручную:")
    st.code(secret_words(secret), language=None)


def show_recovery_codes(codes: list[str]) -> None:
    """Show the codes for paper, the only time that they are shown."""
    st.success("Второй фактор включён.")
    st.markdown(RECOVERY_WORDS)
    st.code("\n".join(codes), language=None)
    st.download_button(
        "Скачать коды файлом",
        "\n".join(codes),
        "коды-для-входа.txt",
        on_click="ignore",
        icon=":material/download:",
    )
