"""What is printed of a measure: the request for an explanation, the act of refusal, the draft of an order; to be edited (ст. 193 ТК)."""

from dataclasses import dataclass
from datetime import date

from school.discipline.records import Measure, MeasureKind
from school.discipline.rules.clock import KIND_TITLES


@dataclass(frozen=True)
class MeasurePaper:
    """A paper as it is printed: what it is, its title, its text (a line a paragraph), who signs."""

    heading: str
    title: str
    body: str
    signers: tuple[tuple[str, str], ...]


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else "«___» __________ 20__ г."


def request_paper(measure: Measure, employee: str, head: str, until: date) -> MeasurePaper:
    """Return the request for a written explanation, with the last day of it (ст. 193 ч. 1)."""
    return MeasurePaper(
        "ТРЕБОВАНИЕ",
        "о представлении письменного объяснения",
        "\n".join(
            (
                f"Работник: {employee}.",
                f"В соответствии со статьёй 193 Трудового кодекса РФ прошу до {_day(until)} включительно представить письменное "
                f"объяснение по следующему поводу (обнаружено {_day(measure.found_on)}):",
                measure.found_words,
                "Если по истечении двух рабочих дней объяснение не будет представлено, об этом составят акт.",
            )
        ),
        (("Директор", head), ("Получил(а), дата", "")),
    )


def refusal_paper(measure: Measure, employee: str, head: str) -> MeasurePaper:
    """Return the act that no explanation was given in two working days (ст. 193 ч. 1)."""
    return MeasurePaper(
        "АКТ",
        "о непредставлении письменного объяснения",
        "\n".join(
            (
                f"Работник: {employee}.",
                f"{_day(measure.asked_on)} у работника запрошено письменное объяснение по поводу: {measure.found_words}",
                "По истечении двух рабочих дней письменное объяснение не представлено.",
            )
        ),
        (("Директор", head), ("В присутствии", ""), ("В присутствии", "")),
    )


def order_body(measure: Measure, employee: str, kind: MeasureKind) -> str:
    """Return the draft of an order in the words of what was found; the head edits it (ст. 192, 193)."""
    if measure.explained_on is not None:
        ground = f"объяснение работника от {_day(measure.explained_on)}"
    else:
        ground = f"акт о непредставлении объяснения от {_day(measure.refused_on)}"
    return "\n".join(
        (
            f"Обнаружено {_day(measure.found_on)}: {measure.found_words}",
            f"Основание: {ground}.",
            "ПРИКАЗЫВАЮ:",
            f"1. Применить дисциплинарное взыскание: {KIND_TITLES[kind]}. Работник: {employee}.",
            "2. Ознакомить работника с приказом под подпись в течение трёх рабочих дней.",
        )
    )


def order_paper(body: str, head: str) -> MeasurePaper:
    """Return an order about a measure as it is printed."""
    signers = (("Директор", head), ("Ознакомлен(а)", ""))
    return MeasurePaper("ПРИКАЗ", "О применении дисциплинарного взыскания", body, signers)
