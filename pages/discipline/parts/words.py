"""What is known of a measure, line by line: the same for the head and the employee."""

import streamlit as st

from pages.ui.typed_text import Markdown, as_typed
from school.discipline.lookups import MeasureLine
from school.discipline.rules.clock import KIND_TITLES
from school.discipline.rules.steps import SOURCE_TITLES


def show_facts(line: MeasureLine) -> None:
    """Show the days and the words of a measure."""
    measure = line.measure
    st.markdown(as_typed(measure.found_words))
    st.caption(
        Markdown(
            f"{as_typed(SOURCE_TITLES[measure.source].capitalize())}; произошло {measure.deed_on:%d.%m.%Y}, "
            f"обнаружено {measure.found_on:%d.%m.%Y}"
        )
    )
    facts = [*_explanation(line), *_decision(line)]
    facts += [f"Не считаются дни с {first:%d.%m.%Y} по {last:%d.%m.%Y}" for first, last in measure.away]
    st.markdown(Markdown("\n".join(f"- {as_typed(each)}" for each in facts)))
    if measure.explanation:
        st.markdown(Markdown(f"**Объяснение.** {as_typed(measure.explanation)}"))


def _explanation(line: MeasureLine) -> list[str]:
    measure, facts = line.measure, []
    if measure.asked_on is not None and line.explanation_until is not None:
        facts.append(
            f"Объяснение запрошено {measure.asked_on:%d.%m.%Y}, срок по {line.explanation_until:%d.%m.%Y}"
        )
    if measure.explained_on is not None:
        facts.append(f"Объяснение дано {measure.explained_on:%d.%m.%Y}")
    if measure.refused_on is not None:
        facts.append(f"Акт об отказе от объяснения {measure.refused_on:%d.%m.%Y}")
    return facts


def _decision(line: MeasureLine) -> list[str]:
    measure = line.measure
    if measure.closed_on is not None:
        return [f"Закрыто без меры {measure.closed_on:%d.%m.%Y}"]
    if measure.ordered_on is None:
        return [f"Решение: {KIND_TITLES[measure.kind]}"]
    facts = [
        f"{KIND_TITLES[measure.kind].capitalize()}: приказ № {measure.order_number} от {measure.ordered_on:%d.%m.%Y}"
    ]
    if measure.acquainted_on is not None:
        facts.append(f"Ознакомлен(а) с приказом {measure.acquainted_on:%d.%m.%Y}")
    elif measure.order_refused_on is not None:
        facts.append(f"Акт об отказе подписать приказ {measure.order_refused_on:%d.%m.%Y}")
    elif line.acquaintance_until is not None:
        facts.append(f"Ознакомить с приказом до {line.acquaintance_until:%d.%m.%Y}")
    if measure.lifted_on is not None:
        facts.append(f"Снято досрочно {measure.lifted_on:%d.%m.%Y}")
    elif line.lifts_on is not None:
        verb = "Снимется само" if line.is_in_force else "Снято с"
        facts.append(f"{verb} {line.lifts_on:%d.%m.%Y} (ст. 194 ТК)")
    return facts
