"""
Read and write the scalars of a configuration: numbers, durations, times.

Every reader raises ``ValueError`` with what was found and what is allowed.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

SECOND = 1_000_000_000
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "min": 60 * SECOND,
    "h": 3600 * SECOND,
}
_MAX_NS = 2**63 - 1
_MAX_DIGITS = 18
_SHOWN = 60
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([a-zµ]+)")
_NUMBER = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,4})?"
)
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_DURATIONS = "a number with a unit (ns, us, ms, s, min, h) such as '50us', or 0"
_TIMES = (
    "ISO 8601 with a zone such as 2024-01-02T14:30:00.000000500Z (1970 to 2262), "
    "or whole nanoseconds since 1970"
)


def describe(value: object) -> str:
    """
    Say what a value is, for a message.

    Parameters
    ----------
    value : object
        Anything found in a configuration.

    Returns
    -------
    str
        Such as ``'abc'``, ``-5``, ``true``, ``a list`` or ``nothing``.
    """
    if isinstance(value, bool | None):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, str | int | float | Decimal):
        text = str(value)
        text = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
        return repr(text) if isinstance(value, str) else text
    if isinstance(value, Mapping):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    return f"an object of type {type(value).__name__}"


def parse_decimal(value: object) -> Decimal:
    """
    Read an exact number.

    Parameters
    ----------
    value : object
        An int, a Decimal, a number as text, or a float, which stands for the
        shortest decimal that gives it (0.1 is one tenth).

    Returns
    -------
    Decimal
        The number, at most 18 digits before and after the point.

    Raises
    ------
    ValueError
        If it is not such a number.
    """
    number = _as_decimal(value)
    if number is None or not number.is_finite():
        raise ValueError(_found(value, "a number"))
    if number == 0:
        return Decimal(0)
    too_fine = int(number.normalize().as_tuple().exponent) < -_MAX_DIGITS
    if number.adjusted() >= _MAX_DIGITS or too_fine:
        allowed = f"at most {_MAX_DIGITS} digits before and after the point"
        raise ValueError(_found(value, allowed))
    return number


def parse_whole(value: object) -> int:
    """
    Read a whole number.

    Parameters
    ----------
    value : object
        An int, or any other number without a fraction (``1e3``).

    Returns
    -------
    int
        The number.

    Raises
    ------
    ValueError
        If it is text, a truth value, or has a fraction.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float | Decimal):
        number = parse_decimal(value)
        if number == number.to_integral_value():
            return int(number)
    raise ValueError(_found(value, "a whole number"))


def parse_duration(value: object) -> int:
    """
    Read a span of time.

    Parameters
    ----------
    value : object
        Text such as ``50us``, a `timedelta`, or the number 0.

    Returns
    -------
    int
        The span [ns].

    Raises
    ------
    ValueError
        If it has no unit, is negative or is not a whole number of nanoseconds.
    """
    if isinstance(value, timedelta):
        span = (value.days * 86_400 + value.seconds) * SECOND
        span += value.microseconds * 1_000
        if span >= 0:
            return span
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        if value == 0:
            return 0
    elif isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        unit = _UNITS.get(match[2].replace("µ", "u"))
        if unit is not None and len(match[1]) <= 20:
            exact = Decimal(match[1]) * unit
            if exact == exact.to_integral_value() and exact <= _MAX_NS:
                return int(exact)
    raise ValueError(_found(value, _DURATIONS))


def format_duration(span: int) -> str:
    """
    Write a span of time so that `parse_duration` gives it back.

    Parameters
    ----------
    span : int
        The span [ns].

    Returns
    -------
    str
        In the largest unit that divides it.
    """
    for unit, size in reversed(_UNITS.items()):
        if span % size == 0 and span > 0:
            return f"{span // size}{unit}"
    return "0ns"


def parse_timestamp(value: object) -> int:
    """
    Read a point in time.

    Parameters
    ----------
    value : object
        ISO 8601 text with a zone and at most nine decimals, an aware `datetime`,
        or whole nanoseconds since 1970.

    Returns
    -------
    int
        Nanoseconds since 1970 UTC.

    Raises
    ------
    ValueError
        If it has no zone, is no such date, or lies outside 1970 to 2262.
    """
    nanoseconds = _as_nanoseconds(value)
    if nanoseconds is None or not 0 <= nanoseconds <= _MAX_NS:
        raise ValueError(_found(value, _TIMES))
    return nanoseconds


def format_timestamp(nanoseconds: int) -> str:
    """
    Write a point in time so that `parse_timestamp` gives it back.

    Parameters
    ----------
    nanoseconds : int
        Since 1970 UTC.

    Returns
    -------
    str
        ISO 8601, in UTC.
    """
    seconds, rest = divmod(nanoseconds, SECOND)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:09d}Z" if rest else f"{text}Z"


def _as_decimal(value: object) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if isinstance(value, str) and len(value) <= 100 and _NUMBER.fullmatch(value):
        return Decimal(value)
    return None


def _as_nanoseconds(value: object) -> int | None:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return None
        span = value - datetime(1970, 1, 1, tzinfo=UTC)
        return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds * 1_000
    if isinstance(value, str):
        if value.isascii() and value.isdigit() and len(value) <= 19:
            return int(value)
        return _iso_nanoseconds(value)
    try:
        return parse_whole(value)
    except ValueError:
        return None


def _iso_nanoseconds(text: str) -> int | None:
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    date, clock, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{date}T{clock}{zone.replace('Z', '+00:00')}")
    except ValueError:
        return None
    span = moment - datetime(1970, 1, 1, tzinfo=UTC)
    seconds = span.days * 86_400 + span.seconds
    return seconds * SECOND + int((fraction or "").ljust(9, "0"))


def _found(value: object, allowed: str) -> str:
    return f"found {describe(value)}; allowed: {allowed}"
