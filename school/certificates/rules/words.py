"""What each paper says (273-ФЗ, ст. 60 ч. 12: the form of certificates is the school's own; приказ 240: the extract of marks)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from school.calendar import MONTHS, school_year_title, term_title
from school.certificates.records import (
    DatedMark,
    PaperOrder,
    PaperTable,
    PaperWords,
    SubjectMarks,
    YearResult,
)
from school.people.records import Movement, MovementKind, PupilDraft, Stay
from school.people.rules.sex import agreed
from school.records import Term
from school.register.rules.marks import mean_text, weighted_mean

ANYWHERE = "по месту требования"
HEAD_DUTY = "Директор"
DASH = "—"


@dataclass(frozen=True)
class Issuer:
    """Who issues: the school as its papers name it, and its head."""

    school_name: str
    letterhead: str
    head_name: str


def day_words(day: date) -> str:
    """Return «23 ноября 2026 г.»."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year} г."


def study_words(
    issuer: Issuer, pupil: PupilDraft, stay: Stay, arrival: Movement | None, order: PaperOrder
) -> PaperWords:
    """Return the words of a certificate that a pupil studies here."""
    year = f"{stay.place.name} классе, {school_year_title(stay.place.school_year)} учебный год"
    paragraphs = [
        f"Настоящая справка выдана о том, что {_person(pupil)}, обучается в {year}. Образовательная организация: {issuer.school_name}."
    ]
    if arrival is not None:
        paragraphs.append(f"Зачисление: {_movement_words(arrival)}.")
    return _certificate(issuer, "Справка об обучении", paragraphs, None, order)


def period_words(
    issuer: Issuer,
    pupil: PupilDraft,
    stays: Sequence[Stay],
    movements: Sequence[Movement],
    results: Sequence[YearResult],
    order: PaperOrder,
    today: date,
) -> PaperWords:
    """Return the words of a certificate of the time of study, with a table subject × year and the final mark.

    ``stays`` come oldest first, ``movements`` newest first; there is at least one stay.
    """
    first, last = stays[0], stays[-1]
    begins = first.starts_on or first.place.first_day
    since = (
        f"с {day_words(begins)}"
        if begins
        else f"с {school_year_title(first.place.school_year)} учебного года"
    )
    is_here = last.ends_on is None or last.ends_on > today
    until = (
        "по настоящее время"
        if is_here or last.ends_on is None
        else f"по {day_words(_last_day(last.ends_on))}"
    )
    studied = agreed(pupil.name, "обучался", "обучалась")
    where = ", ".join(f"{each.place.name} ({school_year_title(each.place.school_year)})" for each in stays)
    paragraphs = [
        f"Настоящая справка выдана о том, что {_person(pupil)}, {studied} {since} {until.removesuffix('.')}. "
        f"Образовательная организация: {issuer.school_name}.",
        f"Классы: {where}.",
    ]
    orders = [each for each in reversed(movements) if each.kind is not MovementKind.TRANSFER]
    paragraphs += [f"{_MOVED[each.kind]}: {_movement_words(each).removesuffix('.')}." for each in orders]
    if not results:
        paragraphs.append("Отметок за год в журнале школы пока нет.")
    return _certificate(issuer, "Справка о периоде обучения", paragraphs, results_table(results), order)


def results_table(results: Sequence[YearResult]) -> PaperTable | None:
    """Return the table subject × school year: the year's mark, and the final one where it differs; then the last final mark."""
    if not results:
        return None
    years = sorted({each.school_year for each in results})
    by_subject: dict[str, dict[int, YearResult]] = {}
    for each in results:
        by_subject.setdefault(each.subject, {})[each.school_year] = each
    rows = tuple(
        (subject, *(_of_year(of_years.get(year)) for year in years), _last_final(of_years))
        for subject, of_years in sorted(by_subject.items())
    )
    shares = (4.0, *(1.0 for _ in years), 1.0)
    return PaperTable(("Предмет", *map(school_year_title, years), "Итог"), shares, rows)


def _of_year(result: YearResult | None) -> str:
    return DASH if result is None or result.year_mark is None else str(result.year_mark)


