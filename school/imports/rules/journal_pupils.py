"""Whom a row of a file means, and in which class of the year they were then: facts are the pupil's, whichever class a file names."""

from datetime import date

from school.errors import RuleRefused
from school.files.person_names import people_named, refuse_namesakes
from school.imports.rules.journal_state import JournalState, KnownClass, Pair
from school.records import Term
from school.spans import Span, is_in_span, overlaps

Whom = tuple[str, date | None]  # a name as it is written, and a birthday


class JournalPupils:
    """Pupils to look up by class and name; each spelling is looked up once."""

    def __init__(self, state: JournalState) -> None:
        self.state = state
        self.found: dict[tuple[int, str, date | None], list[int]] = {}
        self.spans: dict[Pair, list[Span]] = {}
        self.classes: dict[int, dict[int, KnownClass]] = {}
        known = {each.class_id: each for each in state.names.classes}
        for class_id, pupils in state.pupils.items():
            for pupil_id, _, span in pupils:
                self.spans.setdefault((class_id, pupil_id), []).append(span)
                self.classes.setdefault(pupil_id, {})[class_id] = known[class_id]

    def on_day(self, known: KnownClass, whom: Whom, day: date) -> tuple[int, KnownClass]:
        """Return the pupil of a class whom a name means, and the class of its year in which they were on the day.

        Raises RuleRefused for nobody, for several, and for a day on which they were in no class.
        """
        found = self._pupils_by_name(known.class_id, *whom)
        if there := [each for each in found if is_in_span(self.spans[known.class_id, each], day)]:
            return self._only(known, whom, there), known
        pupil_id = self._only(known, whom, found)
        others = [
            each
            for each in self._classes_of_year(pupil_id, known)
            if is_in_span(self.spans[each.class_id, pupil_id], day)
        ]
        if len(others) != 1:
            raise RuleRefused("Ученик не числился в классе в этот день.")
        return pupil_id, others[0]

    def in_term(self, known: KnownClass, whom: Whom, term: Term | None) -> tuple[int, KnownClass]:
        """Return the pupil of a class whom a name means, and the class of its year in which their term (None: year) ended.

        Raises RuleRefused for nobody and for several.
        """
        pupil_id = self._only(known, whom, self._pupils_by_name(known.class_id, *whom))
        first, last = (term.starts_on, term.ends_on) if term else (known.starts_on, known.ends_on)
        ends = {
            (min(ends_on or date.max, last), each == known): each
            for each in self._classes_of_year(pupil_id, known)
            if term is None or self._reports_by(each, term)
            for starts_on, ends_on in self.spans[each.class_id, pupil_id]
            if overlaps((starts_on, ends_on), first, last)
        }
        return pupil_id, ends[max(ends)] if ends else known

    def newcomer(self, whom: Whom, school_year: int) -> tuple[int, KnownClass]:
        """Return the pupil of the year whom a name means, and their class of now, or the last; raises RuleRefused."""
        name, born_on = whom
        of_year = [each for each in self.state.names.classes if each.school_year == school_year]
        found = {pupil for each in of_year for pupil in self._pupils_by_name(each.class_id, name, born_on)}
        if not found:
            raise RuleRefused("Такого ученика в этом учебном году в школе нет.")
        if len(found) > 1:
            raise RuleRefused(
                f"Под это имя подходят ученики школы: {len(found)}.", next_step="Укажите дату рождения."
            )
        (pupil_id,) = found
        last = max(
            (ends_on or date.max, class_id)
            for class_id, each in self.classes[pupil_id].items()
            if each.school_year == school_year
            for _, ends_on in self.spans[class_id, pupil_id]
        )
        return pupil_id, self.classes[pupil_id][last[1]]

    def _classes_of_year(self, pupil_id: int, known: KnownClass) -> list[KnownClass]:
        return [each for each in self.classes[pupil_id].values() if each.school_year == known.school_year]

    def _reports_by(self, known: KnownClass, term: Term) -> bool:
        return any(each.term_id == term.term_id for each in self.state.terms.get(known.class_id, ()))

    def _only(self, known: KnownClass, whom: Whom, found: list[int]) -> int:
        """Return the one pupil of a class who was found; raises RuleRefused."""
        name, born_on = whom
        if len(found) == 1:
            return found[0]
        if found:
            names = {pupil: each for pupil, each, _ in self.state.pupils[known.class_id]}
            several = f"Под это имя подходят ученики класса: {len(found)}."
            raise refuse_namesakes(several, [names[each] for each in found], born_on)
        if born_on and self._pupils_by_name(known.class_id, name, None):
            raise RuleRefused(
                f"У ученика с таким именем в карточке не {born_on:%d.%m.%Y}, а другая дата рождения."
            )
        raise RuleRefused("Такого ученика нет в классе.")

    def _pupils_by_name(self, class_id: int, name: str, born_on: date | None) -> list[int]:
        key = (class_id, name, born_on)
        if key not in self.found:
            names = {pupil: each for pupil, each, _ in self.state.pupils.get(class_id, ())}
            self.found[key] = people_named(name, names, self.state.birthdays, born_on)
        return self.found[key]
