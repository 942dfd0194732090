"""What the maker of a printed document works from; the makers stand in ``pipelines.reports.papers``."""

from dataclasses import dataclass
from datetime import datetime

from school.records import User
from school.store.connection import Store


@dataclass(frozen=True)
class PaperRequest:
    """What a maker works from: the store, for whom, which class, as of when; ``is_archival``: its PDF is a PDF/A-2a."""

    store: Store
    user: User
    class_id: int
    now: datetime
    is_archival: bool = False
