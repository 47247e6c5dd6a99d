from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commonbook.core.errors import DataError
from commonbook.data.columns import (
    CellError,
    check_range,
    count_ns,
    count_units,
    iso_time,
    time_ns,
)
from commonbook.data.decimals import whole_units
from commonbook.data.instrument import MAX_LOTS

CENT = Decimal("0.01")


def count(values, unit=CENT, dtype=None):
    column = pl.Series("price", values, dtype)
    return count_units(column, unit, "price", "tick size").tolist()


def test_text_and_numbers_are_counted_alike():
    assert count(["99.99", "-0.5", "100", "1e2"]) == [9999, -50, 10_000, 10_000]
    assert count([99.99, -0.5, 100.0]) == [9999, -50, 10_000]
    assert count([3, -4]) == [300, -400]
    assert count(["99.99"], dtype=pl.Decimal(10, 4)) == [9999]


@given(
    st.lists(
        st.builds(
            lambda number, places: f"{Decimal(number).scaleb(-places):f}",
            st.integers(-(10**20), 10**20),
            st.integers(0, 12),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["0.01", "0.25", "1", "0.00000001", "3", "0.05"]),
)
@example(["99.99499999999999999"], "0.01")
@example(["9007199254740993"], "1")
def test_the_count_is_exact_or_the_cell_is_refused(texts, unit):
    counts = [whole_units(text, Decimal(unit)) for text in texts]
    fits = [c is not None and abs(c) <= MAX_LOTS for c in counts]
    if all(fits):
        assert count(texts, Decimal(unit)) == counts
    else:
        with pytest.raises(CellError) as caught:
            count(texts, Decimal(unit))
        assert caught.value.index == fits.index(False)


@given(st.integers(-(10**11), 10**11), st.integers(0, 4))
def test_a_float_is_the_decimal_it_prints(number, places):
    value = float(Decimal(number).scaleb(-places))
    assert count([value], Decimal("0.0001")) == [number * 10 ** (4 - places)]


def test_a_float_beside_the_grid_is_refused():
    beside = float(np.nextafter(99.99, 100.0))
    with pytest.raises(CellError, match=r"price 99\.99000000000001 .* tick size 0\.01"):
        count([99.99, beside])


@pytest.mark.parametrize("value", ["", "x", "nan", "inf", "1_0", " 5"])
def test_a_cell_that_is_no_number_is_refused(value):
    with pytest.raises(CellError, match="is not a number") as caught:
        count(["1", value])
    assert caught.value.index == 1


def test_counts_must_fit_an_event():
    check_range(np.array([0, 5]), pl.Series(["0", "5"]), is_price=False)
    with pytest.raises(CellError, match="size -1 is negative"):
        check_range(np.array([5, -1]), pl.Series(["5", "-1"]), is_price=False)
    with pytest.raises(CellError, match="larger tick_size"):
        check_range(np.array([2**31]), pl.Series(["x"]), is_price=True)


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2024-01-02T14:30:00.000000500Z", 1_704_205_800_000_000_500),
        ("2024-01-02 14:30:00.5", 1_704_205_800_500_000_000),
        ("2024-01-02T15:30:00+01:00", 1_704_205_800_000_000_000),
        ("2024-01-02T09:00:00-0530", 1_704_205_800_000_000_000),
        ("1704205800000000500", 1_704_205_800_000_000_500),
    ],
)
def test_times_are_read_to_the_nanosecond(text, ns):
    assert time_ns(text) == ns
    assert count_ns(pl.Series(["1", text]), "ts_event").tolist() == [1, ns]


@given(st.integers(0, 2**62))
def test_times_survive_as_text(ns):
    assert time_ns(iso_time(ns)) == ns


def test_times_may_be_integers_or_datetimes():
    assert count_ns(pl.Series([5], dtype=pl.UInt64), "ts_event").tolist() == [5]
    stamps = pl.Series([5]).cast(pl.Datetime("ns", "UTC"))
    assert count_ns(stamps, "ts_event").tolist() == [5]


@pytest.mark.parametrize("text", ["", "today", "2024-13-01T00:00:00Z", "2024-01-02"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(CellError, match="is not a time") as caught:
        count_ns(pl.Series(["1", text]), "ts_event")
    assert caught.value.index == 1


def test_times_are_never_floats():
    with pytest.raises(DataError, match="Float64"):
        count_ns(pl.Series([1.7e18]), "ts_event")
