"""A visitor's turn: their pages' scripts take it before they draw, and lose it with the browser that asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from school.records import User
from server.admission import Admission
from server.session import school

admission = Admission()


@contextmanager
def turn_of(user: User | None) -> Iterator[None]:
    """Hold a turn for the page of this rerun; nothing is drawn for a browser that has gone meanwhile.

    What others had counted while it waited, it takes as it is: that is newer than its question. A person has one turn at a time, whatever number of tabs and reruns they ask for; before the sign-in a tab has.
    """
    context = get_script_run_ctx()
    if context is None:
        yield
        return
    person, store = user.user_id if user else context.session_id, school().store
    asked = store.version
    with admission.turn(person, context.page_script_hash), store.asked_at(asked):
        if not get_instance().is_active_session(context.session_id):
            st.stop()
        yield
