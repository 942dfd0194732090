"""The id in an address «…/{name:id}»: more digits than the database knows are no such page, not a fault."""

from starlette.convertors import Convertor, register_url_convertor

from school.received import MOST_DIGITS


class IdConvertor(Convertor[int]):
    """Digits, at most so many that every number of theirs is within the range of the database."""

    regex = f"[0-9]{{1,{MOST_DIGITS - 1}}}"

    def convert(self, value: str) -> int:
        """Return the number of the digits."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Return the digits of a number."""
        return str(value)


def register() -> None:
    """Make «:id» known to routes that are declared from now on."""
    register_url_convertor("id", IdConvertor())
