"""When the sessions of an instrument close."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from commonbook.core.errors import DataError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000_000
_MAX_NS = 2**63 - 1
_DAY = 86_400 * _SECOND


@dataclass(frozen=True)
class Session:
    """
    Trading that closes once a day, every day of the week.

    Parameters
    ----------
    close : str, default "00:00"
        When it closes by the clock of the place, such as ``16:00``.
    timezone : str, default "UTC"
        The place, such as ``America/New_York``.

    Raises
    ------
    DataError
        If there is no such time or no such place.
    """

    close: str = "00:00"
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        try:
            time.fromisoformat(self.close)
            ZoneInfo(self.timezone)
        except (ValueError, KeyError, OSError):
            message = (
                f"session: {self.close!r} in {self.timezone!r} is unknown; give a time "
                "such as 16:00 and a place such as America/New_York"
            )
            raise DataError(message) from None

    def closes(self, first_ts: int, last_ts: int) -> tuple[int, ...]:
        """
        List the closes that decisions within a span of time can need.

        Parameters
        ----------
        first_ts : int
            Begin of the span [ns UTC].
        last_ts : int
            Its end [ns UTC].

        Returns
        -------
        tuple of int
            Closes after the begin [ns UTC], ascending; the last one is after the end.
        """
        clock, zone = time.fromisoformat(self.close), ZoneInfo(self.timezone)
        # Clocks differ from UTC by up to a day, either way.
        day, end = _date(first_ts - _DAY), _date(last_ts + 2 * _DAY)
        # Where a place has left a day out, two dates close at one time.
        found: set[int] = set()
        while day <= end:
            found.add(_ns(datetime.combine(day, clock, zone)))
            day += timedelta(days=1)
        return tuple(sorted(ts for ts in found if first_ts < ts <= _MAX_NS))


#: Trading around the clock, by the days of UTC.
ALL_DAY = Session()


def _date(ts: int) -> date:
    return (_EPOCH + timedelta(seconds=ts // _SECOND)).date()


def _ns(moment: datetime) -> int:
    span = moment - _EPOCH
    return (span.days * 86_400 + span.seconds) * _SECOND
