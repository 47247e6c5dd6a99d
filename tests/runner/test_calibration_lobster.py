"""Earlier days of LOBSTER files have order books and dates of their own."""

from pathlib import Path
from statistics import median

import pytest
import yaml

import commonbook as cb
from commonbook.core.errors import ConfigError, DataError
from tests.data.lobster_market import Market

SESSION = {"close": "16:00", "timezone": "America/New_York"}
OPEN, HOURS = 34_200, 6.4
BUYER = {
    "name": "buyer",
    "strategy": "twap",
    "params": {
        "side": "buy",
        "qty": 3,
        "slices": 3,
        "start": "2012-06-21T14:00:00Z",
        "end": "2012-06-21T15:00:00Z",
    },
}


def day(folder, date, seed, steps=600):
    """Write the files of a day and give their names, and how much it traded."""
    market = Market(seed, depth=2)
    market.run(steps)
    first, last = market.messages[0][0], market.messages[-1][0]
    slower = HOURS * 3600 / (last - first)
    market.messages = [
        (OPEN + (time - OPEN) * slower, *rest) for time, *rest in market.messages
    ]
    own = folder / date
    own.mkdir()
    paths = []
    for path in market.write(own):
        named = own / path.name.replace("2012-06-21", date)
        path.rename(named)
        paths.append(str(named))
    # The book begins as it is after the first message.
    told = market.messages[1:]
    traded = sum(size for _, kind, _, size, *_ in told if kind in (4, 5))
    return *paths, traded


@pytest.fixture
def week(tmp_path):
    """Write three earlier days and the day of the run."""
    dates = ("2012-06-18", "2012-06-19", "2012-06-20", "2012-06-21")
    return [day(tmp_path, date, 3 + n, 500 + 50 * n) for n, date in enumerate(dates)]


def configured(data, way="auto"):
    impact = {"adv": way, "daily_volatility": way, "half_life": "30min"}
    return {
        "data": {"format": "lobster", "session": SESSION, **data},
        "portfolios": [BUYER],
        "execution": {
            "mode": "shared",
            "shared_config": {"market_impact_model": "square_root"},
            "impact": impact,
        },
        "equity_interval": "1h",
    }


def numbers(result):
    """Read the numbers that the resolved configuration states."""
    block = yaml.safe_load(result.info.config)["execution"]["impact"]
    return float(block["adv"]["AMZN"]), float(block["daily_volatility"]["AMZN"])


def test_each_earlier_day_is_read_with_the_order_book_beside_it(week):
    *before, (path, book, _) = week
    earlier = [messages for messages, _, _ in before]
    data = {"path": path, "orderbook": book, "earlier": earlier}
    found = numbers(cb.run(configured(data)))
    assert found[0] == median(traded for _, _, traded in before)
    books = [rows for _, rows, _ in before]
    alone = {"path": earlier, "orderbook": books}
    assert found == numbers(cb.run(configured(alone, "auto_in_sample")))


def test_without_an_order_book_earlier_days_have_none(week):
    *before, (path, _, _) = week
    earlier = [messages for messages, _, _ in before]
    found = numbers(cb.run(configured({"path": path, "earlier": earlier})))
    alone = cb.run(configured({"path": earlier}, "auto_in_sample"))
    assert found == numbers(alone)


def test_the_date_of_the_run_is_not_that_of_earlier_days(week, tmp_path):
    *before, (path, book, _) = week
    plain = tmp_path / "today.csv"
    plain.write_bytes(Path(path).read_bytes())
    earlier = [messages for messages, _, _ in before]
    data = {"path": str(plain), "orderbook": book, "earlier": earlier}
    data |= {"symbol": "AMZN", "date": "2012-06-21"}
    assert numbers(cb.run(configured(data)))[0] > 0


def test_an_earlier_file_whose_name_tells_no_day_is_refused(week, tmp_path):
    (first, _, _), *_, (path, _, _) = week
    plain = tmp_path / "yesterday.csv"
    plain.write_bytes(Path(first).read_bytes())
    data = {"path": path, "earlier": str(plain), "symbol": "AMZN"}
    with pytest.raises(DataError, match="yesterday"):
        cb.run(configured(data | {"date": "2012-06-21"}))


def test_an_earlier_day_without_its_order_book_is_refused(week, tmp_path):
    (first, gone, _), *_, (path, book, _) = week
    Path(gone).unlink()
    plain = tmp_path / "yesterday.csv"
    data = {"path": path, "orderbook": book, "earlier": [first, str(plain)]}
    plain.write_bytes(Path(first).read_bytes())
    with pytest.raises(ConfigError) as caught:
        cb.run(configured(data))
    missing, unnamed = caught.value.problems
    assert missing.path == unnamed.path == "data[0].earlier"
    assert f"there is no file {gone}" in missing.message
    assert f"the order book file of {plain} is found by its name" in unnamed.message
