"""The steps by which a school year opens; how far each is done is read off the data (п. 4.2, 4.3, 5.1)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from school.year.records import OpeningFacts


class StepState(StrEnum):
    """How far a step is."""

    DONE = "done"
    NOT_BEGUN = "not_begun"
    HAS_REMARKS = "has_remarks"


STATE_TITLES: dict[StepState, str] = {
    StepState.DONE: "готово",
    StepState.NOT_BEGUN: "не начато",
    StepState.HAS_REMARKS: "есть замечания",
}


@dataclass(frozen=True)
class Step:
    """A step: its code, title and clause; whether it is begun, and what is still missing, in words."""

    code: str
    title: str
    clause: str
    is_begun: Callable[[OpeningFacts], bool]
    missing: Callable[[OpeningFacts], Iterable[str]]
    done: Callable[[OpeningFacts], str]
    is_optional: bool = False


@dataclass(frozen=True)
class StepLine:
    """A step as it stands."""

    step: Step
    state: StepState
    missing: tuple[str, ...]
    done: str


def _names_line(what: str, names: tuple[str, ...]) -> list[str]:
    shown = ", ".join(names[:6]) + (f" и ещё {len(names) - 6}" if len(names) > 6 else "")
    return [f"{what}: {shown}"] if names else []


def _count_line(what: str, count: int) -> list[str]:
    return [f"{what}: {count}"] if count else []


STEPS: tuple[Step, ...] = (
    Step(
        "school",
        "Школа",
        "п. 4.3",
        lambda facts: bool(facts.school_name),
        lambda _facts: (),
        lambda facts: facts.school_name,
    ),
    Step(
        "calendar",
        "Календарный график",
        "п. 5.1",
        lambda facts: facts.terms > 0,
        lambda facts: _names_line("нет учебных периодов у классов", facts.classes_without_terms),
        lambda facts: f"учебных периодов: {facts.terms}",
    ),
    Step(
        "subjects",
        "Предметы",
        "п. 4.3",
        lambda facts: facts.subjects > 0,
        lambda _facts: (),
        lambda facts: f"предметов: {facts.subjects}",
    ),
    Step(
        "staff",
        "Сотрудники",
        "п. 3.1, 4.3",
        lambda facts: facts.teachers > 0,
        lambda facts: _count_line("без доступа к журналу", facts.teachers_without_access),
        lambda facts: f"учителей: {facts.teachers}",
    ),
    Step(
        "classes",
        "Классы и классные руководители",
        "п. 4.3",
        lambda facts: facts.classes + facts.classes_to_promote > 0,
        lambda facts: [
            *_count_line("классов прошлого года ещё не переведено", facts.classes_to_promote),
            *_names_line("нет классного руководителя", facts.classes_without_homeroom),
        ],
        lambda facts: f"классов: {facts.classes}",
    ),
    Step(
        "pupils",
        "Ученики",
        "п. 3.3, 4.6",
        lambda facts: facts.pupils > 0,
        lambda facts: _names_line("нет учеников", facts.classes_without_pupils),
        lambda facts: f"учеников: {facts.pupils}",
    ),
    Step(
        "load",
        "Нагрузка",
        "п. 4.2, 4.3",
        lambda facts: facts.loads > 0,
        lambda facts: [
            *_names_line("нет нагрузки", facts.classes_without_load),
            *_count_line("строк без учителя", facts.loads_without_teacher),
        ],
        lambda facts: f"строк нагрузки: {facts.loads}",
    ),
    Step(
        "subgroups",
        "Подгруппы",
        "п. 4.2",
        lambda facts: facts.subgroups > 0,
        lambda facts: _count_line("подгрупп без учеников", facts.subgroups_without_pupils),
        lambda facts: f"подгрупп: {facts.subgroups}",
        is_optional=True,
    ),
    Step(
        "bells",
        "Звонки",
        "п. 4.3",
        lambda facts: facts.bells > 0,
        lambda _facts: (),
        lambda facts: f"уроков в дне: {facts.bells}",
    ),
    Step(
        "timetable",
        "Расписание и уроки",
        "п. 4.3",
        lambda facts: facts.slots > 0,
        lambda facts: [
            *_count_line("совпадений во времени", facts.timetable_clashes),
            *_count_line("часы нагрузки и расписания расходятся, строк", facts.loads_off_hours),
            *(["уроки впереди не созданы"] if not facts.lessons_ahead else []),
        ],
        lambda facts: f"уроков в неделю: {facts.slots}, уроков впереди: {facts.lessons_ahead}",
    ),
)
STEP_OF_CODE = {step.code: step for step in STEPS}


def step_lines(facts: OpeningFacts) -> list[StepLine]:
    """Return every step as the facts leave it."""
    return [_line(step, facts) for step in STEPS]


def _line(step: Step, facts: OpeningFacts) -> StepLine:
    if not step.is_begun(facts):
        state = StepState.DONE if step.is_optional else StepState.NOT_BEGUN
        return StepLine(step, state, (), "не нужны" if step.is_optional else "")
    missing = tuple(step.missing(facts))
    return StepLine(step, StepState.HAS_REMARKS if missing else StepState.DONE, missing, step.done(facts))


def next_step(lines: Iterable[StepLine], after: str = "") -> StepLine | None:
    """Return the first step that is not done, after a given one where there is any; None when the year is open."""
    listed = list(lines)
    codes = [line.step.code for line in listed]
    start = codes.index(after) + 1 if after in codes else 0
    turn = [*listed[start:], *listed[:start]]
    return next((line for line in turn if line.state is not StepState.DONE), None)
