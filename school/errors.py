"""What people read when something cannot be done: what happened, why, and what to do next."""


class Refusal(Exception):
    """A request that the school refuses; the text is Russian and goes on the screen as it is."""

    def __init__(self, what: str, why: str = "", next_step: str = "") -> None:
        self.what, self.why, self.next_step = what, why, next_step
        super().__init__(" ".join(part for part in (what, why, next_step) if part))


class AccessRefused(Refusal):
    """The user's roles do not allow this with these rows."""


class RuleRefused(Refusal):
    """A rule of the regulation forbids it."""


class ReasonRequired(Refusal):
    """The change is allowed once the user says why."""


class StoreFault(Exception):
    """The store broke one of its own promises; not a user's mistake."""


class StoreUnavailable(Refusal):
    """The store can save nothing now, or answer nothing; nothing of the request was kept.

    ``is_full``: for want of room on the disk.
    """

    def __init__(self, what: str, why: str = "", next_step: str = "", *, is_full: bool = False) -> None:
        self.is_full = is_full
        super().__init__(what, why, next_step)


class KeptFileLost(StoreFault):
    """A file that people brought is gone from the school's folder, or is no longer what was stored."""


class CannotOpen(StoreFault):
    """The school cannot be opened as its files are; the text is Russian and says what to do."""
