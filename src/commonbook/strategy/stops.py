"""Why a strategy in plain Python is stopped, other than by an error of its own."""


class Impossible(Exception):  # noqa: N818 - read as "raise Impossible(...)"
    """A strategy asked for what cannot be; it is stopped, the others go on."""


class TooMany(Exception):  # noqa: N818
    """A strategy sent more messages in one wake than it may."""
