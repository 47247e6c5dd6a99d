import polars as pl
import pytest

from commonbook.results.digest import digest

FRAME = pl.DataFrame({"text": ["ab", "c", None], "x": [1.5, None, -0.0]})

CHANGED = {
    "a value": FRAME.with_columns(x=pl.Series([1.5, None, 1.0])),
    "the sign of a zero": FRAME.with_columns(x=pl.Series([1.5, None, 0.0])),
    "a null": FRAME.with_columns(x=pl.Series([1.5, 0.0, -0.0])),
    "where a text ends": FRAME.with_columns(text=pl.Series(["a", "bc", None])),
    "a name": FRAME.rename({"x": "y"}),
    "a type": FRAME.with_columns(pl.col("x").cast(pl.Float32)),
    "an order": FRAME.reverse(),
}


@pytest.mark.parametrize("change", CHANGED)
def test_the_digest_sees(change):
    assert digest([CHANGED[change]]) != digest([FRAME])


def test_the_digest_does_not_see_how_a_frame_lies_in_memory():
    parts = pl.concat([FRAME[:1], FRAME[1:]], rechunk=False)
    assert parts.n_chunks() > 1
    assert digest([parts]) == digest([FRAME])


def test_the_digest_stays_the_same_for_good():
    times = pl.Series([1], dtype=pl.Int64).cast(pl.Datetime("ns", "UTC"))
    frame = FRAME[:1].with_columns(ts=times, flag=pl.Series([True]))
    expected = "354fd4a1112a1f28868fca723cbadfe35854dc4d553243617521e53056e7ccf0"
    assert digest([frame]) == expected
