"""The second factor as the register and the diary show it alike: the picture for the application, the words beside it."""

import io

import segno

from school.sign_in.rules.second_factor import factor_address
from server.typed_text import Markdown

HOW_TO_TURN_ON = Markdown(
    "Поставьте на телефон приложение для кодов (Яндекс Ключ, Google Authenticator, Aegis) и считайте им картинку. "
    "Интернет приложению не нужен."
)
RECOVERY_WORDS = Markdown(
    "Запишите или распечатайте коды: каждый заменяет код с телефона один раз. Больше их не покажут."
)


def factor_picture(secret: str, login: str, school: str) -> str:
    """Return the picture (SVG, dark on light) that an application reads a secret from."""
    drawn = io.BytesIO()
    segno.make(factor_address(secret, login, school), micro=False).save(
        drawn,
        kind="svg",
        scale=5,
        border=3,
        light="#fff",
        xmldecl=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return drawn.getvalue().decode()


def secret_words(secret: str) -> str:
    """Return a secret in groups of four, to be typed by hand."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
