"""Remarks and recommendations as the staff reads them (п. 3.6, 4.7)."""

from datetime import date

from pages.ui.typed_text import Markdown, as_typed
from school.calendar import MONTHS
from school.families.lookups.remarks import StoredRemark
from school.families.rules import REMARK_TITLES
from school.records import RemarkKind
from server.session import school

KIND_COLOURS = {RemarkKind.PRAISE: "green", RemarkKind.REMARK: "orange", RemarkKind.RECOMMENDATION: "blue"}


def remark_markdown(remark: StoredRemark, *, is_pupil_known: bool = False) -> Markdown:
    """Return a remark as Markdown: kind, of whom and by whom, day, whether it has been read, text."""
    kind = RemarkKind(remark.kind)
    badge = f":{KIND_COLOURS[kind]}-badge[{REMARK_TITLES[kind]}]"
    whom = Markdown(f"**{as_typed(remark.pupil_name)}**, {as_typed(remark.class_name)}")
    parts = [] if is_pupil_known else [whom]
    parts += [as_typed(remark.subject_name), as_typed(remark.author), _day(remark.written_at.date())]
    head = " · ".join(filter(None, parts))
    return Markdown(f"{badge} {head} · {_state(remark)}  \n{as_typed(remark.text)}")


def _state(remark: StoredRemark) -> Markdown:
    if remark.withdrawn_at is not None:
        return Markdown(":gray[отозвано]")
    return Markdown(
        f":green[прочитано {_day(remark.read_at.date())}]" if remark.read_at else ":gray[не прочитано]"
    )


def _day(day: date) -> Markdown:
    year = "" if day.year == school().clock().year else f" {day.year}"
    return Markdown(f"{day.day} {MONTHS[day.month - 1]}{year}")
