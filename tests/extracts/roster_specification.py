"""An independent reading of OneRoster 1.1 (CSV tables): what every file of a bulk set must be, and what is wrong with one.

Written from the specification alone: it shares nothing with the code that writes or reads sets.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date

Row = dict[str, str]

# File → columns in the order of the specification. A star: required. «>file»: ids of that file. «=a|b»: one of these.
SPECIFICATION: dict[str, str] = {
    "academicSessions": "sourcedId* status dateLastModified title* type*=gradingPeriod|semester|schoolYear|term "
    "startDate*@ endDate*@ parentSourcedId>academicSessions schoolYear*#",
    "categories": "sourcedId* status dateLastModified title*",
    "classes": "sourcedId* status dateLastModified title* grades courseSourcedId*>courses classCode "
    "classType*=homeroom|scheduled location schoolSourcedId*>orgs termSourcedIds*>>academicSessions subjects subjectCodes periods",
    "courses": "sourcedId* status dateLastModified schoolYearSourcedId>academicSessions title* courseCode grades "
    "orgSourcedId*>orgs subjects subjectCodes",
    "demographics": "sourcedId*>users status dateLastModified birthDate@ sex=male|female "
    "americanIndianOrAlaskaNative=true|false asian=true|false blackOrAfricanAmerican=true|false "
    "nativeHawaiianOrOtherPacificIslander=true|false white=true|false demographicRaceTwoOrMoreRaces=true|false "
    "hispanicOrLatinoEthnicity=true|false countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus",
    "enrollments": "sourcedId* status dateLastModified classSourcedId*>classes schoolSourcedId*>orgs userSourcedId*>users "
    "role*=administrator|proctor|student|teacher primary=true|false beginDate@ endDate@",
    "lineItems": "sourcedId* status dateLastModified title* description assignDate*@ dueDate*@ classSourcedId*>classes "
    "categorySourcedId*>categories gradingPeriodSourcedId*>academicSessions resultValueMin*~ resultValueMax*~",
    "orgs": "sourcedId* status dateLastModified name* type*=department|school|district|local|state|national identifier "
    "parentSourcedId>orgs",
    "results": "sourcedId* status dateLastModified lineItemSourcedId*>lineItems studentSourcedId*>users "
    "scoreStatus*=exempt|fully_graded|not_submitted|partially_graded|submitted score*~ scoreDate*@ comment",
    "users": "sourcedId* status dateLastModified enabledUser*=true|false orgSourcedIds*>>orgs "
    "role*=administrator|aide|guardian|parent|proctor|relative|student|teacher username* userIds givenName* familyName* "
    "middleName identifier email sms phone agentSourcedIds>>users grades password",
}
MANIFEST_FILES = [
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItems",
    "orgs",
    "resources",
    "results",
    "users",
]
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COLUMN = re.compile(r"(?P<name>\w+)(?P<required>\*?)(?P<rule>[>=@#~]*)(?P<of>\S*)")


def read_roster(content: bytes) -> dict[str, list[Row]]:
    """Return the rows of each file, headers and encodings as the specification has them."""
    files: dict[str, list[Row]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.namelist():
            text = archive.read(member).decode("utf-8")
            assert not text.startswith("\ufeff")
            assert text.endswith("\r\n")
            files[member] = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    return files


def faults_of(content: bytes) -> list[str]:
    """Return everything in a set that the specification does not allow; nothing for a good set."""
    files = read_roster(content)
    of_columns = [*_manifest_faults(files), *_header_faults(content)]
    return of_columns or [*_row_faults(files), *_meaning_faults(files)]


def _manifest_faults(files: dict[str, list[Row]]) -> Iterator[str]:
    said = {row["propertyName"]: row["value"] for row in files["manifest.csv"]}
    if said.pop("manifest.version", "") != "1.0" or said.pop("oneroster.version", "") != "1.1":
        yield "manifest: version"
    for name in MANIFEST_FILES:
        mode = said.pop(f"file.{name}", "")
        if mode != ("bulk" if f"{name}.csv" in files else "absent"):
            yield f"manifest: {name} is {mode}"
    if set(said) != {"source.systemName", "source.systemCode"}:
        yield f"manifest: {sorted(said)}"


def _columns(name: str) -> list[re.Match[str]]:
    return [match for word in SPECIFICATION[name].split() if (match := COLUMN.fullmatch(word))]


def _header_faults(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if strange := {name.removesuffix(".csv") for name in archive.namelist()} - {
            *SPECIFICATION,
            "manifest",
        }:
            yield f"files: {strange}"
        for name in SPECIFICATION:
            if f"{name}.csv" not in archive.namelist():
                yield f"{name}: no such file"
                continue
            header = archive.read(f"{name}.csv").decode("utf-8").split("\r\n", 1)[0].split(",")
            names = [match["name"] for match in _columns(name)]
            more = header[len(names) :]
            if header[: len(names)] != names or not all(each.startswith("metadata.") for each in more):
                yield f"{name}: header {header}"


def _row_faults(files: dict[str, list[Row]]) -> Iterator[str]:
    ids = {name: [row["sourcedId"] for row in files[f"{name}.csv"]] for name in SPECIFICATION}
    # A row of demographics has the id of its user.
    everything = [key for name, keys in ids.items() if name != "demographics" for key in keys]
    if len(everything) != len(set(everything)):
        yield "sourcedId: not unique"
    known = {name: set(keys) for name, keys in ids.items()}
    for name in SPECIFICATION:
        for row in files[f"{name}.csv"]:
            if not GUID.fullmatch(row["sourcedId"]):
                yield f"{name}: sourcedId {row['sourcedId']}"
            if row["status"] or row["dateLastModified"]:
                yield f"{name}: status in a bulk set"
            for column in _columns(name):
                if fault := _fault(row[column["name"]], column, known):
                    yield f"{name}.{column['name']}: {fault} ({row[column['name']]})"


def _fault(text: str, column: re.Match[str], known: dict[str, set[str]]) -> str:
    if not text:
        return "empty" if column["required"] else ""
    rule, of = column["rule"], column["of"]
    keys = text.split(",") if rule == ">>" else [text]
    wrong = {
        "": False,
        ">": not set(keys) <= known.get(of, set()),
        ">>": not set(keys) <= known.get(of, set()),
        "=": text not in [each.replace("_", " ") for each in of.split("|")],
        "@": not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) or not date.fromisoformat(text),
        "#": not re.fullmatch(r"\d{4}", text),
        "~": not re.fullmatch(r"-?\d+(\.\d+)?", text),
    }
    return "not allowed" if wrong[rule] else ""


def _meaning_faults(files: dict[str, list[Row]]) -> Iterator[str]:
    sessions = {row["sourcedId"]: row for row in files["academicSessions.csv"]}
    classes = {row["sourcedId"]: row for row in files["classes.csv"]}
    users = {row["sourcedId"]: row for row in files["users.csv"]}
    items = {row["sourcedId"]: row for row in files["lineItems.csv"]}
    for row in sessions.values():
        above = sessions.get(row["parentSourcedId"], row)
        if not above["startDate"] <= row["startDate"] < row["endDate"] <= above["endDate"]:
            yield f"academicSessions: {row['title']} is not inside what is above it"
    for row in files["enrollments.csv"]:
        if users[row["userSourcedId"]]["role"] != row["role"]:
            yield "enrollments: another role than the user's"
        if classes[row["classSourcedId"]]["schoolSourcedId"] != row["schoolSourcedId"]:
            yield "enrollments: another school than the class's"
        if row["beginDate"] and row["endDate"] and row["beginDate"] >= row["endDate"]:
            yield "enrollments: ends before it begins"
    enrolled = {(row["classSourcedId"], row["userSourcedId"]) for row in files["enrollments.csv"]}
    seen: set[tuple[str, str]] = set()
    for row in files["results.csv"]:
        if (row["lineItemSourcedId"], row["studentSourcedId"]) in seen:
            yield "results: two of a student for one work"
        seen.add((row["lineItemSourcedId"], row["studentSourcedId"]))
        item = items[row["lineItemSourcedId"]]
        session = sessions[item["gradingPeriodSourcedId"]]
        if not float(item["resultValueMin"]) <= float(row["score"]) <= float(item["resultValueMax"]):
            yield "results: score outside the work's scale"
        if not session["startDate"] <= row["scoreDate"] < session["endDate"]:
            yield "results: scored outside its session"
        if (item["classSourcedId"], row["studentSourcedId"]) not in enrolled:
            yield "results: the student is not in the class"
    if any(sessions[row["gradingPeriodSourcedId"]]["type"] != "gradingPeriod" for row in items.values()):
        yield "lineItems: no grading period"
