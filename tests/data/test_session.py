"""When sessions close: clocks of places, put forward and back, and days left out."""

from datetime import UTC, datetime

import pytest

from commonbook.core.errors import DataError
from commonbook.data.session import ALL_DAY, Session

SECOND = 1_000_000_000
NEW_YORK = Session("16:00", "America/New_York")


def ns(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


def closes(session, first, last):
    return session.closes(ns(first), ns(last))


def test_without_a_session_the_day_ends_at_midnight_utc():
    found = closes(ALL_DAY, "2024-01-02T14:30:00", "2024-01-02T15:00:00")
    assert found[0] == ns("2024-01-03T00:00:00")


def test_a_close_is_strictly_after_the_begin():
    found = closes(ALL_DAY, "2024-01-02T00:00:00", "2024-01-02T00:00:00")
    assert found[0] == ns("2024-01-03T00:00:00")


@pytest.mark.parametrize(
    ("day", "hour"),
    [("2024-03-08", 21), ("2024-03-11", 20), ("2024-11-01", 20), ("2024-11-04", 21)],
)
def test_a_close_is_by_the_clock_of_the_place(day, hour):
    found = closes(NEW_YORK, f"{day}T14:30:00", f"{day}T15:00:00")
    assert found[0] == ns(f"{day}T{hour}:00:00")


def test_every_day_of_the_span_closes_once_and_one_close_is_after_it():
    found = closes(NEW_YORK, "2024-03-01T00:00:00", "2024-03-31T23:59:59")
    inside = [ts for ts in found if ts <= ns("2024-03-31T23:59:59")]
    assert len(inside) == 31
    assert found[-1] > ns("2024-03-31T23:59:59")
    assert list(found) == sorted(set(found))


@pytest.mark.parametrize(
    "place", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "UTC"]
)
def test_the_next_close_is_never_further_than_a_day_off(place):
    session = Session("23:59:59", place)
    first = ns("2024-01-02T00:00:00")
    found = session.closes(first, first)
    assert 0 < found[0] - first <= 86_400 * SECOND


def test_a_day_that_a_place_left_out_has_no_close_of_its_own():
    # Samoa went from 29 to 31 December 2011.
    apia = Session("16:00", "Pacific/Apia")
    found = closes(apia, "2011-12-29T00:00:00", "2011-12-31T12:00:00")
    days = ("2011-12-29", "2011-12-30", "2011-12-31", "2012-01-01")
    assert found[:4] == tuple(ns(f"{day}T02:00:00") for day in days)


def test_the_last_times_of_64_bits_have_no_close():
    last = 2**63 - 1
    assert Session().closes(last - SECOND, last) == ()


@pytest.mark.parametrize(
    ("close", "place"),
    [("25:00", "UTC"), ("16:00", "Mars/Olympus"), ("16:00", ""), ("16:00", "/etc")],
)
def test_an_unknown_time_or_place_is_refused(close, place):
    with pytest.raises(DataError, match="give a time such as 16:00"):
        Session(close, place)