def _last_final(of_years: Mapping[int, YearResult]) -> str:
    last = of_years[max(of_years)]
    return DASH if last.final_mark is None else str(last.final_mark)


def extract_words(
    issuer: Issuer,
    pupil: PupilDraft,
    class_name: str,
    terms: Sequence[Term],
    subjects: Sequence[SubjectMarks],
    order: PaperOrder,
) -> PaperWords:
    """Return the words of an extract of current marks for a transfer: subject, all marks with days, mean, term marks, hours held."""
    assert order.first is not None
    assert order.last is not None
    place = f", {class_name} класс" if class_name else ""
    paragraphs = [
        f"{_person(pupil)}{place}.",
        f"Период: с {order.first:%d.%m.%Y} по {order.last:%d.%m.%Y}. Основание: {order.basis}.",
    ]
    rows = tuple(
        (
            each.subject,
            ", ".join(map(_mark, each.marks)) or "отметок нет",
            mean_text(weighted_mean([(mark.value, mark.weight) for mark in each.marks])),
            *(str(each.by_term.get(term.term_id, DASH)) for term in terms),
            str(each.lessons),
        )
        for each in subjects
    )
    titles = ("Предмет", "Текущие отметки (день)", "Средне­взв.", *map(_short_term, terms), "Часов дано")
    table = PaperTable(titles, (3.2, 7.0, 1.4, *(1.1 for _ in terms), 1.2), rows)
    closing = (
        "Средневзвешенный балл учитывает вес работ; вес, отличный от 1, стоит после знака «×». "
        "Часов дано — сколько уроков проведено у ученика за этот период.",
        *((f"Выписка дана для предъявления: {order.to_whom}.",) if order.to_whom else ()),
    )
    return PaperWords(
        issuer.school_name,
        issuer.letterhead,
        "Выписка из классного журнала с текущими отметками",
        "",
        tuple(paragraphs),
        table,
        closing,
        _signers(issuer),
    )


def letter_words(issuer: Issuer, order: PaperOrder) -> PaperWords:
    """Return the words of a letter of the school: to whom, about what, the text."""
    paragraphs = tuple(line.strip() for line in order.body.splitlines() if line.strip())
    return PaperWords(
        issuer.school_name,
        issuer.letterhead,
        order.about,
        order.to_whom,
        paragraphs,
        None,
        (),
        _signers(issuer),
    )


def _certificate(
    issuer: Issuer, title: str, paragraphs: Sequence[str], table: PaperTable | None, order: PaperOrder
) -> PaperWords:
    basis = (f"Основание выдачи: {order.basis}.",) if order.basis else ()
    closing = (*basis, f"Справка дана для предъявления: {order.to_whom or ANYWHERE}.")
    return PaperWords(
        issuer.school_name, issuer.letterhead, title, "", tuple(paragraphs), table, closing, _signers(issuer)
    )


_MOVED = {MovementKind.ARRIVAL: "Зачисление", MovementKind.DEPARTURE: "Отчисление"}


def _movement_words(movement: Movement) -> str:
    return f"{movement.order_title or 'приказ в журнал не внесён'}, с {movement.happened_on:%d.%m.%Y}"


def _person(pupil: PupilDraft) -> str:
    return pupil.name.full + (f", {pupil.born_on:%d.%m.%Y} года рождения" if pupil.born_on else "")


def _mark(mark: DatedMark) -> str:
    weight = f"×{mark.weight:g}".replace(".", ",") if mark.weight != 1 else ""
    return f"{mark.value}{weight} ({mark.given_on:%d.%m})"


def _short_term(term: Term) -> str:
    short = {"quarter": "четв.", "trimester": "трим.", "half": "полуг."}.get(term.kind)
    return (
        f"{_ROMAN[term.number]} {short}"
        if short and term.number in _ROMAN
        else term_title(term.kind, term.number)
    )


_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


def _signers(issuer: Issuer) -> tuple[tuple[str, str], ...]:
    return ((HEAD_DUTY, issuer.head_name),)


def _last_day(left_on: date) -> date:
    """Return the last day in the class of who left on a day."""
    return date.fromordinal(left_on.toordinal() - 1)
