"""How a document goes on paper from the printer to the shelf and off it, one step after another (п. 6.6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from school.archive.records import PaperState
from school.errors import RuleRefused

STATE_TITLES: dict[PaperState, str] = {
    PaperState.FORMED: "сформирован",
    PaperState.PRINTED: "распечатан",
    PaperState.SIGNED: "подписан и прошит",
    PaperState.STORED: "сдан на хранение",
    PaperState.EXPIRED: "срок истёк",
    PaperState.DESTROYED: "уничтожен по акту",
}
# What the school does with a document of a state, and the words of its button; time alone takes the step to EXPIRED.
NEXT: dict[PaperState, PaperState] = {
    PaperState.FORMED: PaperState.PRINTED,
    PaperState.PRINTED: PaperState.SIGNED,
    PaperState.SIGNED: PaperState.STORED,
    PaperState.EXPIRED: PaperState.DESTROYED,
}
BEFORE = {after: before for before, after in NEXT.items()}
STEP_WORDS: dict[PaperState, str] = {
    PaperState.PRINTED: "Распечатан",
    PaperState.SIGNED: "Подписан и прошит",
    PaperState.STORED: "Сдан на хранение",
    PaperState.DESTROYED: "Уничтожен по акту",
}
# Until then the paper of п. 6.6 is not there.
UNSIGNED = frozenset({PaperState.FORMED, PaperState.PRINTED})
WORDS_LENGTH, MOST_SHEETS = 120, 2000


@dataclass(frozen=True)
class Step:
    """A step of documents: to which state, how many sheets (None: as counted), where they lie, by which act of which day."""

    state: PaperState
    sheets: int | None = None
    place: str = ""
    act_number: str = ""
    act_day: date | None = None

    @property
    def words(self) -> str:
        """What is noted of the step beside who took it and when."""
        if self.state is PaperState.STORED:
            return self.place.strip()
        if self.state is PaperState.DESTROYED and self.act_day:
            return f"акт № {self.act_number.strip()} от {self.act_day:%d.%m.%Y}"
        return ""


def state_on(state: PaperState, kept_until: date, today: date) -> PaperState:
    """Return the state of a document on a day: stored paper whose term is over waits for an act (п. 6.6)."""
    return PaperState.EXPIRED if state is PaperState.STORED and today > kept_until else state


def check_step(step: Step, states: Collection[PaperState], today: date) -> None:
    """Raise RuleRefused where a step does not follow the states of these documents, or lacks what it must say (п. 6.6)."""
    if not states:
        raise RuleRefused("Ни один документ не отмечен.", next_step="Отметьте документы в таблице.")
    before = BEFORE.get(step.state)
    if before is None or any(state is not before for state in states):
        raise RuleRefused(
            f"Отметить «{STATE_TITLES[step.state]}» можно только у документов в состоянии «{STATE_TITLES[before or step.state]}».",
            next_step="Отметьте документы в одном состоянии.",
        )
    if step.sheets is not None and not 1 <= step.sheets <= MOST_SHEETS:
        raise RuleRefused(
            "Столько листов в документе быть не может.", next_step=f"Укажите от 1 до {MOST_SHEETS}."
        )
    if step.sheets is not None and len(states) > 1:
        raise RuleRefused(
            "У каждого документа своё число листов.",
            next_step="Выберите один документ или оставьте поле «Листов» пустым.",
        )
    if step.state is PaperState.STORED and not step.place.strip():
        raise RuleRefused(
            "Не сказано, где лежит документ.", next_step="Напишите место: кабинет, шкаф, полка."
        )
    if step.state is PaperState.DESTROYED and (not step.act_number.strip() or step.act_day is None):
        raise RuleRefused("Уничтожают только по акту.", next_step="Укажите номер и дату акта.")
    if step.act_day is not None and step.act_day > today:
        raise RuleRefused("Дата акта ещё не наступила.", next_step="Проверьте дату.")
    if max(len(step.place.strip()), len(step.act_number.strip())) > WORDS_LENGTH:
        raise RuleRefused(f"Написано больше {WORDS_LENGTH} знаков.", next_step="Сократите.")


def state_before(state: PaperState) -> PaperState:
    """Return the state that a step taken by mistake is taken back to. Raises RuleRefused where none is."""
    before = {PaperState.STORED: PaperState.SIGNED}.get(state) or BEFORE.get(state)
    if before is None or state is PaperState.DESTROYED:
        raise RuleRefused(
            f"Состояние «{STATE_TITLES[state]}» не отменяют.", next_step="Отметьте другие документы."
        )
    return before
