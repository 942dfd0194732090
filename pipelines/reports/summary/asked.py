"""What a summary sheet is made from: the class's year that is asked for, as the school prints it."""

from school.councils.lookups import class_year, sheet_look_of
from school.councils.records import ClassYear
from school.councils.rules import SheetLook
from school.errors import RuleRefused
from school.paper.request import PaperRequest


def asked_year(request: PaperRequest) -> tuple[ClassYear, SheetLook]:
    """Return the year of the class and the look of its sheets. Raises AccessRefused, RuleRefused where there is nothing to print."""
    year = class_year(request.store, request.user, request.class_id)
    if not year.terms or not year.pupils:
        raise RuleRefused("У класса нет учебных периодов или учеников: печатать нечего.")
    return year, sheet_look_of(request.store, request.user)
