"""What a file of each kind may say: its fields, what they are called on the screen and in people's own headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from school.files.plan import ImportKind
from school.reference import reference_rows


@dataclass(frozen=True)
class ImportField:
    """A field of a row: its name in the code, its title, and how headers call it (compared as ``school.files.texts.words_key``)."""

    name: str
    title: str
    headers: tuple[str, ...]


@dataclass(frozen=True)
class ImportForm:
    """A kind of file: its fields, and sets of fields of which each row needs one (``needs`` reads «all of these, each any of»)."""

    kind: ImportKind
    title: str
    about: str
    fields: tuple[ImportField, ...]
    needs: tuple[tuple[str, ...], ...]

    def field(self, name: str) -> ImportField:
        """Return the field of that name."""
        return next(field for field in self.fields if field.name == name)

    def missing(self, given: frozenset[str]) -> list[str]:
        """Return the titles of what a row still needs: «Фамилия или ФИО»."""
        return [
            " или ".join(f"«{self.field(name).title}»" for name in choice)
            for choice in self.needs
            if given.isdisjoint(choice)
        ]


def _form(row: Mapping[str, str], fields: Sequence[Mapping[str, str]]) -> ImportForm:
    return ImportForm(
        ImportKind(row["kind"]),
        row["title"],
        row["about"],
        tuple(
            ImportField(field["field"], field["title"], tuple(filter(None, field["headers"].split("; "))))
            for field in fields
            if row["kind"] in field["kinds"].split()
        ),
        tuple(tuple(choice.split("|")) for choice in row["needs"].split()),
    )


def _forms(place: str) -> dict[ImportKind, ImportForm]:
    fields = reference_rows("import_fields")
    forms = [_form(row, fields) for row in reference_rows("import_forms") if row["place"] in (place, "both")]
    return {form.kind: form for form in forms}


# What «Загрузка данных» takes, the tables that open a school year, and what is only taken away
# (``data/reference/import_*.csv``).
FORMS, OPENING_FORMS, GRADUATES_FORMS = _forms("imports"), _forms("opening"), _forms("graduates")
