"""Numbers, durations and times, exactly."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.config.scalars import (
    describe,
    format_duration,
    format_timestamp,
    parse_decimal,
    parse_duration,
    parse_timestamp,
    parse_whole,
)

D = Decimal
NS = st.integers(0, 2**63 - 1)


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("100ns", 100),
        ("50us", 50_000),
        ("50 us", 50_000),
        ("50µs", 50_000),
        ("1ms", 1_000_000),
        ("1.5ms", 1_500_000),
        ("2s", 2_000_000_000),
        ("30min", 1_800_000_000_000),
        ("1h", 3_600_000_000_000),
        (0, 0),
        (D(0), 0),
        ("0s", 0),
        (timedelta(microseconds=3), 3_000),
        (timedelta(days=2), 172_800_000_000_000),
    ],
)
def test_a_duration_is_whole_nanoseconds(text, nanoseconds):
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    "value",
    [
        5,
        -1,
        1.5,
        "5",
        "-5us",
        "1m",
        "1 day",
        "0.5ns",
        "1e3us",
        "us",
        "",
        "9999999999h",
        "9" * 100 + "s",
        True,
        None,
        [],
        timedelta(seconds=-1),
    ],
)
def test_what_is_no_duration_is_refused(value):
    with pytest.raises(ValueError, match=r"allowed: a number with a unit"):
        parse_duration(value)


@given(NS)
def test_a_duration_survives_writing(span):
    assert parse_duration(format_duration(span)) == span


@pytest.mark.parametrize(
    ("value", "nanoseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2024-01-02T14:30:00.000000500Z", 1_704_205_800_000_000_500),
        ("2024-01-02 14:30:00Z", 1_704_205_800_000_000_000),
        ("2024-01-02T14:30:00.5+00:00", 1_704_205_800_500_000_000),
        ("2024-01-02T09:30:00-05:00", 1_704_205_800_000_000_000),
        (1_704_205_800_000_000_500, 1_704_205_800_000_000_500),
        ("1704205800000000500", 1_704_205_800_000_000_500),
        (datetime(2024, 1, 2, 14, 30, tzinfo=UTC), 1_704_205_800_000_000_000),
        (
            datetime(2024, 1, 2, 14, 30, tzinfo=timezone(timedelta(hours=2))),
            1_704_198_600_000_000_000,
        ),
    ],
)
def test_a_time_is_exact_to_the_nanosecond(value, nanoseconds):
    assert parse_timestamp(value) == nanoseconds


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-02T14:30:00",
        "2024-01-02",
        "14:30:00",
        "2024-02-30T00:00:00Z",
        "2024-01-02T24:30:00Z",
        "2024-01-02T14:30:00.0000000001Z",
        "1969-12-31T23:59:59Z",
        "2263-01-01T00:00:00Z",
        -1,
        1.5,
        2**63,
        True,
        None,
        datetime(2024, 1, 2, 14, 30),  # noqa: DTZ001 - without zone on purpose
    ],
)
def test_what_is_no_time_is_refused(value):
    with pytest.raises(ValueError, match="allowed: ISO 8601 with a zone"):
        parse_timestamp(value)


@given(NS)
def test_a_time_survives_writing(nanoseconds):
    assert parse_timestamp(format_timestamp(nanoseconds)) == nanoseconds


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (99.99, D("99.99")),
        (0.1, D("0.1")),
        ("99.99", D("99.99")),
        ("1_000_000", D(1_000_000)),
        (D("1E+3"), D(1000)),
        (-5, D(-5)),
        (D("-0.0"), D(0)),
        ("0.000000000000000001", D("1e-18")),
    ],
)
def test_a_number_is_the_decimal_that_was_written(value, number):
    assert parse_decimal(value) == number
    assert not parse_decimal(value).is_signed() or number < 0


@pytest.mark.parametrize(
    "value",
    [True, None, "x", "", "1,5", "0x10", D("nan"), D("inf"), float("nan"), "1e999"],
)
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="allowed: "):
        parse_decimal(value)


@pytest.mark.parametrize("value", [D("1e18"), 10**18, "1e-19", D("1e999999")])
def test_a_number_has_at_most_18_digits_on_either_side(value):
    with pytest.raises(ValueError, match="at most 18 digits"):
        parse_decimal(value)


@pytest.mark.parametrize("value", [5, D("5"), D("5.0"), 5.0, D("0.5e1")])
def test_a_whole_number_may_be_written_in_any_way(value):
    result = parse_whole(value)
    assert result == 5
    assert type(result) is int


@pytest.mark.parametrize("value", [5.5, "5", True, None, D("1e999999"), [5]])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(ValueError, match="allowed: "):
        parse_whole(value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        (-5, "-5"),
        ("a'b", '"a\'b"'),
        ("x" * 100, repr("x" * 57 + "...")),
        ([], "an empty list"),
        ((1,), "a list"),
        ({"a": 1}, "a mapping"),
        (object(), "an object of type object"),
    ],
)
def test_messages_show_what_was_found(value, words):
    assert describe(value) == words
