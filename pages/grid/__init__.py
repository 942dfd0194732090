"""The register grid: pupils by lessons, typed at the speed of a hurried teacher.

Marks do not travel by reruns of the page, and neither does what a page shows. The grid keeps every edit in the browser (localStorage: ids and typed
texts, no names) and sends it to `save_url`; nothing leaves that queue before the server has answered for it.

What a grid shows (all ids are strings):
    user_id            whose queue this is; only this person's edits are ever sent
    read_only          the same grid without entry
    save_url           POST, see below
    history_url        GET ?lesson=…&pupil=… → {"events": [{"at", "who", "old", "new", "reason"}]}; None hides nothing
                       but switches the history button off
    letter_url         optional, the address of a letter about a cell: the grid adds the ids of its lesson and, as "of", its pupil
    today              ISO date; later lessons are dim and closed
    selected_lesson    id of the highlighted lesson or None
    pupils             [{"id", "name", "mean": "4,33", "count", "minimum", "controls"}]
    lessons            [{"id", "date", "day", "month", "weekday", "number", "work_type", "work_type_title", "topic",
                       "editable", "why_not", "attendance_taken", "is_written_control", "cancelled" (optional), "name" (optional: words in place
                       of day and lesson number)}]
    cells              {"lesson:pupil": {"text": "5/4", "late": bool, "title" (optional)}}; an absent key is an empty cell
    blocked            {"lesson:pupil": why nothing may be written there}
    term_marks         {pupil: "4"} or None
    forecasts          optional, {pupil: {"text", "title"}}: a column of likely term marks, written so that none looks
                       like a mark; words as they were when the page was read
    look_alikes        optional, {"y": "н", …}: Latin keys read as absence letters
    hints              optional, {"lesson:pupil": {"text", "title"}}: shown pale in an empty cell, holds nothing
    by_day             optional, true: narrow columns under their days; lessons without attendance are underlined
    summary_title      optional, the head of the column at the right; then each pupil has a "summary" in place of a mean:
                       {"main", "side", "is_short", "title"}
    info, info_title   optional, columns of words between names and cells in place of the mean: [{"id", "title", "hint",
                       "px"}] under one head; then each pupil has "info": {id: {"text", "side", "title", "kind"}},
                       and the cursor goes where selected_lesson goes, since the words are about that column
    is_wide            optional, true: columns of cells wide enough for words in their heads
    single_mark        optional, true: a cell takes one mark and nothing else
    letters_only        optional, true: a cell takes an absence letter and nothing else
    fills, fill_title  optional, {"lesson:pupil": text}: what «+» puts into an empty cell, and the button into all of a column
    attendance_is_fixed  optional, true: this grid confirms no attendance
    reason_question, reasons  optional: how a reason is asked for, and the answers at hand
    reason_is_told     optional, true: the question is the server's message, and each answer may be for one cell only
    version            a number that grows with every change of the register, read before the cells are

A page of the grid (`grid_page`) reads all this itself. It is given
    load_url           GET ?… → the answer below, for what stands in the address of the browser after «?»
    address            that address, as the page was opened; the grid's page then keeps it in step
    user_id, version   as above; a newer version, after something was done beside the grid, reads again
    ask_url            optional, GET ?… → {"pupils": [{"name", "why"}], "more"}: whom to ask
    lesson_url         optional, POST {"user_id", "lesson", "topic", "type", "homework", "none", "plan"}: the lesson's head
and answered, every part but `message` being optional
    address            what is shown, with all that was not said chosen
    boxes              [{"label", "options": [[part of an address, words]], "chosen": a part, "is_row"}]
    buttons            [{"what", "label", "title", "is_main" (optional)}]: what the page leads to; the run that follows gets
                       {"what", "address"}
    message            words in place of the grid, or above it
    words              [sentence]: how what is shown stands
    notes              [{"title", "text", "kind": "quiet", "good" or "warn", "button" (optional): as above}]
    asks, foresees     whether «Спросить» and «Прогноз» are shown
    head               the lesson chosen: {"lesson", "title", "values": {"topic", "type", "homework", "none", "plan"}, "types",
                       "planned": {"id", "title"} or None, "has_more"} for who writes it, {"title", "words", "files"} for others;
                       «Ещё» leads to "more" with {"lesson"}
    pupils             {"first", "shown", "total"} where not all are shown
    grid               the data above; a column may have its `part` of an address

What the server answers to POST save_url {"user_id", "client", "edits": [{"lesson", "pupil", "text", "base", "seq",
"reason"}], "attendance": [{"lesson", "seq"}] (only when there is some; then `edits` is empty)}:
    200  {"results": [{"lesson", "pupil" (None for attendance), "seq", "status", "text", "message", "by", "late"}],
         "rows": {pupil: {"mean", "count", "controls"} or {"info"}}, "lessons": {lesson: {"attendance_taken"}},
         "fills" that changed (optional),
         "cells": {"lesson:pupil": {"text", "late"}} that changed besides the edits (optional), "version",
         "at": when it was saved by the school's clock, «10:42:07»}
         status: saved; refused (message); conflict (text and by: what is there now); reason_required.
         `text` is what the cell holds after the answer. `version` is the register's after this commit: page data
         read before it does not push a saved mark out of the grid.
    401  nobody, or somebody other than user_id, is signed in: everything stays in the queue
    400, 413  the batch is refused as a whole with {"message"}
    anything else, or nothing: the very same batch comes again. So (client, seq) that was taken once must be
         answered as saved without being written twice, also while its first request is still under way.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from school.records import User
from server.session import school

_HERE = Path(__file__).parent
# One module for the browser: Streamlit takes a single text, and its parts cannot import each other.
_PARTS = (
    "cells.js",
    "queue.js",
    "unsent.js",
    "table.js",
    "fit.js",
    "panel.js",
    "head.js",
    "page.js",
    "history.js",
    "pad.js",
    "text_input.js",
    "voice.js",
    "keyboard.js",
    "grid.js",
)


@cache
def script() -> str:
    """The grid's JavaScript and style as one module."""
    sheet = (_HERE / "grid.css").read_text(encoding="utf-8")
    parts = [(_HERE / part).read_text(encoding="utf-8") for part in _PARTS]
    return "\n".join([f"const SHEET = {json.dumps(sheet, ensure_ascii=False)};", *parts])


# The module is read once by each browser: inside the component it would travel with every rerun, a hundred kilobytes.
SCRIPT_FOLDER = "/api/grid/"
SCRIPT_ADDRESS = f"{SCRIPT_FOLDER}{sha256(script().encode()).hexdigest()[:16]}.js"
_LOADER = f"""const {{ default: mount }} = await import(new URL("{SCRIPT_ADDRESS}", location.href));
export default mount;"""
grid_component = st.components.v2.component("mark_grid", js=_LOADER)


def grid_page(user: User, key: str, **urls: str) -> dict[str, Any] | None:
    """Show a page of the grid that reads its data itself; return what was asked for beside it in this run, or None.

    ``urls``: load_url and the optional others. The ``address`` of what is returned holds texts only.
    """
    data = {
        **urls,
        "user_id": str(user.user_id),
        "address": st.query_params.to_dict(),
        "version": school().store.version,
    }
    wanted: dict[str, Any] | None = grid_component(key=key, data=data, on_open_change=lambda: None).open
    if wanted:
        wanted["address"] = {name: str(value) for name, value in wanted["address"].items()}
    return wanted
