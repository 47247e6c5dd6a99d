from decimal import Decimal

import pytest

from commonbook.core.errors import DataError
from commonbook.data.instrument import MAX_LOTS, Instrument

CENT = Instrument("AAPL", "0.01", 1)
PERP = Instrument("BTCUSDT", 0.1, "0.001", "10")


def test_sizes_become_exact_decimals_however_they_are_written():
    assert PERP.tick_size == Decimal("0.1")
    assert PERP.lot_size == Decimal("0.001")
    assert Instrument("X", 0.1, "0.001", 10) == Instrument("X", "0.1", 0.001, "10")


@pytest.mark.parametrize("price", [99.99, "99.99", Decimal("99.99"), "99.9900"])
def test_prices_become_ticks_exactly(price):
    assert CENT.price_to_ticks(price) == 9999


def test_ticks_become_the_nearest_float():
    assert CENT.price_float(9999) == 99.99
    assert CENT.half_price_float(19_999) == 99.995
    assert PERP.qty_float(3) == 0.003


def test_ticks_become_exact_decimals():
    assert CENT.price(9999) == Decimal("99.99")
    assert CENT.half_price(19_999) == Decimal("99.995")
    assert PERP.qty(2**62) == Decimal(2**62) * Decimal("0.001")


def test_the_unit_of_cash_is_half_a_tick_on_a_lot():
    assert PERP.half_tick_lot == Decimal("0.1") / 2 * Decimal("0.001") * 10


def test_a_price_off_the_grid_is_named():
    with pytest.raises(DataError, match=r"AAPL: price 99\.995 .* tick size 0\.01"):
        CENT.price_to_ticks("99.995")


def test_a_size_off_the_grid_is_named():
    with pytest.raises(DataError, match=r"AAPL: size 0\.5 .* lot size 1"):
        CENT.qty_to_lots(0.5)


def test_what_is_no_price_is_named():
    with pytest.raises(DataError, match="AAPL: price 'cheap' is not a number"):
        CENT.price_to_ticks("cheap")


def test_prices_and_sizes_that_do_not_fit_are_refused():
    assert CENT.price_to_ticks("21474836.47") == 2**31 - 1
    with pytest.raises(DataError, match="larger tick_size"):
        CENT.price_to_ticks("21474836.48")
    assert CENT.qty_to_lots(MAX_LOTS) == MAX_LOTS
    with pytest.raises(DataError, match="larger lot_size"):
        CENT.qty_to_lots(MAX_LOTS + 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("", "0.01", 1),
        ("X", 0, 1),
        ("X", "0.01", -1),
        ("X", "0.01", 1, "nan"),
        ("X", "a", 1),
    ],
)
def test_an_impossible_grid_is_refused(arguments):
    with pytest.raises(DataError):
        Instrument(*arguments)
